"""Judging the fault matrix on further testbeds."""

from __future__ import annotations

import os
import shutil

import pytest

from tests.live.judging import Further


def test_a_further_testbed_does_not_see_what_a_test_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    further = Further("never-started")
    try:
        monkeypatch.setenv("PATH", "/nowhere")
        assert shutil.which("git") is None
        assert further.process.submit(shutil.which, "git").result() is not None
        assert further.process.submit(os.getpid).result() != os.getpid()
    finally:
        further.end()
