"""Rows of reference/drift.md §2a and §2b that comparing decides: what Git says, what is done to it, what is found.

Recorded by record_comparisons, judged by test_compare.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import yaml

Raw = dict[str, Any]
NAMESPACE = "comparisons"
CERTIFICATE = "LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCg=="


@dataclass(frozen=True)
class Edit:
    """Done after Flux's field manager has applied the object."""

    manager: str
    patch: tuple[Raw, ...] = ()
    """A JSON patch."""
    apply: str = ""
    """Or a manifest applied with force."""
    subresource: str = ""


@dataclass(frozen=True)
class Found:
    """A difference as a test names it; ``marks`` are those of cosmetic, lint, ignored_by that are set."""

    kind: str
    path: str
    desired: Any = None
    live: Any = None
    marks: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Row:
    number: int
    title: str
    manifest: str
    edits: tuple[Edit, ...] = ()
    found: tuple[Found, ...] = ()
    git: str = ""
    """What Git says where the API server refuses to be told just that, or where Flux takes something out first."""

    @property
    def name(self) -> str:
        return f"{self.number}-{self.title.replace(' ', '-')}"

    @property
    def applied(self) -> Raw:
        return _parsed(self.manifest, self.number)

    @property
    def desired(self) -> Raw:
        return _parsed(self.git or self.manifest, self.number)


def _parsed(text: str, number: int) -> Raw:
    found: Raw = yaml.safe_load(text.replace("@", f"row-{number}"))
    return found


def change(manager: str, *operations: tuple[str, str] | tuple[str, str, Any], subresource: str = "") -> Edit:
    """``("replace", "/spec/replicas", 5)`` and so on."""
    patch = tuple(dict(zip(("op", "path", "value"), each, strict=False)) for each in operations)
    return Edit(manager, patch, subresource=subresource)


def deployment(pod: str, spec: str = "") -> str:
    """A Deployment of the pod template's spec, a flow mapping without its braces."""
    return f"""{{apiVersion: apps/v1, kind: Deployment, metadata: {{name: @, namespace: {NAMESPACE}}}, spec: {{{spec}
      selector: {{matchLabels: {{app: @}}}},
      template: {{metadata: {{labels: {{app: @}}}}, spec: {{{pod}}}}}}}}}"""


def web(container: str = "") -> str:
    return deployment(f"containers: [{{name: web, image: 'nginx:1', {container}}}]")


def namespaced(api_version: str, kind: str, rest: str) -> str:
    return f"{{apiVersion: {api_version}, kind: {kind}, metadata: {{name: @, namespace: {NAMESPACE}}}, {rest}}}"


def cluster_wide(api_version: str, kind: str, rest: str) -> str:
    return f"{{apiVersion: {api_version}, kind: {kind}, metadata: {{name: @}}, {rest}}}"


def config(data: str) -> str:
    return namespaced("v1", "ConfigMap", f"data: {data}")


def secret(rest: str) -> str:
    return namespaced("v1", "Secret", rest)


def role(kind: str, rest: str) -> str:
    make = cluster_wide if kind.startswith("Cluster") else namespaced
    return make("rbac.authorization.k8s.io/v1", kind, rest)


def thing(spec: str) -> str:
    return namespaced("property.holdfast.test/v1", "Widget", f"spec: {{{spec}}}")


def webhook(client: str) -> str:
    return cluster_wide(
        "admissionregistration.k8s.io/v1",
        "ValidatingWebhookConfiguration",
        f"""webhooks: [{{name: hook.holdfast.test, failurePolicy: Ignore, sideEffects: None,
          admissionReviewVersions: [v1],
          clientConfig: {{{client} service: {{name: nowhere, namespace: {NAMESPACE}}}}},
          objectSelector: {{matchLabels: {{holdfast.test/never: "true"}}}},
          rules: [{{apiGroups: [""], apiVersions: [v1], resources: [configmaps], operations: [CREATE]}}]}}]""",
    )


