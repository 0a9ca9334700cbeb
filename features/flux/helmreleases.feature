@flux @daily
Feature: Flux installs the charts it is asked for

  Scenario: Helm releases are installed and healthy
    Then every HelmRelease is Ready

  Scenario: The charts that were fetched are installed
    Then every HelmRelease has applied its source's latest revision

  Scenario: Helm releases are reconciled as often as they ask for
    Then every HelmRelease is reconciled within its interval and timeout

  Scenario: No Helm release is suspended
    Then no HelmRelease is suspended
