@eoepca @access
Feature: Access control: everybody gets in where they may, and nobody else

  @daily
  Scenario: The identity provider names its endpoints
    Then these identity providers name their endpoints
      | issuer    | document             | endpoints                                                           |
      | ${issuer} | openid-configuration | token_endpoint, introspection_endpoint, userinfo_endpoint, jwks_uri |

  @daily
  Scenario: The authorization server names its endpoints
    Then these identity providers name their endpoints
      | issuer    | document           | endpoints                                                                            |
      | ${issuer} | uma2-configuration | token_endpoint, resource_registration_endpoint, permission_endpoint, policy_endpoint |

  @daily
  Scenario: Guarded paths are closed to whoever brings no token
    Then these paths are closed to whoever brings no token
      | url                                                    | status |
      | ${dummy_service}/ericspace                             | 401    |
      | ${dummy_service}/bobspace                              | 401    |
      | ${endpoints.ades}/${owner}/${processing_api}/processes | 401    |

  @daily
  Scenario: Guarded paths are open to their owner alone
    Then these paths are open to their owner alone
      | url                                                    | owner | other |
      | ${dummy_service}/ericspace                             | owner | other |
      | ${endpoints.ades}/${owner}/${processing_api}/processes | owner | other |

  @daily
  Scenario: No Ingress leads past a guard
    Then no Ingress leads past a guard
