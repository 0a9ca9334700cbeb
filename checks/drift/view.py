"""One owner and what follows from it: who applies for it, what it ignores, in which state it is."""

from __future__ import annotations

from dataclasses import dataclass

from holdfast.checks.drift.difference import Desired
from holdfast.checks.flux.state import Phase, State, read_state
from holdfast.model import Resource

ENGINES = {
    "Kustomization": frozenset({"kustomize-controller"}),
    "HelmRelease": frozenset({"helm-controller", "helm"}),
}
"""Per kind of owner, the field managers its engine applies under."""


@dataclass(frozen=True, slots=True)
class View:
    """A Kustomization or HelmRelease, with what it says should be."""

    owner: Resource
    desired: Desired

    @property
    def engine(self) -> frozenset[str]:
        """The field managers under which its controller applies."""
        return ENGINES[self.owner.kind]

    @property
    def state(self) -> State:
        """What its controller last said."""
        return read_state(self.owner)

    @property
    def settled(self) -> bool:
        """Its last attempt succeeded (or it is suspended), and it is of the revision that was applied."""
        if self.state.phase not in (Phase.READY, Phase.SUSPENDED):
            return False
        attempted = self.owner.get("status", "lastAttemptedRevision")
        applied = self.owner.get("status", "lastAppliedRevision")
        return self.owner.kind == "HelmRelease" or attempted in (None, applied)
