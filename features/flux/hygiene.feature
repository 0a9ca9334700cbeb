@flux @hygiene @monthly
Feature: What Flux is made of is kept tidy

  Scenario: Sources nobody uses are removed
    Then every source is used by something

  Scenario: Charts are installed at the version that was reviewed
    Then every chart is asked for at one version

  Scenario: What Flux delivers can be told by its label
    Then every Deployment that Flux delivers is labelled "app.kubernetes.io/managed-by"
    And every StatefulSet that Flux delivers is labelled "app.kubernetes.io/managed-by"
    And every Service that Flux delivers is labelled "app.kubernetes.io/managed-by"
