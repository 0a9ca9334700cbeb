"""The classifier: every row meets a message a controller really writes.

``RECORDED`` are objects of the lab. ``WRITTEN`` are messages put together as the controllers' source does (named beside
each group), for what a testbed cannot produce.
"""

from __future__ import annotations

import re

import pytest

from holdfast.checks.flux.causes import Row
from holdfast.checks.flux.classify import ROWS, classify
from holdfast.checks.flux.state import State, read_state
from holdfast.model import Condition, Ref
from tests.checks.flux_delivery.recorded import lab

RECORDED = [
    ("GitRepository", "secret-missing", "S1", "authentication", "(lab/absent) does not exist"),
    ("HelmRepository", "nosecret", "S1", "authentication", "(lab/absent) does not exist"),
    ("OCIRepository", "nosecret", "S1", "authentication", "(lab/absent) does not exist"),
    ("Bucket", "nosecret", "S1", "authentication", "(lab/absent) does not exist"),
    ("GitRepository", "secret-malformed", "S2", "authentication", "a key is missing"),
    ("GitRepository", "ssh-bad", "S2", "authentication", "a key is missing"),
    ("GitRepository", "provider", "S4", "stalled", "spec.provider"),
    ("GitRepository", "url-invalid", "S5", "clone", "spec.url"),
    ("HelmRepository", "badurl", "S5", "clone", "spec.url"),
    ("OCIRepository", "badurl", "S5", "clone", "spec.url"),
    ("GitRepository", "branch-missing", "S6", "clone", "branch 'nowhere' does not exist"),
    ("GitRepository", "tag-missing", "S6", "clone", "tag 'v9' does not exist"),
    ("GitRepository", "semver-missing", "S6", "clone", "in the range '>=9.0.0'"),
    ("GitRepository", "commit-missing", "S6", "clone", "(abcdef0123456789012345678901234567890123)"),
    ("GitRepository", "ref-missing", "S6", "clone", "(refs/pull/1/head)"),
    ("GitRepository", "repo-missing", "S7", "clone", "not found"),
    ("GitRepository", "host-missing", "S8", "clone", "DNS does not know the host of the Git server (git.invalid)"),
    ("GitRepository", "refused", "S8", "clone", "nothing listens where the Git server should be (127.0.0.1:1)"),
    ("GitRepository", "server-s503", "S8", "clone", "the Git server answers with an error (503)"),
    ("GitRepository", "server-login", "S8", "clone", "not a Git server"),
    ("HelmRepository", "down", "S8", "clone", "nothing listens"),
    ("HelmRepository", "dns", "S8", "clone", "(charts.invalid)"),
    ("HelmChart", "lab-oci-chart", "S8", "clone", "nothing listens where the repository should be"),
    ("OCIRepository", "refused", "S8", "clone", "nothing listens where the repository should be"),
    ("Bucket", "refused", "S8", "clone", "nothing listens where the repository should be"),
    ("GitRepository", "server-hang", "S9", "timeout", "longer than spec.timeout"),
    ("GitRepository", "verify", "S11", "verification", "not signed"),
    ("GitRepository", "verify2", "S11", "verification", "not signed"),
    ("GitRepository", "include-missing", "S13", "dependency", "('absent')"),
    ("GitRepository", "include-empty", "S13", "dependency", "('branch-missing')"),
    ("HelmRepository", "404", "S14", "clone", "no index.yaml"),
    ("HelmChart", "lab-version-missing", "S15", "chart", "no version '9.9.9' of chart 'cheese'"),
    ("HelmChart", "lab-chart-missing", "S15", "chart", "no chart of this name"),
    ("HelmChart", "lab-path-missing", "S15", "chart", "does not lead to a chart"),
    ("HelmChart", "lab-repo-missing", "S15", "dependency", "does not exist"),
    ("HelmChart", "lab-repo-down", "S15", "dependency", "nothing fetched (HelmRepository source 'down')"),
    ("Bucket", "down", "S16", "clone", "could not be listed"),
    ("Kustomization", "source-failed", "K1", "dependency", "nothing fetched"),
    ("Kustomization", "source-missing", "K2", "dependency", "'absent'"),
    ("Kustomization", "path-missing", "K4", "path", "path 'nowhere'"),
    ("Kustomization", "badyaml", "K5", "validation", "do not build"),
    ("Kustomization", "badkust", "K5", "validation", "do not build"),
    ("Kustomization", "nokind", "K5", "validation", "do not build"),
    ("Kustomization", "subst", "K6", "validation", "a variable of postBuild in ConfigMap"),
    ("Kustomization", "subst-from", "K6", "validation", "a variable of postBuild"),
    ("Kustomization", "sops-nokey", "K6", "validation", "cannot be decrypted"),
    ("Kustomization", "nocrd", "K7", "apply", "does not know Widget in example.org/v1"),
    ("Kustomization", "nons", "K7", "apply", "namespace 'nowhere'"),
    ("Kustomization", "nonsdefault", "K7", "apply", "what ConfigMap/w needs"),
    ("Kustomization", "immutable", "K8", "apply", "a field of Job/lab/imm that cannot be changed"),
    ("Kustomization", "quota", "K8", "apply", "quota (q) is used up: ConfigMap/labquota/q2"),
    ("Kustomization", "denied", "K8", "apply", "refuses ConfigMap/labdeny/d1 (policy lab-deny)"),
    ("Kustomization", "pss", "K8", "apply", "an admission rule refuses Pod/labpss/p1"),
    ("Kustomization", "invalid", "K8", "validation", "refuses Deployment/lab/w: the manifest does not fit"),
    ("Kustomization", "rbac", "K8", "apply", "may not write ConfigMap/lab/rbac"),
    ("Kustomization", "kubeconfig", "K9", "apply", "spec.kubeConfig"),
    ("Kustomization", "health", "K11", "health", "Deployment/lab/never status: 'Failed'"),
    ("Kustomization", "health-missing", "K10", "health", "Deployment/lab/absent status: 'NotFound'"),
    ("Kustomization", "dep-missing", "K13", "dependency", "'lab/absent' it depends on does not exist"),
    ("Kustomization", "dep-failed", "K13", "dependency", "'lab/path-missing' it depends on is not ready"),
    ("Kustomization", "expr-false", "K13", "dependency", "readyExpr"),
    ("Kustomization", "cel-bad", "K15", "stalled", "invalid CEL expression"),
    ("Kustomization", "expr-bad", "K15", "stalled", "invalid CEL expression"),
    ("HelmRelease", "chartref-missing", "H1", "dependency", "does not exist"),
    ("HelmRelease", "repo-down", "H2", "dependency", "HelmChart 'lab/lab-repo-down' is not ready"),
    ("HelmRelease", "chartref", "H2", "dependency", "OCIRepository 'lab/down' is not ready"),
    ("HelmRelease", "dep-missing", "H3", "dependency", "'lab/absent' it depends on does not exist"),
    ("HelmRelease", "dep-failed", "H3", "dependency", "'lab/template' it depends on is not ready"),
    ("HelmRelease", "values-missing", "H4", "values", "ConfigMap 'lab/absent' with key 'values.yaml'"),
    ("HelmRelease", "values-key", "H4", "values", "with key 'nokey'"),
    ("HelmRelease", "template", "H5", "validation", "does not render"),
    ("HelmRelease", "crd", "H5", "apply", "does not know Widget in example.org/v1"),
    ("HelmRelease", "hook", "H5", "hook", "(pre-install) failed"),
    ("HelmRelease", "unhealthy", "H5", "health", "Deployment/lab/unhealthy status: 'InProgress'"),
    ("HelmRelease", "up-failed", "H5", "health", "did not become ready"),
    ("HelmRelease", "up-invalid", "H5", "apply", "API server refuses"),
    ("HelmRelease", "up-rollback", "H6", "remediated", "was rolled back"),
]

