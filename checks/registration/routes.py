"""Who listens to which queue, as the data-access releases declare it: registrar routes, harvesters, the seeder."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from holdfast.model import MAJOR, Deviation, Json, Remedy, Resource, Said, UnknownCode, Unobservable, World, rule

MISROUTED = "registration.harvester.misrouted"
UNHEARD = "registration.route.missing"
PUSHED_TO = frozenset(
    f"register_{each}queue" for each in ("", "collection_", "ades_", "application_", "catalogue_", "json_", "xml_")
)
"""Queues that the Registration API and the workspace API push to: without a route for one, that is the defect."""
DEFAULT_ROUTE = "register_queue"
"""The queue of a registrar's default route, unless ``disableDefaultRoute`` says there is none."""
HARVESTS = "harvester_queue"
"""What a harvester is told to harvest by."""
SEEDS = "seed_queue"


@dataclass(frozen=True, slots=True)
class Declared:
    """What one release declares."""

    routes: Mapping[str, str]
    """Route to the queue it listens to."""
    harvesters: Mapping[str, str]
    """Harvester to the queue it writes to."""
    others: tuple[str, ...]
    """Queues the harvester itself, the seeder or the preprocessor listens to."""

    @property
    def consumed(self) -> frozenset[str]:
        """Every queue somebody listens to."""
        return frozenset((*self.routes.values(), *self.others))


def declared(release: Resource) -> Declared:
    """What a data-access release (or a workspace's ``vs``) declares in its values.

    Raises:
        Unobservable: its values say nothing of a registrar, and others come from elsewhere.
    """
    registrar = release.get("spec", "values", "vs", "registrar", "config")
    if not isinstance(registrar, Mapping):
        detail = "spec.values.vs.registrar.config is not there: the routes are the chart's own, or come by valuesFrom"
        cure = f"kubectl get {release.ref.where} -o yaml"
        raise Unobservable(UnknownCode.NO_DESIRED_STATE, f"{release.ref}: registrar routes", detail, cure)
    routes = _queues(registrar.get("routes"), "queue")
    if not registrar.get("disableDefaultRoute"):
        routes = {"default": DEFAULT_ROUTE, **routes}
    vs = release.get("spec", "values", "vs", default={})
    others = [HARVESTS] if "harvester" in vs else []
    others += [queue for part, queue in FURTHER.items() if _runs(vs.get(part))]
    return Declared(routes, _queues(_harvesters(vs), "queue"), tuple(others))


def listeners(world: World, place: str) -> tuple[Resource, Declared]:
    """The release at ``namespace/name`` and what it declares.

    Raises:
        Unobservable: it is not there, cannot be read, or does not say.
    """
    namespace, _, name = place.partition("/")
    release = world.find("HelmRelease", namespace, name)
    if release is None:
        detail = "it is not there, so nothing says who listens to which queue"
        cure = f"kubectl -n {namespace} get helmreleases"
        raise Unobservable(UnknownCode.NO_DESIRED_STATE, f"HelmRelease/{place}: registrar routes", detail, cure)
    return release, declared(release)


@rule(
    MISROUTED,
    MAJOR,
    origin="reference eoepca.md §5 'Live lead': harvesters write to `register`, the route listens elsewhere",
    remedy="Set the harvester's queue to one a registrar route listens to, in the release's values in Git",
)
def harvested_into_a_route(release: Resource, world: World) -> Said:
    """Every harvester hands what it finds to a queue that a registrar route listens to."""
    yield from misrouted(release, declared(release))


@rule(
    UNHEARD,
    MAJOR,
    origin="reference eoepca.md §5: the lists the Registration API and the workspace API push to",
    remedy="Declare a registrar route for the queue in the release's values in Git",
)
def listened_to(release: Resource, world: World, queues: Sequence[str]) -> Said:
    """Every queue the Registration API fills is listened to by a registrar route, or by the harvester."""
    said = declared(release)
    yield from (unheard(release, said, queue) for queue in queues if queue not in said.consumed)


def unheard(release: Resource, said: Declared, queue: str) -> Deviation:
    """Nobody listens to a queue the APIs push to, whatever that leads to."""
    return Deviation(
        release.ref,
        expected=f"somebody listens to {queue}",
        observed=f"the release declares routes for {', '.join(sorted(said.consumed)) or 'nothing'}",
        cause="the route was taken out, renamed, or never declared",
        summary=f"nobody listens to {queue}: what is accepted for it is never registered",
        path=f"spec.values.vs.registrar.config.routes[queue={queue}]",
        rule=UNHEARD,
        outlook="items pile up in the queue; the Registration API answers 202 all the same",
        remedy=(_routes_of(release),),
    )


def misrouted(release: Resource, said: Declared) -> Iterator[Deviation]:
    """One deviation per harvester whose queue nobody listens to; the route's, where the queue is the right one."""
    for name, queue in said.harvesters.items():
        if queue in said.consumed:
            continue
        if queue in PUSHED_TO:
            yield unheard(release, said, queue)
        else:
            yield Deviation(
                release.ref,
                expected=f"queue: one of {', '.join(sorted(said.consumed))}",
                observed=f"queue: {queue}",
                cause="the harvester's output and the registrar's input are declared apart and differ",
                summary=f"harvester {name} writes to {queue}, to which no registrar route listens",
                path=f"spec.values.vs.harvester.config.harvesters.{name}.queue",
                rule=MISROUTED,
                outlook="what is harvested piles up and is never registered",
                remedy=(
                    _routes_of(release),
                    Remedy(
                        "see what piled up",
                        f"kubectl -n {release.namespace} exec statefulset/{_redis(release)} -- redis-cli llen {queue}",
                    ),
                ),
            )


def _routes_of(release: Resource) -> Remedy:
    path = "{.spec.values.vs.registrar.config.routes}"
    return Remedy("see the routes", f"kubectl get {release.ref.where} -o jsonpath='{path}'")


def _redis(release: Resource) -> str:
    return f"{release.name}-redis-master"


def _harvesters(vs: Mapping[str, Json]) -> Json:
    harvester = vs.get("harvester")
    config = harvester.get("config") if isinstance(harvester, Mapping) else None
    return config.get("harvesters") if isinstance(config, Mapping) else None


def _queues(found: Json, field: str) -> dict[str, str]:
    """Name to queue, of a mapping by name or a list with names."""
    if isinstance(found, Mapping):
        pairs = [(str(name), each) for name, each in found.items()]
    else:
        listed = found if isinstance(found, Sequence) and not isinstance(found, str) else ()
        pairs = [(str(each.get("name", place)), each) for place, each in enumerate(listed) if isinstance(each, Mapping)]
    return {name: str(each[field]) for name, each in pairs if isinstance(each, Mapping) and each.get(field)}


def _runs(part: Json) -> bool:
    """A part of the chart runs unless it is scaled to nothing."""
    return not (isinstance(part, Mapping) and part.get("replicaCount") == 0)


FURTHER = {"seeder": SEEDS, "preprocessor": "preprocess_queue"}
"""Other parts of the chart that listen to a queue, unless they are scaled to nothing."""
