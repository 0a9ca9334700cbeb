"""Which versions of Flux's APIs are on their way out.

Source: the CHANGELOG.md of each controller (source-controller 1.9, kustomize-controller 1.9, helm-controller 1.6,
notification-controller 1.9) and, for the image APIs, the table in flux2 2.9's ``flux migrate``.
"""

from __future__ import annotations

from dataclasses import dataclass

from holdfast.checks.flux.kinds import HELM, IMAGE, KUSTOMIZE, NOTIFICATION, SOURCE


@dataclass(frozen=True, slots=True)
class Retired:
    """When a version of an API was superseded and when it goes."""

    since: str
    """The release that brought its successor."""
    removed: str = ""
    """The release whose CRDs no longer have it; "" when none is known yet."""

    def __str__(self) -> str:
        gone = f", removed in {self.removed}" if self.removed else ""
        return f"deprecated since {self.since}{gone}"


_BY_VERSION = {
    (SOURCE, "v1beta1"): Retired("source-controller 0.22", "Flux 2.7"),
    (KUSTOMIZE, "v1beta1"): Retired("kustomize-controller 0.18", "Flux 2.7"),
    (KUSTOMIZE, "v1beta2"): Retired("Flux 2.0", "Flux 2.8"),
    (HELM, "v2beta1"): Retired("helm-controller 0.37 (Flux 2.2)", "Flux 2.7"),
    (HELM, "v2beta2"): Retired("Flux 2.3", "Flux 2.8"),
    (NOTIFICATION, "v1beta1"): Retired("notification-controller 0.30", "Flux 2.7"),
    (NOTIFICATION, "v1beta2"): Retired("Flux 2.2", "Flux 2.9"),
    (IMAGE, "v1beta1"): Retired("a release before Flux 2.6"),
    (IMAGE, "v1beta2"): Retired("Flux 2.7"),
}
_BY_KIND = {
    ("GitRepository", "v1beta2"): Retired("Flux 2.0", "Flux 2.8"),
    ("HelmRepository", "v1beta2"): Retired("Flux 2.3", "Flux 2.8"),
    ("HelmChart", "v1beta2"): Retired("Flux 2.3", "Flux 2.8"),
    ("Bucket", "v1beta2"): Retired("Flux 2.5", "Flux 2.8"),
    ("OCIRepository", "v1beta2"): Retired("Flux 2.6", "Flux 2.8"),
    ("Receiver", "v1beta2"): Retired("Flux 2.0", "Flux 2.9"),
}


def retired(group: str, kind: str, version: str) -> Retired | None:
    """When this version of a Flux kind was superseded; None when it is the newest, or not Flux's."""
    if group in (SOURCE, NOTIFICATION) and (kind, version) in _BY_KIND:
        return _BY_KIND[kind, version]
    return _BY_VERSION.get((group, version))
