"""Whether the resource catalogue speaks its protocols and finds what was registered."""
