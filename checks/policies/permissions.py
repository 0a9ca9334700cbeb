"""The policies of a resource: one per verb, each for its owner alone, none twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

import orjson

from holdfast.checks.policies import telling
from holdfast.checks.policies.declared import differing
from holdfast.checks.policies.emptiness import lost
from holdfast.checks.policies.held import VERBS, Held, Policy, Registered, read
from holdfast.checks.policies.uniqueness import shared
from holdfast.model import MAJOR, MINOR, Deviation, Remedy, Resource, Said, World, rule

MALFORMED = "policies.policy.malformed"


@rule(
    "policies.policy.missing",
    MAJOR,
    origin="reference/eoepca.md P1: one policy per verb for each protected resource",
    remedy="Remove the resource through the PEP's API and register it again: that makes all six",
)
def six_each(carrier: Resource, world: World) -> Said:
    """Every protected resource of a PEP has a policy for each of the six verbs in the PDP."""
    held = read(carrier)
    yield from held.unread()
    if any(each.problem for each in held.pdps) or not held.pdps:
        return
    if empty := [each for each in lost(held, world) if each.subject in map(str, held.pdps)]:
        yield from empty
        return
    for each in held.resources:
        if not each.is_protected or not each.id:
            continue
        claimed = {verb for policy in held.by_resource.get(each.id, ()) for verb in policy.claims}
        if absent := set(VERBS) - claimed:
            yield shared(each.id, held) or _missing(each, absent, held)


@rule(
    "policies.policy.duplicate",
    MINOR,
    origin="reference/eoepca.md P1, P8: exactly one policy per verb; names are unique",
    remedy="Remove all but one of them by id: management_tools remove -p ID",
)
def no_two_alike(carrier: Resource, world: World) -> Said:
    """No two policies of the PDP say the same of one verb of a resource, and no two share a name."""
    held = read(carrier)
    yield from held.unread("PDP")
    for group in _alike(held.policies):
        yield _duplicate(group)


@rule(
    "policies.policy.delegated",
    MAJOR,
    origin="reference/eoepca.md P7: whom a policy admits is the owner of its resource",
    remedy="Ask the owner whether the access is meant: then name it in the feature's table; if not, take it back",
)
def owner_alone(carrier: Resource, world: World, beside: tuple[Mapping[str, str], ...] = ()) -> Said:
    """Every policy lets in the owner of its resource and nobody else, unless the table allows it.

    Args:
        carrier, world: see Rule.
        beside: rows with ``path``, ``user`` and, where it matters, ``guard``: whom the platform lets in, too.
    """
    held = read(carrier)
    yield from held.unread()
    given_away = differing(held, world, "owner")
    for each in held.resources:
        if not each.owner or not each.is_protected:
            continue
        may = {each.owner, *_allowed(each, beside)}
        wrong = [one for one in held.by_resource.get(each.id, ()) if one.admits is None or not one.admits <= may]
        if wrong:
            yield shared(each.id, held) or given_away.get(each) or _delegated(each, wrong)


@rule(
    MALFORMED,
    MAJOR,
    origin="reference/eoepca.md P8: a policy is of a resource, of one of the six verbs, and of that verb's scope",
    remedy="Put the policy right through the PDP's API, or remove and register its resource again",
)
def well_formed(carrier: Resource, world: World) -> Said:
    """Every policy names a resource, one of the six verbs, and the scope of that verb."""
    held = read(carrier)
    yield from held.unread("PDP")
    for each in held.policies:
        if wrong := list(_wrong(each)):
            yield _malformed(each, wrong, held)


def _missing(resource: Registered, absent: set[str], held: Held) -> Deviation:
    all_of_them = len(absent) == len(VERBS)
    which = "any verb" if all_of_them else telling.verbs(absent)
    return Deviation(
        None,
        subject=str(resource),
        expected=f"a policy in the PDP for each of {', '.join(VERBS)}",
        observed="none at all" if all_of_them else f"none for {which}",
        cause="making its policies failed half-way when it was registered, or somebody removed them from the PDP",
        summary=f"{resource} ({resource.name}): nobody is let in by {which}, its owner neither",
        source=_sources(resource, held),
        outlook="nobody makes them: the PEP writes policies once, when a resource is registered",
        remedy=(*telling.look_policies(held, resource.id), telling.look(resource)),
    )


def _alike(policies: Iterable[Policy]) -> Iterator[list[Policy]]:
    """Policies that say the same, and those that only have one name; each in one group."""
    sound = [each for each in policies if not list(_wrong(each))]
    met: set[int] = set()
    for key in (_content, _by_name):
        groups: dict[object, list[Policy]] = {}
        for each in sound:
            if id(each) not in met and (found := key(each)) is not None:
                groups.setdefault(found, []).append(each)
        for group in groups.values():
            if len(group) > 1:
                met |= {id(each) for each in group}
                yield group


def _content(policy: Policy) -> object:
    rules = orjson.dumps(policy.config.get("rules"), option=orjson.OPT_SORT_KEYS)
    return str(policy.pdp), policy.resource_id, policy.action, rules


def _by_name(policy: Policy) -> object:
    return (str(policy.pdp), policy.name) if policy.name else None


def _duplicate(group: list[Policy]) -> Deviation:
    first = group[0]
    same = len({_content(each) for each in group}) == 1
    what = f"say the same of {first.action} of resource {first.resource_id}" if same else f"are called {first.name}"
    return Deviation(
        None,
        subject=str(first),
        expected="one policy",
        observed=f"{len(group)}, with the ids {', '.join(each.key for each in group)}",
        cause="written past the PDP's API, which replaces a policy of the same name",
        summary=f"{len(group)} policies of {first.pdp} {what}: whoever changes one leaves the other in force",
        source=first.pdp.source,
        outlook="all of them count",
        remedy=(
            Remedy("see them", first.pdp.tool(f"list -p {group[-1].key}")),
            telling.drop_policy(group[-1], "remove one of them"),
        ),
    )


def _allowed(resource: Registered, beside: Iterable[Mapping[str, str]]) -> Iterator[str]:
    for row in beside:
        if row["path"] == resource.path and row.get("guard", "") in ("", resource.pep.address):
            yield row["user"]


def _delegated(resource: Registered, wrong: list[Policy]) -> Deviation:
    who = Counter(_whom(each) for each in wrong)
    observed = "; ".join(f"{each} ({count} of {len(wrong)} policies)" for each, count in sorted(who.items()))
    return Deviation(
        None,
        subject=str(resource),
        expected=f"its policies let in {resource.owner}, whose it is, and nobody else",
        observed=f"they let in {observed}",
        cause="somebody changed the policy (a share, or a test that did not put it back), or the owner changed since",
        summary=f"{resource} ({resource.name}) of {resource.owner} is open to {', '.join(sorted(who))}",
        affects=telling.names(wrong),
        source="; ".join(filter(None, (resource.pep.source, wrong[0].pdp.source))),
        outlook="it stays so: the PDP never compares a policy with its resource",
        remedy=(
            Remedy("see what it says", wrong[0].pdp.tool(f"list -p {wrong[0].key}")),
            telling.look(resource),
        ),
    )


def _whom(policy: Policy) -> str:
    admits = policy.admits
    if admits is None:
        return "whomever rules of its own let in"
    return " and ".join(sorted(admits))


def _wrong(policy: Policy) -> Iterator[str]:
    if not policy.resource_id:
        yield "it names no resource"
    if policy.action not in VERBS:
        yield f"its action {policy.action!r} is none of the six verbs"
    elif policy.scopes != (scope := f"protected_{policy.action}",):
        yield f"its scopes are {', '.join(policy.scopes) or 'none'} instead of {scope[0]}"


def _malformed(policy: Policy, wrong: list[str], held: Held) -> Deviation:
    resources = held.by_id.get(policy.resource_id, ())
    return Deviation(
        None,
        subject=str(policy),
        expected="a resource, one of the six verbs, and the scope of that verb",
        observed="; ".join(wrong),
        cause="changed or made past the PEP, which writes them all alike",
        summary=f"{policy}: {'; '.join(wrong)}, so it never decides as it was meant to",
        affects=tuple(map(str, resources)),
        source=policy.pdp.source,
        outlook="it stays so",
        remedy=(Remedy("see it", policy.pdp.tool(f"list -p {policy.key}")),),
    )


def _sources(resource: Registered, held: Held) -> str:
    return "; ".join(filter(None, (resource.pep.source, *(each.source for each in held.pdps))))
