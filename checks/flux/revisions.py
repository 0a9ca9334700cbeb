"""Whether what was fetched has been applied: the revision of the source against the revision of who delivers it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from holdfast.checks.flux import absence, blame, chains, cli, delivery, keepers, kinds
from holdfast.checks.flux.state import SOURCES, Phase, State, read_state
from holdfast.checks.flux.suspension import suspended
from holdfast.checks.flux.timing import patience, spell
from holdfast.model import (
    MAJOR,
    Deviation,
    InFlight,
    Remedy,
    Resource,
    Said,
    UnknownCode,
    Unobservable,
    World,
    parse_time,
    rule,
)

NOT_APPLIED = "flux.revision.not-applied"

_LEGACY = re.compile(r"(?P<name>.*)/(?P<digest>[0-9a-f]{40}|[0-9a-f]{64})")
_SHORTEST = 6
"""Digits of a commit that still mean one commit."""


@dataclass(frozen=True, slots=True)
class Revision:
    """``main@sha1:0123…``, ``sha256:0123…``, ``main/0123…`` (Flux before 0.36) or a chart version, taken apart."""

    name: str
    """Branch, tag or version, "" when there is none."""
    digest: str
    """Hexadecimal, "" when there is none."""

    @classmethod
    def of(cls, text: str) -> Revision:
        """Whatever Flux, or a person, writes as a revision."""
        name, at, digest = text.rpartition("@")
        if at or re.match(r"sha\d+:", text):
            return cls(name, digest.rpartition(":")[2])
        legacy = _LEGACY.fullmatch(text)
        if legacy:
            return cls(legacy["name"], legacy["digest"])
        return cls("", text) if re.fullmatch(r"[0-9a-f]{6,64}", text) else cls(text, "")

    def same(self, other: Revision) -> bool:
        """Whether both mean the same; a name that only one of them has does not matter."""
        if self.name and other.name and self.name != other.name:
            return False
        return self.digest == other.digest if self.digest and other.digest else self.name == other.name

    def covers(self, wanted: Revision) -> bool:
        """The same, where ``wanted`` may give only the first digits of the commit."""
        named = not wanted.name or not self.name or wanted.name == self.name
        if not wanted.digest:
            return bool(wanted.name) and wanted.name == self.name
        return named and len(wanted.digest) >= _SHORTEST and self.digest.startswith(wanted.digest)


@rule(
    NOT_APPLIED,
    MAJOR,
    origin="seed 004 'Check what will be applied'; issue A §5: artifact revision = applied revision",
    remedy="See what blocks it; else ask Flux: flux reconcile kustomization NAME -n NAMESPACE --with-source",
)
def applied(resource: Resource, world: World) -> Said:
    """Every Kustomization and HelmRelease has applied what its source last fetched."""
    source = _source(resource, world)
    if source is None:
        yield from _unsourced(resource, world)
    elif not _artifact(source):
        yield from _nothing_fetched(resource, source, world)
    elif not _has(resource, source):
        yield from _behind(resource, source, world)


def not_yet_applied(revision: str, world: World, source: str = "") -> tuple[Deviation, ...]:
    """What keeps a revision from having been applied by every Kustomization of its source; empty: it has been.

    Args:
        revision: a commit or its first six or more digits, ``branch@sha1:…``, ``branch/…``, ``sha256:…``.
        source: only of this one, as ``Kind/namespace/name``.

    Raises:
        Unobservable: sources or Kustomizations could not be read, or no Kustomization uses such a source.
    """
    wanted = Revision.of(revision)
    pairs = [(each, _source(each, world)) for each in kinds.every(world, "Kustomization")]
    used = {str(found.ref): found for _, found in pairs if found and source in ("", str(found.ref))}
    if not used:
        detail = f"no Kustomization uses {source or 'any source'}"
        raise Unobservable(UnknownCode.NOTHING_MATCHED, f"revision {revision}", detail)
    holding = {name for name, found in used.items() if Revision.of(_artifact(found)).covers(wanted)}
    if not holding:
        return tuple(_unfetched(revision, found, world) for _, found in sorted(used.items()))
    return _by_root(
        _blocked(revision, each, found, world)
        for each, found in pairs
        if found and str(found.ref) in holding and not Revision.of(_applied(each)).covers(wanted)
    )


def _source(resource: Resource, world: World) -> Resource | None:
    """The object that holds the artifact; None when it certainly does not exist."""
    for target in blame.source_of(resource):
        return world.find(kinds.asked(target.kind), target.namespace, target.name)
    return None


def _artifact(source: Resource) -> str:
    return str(source.get("status", "artifact", "revision", default=""))


def _applied(resource: Resource) -> str:
    """What the object says it has applied: a revision, or for a HelmRelease the chart's version."""
    newest = resource.get("status", "history", 0)
    if resource.kind == "HelmRelease" and isinstance(newest, Mapping):
        return str(newest.get("chartVersion") or "")
    return str(resource.get("status", "lastAppliedRevision", default=""))


def _has(resource: Resource, source: Resource) -> bool:
    offered, has = Revision.of(_artifact(source)), Revision.of(_applied(resource))
    if source.kind != "HelmChart" and resource.kind == "HelmRelease":  # a chart out of an OCIRepository
        digest, tried = (
            str(resource.get("status", *path, default="")).rpartition(":")[2]
            for path in (("history", 0, "ociDigest"), ("lastAttemptedRevisionDigest",))
        )
        if tried == offered.digest != "" and read_state(resource).phase is Phase.READY:
            return True  # with DisableChartDigestTracking, a tag that moved on to the same version changes nothing
        return digest == offered.digest if digest else has.name.partition("+")[0] == offered.name.partition("+")[0]
    return bool(has.name or has.digest) and has.same(offered)


