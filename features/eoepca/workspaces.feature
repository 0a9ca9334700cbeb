@eoepca @workspaces
Feature: Every user's workspace is whole

  @daily
  Scenario: Every workspace has what its applications need
    Then every workspace has these Secrets
      | secret             | keys                                  |
      | bucket             | bucketname, access, secret, projectid |
      | container-registry | username, password                    |
      | rm-uma-user-agent  | client.yaml                           |

  @daily @upgrade
  Scenario: Every workspace is as its templates are today
    Then every workspace template gives an object
    And every workspace has every object of its templates
    And every object of a workspace is as its template gives it

  @daily @acceptance
  Scenario: The workspace API knows every workspace as ready
    Then the workspace API calls every workspace ready

  @daily @acceptance
  Scenario: The services of every workspace answer
    Then the endpoints of every workspace answer

  @daily
  Scenario: Every workspace has its bucket
    Then the bucket of every workspace exists

  @daily
  Scenario: Every workspace can store container images
    Then every workspace has a user in the container registry

  @weekly
  Scenario: A workspace that was deleted leaves no bucket behind
    Then no bucket of a deleted workspace is left

  @weekly
  Scenario: A workspace that was deleted leaves no registry user behind
    Then no registry user of a deleted workspace is left
