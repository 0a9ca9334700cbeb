"""``--wait-for REVISION --within 10m``: wait until Flux has applied it, and say what blocks when it does not come."""

from __future__ import annotations

import time
from collections.abc import Callable

from holdfast.checks.flux import revisions
from holdfast.fixtures.cluster import Cluster
from holdfast.judge import Heard
from holdfast.model import RULES, Deviation, Unobservable

PAUSE = 3.0
"""Seconds between two looks."""
_KINDS = ("GitRepository", "OCIRepository", "Bucket", "Kustomization")


def wait_for_revision(
    cluster: Cluster, revision: str, within: float, sleep: Callable[[float], None] = time.sleep
) -> Heard:
    """What is to be said of it: nothing but the objects judged, once every Kustomization has applied the revision.

    Args:
        cluster: looked at again every :data:`PAUSE` seconds.
        revision: see :func:`holdfast.checks.flux.revisions.not_yet_applied`.
        within: seconds to wait at most.
        sleep: lets time pass.
    """
    end = time.monotonic() + within
    while True:
        try:
            blocking: tuple[Deviation, ...] = revisions.not_yet_applied(revision, cluster)
        except Unobservable as problem:
            return Heard(unknowns=[problem])
        if not blocking:
            return Heard(judged={each.ref for each in cluster.listing("Kustomization").seen})
        if time.monotonic() >= end:
            rule = RULES[revisions.NOT_APPLIED]
            heard = Heard(deviations=[(rule, each) for each in blocking])
            heard.judged = {each.ref for each in blocking if each.ref}
            return heard
        sleep(min(PAUSE, max(0.0, end - time.monotonic())))
        cluster.look_again(_KINDS, ())
