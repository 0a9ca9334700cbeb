"""Whatever stands in the place of a public host, the audit says so in one finding per cause, within its time limit.

A family adds its host by one line in `HOSTS`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import get_args

import pytest

from testbed.bed import Bed
from testbed.services.nginx import Mode

pytestmark = pytest.mark.live


@dataclass(frozen=True)
class Asked:
    """A host that scenarios ask.

    Args:
        key: of the gateway's host, and of `[endpoints]`.
        tags: of the scenarios that ask it, and none else.
        addresses: subjects of what is said of each address: there the host is right and the content is not.
        garbage: what a body means that cannot be read.
    """

    key: str
    tags: str
    addresses: tuple[str, ...]
    garbage: str = "web.endpoint.content"


HOSTS = (Asked("catalogue", "catalogue and acceptance", ("GET ${catalogue}/csw", "GET ${catalogue}/opensearch")),)
OF_HOST: dict[Mode, str] = {
    "refuse": "web.endpoint.unreachable",
    "silent": "web.endpoint.silent",
    "slow": "web.endpoint.silent",
    "html": "web.endpoint.content-type",
    "status": "web.endpoint.status",
    "redirect": "web.endpoint.status",
    "untrusted": "web.endpoint.untrusted",
    "plain": "web.endpoint.untrusted",
    "big": "web.endpoint.silent",
}
"""Modes that concern the host, whatever is asked: one finding of it."""
SECONDS = 90.0
"""For a whole audit of a few scenarios: two looks within their limits, and a loaded machine."""


def expected(asked: Asked, mode: Mode) -> list[tuple[str, str]]:
    if mode in OF_HOST:
        return [(OF_HOST[mode], f"${{{asked.key}}}")]
    rule = {"wrong-type": "web.endpoint.content-type", "empty": "web.endpoint.content"}.get(mode, asked.garbage)
    return [(rule, address) for address in asked.addresses]


@pytest.mark.parametrize("mode", [each for each in get_args(Mode) if each != "normal"])
@pytest.mark.parametrize("asked", HOSTS, ids=lambda asked: asked.key)
def test_one_finding_per_cause_in_time(bed: Bed, asked: Asked, mode: Mode) -> None:
    bed.gateway.misbehave(asked.key, mode)
    try:
        run = bed.audit(bed.platform.name, "-m", asked.tags)
    finally:
        bed.gateway.normal()
    assert (run.exit, sorted(run.every_finding), run.unknowns) == (1, sorted(expected(asked, mode)), set())
    assert run.seconds < SECONDS


@pytest.mark.parametrize("asked", HOSTS, ids=lambda asked: asked.key)
def test_as_it_should_be_nothing_is_said(bed: Bed, asked: Asked) -> None:
    run = bed.audit(bed.platform.name, "-m", asked.tags)
    assert (run.exit, run.findings, run.unknowns) == (0, set(), set())
