@flux
Feature: Flux's objects outlive the next upgrade

  @daily @upgrade
  Scenario: Everything that was delivered can still be applied
    Then everything Flux delivered is still served by the API server

  @weekly @upgrade
  Scenario: Git names the current versions of Flux's APIs
    Then no Flux object is kept at a deprecated version of its API

  @weekly @upgrade
  Scenario: Nothing stored keeps the next Flux from being installed
    Then no Flux object is stored at a version that blocks the next upgrade
