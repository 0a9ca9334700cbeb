"""Resources in PEPs that are not as declared, nobody's, in each other's way, or not as a PEP writes them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from testbed.bed import Bed
from testbed.fault import Fault
from testbed.faults.policies import restore
from testbed.services.people import OPERATOR, USERS
from testbed.services.policies import resource_id

ARGS = ("--allow", "exec", "-m", "policies")
ADES, WORKSPACES = "ades-pep", "workspace-api-pep"
GUARD = "system/clusters/creodias/processing-and-chaining/hr-proc-ades-guard.yaml"


def at(path: str) -> Callable[[dict[str, Any]], bool]:
    """Chooses the resource of a path."""
    return lambda it: bool(it["reverse_match_url"] == path)


def register_again(bed: Bed) -> None:
    """What a PEP does once the authorization server has lost a resource: the path is free there."""
    bed.policies.register(ADES, "/eric-again", "eric", name="ADES base for user eric")
    bed.policies.edit(ADES, at("/eric-again"), reverse_match_url="/eric")


def declare_more(bed: Bed) -> None:
    """Git declares a resource; the PEP was not restarted, so it has not heard of it."""
    more = f"{{name: Docs, resource_uri: /docs, scopes: [public_access], default_owner: '{OPERATOR}'}}"
    bed.git.replace(GUARD, "customDefaultResources:\n", f"customDefaultResources:\n        - {more}\n")
    bed.sync("processing-and-chaining")
    bed.wait("ConfigMap", "proc", "ades-pep-custom-resources", lambda it: "/docs" in str(it["data"]))


_NOBODY = "0c8b7a66-9d1e-4f0a-b3c2-5d4e3f2a1b00"

FAULTS = [
    Fault(
        "policies-declared-resource-removed",
        platform="eoepca",
        breaks="management_tools remove -r in one PEP: a declared resource is gone, its six policies are left",
        apply=lambda bed: bed.policies.remove(ADES, at("/bob")),
        revert=restore,
        args=ARGS,
        expect=[("policies.resource.missing", "PEP proc/ades-pep /bob")],
    ),
    Fault(
        "policies-declared-later",
        platform="eoepca",
        breaks="Git declares one more resource, and the PEP does not register it",
        apply=declare_more,
        args=ARGS,
        expect=[("policies.resource.missing", "PEP proc/ades-pep /docs")],
    ),
    Fault(
        "policies-declared-resource-opened",
        platform="eoepca",
        breaks="a resource that Git protects is opened in the PEP's database",
        apply=lambda bed: bed.policies.edit("dummy-service-pep", at("/ericspace"), scopes=["public_access"]),
        revert=restore,
        args=ARGS,
        expect=[("policies.resource.differs", "PEP test/dummy-service-pep /ericspace")],
    ),
    Fault(
        "policies-owner-changed",
        platform="eoepca",
        breaks="a declared resource is given to another user in the PEP's database",
        apply=lambda bed: bed.policies.edit(ADES, at("/eric"), ownership_id=USERS["alice"]),
        revert=restore,
        args=ARGS,
        expect=[("policies.resource.differs", "PEP proc/ades-pep /eric")],
    ),
    Fault(
        "policies-undeclared-resource",
        platform="eoepca",
        breaks="somebody registers a resource that Git does not declare",
        apply=lambda bed: bed.policies.register("dummy-service-pep", "/alicespace", "alice"),
        revert=restore,
        args=ARGS,
        expect=[("policies.resource.undeclared", "PEP test/dummy-service-pep /alicespace")],
    ),
    Fault(
        "policies-owner-unknown",
        platform="eoepca",
        breaks="a user was deleted in the identity provider, and what belonged to the user is left",
        apply=lambda bed: bed.policies.register("ades-pep", "/carol/watchjob/processes/ndvi/jobs/7", _NOBODY),
        revert=restore,
        args=ARGS,
        expect=[("policies.resource.owner-unknown", f"user {_NOBODY}")],
    ),
    Fault(
        "policies-owner-gone",
        platform="eoepca",
        breaks="a resource has lost its owner",
        apply=lambda bed: bed.policies.edit(ADES, at("/alice"), ownership_id=""),
        revert=restore,
        args=ARGS,
        expect=[("policies.resource.unowned", "PEP proc/ades-pep /alice")],
    ),
    Fault(
        "policies-owner-operator-unasked",
        platform="eoepca",
        breaks="a user's resource was registered without saying for whom: it is the operator's",
        apply=lambda bed: bed.policies.register(ADES, "/bob/wps3/processes/snuggs"),
        revert=restore,
        args=ARGS,
        expect=[("policies.resource.unowned", "PEP proc/ades-pep /bob/wps3/processes/snuggs")],
    ),
    Fault(
        "policies-path-twice",
        platform="eoepca",
        breaks="the authorization server lost a resource, and the PEP registered its path a second time",
        apply=register_again,
        revert=restore,
        args=ARGS,
        expect=[("policies.resource.duplicate", "PEP proc/ades-pep /eric")],
    ),
    Fault(
        "policies-path-inside-anothers",
        platform="eoepca",
        breaks="a user registers a path inside another user's",
        apply=lambda bed: bed.policies.register(ADES, "/eric/wps3/processes/mine", "bob"),
        revert=restore,
        args=ARGS,
        expect=[("policies.resource.nested", "PEP proc/ades-pep /eric/wps3/processes/mine")],
    ),
    Fault(
        "policies-id-in-two-peps",
        platform="eoepca",
        breaks="a PEP's database was restored from another one's: two resources have one id",
        apply=lambda bed: bed.policies.edit("combined-rm-pep", at("/"), resource_id=resource_id(ADES, "/eric")),
        revert=restore,
        args=ARGS,
        expect=[("policies.resource.shared-id", f"resource {resource_id(ADES, '/eric')}")],
    ),
    Fault(
        "policies-scopes-absent",
        platform="eoepca",
        breaks="a resource was written by a PEP before version 1, without scopes",
        apply=lambda bed: bed.policies.edit(ADES, at("/eric"), scopes=None),
        revert=restore,
        args=ARGS,
        expect=[("policies.resource.malformed", "PEP proc/ades-pep /eric")],
    ),
    Fault(
        "policies-path-without-slash",
        platform="eoepca",
        breaks="a resource's path has no slash at its beginning: no request ever meets it",
        apply=lambda bed: bed.policies.edit("dummy-service-pep", at("/bobspace"), reverse_match_url="bobspace"),
        revert=restore,
        args=ARGS,
        expect=[("policies.resource.malformed", "PEP test/dummy-service-pep bobspace")],
    ),
]
