"""Flux's kinds: which group defines them, which controller keeps them true, what to ask the API server for."""

from __future__ import annotations

from collections.abc import Iterator

from holdfast.model import Resource, World

SOURCE = "source.toolkit.fluxcd.io"
KUSTOMIZE = "kustomize.toolkit.fluxcd.io"
HELM = "helm.toolkit.fluxcd.io"
NOTIFICATION = "notification.toolkit.fluxcd.io"
IMAGE = "image.toolkit.fluxcd.io"
EXTENSIONS = "source.extensions.fluxcd.io"
GROUPS = (SOURCE, KUSTOMIZE, HELM, NOTIFICATION, IMAGE, EXTENSIONS)

_GROUP_OF = {
    "GitRepository": SOURCE,
    "OCIRepository": SOURCE,
    "Bucket": SOURCE,
    "HelmRepository": SOURCE,
    "HelmChart": SOURCE,
    "ExternalArtifact": SOURCE,
    "Kustomization": KUSTOMIZE,
    "HelmRelease": HELM,
    "Alert": NOTIFICATION,
    "Provider": NOTIFICATION,
    "Receiver": NOTIFICATION,
    "ImageRepository": IMAGE,
    "ImagePolicy": IMAGE,
    "ImageUpdateAutomation": IMAGE,
    "ArtifactGenerator": EXTENSIONS,
}
KINDS = tuple(_GROUP_OF)
"""Every kind Flux 2 defines."""

KEPT_BY = {
    "source-controller": ("GitRepository", "OCIRepository", "Bucket", "HelmRepository", "HelmChart"),
    "kustomize-controller": ("Kustomization",),
    "helm-controller": ("HelmRelease",),
    "notification-controller": ("Alert", "Provider", "Receiver"),
    "image-reflector-controller": ("ImageRepository", "ImagePolicy"),
    "image-automation-controller": ("ImageUpdateAutomation",),
    "source-watcher": ("ArtifactGenerator",),
}
"""Per controller, the kinds whose objects are only true while it runs."""

_ASKED_BY_GROUP = ("ArtifactGenerator",)
"""Kinds too new for every World to know by their name alone."""


def asked(kind: str) -> str:
    """How to ask a World for a kind one of Flux's objects names, so that the name cannot mean somebody else's."""
    if kind in _GROUP_OF and kind not in _ASKED_BY_GROUP:
        return kind
    return f"{kind}.{_GROUP_OF.get(kind, SOURCE)}"


def group_of(kind: str) -> str:
    """The API group of a Flux kind, "" when the kind is not Flux's."""
    return _GROUP_OF.get(kind, "")


def every(world: World, *kinds: str) -> Iterator[Resource]:
    """All objects of these Flux kinds.

    Raises:
        Unobservable: a LIST was not complete.
    """
    for kind in kinds:
        yield from world.listing(asked(kind)).all()


def delivered_by(resource: Resource) -> str:
    """``Kustomization/ns/name`` or ``HelmRelease/ns/name`` after the labels Flux puts on what it applies, or ""."""
    for kind, group in (("HelmRelease", HELM), ("Kustomization", KUSTOMIZE)):
        name, namespace = resource.labels.get(f"{group}/name"), resource.labels.get(f"{group}/namespace")
        if name and namespace:
            return f"{kind}/{namespace}/{name}"
    return ""
