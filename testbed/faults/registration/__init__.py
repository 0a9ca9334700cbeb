"""Faults of the registration of data: its queues, who listens to them, what came of it."""
