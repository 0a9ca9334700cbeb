"""Where a rule rightly passes although something is bent: each named, with the reason, and the reason is held to.

A rule that is silent and not named here fails; so does an entry nobody needs any more.
"""

from __future__ import annotations

from dataclasses import dataclass

from tests.checks.laws.bends import TEXTS

_STATUS = ("no status", "empty status")
_CONDITIONS = ("null conditions", "no conditions", "conditions of null", "conditions unknown")
_SPOKEN_FOR = ("empty", "unserved", "hollow")


def _of(kind: str, *bends: str) -> tuple[str, ...]:
    return tuple(f"{bend} {kind}" for bend in bends or _SPOKEN_FOR)


def _all(*kinds: str) -> tuple[str, ...]:
    return tuple(bend for kind in kinds for bend in _of(kind))


@dataclass(frozen=True, slots=True)
class Quiet:
    """Some rules that may be silent where some things are bent."""

    rules: tuple[str, ...]
    bends: tuple[str, ...]
    reason: str
    told_by: tuple[str, ...] = ()
    """The rules that then speak of the same object; "" where nothing has to be said."""


_CONTENTS = ("certificate.leaf.other-issuer", "certificate.leaf.other-names", "certificate.secret.unusable")
_SERVED = (
    *("ingress.tls.dangling", "ingress.tls.fake-certificate", "ingress.tls.not-covered"),
    *("ingress.tls.other-leaf", "ingress.tls.untrusted"),
)
_IMAGES = ("image.reference.floating", "image.registry.unexpected")
_CONTROLLERS = (
    *("flux.controller.crash-looping", "flux.controller.oom-killed", "flux.controller.silent"),
    *("flux.controller.unavailable", "flux.controller.version-differs"),
)

