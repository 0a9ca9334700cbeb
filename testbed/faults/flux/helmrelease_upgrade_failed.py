"""New values are pushed and the upgrade to them fails: at once, or after its time-out; then what Flux does about it."""

from testbed.bed import Bed
from testbed.fault import Fault
from testbed.platforms.eoepca.edits import PROCESSING, RESOURCES, set_values

NOT_READY = {"podAnnotations": {"holdfast.test/pod": "not-ready"}}
NO_IMAGE = {"image": {"repository": ""}}


def template_error(bed: Bed) -> None:
    set_values(bed, f"{RESOURCES}/hr-registration-api.yaml", NO_IMAGE)
    bed.sync("resource-management")
    bed.wait_not_ready("HelmRelease", "rm", "registration-api", "UpgradeFailed")


def timeout(bed: Bed) -> None:
    set_values(bed, f"{RESOURCES}/hr-workspace-api.yaml", NOT_READY, timeout="3s")
    bed.sync("resource-management")
    bed.wait_not_ready("HelmRelease", "rm", "workspace-api", "UpgradeFailed")


def rolled_back(bed: Bed) -> None:
    upgrade = {"timeout": "3s", "remediation": {"remediateLastFailure": True}}
    set_values(bed, f"{PROCESSING}/hr-application-hub.yaml", NOT_READY, upgrade=upgrade)
    bed.sync("processing-and-chaining")
    bed.wait_not_ready("HelmRelease", "proc", "application-hub", "RollbackSucceeded")


def retries_exceeded(bed: Bed) -> None:
    upgrade = {"timeout": "3s", "remediation": {"retries": 1}}
    set_values(bed, f"{PROCESSING}/hr-proc-ades.yaml", NOT_READY, upgrade=upgrade)
    bed.sync("processing-and-chaining")
    bed.wait("HelmRelease", "proc", "proc-ades", lambda it: _stalled(it["status"]["conditions"]), 60)


def _stalled(conditions: list[dict[str, str]]) -> bool:
    return any(each["type"] == "Stalled" and each["status"] == "True" for each in conditions)


FAULTS = [
    Fault(
        "helmrelease-template-error",
        platform="eoepca",
        breaks="the chart does not render with the values in Git",
        apply=template_error,
        expect=[("flux.helmrelease.not-ready", "HelmRelease/rm/registration-api")],
    ),
    Fault(
        "helmrelease-timeout",
        platform="eoepca",
        breaks="the pods of an upgraded release do not become ready in time",
        apply=timeout,
        expect=[("flux.helmrelease.not-ready", "HelmRelease/rm/workspace-api")],
    ),
    Fault(
        "helmrelease-upgrade-failed-rolled-back",
        platform="eoepca",
        breaks="an upgrade fails and Flux rolls it back: the old version runs, Git asks for the new one",
        apply=rolled_back,
        expect=[("flux.helmrelease.not-ready", "HelmRelease/proc/application-hub")],
    ),
    Fault(
        "helmrelease-retries-exceeded",
        platform="eoepca",
        breaks="an upgrade fails as often as Flux may try: it has given up",
        apply=retries_exceeded,
        expect=[("flux.helmrelease.not-ready", "HelmRelease/proc/proc-ades")],
    ),
]