def crd(conversion: str = "") -> str:
    return f"""{{apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition,
      metadata: {{name: row@s.holdfast.test}}, spec: {{
        group: holdfast.test, scope: Namespaced, preserveUnknownFields: false, names: {{kind: Row@, plural: row@s}},
        {conversion} versions: [{{name: v1, served: true, storage: true,
          schema: {{openAPIV3Schema: {{type: object, description: "", properties: {{
            spec: {{type: object, additionalProperties: {{type: string, description: ""}}}},
            n: {{type: integer, default: 0, minimum: 0.0}}}}}}}}}}]}}}}"""


POD = "spec.template.spec"
WEB = f"{POD}.containers[name=web]"
AT = "/spec/template/spec/containers/0"
ENV = "env: [{name: A, value: '1'}, {name: B, value: '2'}]"
INJECTED = change("cert-manager-cainjector", ("add", "/webhooks/0/clientConfig/caBundle", CERTIFICATE))
REORDERED = [{"name": "log", "image": "b"}, {"name": "web", "image": "a"}]
LINT = frozenset({"lint"})
AGGREGATED = (
    "aggregationRule: {clusterRoleSelectors: [{matchLabels: {rbac.authorization.k8s.io/aggregate-to-view: 'true'}}]}"
)
SERVICE = "service: {name: n, namespace: default}"
CONVERSION = (
    f"conversion: {{strategy: Webhook, webhook: {{conversionReviewVersions: [v1], clientConfig: {{#{SERVICE}}}}}}},"
)