QUIET = (
    # What an empty LIST means: nobody else is there to be in the way.
    Quiet(("access.ingress.unguarded",), _of("Ingress"), "no other Ingress guards the Service it leads to"),
    Quiet(("certificate.leaf.expiring", *_SERVED), _of("Certificate"), "a Secret may be filled by hand"),
    Quiet(("sealedsecret.secret.contested",), _all("Certificate", "HelmRelease", "Kustomization"), "no rival is there"),
    Quiet(
        ("flux.namespace.writable",),
        _all("ClusterRole", "ClusterRoleBinding", "RoleBinding", "Deployment", "HelmRelease", "Kustomization"),
        "nobody who is not bound may write; whose accounts Flux's are is told by name where the objects are gone",
    ),
    # Other objects say it as well.
    Quiet(
        ("flux.source.unused",),
        _all(
            "ArtifactGenerator", "GitRepository", "HelmChart", "HelmRelease", "ImageUpdateAutomation", "Kustomization"
        ),
        "the other kinds say that the source is used",
    ),
    Quiet(
        ("flux.alert.watches-nothing",),
        _all("GitRepository", "HelmChart", "HelmRelease", "HelmRepository", "Kustomization"),
        "it watches objects of other kinds as well",
    ),
    Quiet(
        _CONTROLLERS,
        _all("ArtifactGenerator", "ImagePolicy", "ImageRepository", "ImageUpdateAutomation"),
        "objects of these kinds only say which controllers there have to be beside those that are there",
    ),
    # A LIST that only names the one a finding would be told of.
    Quiet(
        (*_IMAGES, "image.release.differs", "image.tag.moved", "image.version.mixed"),
        _of("ReplicaSet", "empty", "unserved", "hollow", "forbidden"),
        "it only says whose a pod is; the image is the pod's own word",
    ),
    Quiet(("workload.quota.exhausted",), _of("Deployment"), "it only says whom a quota that is used up keeps out"),
    Quiet(
        ("policies.policy.needless",),
        _of("ConfigMap", "empty", "unserved", "hollow", "forbidden"),
        "it only says whether an open resource was meant to be open",
    ),
    Quiet(
        ("workspace.object.missing", "workspace.object.outdated"),
        _of("HelmRelease"),
        "the workspace was compared when it was seen; the release is named so that a second look reads it afresh",
    ),
    # Only whether an object is there matters, not what it holds.
    Quiet(
        ("flux.reference.unresolved",),
        tuple(f"hollow {each}" for each in ("Secret", "GitRepository", "HelmRepository", "HelmRelease", "Provider")),
        "a reference resolves when what it names exists",
    ),
    Quiet(
        ("policies.resource.workspace-gone", "policies.resource.workspace-unregistered", "workspace.registry.orphan"),
        ("hollow Namespace",),
        "a workspace is there when its namespace is",
    ),
    Quiet(
        ("certificate.secret.missing", "sealedsecret.secret.missing", "sealedsecret.secret.not-owned"),
        ("hollow Secret",),
        "that a Secret is there, and whose, is said by its metadata; what it holds by another rule",
    ),
    Quiet(
        (*_CONTENTS, *_SERVED, "sealedsecret.key.old"),
        ("hollow Secret",),
        "what a Secret holds is looked at past the seal, by its resourceVersion",
    ),
    Quiet(("certificate.issuer.not-ready",), ("hollow ClusterIssuer",), "it was put to the issuer that is whole"),
    Quiet(
        ("flux.controller.crash-looping", "flux.controller.oom-killed"),
        ("hollow Pod",),
        "pods of which nothing is known do not run, and a controller that says they do is not believed",
        ("unknown",),
    ),
    Quiet(
        ("flux.controller.silent", "flux.controller.version-differs"),
        ("hollow Deployment",),
        "its Lease is kept all the same; what it asks for is not there to be differed from",
        ("flux.controller.differs", "unknown"),
    ),
    Quiet(("flux.controller.silent",), ("hollow Lease",), "its metadata say when it was last written"),
    Quiet(
        ("workload.container.oom-killed", "workload.container.restarting"),
        (*_STATUS, *_CONDITIONS),
        "what became of its containers is the word of its pods",
    ),
    # The status is not what is judged.
    Quiet(
        _IMAGES, (*_STATUS, *_CONDITIONS), "the image is in the spec; the status only says whether the pod has ended"
    ),
    Quiet(("image.release.differs",), (*_STATUS, *_CONDITIONS), "the image is in the pod template, and in the pods"),
    Quiet(
        ("flux.api.deprecated", "flux.reference.unresolved"),
        (*_STATUS, *_CONDITIONS),
        "versions and references are in the spec",
    ),
    Quiet(
        ("flux.api.removed", "flux.request.unhandled"),
        _CONDITIONS,
        "what was delivered is in the inventory, what was handled in lastHandledReconcileAt, what is stored in names",
    ),
    Quiet(
        ("flux.object.stalled",),
        _STATUS,
        "it is not stalled; that nothing is said of it is told",
        ("flux.reconcile.stuck", "unknown", "in flight"),
    ),
    Quiet(
        ("flux.object.stalled", "flux.revision.not-applied"),
        _CONDITIONS,
        "what nothing is said of is not stalled: that it is not Ready is told",
        ("flux.reconcile.stuck", "unknown", "in flight"),
    ),
    Quiet(
        ("gitops.secret.plain",),
        (*_STATUS, *_CONDITIONS),
        "without an inventory it has delivered nothing yet, and conditions say nothing of what it delivered",
        ("flux.reconcile.stuck", "unknown", "in flight"),
    ),
    Quiet(
        ("workload.replicas.unready", "workload.rollout.stopped"),
        _CONDITIONS,
        "the numbers of pods say it, of the present generation",
    ),
    Quiet(("workload.pod.stuck",), _CONDITIONS, "its workload speaks for a pod that does not run"),
    # Told by the rule beside it.
    Quiet(
        _CONTENTS,
        (*_STATUS, *_CONDITIONS, "empty Secret", "unserved Secret"),
        "the same sentence says that it is not issued, or its Secret not there",
        ("certificate.secret.missing", "certificate.issue.not-ready", "unknown"),
    ),
    Quiet(
        ("sealedsecret.secret.keys",),
        (*_STATUS, *_CONDITIONS, "empty Secret", "unserved Secret"),
        "the same sentence says that there is no Secret, or that it was not unsealed",
        ("sealedsecret.secret.missing", "sealedsecret.unseal.failed", ""),
    ),
    Quiet(
        ("sealedsecret.secret.contested",),
        _of("Secret", "empty", "unserved", "hollow"),
        "the same sentence says that there is no Secret; rivals are found by what they deliver",
        ("sealedsecret.secret.missing", ""),
    ),
    Quiet(
        ("sealedsecret.unseal.failed", "sealedsecret.secret.missing"),
        (*_STATUS, "null conditions", "no conditions"),
        "controllers before 0.9 wrote no status: the Secret, owned and with its keys, speaks for them",
    ),
    Quiet(
        ("policies.resource.workspace-unregistered",),
        ("empty Namespace", "unserved Namespace"),
        "the same sentence says that the registered workspaces are gone",
        ("policies.resource.workspace-gone",),
    ),
    # What a status alone promises.
    Quiet(
        ("access.path.open", "access.path.refused", "access.path.shared"),
        ("null content",),
        "of a path the status is all that is promised",
    ),
    Quiet(
        ("access.path.refused",),
        ("empty", "another type", "a login page", "a web page"),
        "what a path holds is its own; that it lets anybody in is said by the rows of who may not",
    ),
    Quiet(
        ("web.endpoint.failing",),
        (
            *("null content", "another type", "a login page", "a web page"),
            *(f"JSON: {name}" for name in TEXTS if name != "no text"),
        ),
        "it answers, with content: where a row promises no more, or a page to log in on, what it holds is its own",
    ),
    Quiet(
        ("processing.deploy.refused",),
        ("already is not answered",),
        "the process was then deployed, listed and described: it was not there before",
    ),
)

THROUGH = {
    "access.discovery.endpoint": "access.discovery.issuer",
    "catalogue.answer.refused": "catalogue.service.unidentified",
    "catalogue.record.unreadable": "catalogue.records.missing",
    "catalogue.repository.empty": "catalogue.records.missing",
    "catalogue.search.incomplete": "catalogue.records.missing",
    "catalogue.search.unfiltered": "catalogue.records.missing",
    "catalogue.version.missing": "catalogue.service.unidentified",
    "drift.field.fought": "drift.field.changed",
    "drift.field.hotfix": "drift.field.changed",
    "drift.preview.deleted": "drift.preview.changed",
    "platform.api.not-served": "flux.source.fetch-failed",
    "platform.object.missing": "workload.replicas.unready",
    "processing.job.unsuccessful": "processing.deploy.refused",
    "processing.undeploy.incomplete": "processing.deploy.refused",
    "web.endpoint.content": "web.endpoint.failing",
    "web.endpoint.content-type": "web.endpoint.failing",
    "web.endpoint.silent": "web.endpoint.failing",
    "web.endpoint.status": "web.endpoint.failing",
    "web.endpoint.unreachable": "web.endpoint.failing",
    "web.endpoint.untrusted": "web.endpoint.failing",
}
"""Rules no sentence is judged by: their findings are told by another rule, which is."""
