"""Causes of failing Kustomizations: rows K1 to K16 of the classifier."""

from __future__ import annotations

from holdfast.checks.flux.causes import DESCRIBE, TRACE, Row, look, write

_KIND = ("Kustomization",)
_APPLY = r"ReconciliationFailed|ValidationFailed|ApplyFailed"
_AGAIN = "flux reconcile kustomization <name> -n <namespace> --with-source"
_RETRY = write("once mended in Git, let Flux try now", _AGAIN, TRACE)
_SOURCE = look("see which source is named", "kubectl get <where> -o jsonpath='{.spec.sourceRef}{\"\\n\"}'")
_PATH = look(
    "see which path is asked for",
    "kubectl get <where> -o jsonpath='{.spec.path} {.status.lastAttemptedRevision}{\"\\n\"}'",
)
_BUILD = look(
    "build it from a checkout of that revision",
    "flux build kustomization <name> -n <namespace> --path ./PATH --dry-run",
)
_OBJECT = r"(?P<object>[A-Z]\w*/[^\s:]+)"
_LISTED = r"\[(?P<objects>.+)\]"

ROWS = (
    Row(
        "K1",
        "dependency",
        _KIND,
        r"ArtifactFailed",
        r"source artifact not found|source is not ready, artifact not found|"
        r"source is not ready|artifact not found",
        "its source has nothing fetched yet",
        (_SOURCE, look("look at the sources", "flux get sources all -n <namespace>")),
    ),
    Row(
        "K4b",
        "stalled",
        _KIND,
        r"AccessDenied",
        r"can't access '(?P<source>[^']+)'",
        "the controller does not let it use '<source>': cross-namespace references are blocked, or a feature "
        "gate is off",
        (_SOURCE, write("put the source into the same namespace in Git, then", _AGAIN, TRACE)),
    ),
    Row(
        "K4",
        "path",
        _KIND,
        r"ArtifactFailed",
        r"kustomization path not found: stat \S*?/kustomization-\d+/(?P<path>[^:\n]+)",
        "the path '<path>' does not exist in the revision",
        (_PATH, write("correct spec.path, or add the directory, in Git, then", _AGAIN, TRACE)),
    ),
    Row(
        "K4",
        "path",
        _KIND,
        r"ArtifactFailed",
        r"kustomization path not found",
        "spec.path does not exist in the revision",
        (_PATH, write("correct spec.path, or add the directory, in Git, then", _AGAIN, TRACE)),
    ),
    Row(
        "K3",
        "artifact",
        _KIND,
        r"ArtifactFailed",
        r"failed to download archive|computed digest doesn't match|failed to (?:extract|verify) archive|failed "
        r"to untar|"
        r"connection refused|no such host|i/o timeout|context deadline exceeded|checksum",
        "the fetched artifact could not be taken over from source-controller: it is down, out of reach, or the "
        "copy is damaged",
        (
            look("see whether source-controller runs", "kubectl get deploy,endpoints source-controller -n flux-system"),
            look("see its network policies", "kubectl get networkpolicy -n flux-system"),
        ),
    ),
    Row(
        "K2",
        "dependency",
        _KIND,
        r"ArtifactFailed",
        r"unable to get source '(?P<source>[^']+)'",
        "the source '<source>' its sourceRef names cannot be read by the controller",
        (_SOURCE,),
    ),
    Row(
        "K2",
        "dependency",
        _KIND,
        r"ArtifactFailed",
        r"\"(?P<source>[^\"]+)\" not found|kind '[^']*' not supported|not found",
        "the source[ '<source>'] its sourceRef names does not exist",
        (
            _SOURCE,
            look("see which sources there are", "flux get sources all -n <namespace>"),
            write("correct spec.sourceRef, or add the source, in Git, then", _AGAIN, TRACE),
        ),
    ),
    # -- decryption and substitution come before building: their messages are wrapped in the same reason
    Row(
        "K6",
        "validation",
        _KIND,
        r"BuildFailed",
        r"^secrets \"(?P<secret>[^\"]+)\" not found|"
        r"error decrypting|decryption failed|cannot (?:get|create|decrypt) .*(?:secret|decrypt|data key)|"
        r"failed to decrypt|sops data integrity|could not generate data key|sops metadata",
        "a file of it cannot be decrypted: the key[ (Secret '<secret>')] is missing, or is not the one it was "
        "encrypted with",
        (look("see which key is asked for", "kubectl get <where> -o jsonpath='{.spec.decryption}{\"\\n\"}'"), DESCRIBE),
    ),
    Row(
        "K6",
        "validation",
        _KIND,
        r"BuildFailed",
        r"post build failed for '(?P<kind>\w+)[^/']*/(?P<object>[^']+)'.*variable not set[^:]*: \"(?P<variable>\w+)\"",
        "a variable of postBuild in <kind> '<object>' has no value: <variable>",
        (
            look("see which variables are set", "kubectl get <where> -o jsonpath='{.spec.postBuild}{\"\\n\"}'"),
            write("set it in Git, or write $${NAME} where no variable is meant, then", _AGAIN, TRACE),
        ),
    ),
    Row(
        "K6",
        "validation",
        _KIND,
        r"BuildFailed",
        r"post build failed for '(?P<kind>\w+)[^/']*/(?P<object>[^']+)'(?:: substitute from '(?P<source>[^']+)')?|"
        r"substitut|variable not set|envsubst",
        "a variable of postBuild[ in <kind> '<object>'] cannot be filled in[: <source>, where it comes from, is "
        "missing]",
        (
            look(
                "see where variables come from",
                "kubectl get <where> -o jsonpath='{.spec.postBuild.substituteFrom}{\"\\n\"}'",
            ),
            DESCRIBE,
        ),
    ),
    Row(
        "K5",
        "validation",
        _KIND,
        r"BuildFailed",
        r"failed to decode Kubernetes YAML from \S*?/kustomization-\d+/(?P<file>[^:\n]+): (?P<why>[^\n]{1,200})",
        "the manifests do not build: <file>: <why>",
        (_BUILD, write("correct that file in Git, then", _AGAIN, TRACE)),
    ),
    Row(
        "K5",
        "validation",
        _KIND,
        r"BuildFailed",
        r"accumulating resources from '(?P<file>[^']+)'.*no such file or directory",
        "the manifests do not build: a kustomization.yaml names '<file>', which is not there",
        (_BUILD, write("add the file, or take its name out, in Git, then", _AGAIN, TRACE)),
    ),
    Row(
        "K5",
        "validation",
        _KIND,
        r"BuildFailed|ValidationFailed",
        r"kustomize build failed|accumulating|failed to decode Kubernetes|yaml:|MalformedYAMLError|missing "
        r"metadata\.name|"
        r"kustomization\.yaml|unable to (?:get|convert) |error converting YAML|json:|invalid Kustomization|no "
        r"such file",
        "the manifests do not build: invalid YAML, a kustomization.yaml that names a missing file, or a patch "
        "that hits nothing",
        (_BUILD, write("correct the manifest in Git, then", _AGAIN, TRACE)),
    ),
    Row(
        "K5",
        "validation",
        _KIND,
        r"BuildFailed|ValidationFailed",
        r"",
        "the manifests do not build",
        (_BUILD, DESCRIBE),
    ),
    # -- apply: what the API server said
    Row(
        "K7",
        "apply",
        _KIND,
        _APPLY,
        r"no matches for kind \"(?P<missing>[^\"]+)\" in version \"(?P<version>[^\"]+)\"",
        "the cluster does not know <missing> in <version>: its CRD is not installed, or not yet",
        (
            look("look for the CRD", "kubectl api-resources | grep -w <missing>"),
            write("let what brings the CRD come first (spec.dependsOn) in Git, then", _AGAIN, TRACE),
        ),
    ),
    Row(
        "K7",
        "apply",
        _KIND,
        _APPLY,
        r"namespaces \"(?P<missing>[^\"]+)\" not found",
        "the namespace '<missing>' does not exist",
        (
            look("look for it", "kubectl get namespace <missing>"),
            write("add the namespace, or correct its name, in Git, then", _AGAIN, TRACE),
        ),
    ),
    Row(
        "K7",
        "apply",
        _KIND,
        _APPLY,
        _OBJECT + r" (?:namespace not specified|not found): ",
        "what <object> needs is not there: a namespace, or a kind the cluster does not know",
        (DESCRIBE, _RETRY),
    ),
    Row(
        "K8",
        "apply",
        _KIND,
        _APPLY,
        _OBJECT
        + r"(?:[^\n]*? is invalid: (?P<field>[\w.\[\]]+):)?.*(?:field is|is) immutable|(?:field is|is) immutable",
        "the new manifest changes a field[ of <object>] that cannot be changed[: <field>]",
        (
            look("compare with what runs", "flux diff kustomization <name> -n <namespace> --path ./PATH"),
            write(
                "let Flux delete and create it anew: annotate it kustomize.toolkit.fluxcd.io/force: enabled in "
                "Git, then",
                _AGAIN,
                "the object, and for a PVC its data, is deleted first",
            ),
        ),
    ),
    Row(
        "K8",
        "apply",
        _KIND,
        _APPLY,
        _OBJECT + r".*exceeded quota: (?P<quota>[^,]+)|exceeded quota",
        "a resource quota[ (<quota>)] is used up[: <object> does not fit]",
        (look("see what the quotas hold", "kubectl get resourcequota -A"), _RETRY),
    ),
    Row(
        "K8",
        "apply",
        _KIND,
        _APPLY,
        r"(?:" + _OBJECT + r".*)?(?:admission webhook \"(?P<webhook>[^\"]+)\" denied|"
        r"ValidatingAdmissionPolicy '(?P<policy>[^']+)'|violates PodSecurity)"
        r"(?:.*? request: (?P<why>[^\n]{1,200}))?",
        "an admission rule refuses[ <object>][ (webhook <webhook>)][ (policy <policy>)][: <why>]",
        (
            DESCRIBE,
            look("see who may refuse", "kubectl get validatingwebhookconfigurations,validatingadmissionpolicies"),
            _RETRY,
        ),
    ),
    Row(
        "K8",
        "apply",
        _KIND,
        _APPLY,
        r"failed calling webhook \"(?P<webhook>[^\"]+)\"",
        "the admission webhook '<webhook>' does not answer, so nothing it guards can be written",
        (
            look(
                "see which service it calls",
                "kubectl get validatingwebhookconfigurations,mutatingwebhookconfigurations",
            ),
        ),
    ),
    Row(
        "K8",
        "apply",
        _KIND,
        _APPLY,
        _OBJECT + r" dry-run failed \((?:FieldManagerConflict|Conflict)\)|FieldManagerConflict",
        "somebody else owns a field[ of <object>] that Git sets",
        (look("see who owns what", "kubectl get <where> --show-managed-fields -o yaml"), DESCRIBE),
    ),
    Row(
        "K8",
        "validation",
        _KIND,
        _APPLY,
        _OBJECT + r" dry-run failed \((?:Invalid|BadRequest)\)(?:: .*? is invalid: (?P<why>[^\n]{1,200}))?|"
        r"field not declared in schema|is invalid: |error validating data",
        "the API server refuses[ <object>]: the manifest does not fit the schema[: <why>]",
        (DESCRIBE, write("correct the manifest in Git, then", _AGAIN, TRACE)),
    ),
    Row(
        "K8",
        "apply",
        _KIND,
        _APPLY,
        r"(?:" + _OBJECT + r" dry-run failed \(Forbidden\).*)?"
        r"forbidden: User(?: \"system:serviceaccount:(?P<space>[^:\"]+):(?P<account>[^\"]+)\")?|\(Forbidden\)",
        "the account Flux applies with[, <space>/<account>,] may not write[ <object>], or does not exist",
        (
            look("see whether it exists", "kubectl get serviceaccount <account> -n <space>"),
            look("see what it may do", "kubectl auth can-i --list --as=system:serviceaccount:<space>:<account>"),
            _RETRY,
        ),
    ),
    Row(
        "K8",
        "apply",
        _KIND,
        _APPLY,
        _OBJECT + r" dry-run failed",
        "the API server refuses <object>",
        (DESCRIBE, _RETRY),
    ),
    Row(
        "K9",
        "apply",
        _KIND,
        _APPLY,
        r"(?P<object>\S+) is SOPS encrypted, configuring decryption is required",
        "<object> is encrypted in Git and spec.decryption is not set",
        (write("set spec.decryption in Git, then", _AGAIN, TRACE),),
    ),
    Row(
        "K9",
        "apply",
        _KIND,
        _APPLY,
        r"unable to read KubeConfig secret '(?P<secret>[^']+)'|kube client|kubeconfig|impersonat|serviceaccount",
        "the controller cannot get at the cluster as spec.kubeConfig or spec.serviceAccountName asks"
        "[: Secret '<secret>' with the kubeconfig cannot be read]",
        (
            look(
                "see what is asked for",
                "kubectl get <where> -o jsonpath='{.spec.kubeConfig} {.spec.serviceAccountName}{\"\\n\"}'",
            ),
            DESCRIBE,
        ),
    ),
    Row(
        "K9",
        "apply",
        _KIND,
        _APPLY,
        r"(?:" + _OBJECT + r" )?apply failed|failed to delete object|immutable field detected|cleanup failed",
        "the API server took the dry-run, but not the change[ to <object>]",
        (DESCRIBE, _RETRY),
    ),
    # -- health
    Row(
        "K10",
        "health",
        _KIND,
        r"HealthCheckFailed",
        r"timeout waiting for: " + _LISTED,
        "what it applied did not become ready within spec.timeout: <objects>",
        (
            look("look at what is not ready", "flux tree kustomization <name> -n <namespace>"),
            look("see the events there", "kubectl get events -A --sort-by=.lastTimestamp | tail -30"),
        ),
    ),
    Row(
        "K11",
        "health",
        _KIND,
        r"HealthCheckFailed",
        r"failed early due to stalled resources: " + _LISTED + r"|can't determine status for (?P<unknown>\S+)",
        "what it applied failed:[ <objects>][ the state of <unknown> cannot be told]",
        (
            look("look at what failed", "flux tree kustomization <name> -n <namespace>"),
            look("see the events there", "kubectl get events -A --sort-by=.lastTimestamp | tail -30"),
        ),
    ),
    Row(
        "K10",
        "health",
        _KIND,
        r"HealthCheckFailed",
        r"",
        "what it applied is not healthy",
        (look("look at what it applied", "flux tree kustomization <name> -n <namespace>"), DESCRIBE),
    ),
    Row(
        "K12",
        "reconciling",
        _KIND,
        r"HealthCheckCanceled",
        r"",
        "a newer change came in while it waited: it starts over",
        (DESCRIBE,),
    ),
    # -- dependencies, pruning, spec, disk
    Row(
        "K13",
        "dependency",
        _KIND,
        r"DependencyNotReady",
        r"dependency '(?P<other>[^']+)' not found|unable to get '(?P<old>[^']+)' dependency",
        "the Kustomization[ '<other>'][ '<old>'] it depends on does not exist",
        (
            look("see what it depends on", "kubectl get <where> -o jsonpath='{.spec.dependsOn}{\"\\n\"}'"),
            write("correct spec.dependsOn in Git, then", _AGAIN, TRACE),
        ),
    ),
    Row(
        "K13",
        "dependency",
        _KIND,
        r"DependencyNotReady",
        r"dependency '(?P<other>[^']+)' (?P<why>[^\n]+)",
        "the Kustomization '<other>' it depends on <why>",
        (look("look at it", "flux get kustomizations -A"),),
    ),
    Row(
        "K14",
        "prune",
        _KIND,
        r"PruneFailed",
        r"(?:delete failed, errors: (?P<errors>[^\n]+)|(?P<object>\S+) termination timeout)?",
        "what Git no longer holds could not be deleted[: <errors>][: <object> does not go]",
        (DESCRIBE, look("see what is being deleted", "kubectl get all -A -o wide | grep Terminating")),
    ),
    Row(
        "K15",
        "stalled",
        _KIND,
        r"InvalidCELExpression|FeatureGateDisabled|InvalidPath|InvalidURL",
        r"",
        "its spec asks for what the controller cannot do: an invalid CEL expression, or a feature gate that is off",
        (DESCRIBE, write("correct the spec in Git, then", _AGAIN, TRACE)),
    ),
    Row(
        "K16",
        "storage",
        _KIND,
        r"DirectoryCreationFailed|StorageOperationFailed|TemporaryDirectoryFailed",
        r"",
        "kustomize-controller cannot write its temporary files: the node's disk is full or read-only",
        (look("look at the pod and its node", "kubectl describe pods -n flux-system -l app=kustomize-controller"),),
    ),
)
"""Top to bottom, as matched."""
