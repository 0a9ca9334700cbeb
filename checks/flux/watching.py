"""Which objects an Alert's eventSources (and a Receiver's resources) mean."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from holdfast.checks.flux import kinds
from holdfast.checks.flux.selectors import selects
from holdfast.model import Resource, World

ANY = "*"


@dataclass(frozen=True, slots=True)
class Watched:
    """One entry: a kind in a namespace, by name or ``*``, narrowed by labels."""

    kind: str
    namespace: str
    name: str
    labels: Mapping[str, str]

    def __str__(self) -> str:
        """``Kind/namespace/name``, with the labels where there are any."""
        chosen = ",".join(f"{key}={value}" for key, value in sorted(self.labels.items()))
        return f"{self.kind}/{self.namespace}/{self.name}" + (f"[{chosen}]" if chosen else "")

    def means(self, resource: Resource) -> bool:
        """Whether the entry matches an object, as notification-controller decides it (eventMatchesAlertSource)."""
        return (
            resource.kind == self.kind
            and resource.namespace == self.namespace
            and self.name in (ANY, resource.name)
            and (not self.labels or selects({"matchLabels": self.labels}, resource.labels))
        )

    def finds(self, world: World) -> bool:
        """Whether there is any such object; a kind that is not Flux's raises no events, so there is none.

        Raises:
            Unobservable: none was seen, and not all could be read.
        """
        if self.kind not in kinds.KINDS:
            return False
        listing = world.listing(kinds.asked(self.kind))
        return any(map(self.means, listing.seen)) or any(map(self.means, listing.all()))


def watched(resource: Resource) -> Iterator[Watched]:
    """The entries of an Alert's spec.eventSources or a Receiver's spec.resources."""
    field = "eventSources" if resource.kind == "Alert" else "resources"
    for each in resource.maps("spec", field):
        labels = each.get("matchLabels")
        yield Watched(
            kind=str(each.get("kind") or ""),
            namespace=str(each.get("namespace") or resource.namespace),
            name=str(each.get("name") or ""),
            labels=labels if isinstance(labels, Mapping) else {},
        )
