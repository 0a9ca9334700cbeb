"""Random objects an API server accepts, drawn over its own OpenAPI schemas.

The schemas say which fields there are and of what type; the tables here say what they do not: which texts a field takes
and what excludes what. Zeros, nulls and empty lists and maps are drawn for whatever may be left out: people write them.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Mapping
from typing import Any

from hypothesis import strategies as st

Draw = Callable[[st.SearchStrategy[Any]], Any]
Raw = dict[str, Any]

NAME = st.from_regex(r"[a-z][a-z0-9]{0,6}", fullmatch=True)
TEXT = st.text(st.sampled_from("abzAZ019 -_.:/,'\"#${}[]&*!|>%@\n\té—"), max_size=12)
LABEL = st.from_regex(r"[A-Za-z0-9]([A-Za-z0-9_.-]{0,5}[A-Za-z0-9])?", fullmatch=True) | st.sampled_from(
    ["", "true", "1"]
)
KEY = st.sampled_from(["app", "tier", "n", "x.y-z", "config.yaml"])
LABEL_KEY = st.sampled_from(["app", "tier", "example.org/part", "n"])
BASE64 = st.binary(max_size=9).map(lambda raw: b64encode(raw).decode())
QUANTITY = st.sampled_from(
    ["100m", "0.1", "1", "1000m", "0.5", "0.5e1", "1Gi", "1024Mi", "1e9", "1000M", 1, 2, 1073741824, 0.25, "1k"]
)
PORT = st.integers(1, 9000)
SECONDS = st.integers(1, 600)
IMAGE = st.sampled_from(["nginx:1.27", "ghcr.io/a/b@sha256:" + "0" * 64, "busybox"])
MODE = st.sampled_from([420, 256, 0o644, 0])
PERCENT = st.sampled_from([1, 2, "25%", "50%"])
CIDR = st.sampled_from(["10.0.0.0/8", "192.168.0.0/16", "2001:db8::/32"])

HINTS: Mapping[str, st.SearchStrategy[Any]] = {
    # by Type.field, then by .field
    "Container.image": IMAGE,
    "Container.imagePullPolicy": st.sampled_from(["Always", "IfNotPresent", "Never", ""]),
    "Container.terminationMessagePolicy": st.sampled_from(["File", "FallbackToLogsOnError"]),
    "Container.name": NAME,
    "Container.workingDir": st.just("/srv"),
    "Container.terminationMessagePath": st.just("/dev/log"),
    "Capabilities.add": st.lists(st.sampled_from(["NET_ADMIN", "CHOWN"]), max_size=2),
    "Capabilities.drop": st.lists(st.just("ALL"), max_size=1),
    "ContainerPort.containerPort": PORT,
    "ContainerPort.protocol": st.sampled_from(["TCP", "UDP", "SCTP"]),
    "EnvVar.name": st.from_regex(r"[A-Z][A-Z0-9_]{0,5}", fullmatch=True),
    "EnvVar.value": TEXT,
    "ObjectFieldSelector.fieldPath": st.sampled_from(["metadata.name", "metadata.namespace", "spec.nodeName"]),
    "ObjectFieldSelector.apiVersion": st.just("v1"),
    "HTTPGetAction.path": st.sampled_from(["/", "/healthz", "x"]),
    "HTTPGetAction.scheme": st.sampled_from(["HTTP", "HTTPS"]),
    "HTTPHeader.name": NAME,
    "GRPCAction.port": PORT,
    "HTTPGetAction.port": PORT | NAME,
    "TCPSocketAction.port": PORT,
    "NetworkPolicyPort.port": PORT | NAME,
    "ServicePort.port": PORT,
    "PersistentVolumeClaim.metadata": st.fixed_dictionaries(
        {"name": NAME, "labels": st.dictionaries(LABEL_KEY, LABEL, max_size=1)}
    ),
    ".when": st.sampled_from(["2026-01-02T03:04:05Z", "2026-01-02T03:04:05.000+01:00"]),
    ".raw": st.sampled_from(["eA==", "YWJj"]),
    "Probe.successThreshold": st.just(1),
    "Lifecycle.postStart": st.sampled_from([{"exec": {"command": ["true"]}}, {"sleep": {"seconds": 1}}]),
    "Lifecycle.preStop": st.sampled_from([{"exec": {"command": ["sleep", "1"]}}, {"sleep": {"seconds": 2}}]),
    "SecurityContext.runAsUser": st.integers(0, 2000),
    "SeccompProfile.type": st.sampled_from(["RuntimeDefault", "Unconfined"]),
    "PodSecurityContext.fsGroupChangePolicy": st.sampled_from(["Always", "OnRootMismatch"]),
    "PodSecurityContext.supplementalGroups": st.lists(st.integers(0, 9), max_size=2),
    "PodSpec.dnsPolicy": st.sampled_from(["ClusterFirst", "Default", ""]),
    "PodSpec.schedulerName": st.sampled_from(["default-scheduler", "mine"]),
    "PodSpec.priorityClassName": st.just("system-node-critical"),
    "Toleration.effect": st.sampled_from(["NoSchedule", ""]),
    "Toleration.operator": st.sampled_from(["Exists"]),
    "HostAlias.ip": st.sampled_from(["10.1.1.1", "10.1.1.2"]),
    "HostAlias.hostnames": st.lists(NAME, min_size=1, max_size=2),
    "TopologySpreadConstraint.topologyKey": st.sampled_from(["kubernetes.io/hostname", "topology.kubernetes.io/zone"]),
    "TopologySpreadConstraint.whenUnsatisfiable": st.just("ScheduleAnyway"),
    "TopologySpreadConstraint.maxSkew": st.integers(1, 3),
    "TopologySpreadConstraint.nodeAffinityPolicy": st.sampled_from(["Honor", "Ignore"]),
    "TopologySpreadConstraint.nodeTaintsPolicy": st.sampled_from(["Honor", "Ignore"]),
    "PodDNSConfig.nameservers": st.lists(st.just("10.0.0.10"), max_size=1),
    "PodDNSConfig.searches": st.lists(NAME, max_size=2, unique=True),
    "PodDNSConfigOption.name": NAME,
    "WeightedPodAffinityTerm.weight": st.integers(1, 100),
    "PreferredSchedulingTerm.weight": st.integers(1, 100),
    "PodAffinityTerm.topologyKey": st.just("kubernetes.io/hostname"),
    "PodAffinityTerm.namespaces": st.lists(NAME, max_size=2),
    "NodeSelectorRequirement.operator": st.just("Exists"),
    "LabelSelectorRequirement.operator": st.just("Exists"),
    "LabelSelectorRequirement.key": LABEL_KEY,
    "NodeSelectorRequirement.key": LABEL_KEY,
    "KeyToPath.path": NAME,
    "KeyToPath.key": KEY,
    ".mode": MODE,
    ".defaultMode": MODE,
    "EmptyDirVolumeSource.medium": st.sampled_from(["", "Memory"]),
    "SecretVolumeSource.secretName": NAME,
    "HostPathVolumeSource.path": st.just("/var/x"),
    "HostPathVolumeSource.type": st.sampled_from(["", "Directory"]),
    "CSIVolumeSource.driver": st.just("csi.example.org"),
    "DownwardAPIVolumeFile.path": NAME,
    "DownwardAPIVolumeFile.fieldRef": st.sampled_from(
        [{"fieldPath": "metadata.labels"}, {"fieldPath": "metadata.name", "apiVersion": "v1"}]
    ),
    "ServiceAccountTokenProjection.expirationSeconds": st.integers(600, 9000),
    "ServiceAccountTokenProjection.path": NAME,
    "ServiceAccountTokenProjection.audience": NAME,
    "VolumeMount.subPath": NAME,
    "DeploymentSpec.strategy": st.sampled_from(
        [
            {},
            {"type": "Recreate"},
            {"type": "RollingUpdate"},
            {"rollingUpdate": {"maxSurge": 1}},
            {"type": "", "rollingUpdate": {}},
            {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": "50%", "maxUnavailable": 0}},
        ]
    ),
    "DeploymentSpec.minReadySeconds": st.integers(0, 5),
    "DeploymentSpec.progressDeadlineSeconds": st.integers(100, 700),
    "DaemonSetSpec.updateStrategy": st.sampled_from(
        [{}, {"type": "OnDelete"}, {"rollingUpdate": {"maxUnavailable": "10%"}}]
    ),
    "StatefulSetSpec.updateStrategy": st.sampled_from([{}, {"type": "OnDelete"}, {"rollingUpdate": {"partition": 0}}]),
    "StatefulSetSpec.podManagementPolicy": st.sampled_from(["OrderedReady", "Parallel", ""]),
    "StatefulSetPersistentVolumeClaimRetentionPolicy.whenDeleted": st.sampled_from(["Retain", "Delete"]),
    "StatefulSetPersistentVolumeClaimRetentionPolicy.whenScaled": st.sampled_from(["Retain", "Delete"]),
    "PersistentVolumeClaimSpec.accessModes": st.just(["ReadWriteOnce"]),
    "PersistentVolumeClaimSpec.volumeMode": st.just("Filesystem"),
    "PersistentVolumeClaimSpec.storageClassName": st.sampled_from(["", "fast"]),
    "VolumeResourceRequirements.requests": st.sampled_from([{"storage": "1Gi"}, {"storage": "1024Mi"}]),
    "CronJobSpec.schedule": st.sampled_from(["0 3 * * *", "*/5 * * * *"]),
    "CronJobSpec.timeZone": st.just("Etc/UTC"),
    "CronJobSpec.concurrencyPolicy": st.sampled_from(["Allow", "Forbid", "Replace", ""]),
    "JobSpec.completionMode": st.sampled_from(["NonIndexed"]),
    "JobSpec.podReplacementPolicy": st.just("Failed"),
    "ServiceSpec.type": st.sampled_from(["ClusterIP", "NodePort", "", "LoadBalancer"]),
    "ServiceSpec.clusterIP": st.sampled_from(["", "None"]),
    "ServiceSpec.sessionAffinity": st.sampled_from(["", "None", "ClientIP"]),
    "ServiceSpec.ipFamilyPolicy": st.just("SingleStack"),
    "ServiceSpec.internalTrafficPolicy": st.sampled_from(["Cluster", "Local"]),
    "ServicePort.targetPort": st.integers(1, 9000) | st.sampled_from(["http", "web"]),
    "ServicePort.protocol": st.sampled_from(["TCP", "UDP"]),
    "ServicePort.name": NAME,
    "ServicePort.appProtocol": st.just("http"),
    "HorizontalPodAutoscalerSpec.minReplicas": st.integers(1, 3),
    "HorizontalPodAutoscalerSpec.maxReplicas": st.integers(3, 9),
    "HorizontalPodAutoscalerSpec.scaleTargetRef": st.just(
        {"apiVersion": "apps/v1", "kind": "Deployment", "name": "nobody"}
    ),
    "HorizontalPodAutoscalerSpec.metrics": st.lists(
        st.sampled_from(
            [
                {
                    "type": "Resource",
                    "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 70}},
                },
                {
                    "type": "Resource",
                    "resource": {"name": "memory", "target": {"type": "AverageValue", "averageValue": "1024Mi"}},
                },
                {
                    "type": "Pods",
                    "pods": {"metric": {"name": "rps"}, "target": {"type": "AverageValue", "averageValue": "0.5"}},
                },
            ]
        ),
        max_size=2,
    ),
    "HPAScalingRules.selectPolicy": st.sampled_from(["Max", "Min"]),
    "HPAScalingRules.stabilizationWindowSeconds": st.integers(0, 300),
    "HPAScalingPolicy.type": st.sampled_from(["Pods", "Percent"]),
    "HPAScalingPolicy.value": st.integers(1, 9),
    "HPAScalingPolicy.periodSeconds": st.integers(1, 60),
    "HPAScalingRules.tolerance": QUANTITY,
    "PodDisruptionBudgetSpec.minAvailable": PERCENT | st.just(0),
    "PodDisruptionBudgetSpec.unhealthyPodEvictionPolicy": st.sampled_from(["IfHealthyBudget", "AlwaysAllow"]),
    "NetworkPolicySpec.policyTypes": st.sampled_from([["Ingress"], ["Ingress", "Egress"], []]),
    "NetworkPolicyPort.protocol": st.sampled_from(["TCP", "UDP"]),
    "NetworkPolicyPeer.ipBlock": st.fixed_dictionaries({"cidr": CIDR}),
    "IngressSpec.ingressClassName": NAME,
    "IngressRule.host": st.sampled_from(["a.example.org", "*.example.org"]),
    "IngressTLS.hosts": st.lists(st.just("a.example.org"), max_size=1),
    "IngressTLS.secretName": NAME,
    "HTTPIngressPath.path": st.sampled_from(["/", "/x"]),
    "HTTPIngressPath.pathType": st.sampled_from(["Prefix", "Exact"]),
    "IngressServiceBackend.name": NAME,
    "ServiceBackendPort.number": PORT,
    "PolicyRule.verbs": st.lists(st.sampled_from(["get", "list", "watch"]), min_size=1, max_size=3),
    "PolicyRule.apiGroups": st.lists(st.sampled_from(["", "apps"]), min_size=1, max_size=2),
    "PolicyRule.resources": st.lists(st.sampled_from(["pods", "secrets"]), min_size=1, max_size=2),
    "PolicyRule.resourceNames": st.lists(NAME, max_size=2),
    "RoleRef.kind": st.sampled_from(["Role", "ClusterRole"]),
    "RoleRef.apiGroup": st.just("rbac.authorization.k8s.io"),
    "Subject.kind": st.sampled_from(["ServiceAccount"]),
    "Subject.namespace": st.just("elsewhere"),
    "Subject.apiGroup": st.just(""),
    "Secret.type": st.sampled_from(["Opaque", "", "example.org/mine"]),
    "Secret.data": st.dictionaries(KEY, BASE64, max_size=3),
    "Secret.stringData": st.dictionaries(KEY, TEXT, max_size=3),
    "ConfigMap.data": st.dictionaries(st.sampled_from(["a", "config.yaml", "n", "B_c"]), TEXT, max_size=3),
    "ConfigMap.binaryData": st.dictionaries(st.sampled_from(["x.bin", "y"]), BASE64, max_size=2),
    "LabelSelector.matchLabels": st.dictionaries(LABEL_KEY, LABEL, max_size=2),
    ".nodeSelector": st.dictionaries(LABEL_KEY, LABEL, max_size=2),
    ".labels": st.dictionaries(LABEL_KEY, LABEL, max_size=2),
    ".annotations": st.dictionaries(LABEL_KEY, TEXT, max_size=2),
    ".limits": st.just({}),  # a limit below its request is refused: requests alone vary
    ".requests": st.dictionaries(st.sampled_from(["cpu", "memory", "ephemeral-storage"]), QUANTITY, max_size=3),
    ".sizeLimit": QUANTITY,
    ".divisor": st.just("1"),
    "ExecAction.command": st.lists(NAME, min_size=1, max_size=2),
    ".command": st.lists(TEXT, max_size=2),
    ".args": st.lists(TEXT, max_size=3),
    ".name": NAME,
    ".serviceName": NAME,
    ".key": KEY,
    ".optional": st.booleans(),
    ".creationTimestamp": st.none(),
    ".nothing": st.none() | NAME,
}
ONLY: Mapping[str, tuple[str, ...]] = {
    # what may be drawn where not everything goes together
    "ObjectMeta": ("labels", "annotations", "creationTimestamp"),
    "Volume": ("emptyDir", "configMap", "secret", "hostPath", "projected", "downwardAPI", "csi"),
    "VolumeProjection": ("configMap", "secret", "downwardAPI", "serviceAccountToken"),
    "EnvVar": ("value", "valueFrom"),
    "EnvVarSource": ("fieldRef", "configMapKeyRef", "secretKeyRef"),
    "EnvFromSource": ("configMapRef", "secretRef"),
    "Probe": (
        "exec",
        "httpGet",
        "tcpSocket",
        "grpc",
        "periodSeconds",
        "timeoutSeconds",
        "initialDelaySeconds",
        "failureThreshold",
    ),
    "Lifecycle": ("preStop", "postStart"),
    "NetworkPolicyPeer": ("podSelector", "namespaceSelector", "ipBlock"),
    "NetworkPolicyPort": ("port", "protocol"),
    "IngressBackend": ("service",),
    "ServiceBackendPort": ("number",),
    "IngressRule": ("host", "http"),
    "SeccompProfile": (),
    "SecurityContext": (
        "capabilities",
        "privileged",
        "runAsUser",
        "runAsGroup",
        "runAsNonRoot",
        "readOnlyRootFilesystem",
        "seccompProfile",
    ),
    "PodSecurityContext": (
        "fsGroup",
        "fsGroupChangePolicy",
        "runAsUser",
        "runAsNonRoot",
        "seccompProfile",
        "supplementalGroups",
    ),
    "Container": (
        "args",
        "command",
        "env",
        "envFrom",
        "image",
        "imagePullPolicy",
        "lifecycle",
        "livenessProbe",
        "ports",
        "readinessProbe",
        "resources",
        "securityContext",
        "startupProbe",
        "stdin",
        "terminationMessagePath",
        "terminationMessagePolicy",
        "tty",
        "workingDir",
    ),
    "ContainerPort": ("protocol", "name"),
    "PodSpec": (
        "affinity",
        "automountServiceAccountToken",
        "dnsConfig",
        "enableServiceLinks",
        "hostAliases",
        "hostNetwork",
        "hostIPC",
        "imagePullSecrets",
        "nodeSelector",
        "schedulerName",
        "securityContext",
        "serviceAccountName",
        "shareProcessNamespace",
        "terminationGracePeriodSeconds",
        "tolerations",
        "topologySpreadConstraints",
        "volumes",
        "initContainers",
        "hostname",
        "subdomain",
    ),
    "Toleration": ("effect", "key"),
    "TopologySpreadConstraint": ("labelSelector", "nodeAffinityPolicy", "nodeTaintsPolicy"),
    "PodAffinityTerm": ("labelSelector", "namespaces", "namespaceSelector"),
    "LabelSelectorRequirement": (),
    "NodeSelectorRequirement": (),
    "NodeSelectorTerm": ("matchExpressions",),
    "DeploymentSpec": (
        "replicas",
        "minReadySeconds",
        "paused",
        "progressDeadlineSeconds",
        "revisionHistoryLimit",
        "strategy",
    ),
    "StatefulSetSpec": (
        "replicas",
        "minReadySeconds",
        "podManagementPolicy",
        "revisionHistoryLimit",
        "serviceName",
        "updateStrategy",
        "volumeClaimTemplates",
        "persistentVolumeClaimRetentionPolicy",
    ),
    "DaemonSetSpec": ("minReadySeconds", "revisionHistoryLimit", "updateStrategy"),
    "PersistentVolumeClaim": (),
    "PersistentVolumeClaimSpec": ("storageClassName", "volumeMode"),
    "VolumeResourceRequirements": (),
    "JobSpec": (
        "activeDeadlineSeconds",
        "backoffLimit",
        "completions",
        "parallelism",
        "suspend",
        "ttlSecondsAfterFinished",
        "completionMode",
    ),
    "ServiceSpec": (
        "ports",
        "publishNotReadyAddresses",
        "selector",
        "sessionAffinity",
        "ipFamilyPolicy",
        "internalTrafficPolicy",
        "type",
        "clusterIP",
    ),
    "ServicePort": ("targetPort", "protocol", "appProtocol"),
    "HPAScalingRules": ("selectPolicy", "stabilizationWindowSeconds", "policies"),
    "PodDisruptionBudgetSpec": ("minAvailable", "selector", "unhealthyPodEvictionPolicy"),
    "Subject": (),
    "RoleRef": ("apiGroup",),
    "PolicyRule": ("resourceNames",),
    "ClusterRole": ("rules",),
    "ServiceAccount": ("automountServiceAccountToken", "imagePullSecrets", "secrets"),
    "ObjectReference": ("name",),
    "DownwardAPIVolumeFile": ("fieldRef", "mode"),
    "CSIVolumeSource": ("readOnly", "volumeAttributes"),
    "ServiceAccountTokenProjection": ("expirationSeconds", "audience"),
    "ResourceRequirements": ("requests", "limits"),
    "NodeAffinity": ("preferredDuringSchedulingIgnoredDuringExecution",),
    "PodAffinity": ("preferredDuringSchedulingIgnoredDuringExecution",),
    "PodAntiAffinity": ("preferredDuringSchedulingIgnoredDuringExecution",),
}
ONE_OF = frozenset(
    {"Volume", "VolumeProjection", "EnvVar", "EnvVarSource", "EnvFromSource", "NetworkPolicyPeer", "IngressBackend"}
)
"""Types of which one field is set."""
PROBE = ("exec", "httpGet", "tcpSocket", "grpc")
_WITH_SPEC = (
    "CronJob",
    "DaemonSet",
    "Deployment",
    "Gadget",
    "HorizontalPodAutoscaler",
    "Ingress",
    "Job",
    "NetworkPolicy",
)
_WITH_SPEC_TOO = ("PodDisruptionBudget", "Service", "StatefulSet", "Widget", "JobTemplateSpec", "PodTemplateSpec")
NEEDS: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys((*_WITH_SPEC, *_WITH_SPEC_TOO), ("metadata", "spec")),
    **dict.fromkeys(("ConfigMap", "Secret", "ServiceAccount", "ClusterRole"), ("metadata",)),
    "Role": ("metadata", "rules"),
    "RoleBinding": ("metadata", "roleRef"),
    "CronJobSpec": ("schedule", "jobTemplate"),
    "Subject": ("kind", "name", "namespace"),
    "DownwardAPIVolumeFile": ("path", "fieldRef"),
    "ServiceBackendPort": ("number",),
    "IngressServiceBackend": ("name", "port"),
    "Container": ("name", "image"),
    "PolicyRule": ("apiGroups", "resources", "verbs"),
    "Toleration": ("key", "operator"),
    "SeccompProfile": ("type",),
    "ServicePort": ("port", "name"),
    "PersistentVolumeClaimSpec": ("accessModes", "resources"),
    "PersistentVolumeClaim": ("metadata", "spec"),
    "VolumeResourceRequirements": ("requests",),
    "PodSpec": ("containers",),
    "IngressSpec": ("defaultBackend",),
    "HTTPIngressPath": ("path", "pathType", "backend"),
    "ServiceSpec": ("ports",),
    "ExecAction": ("command",),
    "CSIVolumeSource": ("driver",),
    "SecretVolumeSource": ("secretName",),
    "ConfigMapVolumeSource": ("name",),
    "LocalObjectReference": ("name",),
    "ObjectReference": ("name",),
    "ConfigMapKeySelector": ("name", "key"),
    "SecretKeySelector": ("name", "key"),
    "ConfigMapEnvSource": ("name",),
    "SecretEnvSource": ("name",),
    "ConfigMapProjection": ("name",),
    "SecretProjection": ("name",),
    "HostAlias": ("ip", "hostnames"),
    "PodDNSConfigOption": ("name",),
}
FULL = frozenset(
    {
        ".command",
        ".hostnames",
        ".items",
        ".sources",
        ".containers",
        ".preference",
        ".matchExpressions",
        ".paths",
        ".policies",
        ".ports",
    }
)
"""Never left empty: an empty one is refused."""


class Drawing:
    """Draws values of one document of schemas."""

    def __init__(self, schemas: Mapping[str, Raw], draw: Draw) -> None:
        self._schemas = schemas
        self._draw = draw
        self._go = True

    def kind(self, name: str) -> Raw:
        """An object of a type: what it needs, and a random part of what it may have. Without apiVersion and kind."""
        self._go = name.startswith("io.k8s.")
        found: Raw = self._object(self._schemas[name], name, 0)
        return {key: each for key, each in found.items() if key not in ("apiVersion", "kind", "status")}

    def _value(self, schema: Raw, owner: str, field: str, depth: int) -> Any:
        hint = HINTS.get(f"{_short(owner)}.{field}", HINTS.get(f".{field}"))
        if hint is not None:
            return self._draw(hint)
        named, resolved = self._resolved(schema)
        if named.endswith(".resource.Quantity"):
            return self._draw(QUANTITY)
        if resolved.get("format") == "int-or-string" or resolved.get("x-kubernetes-int-or-string"):
            return self._draw(PERCENT)
        match resolved.get("type"):
            case "object" if "properties" in resolved:
                return self._object(resolved, named, depth)
            case "object":
                return self._draw(st.dictionaries(LABEL_KEY, LABEL, max_size=2))
            case "array":
                return self._list(resolved, owner, field, depth)
            case "integer":
                return self._draw(SECONDS)
            case "number":
                return self._draw(st.sampled_from([0.5, 1, 2.5]))
            case "boolean":
                return self._draw(st.booleans())
            case "string":
                return self._draw(NAME)
        return self._draw(st.sampled_from([{"a": 1, "b": [1, "x"]}, "free", 3]))

    def _list(self, schema: Raw, owner: str, field: str, depth: int) -> list[Any]:
        size = self._draw(st.integers(1 if f".{field}" in FULL else 0, 2 if depth < 9 else 1))
        drawn = [self._value(schema["items"], owner, f"{field}[]", depth + 1) for _ in range(size)]
        keys = schema.get("x-kubernetes-list-map-keys") or ()
        distinct: dict[Any, Any] = {}
        for each in drawn:
            name = tuple(repr(each.get(key)) for key in keys[:1]) if keys and isinstance(each, dict) else repr(each)
            distinct.setdefault(name, each)
        return list(distinct.values())

    def _object(self, schema: Raw, named: str, depth: int) -> Raw:
        short = _short(named)
        properties: Mapping[str, Raw] = schema["properties"]
        required = [*NEEDS.get(short, schema.get("required") or ())]
        possible = [
            key for key in ONLY.get(short, tuple(properties)) if key in properties and key not in (*required, "status")
        ]
        chosen = self._chosen(short, possible)
        found = {key: self._value(properties[key], named, key, depth + 1) for key in (*required, *chosen)}
        for key in (
            self._draw(st.lists(st.sampled_from(possible), max_size=2, unique=True))
            if possible and short not in ONE_OF
            else ()
        ):
            self._blank(found, key, properties[key])
        return found

    def _chosen(self, short: str, possible: list[str]) -> list[str]:
        if short in ONE_OF:
            return [self._draw(st.sampled_from(possible))]
        if not possible:
            return []
        chosen: list[str] = self._draw(st.lists(st.sampled_from(possible), max_size=5, unique=True))
        if short == "Probe":
            chosen = [*(each for each in chosen if each not in PROBE), self._draw(st.sampled_from(PROBE))]
        return chosen

    def _blank(self, found: Raw, key: str, schema: Raw) -> None:
        """Writes a zero where nothing is written, as generators of manifests do."""
        if key in found or f".{key}" in FULL or key in PROBE:
            return
        _, resolved = self._resolved(schema)
        zeros: dict[str, list[Any]] = {"boolean": [False, None], "array": [[], None]}
        if not self._go:  # a custom resource's null is refused, unless it may be null or there is a default
            zeros = {"boolean": [False], "array": [[]], "integer": [0], "string": [""]}
            if schema.get("nullable") or schema.get("default"):
                zeros = {}
            elif resolved.get("type") not in zeros or resolved.get("format"):
                return
        found[key] = self._draw(st.sampled_from(zeros.get(resolved.get("type", ""), [None])))

    def _resolved(self, schema: Raw) -> tuple[str, Raw]:
        refer = schema.get("$ref") or next((each.get("$ref", "") for each in schema.get("allOf", ())), "")
        name = str(refer).rpartition("/")[2]
        return name, {**self._schemas.get(name, {}), **{key: each for key, each in schema.items() if key != "default"}}


def _short(name: str) -> str:
    return name.rpartition(".")[2]
