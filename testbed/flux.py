"""The four Flux controllers as processes.

The same binaries a cluster runs, with their own service accounts' rights, outside any pod.
"""

from __future__ import annotations

from testbed.build import FLUX, NAMESPACE_FILE
from testbed.control_plane import ControlPlane, environment
from testbed.gotk import NAMESPACE
from testbed.processes import Command

PORTS = [f"{name}-{port}" for name in FLUX for port in ("metrics", "health")] + ["storage", "events", "receiver"]

# Leases shorter than Flux's 35 s, so that a dead controller shows, and is succeeded, in time for a test.
LEASE = (
    "--leader-election-lease-duration=15s",
    "--leader-election-renew-deadline=10s",
    "--leader-election-retry-period=2s",
)


def commands(plane: ControlPlane) -> list[Command]:
    """One command per controller; the CRDs must be served before they start."""
    events = f"--events-addr=http://127.0.0.1:{plane.ports['events']}/"
    storage = f"127.0.0.1:{plane.ports['storage']}"
    retry = ("--requeue-dependency=2s", "--min-retry-delay=500ms", "--max-retry-delay=30s")
    namespace = plane.instance.home / NAMESPACE_FILE
    namespace.parent.mkdir(exist_ok=True)
    namespace.write_text(NAMESPACE)
    data = plane.instance.home / "artifacts"
    data.mkdir(exist_ok=True)
    return [
        _command(
            plane,
            "source-controller",
            events,
            *retry,
            "--concurrent=8",
            f"--storage-path={data}",
            f"--storage-addr={storage}",
            f"--storage-adv-addr={storage}",
        ),
        _command(plane, "kustomize-controller", events, *retry, "--concurrent=4", "--http-retry=1"),
        _command(
            plane,
            "helm-controller",
            events,
            *retry,
            "--concurrent=12",
            "--http-retry=1",
            "--graceful-shutdown-timeout=5s",
        ),
        _command(
            plane,
            "notification-controller",
            f"--events-addr=127.0.0.1:{plane.ports['events']}",
            f"--receiverAddr=127.0.0.1:{plane.ports['receiver']}",
            "--rate-limit-interval=1s",
        ),
    ]


def _command(plane: ControlPlane, name: str, *flags: str) -> Command:
    account = f"system:serviceaccount:{NAMESPACE}:{name}"
    config = plane.identity(name, account, ["system:serviceaccounts", f"system:serviceaccounts:{NAMESPACE}"])
    argv = [
        str(plane.built.binary(name)),
        "--watch-all-namespaces=true",
        "--log-level=info",
        "--log-encoding=json",
        "--enable-leader-election",
        *LEASE,
        f"--metrics-addr=127.0.0.1:{plane.ports[f'{name}-metrics']}",
        f"--health-addr=127.0.0.1:{plane.ports[f'{name}-health']}",
        *flags,
    ]
    return Command(name, argv, environment(plane.instance, KUBECONFIG=str(config), RUNTIME_NAMESPACE=NAMESPACE))
