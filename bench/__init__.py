"""How fast, how small and how sharp-eyed holdfast is, beside what else there is, measured on the testbed."""
