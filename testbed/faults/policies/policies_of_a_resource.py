"""The policies of a resource in the PDP are missing, too many, somebody else's, or wrong."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from testbed.bed import Bed
from testbed.fault import Fault
from testbed.faults.policies import restore
from testbed.services.people import USERS
from testbed.services.policies import PDP, UNREGISTERED, resource_id

ARGS = ("--allow", "exec", "-m", "policies")
ERIC, BOB = resource_id("ades-pep", "/eric"), resource_id("dummy-service-pep", "/bobspace")
WORKSPACE = resource_id("workspace-api-pep", "/workspaces/develop-user-alice")
Document = dict[str, Any]


def of(id: str, *verbs: str) -> Callable[[Document], bool]:
    """Chooses a resource's policies, all or those of some verbs."""

    def chosen(policy: Document) -> bool:
        config = policy["config"]
        return bool(config["resource_id"] == id and (not verbs or config["action"] in verbs))

    return chosen


def config(bed: Bed, id: str, verb: str, **fields: Any) -> None:
    """Changes fields of a policy's config."""
    [found] = [each["config"] for each in bed.policies.documents(PDP) if of(id, verb)(each)]
    bed.policies.edit(PDP, of(id, verb), config={**found, **fields})


def let_bob_in(bed: Bed) -> None:
    """As the acceptance test does, which puts it back when it gets that far."""
    config(bed, ERIC, "get", rules=[{"OR": [{"EQUAL": {"id": USERS[name]}} for name in ("eric", "bob")]}])


def twice(bed: Bed) -> None:
    documents = bed.policies.documents(PDP)
    [found] = [each for each in documents if of(ERIC, "get")(each)]
    bed.policies.write(PDP, [*documents, {**found, "_id": {"$oid": "f" * 24}}])


def open_the_workspace(bed: Bed) -> None:
    bed.policies.edit("workspace-api-pep", lambda it: it["resource_id"] == WORKSPACE, scopes=["public_access"])


def forget_one_half(bed: Bed) -> None:
    """What bin/unregister-resource.sh leaves when its last step fails."""
    id = bed.policies.register("ades-pep", "/carol", "0c8b7a66-9d1e-4f0a-b3c2-5d4e3f2a1b00")
    bed.policies.remove("ades-pep", lambda it: it["resource_id"] == id)


def unregister_badly(bed: Bed) -> None:
    """bin/unregister-resource.sh, whose last step failed: policies are left, and nobody said so."""
    id = bed.policies.register(*UNREGISTERED, "bob")
    bed.policies.remove("ades-pep", lambda it: it["resource_id"] == id)


def policy(id: str, verb: str) -> str:
    """How a report names it."""
    return f"PDP um/pdp-engine policy Default Ownership Policy of {id} with action {verb}"


FAULTS = [
    Fault(
        "policies-verb-missing",
        platform="eoepca",
        breaks="one of the six policies of a resource is removed from the PDP",
        apply=lambda bed: bed.policies.remove(PDP, of(ERIC, "get")),
        revert=restore,
        args=ARGS,
        expect=[("policies.policy.missing", "PEP proc/ades-pep /eric")],
    ),
    Fault(
        "policies-never-made",
        platform="eoepca",
        breaks="a resource has no policies at all, as when making them failed",
        apply=lambda bed: bed.policies.remove(PDP, of(BOB)),
        revert=restore,
        args=ARGS,
        expect=[("policies.policy.missing", "PEP test/dummy-service-pep /bobspace")],
    ),
    Fault(
        "policies-of-open-resource",
        platform="eoepca",
        breaks="a protected resource is opened in the PEP's database; its policies stay",
        apply=open_the_workspace,
        revert=restore,
        args=ARGS,
        expect=[("policies.policy.needless", "PEP rm/workspace-api-pep /workspaces/develop-user-alice")],
    ),
    Fault(
        "policies-orphaned",
        platform="eoepca",
        breaks="a resource is unregistered in its PEP alone: six policies, one finding",
        apply=forget_one_half,
        revert=restore,
        args=ARGS,
        expect=[("policies.policy.orphan", f"PDP um/pdp-engine resource {resource_id('ades-pep', '/carol')}")],
    ),
    Fault(
        "policies-delegated",
        platform="eoepca",
        breaks="a policy lets somebody else in beside the owner (the acceptance test's leftover)",
        apply=let_bob_in,
        revert=restore,
        args=ARGS,
        expect=[("policies.policy.delegated", "PEP proc/ades-pep /eric")],
    ),
    Fault(
        "policies-rules-of-its-own",
        platform="eoepca",
        breaks="a policy's rules are emptied: nobody can say whom it lets in",
        apply=lambda bed: config(bed, ERIC, "post", rules=[]),
        revert=restore,
        args=ARGS,
        expect=[("policies.policy.delegated", "PEP proc/ades-pep /eric")],
    ),
    Fault(
        "policies-action-unknown",
        platform="eoepca",
        breaks="a policy is about a verb that nobody asks for",
        apply=lambda bed: config(bed, ERIC, "get", action="read"),
        revert=restore,
        args=ARGS,
        expect=[("policies.policy.malformed", policy(ERIC, "get"))],
    ),
    Fault(
        "policies-scope-of-another-verb",
        platform="eoepca",
        breaks="a policy has the scope of another verb than its own",
        apply=lambda bed: bed.policies.edit(PDP, of(ERIC, "put"), scopes=["protected_get"]),
        revert=restore,
        args=ARGS,
        expect=[("policies.policy.malformed", policy(ERIC, "put"))],
    ),
    Fault(
        "policies-left-after-unregistration",
        platform="eoepca",
        breaks="a resource was unregistered, and its policies are left in the PDP",
        apply=unregister_badly,
        revert=restore,
        args=ARGS,
        expect=[("policies.resource.left-over", f"resource {resource_id(*UNREGISTERED)}")],
    ),
    Fault(
        "policies-twice",
        platform="eoepca",
        breaks="a policy is in the PDP's database twice: changing one leaves the other in force",
        apply=twice,
        revert=restore,
        args=ARGS,
        expect=[("policies.policy.duplicate", policy(ERIC, "get"))],
    ),
]
