@eoepca @policies
Feature: Who may use what is as Git and the users registered it
  PEPs hold the protected resources, the PDP the policies that decide about them. Both are read by
  `management_tools list --all` (--allow exec), or from dumps made earlier (--policy-dump FOLDER).

  @daily
  Scenario: The guards and the decision point know their resources and policies
    Then every PEP and the PDP say what they hold

  @daily
  Scenario: What is protected can be used by its owner
    Then every protected resource has a policy for each verb
    And every policy is well formed
    And no two policies say the same

  @daily
  Scenario: Nobody else is let in
    Then every policy lets in the owner of its resource alone
    And no two resources have one id

  @daily
  Scenario: Every resource belongs to somebody and decides about its own path
    Then every registered resource is well formed
    And every registered resource has an owner
    And no path is registered twice in one PEP
    And no resource lies inside another user's

  @weekly
  Scenario: What was unregistered leaves nothing behind
    Then no policy is left of a resource that no PEP holds
    And no resource that is open has policies

  @daily @upgrade
  Scenario: The guards protect what Git declares
    Then every PEP holds the resources its configuration declares
    And no other resource is registered, but below these paths
      | guard                | path                |
      | ${workspace_pep}     | /workspaces/*       |
      | */${user_prefix}-*   | /*                  |
      | ${processing_pep}    | /*/wps3/processes/* |
      | ${processing_pep}    | /*/watchjob/*       |

  @daily @upgrade
  Scenario: The services are open where they are meant to be
    Then these resources are registered
      | guard             | path          | owner    | scopes    |
      | ${processing_pep} | /             | operator | public    |
      | ${combined_pep}   | /             | operator | public    |
      | ${workspace_pep}  | /             | operator | protected |
      | ${workspace_pep}  | /docs         | operator | public    |
      | ${workspace_pep}  | /openapi.json | operator | public    |
      | ${dummy_pep}      | /             | operator | public    |

  @daily
  Scenario: Every workspace is registered, and no other
    Then every workspace "${user_prefix}-*" is registered in PEP "${workspace_pep}", and no other is

  @weekly
  Scenario: Every resource belongs to a user there is
    Then every owner of a resource is a user of the identity provider

  @acceptance
  Scenario: After an unregistration nothing is left anywhere
    Then resources "${unregistered_resources}" are registered nowhere
