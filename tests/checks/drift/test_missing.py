"""Objects that are not there (reference rows 96, 106-108, 123, 124), and what took them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from holdfast.checks.drift.difference import Desired, Id
from holdfast.checks.drift.missing import Missing, Presence, missing
from holdfast.model import Note, Resource, Unobservable
from tests.checks.drift.objects_seen import helm_release, kustomization
from tests.checks.world import forbidden

OWNER = kustomization()
SSA = "kustomize.toolkit.fluxcd.io/ssa"

WEB = Id("apps", "Deployment", "apps", "web")
CONFIG = Id("", "ConfigMap", "apps", "config")
NAMESPACE = Id("", "Namespace", "", "apps")
JOB = Id("batch", "Job", "apps", "migrate")
FIRST, SECOND = Id("example.com", "Widget", "apps", "a"), Id("example.com", "Widget", "else", "b")


def holding(*ids: Id, version: str = "v1", objects: dict[Id, Any] | None = None, owner: Resource = OWNER) -> Desired:
    return Desired(owner.ref, "inventory", objects or {}, dict.fromkeys(ids, version))


def job(**spec: Any) -> dict[str, Any]:
    return {"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": "migrate", "namespace": "apps"}, "spec": spec}


def said(
    desired: Desired, looked: Mapping[Id, Presence | Unobservable], *gone: str, owner: Resource = OWNER
) -> list[Missing | Note | Unobservable]:
    return list(missing(owner, desired, looked, lambda name: name not in gone))


def test_deleted() -> None:
    """Row 106: each object is a finding of its own."""
    looked = {WEB: Presence.ABSENT, CONFIG: Presence.ABSENT, NAMESPACE: Presence.THERE}
    found = said(holding(WEB, CONFIG, NAMESPACE), looked)
    assert [str(each.ref) for each in found if isinstance(each, Missing)] == [
        "Deployment/apps/web",
        "ConfigMap/apps/config",
    ]
    first = found[0]
    assert isinstance(first, Missing)
    assert (first.owner, first.also) == (OWNER.ref, ())
    assert first.ref.api_version == "apps/v1"


def test_all_there() -> None:
    assert said(holding(WEB, CONFIG), {WEB: Presence.THERE, CONFIG: Presence.THERE}) == []


def test_what_could_not_be_looked_for_is_unknown() -> None:
    """Row 124."""
    assert said(holding(WEB), {WEB: forbidden("deployments")}) == [forbidden("deployments")]


def test_a_kind_that_is_gone_is_one_finding() -> None:
    looked = {FIRST: Presence.NOT_SERVED, SECOND: Presence.NOT_SERVED, WEB: Presence.ABSENT}
    crd, web = said(holding(FIRST, SECOND, WEB), looked)
    assert isinstance(crd, Missing)
    assert isinstance(web, Missing)
    assert [str(each) for each in (crd.ref, *crd.also)] == ["Widget/apps/a", "Widget/else/b"]
    assert crd.cause.startswith("Widget.example.com is not served: its CustomResourceDefinition is gone")
    assert str(web.ref) == "Deployment/apps/web"


def test_a_version_that_is_gone_is_looked_for_at_another() -> None:
    """Row 108."""
    (found,) = said(holding(WEB, version="v1beta1"), {WEB: Presence.OTHER_VERSION})
    assert isinstance(found, Unobservable)
    assert found.code == "not-served"
    assert "apps/v1beta1, which is not served any more" in found.detail


def test_a_namespace_that_is_gone_is_one_finding() -> None:
    looked = {WEB: Presence.ABSENT, CONFIG: Presence.ABSENT, NAMESPACE: Presence.ABSENT}
    (found,) = said(holding(WEB, CONFIG, NAMESPACE), looked, "apps")
    assert isinstance(found, Missing)
    assert found.ref.kind == "Namespace"
    assert len(found.also) == 2
    (other,) = said(holding(WEB, CONFIG), looked, "apps")  # the namespace is somebody else's
    assert isinstance(other, Missing)
    assert other.cause == "its namespace apps is gone, and everything in it"


def test_ignored_in_git() -> None:
    """Row 96."""
    content = {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "web", "annotations": {SSA: "Ignore"}},
    }
    (found,) = said(holding(WEB, objects={WEB: content}), {WEB: Presence.ABSENT})
    assert isinstance(found, Note)
    assert found.text == f"it is not there, and {OWNER.ref} passes it over: annotation {SSA}: Ignore"


def test_created_once_is_still_missed() -> None:
    """Row 95."""
    content = {"metadata": {"name": "web", "annotations": {SSA: "IfNotPresent"}}}
    (found,) = said(holding(WEB, objects={WEB: content}), {WEB: Presence.ABSENT})
    assert isinstance(found, Missing)


class TestJobs:
    """Row 107."""

    def test_one_that_clears_itself_away(self) -> None:
        for seconds in (0, 60):
            content = job(ttlSecondsAfterFinished=seconds)
            (found,) = said(holding(JOB, objects={JOB: content}), {JOB: Presence.ABSENT})
            assert isinstance(found, Note)
            assert found.code == "drift-pending"
            assert (
                found.text
                == f"it cleared itself away {seconds} s after it ended; Flux runs it again at its next reconcile"
            )

    def test_one_that_does_not(self) -> None:
        (found,) = said(holding(JOB, objects={JOB: job()}), {JOB: Presence.ABSENT})
        assert isinstance(found, Missing)

    def test_one_whose_manifest_is_not_known(self) -> None:
        (found,) = said(holding(JOB), {JOB: Presence.ABSENT})
        assert isinstance(found, Unobservable)
        assert (found.code, found.subject) == ("no-desired-state", "Job/apps/migrate")

    def test_of_a_helm_release_is_not_run_again(self) -> None:
        owner = helm_release()
        desired = holding(JOB, objects={JOB: job(ttlSecondsAfterFinished=1)}, owner=owner)
        (found,) = said(desired, {JOB: Presence.ABSENT}, owner=owner)
        assert isinstance(found, Note)
        assert "Flux" not in found.text


def test_another_cluster() -> None:
    """Row 123."""
    remote = kustomization(kubeConfig={"secretRef": {"name": "prod"}})
    (found,) = said(holding(WEB), {WEB: Presence.ABSENT}, owner=remote)
    assert isinstance(found, Note)
    assert found.code == "not-asked"


def test_nameless_ids_are_tolerated() -> None:
    nameless = Id("kyverno.io", "ClusterPolicy", "", "")
    assert said(holding(nameless), {nameless: Presence.ABSENT}) == []
