"""What nobody declares (reference rows 109-114, 126-133, 139), and what is excused."""

from __future__ import annotations

from datetime import timedelta

import pytest

from holdfast.checks.drift.exclusions import EXCLUSIONS, UNLISTED, exclusion, unlisted
from holdfast.checks.drift.ownership import Claim
from holdfast.checks.drift.surroundings import managed_namespaces
from holdfast.checks.drift.unexpected import Dangling, Orphaned, Undecided, Unexpected, UnexpectedRelease
from holdfast.model import Resource
from tests.checks.drift.objects_seen import (
    Raw,
    entry,
    flux_labels,
    helm_release,
    kustomization,
    made,
    moment,
    owner_reference,
    stamp,
)
from tests.checks.drift.surrounded import Cluster, held, recorded

APPS = kustomization()
HELM = {"meta.helm.sh/release-name": "shop", "meta.helm.sh/release-namespace": "apps"}


def by(manager: str, *, operation: str = "Update", ago: timedelta = timedelta(hours=1), subresource: str = "") -> Raw:
    """Somebody who wrote to the object's spec (or data)."""
    found = entry(manager, {"f:spec": {}}, operation=operation, ago=ago)
    return {**found, "subresource": subresource} if subresource else found


def release_secret(name: str, namespace: str = "apps", version: int = 1, status: str = "deployed") -> Resource:
    """Helm's storage, as its driver labels it."""
    labels = {"name": name, "owner": "helm", "status": status, "version": str(version), "modifiedAt": "1795266749"}
    return made("Secret", f"sh.helm.release.v1.{name}.v{version}", namespace, labels=labels)


class TestHealthy:
    def test_a_recorded_platform_has_no_stray(self) -> None:
        objects = recorded()
        flux = [each for each in objects if each.kind in ("Kustomization", "HelmRelease")]
        cluster = Cluster(objects, [held(each) for each in flux], {"kube-system": "x", "default": "x"})
        managed = managed_namespaces(cluster.desired, cluster.named)
        assert {"flux-system", "rm", "default", "kube-system"} <= set(managed)
        assert managed["rm"] == "Kustomization/flux-system/flux-system holds it"
        assert cluster.strays() == []

    def test_and_has_one_once_somebody_makes_something(self) -> None:
        extra = made("ConfigMap", "notes", "rm", managers=[by("kubectl-create")])
        objects = [*recorded(), extra]
        flux = [each for each in objects if each.kind in ("Kustomization", "HelmRelease")]
        (found,) = Cluster(objects, [held(each) for each in flux], {}).strays()
        assert isinstance(found, Unexpected)
        assert str(found.ref) == "ConfigMap/rm/notes"


class TestUnexpected:
    def test_made_by_kubectl(self) -> None:
        """Row 126."""
        controller = by("kube-controller-manager", ago=timedelta(0), subresource="status")
        shop = made("Deployment", "shop", api_version="apps/v1", managers=[by("kubectl-create"), controller])
        (found,) = Cluster([shop]).strays()
        assert isinstance(found, Unexpected)
        assert [(each.manager, each.cls) for each in found.who] == [("kubectl-create", "human")]
        assert found.when == moment(stamp(timedelta(hours=1)))
        assert not found.bare_pod

    def test_what_its_controllers_made_of_it_is_not_told_twice(self) -> None:
        """Row 127."""
        shop = made("Deployment", "shop", api_version="apps/v1", managers=[by("kubectl-create")])
        replicas = made("ReplicaSet", "shop-1", api_version="apps/v1", owners=[owner_reference(shop)])
        pod = made("Pod", "shop-1-abcde", owners=[owner_reference(replicas)])
        revision = made("ControllerRevision", "db-1", api_version="apps/v1")
        assert [
            str(each.ref) for each in Cluster([shop, replicas, pod, revision]).strays() if isinstance(each, Unexpected)
        ] == ["Deployment/apps/shop"]

    def test_a_bare_pod(self) -> None:
        """Row 128."""
        (found,) = Cluster([made("Pod", "shell", labels={"run": "shell"}, managers=[by("kubectl-run")])]).strays()
        assert isinstance(found, Unexpected)
        assert found.bare_pod

    def test_whoever_came_first_made_it(self) -> None:
        later = by("kubectl-edit", ago=timedelta(minutes=1))
        (found,) = Cluster([made("ConfigMap", "c", managers=[later, by("k9s", ago=timedelta(minutes=30))])]).strays()
        assert isinstance(found, Unexpected)
        assert [each.manager for each in found.who] == ["k9s"]

    def test_nobody_is_named_without_managed_fields(self) -> None:
        (found,) = Cluster([made("ConfigMap", "c")]).strays()
        assert isinstance(found, Unexpected)
        assert found.who == ()

    def test_other_namespaces_and_the_cluster_are_out_of_scope(self) -> None:
        """Row 133."""
        assert Cluster([made("ConfigMap", "c", "else"), made("ClusterRole", "r", "")]).strays() == []

    def test_held_and_hooks(self) -> None:
        config, job = made("ConfigMap", "c"), made("Job", "migrate", api_version="batch/v1")
        release = helm_release()
        objects = [config, job, release, APPS]
        assert Cluster(objects, [held(APPS, config, release), held(release, hooks=[job])]).strays() == []

    def test_going_is_not_told_here(self) -> None:
        assert Cluster([made("ConfigMap", "c", deletionTimestamp=stamp())]).strays() == []


