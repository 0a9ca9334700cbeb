@eoepca @processing @acceptance
Feature: Acceptance of processing, as EOEPCA's Robot suite had it

  Scenario: Initial Process List
    Then these processes are offered
      | url                                          | as    |
      | ${endpoints.ades}/${owner}/${processing_api} | owner |

  Scenario: Initial Process List of the WPS
    Then these WPS offer their processes
      | url                             | version | as    |
      | ${endpoints.ades}/${owner}/zoo/ | 1.0.0   | owner |
      | ${endpoints.ades}/${owner}/zoo/ | 2.0.0   | owner |

  Scenario: Attempt Unauthorised Access
    Then these paths are closed to whoever brings no token
      | url                                                                               | status |
      | ${endpoints.ades}/${owner}/zoo/?service=WPS&version=1.0.0&request=GetCapabilities | 401    |
      | ${endpoints.ades}/${owner}/${processing_api}/processes                            | 401    |

  @mutating
  Scenario: Deploy, get, execute and undeploy an application, from CWL
    Then a throw-away process can be deployed, run and undeployed
      | url                                          | as    | package                | body            | process          | inputs          | within        |
      | ${endpoints.ades}/${owner}/${processing_api} | owner | ${application_package} | application/cwl | ${probe_process} | ${probe_inputs} | ${job_within} |

  @mutating
  Scenario: Deploy, get, execute and undeploy an application, from Atom
    Then a throw-away process can be deployed, run and undeployed
      | url                                          | as    | package                     | body                 | process          | inputs          | within        |
      | ${endpoints.ades}/${owner}/${processing_api} | owner | ${application_package_atom} | application/atom+xml | ${probe_process} | ${probe_inputs} | ${job_within} |

  @mutating
  Scenario: Deploy, get, execute and undeploy an application, as EOEPCA+ takes it
    Then a throw-away process can be deployed, run and undeployed
      | url                | as    | package                | body          | process          | inputs          | within        |
      | ${processing_plus} | owner | ${application_package} | executionUnit | ${probe_process} | ${probe_inputs} | ${job_within} |