HEALTHY = (
    Row(1, "ports without protocol", web("ports: [{containerPort: 80}, {containerPort: 53, protocol: UDP}]")),
    Row(2, "server defaults", web()),
    Row(3, "empty strategy", deployment("containers: [{name: web, image: a}]", "strategy: {},")),
    Row(4, "empty texts defaulted", web("imagePullPolicy: ''")),
    Row(
        6,
        "zeros of plain fields",
        deployment(
            "hostNetwork: false, containers: [{name: web, image: a, stdin: false, readinessProbe:"
            " {initialDelaySeconds: 0, tcpSocket: {port: 80}}, volumeMounts: [{name: v, mountPath: /v,"
            " readOnly: false}]}], volumes: [{name: v, emptyDir: {}}]",
            "minReadySeconds: 0, paused: false,",
        ),
    ),
    Row(
        7,
        "zeros of pointers stay",
        deployment(
            "terminationGracePeriodSeconds: 0, automountServiceAccountToken: false, securityContext: {runAsUser: 0},"
            " containers: [{name: web, image: a, securityContext: {privileged: false}}]",
            "replicas: 0,",
        ),
    ),
    Row(
        8,
        "empty is absent",
        deployment(
            "tolerations: [], nodeSelector: {}, containers: [{name: web, image: a, command: [], args: null}]",
            "",
        ).replace("labels: {app: @}}, spec", "labels: {app: @}, annotations: {}, creationTimestamp: null}, spec"),
    ),
    Row(9, "empty value of a variable", web("env: [{name: A, value: ''}]")),
    Row(
        10,
        "quantities",
        web(
            "resources: {requests: {cpu: 0.5, memory: 1000M, ephemeral-storage: 1e9}, limits: {cpu: 1000m,"
            " memory: 1024Mi, ephemeral-storage: 1.5e9, nvidia.com/gpu: 1}}"
        ),
    ),
    Row(11, "a quantity as a number", web("resources: {limits: {memory: 1073741824}}")),
    Row(
        13,
        "octal mode",
        deployment(
            "containers: [{name: web, image: a}], volumes: [{name: v, configMap: {name: c, defaultMode: 0644}}]"
        ),
    ),
    Row(14, "defaults inside of atomics", web("env: [{name: N, valueFrom: {fieldRef: {fieldPath: metadata.name}}}]")),
    Row(
        1401,
        "role binding without groups",
        role("RoleBinding", "roleRef: {kind: Role, name: r}, subjects: [{kind: User, name: u}]"),
    ),
    Row(
        15,
        "allocated by the server",
        namespaced("v1", "Service", "spec: {clusterIP: '', sessionAffinity: '', type: NodePort, ports: [{port: 80}]}"),
    ),
    Row(17, "stringData", secret("data: {a: YQ==, b: b2xk}, stringData: {b: new}")),
    Row(18, "an empty key", secret("data: {a: ''}")),
    Row(
        19,
        "claim templates",
        namespaced(
            "apps/v1",
            "StatefulSet",
            """spec: {serviceName: s, selector: {matchLabels: {app: @}}, template: {metadata: {labels: {app: @}},
                spec: {containers: [{name: web, image: a}]}}, volumeClaimTemplates: [{metadata: {name: d},
                spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1024Mi}}}}]}""",
        ),
    ),
    Row(
        20,
        "job",
        namespaced(
            "batch/v1",
            "Job",
            "spec: {suspend: true, template: {spec: {restartPolicy: Never, containers: [{name: web, image: a}]}}}",
        ),
    ),
    Row(21, "namespace", cluster_wide("v1", "Namespace", "spec: {}")),
    Row(
        22,
        "claim",
        namespaced(
            "v1",
            "PersistentVolumeClaim",
            "spec: {storageClassName: '', accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}",
        ),
    ),
    Row(24, "empty rules", role("Role", "rules: []")),
    Row(
        2401,
        "aggregated without rules",
        role(
            "ClusterRole",
            AGGREGATED,
        ),
    ),
    Row(
        25,
        "aggregated with rules",
        role(
            "ClusterRole",
            f"rules: [], {AGGREGATED}",
        ),
        found=(Found("changed", "rules", [], ..., LINT),),
    ),
    Row(26, "crd", crd("conversion: {strategy: None},")),
    Row(27, "custom defaults", thing("ports: [{port: 1}], settled: {depth: 2}")),
    Row(28, "custom nulls", thing("nothing: null, size: null")),
    Row(30, "int or string as written", thing("amount: 1000m")),
    Row(
        31,
        "api service",
        f"""{{apiVersion: apiregistration.k8s.io/v1, kind: APIService, metadata: {{name: v1.row@.holdfast.test}},
          spec: {{group: row@.holdfast.test, version: v1, groupPriorityMinimum: 100, versionPriority: 100,
            insecureSkipTLSVerify: true, {SERVICE}}}}}""",
    ),
    Row(32, "ca injected", webhook(""), (INJECTED,)),
    Row(3201, "ca injected over an empty text", webhook("caBundle: '',"), (INJECTED,)),
    Row(
        33,
        "ca injected over a placeholder",
        webhook("caBundle: Cg==,"),
        (change("cert-manager-cainjector", ("replace", "/webhooks/0/clientConfig/caBundle", CERTIFICATE)),),
        (
            Found(
                "changed",
                "webhooks[name=hook.holdfast.test].clientConfig.caBundle",
                "Cg==",
                CERTIFICATE,
                frozenset({"lint", "ignored_by"}),
            ),
        ),
    ),
    Row(
        34,
        "broken ca of a conversion",
        crd(CONVERSION.replace("#", "")),
        git=crd(CONVERSION.replace("#", "caBundle: Cg==, ")),
    ),
    Row(
        37,
        "hpa of the older version",
        namespaced(
            "autoscaling/v1",
            "HorizontalPodAutoscaler",
            "spec: {scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: x}, minReplicas: 1, maxReplicas: 3,"
            " targetCPUUtilizationPercentage: 70}",
        ),
    ),
    Row(38, "several lines", config('{a: "x\\ny\\n", b: "", c: "a\\r\\nb  "}')),
    Row(
        43,
        "an unknown field of a built-in kind",
        config("{a: b}"),
        git=namespaced("v1", "ConfigMap", "data: {a: b}, nonsense: 1"),
    ),
    Row(
        4301,
        "a field the server drops",
        namespaced(
            "v1",
            "Service",
            "spec: {sessionAffinity: None, sessionAffinityConfig: {clientIP: {timeoutSeconds: 9}},"
            " ports: [{port: 80}]}",
        ),
        found=(Found("removed", "spec.sessionAffinityConfig", {"clientIP": {"timeoutSeconds": 9}}, None, LINT),),
    ),
    Row(44, "a status in git", config("{a: b}"), git=namespaced("v1", "ConfigMap", "data: {a: b}, status: {phase: x}")),
    Row(
        4401,
        "annotations flux takes off",
        config("{a: b}"),
        git=config("{a: b}").replace(
            "name: @", "name: @, annotations: {kubectl.kubernetes.io/last-applied-configuration: '{}'}"
        ),
    ),
)

