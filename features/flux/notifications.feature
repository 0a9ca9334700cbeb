@flux @daily
Feature: Somebody hears when Flux fails

  Scenario: Alerts watch objects that exist
    Then every Alert watches something

  @weekly
  Scenario: Nothing can fail unheard
    Then every Flux object is covered by an Alert

  Scenario: Alerts and Providers work
    Then every Alert and Provider that has a status is Ready

  Scenario: Webhooks that tell of a push are heard
    Then every Receiver listens
