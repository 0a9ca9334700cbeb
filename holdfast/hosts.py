"""A host of which every address that was asked fails alike: one cause, so one finding, of the host."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from urllib.parse import urlsplit

from holdfast.checks.web.place import RESOLVE, address_of, host_of
from holdfast.model import Finding, fingerprint

_STATUS = "web.endpoint.status"
_OF_ADDRESSES = frozenset({_STATUS, "web.endpoint.silent", "web.endpoint.content-type", "web.endpoint.content"})


def of_host(finding: Finding) -> Finding | None:
    """What the finding would be if it were one of the whole host; None when it is not told of an address."""
    said = finding.deviation
    host = host_of(said.subject) if "://" in said.subject else ""
    if finding.rule not in _OF_ADDRESSES or not host or said.subject != address_of(said.subject):
        return None
    whole = replace(said, subject=host, affects=(said.subject, *said.affects))
    summary = f"{host}: {said.observed}, at every address that was asked"
    print_ = fingerprint(finding.rule, None, host, said.path)
    return replace(finding, fingerprint=print_, deviation=whole, summary=summary)


def failing_alike(findings: Iterable[Finding], asked: Collection[str]) -> Iterator[tuple[Finding, list[Finding]]]:
    """A finding of each host that fails as a whole, with the findings of its addresses that it stands for.

    Args:
        findings: of the run.
        asked: every address something was asked of.
    """
    alike: dict[tuple[str, ...], dict[str, Finding]] = defaultdict(dict)
    for each in findings:
        if (whole := of_host(each)) is not None:
            cause = each.deviation.cause if each.rule == _STATUS else ""  # a 502 is no redirect
            waived = "waived" if each.state == "waived" else ""  # what is waived may not hide what is not
            key = (whole.deviation.subject, each.rule, cause, waived)
            alike[key][each.deviation.subject] = each
    for (host, *_), members in alike.items():
        of_it = {address_of(each) for each in asked if host_of(each) == host}
        if len(members) > 1 and of_it and of_it <= members.keys():
            yield _together(list(members.values())), list(members.values())


def without_address(findings: Iterable[Finding], asked: Collection[str]) -> Iterator[Finding]:
    """Where no host that was asked has an address: its findings, told as what may be this machine's own trouble.

    Args:
        findings: of the run.
        asked: every address something was asked of.
    """
    nameless = [(each, name) for each in findings if (name := _unresolved(each))]
    names = {name for name in (urlsplit(each).hostname for each in asked) if name}
    if len(names) > 1 and names <= {name for _, name in nameless}:
        cause = f"none of the {len(names)} hosts that were asked resolves here: perhaps it is this machine's own DNS"
        for each, _ in nameless:
            yield replace(each, deviation=replace(each.deviation, cause=cause))


def _unresolved(finding: Finding) -> str:
    """The host that has no address; "" where a finding tells of something else."""
    first = finding.deviation.remedy[0].command if finding.deviation.remedy else ""
    return first.removeprefix(RESOLVE) if first.startswith(RESOLVE) else ""


def _together(members: list[Finding]) -> Finding:
    whole, *others = [each for each in map(of_host, members) if each is not None]
    for each in others:
        whole = whole.merged(each)
    new = next((each.state for each in members if each.state == "new"), whole.state)
    seen = [each.first_seen for each in members if each.first_seen is not None]
    return replace(whole, state=new, first_seen=min(seen, default=None))
