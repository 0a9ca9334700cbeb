"""A world as a check met it, with one kind of object forbidden, gone, hollow or not served."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from holdfast.model import Listing, Resource, UnknownCode, Unobservable, World

Bend = Callable[[Listing], Listing]


def empty(listing: Listing) -> Listing:
    """The LIST is complete and holds nothing."""
    return Listing(listing.kind)


def unserved(listing: Listing) -> Listing:
    """The kind's CustomResourceDefinition is gone."""
    return Listing(listing.kind, served=False)


def forbidden(listing: Listing) -> Listing:
    """The credential may not list the kind."""
    problem = Unobservable(UnknownCode.FORBIDDEN, f"list {listing.kind}", "the API server answered 403", "grant list")
    return Listing(listing.kind, problems=(problem,))


def late(listing: Listing) -> Listing:
    """No answer came in time."""
    return Listing(listing.kind, problems=(Unobservable(UnknownCode.TIMEOUT, f"list {listing.kind}", "no answer"),))


def login_page(listing: Listing) -> Listing:
    """A login page came in place of JSON."""
    detail = "it answered text/html"
    return Listing(listing.kind, problems=(Unobservable(UnknownCode.UNREADABLE, f"list {listing.kind}", detail),))


def hollow(listing: Listing) -> Listing:
    """Every object is there, and nothing but its metadata is known."""
    return Listing(listing.kind, tuple(Resource(hollowed(each.raw)) for each in listing.seen))


def hollowed(raw: Mapping[str, Any]) -> dict[str, Any]:
    """The object with null for whatever says something of it."""
    kept = {key: each for key, each in raw.items() if key in ("apiVersion", "kind", "metadata")}
    return kept | {key: None for key in raw if key not in kept}


class BentWorld:
    """Another world, one of whose kinds is bent; it remembers which were consulted."""

    def __init__(self, world: World, kind: str = "", bend: Bend | None = None) -> None:
        self._world, self._kind, self._bend = world, kind, bend
        self.consulted: set[str] = set()

    @property
    def now(self) -> datetime:
        return self._world.now

    def listing(self, kind: str) -> Listing:
        self.consulted.add(_plain(kind))
        found = self._world.listing(kind)
        return self._bend(found) if self._bend and _plain(kind) == self._kind else found

    def find(self, kind: str, namespace: str, name: str) -> Resource | None:
        self.consulted.add(_plain(kind))
        if self._bend is None or _plain(kind) != self._kind:
            return self._world.find(kind, namespace, name)
        found = self._world.find(kind, namespace, name)
        return self._bend(Listing(kind, (found,) if found else ())).find(namespace, name)

    def versions(self, group: str) -> dict[str, frozenset[str]]:
        return self._world.versions(group)


def _plain(kind: str) -> str:
    return kind.partition(".")[0]
