"""Objects of Flux 0.24 (EOEPCA's creodias cluster) and of Azure Arc's older extensions.

No such controllers run here: the objects are modelled on the CRDs of those releases (source v1beta1, kustomize v1beta1
and v1beta2, helm v2beta1) and on the conditions their API packages define. Conditions carry no observedGeneration,
revisions are ``branch/sha``, status.snapshot stands where status.inventory is now, and HelmReleases tell a
lastAppliedRevision.
"""

from __future__ import annotations

from typing import Any

import pytest

from holdfast.checks.flux.readiness import READY, not_stuck
from holdfast.checks.flux.revisions import applied, not_yet_applied
from holdfast.model import Resource
from tests.checks.flux_delivery.hearing import deviation, hear, in_flight
from tests.checks.flux_delivery.objects import ago, flux_024
from tests.checks.flux_delivery.recorded import flux_running
from tests.checks.world import NOON, FixedWorld

SHA = "0f4933667539af4a48a399153f4ec6572f34f6bf"


def git(**status: Any) -> dict[str, Any]:
    fetched = {"revision": f"develop/{SHA}", "lastUpdateTime": ago(hours=2), "checksum": "0123", "url": "http://x"}
    return flux_024(
        "source.toolkit.fluxcd.io/v1beta1",
        "GitRepository",
        "flux-system",
        "GitOperationSucceed",
        f"Fetched revision: develop/{SHA}",
        **{"artifact": fetched, **status},
    )


def kustomization(name: str = "user-management", **status: Any) -> dict[str, Any]:
    told = {"lastAppliedRevision": f"develop/{SHA}", "lastAttemptedRevision": f"develop/{SHA}"}
    made = flux_024(
        "kustomize.toolkit.fluxcd.io/v1beta1",
        "Kustomization",
        name,
        "ReconciliationSucceeded",
        f"Applied revision: develop/{SHA}",
        snapshot={"checksum": "0123", "entries": []},
        **{**told, **status},
    )
    made["spec"] |= {
        "sourceRef": {"kind": "GitRepository", "name": "flux-system"},
        "path": "./x",
        "validation": "client",
    }
    return made


def chart() -> dict[str, Any]:
    return flux_024(
        "source.toolkit.fluxcd.io/v1beta1",
        "HelmChart",
        "rm-minio",
        "ChartPullSucceeded",
        "Fetched revision: 5.0.7",
        artifact={"revision": "5.0.7", "lastUpdateTime": ago(hours=2)},
    )


def release(**status: Any) -> dict[str, Any]:
    told = {"lastAppliedRevision": "5.0.7", "lastAttemptedRevision": "5.0.7", "helmChart": "flux-system/rm-minio"}
    made = flux_024(
        "helm.toolkit.fluxcd.io/v2beta1",
        "HelmRelease",
        "minio",
        "ReconciliationSucceeded",
        "Release reconciliation succeeded",
        lastReleaseRevision=3,
        **{**told, **status},
    )
    made["spec"] |= {"chart": {"spec": {"chart": "minio", "sourceRef": {"kind": "HelmRepository", "name": "minio"}}}}
    return made


def failing(obj: dict[str, Any], reason: str, message: str) -> dict[str, Any]:
    obj["status"]["conditions"][0].update(status="False", reason=reason, message=message)
    return obj


def test_a_healthy_platform_of_that_time_gives_no_finding() -> None:
    objects = (git(), kustomization(), chart(), release())
    seen = FixedWorld(*objects)
    for each in objects:
        assert hear(READY[each["kind"]], Resource(each), seen) == []
        assert hear(not_stuck, Resource(each), seen) == []
    assert hear(applied, Resource(kustomization()), seen) == []
    assert hear(applied, Resource(release()), seen) == []
    assert not_yet_applied(SHA[:8], seen) == ()
    assert not_yet_applied(f"develop@sha1:{SHA}", seen) == ()


def test_the_generation_of_the_status_counts_where_conditions_have_none() -> None:
    changed = git(observedGeneration=1)
    changed["metadata"] |= {"generation": 2, "creationTimestamp": ago(seconds=5)}
    assert (
        "generation 2 has not been looked at yet"
        in in_flight(READY["GitRepository"], Resource(changed), FixedWorld(changed)).detail
    )


@pytest.mark.parametrize(
    ("obj", "reason", "message", "cause"),
    [
        (
            git(),
            "GitOperationFailed",
            "unable to clone 'ssh://git@github.com/EOEPCA/eoepca', error: ssh: handshake failed: "
            "ssh: unable to authenticate, attempted methods [none publickey]",
            "refused the credential",
        ),
        (git(), "AuthenticationFailed", 'auth secret error: Secret "flux-system" not found', "flux-system"),
        (
            kustomization(),
            "ArtifactFailed",
            "kustomization path not found: stat /tmp/user-management123/x: no such file",
            "spec.path",
        ),
        (kustomization(), "BuildFailed", "kustomize build failed: accumulating resources: x", "do not build"),
        (
            kustomization(),
            "ReconciliationFailed",
            'Deployment/um/x dry-run failed, error: admission webhook "v.x" denied the request',
            "admission rule",
        ),
        (kustomization(), "HealthCheckFailed", "Health check timed out for [Deployment um/x]", "not healthy"),
        (kustomization(), "DependencyNotReady", "dependency 'flux-system/x' is not ready", "does not exist"),
        (
            release(),
            "UpgradeFailed",
            "Helm upgrade failed: timed out waiting for the condition",
            "did not become ready",
        ),
        (release(), "InstallFailed", "install retries exhausted", "retries to install"),
        (release(), "ArtifactFailed", "HelmChart 'flux-system/rm-minio' is not ready", "rm-minio"),
    ],
    ids=lambda each: each if isinstance(each, str) and " " not in each else "",
)
def test_messages_of_that_time_are_understood(obj: dict[str, Any], reason: str, message: str, cause: str) -> None:
    broken = failing(obj, reason, message)
    found = deviation(READY[obj["kind"]], Resource(broken), FixedWorld(broken))
    assert cause in found.summary
    assert "unclassified" not in found.cause


def test_a_chain_of_that_time_ends_at_the_source() -> None:
    source = failing(git(artifact=None), "GitOperationFailed", 'couldn\'t find remote ref "refs/heads/develop"')
    waiting = failing(kustomization(), "ArtifactFailed", "Source is not ready, artifact not found")
    found = deviation(READY["Kustomization"], Resource(waiting), FixedWorld(source, waiting))
    assert (found.rule, str(found.ref)) == ("flux.source.fetch-failed", "GitRepository/flux-system/flux-system")


def test_a_revision_of_that_time_that_lags() -> None:
    ahead = git()
    ahead["status"]["artifact"]["revision"] = "develop/" + "a" * 40
    late = kustomization()
    seen = FixedWorld(ahead, late, *flux_running(NOON))
    found = deviation(applied, Resource(late), seen)
    assert (found.rule, found.observed) == ("flux.revision.not-applied", f"develop/{SHA} is applied")
