"""What people and half-done scripts do to what PEPs and the PDP hold."""
