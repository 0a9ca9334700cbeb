"""Section 2a: what is healthy although the manifest in Git and the live object look different."""

from __future__ import annotations

from tests.live.corpus.acts import patched
from tests.live.corpus.manifests import config_map, crd, deployment, text, widget
from tests.live.corpus.row import Act, Row, Sees, Told, When

NAMESPACE = "corpus-healthy"


def _workload(number: int, pod: str, spec: str = "", kind: str = "Deployment") -> str:
    """A workload as people write it; `pod` and `spec` are indented by what they belong to."""
    name = f"row-{number:03d}"
    return f"""\
apiVersion: apps/v1
kind: {kind}
metadata:
  name: {name}
  namespace: {NAMESPACE}
spec:
  selector:
    matchLabels:
      app: {name}
{spec}\
  template:
    metadata:
      labels:
        app: {name}
    spec:
{pod}"""


def _meta(number: int, letter: str = "") -> str:
    return f"  name: row-{number:03d}{letter}\n  namespace: {NAMESPACE}\n"


QUANTITY = (
    r"^(\+|-)?(([0-9]+(\.[0-9]*)?)|(\.[0-9]+))"
    r"(([KMGTPE]i)|[numkMGTPE]|([eE](\+|-)?(([0-9]+(\.[0-9]*)?)|(\.[0-9]+))))?$"
)
"""As controller-gen writes it."""
WIDGET_SPEC = {
    "type": "object",
    "properties": {
        "def": {"type": "string", "default": "plain"},
        "defobj": {
            "type": "object",
            "default": {},
            "properties": {"in": {"type": "integer", "default": 3}, "other": {"type": "string"}},
        },
        "items": {
            "type": "array",
            "x-kubernetes-list-type": "map",
            "x-kubernetes-list-map-keys": ["n", "p"],
            "items": {
                "type": "object",
                "required": ["n"],
                "properties": {
                    "n": {"type": "string"},
                    "p": {"type": "string", "default": "TCP"},
                    "v": {"type": "integer"},
                },
            },
        },
        "nullable": {"type": "string", "nullable": True},
        "notnull": {"type": "string", "default": "there"},
        "amount": {
            "x-kubernetes-int-or-string": True,
            "anyOf": [{"type": "integer"}, {"type": "string"}],
            "pattern": QUANTITY,
        },
        "tags": {"type": "array", "x-kubernetes-list-type": "set", "items": {"type": "string"}},
        "plain": {"type": "array", "items": {"type": "string"}},
        "open": {"type": "object", "x-kubernetes-preserve-unknown-fields": True},
        "empty": {"type": "string"},
    },
}

_NEVER = """\
    objectSelector:
      matchLabels: {corpus.test/never: "true"}
    sideEffects: None
    admissionReviewVersions: [v1]
    rules:
      - {apiGroups: [""], apiVersions: [v1], resources: [configmaps], operations: [CREATE]}
"""
CERTIFICATE = "LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCg=="
CAINJECTOR = "cert-manager-cainjector"


def _webhook(number: int, client: str, policy: str = "Ignore") -> str:
    return f"""\
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingWebhookConfiguration
metadata:
  name: row-{number:03d}
webhooks:
  - name: hook.corpus.test
    failurePolicy: {policy}
    clientConfig:
{client}\
      service: {{name: nowhere, namespace: {NAMESPACE}}}
{_NEVER}"""


def _injected(number: int) -> Act:
    change = [{"op": "add", "path": "/webhooks/0/clientConfig/caBundle", "value": CERTIFICATE}]
    return patched("ValidatingWebhookConfiguration", "", f"row-{number:03d}", change, manager=CAINJECTOR)


