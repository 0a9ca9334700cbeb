@flux @daily
Feature: Flux fetches what Git and the repositories offer

  Scenario: Git repositories are fetched
    Then every GitRepository is Ready

  Scenario: Helm repositories are fetched
    Then every HelmRepository is Ready

  Scenario: Charts are fetched
    Then every HelmChart is Ready

  Scenario: OCI repositories are fetched
    Then every OCIRepository is Ready

  Scenario: Buckets are fetched
    Then every Bucket is Ready

  Scenario: Sources are looked at as often as they ask for
    Then every GitRepository is reconciled within its interval and timeout
    And every HelmRepository is reconciled within its interval and timeout
    And every HelmChart is reconciled within its interval and timeout
    And every OCIRepository is reconciled within its interval and timeout
    And every Bucket is reconciled within its interval and timeout

  Scenario: No source is suspended
    Then no GitRepository is suspended
    And no HelmRepository is suspended
    And no HelmChart is suspended
    And no OCIRepository is suspended
    And no Bucket is suspended
