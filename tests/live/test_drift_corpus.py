"""Every corner case of drift on real Flux: what is healthy gives nothing, what is not is told, with who did it."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from testbed.bed import Bed
from tests.live.corpus import flux_sees
from tests.live.corpus.judged import PLATFORM, Verdict, drift
from tests.live.corpus.left_out import ELSEWHERE, LEFT_OUT, NUMBERS
from tests.live.corpus.row import Row, Sees
from tests.live.corpus.rows import ROWS, row_of
from tests.live.corpus.stage import Stage, staged

pytestmark = pytest.mark.live

FIGHTS = {25, 33, 63}
"""Flux's own fights: notes."""
NOT_FLUX_DRIFT = {
    105: "the build is not the one Flux applied: unknown",
    107: "a Job that cleaned itself up and is run again: a note",
    123: "in another cluster, as far as its Kustomization says",
}
"""Rows without a column F in the reference whose objects a dry-run would change all the same."""


IGNORED = {94, 95, 96, 97, 99}
"""Differences that a rule of the platform's own tools allows, or that are beside the point: notes."""
OUTLOOKS = {
    "row-046": ("puts back", "rollout"),
    "row-048": ("takes it away",),
    "row-049": ("nothing, ever", "node-fetch"),
    "row-056": ("a second time",),
    "row-066": ("go back to 1",),
    "row-076": ("keeps the port",),
    "row-080": ("keel writes its own again",),
    "row-084": ("nothing holds the object",),
    "row-088b": ("refused",),
    "row-100": ("suspended",),
    "row-106": ("makes it anew",),
    "row-134": ("driftDetection is off",),
    "row-135b": ("nothing, ever",),
}
"""What Flux will do, in the words that matter."""


@dataclass(frozen=True)
class Judged:
    """The corpus: healthy, then broken, each judged once; and what Flux's own dry-run says of the broken one."""

    stage: Stage
    before: Verdict
    after: Verdict
    flux: dict[str, Sees]
    requests: list[tuple[str, str]]
    """(verb, resource) of everything both runs asked the API server."""


@pytest.fixture(scope="module")
def judged(bed: Bed, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Judged]:
    bed.reset()
    folder = tmp_path_factory.mktemp("corpus")
    with staged(bed, folder) as stage:
        position = bed.audit_log_position()
        before = drift(bed, folder / "before", platform=PLATFORM)
        stage.broken()
        after = drift(bed, folder / "after", platform=PLATFORM)
        log = bed.audit_log(position)
        requests = [(verb, resource) for verb, resource, user in log if user == "auditor"]
        yield Judged(stage, before, after, flux_sees.asked(stage), requests)


def test_nearly_every_row_of_the_reference_is_here() -> None:
    staged_rows = {row.number for row in ROWS}
    assert staged_rows | ELSEWHERE.keys() | LEFT_OUT.keys() == NUMBERS
    assert staged_rows.isdisjoint(LEFT_OUT)
    assert len(staged_rows) >= 90


def test_the_healthy_corpus_gives_no_finding(judged: Judged) -> None:
    assert judged.before.told == []
    assert {code for code, _ in judged.before.unknown} <= {"encrypted"}, judged.before.unknown
    assert judged.before.status == 10, judged.before.stdout  # Git holds one Secret encrypted


def test_fights_of_flux_are_notes(judged: Judged) -> None:
    noted = {row.number for _, subject in judged.before.notes if (row := row_of(subject))}
    assert noted >= FIGHTS, judged.before.notes


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_row(judged: Judged, row: Row) -> None:
    found = judged.after.about(row)
    left = list(found)
    for told in row.told:
        match = [each for each in left if told.is_about(each["rule"], each["subject"], each["path"] or "")]
        assert len(match) == 1, f"{row.says}: {told} in {_brief(found)}"
        left.remove(match[0])
        if told.by is not None:
            assert tuple((each["manager"], each["class"]) for each in match[0]["changed_by"]) == told.by
    assert left == [], f"{row.says}: {_brief(left)}"
    assert judged.after.unknown_about(row) == set(row.unknown)


@pytest.mark.parametrize("name", OUTLOOKS)
def test_what_flux_will_do_about_it(judged: Judged, name: str) -> None:
    (found,) = judged.after.about(_named(name))
    assert all(words in found["outlook"] for words in OUTLOOKS[name]), found["outlook"]