ROWS = (
    Row(
        1,
        "ports without protocol",
        "healthy",
        _workload(
            1,
            """\
      containers:
        - name: web
          image: registry.test/web:1
          ports:
            - containerPort: 80
            - containerPort: 81
              name: admin
""",
        )
        + f"---\napiVersion: v1\nkind: Service\nmetadata:\n{_meta(1)}spec:\n  selector: {{app: row-001}}\n"
        "  ports:\n    - name: http\n      port: 80\n    - name: admin\n      port: 81\n",
    ),
    Row(
        2,
        "nothing but what is required: the server fills in the rest",
        "healthy",
        _workload(
            2,
            """\
      securityContext: {}
      containers:
        - name: web
          image: registry.test/web:1
          securityContext: {}
""",
        ),
    ),
    Row(
        3,
        "strategy: {}",
        "healthy",
        _workload(3, "      containers: [{name: web, image: registry.test/web:1}]\n", "  strategy: {}\n"),
    ),
    Row(
        4,
        'imagePullPolicy: "" and sessionAffinity: ""',
        "healthy",
        _workload(
            4,
            """\
      containers:
        - name: web
          image: registry.test/web:latest
          imagePullPolicy: ""
""",
        )
        + f"---\napiVersion: v1\nkind: Service\nmetadata:\n{_meta(4)}spec:\n  selector: {{app: row-004}}\n"
        '  sessionAffinity: ""\n  ports: [{port: 80}]\n',
    ),
    Row(
        6,
        "zeros that are left out on the wire",
        "healthy",
        _workload(
            6,
            """\
      hostNetwork: false
      containers:
        - name: web
          image: registry.test/web:1
          stdin: false
          volumeMounts:
            - {name: data, mountPath: /data, readOnly: false}
          livenessProbe:
            initialDelaySeconds: 0
            httpGet: {path: /, port: 80}
      volumes:
        - name: data
          emptyDir: {}
""",
            "  minReadySeconds: 0\n  paused: false\n",
        ),
    ),
    Row(
        7,
        "zeros that are kept",
        "healthy",
        _workload(
            7,
            """\
      terminationGracePeriodSeconds: 0
      containers:
        - name: web
          image: registry.test/web:1
          securityContext: {privileged: false, runAsUser: 0}
""",
            "  replicas: 0\n",
        )
        + f"""---
apiVersion: batch/v1
kind: CronJob
metadata:
{_meta(7)}spec:
  schedule: "0 3 * * *"
  suspend: false
  jobTemplate:
    spec:
      template:
        spec:
          restartPolicy: Never
          containers: [{{name: task, image: registry.test/task:1}}]
""",
    ),
    Row(
        8,
        "empty lists and maps",
        "healthy",
        _workload(
            8,
            """\
      tolerations: []
      nodeSelector: {}
      containers:
        - name: web
          image: registry.test/web:1
          command: []
          args: null
          resources: {}
""",
        ).replace(f"  namespace: {NAMESPACE}\n", f"  namespace: {NAMESPACE}\n  annotations: {{}}\n", 1)
        + f"""---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
{_meta(8)}spec:
  tls: []
  rules:
    - host: row.corpus.test
      http:
        paths:
          - path: /
            pathType: Prefix
            backend: {{service: {{name: row-001, port: {{number: 80}}}}}}
""",
    ),
    Row(
        9,
        'env value: ""',
        "healthy",
        _workload(
            9,
            """\
      containers:
        - name: web
          image: registry.test/web:1
          env:
            - {name: EMPTY, value: ""}
            - {name: FULL, value: "1"}
""",
        ),
    ),
    Row(
        10,
        "quantities in any spelling",
        "healthy",
        _workload(
            10,
            """\
      containers:
        - name: a
          image: registry.test/web:1
          resources:
            requests: {cpu: 1000m, memory: 1024Mi, nvidia.com/gpu: 1}
            limits: {cpu: 0.5e1, memory: 2000M, nvidia.com/gpu: 1}
        - name: b
          image: registry.test/web:1
          resources:
            requests: {cpu: 0.5, memory: 1e9}
""",
            "  replicas: 0\n",
        ),
    ),
    Row(
        11,
        "memory as a number",
        "healthy",
        _workload(
            11,
            """\
      containers:
        - name: web
          image: registry.test/web:1
          resources:
            requests: {memory: 1073741824}
            limits: {memory: 1Gi}
""",
            "  replicas: 0\n",
        ),
    ),
    Row(
        13,
        "defaultMode: 0644",
        "healthy",
        _workload(
            13,
            """\
      containers: [{name: web, image: registry.test/web:1}]
      volumes:
        - name: files
          configMap: {name: row-038, defaultMode: 0644}
""",
        ),
    ),
    Row(
        14,
        "defaults inside atomic lists and maps",
        "healthy",
        _workload(
            14,
            """\
      containers:
        - name: web
          image: registry.test/web:1
          env:
            - name: POD
              valueFrom: {fieldRef: {fieldPath: metadata.name}}
""",
        )
        + f"""---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata:
{_meta(14)}rules:
  - {{apiGroups: [""], resources: [pods], verbs: [get]}}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata:
{_meta(14)}roleRef: {{kind: Role, name: row-014}}
subjects:
  - {{kind: User, name: somebody}}
  - {{kind: ServiceAccount, name: default, namespace: {NAMESPACE}}}
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata:
{_meta(14)}addressType: IPv4
endpoints:
  - addresses: [192.0.2.1]
ports:
  - port: 80
""",
    ),
    Row(
        15,
        "what the server allocates to a Service",
        "healthy",
        f"""\
apiVersion: v1
kind: Service
metadata:
{_meta(15)}spec:
  type: LoadBalancer
  externalTrafficPolicy: Local
  clusterIP: ""
  selector: {{app: row-001}}
  ports: [{{port: 80, name: http}}]
""",
    ),
    Row(
        16,
        "Service without targetPort",
        "healthy",
        f"""\
apiVersion: v1
kind: Service
metadata:
{_meta(16)}spec:
  clusterIP: None
  selector: {{app: row-001}}
  ports: [{{port: 8080, protocol: TCP}}]
""",
    ),
    Row(
        17,
        "Secret with stringData, data with line breaks, and both",
        "healthy",
        f"""\
apiVersion: v1
kind: Secret
metadata:
{_meta(17)}stringData:
  words: "in clear"
  both: "the clear one"
data:
  both: dGhlIG90aGVyIG9uZQ==
  broken: |
    aW4gdHdv
    IGxpbmVz
""",
    ),
    Row(
        18,
        'Secret data value ""',
        "healthy",
        f'apiVersion: v1\nkind: Secret\nmetadata:\n{_meta(18)}data:\n  empty: ""\n  full: eA==\n',
    ),
    Row(
        19,
        "StatefulSet with volumeClaimTemplates",
        "healthy",
        _workload(
            19,
            """\
      containers:
        - name: db
          image: registry.test/db:1
          volumeMounts: [{name: data, mountPath: /data}]
""",
            """\
  serviceName: row-019
  replicas: 1
  volumeClaimTemplates:
    - metadata: {name: data}
      spec:
        accessModes: [ReadWriteOnce]
        resources: {requests: {storage: 1Gi}}
""",
            "StatefulSet",
        ),
        also=(f"PersistentVolumeClaim/{NAMESPACE}/data-row-019-0",),
    ),
    Row(
        20,
        "CronJob and Job with everything defaulted",
        "healthy",
        f"""\
apiVersion: batch/v1
kind: CronJob
metadata:
{_meta(20)}spec:
  schedule: "0 3 * * *"
  jobTemplate:
    spec:
      template:
        spec:
          restartPolicy: Never
          containers: [{{name: task, image: registry.test/task:1}}]
---
apiVersion: batch/v1
kind: Job
metadata:
{_meta(20)}spec:
  template:
    spec:
      restartPolicy: Never
      containers: [{{name: task, image: registry.test/task:1}}]
""",
    ),
    Row(
        21,
        "Namespace with the server's label and finalizer",
        "healthy",
        "apiVersion: v1\nkind: Namespace\nmetadata:\n  name: row-021\n",
    ),
    Row(
        22,
        "a PersistentVolumeClaim and its volume, bound by the controller",
        "healthy",
        f"""\
apiVersion: v1
kind: PersistentVolume
metadata:
  name: row-022
spec:
  capacity: {{storage: 1Gi}}
  accessModes: [ReadWriteOnce]
  storageClassName: row-022
  hostPath: {{path: /nowhere}}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata:
{_meta(22)}spec:
  accessModes: [ReadWriteOnce]
  storageClassName: row-022
  resources: {{requests: {{storage: 1Gi}}}}
""",
    ),
    Row(
        23,
        "the Deployment controller's revision annotation, beside annotations of Git",
        "healthy",
        _workload(23, "      containers: [{name: web, image: registry.test/web:1}]\n").replace(
            f"  namespace: {NAMESPACE}\n", f"  namespace: {NAMESPACE}\n  annotations: {{corpus.test/note: ours}}\n", 1
        ),
    ),
    Row(
        24,
        "Role with no rules, ClusterRole whose rules are aggregated",
        "healthy",
        f"""\
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata:
{_meta(24)}rules: []
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: row-024
aggregationRule:
  clusterRoleSelectors:
    - matchLabels: {{corpus.test/aggregate: "yes"}}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: row-024-part
  labels: {{corpus.test/aggregate: "yes"}}
rules:
  - {{apiGroups: [""], resources: [pods], verbs: [get]}}
""",
    ),
    Row(
        25,
        "aggregated ClusterRole with rules: [] in Git: Flux fights the aggregation",
        "healthy",
        """\
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: row-025
aggregationRule:
  clusterRoleSelectors:
    - matchLabels: {corpus.test/aggregate: "yes"}
rules: []
""",
        sees=Sees.YES,
    ),
    Row(
        26,
        "CRD with the defaults written out, and a status",
        "healthy",
        """\
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  name: gadgets.corpus.test
spec:
  group: corpus.test
  scope: Namespaced
  preserveUnknownFields: false
  conversion: {strategy: None}
  names: {plural: gadgets, singular: gadget, kind: Gadget, listKind: GadgetList}
  versions:
    - name: v1
      served: true
      storage: true
      schema:
        openAPIV3Schema:
          type: object
          x-kubernetes-preserve-unknown-fields: true
status:
  acceptedNames: {kind: "", plural: ""}
  conditions: []
  storedVersions: []
""",
    ),
    Row(
        27,
        "custom resource with defaults from its schema",
        "healthy",
        text(
            crd("widgets", "Widget", "corpus.test", WIDGET_SPEC),
            widget("row-027", NAMESPACE, defobj={"other": "x"}, items=[{"n": "a"}, {"n": "b", "p": "UDP"}]),
            widget("row-027-bare", NAMESPACE),
        ),
    ),
    Row(
        28,
        "custom resource with nulls",
        "healthy",
        text(widget("row-028", NAMESPACE, nullable=None, notnull=None, empty="", tags=[], open={"zero": 0, "no": []})),
    ),
    Row(
        30,
        "custom resource with an int-or-string",
        "healthy",
        text(widget("row-030", NAMESPACE, amount="1000m"), widget("row-030-number", NAMESPACE, amount=1)),
    ),
    Row(
        32,
        "webhook without caBundle, injected by cainjector",
        "healthy",
        _webhook(32, ""),
        act=_injected(32),
        when=When.HEALTHY,
    ),
    Row(
        33,
        "webhook with a placeholder as caBundle, injected by cainjector: Flux fights it",
        "healthy",
        _webhook(33, "      caBundle: Cg==\n"),
        act=_injected(33),
        when=When.HEALTHY,
        sees=Sees.YES,
    ),
    Row(
        34,
        "CRD with an invalid caBundle, which Flux strips",
        "healthy",
        f"""\
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  name: gizmos.corpus.test
spec:
  group: corpus.test
  scope: Namespaced
  conversion:
    strategy: Webhook
    webhook:
      conversionReviewVersions: [v1]
      clientConfig:
        caBundle: Cg==
        service: {{name: nowhere, namespace: {NAMESPACE}}}
  names: {{plural: gizmos, kind: Gizmo}}
  versions:
    - name: v1
      served: true
      storage: true
      schema:
        openAPIV3Schema: {{type: object, x-kubernetes-preserve-unknown-fields: true}}
""",
    ),
    Row(
        35,
        "a webhook's failurePolicy changed by its own controller",
        "edits",
        _webhook(35, ""),
        act=patched(
            "ValidatingWebhookConfiguration",
            "",
            "row-035",
            [{"op": "replace", "path": "/webhooks/0/failurePolicy", "value": "Fail"}],
            manager="pilot-discovery",
        ),
        told=(
            Told(
                "drift.field.fought",
                "ValidatingWebhookConfiguration/row-035",
                "webhooks[name=hook.corpus.test].failurePolicy",
                (("pilot-discovery", "operator"),),
            ),
        ),
        sees=Sees.YES,
    ),
    Row(
        36,
        "ServiceAccount whose pull secrets OpenShift adds",
        "healthy",
        f"apiVersion: v1\nkind: ServiceAccount\nmetadata:\n{_meta(36)}",
        act=patched(
            "ServiceAccount",
            NAMESPACE,
            "row-036",
            {"secrets": [{"name": "row-036-dockercfg"}], "imagePullSecrets": [{"name": "row-036-dockercfg"}]},
            manager="openshift-controller-manager",
        ),
        when=When.HEALTHY,
    ),
    Row(
        37,
        "HorizontalPodAutoscaler in Git at autoscaling/v1",
        "healthy",
        f"""\
apiVersion: autoscaling/v1
kind: HorizontalPodAutoscaler
metadata:
{_meta(37)}spec:
  scaleTargetRef: {{apiVersion: apps/v1, kind: Deployment, name: row-002}}
  minReplicas: 1
  maxReplicas: 3
  targetCPUUtilizationPercentage: 80
""",
    ),
    Row(
        38,
        "ConfigMap value of several lines",
        "healthy",
        f"apiVersion: v1\nkind: ConfigMap\nmetadata:\n{_meta(38)}data:\n  lines: |\n    first\n    second\n"
        '  n: "no key of a boolean"\n  "on": "1e3"\n',
    ),
    Row(
        39,
        "ConfigMap values with CRLF, trailing blanks, composed and decomposed letters",
        "healthy",
        f'apiVersion: v1\nkind: ConfigMap\nmetadata:\n{_meta(39)}data:\n  crlf: "a\\r\\nb  \\n"\n'
        '  composed: "caf\\u00e9"\n  decomposed: "cafe\\u0301"\n',
    ),
    Row(
        39,
        "a letter decomposed by hand",
        "edits",
        text(config_map("row-039b", word="caf\u00e9")),
        act=patched("ConfigMap", "corpus-edits", "row-039b", {"data": {"word": "cafe\u0301"}}, manager="kubectl-patch"),
        told=(
            Told("drift.field.changed", "ConfigMap/corpus-edits/row-039b", "data.word", (("kubectl-patch", "human"),)),
        ),
        sees=Sees.YES,
        letter="b",
    ),
    Row(
        40,
        "an annotation that a mutating webhook adds to whatever is applied",
        "healthy",
        text(
            crd("prometheusrules", "PrometheusRule", "monitoring.coreos.com"),
            {
                "apiVersion": "monitoring.coreos.com/v1",
                "kind": "PrometheusRule",
                "metadata": {"name": "row-040", "namespace": NAMESPACE},
                "spec": {"groups": []},
            },
        ),
    ),
    Row(
        42,
        "env value that is a number: the API refuses what Git says now",
        "row-042",
        text(deployment("row-042", "corpus-flux", container={"env": [{"name": "A", "value": "1"}]})),
        text(deployment("row-042", "corpus-flux", container={"env": [{"name": "A", "value": 1}]})),
        sees=Sees.ERROR,
    ),
    Row(
        43,
        "field in a custom resource that its schema does not know",
        "row-043",
        text(widget("row-043", "corpus-flux", empty="x")),
        text(widget("row-043", "corpus-flux", empty="x", bogus=1)),
        sees=Sees.ERROR,
    ),
    Row(
        43,
        "unknown field in a built-in object, which Flux drops",
        "healthy",
        _workload(43, "      containers: [{name: web, image: registry.test/web:1, bogus: 1}]\n").replace(
            "row-043", "row-043b"
        ),
        letter="b",
    ),
    Row(
        44,
        "status in Git",
        "healthy",
        _workload(44, "      containers: [{name: web, image: registry.test/web:1}]\n")
        + "status:\n  replicas: 7\n  conditions: []\n"
        + f"---\napiVersion: v1\nkind: Service\nmetadata:\n{_meta(44)}spec:\n  selector: {{app: row-044}}\n"
        "  ports: [{port: 80}]\nstatus:\n  loadBalancer: {ingress: [{ip: 192.0.2.1}]}\n",
    ),
)