SUCCEEDED = "Helm {} failed for release rm/minio with chart minio@5.0.7: {}"

WRITTEN = [
    # source-controller 1.9.3, internal/controller/*_controller.go; internal/helm/{chart,repository,getter}
    (
        "HelmRepository",
        "Failed",
        "failed to fetch Helm repository index: failed to cache index to temporary file: "
        "failed to fetch https://charts.example.org/index.yaml : 401 Unauthorized",
        "S3",
        "refused the credential",
    ),
    (
        "HelmChart",
        "AuthenticationFailed",
        "failed to authenticate with the Helm repository: chart pull error: failed to "
        "download chart for remote reference: failed to fetch https://x/c-1.0.0.tgz : 401 Unauthorized",
        "S3",
        "refused",
    ),
    (
        "OCIRepository",
        "OCIArtifactPullFailed",
        "failed to determine artifact digest: GET https://ghcr.io/v2/x: UNAUTHORIZED: authentication required",
        "S3",
        "refused the credential",
    ),
    (
        "Bucket",
        "BucketOperationFailed",
        "failed to confirm existence of 'things' bucket: Access Denied.",
        "S3",
        "refused",
    ),
    (
        "HelmChart",
        "AuthenticationFailed",
        "failed to authenticate with the Helm repository: chart pull error: failed to "
        'download chart for remote reference: Get "https://x/c.tgz": tls: failed to verify certificate: '
        "x509: certificate "
        "signed by unknown authority",
        "S8",
        "TLS certificate of the repository is not trusted",
    ),
    (
        "HelmRepository",
        "Failed",
        "failed to fetch Helm repository index: failed to cache index to temporary file: "
        "failed to fetch https://charts.example.org/index.yaml : 503 Service Unavailable",
        "S8",
        "answers with an error (503)",
    ),
    (
        "GitRepository",
        "GitOperationFailed",
        "failed to checkout and determine revision: unable to list remote for 'https://x/y.git': "
        'Get "https://x/y.git/info/refs?service=git-upload-pack": dial tcp 10.0.0.1:443: i/o timeout',
        "S8",
        "could not be reached",
    ),
    (
        "GitRepository",
        "GitOperationFailed",
        "failed to checkout and determine revision: unable to list remote for 'https://x/y.git': "
        'Get "https://x/y.git/info/refs?service=git-upload-pack": tls: failed to verify certificate: x509: certificate '
        "has expired or is not yet valid",
        "S8",
        "TLS certificate of the Git server is not trusted",
    ),
    (
        "GitRepository",
        "GitOperationFailed",
        "failed to checkout and determine revision: unable to list remote for 'http://127.0.0.1/x.git': "
        "remote repository is empty",
        "S10",
        "holds no commit",
    ),
    (
        "OCIRepository",
        "OCIArtifactPullFailed",
        'failed to determine artifact digest: Get "https://ghcr.io/v2/": dial tcp: connect: network is unreachable',
        "S8",
        "could not be reached",
    ),
    (
        "GitRepository",
        "GitOperationFailed",
        "failed to checkout and determine revision: unable to clone "
        "'ssh://git@github.com/EOEPCA/eoepca': ssh: handshake failed: knownhosts: key mismatch",
        "S3",
        "host key",
    ),
    (
        "GitRepository",
        "GitOperationFailed",
        "failed to checkout and determine revision: unable to list remote for "
        "'ssh://git@github.com/EOEPCA/eoepca': ssh: handshake failed: ssh: unable to authenticate, attempted "
        "methods [none "
        "publickey], no supported methods remain",
        "S3",
        "refused the credential",
    ),
    (
        "GitRepository",
        "AuthenticationFailed",
        "SSH identity key is encrypted but no 'password' field was provided in the secret 'flux-system/flux-system'",
        "S2",
        "a key is missing",
    ),
    (
        "GitRepository",
        "GitOperationFailed",
        "failed to checkout and determine revision: basic auth cannot be sent over HTTP",
        "S2",
        "does not fit the URL",
    ),
    (
        "GitRepository",
        "FeatureGateDisabled",
        "to use spec.serviceAccountName for provider authentication please enable "
        "the ObjectLevelWorkloadIdentity feature gate in the controller",
        "S4",
        "spec.provider",
    ),
    ("GitRepository", "EmptyGitRepository", "git repository is empty", "S10", "no commit"),
    (
        "GitRepository",
        "InvalidGitObject",
        "cannot verify signature of tag 'v1' since it is not signed",
        "S11",
        "signed",
    ),
    (
        "HelmChart",
        "ChartVerificationError",
        "chart verification error: failed to verify oci://x/c: no matching signatures were found for 'x/c:1.0.0'",
        "S11",
        "signed",
    ),
    (
        "GitRepository",
        "ArchiveOperationFailed",
        "unable to archive artifact to storage: open /data/gitrepository/x: no space left on device",
        "S12",
        "volume",
    ),
    ("HelmChart", "ReadOperationFailed", "failed to open source artifact: open /data/x: no such file", "S12", "volume"),
    (
        "HelmRepository",
        "IndexationFailed",
        "failed to load Helm repository from index YAML: failed to load index: error "
        "converting YAML to JSON: yaml: line 3: mapping values are not allowed in this context",
        "S14",
        "cannot be read",
    ),
    (
        "HelmRepository",
        "Failed",
        "failed to fetch Helm repository index: index exceeds the maximum index file size of 52428800 bytes",
        "S14",
        "could not be fetched",
    ),
    (
        "HelmChart",
        "ChartPullError",
        "chart pull error: failed to download chart for remote reference: chart 'x' has no downloadable URLs",
        "S15",
        "could not be downloaded",
    ),
    (
        "HelmChart",
        "ValuesFilesError",
        "values files merge error: no values file found at path 'prod.yaml'",
        "S15",
        "cannot be built",
    ),
    (
        "OCIRepository",
        "OCIArtifactPullFailed",
        "failed to determine artifact digest: GET https://ghcr.io/v2/x/manifests/"
        "v9: MANIFEST_UNKNOWN: manifest unknown",
        "S16",
        "no such artifact",
    ),
    (
        "OCIRepository",
        "ReadOperationFailed",
        "failed to determine the artifact tag for 'oci://ghcr.io/archive/storage': no match found for semver: >=9",
        "S16",
        "no such artifact",
    ),
    (
        "OCIRepository",
        "OCIArtifactLayerOperationFailed",
        "failed to find layer with media type 'x' in artifact",
        "S16",
        "not one Flux can unpack",
    ),
    ("Bucket", "BucketOperationFailed", "bucket 'things' not found", "S16", "bucket 'things' does not exist"),
    (
        "GitRepository",
        "GitOperationFailed",
        "failed to checkout and determine revision: unable to clone 'http://git.testbed/s403.git': "
        "authorization failed: "
        "testbed answers 403",
        "S3",
        "refused the credential",
    ),
    (
        "GitRepository",
        "GitOperationFailed",
        "failed to checkout and determine revision: unable to clone 'http://git.testbed/auth.git': authentication "
        "required: authentication required",
        "S3",
        "refused the credential",
    ),
    # kustomize-controller 1.9.5, internal/controller/kustomization_controller.go, decryptor; pkg/http/fetch, ssa
    (
        "Kustomization",
        "AccessDenied",
        "can't access 'GitRepository/other/x', cross-namespace references have been blocked",
        "K4b",
        "'GitRepository/other/x'",
    ),
    (
        "Kustomization",
        "ArtifactFailed",
        "kustomization path not found: lstat x: no such file or directory",
        "K4",
        "spec.path does not exist",
    ),
    (
        "Kustomization",
        "ArtifactFailed",
        "failed to download archive: GET http://source-controller.flux-system.svc."
        "cluster.local./gitrepository/x.tar.gz giving up after 10 attempt(s): dial tcp 10.0.0.1:80: connect: "
        "connection "
        "refused",
        "K3",
        "taken over from source-controller",
    ),
    (
        "Kustomization",
        "ArtifactFailed",
        "failed to verify archive: computed digest doesn't match provided 'sha256:0' "
        "(check whether file size exceeds max download size)",
        "K3",
        "the copy is damaged",
    ),
    ("Kustomization", "ArtifactFailed", "Source is not ready, artifact not found, retrying in 30s", "K1", "nothing"),
    (
        "Kustomization",
        "ArtifactFailed",
        "unable to get source 'flux-system/flux-system': Get \"https://10.0.0.1\": EOF",
        "K2",
        "cannot be read by the controller",
    ),
    (
        "Kustomization",
        "BuildFailed",
        "decryption failed for 'Secret.v1/x': failed to decrypt and format 'um/x' Secret "
        "field 'a': cannot get sops data key",
        "K6",
        "cannot be decrypted",
    ),
    ("Kustomization", "BuildFailed", "recovered from kustomize build panic", "K5", "do not build"),
    (
        "Kustomization",
        "ReconciliationFailed",
        "Deployment/um/x dry-run failed (InternalError): Internal error occurred: "
        'failed calling webhook "validate.nginx.ingress.kubernetes.io": no endpoints available',
        "K8",
        "does not answer",
    ),
    (
        "Kustomization",
        "ReconciliationFailed",
        "Deployment/um/x dry-run failed (FieldManagerConflict): Apply failed with "
        '1 conflict: conflict with "kubectl" using apps/v1: .spec.replicas',
        "K8",
        "owns a field of Deployment/um/x",
    ),
    (
        "Kustomization",
        "ReconciliationFailed",
        'admission webhook "policy.example.org" denied the request: no',
        "K8",
        "(webhook policy.example.org)",
    ),
    (
        "Kustomization",
        "ReconciliationFailed",
        "Deployment/um/x dry-run failed (TooManyRequests): slow down",
        "K8",
        "the API server refuses Deployment/um/x",
    ),
    (
        "Kustomization",
        "ReconciliationFailed",
        "Secret/um/x is SOPS encrypted, configuring decryption is required for this secret to be reconciled",
        "K9",
        "Secret/um/x is encrypted",
    ),
    (
        "Kustomization",
        "ReconciliationFailed",
        "Deployment/um/x apply failed: etcdserver: request timed out",
        "K9",
        "not the change to Deployment/um/x",
    ),
    (
        "Kustomization",
        "HealthCheckFailed",
        "health check failed after 1.2s: failed early due to stalled resources: [Job/um/x status: 'Failed']",
        "K11",
        "failed: Job/um/x status: 'Failed'",
    ),
    ("Kustomization", "HealthCheckFailed", "", "K10", "not healthy"),
    ("Kustomization", "HealthCheckCanceled", "New reconciliation triggered by GitRepository/x/y", "K12", "starts over"),
    (
        "Kustomization",
        "PruneFailed",
        "delete failed, errors: Deployment/um/x delete failed: forbidden",
        "K14",
        "could not be deleted: Deployment/um/x delete failed",
    ),
    (
        "Kustomization",
        "DirectoryCreationFailed",
        "tmp dir error: mkdir /tmp/kustomization-1: read-only file system",
        "K16",
        "disk",
    ),
    # helm-controller 1.6.4, internal/controller/helmrelease_controller.go, reconcile; Helm 4 pkg/action, kube
    ("HelmRelease", "ArtifactFailed", "Source not ready: artifact not found. Retrying in 30s", "H1", "nothing fetched"),
    (
        "HelmRelease",
        "ArtifactFailed",
        "Could not load chart: failed to download chart from 'http://x' (status: 502 Bad Gateway)",
        "H1",
        "taken over from source-controller",
    ),
    (
        "HelmRelease",
        "ValuesError",
        "unable to merge value from key 'a' in Secret 'x' into target path",
        "H4",
        "cannot be put together",
    ),
    (
        "HelmRelease",
        "UpgradeFailed",
        SUCCEEDED.format("upgrade", "another operation (install/upgrade/rollback) is in progress"),
        "H5",
        "another Helm operation",
    ),
    (
        "HelmRelease",
        "InstallFailed",
        SUCCEEDED.format(
            "install",
            'unable to continue with install: ConfigMap "x" in '
            'namespace "rm" exists and cannot be imported into the current release: invalid ownership metadata',
        ),
        "H5",
        'ConfigMap "x" in namespace "rm"',
    ),
    (
        "HelmRelease",
        "InstallFailed",
        SUCCEEDED.format(
            "install", "resource Deployment/rm/minio not ready. status: InProgress, message: Available: 0/1"
        ),
        "H5",
        "Deployment/rm/minio is InProgress",
    ),
    ("HelmRelease", "UpgradeFailed", SUCCEEDED.format("upgrade", "context deadline exceeded"), "H5", "spec.timeout"),
    (
        "HelmRelease",
        "UpgradeFailed",
        SUCCEEDED.format("upgrade", "pre-upgrade hooks failed: 1 error occurred: * job x failed: BackoffLimitExceeded"),
        "H5",
        "(pre-upgrade)",
    ),
    ("HelmRelease", "InstallFailed", SUCCEEDED.format("install", "something new"), "H5", "helm install failed"),
    ("HelmRelease", "UpgradeFailed", SUCCEEDED.format("upgrade", "something new"), "H5", "helm upgrade failed"),
    (
        "HelmRelease",
        "RollbackFailed",
        "Helm rollback to previous release rm/minio.v1 with chart minio@5.0.7 failed: x",
        "H6",
        "failed too",
    ),
    (
        "HelmRelease",
        "UninstallSucceeded",
        "Helm uninstall remediation for release rm/minio.v1 with chart minio@5.0.7 succeeded",
        "H6",
        "uninstalled",
    ),
    ("HelmRelease", "TestFailed", "Helm test failed for release rm/minio.v1 with chart minio@5.0.7: x", "H8", "tests"),
    ("HelmRelease", "HealthCheckCanceled", "New reconciliation triggered by HelmChart/x/y", "H10", "starts over"),
    (
        "HelmRelease",
        "AccessDenied",
        "cannot access 'HelmChart/x/y': cross-namespace references have been blocked",
        "H10",
        "cross-namespace",
    ),
    (
        "HelmRelease",
        "InvalidCELExpression",
        "Reconciliation failed terminally due to configuration error: x",
        "H10",
        "CEL",
    ),
    ("HelmRelease", "StateError", "Could not determine release state: secrets is forbidden", "H10", "rights"),
    # reasons of Flux 0.24 to 0.41 and of Azure Arc's older extensions (apis of those releases)
    ("HelmRelease", "UpgradeFailed", "upgrade retries exhausted", "H7", "retries to upgrade are used up"),
    (
        "HelmRelease",
        "ReconciliationFailed",
        "Helm upgrade failed: timed out waiting for the condition\n\nLast Helm logs:\n",
        "H5",
        "did not become ready",
    ),
    ("HelmChart", "ChartPullFailed", "no 'ades' chart with version matching '9' found", "S15", "version '9'"),
    ("Kustomization", "ValidationFailed", "validation failed: error validating data", "K5", "do not build"),
]


