"""Whether what is handed in for registration gets registered: queues, consumers, outcomes."""
