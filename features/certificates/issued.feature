@certificates
Feature: Certificates are issued and renewed

  @daily
  Scenario: Every certificate that is asked for has been issued
    Then every Certificate is issued

  @daily
  Scenario: The issuers of a namespace can issue
    Then every Issuer can issue

  @daily
  Scenario: The cluster's issuers can issue
    Then every ClusterIssuer can issue

  @daily
  Scenario: Certificates are renewed before they end
    Then every Certificate is renewed in time

  @daily
  Scenario: What was issued is what was asked for
    Then every Certificate's Secret holds what it asks for
