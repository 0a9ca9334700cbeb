@eoepca @registration @daily
Feature: What is handed in for registration gets registered

  Scenario: The queues are there
    Then the Redis of the registration answers

  Scenario: The registrars keep up
    Then what waits to be registered is taken from its queue
    And no queue of the registration holds more than ${queue_depth} items

  Scenario: Nothing is handed in where nobody takes it
    Then nothing waits in a queue nobody listens to
    And every harvester writes to a queue a registrar listens to

  Scenario: The Registration API is listened to
    Then these queues are listened to
      | queue                      |
      | register_queue             |
      | register_collection_queue  |
      | register_ades_queue        |
      | register_application_queue |
      | register_catalogue_queue   |
      | register_json_queue        |
      | register_xml_queue         |
      | harvester_queue            |

  Scenario: Registration comes to an end
    Then at most ${registration_failures} products have failed (*failure*_set)
    And no product stays in progress

  Scenario: The keys are what producers and consumers take them for
    Then every key of the registration has its type
      | key     | type |
      | *_queue | list |
      | *_set   | set  |
