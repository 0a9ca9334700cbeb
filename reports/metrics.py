"""``metrics.prom``: the run for Prometheus, by a node exporter's textfile collector or a push.

Every label value is always there, with 0, so that an alert can compare; a run that did not complete gives its time as
0, so that the alert on a silent audit fires.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from prometheus_client import CollectorRegistry, Gauge, generate_latest

from holdfast.model import RunResult, Severity, UnknownCode, Verdict
from holdfast.reports import files

_STATES = ("open", "new", "known", "waived")
"""``open`` is a finding of a run without a baseline."""
_VERBS = ("get", "list", "watch", "selfsubjectreview")
_COMPLETED = (0, 1, 10)
"""Exit statuses of a run that came to its end."""


def write(result: RunResult, path: Path) -> None:
    """Write the metrics.

    Raises:
        OSError: the file cannot be written.
    """
    files.write(render(result), path)


def render(result: RunResult) -> str:
    """The metrics in the text format."""
    registry = CollectorRegistry()

    def gauge(name: str, documentation: str, *labels: str) -> Gauge:
        return Gauge(f"holdfast_{name}", documentation, labels, registry=registry)

    found = Counter((each.severity, each.state or "open") for each in result.findings)
    findings = gauge("findings", "Findings of the last run, each defect once.", "severity", "state")
    for severity in Severity:
        for state in _STATES:
            findings.labels(severity.value, state).set(found[severity, state])

    codes = Counter(str(each.code) for each in result.unknowns if not each.accepted)
    unknown = gauge("unknown", "What could not be judged, without what is accepted.", "code")
    for code in dict.fromkeys((*(each.value for each in UnknownCode), *sorted(codes))):
        unknown.labels(code).set(codes[code])

    scenarios = gauge("scenarios", "Scenarios of the last run.", "verdict")
    for verdict in Verdict:
        scenarios.labels(verdict.value).set(result.count(verdict))

    requests = gauge("requests", "Requests made of the API server.", "verb")
    for verb in dict.fromkeys((*_VERBS, *sorted(result.requests))):
        requests.labels(verb).set(result.requests.get(verb, 0))

    gauge("coverage", "Percent of the scenarios asked for that were fully judged.").set(result.coverage)
    gauge("exit_status", "Exit status of the last run.").set(result.exit)
    completed = result.run.finished.timestamp() if result.exit in _COMPLETED else 0
    gauge("last_completed_timestamp_seconds", "When a run last came to its end; 0 when the last one did not.").set(
        completed
    )
    return generate_latest(registry).decode()
