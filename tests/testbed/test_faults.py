"""Discovery of the faults, and the matrix' own honesty, tried on a testbed that is only pretended."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, cast

import pytest

from testbed import fault, matrix, rounds
from testbed.bed import AuditRun, Bed
from testbed.errors import TestbedError
from testbed.fault import ByHand, Fault

LOST = ("flux.source.fetch-failed", "GitRepository/flux-system/flux-system")
BLIND = ("forbidden", "Secret")


class Pretended:
    """Stands for a bed: audits find whatever is in `broken`."""

    def __init__(self) -> None:
        self.broken: set[tuple[str, str]] = set()
        self.blind: set[tuple[str, str]] = set()
        self.silent = False
        self.resets = 0

    def audit(self, *arguments: str, **more: object) -> AuditRun:
        if self.silent:
            return AuditRun(3, None, "", "Traceback\nValueError: boom", 0.1)
        findings = [{"rule": rule, "resource": _resource(subject)} for rule, subject in sorted(self.broken)]
        unknown = [{"code": code, "subject": subject} for code, subject in sorted(self.blind)]
        document = {"findings": findings, "scenarios": [{"unknown": unknown}]}
        return AuditRun(1 if findings else 10 if unknown else 0, document, "", "", 0.1)

    def reset(self) -> list[str]:
        self.resets += 1
        self.broken.clear()
        self.blind.clear()
        self.silent = False
        return []

    def wait_healthy(self) -> None:
        pass

    def reconcile(self, kind: str, namespace: str, name: str) -> None:
        """Flux takes back what was done by hand."""
        self.broken = {each for each in self.broken if not each[0].startswith("drift.")}


def _resource(subject: str) -> dict[str, str | None]:
    kind, namespace, name = subject.split("/")
    return {"kind": kind, "namespace": namespace, "name": name}


def _run(bed: Pretended, one: Fault) -> matrix.Result:
    lines: list[str] = []
    (result,) = matrix.run(cast(Bed, bed), [one], lines.append)
    assert ("FAIL" in lines[0]) is not result.passed
    return result


def _fault(apply: Callable[[Any], object], **more: Any) -> Fault:
    return Fault("unit", platform="eoepca", breaks="something", apply=apply, **more)


def test_exactly_the_expected_passes() -> None:
    result = _run(
        Pretended(), _fault(lambda bed: (bed.broken.add(LOST), bed.blind.add(BLIND)), expect=[LOST], unknowns=[BLIND])
    )
    assert result.passed
    assert result.exit == 1


def test_one_more_finding_fails() -> None:
    other = ("drift.field.changed", "Deployment/um/x")
    result = _run(Pretended(), _fault(lambda bed: bed.broken.update({LOST, other}), expect=[LOST]))
    assert not result.passed
    assert result.unexpected == [other]


def test_a_missing_finding_fails() -> None:
    result = _run(Pretended(), _fault(lambda bed: None, expect=[LOST]))
    assert result.missing == [LOST]


def test_an_unexpected_unknown_fails() -> None:
    result = _run(Pretended(), _fault(lambda bed: (bed.broken.add(LOST), bed.blind.add(BLIND)), expect=[LOST]))
    assert result.unexpected == [BLIND]


def test_an_audit_that_says_nothing_is_no_pass() -> None:
    def crash(bed: Any) -> None:
        bed.silent = True

    result = _run(Pretended(), _fault(crash))
    assert "wrote no findings.json (exit 3): ValueError: boom" in result.error


def test_what_the_revert_leaves_fails_and_is_mended() -> None:
    bed = Pretended()
    result = _run(bed, _fault(lambda each: each.broken.add(LOST), revert=lambda each: None, expect=[LOST]))
    assert result.left_over == [LOST]
    assert not bed.broken, "the next fault starts from a healthy platform"


def test_a_fault_that_cannot_be_applied_is_named() -> None:
    def impossible(bed: Any) -> None:
        raise TestbedError("no such branch")

    assert _run(Pretended(), _fault(impossible)).error == "no such branch"


def test_an_unhealthy_start_stops_everything() -> None:
    class Sick(Pretended):
        def reset(self) -> list[str]:
            self.broken.add(LOST)
            return []

    with pytest.raises(TestbedError, match="not found healthy"):
        matrix.run(cast(Bed, Sick()), [], lambda line: None)


def test_every_fault_file_declares_one() -> None:
    found = fault.discover()
    assert {"git-branch-missing", "kustomization-path-missing", "helm-chart-missing"} <= {each.id for each in found}
    for each in found:
        assert each.family
        assert each.breaks
        quiet = each.breaks.startswith("nothing:")  # noise that has to be passed over
        assert each.expect or each.unknowns or quiet, f"{each.id} demands nothing"


def test_a_mistyped_fault_is_suggested() -> None:
    with pytest.raises(TestbedError, match="did you mean git-branch-missing"):
        fault.named("git-branch-mising")


def _breaking(name: str, *subjects: str, family: str = "drift", **more: Any) -> Fault:
    broken = [("drift.field.changed", each) for each in subjects]
    by_hand = ByHand("system", lambda bed: cast(Pretended, bed).broken.update(broken))
    return replace(_fault(by_hand, expect=broken, **more), id=name, family=family)


def _names(found: list[list[Fault]]) -> list[list[str]]:
    return [[each.id for each in round_] for round_ in found]


def test_a_round_of_drift_has_no_object_twice() -> None:
    one, same, other = _breaking("one", "A/n/a"), _breaking("same", "A/n/a"), _breaking("other", "A/n/b")
    assert _names(rounds.rounds([one, same, other])) == [["one", "other"], ["same"]]


def test_a_round_of_services_has_no_family_twice() -> None:
    faults = [
        _breaking(f"{family}-{number}", f"A/n/{family}", family=family, args=("-m", family))
        for family, count in (("access", 1), ("catalogue", 3), ("images", 2))
        for number in range(count)
    ]
    assert _names(rounds.rounds(faults)) == [
        ["catalogue-0", "images-0"],
        ["catalogue-1", "images-1"],
        ["catalogue-2", "access-0"],
    ]


@pytest.mark.parametrize(
    "more",
    [
        {"context": "nobody"},
        {"rights": ()},
        {"exit": 5},
        {"args": ("-m", "flux")},
        {"args": lambda bed: ()},
        {"unknowns": [BLIND]},
        {"alone": "all of Git is gone"},
        {"family": "flux"},
    ],
)
def test_what_is_judged_in_its_own_way_is_alone(more: dict[str, Any]) -> None:
    faults = [_breaking("one", "A/n/a", **more), _breaking("other", "A/n/b")]
    assert _names(rounds.rounds(faults)) == [["one"], ["other"]]


def test_an_exact_round_is_a_pass_for_each_of_its_faults() -> None:
    bed = Pretended()
    results = matrix.judge_together(cast(Bed, bed), [_breaking("one", "A/n/a"), _breaking("other", "A/n/b")])
    assert [(each.passed, each.found, each.beside) for each in results] == [
        (True, [("drift.field.changed", "A/n/a")], ["other"]),
        (True, [("drift.field.changed", "A/n/b")], ["one"]),
    ]
    assert bed.resets == 1


def test_of_a_round_that_is_not_exact_each_is_judged_alone() -> None:
    loud = _fault(lambda bed: bed.broken.update({LOST, ("x", "A/n/c")}), expect=[LOST])
    first, second, third = matrix.judge_together(
        cast(Bed, Pretended()), [_breaking("one", "A/n/a"), loud, _breaking("other", "A/n/b")]
    )
    assert (first.passed, second.passed, third.passed) == (True, False, True)
    assert second.unexpected == [("x", "A/n/c")]
    assert all("unexpected x A/n/c" in each.apart for each in (first, second, third))


def test_a_round_whose_audit_does_not_speak_concludes_nothing() -> None:
    def mute(bed: Pretended) -> None:
        bed.silent = True

    first, second = matrix.judge_together(cast(Bed, Pretended()), [_breaking("one", "A/n/a"), _fault(mute)])
    assert first.passed
    assert not second.passed


def test_what_a_round_leaves_behind_is_not_passed_over() -> None:
    """Whoever broke it without mending it fails alone, too."""
    lasting: list[Any] = []

    def break_for_ever(bed: Pretended) -> None:
        lasting.append(bed)
        bed.broken.add(LOST)

    class Worn(Pretended):
        def reset(self) -> list[str]:
            done = super().reset()
            if lasting:
                self.broken.add(LOST)
            return done

    stays = _fault(break_for_ever, revert=lambda bed: None, expect=[LOST])
    _, second = matrix.judge_together(cast(Bed, Worn()), [_breaking("one", "A/n/a"), stays])
    assert second.left_over == [LOST]