def _unsourced(resource: Resource, world: World) -> Iterator[Deviation | InFlight]:
    """Its source does not exist: it says so itself, is on its way, or has not noticed yet."""
    state = read_state(resource)
    target = next(iter(blame.source_of(resource)), None)
    if state.phase is Phase.FAILED:
        yield from chains.roots(resource, world)
    elif state.phase is Phase.IN_FLIGHT:
        yield chains.in_flight(resource, state, world)
    elif target and absence.has_worked(resource):
        yield absence.gone(target.kind, target.namespace, target.name, resource, world)
    else:
        yield _not_applied(
            resource, state, world, "it has no source that exists", "what it should come from is not there"
        )


def _nothing_fetched(resource: Resource, source: Resource, world: World) -> Iterator[Deviation | InFlight]:
    """The source exists and holds nothing: its own trouble."""
    state = read_state(source)
    match state.phase:
        case Phase.FAILED:
            words: tuple[Deviation | InFlight, ...] = chains.roots(source, world)
        case Phase.SUSPENDED:
            words = (suspended(source, world),)
        case Phase.STALLED:
            words = (delivery.stalled(source, state, world),)
        case _:
            words = (chains.in_flight(source, state, world),)
    for word in words:
        yield chains.told(word, resource)


def _behind(resource: Resource, source: Resource, world: World) -> Iterator[Deviation | InFlight]:
    """Another revision was fetched than the one applied: under way, blocked, or left lying."""
    state = read_state(resource)
    since = parse_time(source.get("status", "artifact", "lastUpdateTime"))
    limit = patience(resource)
    if state.phase is Phase.SUSPENDED:
        yield suspended(resource, world)
    elif state.phase is Phase.FAILED:
        yield from chains.roots(resource, world)
    elif state.phase is Phase.STALLED:
        yield delivery.stalled(resource, state, world)
    elif since and world.now - since <= limit:
        detail = f"{_artifact(source)} was fetched {spell(world.now - since)} ago, of at most {spell(limit)}"
        yield InFlight(str(resource.ref), detail)
    elif state.phase is Phase.IN_FLIGHT:
        yield chains.in_flight(resource, state, world)
    elif keeper := keepers.silent(resource, world):
        yield chains.told(keeper, resource)
    else:
        tried = str(resource.get("status", "lastAttemptedRevision", default=""))
        went_for_it = bool(tried) and Revision.of(tried).same(Revision.of(_artifact(source)))
        cause = (
            "it was tried, and left half done" if went_for_it else "the source moved on, and nobody has tried it since"
        )
        told = State(state.phase, state.condition, since)
        yield _not_applied(
            resource, told, world, f"{_applied(resource) or 'nothing'} is applied", cause, _artifact(source)
        )


def _unfetched(revision: str, source: Resource, world: World) -> Deviation:
    state = read_state(source)
    words = chains.roots(source, world) if state.phase is Phase.FAILED else ()
    blocked = next((word.summary for word in words if isinstance(word, Deviation)), "")
    cause = blocked or (
        "it is suspended" if state.phase is Phase.SUSPENDED else "it was not pushed, or not fetched yet"
    )
    return _not_applied(source, state, world, f"{_artifact(source) or 'nothing'} is fetched", cause, revision)


def _blocked(revision: str, resource: Resource, source: Resource, world: World) -> tuple[str, Deviation]:
    """Why one Kustomization has not applied what its source already holds, under the name of what blocks it."""
    words = (word for word in _behind(resource, source, world) if isinstance(word, Deviation))
    block = next((word for word in words if word.rule != NOT_APPLIED), None)
    cause = block.summary if block else "it is still under way"
    observed = f"{_applied(resource) or 'nothing'} is applied"
    said = _not_applied(resource, read_state(resource), world, observed, cause, revision)
    if block is None:
        return str(resource.ref), said
    return str(block.ref), replace(said, outlook=block.outlook, remedy=(said.remedy[0], *block.remedy))


def _by_root(blocked: Iterable[tuple[str, Deviation]]) -> tuple[Deviation, ...]:
    """One deviation per root: the root's own if it is among them, else that of the first it blocks."""
    found: dict[str, Deviation] = {}
    for root, said in sorted(blocked, key=lambda pair: pair[0] != str(pair[1].ref)):
        met = found.get(root)
        found[root] = replace(met, affects=(*met.affects, str(said.ref))) if met else said
    return tuple(found.values())


def _not_applied(
    resource: Resource, state: State, world: World, observed: str, cause: str, wanted: str = ""
) -> Deviation:
    done, again = ("fetched", "fetch") if resource.kind in SOURCES else ("applied", "apply")
    return Deviation(
        resource.ref,
        rule=NOT_APPLIED,
        expected=f"{wanted or 'what its source fetched'} is {done}",
        observed=observed,
        cause=cause,
        summary=f"{resource.ref} has not {done} {_short(wanted) or 'the revision of its source'}: {cause}",
        since=state.since,
        outlook=f"Flux tries to {again} it at the next reconcile",
        owner=delivery.owner(resource, world),
        remedy=(
            Remedy("compare the revisions", "flux get all -A --status-selector ready=false; flux get sources all -A"),
            Remedy("see what the controller says of it", f"kubectl describe {resource.ref.where}"),
            Remedy(f"ask Flux to {again} it now", _again(resource), writes=True, risk="applies whatever Git holds now"),
        ),
    )


def _short(revision: str) -> str:
    """With the twelve digits of a commit that people know it by."""
    return re.sub(r"[0-9a-f]{40,64}", lambda digits: digits[0][:12], revision)


def _again(resource: Resource) -> str:
    return f"{cli.flux('reconcile', resource.ref)}" + (" --with-source" if resource.kind == "Kustomization" else "")
