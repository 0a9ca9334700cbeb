"""Runs to tell of: an EOEPCA morning after the deploy key was rotated, one of drift, four quieter or stranger ones."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from holdfast.model import (
    Change,
    Deviation,
    Finding,
    Note,
    ObjectCount,
    Owner,
    Ref,
    Remedy,
    Run,
    RunResult,
    ScenarioResult,
    Severity,
    Unknown,
    UnknownCode,
    Verdict,
    fingerprint,
)

NOW = datetime(2026, 10, 14, 3, 2, 11, tzinfo=UTC)
BASELINE = "audits/2026-10-13/findings.json"

GIT = Ref("source.toolkit.fluxcd.io/v1", "GitRepository", "flux-system", "flux-system")
ADES = Ref("helm.toolkit.fluxcd.io/v2", "HelmRelease", "proc", "proc-ades")
MINIO = Ref("helm.toolkit.fluxcd.io/v2", "HelmRelease", "rm", "minio")
LOGIN = Ref("helm.toolkit.fluxcd.io/v2", "HelmRelease", "um", "um-login-service")
SOURCE_CONTROLLER = Ref("apps/v1", "Deployment", "flux-system", "source-controller")
SLACK = Ref("notification.toolkit.fluxcd.io/v1beta3", "Provider", "flux-system", "slack-external")
ALERT = Ref("notification.toolkit.fluxcd.io/v1beta3", "Alert", "flux-system", "alert-slack-external")
UM = Ref("kustomize.toolkit.fluxcd.io/v1", "Kustomization", "flux-system", "user-management")
PORTAL = Ref("helm.toolkit.fluxcd.io/v2", "HelmRelease", "demo", "eoepca-portal")

_RELEASES = (
    *("um/um-identity-service", "um/um-login-service", "um/um-pdp-engine", "um/um-user-profile"),
    *("rm/combined-rm-guard", "rm/data-access", "rm/harbor", "rm/minio", "rm/registration-api"),
    *("rm/resource-catalogue", "rm/workspace-api", "rm/workspace-api-guard"),
    *("proc/proc-ades", "proc/proc-ades-guard", "proc/application-hub", "demo/django-portal"),
)
_STOPPED = (
    "Kustomization/flux-system/flux-system",
    "Kustomization/flux-system/user-management",
    "Kustomization/flux-system/resource-management",
    "Kustomization/flux-system/processing-and-chaining",
    *(f"HelmRelease/{each}" for each in _RELEASES),
)

SOURCES = "features/flux/sources.feature::Git sources are fetched"
APPLIED = "features/flux/kustomizations.feature::Every Kustomization is applied at the fetched revision"
RELEASES = "features/flux/releases.feature::Every HelmRelease is installed and upgraded"
CONTROLLERS = "features/flux/controllers.feature::The controllers run as gotk-components declares them"
ALERTS = "features/flux/alerts.feature::Every alert watches something and can be sent"
REFERENCES = "features/flux/references.feature::Every reference resolves"


def ago(**ago: float) -> datetime:
    return NOW - timedelta(**ago)


def finding(
    rule: str,
    severity: Severity,
    deviation: Deviation,
    summary: str,
    *scenarios: str,
    state: str = "",
    waiver: str = "",
    advice: str = "",
) -> Finding:
    return Finding(
        fingerprint=fingerprint(rule, deviation.ref, deviation.subject, deviation.path),
        rule=rule,
        severity=severity,
        deviation=deviation,
        summary=summary,
        scenarios=scenarios,
        state=state,
        waiver=waiver,
        first_seen=deviation.since or NOW,
        advice=advice,
    )


GIT_AUTH = finding(
    "flux.source.fetch-failed",
    Severity.CRITICAL,
    Deviation(
        GIT,
        expected="Ready=True for generation 4",
        observed="GitOperationFailed: failed to checkout and determine revision: unable to clone "
        "'ssh://git@github.com/EOEPCA/eoepca': ssh: handshake failed: ssh: unable to authenticate, attempted methods "
        "[none publickey], no supported methods remain",
        cause="the Git server rejects the key in Secret flux-system/flux-system: it was rotated or revoked",
        remedy=(
            Remedy(
                "see which public key Flux offers",
                "kubectl get secret flux-system -n flux-system -o jsonpath='{.data.identity\\.pub}' | base64 -d",
            ),
            Remedy(
                "give Flux a new key and register it with GitHub",
                "flux create secret git flux-system --url=ssh://git@github.com/EOEPCA/eoepca",
                writes=True,
                risk="replaces the key: nothing is fetched until GitHub knows the new one",
            ),
        ),
        since=ago(hours=6, minutes=20),
        affects=_STOPPED,
        outlook="retries with growing pauses, at most every 15 min, and keeps the cluster at develop@sha1:4f2a9c1b",
        owner=Owner(
            "Kustomization/flux-system/flux-system", "system/clusters/creodias/system/flux-system/gotk-sync.yaml"
        ),
        source="status of the object",
    ),
    "GitRepository/flux-system/flux-system cannot be fetched",
    SOURCES,
    APPLIED,
    RELEASES,
    state="new",
)

ADES_FAILED = finding(
    "flux.release.upgrade-failed",
    Severity.MAJOR,
    Deviation(
        ADES,
        expected="chart ades@2.0.24 released",
        observed="UpgradeFailed: Helm upgrade failed for release proc/proc-ades with chart ades@2.0.24: "
        "context deadline exceeded",
        cause="Deployment proc/proc-ades did not become ready within 5 min: its image cannot be pulled",
        remedy=(
            Remedy("see the pods of the release", "kubectl get pods -n proc -l app.kubernetes.io/instance=proc-ades"),
            Remedy(
                "let Flux try again once the image is there",
                "flux reconcile helmrelease proc-ades -n proc --reset --force",
                writes=True,
                risk="runs the upgrade again, with its hooks",
            ),
        ),
        since=ago(days=2, hours=3),
        affects=("HelmRelease/proc/proc-ades-guard",),
        changed_by=(
            Change(
                "helm-controller",
                "gitops",
                "Update",
                "",
                ago(days=2, hours=3),
                ("spec.template.spec.containers[name=ades].image",),
            ),
        ),
        outlook="nothing: its 3 retries are used up; 2.0.23 keeps running",
        owner=Owner("Kustomization/flux-system/processing-and-chaining", "processing-and-chaining/hr-proc-ades.yaml"),
        source="status of the object",
    ),
    "HelmRelease/proc/proc-ades is not upgraded",
    RELEASES,
    state="known",
)

MEMORY = finding(
    "flux.controller.resources-changed",
    Severity.MAJOR,
    Deviation(
        SOURCE_CONTROLLER,
        expected="memory limit 2Gi",
        observed="1Gi",
        path="spec.template.spec.containers[name=manager].resources.limits.memory",
        cause="kubectl edit by a person; the Kustomization that would put it back is stopped",
        remedy=(
            Remedy(
                "see who set it",
                "kubectl get deployment.apps/source-controller -n flux-system -o yaml --show-managed-fields",
            ),
        ),
        since=ago(hours=7, minutes=5),
        changed_by=(
            Change("kubectl-edit", "human", "Update", "", ago(hours=7, minutes=5), ("resources.limits.memory",)),
        ),
        outlook="puts 2Gi back at the first reconcile after the source is fetched again",
        source="features/eoepca/controllers.feature",
    ),
    "Deployment/flux-system/source-controller has memory limit 1Gi instead of 2Gi",
    CONTROLLERS,
    state="new",
)

SUSPENDED = finding(
    "flux.object.suspended",
    Severity.MAJOR,
    Deviation(
        MINIO,
        expected="spec.suspend absent or false",
        observed="true",
        cause="somebody suspended it by hand",
        remedy=(
            Remedy(
                "see who", "kubectl get helmrelease.helm.toolkit.fluxcd.io/minio -n rm -o yaml --show-managed-fields"
            ),
            Remedy(
                "let Flux go on",
                "flux resume helmrelease minio -n rm",
                writes=True,
                risk="applies what piled up meanwhile",
            ),
        ),
        since=ago(days=12),
        outlook="nothing until it is resumed",
    ),
    "HelmRelease/rm/minio is suspended",
    RELEASES,
    state="known",
)

DANGLING = finding(
    "flux.reference.missing",
    Severity.MINOR,
    Deviation(
        SLACK,
        expected="Secret flux-system/slack-url-external exists",
        observed="a complete LIST of Secrets does not hold it",
        remedy=(Remedy("look for the SealedSecret", "kubectl get sealedsecret -n flux-system"),),
        affects=("Alert/flux-system/alert-slack-external",),
    ),
    "Provider/flux-system/slack-external names a Secret that does not exist",
    REFERENCES,
    state="known",
    advice="Create what is named (for a Secret: its SealedSecret or ExternalSecret, in Git), or correct the name",
)

NOTHING_WATCHED = finding(
    "flux.alert.watches-nothing",
    Severity.MINOR,
    Deviation(
        ALERT,
        expected="at least one object in eventSources",
        observed="HelmRelease default/proc matches none of 25",
        cause="the namespace is wrong: proc is a namespace, not a release",
        remedy=(Remedy("list what there is", "flux get helmreleases -n proc"),),
        owner=Owner("Kustomization/flux-system/flux-system", "system/clusters/creodias/system/notification.yaml"),
    ),
    "Alert/flux-system/alert-slack-external watches nothing",
    ALERTS,
    state="known",
    advice="Correct kind, namespace and name of spec.eventSources: the namespace defaults to the Alert's own",
)

WAIVED = finding(
    "flux.source.unused",
    Severity.MINOR,
    Deviation(PORTAL, expected="chart version pinned", observed='a range: "<4.5.0"'),
    "HelmRelease/demo/eoepca-portal follows a range of chart versions",
    "features/flux/hygiene.feature::Chart versions are pinned",
    state="waived",
    waiver="demo namespace only, until the portal moves (rconway, expires 2026-12-31)",
)

CLEANER = Ref("apps/v1", "Deployment", "proc", "workflow-cleaner")
CHEESE = Ref("apps/v1", "Deployment", "test", "cheese")
HARVESTER = Ref("apps/v1", "Deployment", "proc", "harvester")
VOLUME = Ref("v1", "PersistentVolumeClaim", "proc", "eoepca-pvc")
NETSHOOT = Ref("v1", "Pod", "rm", "netshoot")
PROC = "Kustomization/flux-system/processing-and-chaining"

SIDECAR = finding(
    "drift.field.foreign",
    Severity.CRITICAL,
    Deviation(
        CLEANER,
        expected="nothing",
        observed='{"name": "debug", "image": "docker.io/library/busybox:1.36"}',
        path="spec.template.spec.containers[name=debug]",
        cause="set by node-fetch (human), at 2026-10-13 21:40:03 UTC; before, it was not there",
        remedy=(
            Remedy("see the field and who holds it", "kubectl get deployment.apps/workflow-cleaner -n proc -o yaml"),
            Remedy(
                "take away exactly this: Flux will not",
                'kubectl patch deployment.apps/workflow-cleaner -n proc --type=json -p \'[{"op":"remove"}]\'',
                writes=True,
                risk="undoes it also where it was done on purpose; its pods are replaced (a rollout)",
            ),
            Remedy(
                "to keep it, commit this\n"
                "# into processing-and-chaining/workflow-cleaner.yaml\n"
                "spec:\n  template:\n    spec:\n      containers:\n        - name: debug\n"
                "          image: docker.io/library/busybox:1.36\n",
                writes=True,
                risk="everywhere this part of Git is applied",
            ),
        ),
        since=ago(hours=5, minutes=22),
        changed_by=(Change("node-fetch", "human", "Update", "", ago(hours=5, minutes=22)),),
        outlook="nothing, ever: Flux takes away only what kubectl added, and this is node-fetch's",
        owner=Owner(PROC, "processing-and-chaining/workflow-cleaner.yaml"),
        source="Git",
    ),
    "Deployment/proc/workflow-cleaner: container `debug` added",
    "features/drift/fields.feature::Nobody has added anything",
)

GONE = finding(
    "drift.object.missing",
    Severity.CRITICAL,
    Deviation(
        CHEESE,
        expected="there, as HelmRelease/test/cheese applied it",
        observed="not there",
        cause="somebody or something has deleted it: a removal leaves no trace of who",
        remedy=(
            Remedy("see what became of it (events are kept for an hour)", "kubectl get events -n test"),
            Remedy(
                "upgrade the release once more",
                "flux reconcile helmrelease cheese -n test --force",
                writes=True,
                risk="a new revision of the whole release, its hooks run",
            ),
            Remedy("if it goes missing again, the API server's audit log says who deletes it"),
        ),
        outlook="nothing: HelmRelease/test/cheese does not look for drift (driftDetection is off); "
        "the next upgrade of the release makes it anew",
        owner=Owner("HelmRelease/test/cheese", "charts/cheese"),
        source="the manifest of release test/cheese v1",
    ),
    "Deployment/test/cheese is missing: HelmRelease/test/cheese had applied it",
    "features/drift/objects.feature::What the HelmReleases installed is there",
)

BLOCKED = finding(
    "drift.apply.blocked",
    Severity.MAJOR,
    Deviation(
        VOLUME,
        expected="5Gi",
        observed="8Gi",
        cause="set by kubectl-edit (human); a volume cannot shrink",
        remedy=(
            Remedy("read what the API server refuses", "kubectl describe pvc/eoepca-pvc -n proc"),
            Remedy(
                "make Git say what the API server has\nspec:\n  resources:\n    requests:\n      storage: 8Gi",
                writes=True,
            ),
            Remedy(
                "or let Flux make it anew, as Git says",
                "kubectl delete pvc/eoepca-pvc -n proc",
                writes=True,
                risk="DATA LOSS: the volume is deleted with it; save its data first",
            ),
        ),
        affects=(PROC,),
        outlook=f"tries every 1 min and is refused each time; nothing else of {PROC} is applied meanwhile",
        owner=Owner(PROC, "processing-and-chaining/pvc.yaml"),
    ),
    f"PersistentVolumeClaim/proc/eoepca-pvc blocks {PROC}: spec.resources.requests.storage changed",
    "features/drift/fields.feature::The API server takes what Git says",
)

HOTFIX = finding(
    "drift.field.hotfix",
    Severity.MINOR,
    Deviation(
        HARVESTER,
        expected="1",
        observed="3",
        path="spec.replicas",
        cause="set by flux-client-side-apply (accepted), not later than 2026-10-14 01:00:00 UTC",
        remedy=(
            Remedy("see the field and who holds it", "kubectl get deployment.apps/harvester -n proc -o yaml"),
            Remedy("to keep it, commit this\nspec:\n  replicas: 3", writes=True),
            Remedy(
                "let Flux put back what Git says now",
                "flux reconcile kustomization processing-and-chaining -n flux-system",
                writes=True,
                risk="undoes it also where it was done on purpose",
            ),
        ),
        outlook="nothing: Flux leaves what its own hotfix manager holds",
    ),
    "Deployment/proc/harvester: replicas: 3, Git says 1",
    "features/drift/fields.feature::Nothing the Kustomizations applied differs from Git",
)

POD = finding(
    "drift.object.unexpected",
    Severity.MINOR,
    Deviation(
        NETSHOOT,
        expected="what lives here comes from Git",
        observed="a Pod no controller keeps",
        cause="made by kubectl-run (human), not later than 2026-10-14 02:50:00 UTC",
        remedy=(
            Remedy("see what it is and who made it", "kubectl get pod/netshoot -n rm -o yaml"),
            Remedy("if it belongs there, add it to Git\nkind: Pod\nmetadata:\n  name: netshoot", writes=True),
            Remedy("if it does not, delete it", "kubectl delete pod/netshoot -n rm", writes=True, risk="it is gone"),
        ),
        since=ago(minutes=12),
        outlook="nothing: Flux does not know of it",
    ),
    "Pod/rm/netshoot is in no Git (kubectl-run made it)",
    "features/drift/objects.feature::Nobody has put anything beside it",
)

_CURE = "kubectl create clusterrolebinding holdfast-secrets --clusterrole=holdfast-secrets --user=auditor"
FORBIDDEN = tuple(
    Unknown(
        UnknownCode.FORBIDDEN,
        f"Secret/{where}",
        'secrets is forbidden: User "auditor" cannot list resource "secrets" at the cluster scope',
        _CURE,
    )
    for where in ("um/identity-api", "rm/cache-access-secret", "flux-system/slack-url", "flux-system/flux-system")
)
TIMED_OUT = Unknown(
    UnknownCode.TIMEOUT,
    "Bucket/rm/eo-products",
    "GET …/buckets gave no answer within 10 s, three times",
    "holdfast audit eoepca --deadline 10m",
)
ACCEPTED = Unknown(
    UnknownCode.NO_RENDERER,
    "HelmRelease/rm/data-access",
    "no helm on PATH",
    "apt-get install helm",
    "audited nightly elsewhere",
)


def scenario(
    nodeid: str,
    verdict: Verdict,
    *findings: Finding,
    unknown: tuple[Unknown, ...] = (),
    reason: str = "",
    tags: tuple[str, ...] = ("daily", "flux"),
) -> ScenarioResult:
    feature, _, name = nodeid.rpartition("/")[2].partition("::")
    title = {"sources": "Flux delivers what Git says", "alerts": "Flux says when something is wrong"}.get(
        feature.removesuffix(".feature"), f"Flux: {feature.removesuffix('.feature')}"
    )
    prints = tuple(each.fingerprint for each in findings)
    return ScenarioResult(title, name, nodeid, tags, verdict, 0.041, prints, unknown, reason)


RUN = Run(
    id="4c1d9e0a7b32",
    started=NOW - timedelta(seconds=2.34),
    finished=NOW,
    holdfast="0.1.0",
    cluster={
        "id": "5d3c1a60-6a0f-4c1b-9d1f-0f6f6f4f0d3e",
        "context": "creodias",
        "server": "https://api.creodias.example:6443",
        "version": "v1.35.4",
    },
    platform="eoepca",
    tags=("daily",),
    baseline=BASELINE,
    facts={
        "flux": "v2.9.1",
        "controllers": {
            "helm-controller": "ghcr.io/fluxcd/helm-controller:v1.6.4",
            "source-controller": "ghcr.io/fluxcd/source-controller:v1.9.3",
        },
        "apis": {"source.toolkit.fluxcd.io": ["v1"]},
        "reconciles": {"Kustomization/flux-system/flux-system": 1.25},
    },
)


def morning() -> RunResult:
    """Three o'clock: the Git key is rejected since yesterday evening, and there are older sins."""
    return RunResult(
        run=RUN,
        verdict=Verdict.DEVIATES,
        exit=1,
        reason="6 findings at or above minor, and 5 could not be judged",
        scenarios=(
            scenario(SOURCES, Verdict.DEVIATES, GIT_AUTH),
            scenario(APPLIED, Verdict.DEVIATES, GIT_AUTH),
            scenario(RELEASES, Verdict.DEVIATES, GIT_AUTH, ADES_FAILED, SUSPENDED, unknown=(ACCEPTED,)),
            scenario(CONTROLLERS, Verdict.DEVIATES, MEMORY),
            scenario(ALERTS, Verdict.DEVIATES, NOTHING_WATCHED),
            scenario(REFERENCES, Verdict.DEVIATES, DANGLING, unknown=FORBIDDEN),
            scenario("features/flux/sources.feature::Buckets are fetched", Verdict.UNKNOWN, unknown=(TIMED_OUT,)),
            scenario("features/flux/hygiene.feature::Chart versions are pinned", Verdict.WAIVED, WAIVED),
            scenario("features/flux/sources.feature::Helm repositories are indexed", Verdict.CONFORMS),
            scenario(
                "features/flux/sources.feature::OCI repositories are pulled",
                Verdict.NOT_APPLICABLE,
                reason="there is no OCIRepository here, and none is expected",
            ),
            scenario(
                "features/flux/logs.feature::No controller logs an error",
                Verdict.NOT_ASKED,
                reason="needs --allow logs",
                tags=("flux", "weekly"),
            ),
        ),
        findings=(GIT_AUTH, ADES_FAILED, MEMORY, SUSPENDED, DANGLING, NOTHING_WATCHED, WAIVED),
        coverage=77,
        objects=ObjectCount(expected=112, compared=107, unknown=5),
        requests={"get": 9, "list": 31, "watch": 0, "selfsubjectreview": 1},
        notes=(
            Note("in-flight", UM, "the new revision is being applied, for 12 s; its limit is 1 min"),
            Note("lint", ALERT, "eventSources names a namespace twice"),
        ),
        fixed=("HelmRepository/common/harbor cannot be indexed",),
    )


