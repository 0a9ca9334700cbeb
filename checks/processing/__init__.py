"""Processing: what the ADES offers, runs, and leaves behind."""
