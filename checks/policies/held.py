"""The carrier of :mod:`holdfast.fixtures.policies`, with names for its parts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from holdfast.checks.policies.grants import OPERATOR, admitted
from holdfast.model import Json, Note, Resource, UnknownCode, Unobservable

VERBS = ("get", "post", "put", "delete", "head", "patch")
"""The verbs a PEP asks the PDP about: one policy each."""
PROTECTED = tuple(f"protected_{verb}" for verb in VERBS)
OPEN = frozenset({"public_access", "authenticated", "open"})
"""Scopes of resources that need no policy: nobody is asked for, or any user will do."""
SCOPES = OPEN | set(PROTECTED)
_WORDS_BEFORE_VERB = " with action "


@dataclass(frozen=True, slots=True, eq=False)
class Store:
    """One PEP or PDP."""

    kind: str
    namespace: str
    name: str
    entries: tuple[Mapping[str, Json], ...]
    problem: Unobservable | None
    source: str
    """The dump it was read from, and when that was written; "" when it was asked."""

    def __str__(self) -> str:
        return f"{self.kind} " + "/".join(filter(None, (self.namespace, self.name)))

    @property
    def address(self) -> str:
        """``namespace/name``."""
        return f"{self.namespace}/{self.name}"

    def tool(self, arguments: str) -> str:
        """The command line that asks or changes it."""
        here = f"kubectl -n {self.namespace or 'NAMESPACE'} exec deploy/{self.name} -c {self.name}"
        return f"{here} -- management_tools {arguments}"


@dataclass(frozen=True, slots=True, eq=False)
class Registered:
    """A resource as a PEP holds it."""

    pep: Store
    raw: Mapping[str, Json]

    def __str__(self) -> str:
        return f"{self.pep} {self.path or self.id or '(no path)'}"

    @property
    def id(self) -> str:
        return text(self.raw.get("resource_id"))

    @property
    def name(self) -> str:
        return text(self.raw.get("name"))

    @property
    def path(self) -> str:
        return text(self.raw.get("reverse_match_url"))

    @property
    def owner(self) -> str:
        """A user id, :data:`OPERATOR` where it is all zeros, "" where there is none."""
        return owner_of(self.raw.get("ownership_id"))

    @property
    def scopes(self) -> tuple[str, ...] | None:
        """None where they are absent (written before version 1) or no list of texts."""
        found = self.raw.get("scopes")
        if not isinstance(found, list) or not all(isinstance(each, str) for each in found):
            return None
        return tuple(found)

    @property
    def is_open(self) -> bool:
        return bool(OPEN & {each.lower() for each in self.scopes or ()})

    @property
    def is_protected(self) -> bool:
        """Policies decide about it: it has scopes, and none of them opens it."""
        return self.scopes is not None and not self.is_open


@dataclass(frozen=True, slots=True, eq=False)
class Policy:
    """A policy as a PDP holds it."""

    pdp: Store
    raw: Mapping[str, Json]

    def __str__(self) -> str:
        return f"{self.pdp} policy {self.name or self.key}"

    @property
    def key(self) -> str:
        """The PDP's own id of it."""
        return text(self.raw.get("_id"))

    @property
    def name(self) -> str:
        return text(self.raw.get("name"))

    @property
    def config(self) -> Mapping[str, Json]:
        found = self.raw.get("config")
        return found if isinstance(found, Mapping) else {}

    @property
    def resource_id(self) -> str:
        return text(self.config.get("resource_id"))

    @property
    def action(self) -> str:
        return text(self.config.get("action"))

    @property
    def scopes(self) -> tuple[str, ...]:
        found = self.raw.get("scopes")
        return tuple(each for each in found if isinstance(each, str)) if isinstance(found, list) else ()

    @property
    def claims(self) -> frozenset[str]:
        """Every verb it says somewhere that it is about."""
        named = self.name.rpartition(_WORDS_BEFORE_VERB)[2]
        scoped = {each.removeprefix("protected_") for each in self.scopes}
        return frozenset({self.action.lower(), named, *scoped} & set(VERBS))

    @property
    def admits(self) -> frozenset[str] | None:
        """Whom it lets in; None where its rules say something else than who."""
        return admitted(self.config.get("rules"))


