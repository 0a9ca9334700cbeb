@flux @daily
Feature: Flux's controllers keep everything true

  Scenario: Every controller that is needed runs
    Then the Flux controllers are available

  Scenario: Every controller that runs does its work
    Then every Flux controller keeps its Lease

  Scenario: No controller keeps crashing
    Then no Flux controller keeps crashing

  Scenario: Every controller has memory enough
    Then no Flux controller was OOM-killed

  @upgrade
  Scenario: An upgrade of Flux has reached every controller
    Then the Flux controllers' pods run the version that was deployed

  @upgrade
  Scenario: Flux never goes backwards
    Then no Flux controller runs a lower version than before
