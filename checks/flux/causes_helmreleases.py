"""Causes of failing HelmReleases: rows H1 to H10 of the classifier."""

from __future__ import annotations

from holdfast.checks.flux.causes import DESCRIBE, TRACE, Row, look, write

_KIND = ("HelmRelease",)
_ACTION = r"InstallFailed|UpgradeFailed|ReconciliationFailed|ReconcileError"
_AGAIN = "flux reconcile helmrelease <name> -n <namespace>"
_RETRY = write("once mended in Git, let Flux try now", _AGAIN, TRACE)
_FORCE = write(
    "once the reason is gone, start over",
    "flux reconcile helmrelease <name> -n <namespace> --reset",
    "runs the Helm upgrade again",
)
_CHART = look("look at its chart", "flux get sources chart -A")
_HISTORY = look("see the releases", "helm history <name> -n <namespace>")
_EVENTS = look("see the events there", "kubectl get events -n <namespace> --sort-by=.lastTimestamp | tail -30")

ROWS = (
    Row(
        "H9",
        "drift",
        _KIND,
        r"DriftDetected",
        r"",
        "what the release put there was changed by somebody else",
        (DESCRIBE,),
        condition="Drifted",
    ),
    Row(
        "H7",
        "stalled",
        _KIND,
        r"RetriesExceeded",
        r"failed to (?P<action>\w+) after (?P<times>\d+) attempt",
        "Flux gave up after <times> attempt(s) to <action>",
        (DESCRIBE, _HISTORY, _FORCE),
        condition="Stalled",
    ),
    Row(
        "H7",
        "stalled",
        _KIND,
        r"MissingRollbackTarget",
        r"",
        "the upgrade failed and there is no earlier release to go back to",
        (DESCRIBE, _HISTORY, _FORCE),
        condition="Stalled",
    ),
    Row(
        "H3",
        "dependency",
        _KIND,
        r"DependencyNotReady",
        r"unable to get '(?P<other>[^']+)' dependency",
        "the HelmRelease '<other>' it depends on does not exist, or cannot be read",
        (
            look("see what it depends on", "kubectl get <where> -o jsonpath='{.spec.dependsOn}{\"\\n\"}'"),
            write("correct spec.dependsOn in Git, then", _AGAIN, TRACE),
        ),
    ),
    Row(
        "H3",
        "dependency",
        _KIND,
        r"DependencyNotReady",
        r"dependency '(?P<other>[^']+)' (?P<why>[^\n]+)",
        "the HelmRelease '<other>' it depends on <why>",
        (look("look at it", "flux get helmreleases -A"),),
    ),
    Row(
        "H2",
        "dependency",
        _KIND,
        r"SourceNotReady|ArtifactFailed",
        r"(?P<kind>HelmChart|OCIRepository|ExternalArtifact|GitRepository|Bucket) '(?P<source>[^']+)' is not "
        r"ready(?:: (?P<why>[^\n]+))?",
        "its <kind> '<source>' is not ready[: <why>]",
        (_CHART,),
    ),
    Row(
        "H1",
        "dependency",
        _KIND,
        r"ArtifactFailed|SourceNotReady",
        r"could not get Source object.*not found",
        "the source of its chart does not exist",
        (DESCRIBE, _CHART),
    ),
    Row(
        "H1",
        "dependency",
        _KIND,
        r"ArtifactFailed|SourceNotReady|InitFailed",
        r"could not get Source object|source not ready|artifact not found|no HelmChart",
        "the source of its chart has nothing fetched, or cannot be read",
        (DESCRIBE, _CHART),
    ),
    Row(
        "H1",
        "artifact",
        _KIND,
        r"ArtifactFailed|ChartMutateError",
        r"",
        "its chart could not be taken over from source-controller: it is down, out of reach, or the copy is damaged",
        (
            _CHART,
            look("see whether source-controller runs", "kubectl get deploy,endpoints source-controller -n flux-system"),
        ),
    ),
    Row(
        "H4",
        "values",
        _KIND,
        r"ValuesError|InitFailed",
        r"(?P<kind>Secret|ConfigMap) chart values reference '(?P<ref>[^']+)' with key '(?P<key>[^']+)': key not found",
        "nothing with key '<key>' is in the <kind> '<ref>' its values come from",
        (
            look("see where values come from", "kubectl get <where> -o jsonpath='{.spec.valuesFrom}{\"\\n\"}'"),
            look("see which keys there are (not what they hold)", "kubectl describe <kind> -n <namespace>"),
        ),
    ),
    Row(
        "H4",
        "values",
        _KIND,
        r"ValuesError|InitFailed",
        r"could not (?:resolve|find) (?:optional )?(?P<kind>Secret|ConfigMap) (?:chart values reference "
        r")?'(?P<ref>[^']+)'(?: with key '(?P<key>[^']+)')?",
        "the <kind> '<ref>'[ with key '<key>'] its values come from does not exist, or cannot be read",
        (
            look("see where values come from", "kubectl get <where> -o jsonpath='{.spec.valuesFrom}{\"\\n\"}'"),
            look("see what there is", "kubectl get configmaps,secrets -n <namespace>"),
        ),
    ),
    Row("H4", "values", _KIND, r"ValuesError|ChartMutateError", r"", "its values cannot be put together", (DESCRIBE,)),
    # -- what Helm said
    Row(
        "H5",
        "lock",
        _KIND,
        _ACTION + r"|StateError",
        r"another operation .* is in progress|release with status 'pending|is locked",
        "another Helm operation holds the release: somebody runs helm by hand, or a controller died in the "
        "middle of one",
        (_HISTORY, _RETRY),
    ),
    Row(
        "H5",
        "ownership",
        _KIND,
        _ACTION,
        r"(?P<object>(?P<kind>\w+) \"(?P<other>[^\"]+)\" in namespace \"(?P<space>[^\"]*)\")?"
        r" ?exists and cannot be imported|contains a resource that already exists|invalid ownership metadata",
        "something of the same name is there already and does not belong to the release[: <object>]",
        (
            DESCRIBE,
            look("see whom it belongs to", "kubectl get <kind> <other> -n <space> -o yaml --show-managed-fields"),
        ),
    ),
    Row(
        "H5",
        "hook",
        _KIND,
        _ACTION,
        r"(?:failed )?(?P<hook>(?:pre|post)-(?:install|upgrade))(?: hooks failed|:)(?:.*\[(?P<objects>[^\]]+)\])?|"
        r"BackoffLimitExceeded|warning: hook \S+ \S+ failed",
        "a hook of the chart[ (<hook>)] failed[: <objects>]",
        (look("look at the hooks' Jobs", "kubectl get jobs,pods -n <namespace>"), _EVENTS),
    ),
    Row(
        "H5",
        "health",
        _KIND,
        _ACTION,
        r"resource (?P<object>\S+) not ready\. status: (?P<status>\w+)|context deadline exceeded|timed out waiting|"
        r"timeout waiting for(?:: \[(?P<objects>.+)\])?|rate limiter Wait|deployment exceeded|"
        r"failed early due to stalled",
        "what the chart installed did not become ready within spec.timeout[: <object> is <status>][: <objects>]",
        (look("look at the pods", "kubectl get pods -n <namespace>"), _EVENTS),
    ),
    Row(
        "H5",
        "apply",
        _KIND,
        _ACTION,
        r"no matches for kind \"(?P<missing>[^\"]+)\" in version \"(?P<version>[^\"]+)\"",
        "the cluster does not know <missing> in <version>: its CRD is not installed, or not yet",
        (look("look for the CRD", "kubectl api-resources | grep -w <missing>"), _RETRY),
    ),
    Row(
        "H5",
        "validation",
        _KIND,
        _ACTION,
        r"execution error at \((?P<file>[^():]+)[^)]*\): (?P<why>[^\n]{1,200})|YAML parse error|"
        r"executing \"[^\"]+\" at|parse error at|template: |values don't meet the specifications|"
        r"unable to build kubernetes objects|"
        r"error validating|failed to create typed|strict decoding|chart requires kubeVersion",
        "the chart does not render to valid manifests with these values[: <file>: <why>]",
        (
            DESCRIBE,
            look("see the values that are set", "kubectl get <where> -o jsonpath='{.spec.valuesFrom}{\"\\n\"}'"),
            _RETRY,
        ),
    ),
    Row(
        "H5",
        "apply",
        _KIND,
        _ACTION,
        r"admission webhook|forbidden|is immutable|exceeded quota|is invalid:|cannot patch|conflict|namespaces "
        r"\"(?P<missing>[^\"]+)\" not found|"
        r"ensure CRDs are installed|cannot re-?use a name",
        "the API server refuses what the chart renders to",
        (DESCRIBE, _EVENTS, _RETRY),
    ),
    Row(
        "H7",
        "stalled",
        _KIND,
        r".*",
        r"(?P<action>install|upgrade) retries exhausted",
        "Flux gave up: the retries to <action> are used up",
        (DESCRIBE, _HISTORY, _FORCE),
    ),
    Row("H5", "apply", _KIND, r"InstallFailed", r"", "helm install failed", (DESCRIBE, _HISTORY)),
    Row("H5", "apply", _KIND, r"UpgradeFailed", r"", "helm upgrade failed", (DESCRIBE, _HISTORY)),
    Row(
        "H6",
        "remediated",
        _KIND,
        r"RollbackSucceeded",
        r"",
        "the new version failed and was rolled back: the old one runs",
        (DESCRIBE, _HISTORY, _EVENTS),
    ),
    Row(
        "H6",
        "remediated",
        _KIND,
        r"RollbackFailed",
        r"",
        "the new version failed, and rolling it back failed too",
        (DESCRIBE, _HISTORY, _EVENTS),
    ),
    Row(
        "H6",
        "remediated",
        _KIND,
        r"UninstallSucceeded|UninstallFailed",
        r"",
        "the release failed and was uninstalled, or could not be: nothing of it can be counted on",
        (DESCRIBE, _HISTORY, _EVENTS),
    ),
    Row(
        "H8",
        "health",
        _KIND,
        r"TestFailed",
        r"(?:\[(?P<objects>[^\]]+)\])?$",
        "the chart's own tests failed[: <objects>]",
        (look("look at the tests' pods", "kubectl get pods -n <namespace>"), _EVENTS),
    ),
    # -- controller, rights, spec
    Row(
        "H10",
        "reconciling",
        _KIND,
        r"HealthCheckCanceled",
        r"",
        "a newer change came in while it waited: it starts over",
        (DESCRIBE,),
    ),
    Row(
        "H10",
        "stalled",
        _KIND,
        r"AccessDenied",
        r"",
        "the controller does not let it use its source: cross-namespace references are blocked",
        (DESCRIBE,),
    ),
    Row(
        "H10",
        "stalled",
        _KIND,
        r"InvalidCELExpression|FeatureGateDisabled",
        r"",
        "its spec holds an invalid CEL expression, or needs a feature gate that is off",
        (DESCRIBE, _RETRY),
    ),
    Row(
        "H10",
        "apply",
        _KIND,
        r"StateError|RESTClientError|ResourceManagerError|FactoryError|InitFailed|GetLastReleaseFailed|"
        r"ReconcileError|ReconciliationFailed",
        r"",
        "helm-controller cannot get at the cluster or the release's records: rights, kubeConfig or storage",
        (
            DESCRIBE,
            look("see what the controller says", "kubectl logs -n flux-system deploy/helm-controller --tail=50"),
        ),
    ),
)
"""Top to bottom, as matched."""
