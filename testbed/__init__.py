"""A real control plane with real Flux on loopback, and the faults injected into it (DESIGN §7; see README.md here)."""