class TestDangling:
    GONE = made("ReplicaSet", "web-1", api_version="apps/v1")

    def test_an_owner_that_is_gone(self) -> None:
        """Row 129."""
        pod = made("Pod", "web-1-abcde", owners=[owner_reference(self.GONE)])
        (found,) = Cluster([pod]).strays()
        assert isinstance(found, Dangling)
        assert found.owners == ("ReplicaSet/web-1 (uid uid-ReplicaSet-apps-web-1)",)

    def test_one_of_the_same_name_made_anew_is_another(self) -> None:
        pod = made("Pod", "web-1-abcde", owners=[owner_reference(self.GONE, uid="old")])
        found = Cluster([pod, self.GONE], [held(APPS, self.GONE)]).strays()
        assert [type(each) for each in found] == [Dangling]

    def test_not_when_the_owners_could_not_all_be_seen(self) -> None:
        pod = made("Pod", "web-1-abcde", owners=[owner_reference(self.GONE)])
        assert Cluster([pod], incomplete=frozenset(("ReplicaSet",))).strays() == []

    def test_not_while_one_owner_lives(self) -> None:
        living = made("ConfigMap", "living")
        pod = made("Pod", "p", owners=[owner_reference(self.GONE), owner_reference(living, controller=False)])
        assert Cluster([pod, living], [held(APPS, living)]).strays() == []


class TestOrphans:
    def test_labelled_and_not_held(self) -> None:
        """Row 109, wherever it is."""
        old = made(
            "ConfigMap",
            "old",
            "else",
            labels=flux_labels(APPS),
            managers=[by("kustomize-controller", operation="Apply")],
        )
        (found,) = Cluster([old, APPS], [held(APPS)]).strays()
        assert isinstance(found, Orphaned)
        assert (str(found.claim), found.owner_gone, found.kept) == ("Kustomization/flux-system/apps", False, None)

    def test_owner_gone(self) -> None:
        """Row 114."""
        (found,) = Cluster([made("ClusterRole", "old", "", labels=flux_labels(APPS))]).strays()
        assert isinstance(found, Orphaned)
        assert found.owner_gone

    def test_meant_to_stay(self) -> None:
        """Row 139, and prune: disabled."""
        prune = {"kustomize.toolkit.fluxcd.io/prune": "Disabled"}
        claim = made("PersistentVolumeClaim", "data", labels=flux_labels(APPS), annotations=prune)
        release = helm_release()
        keep = made("ConfigMap", "kept", labels=flux_labels(release), annotations={"helm.sh/resource-policy": "keep"})
        found = Cluster([claim, keep, APPS, release], [held(APPS, release), held(release)]).strays()
        assert [str(each.kept) for each in found if isinstance(each, Orphaned)] == [
            "annotation kustomize.toolkit.fluxcd.io/prune: Disabled",
            "annotation helm.sh/resource-policy: keep",
        ]

    def test_undecided_while_the_owner_is(self) -> None:
        old = made("ConfigMap", "old", labels=flux_labels(APPS))
        why = "its last apply failed half way"
        claim = Claim("Kustomization", "flux-system", "apps")
        (found,) = Cluster([old, APPS], [held(APPS)], unsettled={claim: why}).strays()
        assert found == Undecided(old.ref, claim, why)

    def test_not_gone_when_its_kind_could_not_be_listed(self) -> None:
        old = made("ConfigMap", "old", labels=flux_labels(APPS))
        (found,) = Cluster([old], incomplete=frozenset(("Kustomization",))).strays()
        assert isinstance(found, Undecided)

    @pytest.mark.parametrize("kind", [("Endpoints", "v1"), ("EndpointSlice", "discovery.k8s.io/v1")])
    def test_not_what_copies_labels(self, kind: tuple[str, str]) -> None:
        """Row 110."""
        copy = made(kind[0], "web", api_version=kind[1], labels=flux_labels(APPS))
        assert Cluster([copy, APPS], [held(APPS)]).strays() == []

    def test_not_what_an_owner_made_and_labelled_like_itself(self) -> None:
        """Row 112: prometheus-operator copies its parent's labels."""
        parent = made("Prometheus", "main", api_version="monitoring.coreos.com/v1", labels=flux_labels(APPS))
        child = made(
            "StatefulSet", "main", api_version="apps/v1", labels=flux_labels(APPS), owners=[owner_reference(parent)]
        )
        assert Cluster([parent, child, APPS], [held(APPS, parent)]).strays() == []


