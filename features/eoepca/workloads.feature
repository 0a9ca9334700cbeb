@eoepca @workloads
Feature: What the platform is made of runs

  @daily
  Scenario: User management runs
    Then these workloads are rolled out
      | kind       | namespace | name                | purpose                                      |
      | Deployment | um        | ${identity_service} | who a user is                                |
      | Deployment | um        | ${login_service}    | how a user logs in                           |
      | Deployment | um        | ${pdp_engine}       | policy decision point: who may do what       |
      | Deployment | um        | ${user_profile}     | what a user says of himself                  |

  @daily
  Scenario: Resource management runs
    Then these workloads are rolled out
      | kind        | namespace | name                   | purpose                                          |
      | Deployment  | rm        | ${resource_catalogue}  | catalogue: what data there is                    |
      | Deployment  | rm        | ${data_access}         | data access: views and coverages of the data     |
      | StatefulSet | rm        | ${renderer}            | renders what data access shows                   |
      | Deployment  | rm        | ${registrar}           | takes products from the queue into the catalogue |
      | Deployment  | rm        | ${harvester}           | finds new products                               |
      | Deployment  | rm        | ${registration_api}    | registration over HTTP                           |
      | Deployment  | rm        | ${workspace_api}       | makes and removes workspaces                     |
      | Deployment  | rm        | ${workspace_api_guard} | enforces policies before the workspace API       |
      | Deployment  | rm        | ${combined_rm_guard}   | enforces policies before resource management     |
      | Deployment  | rm        | ${minio}               | object storage                                   |
      | Deployment  | rm        | ${bucket_api}          | makes buckets for workspaces                     |
      | Deployment  | rm        | ${harbor}              | container registry of the workspaces             |
      | StatefulSet | rm        | ${harbor_database}     | database of the container registry               |

  @daily
  Scenario: Processing and chaining runs
    Then these workloads are rolled out
      | kind       | namespace | name                    | purpose                                  |
      | Deployment | proc      | ${ades}                 | deploys and executes processing services |
      | Deployment | proc      | ${ades_guard}           | enforces policies before the ADES        |
      | Deployment | proc      | ${application_hub}      | interactive applications                 |
      | DaemonSet  | proc      | continuous-image-puller | keeps the notebooks' image on every node |

  @daily
  Scenario: What everything else stands on runs
    Then these workloads are rolled out
      | kind       | namespace     | name            | purpose                            |
      | Deployment | default       | nfs-provisioner | makes the volumes                  |
      | Deployment | ingress-nginx | ingress-nginx   | the way in from outside            |
      | Deployment | demo          | eoepca-portal   | the portal                         |
      | Deployment | demo          | django-portal   | the portal's pages about its users |

  @daily
  Scenario: Whatever else runs there is rolled out, too
    Then every Deployment in these namespaces is rolled out
      | namespace     | purpose                         |
      | um            | user management and identity    |
      | rm            | resource management             |
      | proc          | processing and chaining         |
      | test          | testing and validation          |
      | demo          | portals                         |
      | default       | storage                         |
      | ingress-nginx | ingress                         |
    And every StatefulSet in these namespaces is rolled out
      | namespace |
      | um        |
      | rm        |
      | proc      |
    And every DaemonSet in these namespaces is rolled out
      | namespace |
      | rm        |
      | proc      |

  @daily
  Scenario: What runs goes on running
    Then no container in these namespaces was OOM-killed
      | namespace     |
      | um            |
      | rm            |
      | proc          |
      | ingress-nginx |
    And no container in these namespaces keeps restarting, more than ${restarts} times
      | namespace     |
      | um            |
      | rm            |
      | proc          |
      | test          |
      | demo          |
      | default       |
      | ingress-nginx |

  @daily
  Scenario: No pod is stuck
    Then no pod in these namespaces is stuck for longer than "${pod_ending}"
      | namespace     |
      | um            |
      | rm            |
      | proc          |
      | test          |
      | demo          |
      | default       |
      | ingress-nginx |

  @daily
  Scenario: What scales by itself sees by what, and has room to
    Then these autoscalers can scale
      | namespace | name        | purpose                           |
      | rm        | ${renderer} | more renderers when more is asked |
    And no autoscaler in these namespaces is at its limit for longer than "${autoscaler_at_limit}"
      | namespace |
      | rm        |
      | proc      |

  @daily
  Scenario: The volumes are there
    Then these PersistentVolumeClaims are bound within "${volume_binding}"
      | namespace | name                   | purpose                     |
      | rm        | ${data_access_volume}  | what data access has cached |
    And every PersistentVolumeClaim in these namespaces is bound within "${volume_binding}"
      | namespace |
      | um        |
      | rm        |
      | proc      |
      | test      |

  @daily
  Scenario: There is room for more
    Then every ResourceQuota in these namespaces leaves room
      | namespace |
      | um        |
      | rm        |
      | proc      |
      | test      |
      | demo      |

  @weekly
  Scenario: The cluster can tell whether they serve
    Then these workloads have readiness probes
      | kind        | namespace | name               |
      | StatefulSet | rm        | ${renderer}        |
      | StatefulSet | rm        | ${harbor_database} |

  @monthly @hygiene
  Scenario: The cluster can tell of everything whether it serves
    Then every workload in these namespaces has readiness probes
      | namespace |
      | um        |
      | rm        |
      | proc      |
