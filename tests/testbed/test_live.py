"""The testbed itself, live.

Healthy within its time, quiet about the auditor, able to mend itself, gone after `down`.
"""

from __future__ import annotations

import json
import os
import subprocess
import time
from pathlib import Path

import pytest
import requests

from testbed import health, lifecycle
from testbed.bed import Bed
from testbed.build import FLUX
from testbed.kube import ApiError, Kube

pytestmark = pytest.mark.live


def test_up_is_healthy(bed: Bed) -> None:
    bed.wait_healthy(30)
    assert bed.problems() == []
    releases = [obj["metadata"]["namespace"] for obj in bed.kube.list("HelmRelease")]
    assert len([each for each in releases if not each.startswith("develop-user-")]) == 23  # those are no part of Git
    assert {obj["metadata"]["name"] for obj in bed.kube.list("Namespace")} >= {
        "flux-system",
        "um",
        "rm",
        "proc",
        "test",
        "common",
        "demo",
    }


def test_flux_holds_its_leases(bed: Bed) -> None:
    for name in FLUX:
        assert bed.kube.get("Lease", "flux-system", f"{name}-leader-election")["spec"]["holderIdentity"]


def test_the_patch_reached_the_controllers(bed: Bed) -> None:
    for name in ("source-controller", "kustomize-controller"):
        (container,) = bed.kube.get("Deployment", "flux-system", name)["spec"]["template"]["spec"]["containers"]
        assert container["resources"]["requests"]["memory"] == "500Mi"
        assert container["resources"]["limits"]["memory"] == "2Gi"


def test_the_contexts_may_what_they_say(bed: Bed) -> None:
    assert Kube(bed.kubeconfig, "auditor").list("Secret")
    without = Kube(bed.kubeconfig, "no-secrets")
    assert without.list("ConfigMap")
    assert without.list("HelmRelease")
    for context, kind in (("no-secrets", "Secret"), ("nobody", "ConfigMap")):
        with pytest.raises(ApiError) as refused:
            Kube(bed.kubeconfig, context).list(kind)
        assert refused.value.status == 403
    with pytest.raises(ApiError):
        Kube(bed.kubeconfig, "auditor").create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "mine"}})


def test_a_credential_has_exactly_its_rules(bed: Bed) -> None:
    rules = [{"apiGroups": [""], "resources": ["configmaps"], "verbs": ["list"]}]
    own = Kube(bed.credential("narrow", rules))
    assert own.list("ConfigMap")
    with pytest.raises(ApiError):
        own.get("ConfigMap", "um", "login-page")
    bed.reset()


def test_the_audit_log_knows_who_writes(bed: Bed) -> None:
    position = bed.audit_log_position()
    Kube(bed.kubeconfig, "auditor").list("Deployment")
    bed.sync("user-management")
    deadline = time.monotonic() + 10
    writes: set[str] = set()
    while not writes and time.monotonic() < deadline:
        log = bed.audit_log(position)
        writes = {user for verb, _, user in log if verb in ("create", "update", "patch", "delete")}
    assert "system:serviceaccount:flux-system:kustomize-controller" in writes
    assert "auditor" not in writes
    assert ("list", "deployments.apps", "auditor") in log


def test_git_reaches_the_cluster(bed: Bed) -> None:
    path = "system/clusters/creodias/user-management/cm-login-page.yaml"
    bed.git.replace(path, "title: EOEPCA", "title: changed")
    bed.sync("user-management")
    assert bed.kube.get("ConfigMap", "um", "login-page")["data"]["title"] == "changed"
    bed.reset()
    assert bed.kube.get("ConfigMap", "um", "login-page")["data"]["title"] == "EOEPCA"


def test_reset_leaves_no_trace_of_a_hand(bed: Bed) -> None:
    def managers() -> set[str]:
        fields = bed.kube.get("Deployment", "rm", "harvester")["metadata"]["managedFields"]
        return {each["manager"] for each in fields}

    before = managers()
    bed.kube.patch("Deployment", "rm", "harvester", {"spec": {"replicas": 5}}, manager="kubectl-edit")
    bed.kube.create({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "foreign", "namespace": "um"}})
    bed.kube.delete("Secret", "flux-system", "slack-url")
    assert managers() > before
    bed.reset()
    assert managers() == before
    assert bed.kube.find("ConfigMap", "um", "foreign") is None
    assert bed.kube.find("Secret", "flux-system", "slack-url") is not None


def test_a_pod_can_fail(bed: Bed) -> None:
    change = {
        "spec": {
            "template": {"spec": {"containers": [{"name": "workflow-cleaner", "image": "docker.io/eoepca/x:missing"}]}}
        }
    }
    live = bed.kube.get("Deployment", "proc", "workflow-cleaner")
    live["spec"]["template"]["spec"]["containers"][0]["image"] = change["spec"]["template"]["spec"]["containers"][0][
        "image"
    ]
    bed.kube.replace(live, manager="kubectl-edit")

    def waiting() -> bool:
        pods = bed.kube.list("Pod", "proc", labels="app=workflow-cleaner")
        statuses = [each for pod in pods for each in pod["status"].get("containerStatuses", [])]
        return any(each["state"].get("waiting", {}).get("reason") == "ImagePullBackOff" for each in statuses)

    deadline = time.monotonic() + 15
    while not waiting():
        assert time.monotonic() < deadline
        time.sleep(0.1)
    bed.reset()


