"""Whether what was named is there at all."""

from __future__ import annotations

from holdfast.checks.flux import availability
from holdfast.model import CRITICAL, Deviation, Remedy, Resource, Said, World, rule

_SERVED = "the API server's discovery lists no such kind: its CRD is gone or was never installed"


@rule(
    "platform.object.missing",
    CRITICAL,
    origin="DESIGN.md law 1: a named object missing from a complete LIST is a finding",
    remedy="Find out who deleted it, then let Git bring it back: flux reconcile kustomization NAME --with-source",
)
def missing(absent: Resource, world: World) -> Said:
    """Every object that is named, by the feature or by another object, exists."""
    ref = absent.ref
    yield Deviation(
        ref,
        expected=f"{ref} exists",
        observed="a complete LIST of its kind does not hold it",
        cause="deleted, taken out of Git, or never delivered",
        summary=f"{ref} does not exist",
        outlook="if Git holds it, whoever delivers it makes it again at the next reconcile; else nothing",
        remedy=(
            Remedy("see for yourself", f"kubectl get {ref.where}"),
            Remedy("see whether Git holds it, or did, in a checkout", f"git log --oneline -S 'name: {ref.name}'"),
        ),
    )


@rule(
    "platform.api.not-served",
    CRITICAL,
    origin="DESIGN.md law 1: an expected API not served is a finding",
    remedy="Install the CRD again: it belongs to the component that defines it (for Flux: gotk-components.yaml)",
)
def not_served(absent: Resource, world: World) -> Said:
    """The API server serves every kind the platform is made of; where Flux is gone as a whole, that is told instead."""
    if whole := availability.all_gone(absent.kind, world):
        yield whole
        return
    yield Deviation(
        None,
        subject=absent.kind,
        expected=f"the API server serves {absent.kind}",
        observed="it does not",
        cause=_SERVED,
        summary=f"{absent.kind} is not served: its CRD is gone",
        remedy=(Remedy("look for the CRD", f"kubectl get crd | grep -i {absent.kind.partition('.')[0]}"),),
    )


def absent(kind: str, namespace: str = "", name: str = "", api_version: str = "") -> Resource:
    """A stand-in that names what is not there, for the two rules above."""
    meta = {"namespace": namespace, "name": name} if namespace else {"name": name}
    return Resource({"apiVersion": api_version, "kind": kind, "metadata": meta})
