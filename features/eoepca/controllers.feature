@flux @eoepca
Feature: Flux is sized and heard as the EOEPCA cluster needs it

  @daily
  Scenario: The controllers have the memory the system's releases need
    Then the Flux controllers run as declared
      | controller              | replicas | cpu request | cpu limit | memory request | memory limit |
      | source-controller       | 1        | 50m         | 1         | 500Mi          | 2Gi          |
      | kustomize-controller    | 1        | 100m        | 1         | 500Mi          | 2Gi          |
      | helm-controller         | 1        | 100m        | 1         | 64Mi           | 1Gi          |
      | notification-controller | 1        | 100m        | 1         | 64Mi           | 1Gi          |

  @daily @upgrade
  Scenario: The controllers come from Flux's own registry
    Then the Flux controllers run as declared
      | controller              | image                                   |
      | source-controller       | ghcr.io/fluxcd/source-controller        |
      | kustomize-controller    | ghcr.io/fluxcd/kustomize-controller     |
      | helm-controller         | ghcr.io/fluxcd/helm-controller          |
      | notification-controller | ghcr.io/fluxcd/notification-controller  |

  @daily
  Scenario: Failures reach the channels of the project
    Then these Alerts are as declared
      | namespace         | name                 | provider       | severity |
      | ${flux_namespace} | alert-slack          | slack          | info     |
      | ${flux_namespace} | alert-slack-external | slack-external | error    |

  @daily
  Scenario: The channels are the project's own
    Then these Providers are as declared
      | namespace         | name           | type  | secret             |
      | ${flux_namespace} | slack          | slack | slack-url          |
      | ${flux_namespace} | slack-external | slack | slack-url-external |
