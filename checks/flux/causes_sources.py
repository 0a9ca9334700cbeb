"""Causes of failing sources: rows S1 to S16 of the classifier."""

from __future__ import annotations

from holdfast.checks.flux.causes import DESCRIBE, TRACE, Row, look, write
from holdfast.checks.flux.causes_network import on_the_way

_GIT = ("GitRepository",)
_HELM = ("HelmRepository",)
_CHART = ("HelmChart",)
_REPOSITORIES = ("HelmRepository", "HelmChart", "OCIRepository", "Bucket")
_FETCHED = ("GitRepository", "HelmRepository", "HelmChart", "OCIRepository", "Bucket")
_ANY = (*_FETCHED, "ExternalArtifact")

_AGAIN = "<again>"
_RETRY = write("once mended, let Flux try now", _AGAIN, TRACE)
_SPEC = look(
    "see what is asked for", "kubectl get <where> -o jsonpath='{.spec.url}{.spec.endpoint} {.spec.ref}{\"\\n\"}'"
)
_SECRET = look("see which Secret is asked for", "kubectl get <where> -o jsonpath='{.spec.secretRef.name}{\"\\n\"}'")
_KEYS = look("see which keys it has (never their values)", "kubectl describe secret -n <namespace> SECRET")
_CONTROLLER = look("see what the controller says", "kubectl logs -n flux-system deploy/source-controller --tail=50")

