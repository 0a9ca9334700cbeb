"""How one types a Flux object on the flux command line."""

from __future__ import annotations

from holdfast.model import Ref

_NAMES = {
    "GitRepository": "source git",
    "HelmRepository": "source helm",
    "HelmChart": "source chart",
    "OCIRepository": "source oci",
    "Bucket": "source bucket",
    "Kustomization": "kustomization",
    "HelmRelease": "helmrelease",
    "Alert": "alert",
    "Receiver": "receiver",
    "ImageRepository": "image repository",
    "ImageUpdateAutomation": "image update",
}


def flux(verb: str, ref: Ref) -> str:
    """``flux reconcile source git NAME -n NAMESPACE``; "" for a kind the command does not know."""
    name = _NAMES.get(ref.kind)
    return f"flux {verb} {name} {ref.name} -n {ref.namespace}" if name else ""


def resume(ref: Ref) -> str:
    """The command that takes spec.suspend away."""
    patch = '-p \'{"spec":{"suspend":false}}\''
    return flux("resume", ref) or f"kubectl patch {ref.where} --type merge {patch}"
