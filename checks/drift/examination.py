"""What is known of one owner's objects once they have been compared; what every rule of drift is judged by."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from holdfast.checks.drift.confirm import Answer
from holdfast.checks.drift.difference import Examined, Id
from holdfast.checks.drift.managers import Managers
from holdfast.checks.drift.missing import Presence
from holdfast.checks.drift.releases import StoredRelease
from holdfast.checks.drift.unexpected import Stray
from holdfast.checks.drift.view import View
from holdfast.model import Json, Ref, Resource, Unobservable


@dataclass(frozen=True, slots=True)
class Examination:
    """One owner's objects, all of them."""

    view: View
    examined: tuple[Examined, ...] = ()
    """Those of which there is something to tell."""
    seen: frozenset[Ref] = frozenset()
    """Every object of it that is there."""
    lost: Mapping[Id, Presence | Unobservable] = field(default_factory=dict)
    """Objects it holds that were not seen, and what was found of them."""
    unseen: frozenset[Ref] = frozenset()
    """Those of which nobody can say whether they are there."""

    @property
    def sight(self) -> tuple[Unobservable, ...]:
        """Why objects of it could not be seen: a LIST that was refused or did not end, a second look that failed, or
        that nobody can say which they are."""
        return self.sight_in("")

    def sight_in(self, namespace: str) -> tuple[Unobservable, ...]:
        """The same for the objects in one namespace; "" is all of them."""
        lost = [each for id, each in self.lost.items() if namespace in ("", id.namespace)]
        gone = [
            each.unknown for each in self.examined if each.resource is None and namespace in ("", each.ref.namespace)
        ]
        found = (*self._nobody_knows(), *lost, *gone)
        return tuple(dict.fromkeys(each for each in found if isinstance(each, Unobservable)))

    def _nobody_knows(self) -> tuple[Unobservable, ...]:
        """A release without an inventory (before Flux 2.8) without a manifest: none of it is looked at."""
        desired = self.view.desired
        without = not desired.expected and not isinstance(self.owner.get("status", "inventory"), Mapping)
        return (desired.problem,) if without and desired.problem is not None else ()

    @property
    def owner(self) -> Resource:
        return self.view.owner


class Around(Protocol):
    """What lives beside what Flux holds (:class:`holdfast.fixtures.around.Around`)."""

    @property
    def managed(self) -> Mapping[str, str]:
        """Namespaces in which everything should come from Git, and why."""

    @property
    def ungathered(self) -> tuple[Unobservable, ...]:
        """Why there may be more owners: of namespaces nobody seems to manage, of releases nobody seems to keep."""

    @property
    def problems(self) -> tuple[Unobservable, ...]:
        """Why there may be more objects."""

    @property
    def storage(self) -> tuple[Unobservable, ...]:
        """Why there may be more Helm releases."""

    @property
    def stored(self) -> tuple[StoredRelease, ...]:
        """Every release in Helm's storage."""

    def strays(self, also: Collection[str] = ()) -> Sequence[Stray]:
        """Whatever nobody accounts for, in the managed namespaces and in those named ``also``."""

    def releases(self) -> Sequence[StoredRelease]:
        """Releases that no HelmRelease keeps."""

    def find(self, ref: Ref) -> Resource | None:
        """The metadata of an object that was seen."""


class Drift(Protocol):
    """What rules ask of the survey of a run (:class:`holdfast.fixtures.survey.Survey`)."""

    @property
    def managers(self) -> Managers:
        """Which field managers are whose."""

    def around(self) -> Around:
        """What lives beside what Flux holds.

        Raises:
            Unobservable: nobody can say what is served.
        """

    def of(self, owner: Resource) -> Examination:
        """One owner's objects, compared.

        Raises:
            Unobservable, NotAsked: nothing can be said of any of them.
        """

    def holders(self, ref: Ref) -> tuple[Ref, ...]:
        """Every Kustomization and HelmRelease whose inventory (or manifest) holds the object."""

    def said(self, owner: Ref, id: Id) -> Json:
        """What the owner says of one object; None where that is not known."""

    def siblings(self, live: Resource) -> Sequence[Resource]:
        """ReplicaSets or ControllerRevisions of a workload, and the Events about it, read when asked for."""

    def tried(self, examined: Examined, view: View) -> Answer | None:
        """What the API server answers when the engine's apply is tried on the object; None where nobody asked it."""

    def autoscaled(self, live: Resource) -> tuple[int, int] | None:
        """The bounds an autoscaler keeps the workload's replicas in; None when none does."""
