"""Whether Flux went backwards since the baseline was taken."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from holdfast.checks.flux import availability, facts
from holdfast.checks.flux.images import Image, version_of
from holdfast.model import (
    MAJOR,
    Deviation,
    Json,
    NotAsked,
    Ref,
    Remedy,
    Resource,
    Said,
    UnknownCode,
    Unobservable,
    World,
    rule,
)

_LOOK = (
    "kubectl get deployments -n {} -o custom-columns=NAME:.metadata.name,IMAGE:.spec.template.spec.containers[*].image"
)


@rule(
    "flux.controller.downgraded",
    MAJOR,
    origin="issue A §5, EOEPCA e6e96c16: v0.35.0 was replaced by v0.24.0 and gotk-sync.yaml kept the newer API",
    remedy="Find the commit that brought the older gotk-components.yaml back, and whether anybody meant it",
)
def not_downgraded(namespace: Resource, world: World, previous: Mapping[str, Json] | None) -> Said:
    """No Flux controller runs a lower version than when the baseline was taken.

    Args:
        previous: ``run.facts`` of the baseline; None without ``--baseline``.
    """
    if previous is None:
        raise NotAsked("needs --baseline: a findings.json of an earlier run")
    before = previous.get("controllers")
    if not isinstance(before, Mapping) or not before:
        raise Unobservable(
            UnknownCode.NO_DESIRED_STATE, "run.facts.controllers", "the baseline holds no controller images"
        )
    now = facts.images(world, namespace.name)
    yield from availability.undeployed(namespace, world)
    lower: list[tuple[Ref, str, str]] = []
    for name, image in before.items():
        ref = Ref("apps/v1", "Deployment", namespace.name, name)
        if name not in now:
            continue  # removed: flux.controller.unavailable tells whether it is missed
        was, runs = Image.parse(str(image)), Image.parse(now[name])
        if was.version is None or runs.version is None:
            if was != runs:
                yield _not_comparable(ref, str(image), now[name])
        elif runs.version < was.version:
            lower.append((ref, was.tag, runs.tag))
    yield from _as_one(namespace, world, previous, lower)


def facts_of(baseline: Mapping[str, Json] | None) -> Mapping[str, Json] | None:
    """``run.facts`` of an earlier findings.json; None without one, empty where it has none."""
    if baseline is None:
        return None
    run = baseline.get("run")
    found = run.get("facts") if isinstance(run, Mapping) else None
    return found if isinstance(found, Mapping) else {}


def _as_one(
    namespace: Resource, world: World, previous: Mapping[str, Json], lower: list[tuple[Ref, str, str]]
) -> Iterator[Deviation]:
    """One finding when Flux as a whole went back, one per controller otherwise."""
    was, runs = str(previous.get("flux") or ""), facts.flux_version(world, namespace.name)
    older, newer = version_of(runs), version_of(was)
    look = Remedy("see what runs", _LOOK.format(namespace.name))
    if older and newer and older < newer:
        told = ", ".join(f"{ref.name} {before} -> {now}" for ref, before, now in lower)
        yield Deviation(
            namespace.ref,
            expected=f"Flux {was} or newer",
            observed=f"Flux {runs}" + (f" ({told})" if told else ""),
            cause="an older gotk-components.yaml was applied",
            summary=f"Flux went back from {was} to {runs}",
            affects=tuple(str(ref) for ref, _, _ in lower),
            source="the baseline's run.facts",
            outlook="it stays until Git names a newer one",
            remedy=(look, _LOG),
        )
        return
    for ref, before, now in lower:
        yield Deviation(
            ref,
            expected=f"{before} or newer",
            observed=now,
            cause="an older image was put in",
            summary=f"{ref.name} went back from {before} to {now}",
            path="spec.template.spec.containers[name=manager].image",
            source="the baseline's run.facts",
            outlook="it stays until Git names a newer one",
            remedy=(look, _LOG),
        )


_LOG = Remedy("find the commit", "git log -p -- '**/gotk-components.yaml'")


def _not_comparable(ref: Ref, was: str, runs: str) -> Unobservable:
    return Unobservable(
        UnknownCode.UNREADABLE, str(ref), f"no version can be read off {was} and {runs}", "tag the images with versions"
    )