def test_who_is_told_with_what_is_known_of_when(judged: Judged) -> None:
    (exact,), (unknown,), (nobody,) = (judged.after.about(_named(name)) for name in ("row-046", "row-060", "row-062"))
    assert exact["changed_by"][0]["time"] == exact["since"] != ""
    assert "registry.test/web:1" in exact["cause"], "a ReplicaSet remembers what it was"
    assert (unknown["changed_by"][0]["subresource"], unknown["changed_by"][0]["time"]) == ("scale", None)
    assert (nobody["changed_by"], nobody["since"]) == ([], None)
    assert "Scaled down" in nobody["cause"], "the Event is what is left"


def test_what_is_allowed_to_differ_is_noted(judged: Judged) -> None:
    assert {row.number for _, subject in judged.after.notes if (row := row_of(subject))} >= IGNORED


def test_nothing_else_is_told(judged: Judged) -> None:
    assert [each for each in judged.after.told if row_of(each[1]) is None] == []
    assert judged.after.status == 1


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_flux_sees_what_the_row_says(judged: Judged, row: Row) -> None:
    if row.sees is Sees.NOT_ASKED:
        assert row.name not in judged.flux
        return
    assert judged.flux.get(row.name, Sees.NO) is row.sees, row.says


def test_whatever_flux_sees_is_told(judged: Judged) -> None:
    """Agreement with the real controller, its own fights aside; and more is told than it sees."""
    seen = {name for name, said in judged.flux.items() if said is Sees.YES}
    told = {row.name for each in judged.after.findings if (row := row_of(each["subject"]))}
    missed = {name for name in seen - told if int(name[4:7]) not in FIGHTS | NOT_FLUX_DRIFT.keys()}
    assert missed == set()
    assert len(seen & told) >= 25
    assert len(told - seen) >= 25


def test_the_runs_only_read(judged: Judged) -> None:
    verbs = {verb for verb, _ in judged.requests}
    assert verbs <= {"get", "list", "watch"} | {
        verb for verb, resource in judged.requests if resource.startswith("selfsubject")
    }
    assert "list" in verbs


def test_no_byte_of_a_secret_is_told(judged: Judged) -> None:
    """The values of rows 82, 83 and 125, in clear and in base64."""
    encoded = base64.b64encode(b"Zq7-Canary").decode()[:12]
    for verdict in (judged.before, judged.after):
        texts = [verdict.stdout, verdict.stderr, *_texts(verdict.reports)]
        assert not any(spelling in text for text in texts for spelling in ("Zq7-Canary", encoded))


def test_a_kind_that_may_not_be_listed_is_unknown_and_the_rest_is_judged(judged: Judged, tmp_path: Path) -> None:
    """Row 124."""
    stage = judged.stage
    core = sorted(
        {each.plural for each in stage.bed.kube.types() if each.api_version == "v1"} - {"persistentvolumeclaims"}
    )
    groups = sorted({each.group for each in stage.bed.kube.types() if each.group})
    rules = [
        {"apiGroups": [""], "resources": core, "verbs": ["get", "list"]},
        {"apiGroups": groups, "resources": ["*"], "verbs": ["get", "list"]},
    ]
    narrow = stage.bed.credential("no-claims", rules)
    verdict = drift(stage.bed, tmp_path / "report", kubeconfig=narrow, platform=PLATFORM)
    assert verdict.status == 1
    assert any(code == "forbidden" and "persistentvolumeclaims" in subject for code, subject in verdict.unknown)
    claims = {each for each in judged.after.told if each[1].startswith("PersistentVolumeClaim/")}
    assert set(verdict.told) == set(judged.after.told) - claims


def _named(name: str) -> Row:
    return next(row for row in ROWS if row.name == name)


def _brief(findings: list[dict[str, object]]) -> list[tuple[object, ...]]:
    return [(each["rule"], each["subject"], each["path"], each["summary"]) for each in findings]


def _texts(folder: Path) -> Iterator[str]:
    for file in folder.rglob("*"):
        if file.is_file():
            yield file.read_bytes().decode("utf-8", "replace")
