@flux @daily
Feature: What Flux's objects name is there

  Scenario: No name leads nowhere
    Then every reference of a Flux object resolves
