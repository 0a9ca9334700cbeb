"""One audit for all tests of the laws."""

from __future__ import annotations

import pytest

from tests.checks.laws import hearing, recordings
from tests.checks.laws.hearing import Audited


@pytest.fixture(scope="package")
def audited(tmp_path_factory: pytest.TempPathFactory) -> Audited:
    """The demo's recording, audited as it is."""
    folder = tmp_path_factory.mktemp("laws")
    return hearing.audit(recordings.write(folder / "whole.holdfast.gz", recordings.whole()), folder)
