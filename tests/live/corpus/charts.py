"""The chart of the corpus: the testbed's usual one with Deployments by name, hooks, a CRD, random values."""

from __future__ import annotations

from pathlib import Path

from testbed import charts
from testbed.charts import Chart

REPOSITORY = "corpus"

_ROWS = """\
{{- range .Values.rows }}
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ . }}
  labels: {app: {{ . }}, app.kubernetes.io/managed-by: {{ $.Release.Service }}}
spec:
  replicas: 1
  selector: {matchLabels: {app: {{ . }}}}
  template:
    metadata: {labels: {app: {{ . }}}}
    spec:
      containers:
        - name: web
          image: registry.test/web:1
          env: [{name: A, value: "1"}]
{{- end }}
"""
_RANDOM = """\
{{- if .Values.random }}
apiVersion: v1
kind: Secret
metadata:
  name: {{ .Values.random }}
stringData:
  password: {{ randAlphaNum 16 | quote }}
  seen: {{ len (lookup "v1" "Namespace" "" "") | quote }}
{{- end }}
"""
_HOOKS = """\
{{- if .Values.hooks }}
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Values.hooks }}
  annotations: {helm.sh/hook: "post-install,post-upgrade"}
data: {colour: blue}
---
apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .Values.hooks }}
  annotations: {helm.sh/hook: "post-install,post-upgrade", helm.sh/hook-delete-policy: before-hook-creation}
spec:
  completions: 0
  template:
    spec:
      restartPolicy: Never
      containers: [{name: task, image: registry.test/task:1}]
{{- end }}
"""
_CLUSTER = """\
{{- if .Values.cluster }}
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: {{ .Values.cluster }}
rules:
  - {apiGroups: [""], resources: [pods], verbs: [get]}
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Values.cluster }}
data: {colour: blue}
{{- end }}
"""
_KEPT = """\
{{- if .Values.kept }}
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Values.kept }}
  annotations: {helm.sh/resource-policy: keep}
data: {colour: blue}
{{- end }}
"""
CRD = """\
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  name: trinkets.corpus.test
spec:
  group: corpus.test
  scope: Namespaced
  names: {plural: trinkets, kind: Trinket}
  versions:
    - name: v1
      served: true
      storage: true
      schema:
        openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}
"""
TEMPLATES = {"rows.yaml": _ROWS, "random.yaml": _RANDOM, "hooks.yaml": _HOOKS, "cluster.yaml": _CLUSTER}
CHART = Chart(REPOSITORY, "corpus", "1.0.0", more={**TEMPLATES, "kept.yaml": _KEPT}, crds={"trinkets.yaml": CRD})
NEXT = Chart(REPOSITORY, "corpus", "1.1.0", more=TEMPLATES, crds={"trinkets.yaml": CRD})


def package(folder: Path) -> Path:
    """The chart as a file, for the helm CLI."""
    file = folder / CHART.file
    file.write_bytes(charts.pack(CHART))
    return file
