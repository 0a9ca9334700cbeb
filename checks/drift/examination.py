"""What is known of one owner's objects once they have been compared; what every rule of drift is judged by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from holdfast.checks.drift.difference import Difference, Examined, Id
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
    absent: tuple[Ref, ...] = ()
    """Objects it holds that are certainly not there."""
    unserved: tuple[Ref, ...] = ()
    """Objects it holds whose kind the API server does not serve any more."""
    sight: tuple[Unobservable, ...] = ()
    """Why objects of it could not be seen: a LIST that was refused or did not end."""
    unseen: frozenset[Ref] = frozenset()
    """The objects that concerns."""

    @property
    def owner(self) -> Resource:
        return self.view.owner


class Drift(Protocol):
    """What rules ask of the survey of a run (:class:`holdfast.fixtures.survey.Survey`)."""

    def of(self, owner: Resource) -> Examination:
        """One owner's objects, compared.

        Raises:
            Unobservable, NotAsked: nothing can be said of any of them.
        """

    def holders(self, ref: Ref) -> tuple[Ref, ...]:
        """Every Kustomization and HelmRelease whose inventory (or manifest) holds the object."""

    def desired(self, owner: Resource, id: Id) -> Json:
        """What the owner says of one object; None where that is not known."""

    def siblings(self, live: Resource) -> Sequence[Resource]:
        """ReplicaSets or ControllerRevisions of a workload, and the Events about it, read when asked for."""

    def autoscaled(self, live: Resource) -> tuple[int, int] | None:
        """The bounds an autoscaler keeps the workload's replicas in; None when none does."""


def told(differences: Sequence[Difference]) -> tuple[Difference, ...]:
    """Those that are drift: neither ignored by a rule of the platform's own nor lint."""
    return tuple(each for each in differences if not each.ignored_by and not each.lint)


Absents = Mapping[Id, Ref]