@pytest.mark.parametrize(("kind", "name", "row", "word", "said"), RECORDED, ids=lambda each: str(each)[:40])
def test_a_recorded_failure_is_classified(kind: str, name: str, row: str, word: str, said: str) -> None:
    failed = _failed(kind, name)
    cause = classify(lab(kind, name).ref, failed)
    assert (cause.row, cause.word) == (row, word)
    assert said in cause.text


@pytest.mark.parametrize(("kind", "reason", "message", "row", "said"), WRITTEN, ids=lambda each: str(each)[:40])
def test_a_message_of_the_source_is_classified(kind: str, reason: str, message: str, row: str, said: str) -> None:
    cause = classify(_ref(kind), _condition(reason, message))
    assert cause.row == row
    assert said in cause.text


@pytest.mark.parametrize(
    ("type_", "reason", "message", "row"),
    [
        ("Stalled", "RetriesExceeded", "Failed to install after 1 attempt(s)", "H7"),
        ("Stalled", "MissingRollbackTarget", "Failed to perform remediation: missing target release", "H7"),
        ("Drifted", "DriftDetected", "Cluster state of release rm/minio.v1 has drifted from the desired state:", "H9"),
    ],
)
def test_a_condition_of_its_own_is_classified(type_: str, reason: str, message: str, row: str) -> None:
    condition = Condition(type_, "True", reason, message, 1, None)
    assert classify(_ref("HelmRelease"), condition).row == row


