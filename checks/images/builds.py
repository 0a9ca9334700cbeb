"""Whether one name of an image stands for one build, as far as what the container runtimes say can be compared.

A runtime names what runs by the digest of a manifest in a registry (``repository@sha256:…``), or, where it knows none,
by the image's own id on that node (``sha256:…``, ``docker://sha256:…``). The two are never equal; the id and the digest
of a platform's own manifest differ from platform to platform; an image of several platforms has the digest of its index
beside them. So only what is alike is compared: digests of one repository, or ids, on nodes of one platform and runtime.
Digests that a node lists as names of one image are one build.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from holdfast.checks.images.running import Container, every_container
from holdfast.model import MAJOR, Deviation, Note, Remedy, Resource, Said, Unobservable, World, rule

_Groups = dict[tuple[str, ...], list[list[Container]]]
"""What can be compared; in it, container by container, the builds."""


@rule(
    "image.tag.moved",
    MAJOR,
    origin="issue C part 7: every running image with its digest",
    remedy="Find out which of the two is meant, and name it by digest",
)
def one_build(namespace: Resource, world: World) -> Said:
    """No image runs as two different builds under one name."""
    named: dict[str, list[Container]] = defaultdict(list)
    for each in every_container(world):
        if each.build and not each.reference.digest:  # what is named by digest does not move
            named[each.image].append(each)
    for image, found in sorted(named.items()):
        differ = len({each.build for each in found}) > 1
        if differ and any(each.pod.namespace == namespace.name for each in found):
            yield from _told(image, found, world)


def _told(image: str, found: Sequence[Container], world: World) -> Iterator[Deviation | Note | Unobservable]:
    nodes = world.listing("Node")
    known = {each.name: each for each in nodes.seen}
    groups = _compared(found, known)
    moved = [builds for builds in groups.values() if len(builds) > 1]
    if moved:
        yield _moved(image, [build[0] for builds in moved for build in builds])
    elif nodes.problems:
        problem = nodes.problems[0]
        detail = f"it has other digests on other nodes, and what these are cannot be read: {problem.detail}"
        yield Unobservable(problem.code, f"image {image}", detail, problem.remedy)
    elif len(groups) > 1 and len(_merged(found, known)) > 1:
        where = "; ".join(f"{builds[0][0].build} in {builds[0][0].owner}" for builds in groups.values())
        text = f"{image}: whether these are one build cannot be told from their digests: {where}"
        yield Note("image-builds-incomparable", None, text)


def _compared(found: Sequence[Container], nodes: Mapping[str, Resource]) -> _Groups:
    alike: dict[tuple[str, ...], list[Container]] = defaultdict(list)
    for each in found:
        node = str(each.pod.get("spec", "nodeName", default=""))
        alike[(each.known_as, *_platform(nodes.get(node), node))].append(each)
    return {key: _merged(group, nodes) for key, group in alike.items()}


def _platform(node: Resource | None, name: str) -> tuple[str, ...]:
    """Operating system, architecture and runtime; of a node nobody may read, its name: what runs on it is alike."""
    if node is None:
        return ("node", name)
    told = [str(node.get("status", "nodeInfo", key, default="")) for key in ("operatingSystem", "architecture")]
    runtime = str(node.get("status", "nodeInfo", "containerRuntimeVersion", default=""))
    return (*told, runtime.partition("://")[0])


def _merged(found: Sequence[Container], nodes: Mapping[str, Resource]) -> list[list[Container]]:
    """The containers by build: those with one digest, or with two that some node calls one image."""
    aliases = [
        {digest for name in each.get("names") or () if (digest := str(name).rpartition("@")[2]).startswith("sha256:")}
        for node in nodes.values()
        for each in node.maps("status", "images")
    ]
    builds: list[tuple[set[str], list[Container]]] = []
    for each in found:
        digests = {each.build}.union(*(names for names in aliases if each.build in names))
        same = [build for build in builds if build[0] & digests]
        builds = [build for build in builds if build not in same]
        of_it = [one for build in same for one in build[1]]
        builds.append((digests.union(*(build[0] for build in same)), [*of_it, each]))
    return [containers for _, containers in builds]


def _moved(image: str, found: Sequence[Container]) -> Deviation:
    ordered = sorted(found, key=lambda each: (each.build, str(each.owner)))
    told = "; ".join(f"{each.build[:19]}… in {each.owner}" for each in ordered)
    return Deviation(
        None,
        subject=f"image {image}",
        expected="one build",
        observed=f"{len(found)} builds: {told}",
        cause="the tag was given to another build between the starts of these pods",
        summary=f"{image} runs as {len(found)} different builds: the tag has moved",
        affects=tuple(dict.fromkeys(str(each.owner) for each in ordered)),
        outlook="pods that start anew run the newer one",
        remedy=tuple(Remedy(f"see what runs in {each.owner}", each.how_to_see) for each in ordered),
    )
