"""Whether images come from where the platform gets them."""

from __future__ import annotations

from collections.abc import Sequence

from holdfast.checks.images.pinned import owner
from holdfast.checks.images.running import Container, containers_of
from holdfast.model import MAJOR, Deviation, Remedy, Resource, Said, World, rule


@rule(
    "image.registry.unexpected",
    MAJOR,
    origin="issue C part 7; features/eoepca/controllers.feature says the same of Flux",
    remedy="Use the image of a registry the platform trusts, or add this one to the limits if it is trusted",
)
def expected_registry(pod: Resource, world: World, prefixes: Sequence[str]) -> Said:
    """Every image comes from a registry, or a part of one, that the platform uses."""
    for each in containers_of(pod, world):
        if not any(below(each.repository, prefix) for prefix in prefixes):
            yield _unexpected(each, world, prefixes)


def below(repository: str, prefix: str) -> bool:
    """Whether a repository is that one or lies below it: ``docker.io/eoepca`` is not above ``docker.io/eoepca2/x``."""
    whole = prefix.rstrip("/")
    return repository == whole or repository.startswith(f"{whole}/")


def _unexpected(each: Container, world: World, prefixes: Sequence[str]) -> Deviation:
    return Deviation(
        each.owner,
        expected=f"an image of {' or '.join(prefixes)}",
        observed=each.image if each.repository == each.reference.repository else f"{each.image} ({each.repository})",
        cause="its manifest or its chart's values say so",
        summary=f"{each.owner}: container {each.name} runs an image of {each.repository}, which nobody expects",
        path=each.path,
        outlook="nothing: the cluster pulls from anywhere",
        owner=owner(each, world),
        remedy=(
            Remedy("find where Git says so, in a checkout", f"git grep -n '{each.reference.repository}'"),
            Remedy(
                "see whether Git or a hand brought it", f"kubectl get {each.owner.where} -o yaml --show-managed-fields"
            ),
        ),
    )
