@eoepca @catalogue
Feature: The resource catalogue answers, and finds what was registered

  @daily
  Scenario: The catalogue speaks both versions of CSW, and sends its clients to where it is
    Then the catalogue at ${catalogue}/csw speaks these versions
      | version | within              |
      | 2.0.2   | ${catalogue_within} |
      | 3.0.0   | ${catalogue_within} |

  @daily
  Scenario: Every operation is offered and answers
    Then the catalogue at ${catalogue}/csw offers these operations
      | version | operation         | constraints                                                             | within              |
      | 2.0.2   | GetCapabilities   |                                                                         | ${catalogue_within} |
      | 2.0.2   | DescribeRecord    |                                                                         | ${catalogue_within} |
      | 2.0.2   | GetDomain         |                                                                         | ${catalogue_within} |
      | 2.0.2   | GetRecords        | SupportedDublinCoreQueryables SupportedISOQueryables AdditionalQueryables | ${catalogue_within} |
      | 2.0.2   | GetRecordById     |                                                                         | ${catalogue_within} |
      | 2.0.2   | GetRepositoryItem |                                                                         | ${catalogue_within} |
      | 3.0.0   | GetCapabilities   |                                                                         | ${catalogue_within} |
      | 3.0.0   | GetDomain         |                                                                         | ${catalogue_within} |
      | 3.0.0   | GetRecords        | SupportedISOQueryables AdditionalQueryables                             | ${catalogue_within} |
      | 3.0.0   | GetRecordById     |                                                                         | ${catalogue_within} |

  @daily
  Scenario: Products are registered through the registrar only
    Then nobody can write to the catalogue at ${catalogue}/csw
      | version | within              |
      | 2.0.2   | ${catalogue_within} |
      | 3.0.0   | ${catalogue_within} |

  @daily
  Scenario: The collections hold products
    Then these searches of ${catalogue}/csw find
      | collection | at least                    | within              |
      |            | ${catalogue_records}        | ${catalogue_within} |
      | S2MSI1C    | ${catalogue_s2msi1c_records} | ${catalogue_within} |
      | S2MSI2A    | ${catalogue_s2msi2a_records} | ${catalogue_within} |
    And these records are in the catalogue at ${catalogue}/csw
      | record  | within              |
      | S2MSI1C | ${catalogue_within} |
      | S2MSI2A | ${catalogue_within} |

  @weekly
  Scenario: A filter returns what matches it, and nothing else
    Then these searches of ${catalogue}/csw find
      | collection | bbox              | from                 | to                   | max cloud | at least | within              |
      |            | 37 13.9 37.9 15.1 |                      |                      |           | 1        | ${catalogue_within} |
      |            |                   | 2021-04-02T00:00:00Z | 2021-04-03T00:00:00Z |           | 1        | ${catalogue_within} |
      | S2MSI1C    |                   |                      |                      | 20        | 1        | ${catalogue_within} |

  @weekly
  Scenario: The records follow one another page by page
    Then the pages of the catalogue at ${catalogue}/csw follow one another
      | version | size | within              |
      | 2.0.2   | 10   | ${catalogue_within} |
      | 3.0.0   | 10   | ${catalogue_within} |

  @daily
  Scenario: A product that was registered is found by its identifier
    Then these records are in the catalogue at ${catalogue}/csw
      | record               | title                | version | within              |
      | ${catalogue_product} | ${catalogue_product} | 2.0.2   | ${catalogue_within} |
      | ${catalogue_product} | ${catalogue_product} | 3.0.0   | ${catalogue_within} |

  @weekly
  Scenario: A product's record leads to its own maps and coverages
    Then these records of the catalogue at ${catalogue}/csw lead to their maps and coverages
      | record               | within              |
      | ${catalogue_product} | ${catalogue_within} |

  @daily
  Scenario: OpenSearch offers what products are searched by, and finds
    Then OpenSearch at ${catalogue}/opensearch offers these parameters
      | parameter     | within              |
      | searchTerms   | ${catalogue_within} |
      | count         | ${catalogue_within} |
      | geo:box       | ${catalogue_within} |
      | time:start    | ${catalogue_within} |
      | time:end      | ${catalogue_within} |
      | eo:cloudCover | ${catalogue_within} |
    And these searches by OpenSearch at ${catalogue}/opensearch find
      | count | at least             | returns | within              |
      | 10    | ${catalogue_records} | 10      | ${catalogue_within} |

  @daily
  Scenario: The records are served by OGC API Records as well
    Then the records API at ${catalogue} leads to
      | relation    | within              |
      | conformance | ${catalogue_within} |
      | data        | ${catalogue_within} |
    And the records API at ${catalogue} conforms to
      | class                                | within              |
      | ogcapi-common-1/1.0/conf/core        | ${catalogue_within} |
      | ogcapi-common-2/1.0/conf/collections | ${catalogue_within} |
      | ogcapi-records-1/1.0/conf/core       | ${catalogue_within} |
    And the records API at ${catalogue} holds
      | collection    | at least             | contains             | within              |
      | metadata:main | ${catalogue_records} | ${catalogue_product} | ${catalogue_within} |

  @daily
  Scenario: The catalogue is a STAC catalogue as well
    Then the STAC landing page at ${catalogue}/stac is a catalogue
      | within              |
      | ${catalogue_within} |