class TestOtherOwners:
    """Row 131."""

    APPLICATION = made("Application", "shop", "argocd", api_version="argoproj.io/v1alpha1")

    @pytest.mark.parametrize("tracking", ["shop:apps/Deployment:apps/shop", "argocd_shop:apps/Deployment:apps/shop"])
    def test_an_application_that_is_there(self, tracking: str) -> None:
        shop = made(
            "Deployment", "shop", api_version="apps/v1", annotations={"argocd.argoproj.io/tracking-id": tracking}
        )
        assert Cluster([shop, self.APPLICATION]).strays() == []

    def test_a_copied_tracking_id_counts_for_nothing(self) -> None:
        copy = made(
            "Deployment",
            "copy",
            api_version="apps/v1",
            annotations={"argocd.argoproj.io/tracking-id": "shop:apps/Deployment:apps/shop"},
        )
        (found,) = Cluster([copy, self.APPLICATION]).strays()
        assert isinstance(found, Unexpected)

    def test_an_application_that_is_gone(self) -> None:
        shop = made("ConfigMap", "shop", annotations={"argocd.argoproj.io/tracking-id": "shop:/ConfigMap:apps/shop"})
        (found,) = Cluster([shop]).strays()
        assert isinstance(found, Orphaned)
        assert found.owner_gone

    def test_tracking_by_label(self) -> None:
        shop = made("ConfigMap", "shop", labels={"app.kubernetes.io/instance": "shop"})
        assert Cluster([shop, self.APPLICATION]).strays() == []
        (found,) = Cluster([shop]).strays()  # everybody's charts set that label
        assert isinstance(found, Unexpected)

    def test_flux_operator(self) -> None:
        resources = made("ResourceSet", "tenants", "flux-system", api_version="fluxcd.controlplane.io/v1")
        labels = {
            "resourceset.fluxcd.controlplane.io/name": "tenants",
            "resourceset.fluxcd.controlplane.io/namespace": "flux-system",
        }
        assert Cluster([made("ConfigMap", "c", labels=labels), resources]).strays() == []

    def test_told_argo_not_to_mind(self) -> None:
        options = {"argocd.argoproj.io/compare-options": "ServerSideDiff=true, IgnoreExtraneous"}
        assert Cluster([made("ConfigMap", "c", annotations=options)]).strays() == []


