@certificates
Feature: What is served is what was issued

  @daily
  Scenario: No Ingress names a TLS Secret in vain
    Then every TLS Secret an Ingress names is there and usable

  @daily
  Scenario: Certificates somebody renews by hand are renewed
    Then no certificate an Ingress serves is about to expire

  @daily @acceptance
  Scenario: Every host that is served with TLS answers
    Then every TLS host of an Ingress answers

  @daily @acceptance
  Scenario: Every host is served with the certificate that was made for it
    Then every TLS host of an Ingress is served with its Secret's certificate

  @daily @acceptance
  Scenario: Clients accept what is served
    Then every certificate served covers its host and is trusted
