"""Whether Flux's controllers run as a table says: resources, replicas, images and their versions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from holdfast.checks.flux import availability, controllers, managers
from holdfast.checks.flux.controllers import Controller
from holdfast.checks.flux.images import Image, version_of
from holdfast.checks.flux.origin import origin
from holdfast.checks.quantity import parse_quantity
from holdfast.checks.workloads.workload import Workload
from holdfast.model import (
    MAJOR,
    Deviation,
    Json,
    Note,
    Remedy,
    Resource,
    Said,
    UnknownCode,
    Unobservable,
    World,
    rule,
)

COLUMNS = ("controller", "replicas?", "image?", "cpu request?", "cpu limit?", "memory request?", "memory limit?")
"""Of the table that says how the controllers run."""
VERSION_COLUMNS = ("controller", "version")
"""Of the table that says which versions they run."""
NONE = "none"
"""In a cell: the field must not be set."""
VERSION_LABEL = "app.kubernetes.io/version"


@dataclass(frozen=True, slots=True)
class Declared:
    """One row: what a controller is to look like. What is left out is not judged."""

    controller: str
    replicas: str = ""
    image: str = ""
    version: str = ""
    resources: Mapping[tuple[str, str], str] = field(default_factory=dict)
    """``("limits", "memory"): "2Gi"``."""

    @classmethod
    def of(cls, cells: Mapping[str, str]) -> Declared:
        """From a table's row."""
        resources = {
            (f"{bound}s", name): cells[f"{name} {bound}"]
            for bound in ("request", "limit")
            for name in ("cpu", "memory")
            if cells.get(f"{name} {bound}")
        }
        version = cells.get("version", "") or Image.parse(cells.get("image", "")).tag
        return cls(cells["controller"], cells.get("replicas", ""), cells.get("image", ""), version, resources)


@rule(
    "flux.controller.differs",
    MAJOR,
    origin="issue A §5, seed 000 'Resource Memory Configuration', EOEPCA flux-system-patch.yaml",
    remedy="Put it into Git (the flux-system patch), and let Flux apply it",
)
def as_declared(namespace: Resource, world: World, *rows: Declared) -> Said:
    """Every declared Flux controller has the resources, replicas and image that are declared for it.

    Quantities are compared as amounts. Of the image, the repository is judged here and the tag as a version.
    """
    for declared in rows:
        for controller in _named(world, namespace.name, declared.controller):
            yield from _replicas(controller, declared, world)
            yield from _repository(controller, declared, world)
            for (bound, name), wanted in declared.resources.items():
                yield from _resource(controller, bound, name, wanted, world)
        yield from _if_absent(world, namespace, declared.controller)


@rule(
    "flux.controller.version-differs",
    MAJOR,
    origin="issue A §5: running version = version declared in gotk-components; platforms.md C1",
    remedy="Find out whether the upgrade stopped half-way: compare gotk-components.yaml in Git with what runs",
)
def right_version(namespace: Resource, world: World, *rows: Declared) -> Said:
    """Every Flux controller runs the version that is declared for it, and its pods run what its Deployment asks for.

    Of pods only versions are compared: an admission webhook may send the pull to a mirror. That labels name several
    versions of Flux is only noted; that the controllers' own versions differ is how every release of Flux is made.
    """
    there = controllers.deployed(world, namespace.name)
    yield from availability.undeployed(namespace, world)
    for declared in rows:
        for controller in _named(world, namespace.name, declared.controller):
            yield from _version(controller, declared, world)
        yield from _if_absent(world, namespace, declared.controller)
    for controller in there:
        yield from _pods(controller, world)
    labels = {each.deployment.labels.get(VERSION_LABEL, "") for each in there} - {""}
    if len(labels) > 1:
        text = f"the Deployments are labelled with several versions of Flux: {', '.join(sorted(labels))}"
        yield Note("flux-versions-mixed", namespace.ref, text)


def _named(world: World, namespace: str, name: str) -> list[Controller]:
    return [each for each in controllers.deployed(world, namespace) if each.deployment.name == name]


def _if_absent(world: World, namespace: Resource, name: str) -> Iterator[Deviation | Unobservable]:
    if not controllers.deployed(world, namespace.name):
        yield from availability.undeployed(namespace, world)
    elif not _named(world, namespace.name, name):
        yield availability.absent(name, namespace.name, world)


def _replicas(controller: Controller, declared: Declared, world: World) -> Iterator[Deviation]:
    running = controller.deployment.get("spec", "replicas", default=1)
    if running == 0 and declared.replicas != "0":
        yield availability.scaled_away(controller, world)
    elif declared.replicas and str(running) != declared.replicas:
        yield _differs(controller, "spec.replicas", declared.replicas, str(running), world)


