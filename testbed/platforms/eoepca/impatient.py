"""Limits cut short, so that what takes minutes in real life shows at once."""

from __future__ import annotations

from testbed.bed import Bed


def impatient(bed: Bed, **limits: str) -> tuple[str, str]:
    """``--platform-file`` of the testbed with other ``[limits]``."""
    lines = "".join(f'{name} = "{value}"\n' for name, value in limits.items())
    usual = bed.platform_file.read_text()
    text = usual.replace("[limits]\n", f"[limits]\n{lines}") if "[limits]\n" in usual else f"{usual}\n[limits]\n{lines}"
    file = bed.instance.home / "impatient.toml"
    file.write_text(text)
    return "--platform-file", str(file)