class TestReleases:
    def test_helm_beside_flux_is_one_finding(self) -> None:
        """Row 132."""
        labels = {"app.kubernetes.io/managed-by": "Helm"}
        objects = [
            made("Service", "shop", annotations=HELM, labels=labels, ago=timedelta(minutes=9)),
            made("Deployment", "shop", api_version="apps/v1", annotations=HELM, labels=labels, managers=[by("helm")]),
            release_secret("shop"),
        ]
        (found,) = Cluster(objects).strays()
        assert isinstance(found, UnexpectedRelease)
        assert str(found.release) == "Release/apps/shop"
        assert [str(each) for each in found.members] == ["Deployment/apps/shop", "Service/apps/shop"]
        assert [each.manager for each in found.who] == ["helm"]
        assert Cluster(objects, named={}).strays() == []

    def test_of_a_helm_release_that_does_not_hold_it_any_more(self) -> None:
        release = helm_release("shop", status={"history": [{"name": "shop", "namespace": "apps", "version": 1}]})
        left = made("ConfigMap", "old", annotations=HELM)
        (found,) = Cluster([left, release, release_secret("shop")], [held(APPS, release), held(release)]).strays()
        assert isinstance(found, Orphaned)
        assert str(found.claim) == "HelmRelease/apps/shop"

    def test_a_release_that_is_gone(self) -> None:
        (found,) = Cluster([made("ConfigMap", "old", annotations=HELM)]).strays()
        assert isinstance(found, Orphaned)
        assert found.owner_gone

    def test_undecided_without_secrets(self) -> None:
        (found,) = Cluster([made("ConfigMap", "old", annotations=HELM)], secrets_read=False).strays()
        assert isinstance(found, Undecided)
        assert found.why == "Helm's releases could not be read"


CERTIFICATE = {"cert-manager.io/certificate-name": "web-tls"}
SEALED = made("SealedSecret", "db", api_version="bitnami.com/v1alpha1")
EXTERNAL = made("ExternalSecret", "db", api_version="external-secrets.io/v1")
STATEFUL = made("StatefulSet", "my-db", api_version="apps/v1")
RELEASE = helm_release(valuesFrom=[{"kind": "Secret", "name": "values", "optional": True}])


