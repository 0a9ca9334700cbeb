@flux @daily
Feature: Flux applies what it fetched

  Scenario: Kustomizations are applied and healthy
    Then every Kustomization is Ready

  Scenario: What was fetched has been applied
    Then every Kustomization has applied its source's latest revision

  Scenario: Kustomizations are reconciled as often as they ask for
    Then every Kustomization is reconciled within its interval and timeout

  Scenario: No Kustomization is suspended
    Then no Kustomization is suspended

  Scenario: Nothing Flux delivers is stalled
    Then nothing Flux delivers is stalled

  Scenario: Whoever asked Flux to reconcile was heard
    Then every requested reconciliation has been handled
