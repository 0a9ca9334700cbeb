"""One testbed for the whole session, whoever asks first."""

from __future__ import annotations

from testbed.pytest_fixture import bed

__all__ = ["bed"]
