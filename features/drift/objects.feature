@drift @daily
Feature: Everything Flux holds is there, and nothing else is

  Scenario: What the Kustomizations applied is there
    Then every Kustomization's objects are there

  Scenario: What the HelmReleases installed is there
    Then every HelmRelease's objects are there

  Scenario: Nobody has put anything beside it
    Then no unexpected object lives in a managed namespace

  Scenario: Nobody has installed a chart beside it
    Then no Helm release lives in a managed namespace beside Flux

  Scenario: Nothing Flux made has been forgotten
    Then nothing Flux made is left behind

  Scenario: One object, one owner
    Then no object has two owners

  Scenario: Nothing is hidden from Flux
    Then no managed object is hidden from Flux

  Scenario: What was deleted is gone
    Then no managed object is stuck terminating
