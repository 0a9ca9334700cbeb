"""What Git declares of producers and consumers does not fit together."""

from testbed.bed import Bed
from testbed.fault import Fault
from testbed.faults.registration.queues import ONLY, redis
from testbed.platforms.eoepca.edits import RESOURCES

FILE = f"{RESOURCES}/hr-data-access.yaml"
RELEASE = "HelmRelease/rm/data-access"
HARVEST = "            Creodias-Opensearch:\n              queue: register_queue\n"
ADES = """\
            ades:
              path: registrar.route.json.JSONRoute
              queue: register_ades_queue
              replace: true
"""


def declared(bed: Bed, old: str, new: str) -> None:
    bed.git.replace(FILE, old, new)
    bed.sync("resource-management")
    bed.wait_ready("HelmRelease", "rm", "data-access")


def misrouted(bed: Bed) -> None:
    declared(bed, HARVEST, HARVEST.replace("register_queue", "register"))


def piled_up(bed: Bed) -> None:
    misrouted(bed)
    redis(bed).run("LPUSH", "register", '{"id": "S2A_TEST_0001.SAFE"}')


def default_route_off(bed: Bed) -> None:
    declared(bed, "disableDefaultRoute: false", "disableDefaultRoute: true")


FAULTS = [
    Fault(
        "registration-harvester-misrouted",
        platform="eoepca",
        breaks="a harvester writes to `register`, the registrar listens to `register_queue`",
        apply=misrouted,
        expect=[("registration.harvester.misrouted", RELEASE)],
        args=ONLY,
    ),
    Fault(
        "registration-harvested-piles-up",
        platform="eoepca",
        breaks="the same, and what was harvested has piled up: still one cause",
        apply=piled_up,
        expect=[("registration.harvester.misrouted", RELEASE)],
        args=ONLY,
    ),
    Fault(
        "registration-default-route-off",
        platform="eoepca",
        breaks="the registrar's default route is switched off, to which two harvesters and the API write: one cause",
        apply=default_route_off,
        expect=[("registration.route.missing", RELEASE)],
        args=ONLY,
    ),
    Fault(
        "registration-route-missing",
        platform="eoepca",
        breaks="the route for processing services is taken out of Git; the API goes on to accept them",
        apply=lambda bed: declared(bed, ADES, ""),
        expect=[("registration.route.missing", RELEASE)],
        args=ONLY,
    ),
]
