"""``holdfast compare A B``: what changed between two runs, for people and for machines."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from holdfast.model.comparison import Blindness, Comparison, Document, compare_runs
from holdfast.reports.wording import one_line, plural

__all__ = ["Comparison", "as_json", "as_text", "compare_runs"]

FORMAT = "holdfast/comparison/v1"


def as_json(told: Comparison) -> str:
    """The comparison as a JSON document; findings are whole, as in ``findings.json``."""
    document = {
        "schema": FORMAT,
        "a": _run(told.a),
        "b": _run(told.b),
        "same_cluster": told.same_cluster,
        "changed": [
            {"name": each.name, "before": each.before or None, "after": each.after or None} for each in told.facts
        ],
        "new": list(told.new),
        "newly_visible": list(told.newly_visible),
        "known": list(told.known),
        "fixed": list(told.fixed),
        "not_judged_again": list(told.not_judged_again),
        "blind": [_blindness(each) for each in told.blind],
        "cured": [_blindness(each) for each in told.cured],
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def as_text(told: Comparison) -> str:
    """The comparison as plain text, what needs attention first."""
    return "\n".join(_lines(told)) + "\n"


def _lines(told: Comparison) -> Iterator[str]:
    counts = [
        f"{len(told.new)} new",
        *([f"{len(told.newly_visible)} seen for the first time"] if told.newly_visible else []),
        f"{len(told.known)} known",
        f"{len(told.fixed)} fixed",
        *([f"{len(told.not_judged_again)} not judged again"] if told.not_judged_again else []),
    ]
    yield " · ".join(counts)
    yield f"A  {_title(told.a)}"
    yield f"B  {_title(told.b)}"
    if told.same_cluster is False:
        yield "A and B are different clusters: known means the same defect in both, new and fixed mean a difference."
    elif told.same_cluster is None:
        yield "Whether A and B are the same cluster is not known: one of them could not read its identity."
    yield from _block(
        "Versions", (f"{each.name}: {each.before or '(none)'} -> {each.after or '(none)'}" for each in told.facts)
    )
    yield from _block("New", map(_finding, told.new))
    yield from _block("Seen for the first time: A did not judge what meets them", map(_finding, told.newly_visible))
    yield from _block("Gone, but not judged again: nobody knows", map(_finding, told.not_judged_again))
    yield from _block("Fixed", map(_finding, told.fixed))
    yield from _block("Known", map(_finding, told.known))
    yield from _block("No longer judged", (f"{each.code}: {one_line(each.subject)}" for each in told.blind))
    yield from _block("Judged again", (f"{each.code}: {one_line(each.subject)}" for each in told.cured))


def _block(title: str, lines: Iterable[str]) -> Iterator[str]:
    told = list(lines)
    if told:
        yield ""
        yield f"{title}: {len(told)}"
        yield from (f"  {each}" for each in told)


def _title(document: Document) -> str:
    run, summary = document["run"], document["summary"]
    cluster = run["cluster"]["context"] or run["cluster"]["server"] or "an unnamed cluster"
    found = plural(sum(summary["findings"].values()), "finding")
    return f"{run['finished']}  {run['platform']} on {cluster}: {found}, coverage {summary['coverage']}"


def _finding(finding: Document) -> str:
    waived = " (waived)" if finding["state"] == "waived" else ""
    return f"{finding['severity']:<8} {one_line(finding['summary'])}{waived}  [{finding['rule']}]"


def _run(document: Document) -> Mapping[str, Any]:
    run = document["run"]
    return {key: run[key] for key in ("id", "finished", "holdfast", "cluster", "platform")}


def _blindness(each: Blindness) -> Mapping[str, str]:
    return {"code": each.code, "subject": each.subject}
