@drift
Feature: What a branch would change

  Scenario: The branch of --git-ref can be merged
    Then merging the branch would change nothing that runs
