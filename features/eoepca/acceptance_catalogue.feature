# The cases of the acceptance suite 03__ResourceCatalogue, one scenario each. Its fourth case, Workspace Catalogue, is
# commented out there: the catalogue of a workspace wants a token.
@eoepca @catalogue @acceptance
Feature: Acceptance: the resource catalogue

  Scenario: Get Operations Information
    Then the catalogue at ${catalogue}/csw offers these operations
      | version | operation         | constraints                                                             | within              |
      | 2.0.2   | GetCapabilities   |                                                                         | ${catalogue_within} |
      | 2.0.2   | DescribeRecord    |                                                                         | ${catalogue_within} |
      | 2.0.2   | GetDomain         |                                                                         | ${catalogue_within} |
      | 2.0.2   | GetRecords        | SupportedDublinCoreQueryables SupportedISOQueryables AdditionalQueryables | ${catalogue_within} |
      | 2.0.2   | GetRecordById     |                                                                         | ${catalogue_within} |
      | 2.0.2   | GetRepositoryItem |                                                                         | ${catalogue_within} |

  Scenario: Get Records Information
    Then these searches of ${catalogue}/csw find
      | bbox              | from                 | to                   | max cloud | at least | returns | contains             | within              |
      |                   |                      |                      |           | 10       | 10      |                      | ${catalogue_within} |
      | 37 13.9 37.9 15.1 | 2021-04-02T00:00:00Z | 2021-04-03T00:00:00Z | 20        | 1        |         | ${catalogue_product} | ${catalogue_within} |
    And these records of the catalogue at ${catalogue}/csw lead to their maps and coverages
      | record               | within              |
      | ${catalogue_product} | ${catalogue_within} |
    And these records are in the catalogue at ${catalogue}/csw
      | record               | title                | within              |
      | ${catalogue_product} | ${catalogue_product} | ${catalogue_within} |

  Scenario: Opensearch
    Then OpenSearch at ${catalogue}/opensearch offers these parameters
      | parameter           | within              |
      | count               | ${catalogue_within} |
      | eo:cloudCover       | ${catalogue_within} |
      | eo:parentIdentifier | ${catalogue_within} |
    And these searches by OpenSearch at ${catalogue}/opensearch find
      | count | collection | max cloud | at least | returns | within              |
      | 10    |            |           | 10       | 10      | ${catalogue_within} |
      | 10    |            | 20        | 10       | 10      | ${catalogue_within} |
      | 10    | S2MSI2A    |           | 1        |         | ${catalogue_within} |