def test_what_no_row_knows_stays_visible() -> None:
    cause = classify(_ref("Kustomization"), _condition("BrandNewReason", "a thing\nnobody has seen"))
    assert cause.row == ""
    assert cause.text == "unclassified: BrandNewReason: a thing nobody has seen"
    assert [each.command for each in cause.remedy] == [
        "kubectl describe kustomization.kustomize.toolkit.fluxcd.io/x -n flux-system"
    ]


def test_a_stall_is_explained_by_the_row_of_the_failure_it_repeats() -> None:
    stalled = lab("GitRepository", "url-invalid").find_condition("Stalled")
    assert stalled is not None
    assert classify(_ref("GitRepository"), stalled).row == "S5"


def test_every_row_is_met() -> None:
    met = {_row(kind, _failed(kind, name)) for kind, name, *_ in RECORDED}
    met |= {_row(kind, _condition(reason, message)) for kind, reason, message, *_ in WRITTEN}
    own = {index for index, row in enumerate(ROWS) if row.condition != "Ready"}
    assert [f"{each.id} {each.cause}" for index, each in enumerate(ROWS) if index not in met | own] == []


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.id}-{row.cause[:30]}")
def test_a_remedy_looks_before_it_writes_and_names_its_risk(row: Row) -> None:
    remedies = row.remedy
    assert remedies
    assert all(each.command for each in remedies)
    assert all(bool(each.risk) == each.writes for each in remedies)
    assert not remedies[0].writes or len(remedies) == 1


@pytest.mark.parametrize(("kind", "name"), [(kind, name) for kind, name, *_ in RECORDED])
def test_no_hole_is_left_open(kind: str, name: str) -> None:
    cause = classify(lab(kind, name).ref, _failed(kind, name))
    told = " ".join((cause.text, *(each.command for each in cause.remedy)))
    assert "<" not in re.sub(r"[<>]=?\d", "", told)
    assert " ? " not in told


def _failed(kind: str, name: str) -> Condition:
    state: State = read_state(lab(kind, name))
    assert state.condition is not None
    return state.condition


def _condition(reason: str, message: str) -> Condition:
    return Condition("Ready", "False", reason, message, 1, None)


def _row(kind: str, condition: Condition) -> int:
    return next(
        i for i, row in enumerate(ROWS) if row.match(kind, "Ready", condition.reason, condition.message) is not None
    )


def _ref(kind: str) -> Ref:
    group = {"Kustomization": "kustomize", "HelmRelease": "helm"}.get(kind, "source")
    return Ref(f"{group}.toolkit.fluxcd.io/v1", kind, "flux-system", "x")
