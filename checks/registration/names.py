"""Whether a name or a pattern in a feature stands for anything: that nothing is found under it proves nothing.

Redis deletes a list and a set with their last member. So a healthy platform has no failure set, hardly ever a set of
what is in progress, and no queue: no key under a pattern means that nothing failed, or that the name is misspelt. Told
apart by what is beside it. A pattern is right where one of these holds:

- a key matches it, of whatever type (a wrong type is a finding of its own, ``registration.key.type``);
- it matches a name that the data-access release declares, anywhere in its values: the registrar's own configuration;
- of a state, failures or progress: it matches the name one of :data:`SCHEMES` gives that state, and the set of what is
  done (or has failed) by the same scheme is there. A registrar that keeps ``register-success_set`` keeps what failed in
  ``register-failure_set``: that this one is not there means that nothing has failed. What is in progress shows nothing
  of the others: two schemes call it the same;
- of a key's type, where nothing is counted: it matches a name that producers and consumers are known to use.

Anything else is unknown (nothing-matched), never a pass: a misspelt pattern, a registrar that calls its sets otherwise,
or one that has ended nothing since Redis was emptied. A fresh platform says so until its first product is registered.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from fnmatch import fnmatchcase

from holdfast.checks.registration.routes import FURTHER, HARVESTS, PUSHED_TO
from holdfast.checks.registration.store import keys, look, subject
from holdfast.model import Json, Resource, UnknownCode, Unobservable, World

PROGRESS, SUCCESS, FAILURE = range(3)
SCHEMES = (
    ("registering_set", "register-success_set", "register-failure_set"),
    ("registering_set", "registered_set", "failure_set"),
)
"""What is in progress, done and failed: by the defaults of REDIS_REGISTER_*_KEY, and by the design of data access."""
_STATES = frozenset(name for scheme in SCHEMES for name in scheme)
_QUEUES = frozenset((*PUSHED_TO, HARVESTS, "deregister_queue", *FURTHER.values()))


def keeps_states(store: Resource) -> bool:
    """Whether a registrar is seen to write down what it begins and ends."""
    return any(found["type"] == "set" and key in _STATES for key, found in keys(store))


def state(store: Resource, world: World, pattern: str, which: int, release: str) -> Iterator[Unobservable]:
    """Why it is not known whether a pattern is right that stands for a state.

    Args:
        store, world: see the checks.
        pattern: of the sets.
        which: :data:`PROGRESS` or :data:`FAILURE`.
        release: ``namespace/name`` of the HelmRelease that declares.
    """
    sets = {key for key, found in keys(store) if found["type"] == "set"}
    schemes = (each for each in SCHEMES if fnmatchcase(each[which], pattern))
    beside = any(sets & ({scheme[SUCCESS], scheme[FAILURE]} - {scheme[which]}) for scheme in schemes)
    if not (_matched(store, pattern) or beside or _declared(world, release, pattern)):
        yield _nothing(store, pattern, sets)


def typed(store: Resource, world: World, pattern: str, release: str) -> Iterator[Unobservable]:
    """The same of a pattern that says of which type keys are."""
    names = _STATES | _QUEUES
    if not (_matched(store, pattern) or _any(pattern, names) or _declared(world, release, pattern)):
        yield _nothing(store, pattern, {key for key, _ in keys(store)})


def _nothing(store: Resource, pattern: str, beside: Iterable[str]) -> Unobservable:
    there = ", ".join(sorted(beside)[:5]) or "none"
    detail = f"no key is called that, and nothing shows that one would be (there are: {there})"
    command = look(store, "--scan").command
    remedy = f"correct the name, or wait until a product has been registered: {command} (then look what there is)"
    return Unobservable(UnknownCode.NOTHING_MATCHED, subject(store, pattern), detail, remedy)


def _matched(store: Resource, pattern: str) -> bool:
    return _any(pattern, (key for key, _ in keys(store)))


def _declared(world: World, release: str, pattern: str) -> bool:
    """Whether the release names such a key. Raises Unobservable where releases cannot be read."""
    namespace, _, name = release.partition("/")
    found = world.find("HelmRelease", namespace, name)
    return found is not None and _any(pattern, _texts(found.get("spec", "values")))


def _texts(values: Json) -> Iterator[str]:
    if isinstance(values, str):
        yield values
    elif isinstance(values, Mapping):
        for each in values.values():
            yield from _texts(each)
    elif isinstance(values, list | tuple):
        for each in values:
            yield from _texts(each)


def _any(pattern: str, names: Iterable[str]) -> bool:
    return any(fnmatchcase(each, pattern) for each in names)