EDITS = (
    Row(
        46,
        "image",
        web(),
        (change("kubectl-set", ("replace", f"{AT}/image", "nginx:2")),),
        (Found("changed", f"{WEB}.image", "nginx:1", "nginx:2"),),
    ),
    Row(
        47,
        "variable",
        web(ENV),
        (change("kubectl-set", ("replace", f"{AT}/env/0/value", "9")),),
        (Found("changed", f"{WEB}.env[name=A].value", "1", "9"),),
    ),
    Row(
        48,
        "another variable",
        web(ENV),
        (change("kubectl-set", ("add", f"{AT}/env/-", {"name": "NEW", "value": "1"})),),
    ),
    Row(
        50,
        "variable removed",
        web(ENV),
        (change("kubectl-set", ("remove", f"{AT}/env/0")),),
        (Found("removed", f"{WEB}.env[name=A]", {"name": "A", "value": "1"}),),
    ),
    Row(
        51,
        "limits removed",
        web("resources: {limits: {cpu: 1000m}}"),
        (change("kubectl-patch", ("remove", f"{AT}/resources/limits")),),
        (Found("removed", f"{WEB}.resources.limits", {"cpu": "1000m"}),),
    ),
    Row(
        5101,
        "false of a pointer removed",
        deployment("automountServiceAccountToken: false, containers: [{name: web, image: a}]"),
        (change("kubectl-patch", ("remove", "/spec/template/spec/automountServiceAccountToken")),),
        (Found("removed", f"{POD}.automountServiceAccountToken", False),),
    ),
    Row(
        5102,
        "a struct of nothing removed",
        deployment(
            "affinity: {podAffinity: {preferredDuringSchedulingIgnoredDuringExecution: []}},"
            " containers: [{name: web, image: a}]"
        ),
        (change("kubectl-patch", ("remove", "/spec/template/spec/affinity/podAffinity")),),
        (Found("removed", f"{POD}.affinity.podAffinity", {"preferredDuringSchedulingIgnoredDuringExecution": []}),),
    ),
    Row(
        52,
        "sidecar",
        web(),
        (change("kubectl-patch", ("add", "/spec/template/spec/containers/-", {"name": "debug", "image": "b"})),),
    ),
    Row(
        55,
        "owner label",
        config("{a: b}").replace("name: @", "name: @, labels: {kustomize.toolkit.fluxcd.io/name: apps, app: x}"),
        (
            change(
                "kubectl-label",
                ("replace", "/metadata/labels/kustomize.toolkit.fluxcd.io~1name", "else"),
                ("remove", "/metadata/labels/app"),
            ),
        ),
        (
            Found("changed", 'metadata.labels["kustomize.toolkit.fluxcd.io/name"]', "apps", "else"),
            Found("removed", "metadata.labels.app", "x"),
        ),
    ),
    Row(
        59,
        "trailing newline",
        config('{a: "x\\ny\\n"}'),
        (change("kubectl-edit", ("replace", "/data/a", "x\ny")),),
        (Found("changed", "data.a", "x\ny\n", "x\ny"),),
    ),
    Row(
        60,
        "scale",
        deployment("containers: [{name: web, image: a}]", "replicas: 2,"),
        (change("kubectl", ("replace", "/spec/replicas", 5), subresource="scale"),),
        (Found("changed", "spec.replicas", 2, 5),),
    ),
    Row(
        6001,
        "scale from zero",
        deployment("containers: [{name: web, image: a}]", "replicas: 0,"),
        (change("kubectl", ("replace", "/spec/replicas", 1), subresource="scale"),),
        (Found("changed", "spec.replicas", 0, 1),),
    ),
    Row(
        62,
        "scale to zero",
        deployment("containers: [{name: web, image: a}]", "replicas: 2,"),
        (change("kubectl", ("replace", "/spec/replicas", 0), subresource="scale"),),
        (Found("changed", "spec.replicas", 2, 0),),
    ),
    Row(66, "replicas git omits", web(), (change("kubectl-patch", ("replace", "/spec/replicas", 3)),)),
    Row(
        67,
        "zero in git overridden",
        namespaced(
            "v1", "Service", "spec: {sessionAffinity: '', publishNotReadyAddresses: false, ports: [{port: 80}]}"
        ),
        (
            change(
                "kubectl-patch",
                ("replace", "/spec/sessionAffinity", "ClientIP"),
                ("add", "/spec/publishNotReadyAddresses", True),
            ),
        ),
        (
            Found("changed", "spec.sessionAffinity", "", "ClientIP"),
            Found("changed", "spec.publishNotReadyAddresses", False, True),
        ),
    ),
    Row(
        68,
        "another spelling of a quantity",
        web("resources: {limits: {cpu: 1000m}}"),
        (change("kubectl-set", ("replace", f"{AT}/resources/limits/cpu", "1")),),
    ),
    Row(
        69,
        "another spelling in a custom resource",
        thing("amount: 1000m"),
        (change("kubectl-patch", ("replace", "/spec/amount", "1")),),
        (Found("changed", "spec.amount", "1000m", "1", frozenset({"cosmetic"})),),
    ),
    Row(
        6901,
        "another amount in a custom resource",
        thing("amount: 1000m"),
        (change("kubectl-patch", ("replace", "/spec/amount", "2")),),
        (Found("changed", "spec.amount", "1000m", "2"),),
    ),
    Row(
        71,
        "containers reordered",
        deployment("containers: [{name: web, image: a}, {name: log, image: b}]"),
        (change("kubectl-edit", ("replace", "/spec/template/spec/containers", REORDERED)),),
        (Found("order", f"{POD}.containers", ["web", "log"], ["log", "web"]),),
    ),
    Row(
        72,
        "arguments reordered",
        web("args: [a, b]"),
        (change("node-fetch", ("replace", f"{AT}/args", ["b", "a"])),),
        (Found("changed", f"{WEB}.args", ["a", "b"], ["b", "a"]),),
    ),
    Row(
        7201,
        "node selector with one more",
        deployment("nodeSelector: {a: b}, containers: [{name: web, image: a}]"),
        (change("kubectl-patch", ("add", "/spec/template/spec/nodeSelector/c", "d")),),
        (Found("changed", f"{POD}.nodeSelector", {"a": "b"}, {"a": "b", "c": "d"}),),
    ),
    Row(
        7205,
        "node selector with an empty one more",
        deployment("nodeSelector: {a: b}, containers: [{name: web, image: a}]"),
        (change("kubectl-patch", ("add", "/spec/template/spec/nodeSelector/c", "")),),
        (Found("changed", f"{POD}.nodeSelector", {"a": "b"}, {"a": "b", "c": ""}),),
    ),
    Row(
        7206,
        "a selector of a custom resource with one more",
        thing("selector: {name: a}"),
        (change("kubectl-patch", ("add", "/spec/selector/kind", "Node")),),
        (Found("changed", "spec.selector", {"name": "a"}, {"kind": "Node", "name": "a"}),),
    ),
    Row(
        7202,
        "toleration appended",
        deployment("tolerations: [{key: a, operator: Exists}], containers: [{name: web, image: a}]"),
        (change("kubectl-patch", ("add", "/spec/template/spec/tolerations/-", {"key": "b", "operator": "Exists"})),),
        (
            Found(
                "changed",
                f"{POD}.tolerations",
                [{"key": "a", "operator": "Exists"}],
                [{"key": "a", "operator": "Exists"}, {"key": "b", "operator": "Exists"}],
            ),
        ),
    ),
    Row(
        7203,
        "a field path within an atomic",
        web("env: [{name: N, valueFrom: {fieldRef: {fieldPath: metadata.name}}}]"),
        (change("kubectl-edit", ("replace", f"{AT}/env/0/valueFrom/fieldRef/fieldPath", "metadata.namespace")),),
        (Found("changed", f"{WEB}.env[name=N].valueFrom.fieldRef.fieldPath", "metadata.name", "metadata.namespace"),),
    ),
    Row(
        7204,
        "a peer of a network policy opened",
        namespaced(
            "networking.k8s.io/v1",
            "NetworkPolicy",
            "spec: {podSelector: {}, ingress: [{from: [{namespaceSelector: {}, podSelector: {matchLabels: {a: b}}}],"
            " ports: [{port: 80}]}]}",
        ),
        (change("kubectl-edit", ("remove", "/spec/ingress/0/from/0/namespaceSelector")),),
        (Found("removed", "spec.ingress[0].from[0].namespaceSelector", {}),),
    ),
    Row(
        73,
        "node selector git has not",
        web(),
        (change("node-fetch", ("add", "/spec/template/spec/nodeSelector", {"a": "b"})),),
    ),
    Row(
        76,
        "node port by hand",
        namespaced("v1", "Service", "spec: {type: NodePort, ports: [{port: 80}]}"),
        (change("kubectl-edit", ("replace", "/spec/ports/0/nodePort", 31999)),),
    ),
    Row(
        79,
        "applied over",
        config("{a: b}"),
        (Edit("kubectl", apply=config("{a: c}")),),
        (Found("changed", "data.a", "b", "c"),),
    ),
    Row(
        80,
        "another controller applies",
        web(),
        (Edit("keel", apply=web().replace("nginx:1", "nginx:3")),),
        (Found("changed", f"{WEB}.image", "nginx:1", "nginx:3"),),
    ),
    Row(
        82,
        "secret value and key",
        secret("stringData: {a: one, b: two}"),
        (change("kubectl-edit", ("replace", "/data/a", "bmV3"), ("remove", "/data/b")),),
        (Found("changed", "data.a", ..., ...), Found("removed", "data.b", ...)),
    ),
    Row(
        84,
        "finalizer",
        config("{a: b}"),
        (change("kubectl-patch", ("add", "/metadata/finalizers", ["holdfast.test/x"])),),
    ),
    Row(
        8401,
        "member of a set removed",
        thing("tags: [a, b, c]"),
        (change("kubectl-edit", ("remove", "/spec/tags/1")),),
        (Found("removed", "spec.tags[=b]", "b"),),
    ),
    Row(
        8402,
        "atomic list of a custom resource",
        thing("steps: [{port: 1}, {port: 2}]"),
        (change("kubectl-edit", ("replace", "/spec/steps/1/port", 3)),),
        (Found("changed", "spec.steps[1].port", 2, 3),),
    ),
    Row(
        8403,
        "an empty text of a custom resource",
        thing("size: ''"),
        (change("kubectl-edit", ("replace", "/spec/size", "big")),),
        (Found("changed", "spec.size", "", "big"),),
    ),
    Row(
        8404,
        "a nullable of a custom resource",
        thing("nothing: null"),
        (change("kubectl-edit", ("add", "/spec/nothing", "x")),),
        (Found("changed", "spec.nothing", None, "x"),),
    ),
    Row(
        86,
        "entry appended by an operator",
        thing("ports: [{port: 1}]"),
        (change("manager", ("add", "/spec/ports/-", {"port": 2})),),
    ),
    Row(
        8601,
        "entry of a custom list changed",
        thing("ports: [{port: 1, note: a}]"),
        (change("kubectl-edit", ("replace", "/spec/ports/0/note", "b")),),
        (Found("changed", "spec.ports[port=1,protocol=TCP].note", "a", "b"),),
    ),
    Row(
        90,
        "made immutable",
        config("{a: b}"),
        (change("kubectl-patch", ("replace", "/data/a", "c"), ("add", "/immutable", True)),),
        (Found("changed", "data.a", "b", "c"),),
    ),
    Row(
        92,
        "managed fields stripped",
        web("args: [a]"),
        (
            change("kubectl-edit", ("replace", f"{AT}/args/0", "b")),
            change("restore", ("replace", "/metadata/managedFields", [{}])),
        ),
        (Found("changed", f"{WEB}.args", ["a"], ["b"]),),
    ),
    Row(
        9301,
        "crd schema edited",
        crd(),
        (change("kubectl-edit", ("replace", "/spec/versions/0/schema/openAPIV3Schema/properties/n/default", 1)),),
        (Found("changed", "spec.versions[0].schema.openAPIV3Schema.properties.n.default", 0, 1),),
    ),
)

ROWS = (*HEALTHY, *EDITS)
