"""An operator is upgraded, and the version of its API that Git still names is not served any more."""

from testbed.bed import Bed
from testbed.fault import Fault
from testbed.kube import Object

_GROUP = "catalogue.eoepca.example.org"
_FOLDER = "system/clusters/creodias/catalogue"
_SYNC = f"""apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata:
  name: catalogue
  namespace: flux-system
spec:
  interval: 1h
  prune: true
  path: ./{_FOLDER}
  sourceRef:
    kind: GitRepository
    name: flux-system
"""
_COLLECTION = f"""apiVersion: {_GROUP}/v1alpha1
kind: Collection
metadata:
  name: sentinel-2
  namespace: rm
"""


def _version(name: str, *, served: bool, storage: bool) -> Object:
    schema = {"openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": True}}
    return {"name": name, "served": served, "storage": storage, "schema": schema}


def _crd(*, alpha_served: bool) -> Object:
    names = {"kind": "Collection", "plural": "collections", "singular": "collection"}
    versions = [_version("v1", served=True, storage=True), _version("v1alpha1", served=alpha_served, storage=False)]
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"collections.{_GROUP}"},
        "spec": {"group": _GROUP, "names": names, "scope": "Namespaced", "versions": versions},
    }


def apply(bed: Bed) -> None:
    bed.kube.apply(_crd(alpha_served=True), manager="helm")
    files = {
        f"{_FOLDER}/collection.yaml": _COLLECTION,
        "system/clusters/creodias/system/flux-system-extended/catalogue-sync.yaml": _SYNC,
    }
    bed.git.commit(files, "Deliver the catalogue's collections")
    bed.sync("flux-system")
    bed.wait_ready("Kustomization", "flux-system", "catalogue", 40)
    bed.kube.apply(_crd(alpha_served=False), manager="helm")


FAULT = Fault(
    "api-version-removed",
    platform="eoepca",
    breaks="objects in Git are of an API version that is not served any more",
    apply=apply,
    expect=[("flux.api.removed", f"Collection.{_GROUP}")],
)
