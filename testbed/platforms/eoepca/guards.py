"""Templates that resource-guard and pdp-engine have beside the usual ones: the guard itself, as its Deployment."""

from __future__ import annotations

_MONGO = "docker.io/library/mongo:5.0.26"


def _deployment(name: str, image: str, port: int) -> str:
    return f"""\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {name}
  labels:
    app: {name}
    app.kubernetes.io/instance: {{{{ .Release.Name }}}}
spec:
  replicas: 1
  selector:
    matchLabels:
      app: {name}
  template:
    metadata:
      labels:
        app: {name}
    spec:
      serviceAccountName: {{{{ .Release.Name }}}}
      containers:
        - name: {name}
          image: {image}
          ports:
            - {{name: http, containerPort: {port}}}
          readinessProbe:
            tcpSocket: {{port: http}}
          livenessProbe:
            tcpSocket: {{port: http}}
          resources: {{requests: {{cpu: 10m, memory: 64Mi}}, limits: {{memory: 256Mi}}}}
        - name: mongo
          image: {_MONGO}
          ports:
            - {{name: mongo, containerPort: 27017}}
          readinessProbe:
            tcpSocket: {{port: mongo}}
          livenessProbe:
            tcpSocket: {{port: mongo}}
          resources: {{requests: {{cpu: 10m, memory: 64Mi}}, limits: {{memory: 512Mi}}}}
---
apiVersion: v1
kind: Service
metadata:
  name: {name}
spec:
  selector:
    app: {name}
  ports:
    - {{name: http, port: {port}, targetPort: http}}
"""


RESOURCE_GUARD = {
    "pep.yaml": f"""\
{{{{- with (.Values.global).context }}}}
{{{{- $pep := printf "%s-pep" . }}}}
{{{{- $engine := index $.Values "pep-engine" | default dict }}}}
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{{{ $pep }}}}-custom-resources
data:
  default-resources.json: |
    {{{{- $all := concat ($engine.defaultResources | default list) ($engine.customDefaultResources | default list) }}}}
    {{{{- dict "default_resources" $all | toPrettyJson | nindent 4 }}}}
---
{_deployment("{{ $pep }}", "docker.io/eoepca/um-pep-engine:v1.2", 5566).replace(".Release", "$.Release")}
{{{{- end }}}}
"""
}
"""`<context>-pep` and what it declares, wherever values say which context; none elsewhere."""
PDP_ENGINE = {"pdp.yaml": _deployment("pdp-engine", "docker.io/eoepca/um-pdp-engine:v1.2", 5567)}
