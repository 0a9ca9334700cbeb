"""What helm-controller says of drift, where the release itself could not be compared."""

from __future__ import annotations

from typing import Any

import pytest

from holdfast.checks.drift import field_rules
from holdfast.checks.drift.difference import Desired, Examined
from holdfast.checks.drift.examination import Examination
from holdfast.checks.drift.view import View
from holdfast.model import Deviation, Note, Ref, Resource, UnknownCode, Unobservable
from tests.checks.world import NOON, FixedWorld

CONDITION = {
    "type": "Drifted",
    "status": "True",
    "reason": "DriftDetected",
    "message": "Cluster state of release test/cheese.v1 has drifted: Deployment/test/cheese changed",
    "lastTransitionTime": "2026-03-02T11:00:00Z",
}
BLIND = Unobservable(UnknownCode.NO_DESIRED_STATE, "HelmRelease/test/cheese", "Secrets may not be read", "grant list")


def release(*conditions: dict[str, Any]) -> Resource:
    return Resource(
        {
            "apiVersion": "helm.toolkit.fluxcd.io/v2",
            "kind": "HelmRelease",
            "metadata": {"namespace": "test", "name": "cheese"},
            "status": {"conditions": list(conditions)},
        }
    )


class Seen:
    """A survey that has seen one owner."""

    def __init__(self, problem: Unobservable | None, *examined: Examined) -> None:
        self.problem, self.examined = problem, examined

    def of(self, owner: Resource) -> Examination:
        return Examination(View(owner, Desired(owner.ref, "", {}, {}, self.problem)), self.examined)

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(f"nobody has to ask for {name}")


def said(owner: Resource, drift: Any) -> list[Any]:
    return [
        each for each in field_rules.unchanged(owner, FixedWorld(now=NOON), drift) if isinstance(each, Deviation | Note)
    ]


def test_it_is_a_finding_where_nobody_could_look() -> None:
    (found,) = said(release(CONDITION), Seen(BLIND))
    assert isinstance(found, Deviation)
    assert "Deployment/test/cheese changed" in found.summary
    assert found.remedy[0].command.startswith("kubectl describe")


def test_it_is_a_note_where_nothing_differs_any_more() -> None:
    (found,) = said(release(CONDITION), Seen(None))
    assert isinstance(found, Note)


@pytest.mark.parametrize("status", ["False", "Unknown"])
def test_it_is_nothing_unless_it_says_true(status: str) -> None:
    assert said(release({**CONDITION, "status": status}), Seen(BLIND)) == []


def test_the_differences_themselves_are_told_instead() -> None:
    ref = Ref("apps/v1", "Deployment", "test", "cheese")
    seen = Examined(ref, release().ref, (), Resource({"kind": "Deployment"}))
    assert said(release(CONDITION), Seen(None, seen)) == []
