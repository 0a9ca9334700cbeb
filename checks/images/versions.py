"""Whether one image runs in one version, and workloads run the versions the release declares."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from holdfast.checks.flux import delivery, managers, rollout
from holdfast.checks.flux.images import Image
from holdfast.checks.images.origins import below
from holdfast.checks.images.running import Container, containers_in, every_container, full_name
from holdfast.checks.workloads.patience import late, patience
from holdfast.checks.workloads.workload import Workload
from holdfast.model import MAJOR, MINOR, Deviation, InFlight, Json, Remedy, Resource, Said, World, rule

COLUMNS = ("namespace", "workload", "version", "component?", "container?", "image?", "kind?")
"""Of the table of a release; kind is Deployment where it is left out."""


@dataclass(frozen=True, slots=True)
class Released:
    """A row of the table of a release."""

    version: str
    image: str = ""
    """Its repository, with or without the registry; any when ""."""
    container: str = ""
    """Its name; the container that runs the image when "", else the first."""
    component: str = ""

    @classmethod
    def of(cls, cells: Mapping[str, str]) -> Released:
        """From the cells of a row."""
        return cls(cells["version"], cells.get("image", ""), cells.get("container", ""), cells.get("component", ""))


@rule(
    "image.version.mixed",
    MINOR,
    origin="issue C part 7: the same image in different versions",
    remedy="Bring every workload to one version in Git, or leave this image out of the sentence",
)
def one_version(namespace: Resource, world: World, prefix: str = "") -> Said:
    """No image runs in different versions in different workloads."""
    versions: dict[str, dict[str, list[Container]]] = defaultdict(lambda: defaultdict(list))
    for each in _newest(world):
        if not prefix or below(each.repository, prefix):
            versions[each.repository][each.version].append(each)
    for repository, found in sorted(versions.items()):
        everywhere = [each for group in found.values() for each in group]
        if len(found) > 1 and any(each.pod.namespace == namespace.name for each in everywhere):
            yield _mixed(repository, found)


@rule(
    "image.release.differs",
    MAJOR,
    origin="reference §9 release-1.3: the release's table of components, charts and versions",
    remedy="Bring the workload to the declared version in Git, or declare the new release in the feature",
)
def as_released(workload: Resource, world: World, declared: Released) -> Said:
    """Every component runs the version the release declares."""
    asked = _asked(workload, declared)
    if asked is None:
        yield _differs(workload, world, declared, "no such container or image in its pod template")
        return
    name, image = asked
    if not _is(image, declared):
        yield _differs(workload, world, declared, f"container {name} is to run {image}", name)
        return
    running = {
        each.image
        for each in containers_in(Workload(workload).serving(world), world)
        if each.name == name and not _is(each.image, declared)
    }
    if running and (wait := _under_way(workload, world)):
        yield InFlight(str(workload.ref), wait)
    elif running:
        yield _differs(workload, world, declared, f"a pod still runs {', '.join(sorted(running))}", name)


def _under_way(workload: Resource, world: World) -> str:
    """Why pods of the version before may still be there; "" when they should be gone."""
    read, changed = Workload(workload), managers.last_write(workload)
    if late(workload) or read.is_rolled_out:
        return ""
    if changed and world.now - changed < rollout.DEADLINE:
        return f"a rollout is under way since {changed}"
    return patience(read, world)


def _newest(world: World) -> Iterator[Container]:
    """What workloads run, by their newest pods: a rollout under way runs two versions for a while, as it must."""
    newest: dict[tuple[str, str, str], Container] = {}
    for each in every_container(world):
        key = (str(each.owner), each.field, each.name)
        before = newest.get(key)
        if before is None or _age(each) > _age(before):
            newest[key] = each
    yield from newest.values()


def _age(each: Container) -> str:
    return str(each.pod.get("metadata", "creationTimestamp", default=""))


def _mixed(repository: str, found: Mapping[str, list[Container]]) -> Deviation:
    users = {version: sorted({str(each.owner) for each in group}) for version, group in sorted(found.items())}
    told = "; ".join(f"{version} in {', '.join(names)}" for version, names in users.items())
    return Deviation(
        None,
        subject=f"image {repository}",
        expected="one version",
        observed=told,
        cause="one workload was brought to another version and the others were not",
        summary=f"{repository} runs in {len(found)} versions: {told}",
        affects=tuple(sorted({name for names in users.values() for name in names})),
        outlook="nothing: each stays at its own",
        remedy=(Remedy("find where Git names it, in a checkout", f"git grep -n '{repository.rpartition('/')[2]}'"),),
    )


def _asked(workload: Resource, declared: Released) -> tuple[str, str] | None:
    """Name and image of the container a row means, as the pod template has it."""
    found = [each for each in _all(workload) if not declared.container or each.get("name") == declared.container]
    fits = [each for each in found if declared.image and _same(str(each.get("image") or ""), declared.image)]
    chosen = next(iter(fits or found), None)
    return (str(chosen.get("name")), str(chosen.get("image") or "")) if chosen else None


def _all(workload: Resource) -> Iterator[Mapping[str, Json]]:
    for field in ("containers", "initContainers"):
        yield from workload.maps("spec", "template", "spec", field)


def _same(image: str, repository: str) -> bool:
    """The same repository, whatever the registry where the row names none."""
    mine = full_name(Image.parse(image).repository)
    return mine == full_name(repository) or mine.endswith(f"/{repository}")


def _is(image: str, declared: Released) -> bool:
    """Whether an image is the declared one; a leading v of the tag does not count, a digest must be named in full."""
    parsed = Image.parse(image)
    wanted = declared.version
    fits = (
        parsed.digest == wanted
        if wanted.startswith("sha256:")
        else parsed.tag.removeprefix("v") == wanted.removeprefix("v")
    )
    return fits and (not declared.image or _same(image, declared.image))


def _differs(workload: Resource, world: World, declared: Released, observed: str, container: str = "") -> Deviation:
    what = f"{declared.image or 'its image'} {declared.version}"
    named = f"{declared.component} ({workload.ref})" if declared.component else str(workload.ref)
    return Deviation(
        workload.ref,
        expected=f"{what}, as the release declares",
        observed=observed,
        cause="another version was delivered than the feature declares, or set by hand",
        summary=f"{named} is not at {declared.version}: {observed}",
        path=f"spec.template.spec.containers[name={container}].image" if container else "spec.template.spec.containers",
        outlook="nothing: Flux delivers what Git says",
        owner=delivery.owner(workload, world),
        remedy=(
            Remedy("see what it runs", f"kubectl get {workload.ref.where} -o wide"),
            Remedy("see which chart brought it", f"flux get helmreleases -n {workload.namespace}"),
        ),
    )
