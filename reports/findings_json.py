"""``findings.json``, version ``holdfast/findings/v1``: everything a run has to say, for machines.

Described by ``findings.schema.json`` beside this file. Every key is always there, null where there is nothing to say.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from holdfast.model import (
    Change,
    Finding,
    Json,
    Note,
    Ref,
    Remedy,
    Run,
    RunResult,
    ScenarioResult,
    Severity,
    Unknown,
    Verdict,
)
from holdfast.reports import files

FORMAT = "holdfast/findings/v1"
SCHEMA = Path(__file__).with_name("findings.schema.json")
"""The JSON Schema (draft 2020-12) of the document."""

_VERBS = ("get", "list", "watch", "selfsubjectreview")


def write(result: RunResult, path: Path) -> None:
    """Write the document.

    Raises:
        OSError: the file cannot be written.
    """
    files.write(render(result), path)


def render(result: RunResult) -> str:
    """The document as text; the same run gives the same bytes."""
    return json.dumps(document(result), indent=2, ensure_ascii=False, default=_plain) + "\n"


def document(result: RunResult) -> dict[str, Json]:
    """The document as JSON values."""
    return {
        "schema": FORMAT,
        "run": _run(result.run),
        "summary": _summary(result),
        "scenarios": [_scenario(each) for each in result.scenarios],
        "findings": [_finding(each) for each in result.findings],
        "notes": [_note(each) for each in result.notes],
    }


def read_findings(path: Path) -> dict[str, Any]:
    """A document written by :func:`write`, checked against the schema, for ``--baseline`` and ``compare``.

    Raises:
        ValueError: one line: the file, and what is wrong with it.
    """
    try:
        found = json.loads(path.read_bytes())
    except OSError as error:
        raise ValueError(f"{path}: cannot be read: {error.strerror or error}") from None
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{path}: is not JSON, or only the beginning of it: {error}") from None
    if not isinstance(found, dict) or not str(found.get("schema", "")).startswith("holdfast/findings/"):
        raise ValueError(f"{path}: is not a findings.json of holdfast: it has no schema {FORMAT}")
    if found["schema"] != FORMAT:
        raise ValueError(f"{path}: has format {found['schema']}, this holdfast reads {FORMAT}: use a newer one")
    wrong = _wrong(found)
    if wrong:
        raise ValueError(f"{path}: {wrong}")
    return found


def _wrong(found: Mapping[str, Json]) -> str:
    from jsonschema import Draft202012Validator  # 0.1 s that a run without --baseline does not need
    from jsonschema.exceptions import best_match

    error = best_match(Draft202012Validator(json.loads(SCHEMA.read_bytes())).iter_errors(found))
    if error is None:
        return ""
    said = error.message if len(error.message) < 160 else error.message[:80] + " … " + error.message[-70:]
    return f"{error.json_path}: {said}"


def _run(run: Run) -> dict[str, Json]:
    return {
        "id": run.id,
        "started": _time(run.started),
        "finished": _time(run.finished),
        "holdfast": run.holdfast,
        "cluster": {key: run.cluster.get(key) or None for key in ("id", "context", "server", "version")},
        "platform": run.platform,
        "recording": run.recording,
        "tags": list(run.tags),
        "baseline": run.baseline,
        "waivers": run.waivers,
        "facts": dict(run.facts),
    }


def _summary(result: RunResult) -> dict[str, Json]:
    found = [each.severity for each in result.findings]
    states = [each.state for each in result.findings]
    return {
        "verdict": result.verdict.value,
        "exit": result.exit,
        "reason": result.reason,
        "fail_on": result.fail_on.value,
        "scenarios": {each.value: result.count(each) for each in Verdict},
        "findings": {each.value: found.count(each) for each in Severity},
        "states": {each: states.count(each) for each in ("new", "known", "waived")},
        "fixed": list(result.fixed),
        "coverage": result.coverage,
        "objects": {
            "expected": result.objects.expected,
            "compared": result.objects.compared,
            "unknown": result.objects.unknown,
        },
        "requests": {**dict.fromkeys(_VERBS, 0), **dict(sorted(result.requests.items()))},
    }


def _scenario(scenario: ScenarioResult) -> dict[str, Json]:
    return {
        "id": scenario.nodeid,
        "feature": scenario.feature,
        "name": scenario.name,
        "tags": list(scenario.tags),
        "verdict": scenario.verdict.value,
        "reason": scenario.reason or None,
        "duration": round(scenario.duration, 3),
        "findings": list(scenario.findings),
        "unknown": [_unknown(each) for each in scenario.unknown],
    }


def _unknown(unknown: Unknown) -> dict[str, Json]:
    return {
        "code": str(unknown.code),
        "subject": unknown.subject,
        "detail": unknown.detail or None,
        "remedy": unknown.remedy or None,
        "accepted": unknown.accepted or None,
    }


def _finding(finding: Finding) -> dict[str, Json]:
    said = finding.deviation
    owner = {"ref": said.owner.ref, "path": said.owner.path or None} if said.owner else None
    return {
        "fingerprint": finding.fingerprint,
        "rule": finding.rule,
        "severity": finding.severity.value,
        "resource": _resource(said.ref),
        "subject": finding.subject,
        "path": said.path or None,
        "owner": owner,
        "affects": list(said.affects),
        "summary": finding.summary,
        "expected": said.expected,
        "observed": said.observed,
        "cause": said.cause or None,
        "changed_by": [_change(each) for each in said.changed_by],
        "outlook": said.outlook or None,
        "remedy": [_remedy(each) for each in said.remedy],
        "since": _time(said.since),
        "first_seen": _time(finding.first_seen),
        "state": finding.state or None,
        "waiver": finding.waiver or None,
        "scenarios": list(finding.scenarios),
        "source": said.source or None,
    }


def _resource(ref: Ref | None) -> dict[str, Json] | None:
    if ref is None:
        return None
    return {"apiVersion": ref.api_version, "kind": ref.kind, "namespace": ref.namespace or None, "name": ref.name}


def _change(change: Change) -> dict[str, Json]:
    return {
        "manager": change.manager,
        "class": change.cls,
        "operation": change.operation or None,
        "subresource": change.subresource or None,
        "time": _time(change.time),
        "paths": list(change.paths),
    }


def _remedy(remedy: Remedy) -> dict[str, Json]:
    return {
        "text": remedy.text,
        "command": remedy.command or None,
        "writes": remedy.writes,
        "risk": remedy.risk or None,
    }


def _note(note: Note) -> dict[str, Json]:
    return {"code": note.code, "resource": _resource(note.ref), "text": note.text}


def _time(time: datetime | None) -> str | None:
    """RFC 3339, UTC, to the millisecond where there is more than a second's worth."""
    if time is None:
        return None
    precise = "milliseconds" if time.microsecond else "seconds"
    return time.astimezone(UTC).isoformat(timespec=precise).replace("+00:00", "Z")


def _plain(value: object) -> Json:
    """A fact that is no JSON value."""
    if isinstance(value, datetime):
        return _time(value)
    return sorted(map(str, value)) if isinstance(value, set | frozenset) else str(value)