def test_the_gateway_misbehaves_and_comes_back(bed: Bed) -> None:
    url, ca = bed.gateway.host_url("portal"), str(bed.gateway.authority.pair.certificate)

    def get() -> requests.Response:
        with requests.Session() as session:
            session.trust_env = False
            return session.get(url, verify=ca, timeout=2, allow_redirects=False)

    assert get().ok
    bed.gateway.misbehave("portal", "status", 502)
    assert get().status_code == 502
    bed.gateway.misbehave("portal", "redirect")
    assert get().headers["Location"].startswith(f"{url}/login")
    bed.gateway.misbehave("portal", "big")
    assert len(get().content) > 10_000_000
    for mode, error in (
        ("refuse", requests.ConnectionError),
        ("silent", requests.ReadTimeout),
        ("untrusted", requests.exceptions.SSLError),
        ("plain", requests.exceptions.SSLError),
    ):
        bed.gateway.misbehave("portal", mode)  # type: ignore[arg-type]  # each is one of its modes
        with pytest.raises(error):
            get()
    assert "gateway: portal behaves again" in bed.reset()
    assert get().ok


def test_services_come_back_with_their_data(bed: Bed) -> None:
    redis = bed.service("redis")
    healthy = redis.run("KEYS", "*")
    redis.run("LPUSH", "register_queue", "stuck")
    bed.stop("redis", kill=True)
    assert "service redis is not ready" in bed.problems()
    bed.reset()
    assert redis.run("KEYS", "*") == healthy


def test_a_command_runs_in_a_guard_and_nowhere_else(bed: Bed) -> None:
    def kubectl(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [str(bed.built.binary("kubectl")), f"--kubeconfig={bed.kubeconfig}", *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    listed = ("management_tools", "list", "--all")
    told = kubectl("-n", "proc", "exec", "deploy/ades-pep", "-c", "ades-pep", "--", *listed)
    assert json.loads(told.stdout) == bed.policies.documents("ades-pep")
    assert kubectl("-n", "um", "exec", "deploy/pdp-engine", "-c", "pdp-engine", "--", *listed).stdout.startswith("[{'")
    redis = ("-n", "rm", "exec", "data-access-redis-master-0", "--", "redis-cli", "type", "register-success_set")
    assert kubectl(*redis).stdout == "set\n"
    assert kubectl("-n", "proc", "exec", "deploy/ades-pep", "-c", "mongo", "--", *listed).returncode


def test_secrets_are_unsealed_and_certificates_issued(bed: Bed) -> None:
    made = bed.kube.get("Secret", "um", "identity-keycloak")
    assert set(made["data"]) == {"KC_DB_PASSWORD", "KEYCLOAK_ADMIN_PASSWORD"}
    bed.kube.patch("Secret", "um", "identity-keycloak", {"data": {"KC_DB_PASSWORD": "AAAA"}}, manager="kubectl-edit")
    bed.reset()
    assert bed.kube.get("Secret", "um", "identity-keycloak")["data"] == made["data"]
    bed.kube.delete("Secret", "demo", "eoepca-portal-tls")
    assert "gateway: took new certificates" in bed.reset()


def test_a_killed_controller_leads_again(bed: Bed) -> None:
    bed.stop("helm-controller", kill=True)
    assert "process helm-controller is not running" in bed.problems()
    bed.reset()
    release = bed.reconcile("HelmRelease", "test", "cheese")
    assert health.ready(release)


def test_upgrade_and_back(bed: Bed) -> None:
    def image() -> str:
        spec = bed.kube.get("Deployment", "flux-system", "source-controller")["spec"]["template"]["spec"]
        return str(spec["containers"][0]["image"])

    before = image()
    bed.upgrade()
    assert image() == "ghcr.io/fluxcd/source-controller:v1.9.6"
    assert "# Flux Version: v2.9.5" in bed.git.read(bed.components_path)
    bed.reset()
    assert image() == before


def test_a_second_testbed_comes_up_within_a_minute_and_goes_without_a_trace(bed: Bed) -> None:
    name = f"second-{os.getpid()}"
    begun = time.monotonic()
    try:
        second = lifecycle.up(name, "eoepca", lambda line: None)
        took = time.monotonic() - begun
        home = second.instance.home
        assert second.kube.server != bed.kube.server
        assert _processes(home), "the processes have to be recognisable, or the test below proves nothing"
    finally:
        assert lifecycle.down(name)
    assert _processes(home) == []
    assert not home.exists()
    assert bed.problems() == [], "the first testbed is left alone"
    load = os.getloadavg()[0] / (os.cpu_count() or 1)
    assert took < 60 or load > 1.5, f"{took:.0f} s to come up at load {load:.1f} per core"


def _processes(home: Path) -> list[str]:
    """Command lines of processes that name the testbed's folder."""
    shown = subprocess.run(["ps", "-ww", "-e", "-o", "command="], capture_output=True, text=True, check=True)
    return [line for line in shown.stdout.splitlines() if str(home) in line]
