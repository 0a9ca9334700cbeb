"""A chart repository answers otherwise than Flux needs it to; what is installed keeps running."""

from collections.abc import Callable

from testbed.bed import Bed
from testbed.fault import Fault


def _fault(name: str, repository: str, breaks: str, misbehave: Callable[[Bed], object]) -> Fault:
    def apply(bed: Bed) -> None:
        misbehave(bed)
        bed.reconcile("HelmRepository", "common", repository)

    def revert(bed: Bed) -> None:
        bed.charts.normal()
        bed.reconcile("HelmRepository", "common", repository)

    return Fault(
        name,
        platform="eoepca",
        breaks=breaks,
        apply=apply,
        revert=revert,
        expect=[("flux.source.fetch-failed", f"HelmRepository/common/{repository}")],
    )


FAULTS = [
    _fault(
        "helm-repository-not-found",
        "minio",
        "a chart repository has moved: its index.yaml answers 404",
        lambda bed: bed.charts.status(404, path="/minio/"),
    ),
    _fault(
        "helm-repository-credentials-rejected",
        "harbor",
        "a chart repository demands a login Flux does not have",
        lambda bed: bed.charts.require_auth(path="/harbor/"),
    ),
]