@dataclass(frozen=True, slots=True, eq=False)
class Held:
    """All that PEPs and PDPs hold."""

    peps: tuple[Store, ...]
    pdps: tuple[Store, ...]
    blind: tuple[Unobservable, ...]
    """Why there may be more PEPs."""
    resources: tuple[Registered, ...] = ()
    policies: tuple[Policy, ...] = ()
    by_id: Mapping[str, tuple[Registered, ...]] = field(default_factory=dict)
    by_resource: Mapping[str, tuple[Policy, ...]] = field(default_factory=dict)

    def unread(self, *kinds: str) -> Iterator[Unobservable | Note]:
        """What could not be read of these kinds of stores (PEP, PDP; both when none is named).

        What was read of a dump is noted, with its age: it is not what the store says now.
        """
        if "PEP" in kinds or not kinds:
            yield from self.blind
        for kind, stores in (("PEP", self.peps), ("PDP", self.pdps)):
            if kinds and kind not in kinds:
                continue
            if not stores:
                yield _none(kind)
            for each in stores:
                if each.problem:
                    yield each.problem
                elif each.source:
                    yield Note("policies-dump", None, f"{each} was judged by {each.source}")

    def twice(self, resource: Registered) -> bool:
        """Whether its id is that of another resource, too: then nobody can say whose the policies are."""
        return len(self.by_id.get(resource.id, ())) > 1

    def orphans(self) -> Iterator[Policy]:
        """The policies of resources that are in no PEP."""
        return (each for each in self.policies if each.resource_id and each.resource_id not in self.by_id)

    def of(self, pep: Store) -> tuple[Registered, ...]:
        """The resources of one PEP."""
        return tuple(each for each in self.resources if each.pep is pep)


def read(carrier: Resource) -> Held:
    """What the carrier holds."""
    stores = tuple(_store(each) for each in carrier.maps("stores"))
    peps = tuple(each for each in stores if each.kind == "PEP")
    pdps = tuple(each for each in stores if each.kind == "PDP")
    resources = tuple(Registered(pep, entry) for pep in peps for entry in pep.entries)
    policies = tuple(Policy(pdp, entry) for pdp in pdps for entry in pdp.entries)
    blind = tuple(_problem(each) for each in carrier.maps("blind"))
    by_id: dict[str, tuple[Registered, ...]] = {}
    for each in resources:
        by_id[each.id] = (*by_id.get(each.id, ()), each)
    by_id.pop("", None)
    by_resource: dict[str, tuple[Policy, ...]] = {}
    for one in policies:
        by_resource[one.resource_id] = (*by_resource.get(one.resource_id, ()), one)
    by_resource.pop("", None)
    return Held(peps, pdps, blind, resources, policies, by_id, by_resource)


def owner_of(value: Json) -> str:
    """A user id; :data:`OPERATOR` for zeros; "" for none."""
    found = text(value)
    return OPERATOR if found and set(found) == {"0"} else found


def text(value: Json) -> str:
    """A text without blanks around it; "" for anything else."""
    return value.strip() if isinstance(value, str) else ""


def _store(told: Mapping[str, Json]) -> Store:
    problem = told.get("problem")
    written = text(told.get("written")).replace("T", " ")[:16]
    age = text(told.get("age")) or f"written {written} UTC"  # recordings of before do not say how old it was
    return Store(
        kind=text(told.get("kind")),
        namespace=text(told.get("namespace")),
        name=text(told.get("name")),
        entries=tuple(told.get("entries") or ()),
        problem=_problem(problem) if problem else None,
        source=f"{text(told.get('file'))}, {age}" if told.get("file") else "",
    )


def _none(kind: str) -> Unobservable:
    """Nothing can be said of what none of them holds."""
    cure = f"name it in platform.toml: [names] {'peps' if kind == 'PEP' else 'pdp'}"
    return Unobservable(UnknownCode.NOTHING_MATCHED, f"every {kind}", f"no {kind} is known here", cure)


def _problem(told: Mapping[str, Json]) -> Unobservable:
    return Unobservable(UnknownCode(told["code"]), told["subject"], told["detail"], told["remedy"])
