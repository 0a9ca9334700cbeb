@drift @daily
Feature: Every object is as Git says

  Scenario: Nothing the Kustomizations applied differs from Git
    Then every Kustomization's objects match what Flux applied

  Scenario: Nothing the HelmReleases installed differs from their charts
    Then every HelmRelease's objects match what Flux applied

  Scenario: Nobody has added anything
    Then no foreign field sits on a managed object

  Scenario: Releases are changed by Flux alone
    Then no release was changed beside Flux

  Scenario: The API server takes what Git says
    Then nothing Flux tried to apply was refused
