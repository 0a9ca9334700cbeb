"""New sources nobody can reach, and Kustomizations that wait for what they were to bring."""

from testbed.bed import Bed
from testbed.fault import Fault

FOLDER = "system/clusters/creodias/system/common"
# Port 1 is nobody's: the connection is refused at once.
_SPECS = {
    "OCIRepository": "  url: oci://127.0.0.1:1/eoepca/manifests\n  insecure: true\n  ref:\n    tag: latest\n",
    "Bucket": "  endpoint: 127.0.0.1:1\n  insecure: true\n  bucketName: manifests\n"
    "  secretRef:\n    name: bucket-keys\n",
}


def _fault(name: str, kind: str, breaks: str) -> Fault:
    def apply(bed: Bed) -> None:
        if kind == "Bucket":
            _create_keys(bed)
        bed.git.commit({f"{FOLDER}/manifests.yaml": _manifests(kind)}, f"Deliver from a {kind}")
        bed.sync("flux-system")
        bed.wait_not_ready(kind, "flux-system", "manifests")
        bed.wait_not_ready("Kustomization", "flux-system", "manifests")

    expect = [("flux.source.fetch-failed", f"{kind}/flux-system/manifests")]
    return Fault(name, platform="eoepca", breaks=breaks, apply=apply, expect=expect)


def _create_keys(bed: Bed) -> None:
    metadata = {"namespace": "flux-system", "name": "bucket-keys"}
    keys = {"accesskey": "testbed-access", "secretkey": "testbed-secret"}
    secret = {"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "stringData": keys}
    bed.kube.create(secret, manager="kubectl-create")


def _manifests(kind: str) -> str:
    return f"""apiVersion: source.toolkit.fluxcd.io/v1
kind: {kind}
metadata:
  name: manifests
  namespace: flux-system
spec:
  interval: 5m
  timeout: 2s
{_SPECS[kind]}---
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata:
  name: manifests
  namespace: flux-system
spec:
  interval: 5m
  prune: true
  path: ./
  sourceRef:
    kind: {kind}
    name: manifests
"""


FAULTS = [
    _fault("oci-repository-unreachable", "OCIRepository", "a Kustomization waits for an OCI registry nobody can reach"),
    _fault("bucket-unreachable", "Bucket", "a Kustomization waits for a bucket nobody can reach"),
]
