@eoepca @processing
Feature: Processing: the ADES offers what is deployed, and nothing is left of what has run

  @daily
  Scenario: The processing service describes itself
    Then these processing services describe themselves
      | url           | as               | classes    | within               |
      | ${processing} | ${processing_as} | core, json | ${processing_within} |

  @daily
  Scenario: The ADES describes itself
    Then these processing services describe themselves
      | url                                          | as    | classes                                                | within               |
      | ${endpoints.ades}/${owner}/${processing_api} | owner | core, json, job-list, dismiss, deploy-replace-undeploy | ${processing_within} |

  @daily
  Scenario: Processes are offered
    Then these processes are offered
      | url           | as               | process               |
      | ${processing} | ${processing_as} | ${processing_process} |

  @daily
  Scenario: The owner's processes are offered
    Then these processes are offered
      | url                                          | as    | process          | version                  | inputs                  |
      | ${endpoints.ades}/${owner}/${processing_api} | owner | ${owner_process} | ${owner_process_version} | ${owner_process_inputs} |

  @daily
  Scenario: No job of the processing service is stuck
    Then no job of these processing services is stuck
      | url           | as               | longer than    |
      | ${processing} | ${processing_as} | ${job_runtime} |

  @daily
  Scenario: No job of the ADES is stuck
    Then no job of these processing services is stuck
      | url                                          | as    | longer than    |
      | ${endpoints.ades}/${owner}/${processing_api} | owner | ${job_runtime} |

  @weekly
  Scenario: No job left anything
    Then no job left a namespace called ${job_namespaces} for longer than ${leftovers_after}
    And no job left a volume called ${job_volumes} for longer than ${leftovers_after}