def healthy() -> RunResult:
    """Nothing to say, and everything was looked at."""
    names = (SOURCES, APPLIED, RELEASES, CONTROLLERS, ALERTS, REFERENCES)
    return RunResult(
        run=replace(RUN, baseline=None),
        verdict=Verdict.CONFORMS,
        exit=0,
        reason="nothing deviates, everything asked was judged",
        scenarios=tuple(scenario(each, Verdict.CONFORMS) for each in names),
        findings=(),
        coverage=100,
        objects=ObjectCount(expected=112, compared=112),
        requests={"get": 2, "list": 31, "watch": 0, "selfsubjectreview": 1},
    )


def drifted() -> RunResult:
    """Everything is Ready, and hands have been at work."""
    met = (SIDECAR, GONE, BLOCKED, HOTFIX, POD)
    return RunResult(
        run=replace(RUN, baseline=None),
        verdict=Verdict.DEVIATES,
        exit=1,
        reason="5 findings at or above minor",
        scenarios=(
            *(scenario(each.scenarios[0], Verdict.DEVIATES, each, tags=("daily", "drift")) for each in met),
            scenario(
                "features/drift/preview.feature::The branch of --git-ref can be merged",
                Verdict.NOT_ASKED,
                reason="needs --git-ref BRANCH",
            ),
        ),
        findings=met,
        coverage=100,
        objects=ObjectCount(expected=200, compared=200),
        requests={"get": 18, "list": 59},
        notes=(
            Note("drift-pending", UM, "on its way to another revision: compared with what was applied last"),
            Note("drift-ignored", MINIO, "spec.replicas differs, and may: driftDetection.ignore"),
            Note("drift-ignored", ADES, "not compared: helm.toolkit.fluxcd.io/driftDetection: disabled"),
            Note("not-previewed", PORTAL, "spec.values changes: what the chart renders with it is not previewed"),
        ),
    )


