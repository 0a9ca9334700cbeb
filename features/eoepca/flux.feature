@flux @eoepca @daily
Feature: Flux delivers the EOEPCA system from Git

  Scenario: The system is fetched from the branch of this cluster
    Then these sources are Ready
      | kind          | namespace         | name        | branch    | interval | secret      |
      | GitRepository | ${flux_namespace} | flux-system | ${branch} | 1m       | flux-system |

  Scenario: The charts' repositories are fetched
    Then these sources are Ready
      | kind           | namespace | name                            | interval |
      | HelmRepository | common    | bitnami                         | 30m      |
      | HelmRepository | common    | eoepca                          | 2m       |
      | HelmRepository | common    | harbor                          | 1h       |
      | HelmRepository | common    | jetstack                        | 30m      |
      | HelmRepository | common    | k8sathome                       | 30m      |
      | HelmRepository | common    | minio                           | 30m      |
      | HelmRepository | common    | nfs-subdir-external-provisioner | 30m      |
      | HelmRepository | common    | nginx                           | 30m      |
      | HelmRepository | common    | oauth2-proxy                    | 30m      |
      | HelmRepository | common    | stable                          | 30m      |
      | HelmRepository | rm        | eox-charts                      | 5m       |

  Scenario: The building blocks are applied from their directories
    Then these Kustomizations are Ready
      | namespace         | name                    | path                                              | interval | prune | source                    |
      | ${flux_namespace} | flux-system             | ./system/clusters/creodias/system                 | 1m       | true  | GitRepository/flux-system |
      | ${flux_namespace} | user-management         | ./system/clusters/creodias/user-management         | 1m       | true  | GitRepository/flux-system |
      | ${flux_namespace} | resource-management     | ./system/clusters/creodias/resource-management     | 1m       | true  | GitRepository/flux-system |
      | ${flux_namespace} | processing-and-chaining | ./system/clusters/creodias/processing-and-chaining | 1m       | true  | GitRepository/flux-system |

  Scenario: The system's own services are installed
    Then these HelmReleases are Ready
      | namespace     | name                | chart                           | version | source                                 | interval | timeout | depends on    |
      | default       | nfs-provisioner     | nfs-subdir-external-provisioner | 4.0.12  | common/nfs-subdir-external-provisioner | 1m       |         |               |
      | ingress-nginx | ingress-nginx       | ingress-nginx                   | <4.5.0  | common/nginx                           | 1m       |         |               |
      | demo          | django-portal       | django-portal                   | 1.0.7   | common/eoepca                          | 1m       |         |               |
      | demo          | eoepca-portal       | eoepca-portal                   | 1.0.9   | common/eoepca                          | 1m       |         |               |
      | test          | cheese              | cheese                          | 1.0.1   | common/eoepca                          | 1m       |         |               |
      | test          | dummy-service       | dummy                           | 1.0.1   | common/eoepca                          | 1m       |         |               |
      | test          | dummy-service-guard | resource-guard                  | 1.3.2   | common/eoepca                          | 1m       | 25m     | dummy-service |

  Scenario: User management is installed
    Then these HelmReleases are Ready
      | namespace | name                | chart            | version | source        | interval | timeout |
      | um        | um-identity-service | identity-service | 1.0.75  | common/eoepca | 1m       | 5m      |
      | um        | um-login-service    | login-service    | 1.2.8   | common/eoepca | 1m       | 25m     |
      | um        | um-pdp-engine       | pdp-engine       | 1.1.12  | common/eoepca | 1m       | 25m     |
      | um        | um-user-profile     | user-profile     | 1.1.12  | common/eoepca | 1m       | 25m     |

  Scenario: Resource management is installed
    Then these HelmReleases are Ready
      | namespace | name                | chart                 | version | source        | interval | timeout |
      | rm        | combined-rm-guard   | resource-guard        | 1.3.2   | common/eoepca | 1m       | 25m     |
      | rm        | data-access         | data-access           | 1.4.0   | common/eoepca | 5m       |         |
      | rm        | harbor              | harbor                | 1.7.3   | common/harbor | 10m      |         |
      | rm        | minio               | minio                 | 5.0.7   | common/minio  | 10m      |         |
      | rm        | registration-api    | rm-registration-api   | 1.4.0   | common/eoepca | 5m       |         |
      | rm        | resource-catalogue  | rm-resource-catalogue | 1.4.0   | common/eoepca | 5m       |         |
      | rm        | rm-minio-bucket-api | rm-minio-bucket-api   | 0.0.4   | common/eoepca | 5m       |         |
      | rm        | workspace-api       | rm-workspace-api      | 1.4.0   | common/eoepca | 5m       |         |
      | rm        | workspace-api-guard | resource-guard        | 1.3.2   | common/eoepca | 1m       | 25m     |

  Scenario: Processing and chaining is installed
    Then these HelmReleases are Ready
      | namespace | name            | chart           | version | source        | interval | timeout |
      | proc      | application-hub | application-hub | 2.0.52  | common/eoepca | 1m       |         |
      | proc      | proc-ades       | ades            | 2.0.24  | common/eoepca | 1m       |         |
      | proc      | proc-ades-guard | resource-guard  | 1.3.2   | common/eoepca | 1m       | 25m     |
