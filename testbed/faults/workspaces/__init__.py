"""Faults of users' workspaces: what belongs to them, how they keep up with their templates, what they leave behind."""

ONLY = ("-m", "workspaces")
ERIC, ALICE = "develop-user-eric", "develop-user-alice"
