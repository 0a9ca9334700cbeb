"""An admission policy refuses what Git holds."""

from testbed.bed import Bed
from testbed.fault import Fault
from testbed.platforms.eoepca.edits import PROCESSING

NAME = "approved-queues"
POLICY = {
    "apiVersion": "admissionregistration.k8s.io/v1",
    "kind": "ValidatingAdmissionPolicy",
    "metadata": {"name": NAME},
    "spec": {
        "matchConstraints": {
            "resourceRules": [
                {
                    "apiGroups": [""],
                    "apiVersions": ["v1"],
                    "operations": ["CREATE", "UPDATE"],
                    "resources": ["configmaps"],
                }
            ]
        },
        "validations": [
            {
                "expression": "!has(object.data) || !('QUEUE' in object.data) || object.data.QUEUE == 'ingest_queue'",
                "message": "the queue is not approved",
            }
        ],
    },
}
BINDING = {
    "apiVersion": "admissionregistration.k8s.io/v1",
    "kind": "ValidatingAdmissionPolicyBinding",
    "metadata": {"name": NAME},
    "spec": {"policyName": NAME, "validationActions": ["Deny"]},
}


def apply(bed: Bed) -> None:
    bed.kube.create(POLICY)
    bed.kube.create(BINDING)
    bed.wait("ValidatingAdmissionPolicy", None, NAME, lambda found: "observedGeneration" in found.get("status", {}))
    bed.git.replace(f"{PROCESSING}/workflow-cleaner.yaml", "QUEUE: ingest_queue", "QUEUE: any_queue")
    bed.sync("processing-and-chaining")
    bed.wait_not_ready("Kustomization", "flux-system", "processing-and-chaining", "ReconciliationFailed")


FAULT = Fault(
    "kustomization-forbidden-by-admission",
    platform="eoepca",
    breaks="an admission policy refuses an object in Git",
    apply=apply,
    expect=[("flux.kustomization.not-ready", "Kustomization/flux-system/processing-and-chaining")],
)
