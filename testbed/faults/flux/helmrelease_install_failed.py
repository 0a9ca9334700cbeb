"""A new HelmRelease is not installed: its hook or its test fails, or something of its name is there already."""

from testbed.bed import Bed
from testbed.charts import Chart
from testbed.fault import Fault
from testbed.platforms.eoepca.edits import add_tasting

NAME = "HelmRelease/proc/tasting"
JOB = """\
apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .Release.Name }}-HOOK
  annotations:
    helm.sh/hook: HOOK
spec:
  activeDeadlineSeconds: 1
  backoffLimit: 0
  template:
    spec:
      restartPolicy: Never
      containers:
        - name: prepare
          image: docker.io/eoepca/cellar:missing
"""


def failing(bed: Bed, hook: str) -> None:
    """Publishes the chart with a Job of that hook, and installs it."""
    bed.charts.publish(Chart("eoepca", "cheese", "1.1.0", more={"hook.yaml": JOB.replace("HOOK", hook)}))
    bed.reconcile("HelmRepository", "common", "eoepca")
    add_tasting(bed, "1.1.0", test={"enable": True})


def hook_failed(bed: Bed) -> None:
    failing(bed, "pre-install")
    bed.wait_not_ready("HelmRelease", "proc", "tasting", "InstallFailed")


def test_failed(bed: Bed) -> None:
    failing(bed, "test")
    bed.wait_not_ready("HelmRelease", "proc", "tasting", "TestFailed")


def already_exists(bed: Bed) -> None:
    mine = {"name": "tasting-config", "namespace": "proc"}
    bed.kube.create({"apiVersion": "v1", "kind": "ConfigMap", "metadata": mine, "data": {"WORDS": "fr"}})
    add_tasting(bed, install={"disableTakeOwnership": True})  # helm-controller before 1.2 never took it
    bed.wait_not_ready("HelmRelease", "proc", "tasting", "InstallFailed")


FAULTS = [
    Fault(
        "helmrelease-hook-failed",
        platform="eoepca",
        breaks="the chart's pre-install Job fails",
        apply=hook_failed,
        expect=[("flux.helmrelease.not-ready", NAME)],
    ),
    Fault(
        "helmrelease-test-failed",
        platform="eoepca",
        breaks="the chart is installed and its own test fails",
        apply=test_failed,
        expect=[("flux.helmrelease.not-ready", NAME)],
    ),
    Fault(
        "helmrelease-already-exists",
        platform="eoepca",
        breaks="an object the chart brings was made by hand before",
        apply=already_exists,
        expect=[("flux.helmrelease.not-ready", NAME)],
    ),
]
