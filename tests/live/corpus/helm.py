"""Section 2e: what HelmReleases deliver. Drift detection is off, as it is by default."""

from __future__ import annotations

import subprocess

from tests.live.corpus import charts
from tests.live.corpus.acts import Hands, kubectl
from tests.live.corpus.row import Row, Sees, Told

NAMESPACE = "corpus-helm"
IN = f"-n {NAMESPACE}"


def _told(rule: str, name: str, path: str = "", *by: tuple[str, str]) -> Told:
    return Told(rule, f"Deployment/{NAMESPACE}/{name}", path, by)


def _upgraded_by_hand(hands: Hands) -> None:
    package = charts.package(hands.folder)
    hands.run("helm", "upgrade", "row-142", str(package), *IN.split(), "--reuse-values", "--set", "replicaCount=2")


def _killed_upgrade(hands: Hands) -> None:
    """helm waits for a pod that never becomes ready, and is killed: the release stays pending for ever."""
    package = charts.package(hands.folder)
    stuck = "podAnnotations.holdfast\\.test/pod=not-ready"
    command = [str(hands.bed.built.binary("helm")), "upgrade", "row-143", str(package), *IN.split(), "--reuse-values"]
    running = subprocess.Popen([*command, "--set", stuck, "--wait"], env=hands.environment)
    try:
        hands.bed.wait(
            "Deployment",
            NAMESPACE,
            "row-143",
            lambda obj: (
                "annotations" in obj["spec"]["template"]["metadata"]
                and "holdfast.test/pod" in obj["spec"]["template"]["metadata"]["annotations"]
            ),
        )
    finally:
        running.kill()
        running.wait()


ROWS = (
    Row(
        113,
        "a HelmChart in no inventory, and the Job of a hook",
        "corpus-ssa",
        also=(f"HelmChart/{NAMESPACE}/corpus-helm-corpus-ssa", f"Job/{NAMESPACE}/row-137"),
    ),
    Row(
        134,
        "an object of the chart is gone",
        "corpus-ssa",
        act=kubectl(f"{IN} delete deployment row-134"),
        told=(_told("drift.object.missing", "row-134"),),
        sees=Sees.YES,
    ),
    Row(
        135,
        "a value of the chart changed",
        "corpus-ssa",
        act=kubectl(f"{IN} set image deployment/row-135 web=registry.test/web:2"),
        told=(
            _told(
                "drift.field.changed",
                "row-135",
                "spec.template.spec.containers[name=web].image",
                ("kubectl-set", "human"),
            ),
        ),
        sees=Sees.YES,
    ),
    Row(
        135,
        "a variable added to the chart's",
        "corpus-ssa",
        act=kubectl(f"{IN} set env deployment/row-135b NEW=1"),
        told=(
            _told(
                "drift.field.foreign",
                "row-135b",
                "spec.template.spec.containers[name=web].env[name=NEW]",
                ("kubectl-set", "human"),
            ),
        ),
        letter="b",
    ),
    Row(
        135,
        "a value changed in a release that was not applied by the server",
        "corpus-csa",
        act=kubectl(f"{IN} set image deployment/row-135c web=registry.test/web:2"),
        told=(
            _told(
                "drift.field.changed",
                "row-135c",
                "spec.template.spec.containers[name=web].image",
                ("kubectl-set", "human"),
            ),
        ),
        letter="c",
        sees=Sees.YES,
    ),
    Row(
        135,
        "a variable added in a release that was not applied by the server",
        "corpus-csa",
        act=kubectl(f"{IN} set env deployment/row-135d NEW=1"),
        told=(
            _told(
                "drift.field.foreign",
                "row-135d",
                "spec.template.spec.containers[name=web].env[name=NEW]",
                ("kubectl-set", "human"),
            ),
        ),
        letter="d",
    ),
    Row(
        136,
        "Helm's label removed",
        "corpus-ssa",
        act=kubectl(f"{IN} label deployment/row-136 app.kubernetes.io/managed-by-"),
        told=(_told("drift.field.removed", "row-136", 'metadata.labels["app.kubernetes.io/managed-by"]'),),
        sees=Sees.YES,
    ),
    Row(
        136,
        "a label added to Helm's",
        "corpus-ssa",
        act=kubectl(f"{IN} label deployment/row-136b team=blue"),
        told=(_told("drift.field.foreign", "row-136b", "metadata.labels.team", ("kubectl-label", "human")),),
        letter="b",
    ),
    Row(
        137,
        "hooks: one changed, one gone",
        "corpus-ssa",
        act=lambda hands: (
            kubectl(f'{IN} patch configmap row-137 --type=merge -p \'{{"data":{{"colour":"red"}}}}\'')(hands),
            kubectl(f"{IN} delete job row-137")(hands),
        ),
    ),
    Row(
        139,
        "what the chart left behind because of its resource policy",
        "row-139",
        told=(Told("drift.object.orphaned", f"ConfigMap/{NAMESPACE}/row-139-kept"),),
    ),
    Row(
        140,
        "a CRD of a chart's crds/ changed",
        "corpus-ssa",
        act=kubectl(
            "patch customresourcedefinition trinkets.corpus.test --type=merge"
            ' -p \'{"spec":{"names":{"shortNames":["tk"]}}}\''
        ),
        also=("CustomResourceDefinition/trinkets.corpus.test",),
    ),
    Row(141, "a template with a random password and a lookup", "corpus-ssa"),
    Row(
        142,
        "helm upgrade by hand",
        "row-142",
        act=_upgraded_by_hand,
        told=(Told("drift.release.out-of-band", f"HelmRelease/{NAMESPACE}/row-142"),),
    ),
    Row(
        143,
        "an upgrade by hand that was killed: the latest release is pending",
        "row-143",
        act=_killed_upgrade,
        unknown=("in-flight",),
    ),
    Row(144, "objects of a chart without a namespace, and one that has none", "corpus-ssa"),
    Row(146, "an upgrade that failed and was rolled back", "row-146"),
    Row(
        99,
        "driftDetection.ignore of the HelmRelease",
        "row-099b",
        act=kubectl(f"{IN} scale deployment row-099b --replicas=2"),
        letter="b",
    ),
)
