"""Whether an image is the same tomorrow: named by a version or a digest."""

from __future__ import annotations

from holdfast.checks.flux import delivery
from holdfast.checks.images.running import Container, containers_of
from holdfast.model import MAJOR, MINOR, Deviation, Owner, Remedy, Resource, Said, Unobservable, World, rule

MOVING = frozenset({"", "latest", "main", "master", "develop", "dev", "edge", "nightly", "snapshot", "stable", "head"})
"""Tags that are given to another image tomorrow; "" is ``latest``."""


@rule(
    "image.reference.floating",
    MINOR,
    origin="reference §1.7.11: moving tags, pullPolicy Always without tag or digest; issue C part 7",
    remedy="Name a version in Git, or better a digest",
)
def pinned(pod: Resource, world: World) -> Said:
    """Every image is named by a version or a digest, not by a tag that moves."""
    for each in containers_of(pod, world):
        said = each.reference
        if not said.digest and said.tag.lower() in MOVING:
            yield _floating(each, world)


def _floating(each: Container, world: World) -> Deviation:
    tag = each.reference.tag
    what = f"the tag {tag}" if tag else "no tag, which means latest"
    again = "at every start" if each.pull_policy == "Always" else "on every node that does not have it yet"
    return Deviation(
        each.owner,
        expected="a tag that names a version, or a digest",
        observed=f"{each.image}: {what}",
        cause="its manifest or its chart's values say so",
        summary=f"{each.owner}: container {each.name} runs {each.image}, and {what} is another image tomorrow",
        path=each.path,
        severity=MAJOR if each.pull_policy == "Always" else MINOR,
        outlook=f"it is pulled {again}: whatever the tag names then is what runs",
        owner=owner(each, world),
        remedy=(
            Remedy("see what it runs now, by digest", each.how_to_see),
            Remedy("find where Git says so, in a checkout", f"git grep -n '{each.reference.repository}'"),
        ),
    )


def owner(each: Container, world: World) -> Owner | None:
    """Who delivers the workload the container is of; None where that cannot be told."""
    ref = each.owner
    try:
        found = world.find(ref.kind, ref.namespace, ref.name)
    except Unobservable:
        return None
    return delivery.owner(found, world) if found else None
