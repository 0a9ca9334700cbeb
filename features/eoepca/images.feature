@eoepca @images
Feature: What runs is what was released

  @daily
  Scenario: Every image can be named again tomorrow
    Then every image in these namespaces is pinned
      | namespace     |
      | um            |
      | rm            |
      | proc          |
      | test          |
      | demo          |
      | default       |
      | ingress-nginx |
    And the list of all running images lies beside the report

  @daily
  Scenario: A name stands for one build
    Then no image in these namespaces runs as two builds under one name
      | namespace |
      | um        |
      | rm        |
      | proc      |
      | test      |
      | demo      |

  @daily
  Scenario: Images come from registries the project uses
    Then every image in these namespaces comes from "${registries}"
      | namespace     |
      | um            |
      | rm            |
      | proc          |
      | test          |
      | demo          |
      | default       |
      | ingress-nginx |

  @weekly @upgrade
  Scenario: The project's own images run in one version each
    Then no image of "docker.io/eoepca" in these namespaces runs in two versions
      | namespace |
      | um        |
      | rm        |
      | proc      |
      | test      |
      | demo      |

  # The components of the release, as its notes list them: one row for each workload.
  @weekly @upgrade
  Scenario: The release is deployed
    Then these components run as released
      | component          | namespace | workload               | image                       | version | kind        |
      | Identity Service   | um        | ${identity_service}    | eoepca/identity-service     | 1.0.75  |             |
      | Login Service      | um        | ${login_service}       | eoepca/login-service        | 1.2.8   |             |
      | PDP                | um        | ${pdp_engine}          | eoepca/pdp-engine           | 1.1.12  |             |
      | User Profile       | um        | ${user_profile}        | eoepca/user-profile         | 1.1.12  |             |
      | Resource Catalogue | rm        | ${resource_catalogue}  | eoepca/rm-resource-catalogue | 1.4.0  |             |
      | Data Access        | rm        | ${data_access}         | eoepca/data-access          | 1.4.0   |             |
      | Renderer           | rm        | ${renderer}            | eoepca/rm-renderer          | 2.0.20  | StatefulSet |
      | Registration API   | rm        | ${registration_api}    | eoepca/rm-registration-api  | 1.4.0   |             |
      | Workspace API      | rm        | ${workspace_api}       | eoepca/rm-workspace-api     | 1.4.0   |             |
      | Bucket API         | rm        | ${bucket_api}          | eoepca/rm-minio-bucket-api  | 0.0.4   |             |
      | Resource Guard     | rm        | ${workspace_api_guard} | eoepca/resource-guard       | 1.3.2   |             |
      | Resource Guard     | rm        | ${combined_rm_guard}   | eoepca/resource-guard       | 1.3.2   |             |
      | Resource Guard     | proc      | ${ades_guard}          | eoepca/resource-guard       | 1.3.2   |             |
      | ADES               | proc      | ${ades}                | eoepca/ades                 | 2.0.24  |             |
      | Application Hub    | proc      | ${application_hub}     | eoepca/application-hub      | 2.0.52  |             |
