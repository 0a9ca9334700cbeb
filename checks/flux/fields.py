"""Declared fields against spec: one deviation per field that says something else."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from holdfast.checks.flux import managers
from holdfast.checks.flux.origin import origin
from holdfast.checks.flux.timing import parse_duration
from holdfast.model import Deviation, Remedy, Resource, World

Same = Callable[[str, str], bool]
"""Whether a cell and what the object says mean the same."""


@dataclass(frozen=True, slots=True)
class Field:
    """One column of a table, and where its value stands in the object."""

    path: str
    """Below the object, parts joined by dots."""
    same: Same
    default: str | Callable[[Resource], str] = ""
    """What the controller takes where the field is left out."""
    read: Callable[[Resource], str] | None = None
    """Puts the value together where it is not one field."""

    def value(self, resource: Resource) -> tuple[str, bool]:
        """What the object says, and whether that is only the default."""
        found = self.read(resource) if self.read else text(resource.get(*self.path.split(".")))
        if found:
            return found, False
        return (self.default(resource) if callable(self.default) else self.default), True


def text(value: object) -> str:
    """A JSON scalar as a cell would hold it: ``true``, ``3``, ``1m0s``; "" for none."""
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def as_text(cell: str, value: str) -> bool:
    """The same characters."""
    return cell == value


def as_flag(cell: str, value: str) -> bool:
    """The same truth: ``yes`` and ``no`` are understood too."""
    words = {"yes": "true", "no": "false"}
    return words.get(cell.lower(), cell.lower()) == value.lower()


def as_duration(cell: str, value: str) -> bool:
    """The same time: ``1m``, ``60s`` and ``1m0s`` are one."""
    wanted, given = parse_duration(cell), parse_duration(value)
    return cell == value if wanted is None or given is None else wanted == given


def as_path(cell: str, value: str) -> bool:
    """The same directory: ``./x``, ``x`` and ``x/`` are one, and so are ``""``, ``.`` and ``./``."""
    one, other = (posixpath.normpath("/" + path.lstrip("/")) for path in (cell, value))
    return one == other


def as_url(cell: str, value: str) -> bool:
    """The same address, with or without a slash at its end."""
    return cell.rstrip("/") == value.rstrip("/")


def as_set(cell: str, value: str) -> bool:
    """The same words, comma-separated, in any order."""
    return {each.strip() for each in cell.split(",")} == {each.strip() for each in value.split(",")}


def as_reference(cell: str, value: str) -> bool:
    """``Kind/namespace/name``, of which a cell may leave out the kind, or kind and namespace."""
    return ("/" + value).endswith("/" + cell) or _without_namespace(value) == cell


def _without_namespace(reference: str) -> str:
    kind, _, rest = reference.partition("/")
    return f"{kind}/{rest.rpartition('/')[2]}"


def reference(*path: str) -> Callable[[Resource], str]:
    """Reads a reference as ``Kind/namespace/name``, its namespace being the object's own where it is left out."""

    def read(resource: Resource) -> str:
        kind, name = resource.get(*path, "kind"), resource.get(*path, "name")
        namespace = resource.get(*path, "namespace") or resource.namespace
        return f"{kind}/{namespace}/{name}" if name else ""

    return read


def differences(
    resource: Resource, world: World, declared: Mapping[str, str], fields: Mapping[str, Field]
) -> Iterator[Deviation]:
    """One deviation per declared cell that the object does not bear out."""
    for column, cell in declared.items():
        field = fields[column]
        value, by_default = field.value(resource)
        if not field.same(cell, value):
            yield differs(
                resource, world, column, field.path, cell, f"{value} (default)" if by_default and value else value
            )


def differs(resource: Resource, world: World, column: str, path: str, wanted: str, value: str) -> Deviation:
    """That the object says ``value`` ("" for nothing) where ``wanted`` was declared."""
    said = value or "not set"
    changed_by = managers.who_set(resource, *path.split("."))
    found = origin(resource, changed_by, value, world)
    return Deviation(
        resource.ref,
        expected=f"{column} {wanted}",
        observed=said,
        path=path,
        summary=f"{resource.ref}: {column} is {said}, not {wanted}",
        cause=found.cause,
        changed_by=changed_by,
        source="the feature's table",
        owner=found.owner,
        outlook=found.outlook,
        remedy=(
            Remedy("see the field", f"kubectl get {resource.ref.where} -o jsonpath='{{.{path}}}{{\"\\n\"}}'"),
            Remedy("see who set it", f"kubectl get {resource.ref.where} -o yaml --show-managed-fields"),
            *found.remedy,
        ),
    )
