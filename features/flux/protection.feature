@flux @weekly
Feature: The namespace Flux runs in is protected

  Scenario: Nobody but Flux changes what Flux is
    Then only Flux may write to the Flux namespace
