"""What runs, container by container: init and ephemeral ones too, with the workload each belongs to."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from holdfast.checks.flux.images import Image
from holdfast.checks.workloads.pods import controller
from holdfast.model import Json, Ref, Resource, UnknownCode, Unobservable, World

_SAID = re.compile(r"(?:[a-z-]+://)?(?:(?P<repository>[^\s@]+)@)?(?P<build>(?:sha256:)?[0-9a-f]{64})")
"""``docker.io/library/nginx@sha256:…``, ``docker-pullable://…@sha256:…``, ``docker://sha256:…``, or the bare id."""
_FIELDS = (
    ("containers", "containerStatuses"),
    ("initContainers", "initContainerStatuses"),
    ("ephemeralContainers", "ephemeralContainerStatuses"),
)
_ENDED = ("Succeeded", "Failed")


@dataclass(frozen=True, slots=True)
class Container:
    """One container of one pod, and the image it was made of."""

    pod: Resource
    owner: Ref
    """What the pod belongs to, as far up as it could be followed: a Deployment, a CronJob, the pod itself."""
    field: str
    """``containers``, ``initContainers`` or ``ephemeralContainers``."""
    name: str
    image: str
    """As its pod asks for it."""
    build: str
    """``sha256:…`` of what really runs, by the container runtime; "" when it says none."""
    known_as: str
    """The repository in a registry that calls it so; "" where it is the image's own id on that node."""
    pull_policy: str

    @property
    def digest(self) -> str:
        """By which a registry knows what really runs; "" when the runtime does not say it."""
        return self.build if self.known_as else ""

    @property
    def how_to_see(self) -> str:
        """The command that shows what really runs."""
        field = dict(_FIELDS)[self.field]
        where = f"-n {self.pod.namespace} -o jsonpath='{{.status.{field}[*].imageID}}'"
        return f"kubectl get pod/{self.pod.name} {where}"

    @property
    def reference(self) -> Image:
        """The image, taken apart."""
        return Image.parse(self.image)

    @property
    def repository(self) -> str:
        """With the registry that is meant where none is written."""
        return full_name(self.reference.repository)

    @property
    def version(self) -> str:
        """The tag, or the digest where there is no tag; ``latest`` where there is neither."""
        return self.reference.tag or self.reference.digest or "latest"

    @property
    def path(self) -> str:
        """Where in its owner: which container."""
        within = {"Pod": "spec", "CronJob": "spec.jobTemplate.spec.template.spec"}
        return f"{within.get(self.owner.kind, 'spec.template.spec')}.{self.field}[name={self.name}].image"


def full_name(repository: str) -> str:
    """``nginx`` as ``docker.io/library/nginx``, ``eoepca/ades`` as ``docker.io/eoepca/ades``; others as they are."""
    first, slash, _ = repository.partition("/")
    if slash and ("." in first or ":" in first or first == "localhost"):
        return repository
    return f"docker.io/{repository}" if slash else f"docker.io/library/{repository}"


def containers_of(pod: Resource, world: World) -> Iterator[Container]:
    """Every container of a pod that has not ended."""
    if pod.get("status", "phase") in _ENDED:
        return
    owner = owner_of(pod, world)
    for field, statuses in _FIELDS:
        said = {str(each.get("name")): each for each in pod.maps("status", statuses)}
        for each in pod.maps("spec", field):
            name = str(each.get("name") or "?")
            yield Container(
                pod,
                owner,
                field,
                name,
                str(each.get("image") or ""),
                *_build(said.get(name, {})),
                str(each.get("imagePullPolicy") or ""),
            )


def containers_in(pods: Iterable[Resource], world: World) -> Iterator[Container]:
    """The same of every pod that is not on its way out."""
    for pod in pods:
        if not pod.get("metadata", "deletionTimestamp"):
            yield from containers_of(pod, world)


def every_container(world: World) -> list[Container]:
    """Every container of the cluster.

    Raises:
        Unobservable: the Pods could not all be read, or nothing runs: no image is no image that is as it should be.
    """
    found = list(containers_in(world.listing("Pod").all(), world))
    if not found:
        detail = "the LIST is complete, and nothing runs in the whole cluster"
        raise Unobservable(UnknownCode.NOTHING_MATCHED, "every Pod", detail, "kubectl get pods -A")
    return found


def owner_of(pod: Resource, world: World) -> Ref:
    """The object in whose manifest the image stands, so that it is told once however many pods there are."""
    owner = controller(pod)
    for above in ("ReplicaSet", "Job"):
        if owner.get("kind") == above:
            ref = _ref(owner, pod.namespace)
            try:
                found = world.find(above, pod.namespace, ref.name)
            except Unobservable:
                found = None
            return _ref(controller(found), pod.namespace) if found and controller(found) else _guess(ref, pod)
    return _ref(owner, pod.namespace) if owner else pod.ref


def _guess(owner: Ref, pod: Resource) -> Ref:
    """A ReplicaSet that may not be read still carries its Deployment's name, before the pods' hash."""
    suffix = f"-{pod.labels.get('pod-template-hash', '')}"
    if owner.kind == "ReplicaSet" and len(suffix) > 1 and owner.name.endswith(suffix):
        return Ref(owner.api_version, "Deployment", owner.namespace, owner.name.removesuffix(suffix))
    return owner


def _ref(owner: Mapping[str, Json], namespace: str) -> Ref:
    return Ref(str(owner.get("apiVersion")), str(owner.get("kind")), namespace, str(owner.get("name")))


def _build(status: Mapping[str, Json]) -> tuple[str, str]:
    """What runs, and the repository that calls it so."""
    found = _SAID.fullmatch(str(status.get("imageID") or ""))
    if found is None:
        return "", ""
    repository = full_name(found["repository"]) if found["repository"] else ""
    return f"sha256:{found['build'].removeprefix('sha256:')}", repository
