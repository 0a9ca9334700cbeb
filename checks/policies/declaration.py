"""The resources that are declared for a PEP: in the ConfigMap its chart makes of Git, or in a table of a feature."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from holdfast.checks.policies.grants import OPERATOR
from holdfast.checks.policies.held import OPEN, PROTECTED, Held, Registered, Store, owner_of, text
from holdfast.model import Json, UnknownCode, Unobservable, World

KEY = "default-resources.json"
_LIST = "default_resources"
COLUMNS = ("guard", "path", "name?", "owner?", "scopes?")
"""Of a table of resources."""
_WORDS = {"protected": PROTECTED, "public": ("public_access",)}


@dataclass(frozen=True, slots=True)
class Declared:
    """One declared resource; what is "" or None is left open."""

    guard: str
    """The PEP, as ``namespace/name``."""
    path: str
    name: str = ""
    owner: str = ""
    scopes: frozenset[str] | None = None
    source: str = ""
    """Where it is declared."""
    title: str = ""
    """What it is called there, where a name is no promise."""

    @property
    def key(self) -> str:
        """Names what should be there, as a registered resource is named."""
        return f"PEP {self.guard} {self.path}"


def of_row(cells: Mapping[str, str]) -> Declared:
    """From a row of a table: owner ``operator`` or a user id; scopes ``protected``, ``public`` or their names."""
    named = [each.strip() for each in cells.get("scopes", "").split(",") if each.strip()]
    scopes = frozenset(scope for each in named for scope in _WORDS.get(each, (each,)))
    owner = cells.get("owner", "")
    return Declared(
        guard=cells["guard"],
        path=cells["path"],
        name=cells.get("name", ""),
        owner=OPERATOR if owner == OPERATOR else owner_of(owner),
        scopes=scopes or None,
        source="the feature",
    )


def rows_by_pep(rows: tuple[Declared, ...], held: Held) -> Iterator[tuple[Store, tuple[Declared, ...]] | Unobservable]:
    """The rows of each PEP that was read; why those of others cannot be judged."""
    for guard in dict.fromkeys(each.guard for each in rows):
        pep = next((each for each in held.peps if each.address == guard), None)
        if pep is None:
            detail = "the feature declares resources for it, but it was not read"
            cure = "name it under [names] peps in platform.toml"
            yield Unobservable(UnknownCode.NOTHING_MATCHED, f"PEP {guard}", detail, cure)
        elif pep.problem is None:
            yield pep, tuple(each for each in rows if each.guard == guard)


def configured(held: Held, world: World) -> Iterator[tuple[Store, tuple[Declared, ...]] | Unobservable]:
    """What the ConfigMap of each PEP that was read declares; why that of others cannot be said."""
    for pep in held.peps:
        if pep.problem is not None:
            continue
        try:
            yield pep, of_configmap(pep, world)
        except Unobservable as problem:
            yield problem


def of_configmap(pep: Store, world: World) -> tuple[Declared, ...]:
    """What the ConfigMap ``<context>-pep-custom-resources`` declares for the PEP.

    Raises:
        Unobservable: there is none, or it says something else.
    """
    name = f"{pep.name}-custom-resources"
    subject, look = f"ConfigMap/{pep.namespace}/{name}", f"kubectl -n {pep.namespace} get configmap {name} -o yaml"
    found = world.find("ConfigMap", pep.namespace, name) if pep.namespace else None
    if found is None:
        detail = f"there is none, so nobody says what {pep} should hold"
        raise Unobservable(UnknownCode.NO_DESIRED_STATE, subject, detail, look)
    try:
        told = json.loads(text(found.get("data", KEY)))
    except (ValueError, RecursionError):
        raise Unobservable(UnknownCode.UNREADABLE, subject, f"its key {KEY} is no JSON", look) from None
    wanted = told.get(_LIST) if isinstance(told, dict) else told
    if not isinstance(wanted, list) or not all(
        isinstance(each, dict) and text(each.get("resource_uri")) for each in wanted
    ):
        raise Unobservable(UnknownCode.UNREADABLE, subject, f"its key {KEY} is no list of resources", look)
    return tuple(_declared(pep, each, subject) for each in wanted)


def _has_path(told: Json) -> bool:
    return isinstance(told, dict) and bool(text(told.get("resource_uri")))


def _declared(pep: Store, told: Mapping[str, Json], source: str) -> Declared:
    scopes = [each.lower() for each in told.get("scopes") or () if isinstance(each, str)]
    return Declared(
        guard=pep.address,
        path=text(told["resource_uri"]),
        owner=owner_of(told.get("default_owner")),
        scopes=frozenset(scopes if OPEN & set(scopes) else (*scopes, *PROTECTED)),
        source=source,
        title=text(told.get("name")),
    )


def at(path: str, resources: tuple[Registered, ...]) -> tuple[Registered, ...]:
    """The resources registered at a path, those whose path lacks only its slash included."""
    return tuple(each for each in resources if bare(each.path) == bare(path))


def bare(path: str) -> str:
    """A path without the slashes at its ends."""
    return path.strip("/")
