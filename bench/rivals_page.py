"""docs/rivals.md: who sees what."""

from __future__ import annotations

from bench.rivals import HOLDFAST, TOOLS, Comparison, Row

_HEAD = """\
# What each tool sees

Every drift fault of the testbed's fault matrix, put to every tool just after Flux had reconciled: real Flux, a real API
server. This page is written by `python -m bench rivals`; do not edit it.

- **seen**: every object the fault changed is named. **missed**: at least one is not. **false**: an object is named that
  is as Git says. **error**: the tool ended with an error, which is told below; where the error names the object, that
  counts as seen. **-**: the tool is not on this machine.
- `holdfast` has to name the rule and the object of everything the fault causes, and nothing else.
- `flux diff ks` was run for every Kustomization on a checkout of the applied commit; for HelmReleases Flux has no such
  command.
- `kubectl diff` was given what `kustomize build` makes of the same folders; on the server side with
  `--force-conflicts`, as it ends with a conflict on the first value somebody else has set without it.
  A Secret that Git holds encrypted differs for it always, fault or none.
- `flux get all` names no objects: anything at all that is not Ready counts as seen.
- These ran as the cluster's administrator, because a dry-run needs the right to write; holdfast ran as a user who may
  only read. The faults of what such a user may see are left out.
"""


def page(result: Comparison) -> str:
    """The page as Markdown; the same rows give the same page."""
    versions = ", ".join(f"{name} {version}" for name, version in sorted(result.versions.items()))
    faults = [row for row in result.rows if row.expected]
    healthy = [row for row in result.rows if not row.expected]
    parts = [_HEAD, f"Versions: {versions}.\n", _sums(faults), _table(healthy, faults), _errors(result.rows)]
    return "\n".join(part for part in parts if part)


def _sums(faults: list[Row]) -> str:
    lines = ["| | " + " | ".join(_named(tool) for tool in TOOLS) + " |", "|---|" + "---|" * len(TOOLS)]
    for word in ("seen", "missed", "error"):
        counts = [sum(row.verdicts[tool].text.startswith(word) for row in faults) for tool in TOOLS]
        lines.append(f"| {word} of {len(faults)} | " + " | ".join(map(str, counts)) + " |")
    false = [sum(bool(row.verdicts[tool].false) for row in faults) for tool in TOOLS]
    lines.append("| with something false | " + " | ".join(map(str, false)) + " |")
    return "\n".join(lines) + "\n"


def _table(healthy: list[Row], faults: list[Row]) -> str:
    lines = ["| fault | " + " | ".join(_named(tool) for tool in TOOLS) + " |", "|---|" + "---|" * len(TOOLS)]
    for row in healthy:
        cells = [_healthy(row, tool) for tool in TOOLS]
        lines.append("| the healthy platform | " + " | ".join(cells) + " |")
    for row in faults:
        cells = [row.verdicts[tool].text for tool in TOOLS]
        lines.append(f"| {row.breaks} (`{row.id}`) | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def _healthy(row: Row, tool: str) -> str:
    verdict = row.verdicts[tool]
    if verdict.seen is None:
        return verdict.text
    return f"false: {', '.join(verdict.false)}" if verdict.false else "nothing"


def _errors(rows: list[Row]) -> str:
    told = [
        f"- `{row.id}`, {tool}: {row.verdicts[tool].error}"
        for row in rows
        for tool in TOOLS
        if row.verdicts[tool].error
    ]
    return "\n".join(["Errors:", "", *told]) + "\n" if told else ""


def _named(tool: str) -> str:
    return {HOLDFAST: "holdfast"}.get(tool, f"`{tool}`")