class TestExclusions:
    @pytest.mark.parametrize(
        ("meta", "beside"),
        [
            (made("ConfigMap", "kube-root-ca.crt"), ()),
            (made("ServiceAccount", "default"), ()),
            (made("ServiceAccount", "builder"), ()),
            (made("RoleBinding", "system:image-pullers", api_version="rbac.authorization.k8s.io/v1"), ()),
            (made("ResourceQuota", "gke-resource-quotas"), ()),
            (made("Service", "kubernetes", "default"), ()),
            (made("ConfigMap", "kubeadm-config", "kube-system"), ()),
            (made("ServiceAccount", "job-controller", "kube-system"), ()),
            (made("ServiceAccount", "generic-garbage-collector", "kube-system"), ()),
            (
                made(
                    "Deployment",
                    "coredns",
                    "kube-system",
                    api_version="apps/v1",
                    managers=[by("kubeadm"), by("kubectl")],
                ),
                (),
            ),
            (made("Addon", "coredns", "kube-system", annotations={"objectset.rio.cattle.io/hash": "1"}), ()),
            (made("Secret", "bootstrap-token-abcdef", "kube-system"), ()),
            (made("Pod", "etcd-node", annotations={"kubernetes.io/config.mirror": "1"}), ()),
            (made("ConfigMap", "c", managers=[by("kube-controller-manager")]), ()),
            (made("Secret", "token", annotations={"kubernetes.io/service-account.name": "default"}), ()),
            (
                made(
                    "Secret",
                    "default-dockercfg",
                    annotations={"openshift.io/internal-registry-auth-token.binding": "x"},
                ),
                (),
            ),
            (made("ConfigMap", "lock", annotations={"control-plane.alpha.kubernetes.io/leader": "{}"}), ()),
            (made("ConfigMap", "ingress-controller-leader-election"), ()),
            (made("PersistentVolumeClaim", "data-my-db-0"), (STATEFUL,)),
            (made("Secret", "values"), (RELEASE,)),
            (
                made("HelmChart", "apps-web", api_version="source.toolkit.fluxcd.io/v1", labels=flux_labels(RELEASE)),
                (RELEASE,),
            ),
            (made("ExternalArtifact", "a", api_version="source.toolkit.fluxcd.io/v1"), ()),
            (release_secret("shop"), ()),
            (made("Secret", "web-tls", annotations=CERTIFICATE), ()),
            (made("Secret", "web-tls-x", labels={"controller.cert-manager.io/fao": "true"}), ()),
            (made("Secret", "db"), (SEALED,)),
            (
                made(
                    "Secret", "sealed-secrets-key1", labels={"sealedsecrets.bitnami.com/sealed-secrets-key": "active"}
                ),
                (),
            ),
            (made("Secret", "db"), (EXTERNAL,)),
            (made("Secret", "other", labels={"reconcile.external-secrets.io/created-by": "x"}), ()),
            (made("Secret", "letsencrypt-account", managers=[by("cert-manager-issuers")]), ()),
            (made("Secret", "ingress-nginx-admission", managers=[by("kube-webhook-certgen")]), ()),
            (made("Job", "hook", api_version="batch/v1", managers=[by("helm-controller")]), ()),
            (made("ConfigMap", "c", annotations={"argocd.argoproj.io/compare-options": "IgnoreExtraneous"}), ()),
        ],
        ids=lambda each: str(each.ref) if isinstance(each, Resource) else "",
    )
    def test_hides_it_and_nothing_like_it(self, meta: Resource, beside: tuple[Resource, ...]) -> None:
        """Each with its pair: the same kind, made by hand under another name, is seen."""
        cluster = Cluster([meta, *beside], named={meta.namespace: "x"})
        assert exclusion(meta, cluster.around()) is not None
        assert meta.ref not in [each.ref for each in cluster.strays() if isinstance(each, Unexpected | Orphaned)]
        alike = made(
            meta.kind, "by-hand", meta.namespace, api_version=meta.api_version, managers=[by("kubectl-create")]
        )
        seen = Cluster([alike, *beside], named={meta.namespace: "x"})
        if meta.kind != "ExternalArtifact":  # nobody makes those by hand
            assert exclusion(alike, seen.around()) is None
            assert alike.ref in [each.ref for each in seen.strays() if isinstance(each, Unexpected)]

    def test_each_line_says_what_and_why(self) -> None:
        assert all(each.what and each.reason for each in EXCLUSIONS)
        assert all(each.reason and not each.reason.endswith(".") for each in UNLISTED)
        assert len({each.what for each in EXCLUSIONS}) == len(EXCLUSIONS)

    def test_a_trusted_managers_objects(self) -> None:
        config = made("ConfigMap", "c", managers=[by("acme")])
        assert Cluster([config], trusted=frozenset(("acme",))).strays() == []
        edited = made("ConfigMap", "c", managers=[by("acme"), by("kubectl-edit")])
        assert len(Cluster([edited], trusted=frozenset(("acme",))).strays()) == 1

    def test_a_volume_claim_is_never_excused_by_its_maker(self) -> None:
        left = made("PersistentVolumeClaim", "data-old-0", managers=[by("kube-controller-manager")])
        assert len(Cluster([left]).strays()) == 1

    def test_a_chart_whose_release_is_gone(self) -> None:
        chart = made("HelmChart", "apps-web", api_version="source.toolkit.fluxcd.io/v1", labels=flux_labels(RELEASE))
        assert [type(each) for each in Cluster([chart]).strays()] == [Orphaned]

    def test_kinds_not_looked_for(self) -> None:
        assert unlisted("", "Event")
        assert unlisted("metrics.k8s.io", "PodMetrics")
        assert unlisted("apps", "Deployment") is None
        assert unlisted("", "Secret") is None


class TestRoots:
    def root(self, name: str) -> Resource:
        return kustomization(name, sourceRef={"kind": "GitRepository", "name": name})

    def source(self, name: str) -> Resource:
        return made("GitRepository", name, "flux-system", api_version="source.toolkit.fluxcd.io/v1")

    def test_what_starts_flux_cannot_come_from_flux(self) -> None:
        root, source = self.root("root"), self.source("root")
        config = made("ConfigMap", "c")
        assert Cluster([root, source, config], [held(root, config)], {"flux-system": "x"}).strays() == []

    def test_a_second_one_beside_it_was_made_by_hand(self) -> None:
        root, second, child = self.root("root"), self.root("rogue"), self.root("child")
        objects = [root, self.source("root"), second, child, self.source("child"), self.source("rogue")]
        desired = [held(root, child, self.source("child")), held(second), held(child)]
        found = Cluster(objects, desired, {"flux-system": "x"}).strays()
        assert [str(each.ref) for each in found if isinstance(each, Unexpected)] == [
            "Kustomization/flux-system/rogue",
            "GitRepository/flux-system/rogue",
        ]
