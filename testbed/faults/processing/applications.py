"""Applications cannot be deployed, run or undeployed; seen with `--allow mutation` only."""

from __future__ import annotations

from testbed.fault import Fault

_ARGS = ("-m", "processing", "--allow", "mutation")
_EACH = (
    "POST ${ades}/eric/wps3/processes (application/cwl)",
    "POST ${ades}/eric/wps3/processes (application/atom+xml)",
    "POST ${ades}/eric/ogc-api/processes (executionUnit)",
)

FAULTS = [
    Fault(
        "processing-deploy-refused",
        platform="eoepca",
        breaks="the ADES takes no application any more",
        apply=lambda bed: bed.service("ades").behave(deploy=500),
        expect=[("processing.deploy.refused", each) for each in _EACH],
        args=_ARGS,
    ),
    Fault(
        "processing-jobs-fail",
        platform="eoepca",
        breaks="every job fails",
        apply=lambda bed: bed.service("ades").behave(job="failed"),
        expect=[("processing.job.unsuccessful", each) for each in _EACH],
        args=_ARGS,
    ),
    Fault(
        "processing-results-empty",
        platform="eoepca",
        breaks="jobs are successful, and have no results",
        apply=lambda bed: bed.service("ades").behave(results="empty"),
        expect=[("processing.job.unsuccessful", each) for each in _EACH],
        args=_ARGS,
    ),
    Fault(
        "processing-undeploy-refused",
        platform="eoepca",
        breaks="what is deployed cannot be undeployed any more",
        apply=lambda bed: bed.service("ades").behave(undeploy=500),
        expect=[("processing.undeploy.incomplete", each) for each in _EACH[:2]],
        unknowns=[("nothing-matched", _EACH[2])],
        args=_ARGS,
    ),
]
