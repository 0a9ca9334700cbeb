"""etcd, the API server, the controller-manager, the scheduler and kwok: how each is started, all on loopback."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import yaml

from testbed import kubeconfig
from testbed.build import Built
from testbed.certificates import Authority, Pair, service_account_keys
from testbed.instance import Instance
from testbed.processes import Command

PORTS = ["etcd", "etcd-peer", "apiserver", "controller-manager", "scheduler", "kwok"]
NODES = ("node-1", "node-2")

AUDIT_POLICY = {
    "apiVersion": "audit.k8s.io/v1",
    "kind": "Policy",
    "omitStages": ["RequestReceived"],
    "rules": [{"level": "Metadata"}],
}


@dataclass(frozen=True)
class ControlPlane:
    """Everything the command lines need: paths, ports, certificates."""

    instance: Instance
    built: Built
    ports: dict[str, int]

    @property
    def server(self) -> str:
        return f"https://127.0.0.1:{self.ports['apiserver']}"

    def authority(self) -> Authority:
        """The authority that signs client certificates; its users are whoever CN and O say."""
        return Authority(self.instance.pki, "ca")

    def identity(self, file: str, user: str, groups: list[str]) -> Path:
        """A kubeconfig for one user, in the instance's folder."""
        pair = self.authority().client(file, user, groups)
        return self.kubeconfig(self.instance.pki / f"{file}.kubeconfig", {user: pair}, user)

    def kubeconfig(self, file: Path, users: dict[str, Pair], current: str) -> Path:
        return kubeconfig.write(file, self.server, self.instance.pki / "ca.crt", users, current)

    def commands(self) -> list[Command]:
        """All five, in the order they are started."""
        return [self._etcd(), self._apiserver(), self._controller_manager(), self._scheduler(), self._kwok()]

    def _etcd(self) -> Command:
        client, peer = (f"http://127.0.0.1:{self.ports[name]}" for name in ("etcd", "etcd-peer"))
        return self._command(
            "etcd",
            f"--data-dir={self.instance.home / 'etcd'}",
            f"--listen-client-urls={client}",
            f"--advertise-client-urls={client}",
            f"--listen-peer-urls={peer}",
            f"--initial-advertise-peer-urls={peer}",
            f"--initial-cluster=default={peer}",
            "--unsafe-no-fsync=true",  # nothing here has to survive a power cut
            "--log-level=warn",
        )

    def _apiserver(self) -> Command:
        pki = self.instance.pki
        ca = self.authority()
        front = Authority(pki, "front-proxy-ca")
        serving = ca.server("apiserver", ["127.0.0.1", "localhost", "kubernetes.default.svc", "10.96.0.1"])
        kubelet = ca.client("apiserver-kubelet", "kube-apiserver-kubelet", ["system:masters"])
        proxy = front.client("front-proxy", "front-proxy-client", [])
        tokens = service_account_keys(pki)
        policy = self.instance.home / "audit-policy.yaml"
        policy.write_text(yaml.safe_dump(AUDIT_POLICY))
        return self._command(
            "kube-apiserver",
            f"--etcd-servers=http://127.0.0.1:{self.ports['etcd']}",
            "--bind-address=127.0.0.1",
            "--advertise-address=127.0.0.1",
            "--endpoint-reconciler-type=none",  # a loopback address is not allowed in an Endpoints object
            f"--secure-port={self.ports['apiserver']}",
            f"--tls-cert-file={serving.certificate}",
            f"--tls-private-key-file={serving.key}",
            f"--client-ca-file={ca.pair.certificate}",
            f"--kubelet-client-certificate={kubelet.certificate}",
            f"--kubelet-client-key={kubelet.key}",
            f"--requestheader-client-ca-file={front.pair.certificate}",
            "--requestheader-allowed-names=front-proxy-client",
            "--requestheader-username-headers=X-Remote-User",
            "--requestheader-group-headers=X-Remote-Group",
            "--requestheader-extra-headers-prefix=X-Remote-Extra-",
            f"--proxy-client-cert-file={proxy.certificate}",
            f"--proxy-client-key-file={proxy.key}",
            "--service-account-issuer=https://kubernetes.default.svc.cluster.local",
            f"--service-account-key-file={tokens.certificate}",
            f"--service-account-signing-key-file={tokens.key}",
            "--service-cluster-ip-range=10.96.0.0/16",
            "--authorization-mode=Node,RBAC",
            "--allow-privileged=true",
            f"--audit-policy-file={policy}",
            f"--audit-log-path={self.instance.audit_log}",
            "--audit-log-maxsize=2000",
            "--shutdown-delay-duration=0s",
            "--v=0",
        )

    def _controller_manager(self) -> Command:
        config = self.identity("controller-manager", "system:kube-controller-manager", [])
        return self._command(
            "kube-controller-manager",
            f"--kubeconfig={config}",
            "--bind-address=127.0.0.1",
            f"--secure-port={self.ports['controller-manager']}",
            f"--root-ca-file={self.instance.pki / 'ca.crt'}",
            f"--service-account-private-key-file={self.instance.pki / 'service-accounts.key'}",
            "--use-service-account-credentials=true",
            "--leader-elect=false",
            "--v=0",
        )

    def _scheduler(self) -> Command:
        config = self.identity("scheduler", "system:kube-scheduler", [])
        return self._command(
            "kube-scheduler",
            f"--kubeconfig={config}",
            "--bind-address=127.0.0.1",
            f"--secure-port={self.ports['scheduler']}",
            "--leader-elect=false",
            "--v=0",
        )

    def _kwok(self) -> Command:
        config = self.identity("kwok", "kwok", ["system:masters"])
        serving = self.authority().server("kwok", ["127.0.0.1", *NODES])
        execs = execs_file(self.instance)
        execs.touch()
        bin = self.instance.home / "services" / "bin"  # what an exec may run is what the services put there
        argv = [
            str(self.built.binary("kwok")),
            f"--kubeconfig={config}",
            f"--config={Path(__file__).parent / 'stages.yaml'},{execs}",
            "--manage-all-nodes=true",
            "--cidr=10.0.0.1/16",
            "--node-ip=127.0.0.1",
            f"--node-port={self.ports['kwok']}",
            f"--server-address=127.0.0.1:{self.ports['kwok']}",
            f"--tls-cert-file={serving.certificate}",
            f"--tls-private-key-file={serving.key}",
            "--node-lease-duration-seconds=40",
        ]
        return Command("kwok", argv, environment(self.instance, PATH=str(bin)))

    def _command(self, name: str, *flags: str) -> Command:
        return Command(name, [str(self.built.binary(name)), *flags], environment(self.instance))


def execs_file(instance: Instance) -> Path:
    """Which `kubectl exec` runs what on this machine, for kwok."""
    return instance.home / "execs.yaml"


def environment(instance: Instance, **more: str) -> dict[str, str]:
    """What a server gets to see: a home of its own, and none of the caller's proxies, kubeconfigs or credentials."""
    scratch = instance.home / "tmp"
    scratch.mkdir(exist_ok=True)
    return {
        "PATH": os.environ.get("PATH", ""),
        "HOME": str(instance.home),
        "TMPDIR": str(scratch),
        "LANG": "C.UTF-8",
        **more,
    }


def node(name: str) -> dict[str, object]:
    """A Node object for kwok to bring to life."""
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {
            "name": name,
            "labels": {
                "kubernetes.io/hostname": name,
                "kubernetes.io/os": "linux",
                "kubernetes.io/arch": "amd64",
                "type": "kwok",
            },
            "annotations": {"kwok.x-k8s.io/node": "fake"},
        },
    }
