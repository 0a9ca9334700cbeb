@eoepca @access @acceptance
Feature: Acceptance of identity and access, as EOEPCA's Robot suite and system-test had it

  Scenario: UMA Get Endpoints
    Then these identity providers name their endpoints
      | issuer    | document           | endpoints      |
      | ${issuer} | uma2-configuration | token_endpoint |

  Scenario: UMA Ticket Test
    Then these guards name a ticket
      | url              | path       | issuer    |
      | ${pep}/authorize | /ericspace | ${issuer} |

  Scenario: UMA RPT Test
    Then these users can log in
      | as    |
      | owner |
    And these permissions are decided
      | as    | path        | asked for | outcome |
      | owner | /${owner}/* | token     | granted |

  Scenario: Unauthorized Access
    Then these paths are closed to whoever brings no token
      | url                        | status |
      | ${dummy_service}/ericspace | 401    |

  Scenario: Authorized and Forbidden Access
    Then these paths are open to their owner alone
      | url                        | owner | other | to owner | to other |
      | ${dummy_service}/ericspace | owner | other | 200      | 403      |

  Scenario: The User Profile has a page to log in
    Then these endpoints answer
      | url                       | media type | login page |
      | ${endpoints.user_profile} | text/html  | allowed    |

  Scenario: The PDP permits the owner each of the six verbs
    Then the PDP decides
      | user | action | path       | decision |
      | eric | get    | /ericspace | Permit   |
      | eric | post   | /ericspace | Permit   |
      | eric | put    | /ericspace | Permit   |
      | eric | delete | /ericspace | Permit   |
      | eric | head   | /ericspace | Permit   |
      | bob  | get    | /bobspace  | Permit   |

  Scenario: The PDP denies another user, another action, another resource
    Then the PDP decides
      | user | action | path        | decision | registered |
      | bob  | get    | /ericspace  | Deny     | yes        |
      | eric | bad    | /ericspace  | Deny     | yes        |
      | eric | get    | /no-such-id | Deny     | no         |

  Scenario: Tokens name their bearer, and are active
    Then these users are who they say they are
      | as    |
      | owner |
      | other |
    And the tokens of these users are active
      | as    |
      | owner |

  Scenario: The identity provider decides about paths
    Then these permissions are decided
      | as    | path        | asked for | outcome |
      | owner | /${owner}/* | decision  | granted |
      | owner | /${owner}/* | token     | granted |
      | owner | /${owner}   | matching  | granted |
      | other | /${owner}   | matching  | denied  |

  Scenario: Nobody gets a decision without a token
    Then these permissions are decided
      | as | path      | asked for | outcome      |
      |    | /${owner} | matching  | unauthorised |
