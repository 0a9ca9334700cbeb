@eoepca @secrets
Feature: What is secret is sealed in Git, and unsealed in the cluster

  @daily
  Scenario: Whatever is sealed in Git is unsealed
    Then every SealedSecret is unsealed

  @daily
  Scenario: Every SealedSecret has its Secret
    Then every SealedSecret has its Secret, with its keys and no other

  @daily
  Scenario: A Secret has one owner
    Then every SealedSecret alone makes its Secret

  @daily
  Scenario: Somebody unseals
    Then the sealed-secrets controller is available

  @weekly
  Scenario: The key to seal with is no old one
    Then the sealing key is renewed in time

  @daily
  Scenario: No Secret lies plain in Git
    Then no Kustomization delivers a plain Secret

  @weekly
  Scenario: No password lies among a chart's values
    Then no HelmRelease holds a credential among its values