def _repository(controller: Controller, declared: Declared, world: World) -> Iterator[Deviation]:
    wanted, running = Image.parse(declared.image).repository, Image.parse(controller.image).repository
    if declared.image and wanted != running:
        yield _differs(controller, _path(controller, "image"), wanted, running or NONE, world)


def _resource(controller: Controller, bound: str, name: str, wanted: str, world: World) -> Iterator[Deviation]:
    resources = controller.container.get("resources")
    of_bound: Json = resources.get(bound) if isinstance(resources, Mapping) else None
    running = of_bound.get(name) if isinstance(of_bound, Mapping) else None
    same = running is None if wanted == NONE else running is not None and _amounts_equal(wanted, running)
    if not same:
        yield _differs(
            controller,
            _path(controller, f"resources.{bound}.{name}"),
            wanted,
            str(NONE if running is None else running),
            world,
        )


def _amounts_equal(wanted: str, running: object) -> bool:
    try:
        amount = parse_quantity(wanted)
    except ValueError as wrong:
        raise Unobservable(
            UnknownCode.NO_DESIRED_STATE, "the feature's table", str(wrong), "correct the cell"
        ) from None
    try:
        return amount == parse_quantity(running)
    except ValueError:
        return False


def _version(controller: Controller, declared: Declared, world: World) -> Iterator[Deviation | Unobservable]:
    wanted, running = Image.parse(declared.image), Image.parse(controller.image)
    path = _path(controller, "image")
    if wanted.digest and running.digest and wanted.digest != running.digest:
        yield _differs(controller, path, wanted.digest, running.digest, world)
    elif declared.version and not running.tag:
        yield Unobservable(
            UnknownCode.UNREADABLE,
            str(controller.deployment.ref),
            f"its image is named by digest only, so its version cannot be compared with {declared.version}",
            "declare the image by digest, or name the tag beside it in Git",
        )
    elif declared.version and not _versions_equal(declared.version, running.tag):
        yield _differs(controller, path, declared.version, running.tag, world)


def _versions_equal(wanted: str, running: str) -> bool:
    return wanted == running or wanted.removeprefix("v") == running.removeprefix("v")


def _differs(controller: Controller, path: str, wanted: str, running: str, world: World) -> Deviation:
    deployment = controller.deployment
    what = path.rpartition("]")[2].strip(".").removeprefix("spec.") or path
    changed_by = managers.who_set(deployment, *path.replace("[", ".[").split("."))
    source = origin(deployment, changed_by, "" if running == NONE else running, world)
    return Deviation(
        deployment.ref,
        expected=f"{what} = {wanted}",
        observed=f"{what} = {running}",
        cause=source.cause,
        summary=f"{deployment.name}: {what} is {running}, declared is {wanted}",
        path=path,
        changed_by=changed_by,
        source="the feature's table",
        owner=source.owner,
        outlook=source.outlook,
        remedy=(Remedy("see what runs", f"kubectl get {deployment.ref.where} -o yaml"), *source.remedy),
    )


def _pods(controller: Controller, world: World) -> Iterator[Deviation]:
    wanted = Image.parse(controller.image)
    progressing = controller.deployment.find_condition("Progressing")
    if progressing and progressing.reason != "NewReplicaSetAvailable":
        return  # a rollout under way, or one that stopped: told by flux.controller.unavailable
    for pod in Workload(controller.deployment).serving(world):
        for container in pod.maps("spec", "containers"):
            running = Image.parse(str(container.get("image") or ""))
            if container.get("name") != controller.container.get("name"):
                continue
            if version_of(wanted.tag) and version_of(running.tag) and not _versions_equal(wanted.tag, running.tag):
                yield _pod_differs(controller, pod, wanted.tag, running.tag)


def _pod_differs(controller: Controller, pod: Resource, wanted: str, running: str) -> Deviation:
    deployment, path = controller.deployment, _path(controller, "image")
    return Deviation(
        deployment.ref,
        expected=f"its pods run {wanted}, as the Deployment says",
        observed=f"pod {pod.name} runs {running}",
        cause="the pod's image was changed by hand, or by an admission webhook",
        summary=f"{deployment.name}: pod {pod.name} runs {running}, its Deployment says {wanted}",
        path=path,
        changed_by=managers.who_set(pod, *path.removeprefix("spec.template.").replace("[", ".[").split(".")),
        source="the Deployment",
        outlook="nothing until the pod is replaced: a Deployment does not look into the pods it has",
        remedy=(
            Remedy("see what its pods run", f"kubectl get {pod.ref.where} -o yaml --show-managed-fields"),
            Remedy(
                "replace the pod by a new one",
                f"kubectl delete {pod.ref.where}",
                writes=True,
                risk="the controller is away for some seconds",
            ),
        ),
    )


def _path(controller: Controller, rest: str) -> str:
    return f"spec.template.spec.containers[name={controller.container.get('name', '')}].{rest}"