ROWS = (
    # -- credentials
    Row(
        "S1",
        "authentication",
        _FETCHED,
        r"AuthenticationFailed|Failed|ChartPullError|ChartPullFailed",
        r"secrets? ['\"](?P<secret>[^'\"]+)['\"].*(?:not found|forbidden)|failed to get (?:\w+ )*secret "
        r"'(?P<named>[^']+)'",
        "the Secret with its credentials[ (<secret>)][ (<named>)] does not exist, or the controller may not read it",
        (
            look("see whether the Secret is there", "kubectl get secrets -n <namespace>"),
            look("see which Secret is asked for", "kubectl get <where> -o jsonpath='{.spec.secretRef.name}{\"\\n\"}'"),
        ),
    ),
    Row(
        "S2",
        "authentication",
        _FETCHED,
        r"AuthenticationFailed|GitOperationFailed|Failed|InvalidSTSConfiguration",
        r"failed to configure authentication options(?:: (?P<why>[^\n]+))?|"
        r"identity key is encrypted|failed to configure proxy options|"
        r"failed to get proxy|TLS config|failed to detect authentication methods|key not found in secret|"
        r"failed to configure OCI registry authentication|must contain exactly one of|failed to parse (?:CA|TLS) cert|"
        r"has github app data|'password' requires 'username'|auth option: |cannot be sent over HTTP|"
        r"URL cannot contain credentials|cannot be set at the same time|failed to construct auth method|STS "
        r"(?:secret|TLS)",
        "the Secret with its credentials is there, but cannot be used: a key is missing or does not fit the URL[ "
        "(<why>)]",
        (_SECRET, _KEYS),
    ),
    Row(
        "S3",
        "authentication",
        _GIT,
        r"GitOperationFailed|AuthenticationFailed|Failed",
        r"authentication required|authorization failed|unable to authenticate|knownhosts:|invalid credentials|"
        r"ssh: handshake failed|authentication failed|permission denied|invalid auth method",
        "the Git server refused the credential: expired, revoked, without the right, or of another host key",
        (
            look("see what the server answered", "kubectl describe <where>"),
            write(
                "put a fresh credential where the Secret comes from, then",
                _AGAIN,
                "the old credential stops working for whoever shares it",
            ),
        ),
    ),
    Row(
        "S3",
        "authentication",
        _REPOSITORIES,
        r"AuthenticationFailed|Failed|ChartPullError|ChartPullFailed|IndexationFailed|OCIArtifactPullFailed|"
        r"BucketOperationFailed",
        r"\b401\b|\b403\b|unauthorized|authentication required|access ?denied|DENIED:|InvalidAccessKeyId|"
        r"SignatureDoesNotMatch|"
        r"failed to get credential",
        "the repository refused the credential: missing, expired, revoked or without the right",
        (
            DESCRIBE,
            look("see which Secret is used", "kubectl get <where> -o jsonpath='{.spec.secretRef.name}{\"\\n\"}'"),
        ),
    ),
    Row(
        "S4",
        "stalled",
        _FETCHED,
        r"InvalidProviderConfiguration|FeatureGateDisabled|InvalidSTSConfiguration",
        r"",
        "spec.provider asks for what the controller or the Secret is not set up for",
        (
            DESCRIBE,
            look(
                "see the controller's feature gates",
                "kubectl get deploy source-controller -n flux-system -o "
                "jsonpath='{.spec.template.spec.containers[0].args}'",
            ),
        ),
    ),
    Row(
        "S5",
        "clone",
        _FETCHED,
        r"URLInvalid|InvalidURL",
        r"",
        "spec.url is not a URL this source can use",
        (_SPEC, write("correct the URL in Git, then", _AGAIN, TRACE)),
    ),
    # -- what is asked for is not there
    Row(
        "S6",
        "clone",
        _GIT,
        r"GitOperationFailed|Failed",
        r"couldn't find remote ref ['\"]?refs/heads/(?P<ref>[^'\"\s]+)",
        "branch '<ref>' does not exist in the repository",
        (_SPEC, look("see which branches there are", "git ls-remote --heads URL"), _RETRY),
    ),
    Row(
        "S6",
        "clone",
        _GIT,
        r"GitOperationFailed|Failed",
        r"couldn't find remote ref ['\"]?refs/tags/(?P<ref>[^'\"\s]+)",
        "tag '<ref>' does not exist in the repository",
        (_SPEC, look("see which tags there are", "git ls-remote --tags URL"), _RETRY),
    ),
    Row(
        "S6",
        "clone",
        _GIT,
        r"GitOperationFailed|Failed",
        r"no match found for semver: (?P<ref>[^\n]+)",
        "no tag of the repository lies in the range '<ref>'",
        (_SPEC, look("see which tags there are", "git ls-remote --tags URL"), _RETRY),
    ),
    Row(
        "S6",
        "clone",
        _GIT,
        r"GitOperationFailed|Failed",
        r"unable to resolve commit object for '?(?P<ref>[0-9a-f]{7,})|unable to resolve ref '(?P<sought>[^']+)'|"
        r"couldn't find remote ref ['\"]?(?P<other>[^'\"\s]+)|unable to find reference for tag|reference not "
        r"found|object not found",
        "the commit or reference that is asked for[ (<ref>)][ (<sought>)][ (<other>)] does not exist in the repository",
        (_SPEC, look("see what there is", "git ls-remote URL"), _RETRY),
    ),
    Row(
        "S7",
        "clone",
        _GIT,
        r"GitOperationFailed|Failed",
        r"repository not found|unable to clone: .*git repository:|not found: 404",
        "the repository was not found: the URL is wrong, or the credential may not see it (servers answer 404 "
        "for both)",
        (_SPEC, look("try it with the same credential", "git ls-remote URL"), _RETRY),
    ),
    # -- the way there: before S8, because a dial that times out says both
    Row(
        "S9",
        "timeout",
        _FETCHED,
        r".*",
        r"context deadline exceeded|Client\.Timeout|timeout exceeded",
        "the fetch took longer than spec.timeout: a slow or silent network, or a large repository",
        (
            look("see the time allowed", "kubectl get <where> -o jsonpath='{.spec.timeout}{\"\\n\"}'"),
            _CONTROLLER,
        ),
    ),
    Row(
        "S10",
        "clone",
        _GIT,
        r"EmptyGitRepository|GitOperationFailed",
        r"repository is empty",
        "the repository holds no commit",
        (_SPEC, _RETRY),
    ),
    *on_the_way(_GIT, "the Git server", _SPEC, _CONTROLLER),
    Row(
        "S8",
        "clone",
        _GIT,
        r".*",
        r"invalid pkt-len|unexpected client error|unable to list remote",
        "what answers is not a Git server, or not for this repository: a login page, a proxy, or another service",
        (_SPEC, look("see what answers", "curl -sSi 'URL/info/refs?service=git-upload-pack'"), _CONTROLLER),
    ),
    *on_the_way(_REPOSITORIES, "the repository", _SPEC, _CONTROLLER),
    # -- trust, disk, includes
    Row(
        "S11",
        "verification",
        _FETCHED,
        r"VerificationError|VerificationFailed|InvalidGitObject|InvalidTagSignature|InvalidCommitSignature|"
        r"InvalidVerificationMode|ChartVerificationError",
        r"",
        "what was fetched is not signed as spec.verify demands: find out who published it before you let it in",
        (DESCRIBE, look("see what is demanded", "kubectl get <where> -o jsonpath='{.spec.verify}{\"\\n\"}'")),
    ),
    Row(
        "S12",
        "storage",
        _ANY,
        r"StorageOperationFailed|DirectoryCreationFailed|StatOperationFailed|ArchiveOperationFailed|"
        r"SymlinkUpdateFailed|"
        r"AcquireLockFailed|InvalidPath|CacheOperationFailed",
        r"",
        "source-controller cannot store the artifact: its volume is full, read-only or gone",
        (
            _CONTROLLER,
            look("look at the node and the volume", "kubectl describe pods -n flux-system -l app=source-controller"),
        ),
    ),
    Row(
        "S12",
        "storage",
        _CHART,
        r"ReadOperationFailed",
        r"",
        "source-controller cannot read the artifact it stored: its volume is gone or was emptied",
        (_CONTROLLER,),
    ),
    Row(
        "S13",
        "dependency",
        _GIT,
        r".*",
        r"(?:could not get resource|no artifact available) for include '(?P<include>[^']+)'",
        "the GitRepository it includes ('<include>') is missing or has nothing fetched",
        (look("look at what is included", "kubectl describe gitrepository <include> -n <namespace>"),),
    ),
    # -- Helm repositories and charts
    Row(
        "S14",
        "clone",
        _HELM,
        r"Failed|IndexationFailed",
        r"failed to fetch \S+ ?: 404|not found",
        "there is no index.yaml at the repository's URL",
        (_SPEC, look("look for the index", "curl -sSI URL/index.yaml"), _RETRY),
    ),
    Row(
        "S14",
        "clone",
        _HELM,
        r"IndexationFailed",
        r"",
        "the repository's index.yaml cannot be read as one",
        (_SPEC, DESCRIBE, _RETRY),
    ),
    Row(
        "S14",
        "clone",
        _HELM,
        r"Failed",
        r"failed to fetch Helm repository index|failed to construct Helm client",
        "the repository's index could not be fetched",
        (_SPEC, _CONTROLLER, _RETRY),
    ),
    Row(
        "S15",
        "chart",
        _CHART,
        r"InvalidChartReference|ChartPullError|ChartPullFailed",
        r"no '(?P<chart>[^']+)' chart with version matching '(?P<version>[^']*)' found",
        "the repository has no version '<version>' of chart '<chart>'",
        (
            look(
                "see what the repository offers",
                "kubectl get <where> -o jsonpath='{.spec.sourceRef.name} {.spec.chart} {.spec.version}{\"\\n\"}'",
            ),
            write("correct the version in Git, then", _AGAIN, TRACE),
        ),
    ),
    Row(
        "S15",
        "chart",
        _CHART,
        r"InvalidChartReference|ChartPullError|ChartPullFailed",
        r"no chart (?:name|version) found",
        "the repository has no chart of this name",
        (
            look(
                "see what is asked for",
                "kubectl get <where> -o jsonpath='{.spec.sourceRef.name} {.spec.chart} {.spec.version}{\"\\n\"}'",
            ),
            write("correct the chart's name in Git, then", _AGAIN, TRACE),
        ),
    ),
    Row(
        "S15",
        "chart",
        _CHART,
        r"InvalidChartReference",
        r"",
        "spec.chart or spec.version does not lead to a chart: no such path, or no valid version",
        (DESCRIBE, _RETRY),
    ),
    Row(
        "S15",
        "dependency",
        _CHART,
        r"SourceUnavailable|UnsupportedSourceKind",
        r"failed to get source",
        "the source its sourceRef names does not exist",
        (look("see which source is named", "kubectl get <where> -o jsonpath='{.spec.sourceRef}{\"\\n\"}'"),),
    ),
    Row(
        "S15",
        "dependency",
        _CHART,
        r"NoSourceArtifact|SourceUnavailable",
        r"no artifact available for (?P<source>\w+ source '[^']+')",
        "its source has nothing fetched (<source>)",
        (look("look at the source", "flux get sources all -n <namespace>"),),
    ),
    Row(
        "S15",
        "chart",
        _CHART,
        r"ChartPullError|ChartPullFailed",
        r"",
        "the chart could not be downloaded",
        (DESCRIBE, _CONTROLLER, _RETRY),
    ),
    Row(
        "S15",
        "chart",
        _CHART,
        r"MetadataPatchError|ValuesFilesError|DependencyBuildError|ChartPackageError|ChartPackageFailed|Unknown",
        r"",
        "the chart was found, but cannot be built: its values files, dependencies or metadata are wrong",
        (DESCRIBE, _RETRY),
    ),
    # -- registries and buckets
    Row(
        "S16",
        "clone",
        ("OCIRepository",),
        r"OCIArtifactPullFailed|ReadOperationFailed",
        r"MANIFEST_UNKNOWN|NAME_UNKNOWN|manifest unknown|no match found for semver|not found",
        "the registry has no such artifact, tag or version",
        (_SPEC, write("correct spec.ref in Git, then", _AGAIN, TRACE)),
    ),
    Row(
        "S16",
        "clone",
        ("OCIRepository",),
        r"OCIArtifactPullFailed|OCIArtifactLayerOperationFailed|ReadOperationFailed",
        r"",
        "the artifact could not be pulled, or is not one Flux can unpack",
        (_SPEC, DESCRIBE),
    ),
    Row(
        "S16",
        "clone",
        ("Bucket",),
        r"BucketOperationFailed",
        r"bucket '(?P<bucket>[^']+)' (?:does not exist|not found)",
        "the bucket '<bucket>' does not exist",
        (
            look(
                "see what is asked for",
                "kubectl get <where> -o jsonpath='{.spec.endpoint} {.spec.bucketName}{\"\\n\"}'",
            ),
        ),
    ),
    Row(
        "S16",
        "clone",
        ("Bucket",),
        r"BucketOperationFailed",
        r"",
        "the bucket could not be listed or read",
        (
            look(
                "see what is asked for",
                "kubectl get <where> -o jsonpath='{.spec.endpoint} {.spec.bucketName}{\"\\n\"}'",
            ),
            DESCRIBE,
        ),
    ),
)
"""Top to bottom, as matched."""
