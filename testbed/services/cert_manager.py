"""cert-manager: the real controller, an issuer that signs with the testbed's authority, and what people install for it.

Its Deployments are objects; the webhook and the cainjector are nothing but that. Issuers and Certificates are in the
platform's Git.
"""

from __future__ import annotations

import base64

from testbed import health
from testbed.kube import Object
from testbed.processes import Command
from testbed.services import Context, Handle, Service, installed
from testbed.services.authority import authority
from testbed.services.probe import status

NAMESPACE = "cert-manager"
AUTHORITY = "eoepca-ca"
_OWN = ("cert-manager.io", "acme.cert-manager.io")
_READ = ["get", "list", "watch"]
_RULES: list[Object] = [
    *({"apiGroups": [group], "resources": ["*"], "verbs": ["*"]} for group in _OWN),
    {"apiGroups": [""], "resources": ["secrets"], "verbs": [*_READ, "create", "update", "delete", "patch"]},
    {"apiGroups": [""], "resources": ["events"], "verbs": ["create", "patch"]},
    {"apiGroups": [""], "resources": ["pods", "services"], "verbs": [*_READ, "create", "delete"]},
    {
        "apiGroups": ["networking.k8s.io"],
        "resources": ["ingresses", "ingresses/finalizers"],
        "verbs": [*_READ, "create", "delete", "update"],
    },
]


class CertManager(Service):
    name = "cert-manager"
    ports = ("cert-manager",)
    controller = True

    def command(self, ctx: Context) -> Command:
        argv = [
            str(ctx.built.binary("cert-manager-controller")),
            f"--kubeconfig={ctx.account(NAMESPACE, NAMESPACE)}",
            f"--cluster-resource-namespace={NAMESPACE}",
            f"--metrics-listen-address=127.0.0.1:{ctx.port('cert-manager')}",
            "--leader-elect=false",
            "--v=2",
        ]
        return Command(self.name, argv, ctx.environment())

    def objects(self, ctx: Context) -> list[Object]:
        version = ctx.built.version("cert-manager")
        return [
            installed.namespace(NAMESPACE),
            *installed.crds(ctx.built.crds("cert-manager"), NAMESPACE),
            *installed.account(NAMESPACE, NAMESPACE, _RULES),
            *(
                installed.deployment(NAMESPACE, name, f"quay.io/jetstack/{image}:{version}", 9402, NAMESPACE)
                for name, image in (
                    (NAMESPACE, "cert-manager-controller"),
                    (f"{NAMESPACE}-cainjector", "cert-manager-cainjector"),
                    (f"{NAMESPACE}-webhook", "cert-manager-webhook"),
                )
            ),
            installed.service(NAMESPACE, NAMESPACE, 9402),
            _authority_secret(ctx),
        ]

    def ready(self, ctx: Context) -> bool:
        return status(f"http://127.0.0.1:{ctx.port('cert-manager')}/metrics") == 200

    def problems(self, ctx: Context) -> list[str]:
        return [
            f"{obj['kind']}/{obj['metadata'].get('namespace', '')}/{obj['metadata']['name']} is not ready"
            for kind in ("ClusterIssuer", "Certificate")
            for obj in ctx.kube.list(kind)
            if not health.ready(obj)
        ]

    def handle(self, ctx: Context) -> Handle:
        return Handle(self, ctx)


def _authority_secret(ctx: Context) -> Object:
    """What the ClusterIssuer eoepca-ca signs with."""
    pair = authority(ctx).pair
    files = {"tls.crt": pair.certificate, "tls.key": pair.key}
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": AUTHORITY, "namespace": NAMESPACE},
        "type": "kubernetes.io/tls",
        "data": {key: base64.b64encode(file.read_bytes()).decode() for key, file in files.items()},
    }


SERVICE = CertManager()
