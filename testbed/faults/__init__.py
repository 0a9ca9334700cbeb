"""The faults: one folder per family, one file per fault (see testbed/README.md)."""
