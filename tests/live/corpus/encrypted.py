"""A Secret as SOPS writes it, and the age key that opens it: made for this, used nowhere else."""

from __future__ import annotations

from pathlib import Path

_FOLDER = Path(__file__).parent / "sops"
SECRET = (_FOLDER / "row-125.yaml").read_text()
KEY = (_FOLDER / "test-only.agekey").read_text()
