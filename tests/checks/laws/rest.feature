@eoepca
Feature: What no packaged feature says, said once, so that its rules are held to the laws, too

  Scenario: Workloads
    Then these workloads are switched on
      | kind       | namespace | name            | replicas |
      | Deployment | rm        | ${workspace_api} | 1        |
    And no rollout of a Deployment in these namespaces has stopped half-way
      | namespace |
      | rm        |
      | um        |
    And every autoscaler in these namespaces can scale
      | namespace |
      | rm        |

  Scenario: Flux
    Then these sources are as declared
      | kind          | namespace   | name        | branch    |
      | GitRepository | flux-system | flux-system | ${branch} |
    And these Kustomizations are as declared
      | namespace   | name        | prune |
      | flux-system | flux-system | true  |
    And no HelmRelease is stalled
    And every reconcile requested of a Kustomization has been done
    And nothing of Flux is suspended
    And every reference of a HelmRelease resolves

  Scenario: Drift
    Then the objects of Kustomization flux-system/user-management are there
    And the objects of Kustomization flux-system/user-management match what Flux applied
    And no foreign field sits on an object of Kustomization flux-system/user-management
    And every managed object in namespace test matches what Flux applied
    And no unexpected object lives in these namespaces
      | namespace |
      | test      |

  Scenario: A branch that is not yet merged
    Then merging the branch would change nothing that runs

  Scenario: The platform
    Then no Ingress leads past a guard, but for these
      | namespace | name     |
      | demo      | nobodys  |
    And no image in these namespaces runs in two versions
      | namespace |
      | rm        |
    And no other resource is registered
    And no Kustomization delivers a plain Secret but these
      | namespace | name    | why     |
      | demo      | nobodys | a table |