def nothing_judged() -> RunResult:
    """No scenario applies: that is not green."""
    why = "there is no Bucket here, and none is expected"
    return RunResult(
        run=replace(RUN, baseline=None, platform="flux"),
        verdict=Verdict.UNKNOWN,
        exit=10,
        reason="no scenario applies here, so nothing was judged",
        scenarios=(scenario("features/flux/sources.feature::Buckets are fetched", Verdict.NOT_APPLICABLE, reason=why),),
        findings=(),
        coverage=0,
        objects=ObjectCount(),
        requests={"list": 1},
    )


def unreachable() -> RunResult:
    """The API server refuses from the start."""
    problem = Unknown(
        UnknownCode.UNREACHABLE,
        "API server",
        "https://api.creodias.example:6443 refuses the connection",
        "kubectl --context creodias version",
    )
    return RunResult(
        run=replace(
            RUN,
            baseline=None,
            cluster={"id": "", "context": "creodias", "server": RUN.cluster["server"], "version": ""},
        ),
        verdict=Verdict.UNKNOWN,
        exit=10,
        reason="coverage 0 is below 100",
        scenarios=tuple(scenario(each, Verdict.UNKNOWN, unknown=(problem,)) for each in (SOURCES, APPLIED, RELEASES)),
        findings=(),
        coverage=0,
        objects=ObjectCount(),
        requests={"get": 3},
    )


def interrupted() -> RunResult:
    """Ctrl-C after the first scenario."""
    rest = Unknown(
        UnknownCode.DEADLINE, "the scenarios not reached", "the run ended before this was judged", "run it again"
    )
    return RunResult(
        run=replace(RUN, baseline=None),
        verdict=Verdict.UNKNOWN,
        exit=2,
        reason="the run was interrupted; what was found so far is in the report",
        scenarios=(
            scenario(SOURCES, Verdict.DEVIATES, replace(GIT_AUTH, state="")),
            scenario(APPLIED, Verdict.UNKNOWN, unknown=(rest,)),
        ),
        findings=(replace(GIT_AUTH, state="", scenarios=(SOURCES,)),),
        coverage=50,
        objects=ObjectCount(expected=1, compared=1),
        requests={"list": 3, "selfsubjectreview": 1},
    )


RUNS = {
    "morning": morning,
    "drifted": drifted,
    "healthy": healthy,
    "nothing-judged": nothing_judged,
    "unreachable": unreachable,
    "interrupted": interrupted,
}
