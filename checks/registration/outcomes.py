"""What came of it: products that failed, and products that were begun and never ended."""

from __future__ import annotations

from fnmatch import fnmatchcase

from holdfast.checks.registration.store import keys, look, subject, troubles
from holdfast.model import MAJOR, Deviation, Resource, Said, World, rule


@rule(
    "registration.failures.exceeded",
    MAJOR,
    origin="seed 000 'Handle failures gracefully'; reference eoepca.md §5: the failure set grows against a baseline",
    remedy="Read the registrar's log for the products named; mend them, and hand them in again",
)
def few_failed(store: Resource, world: World, pattern: str, most: int) -> Said:
    """No more products have failed to be registered than the platform's limit, which is what is known and accepted."""
    yield from troubles(store, world)
    for key, found in keys(store):
        failed = found["length"]
        if found["type"] == "set" and fnmatchcase(key, pattern) and failed > most:
            named = ", ".join(found.get("members", ())[:3])
            yield Deviation(
                None,
                expected=f"at most {most}",
                observed=f"{failed} failed" + (f", among them {named}" if named else ""),
                cause="products that cannot be read, a schema the registrar does not know, or a database that refused",
                subject=subject(store, key),
                summary=f"{failed} products could not be registered ({most} are known)",
                outlook="nobody tries them again",
                remedy=(look(store, f"smembers {key}", "see which"),),
            )


@rule(
    "registration.progress.stuck",
    MAJOR,
    origin="reference eoepca.md §5: the progress set is not stuck",
    remedy="Look at the registrar's log: it died or hangs while it worked on these products",
)
def ending(store: Resource, world: World, pattern: str) -> Said:
    """What a registrar has begun it ends: nothing stays in the set of what is in progress while we look."""
    yield from troubles(store, world)
    for key, found in keys(store):
        watched = store.get("watched", key)
        if not fnmatchcase(key, pattern) or watched is None or watched["moved"]:
            continue
        named = ", ".join(found.get("members", ())[:3])
        yield Deviation(
            None,
            expected="products leave it within moments",
            observed=f"{watched['length']} are in progress, for {watched['seconds']:.0f} s at least"
            + (f": {named}" if named else ""),
            cause="the registrar was ended in the middle of its work, or hangs",
            subject=subject(store, key),
            summary=f"{watched['length']} products have been in progress without an end",
            outlook="they are neither registered nor counted as failed; nobody tries them again",
            remedy=(look(store, f"smembers {key}", "see which"),),
        )
