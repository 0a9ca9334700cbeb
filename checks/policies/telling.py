"""How findings about resources and policies are told: commands, lists of verbs, where it was read."""

from __future__ import annotations

import shlex
from collections.abc import Iterable

from holdfast.checks.policies.held import VERBS, Held, Policy, Registered, Store
from holdfast.model import Remedy

_UNDO = "what is removed is not in Git: keep the output of `list` first"


def look(resource: Registered) -> Remedy:
    """See what the PEP holds."""
    if not resource.id:
        return Remedy("see what the PEP holds", resource.pep.tool("list --all"))
    return Remedy("see the resource in its PEP", resource.pep.tool(f"list -r {shlex.quote(resource.id)}"))


def look_policies(held: Held, id: str) -> tuple[Remedy, ...]:
    """See the policies of a resource in every PDP."""
    said = "see its policies in the PDP"
    return tuple(Remedy(said, pdp.tool(f"list -r {shlex.quote(id)}")) for pdp in held.pdps)


def logs(store: Store, container: str = "") -> str:
    """The command that shows what it said."""
    return (
        f"kubectl -n {store.namespace or 'NAMESPACE'} logs deploy/{store.name} -c {container or store.name} --tail=100"
    )


def drop(store: Store, id: str, said: str) -> Remedy:
    """Remove a resource from a PEP, or the policies of a resource from a PDP."""
    return Remedy(said, store.tool(f"remove -r {shlex.quote(id)}"), writes=True, risk=_UNDO)


def drop_policy(policy: Policy, said: str) -> Remedy:
    """Remove one policy."""
    return Remedy(said, policy.pdp.tool(f"remove -p {shlex.quote(policy.key)}"), writes=True, risk=_UNDO)


def restart(pep: Store) -> Remedy:
    """Let a PEP register its default resources again."""
    command = f"kubectl -n {pep.namespace or 'NAMESPACE'} rollout restart deployment/{pep.name}"
    return Remedy(
        "let the PEP register what it is configured with: it does so when it starts",
        command,
        writes=True,
        risk="requests through it fail meanwhile; paths the authorization server still knows stay refused; "
        "leaves an annotation that Git does not have",
    )


def verbs(found: Iterable[str]) -> str:
    """In the order everybody writes them."""
    there = set(found)
    return ", ".join(each for each in VERBS if each in there)


def owner(who: str) -> str:
    """A user as a sentence names it."""
    return who if who else "nobody"


def names(policies: Iterable[Policy]) -> tuple[str, ...]:
    """What a finding about several policies affects."""
    return tuple(sorted({str(each) for each in policies}))
