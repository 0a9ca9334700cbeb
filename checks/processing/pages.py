"""Pages of a processing service: what one says, what a list says on all of its pages, how a finding names one."""

from __future__ import annotations

from collections.abc import Collection, Generator, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from holdfast.checks.access.tokens import unable
from holdfast.checks.web import reach
from holdfast.checks.web.documents import json_object
from holdfast.model import Deviation, Remedy, Resource, UnknownCode, Unobservable, World

_JSON = "application/json|application/ld+json|application/problem+json"
Page = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Entries:
    """A list, as far as it could be read."""

    found: list[Mapping[str, Any]]
    cut: str = ""
    """Why there may be more of them; "" where there is no more."""
    broken: bool = False
    """A further page did not come, and that was said."""

    @property
    def whole(self) -> bool:
        """Whether what is not found in it is not there."""
        return not self.cut and not self.broken


def read(
    page: Resource, world: World, within: float = 0.0, status: Collection[int] = reach.OK
) -> Generator[Deviation, None, Page | None]:
    """The JSON of a page; None when why it has none was said. For ``yield from``."""
    if page.get("login"):
        yield from unable(page, world)
        return None
    expected = reach.Expected(frozenset(status), _JSON, within)
    if said := reach.troubles(page, world, expected):
        yield from said
        return None
    document = json_object(page)
    if isinstance(document, Deviation):
        yield document
        return None
    return document


def entries(page: Resource, world: World, name: str, key: str = "") -> Generator[Deviation, None, Entries | None]:
    """The entries of a list, of all its pages; None when there is no list, which was said. For ``yield from``.

    Args:
        page: the first.
        world: see :func:`holdfast.checks.web.reach.troubles`.
        name: what the list is called in the document.
        key: what each entry must have.
    """
    found: list[Mapping[str, Any]] = []
    for place, each in enumerate((page, *_further(page))):
        document = yield from read(each, world)
        listed = None if document is None else _listed(document, name, key)
        if document is not None and listed is None:
            yield reach.unreadable(
                each, f"{name}: a list" + (f", each with its {key}" if key else ""), "there is no such list"
            )
        if listed is None:
            return Entries(found, broken=True) if place else None
        found += listed
    return Entries(found, str(page.get("cut", default="")))


def unread(page: Resource, why: str) -> Unobservable:
    """What the part of a list may hold that was not read."""
    detail = f"{why}; what is on the others is not known"
    remedy = f"follow its links by hand: {ask(page).command}"
    return Unobservable(UnknownCode.UNREADABLE, f"pages of {page.name}", detail, remedy)


def of(
    page: Resource, expected: str, observed: str, cause: str, path: str = "", id: str = "", subject: str = ""
) -> Deviation:
    """A deviation of a page."""
    look, named = (ask(page),), subject or page.name
    said = title(named, observed, expected)
    return Deviation(None, expected, observed, cause, look, named, path, rule=id, summary=said)


def title(named: str, observed: str, expected: str) -> str:
    """The line of a finding: what is there comes first, so that nobody takes for it what should be there."""
    return f"{named}: {observed}, expected {expected}"


def only(others: int) -> str:
    """What a list holds in the place of what was looked for."""
    return f"only {others} {'other' if others == 1 else 'others'}"


def ask(page: Resource, asked: str = "") -> Remedy:
    """The command that reads one page, or another address, as whom the page was read."""
    return Remedy("ask it by hand", reach.curl(page, body=True, asked=asked, more="-H 'Accept: application/json'"))


def _further(page: Resource) -> Iterator[Resource]:
    """The pages after the first, under its name: where a list is cut in two changes from day to day."""
    for told in page.get("more", default=()):
        yield Resource({**told, "kind": page.kind, "apiVersion": page.api_version, "metadata": {"name": page.name}})


def _listed(document: Page, name: str, key: str) -> list[Mapping[str, Any]] | None:
    found = document.get(name)
    if not isinstance(found, list) or not all(isinstance(each, Mapping) for each in found):
        return None
    return None if key and not all(each.get(key) for each in found) else found
