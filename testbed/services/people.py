"""The users of the platform, by the ids the identity provider and the guards know them by."""

from __future__ import annotations

USERS = {
    "eric": "7b1d0f9e-2222-4a3b-8c4d-0123456789ab",
    "bob": "b7e2d1a4-63f0-4c8b-8e57-2a9d40c1f6b3",
    "alice": "1f0c7a55-9e0b-4f5e-8a3e-ba9876543210",
}
OPERATOR = "0000000000000"
"""Owner of what belongs to the platform itself."""
