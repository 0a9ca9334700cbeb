"""The list of all running images, for a person, a scanner and the next run to compare with."""

from __future__ import annotations

from holdfast.checks.images.running import every_container
from holdfast.model import World


def inventory(world: World) -> dict[str, object]:
    """What runs in the whole cluster; ``run.facts.images`` and ``images.json`` beside the report.

    Returns:
        ``containers``: how many; ``without_digest``: of how many of them the runtime does not say by which digest a
        registry knows what runs; ``images``: per image its digests and the workloads that run it, both sorted, and
        ``ids`` where nothing but the image's own id on a node is known.

    Raises:
        Unobservable: the Pods could not all be read (half a list would look like a whole one), or there is none.
    """
    every = every_container(world)
    images: dict[str, dict[str, set[str]]] = {}
    for each in every:
        entry = images.setdefault(each.image, {"digests": set(), "used_by": set()})
        entry["digests"] |= {each.digest} - {""}
        if each.build and not each.digest:
            entry.setdefault("ids", set()).add(each.build)
        entry["used_by"].add(f"{each.owner} {each.name}")
    return {
        "containers": len(every),
        "without_digest": sum(1 for each in every if not each.digest),
        "images": {
            name: {key: sorted(found) for key, found in entry.items()} for name, entry in sorted(images.items())
        },
    }
