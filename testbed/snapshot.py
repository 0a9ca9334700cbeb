"""The healthy platform remembered object by object, and the way back to it without a restart.

Restoring must leave no trace of its own: a fault matrix looks for foreign fields, so field ownership (managedFields)
is put back together with the content.
"""

from __future__ import annotations

import copy
import gzip
from collections.abc import Iterator
from pathlib import Path

import orjson

from testbed.kube import ApiError, Kube, Object, Objects, Type

Key = tuple[str, str, str]  # kind.group, namespace, name

# What servers make by themselves, all the time, from other objects.
_DERIVED = {
    "APIService.apiregistration.k8s.io",
    "CSINode.storage.k8s.io",
    "ControllerRevision.apps",
    "EndpointSlice.discovery.k8s.io",
    "Endpoints",
    "Event",
    "Event.events.k8s.io",
    "FlowSchema.flowcontrol.apiserver.k8s.io",
    "HelmChart.source.toolkit.fluxcd.io",
    "IPAddress.networking.k8s.io",
    "Lease.coordination.k8s.io",
    "Node",
    "Pod",
    "PriorityLevelConfiguration.flowcontrol.apiserver.k8s.io",
    "ReplicaSet.apps",
    "ServiceCIDR.networking.k8s.io",
}
_OWN_ANNOTATIONS = (
    "reconcile.fluxcd.io/requestedAt",
    "reconcile.fluxcd.io/forceAt",
    "reconcile.fluxcd.io/resetAt",
    "deployment.kubernetes.io/revision",
    "deprecated.daemonset.template.generation",
)
_ADDRESSES = ("clusterIP", "clusterIPs")
_FIRST = (
    "CustomResourceDefinition",
    "Namespace",
    "ClusterRole",
    "ClusterRoleBinding",
    "ServiceAccount",
    "Secret",
    "ConfigMap",
)
# Objects whose controllers would fight a restored one: given back after everything else.
_LAST = ("HelmRelease", "Kustomization")
_SERVER_FIELDS = (
    "resourceVersion",
    "uid",
    "generation",
    "creationTimestamp",
    "selfLink",
    "managedFields",
    "deletionTimestamp",
    "deletionGracePeriodSeconds",
)


def take(kube: Kube, file: Path) -> int:
    """Writes the snapshot; the number of objects in it. Kinds that came with what Flux delivered are among them."""
    kube.types(refresh=True)
    objects = [obj for served in _served(kube) for obj in _listed(kube, served)]
    file.write_bytes(gzip.compress(orjson.dumps(objects), 1))
    return len(objects)


class Snapshot:
    """The way back to a snapshot, taken many times.

    What was seen to be as it must, and has kept its resourceVersion, is neither fetched whole nor compared again: most
    of a platform is left alone by most faults.
    """

    def __init__(self, kube: Kube, file: Path) -> None:
        self._kube = kube
        self._file = file
        self._wanted: dict[Key, Object] = {}
        self._same: dict[Key, str] = {}

    def restore(self) -> list[str]:
        """Deletes what is new, makes again what is missing, puts back what differs; what was done, one line each."""
        if not self._wanted:
            self._wanted = {_key(obj): obj for obj in orjson.loads(gzip.decompress(self._file.read_bytes()))}
        self._kube.types(refresh=True)
        done: list[str] = []
        for kind in _FIRST[:2]:  # without its CRD or namespace nothing else can come back
            wanted = {key: obj for key, obj in self._wanted.items() if obj["kind"] == kind}
            live = {_key(obj): obj for obj in self._live(self._kube.type(kind))}
            done += self._put_back(wanted, live)
        if done:
            self._kube.types(refresh=True)
        live = {_key(obj): obj for served in _served(self._kube) for obj in self._live(served)}
        for key in sorted(live.keys() - self._wanted.keys(), key=_deletion_order):
            self._kube.delete(f"{live[key]['apiVersion']}/{live[key]['kind']}", key[1] or None, key[2])
            done.append(f"deleted {_text(key)}")
        return done + self._put_back(self._wanted, live)

    def _live(self, served: Type) -> Objects:
        """All objects of a kind: their metadata where nobody has touched one, else whole."""
        found = _listed(self._kube, served, whole=False)
        return found if all(map(self._untouched, found)) else _listed(self._kube, served)

    def _untouched(self, live: Object) -> bool:
        return bool(self._same.get(_key(live)) == live["metadata"]["resourceVersion"])

    def _put_back(self, wanted: dict[Key, Object], live: dict[Key, Object]) -> list[str]:
        done: list[str] = []
        for key in sorted(wanted, key=lambda key: _creation_order(wanted[key])):
            if key not in live:
                if _made_by_helm(wanted[key]):
                    continue  # its release makes it again; two makers would collide
                _create(self._kube, wanted[key])
                done.append(f"created {_text(key)}")
            elif self._untouched(live[key]):
                continue
            elif _content(live[key]) != _content(wanted[key]):
                _replace(self._kube, wanted[key])
                done.append(f"restored {_text(key)}")
            elif _owners(live[key]) != _owners(wanted[key]):
                _disown(self._kube, wanted[key])
                done.append(f"restored the owners of fields of {_text(key)}")
            else:
                self._same[key] = live[key]["metadata"]["resourceVersion"]
        return done


def _create(kube: Kube, wanted: Object) -> None:
    try:
        kube.create(_bare(wanted))
    except ApiError as error:
        if error.status != 409:  # Flux was faster
            raise
        return
    if wanted["kind"] == "CustomResourceDefinition":
        return
    _disown(kube, wanted)


def _replace(kube: Kube, wanted: Object) -> None:
    served, namespace, name = kube.locate(wanted)
    for _ in range(5):
        live = kube.find(f"{wanted['apiVersion']}/{served.kind}", namespace, name)
        if live is None:
            return
        body = _bare(wanted)
        body["metadata"]["resourceVersion"] = live["metadata"]["resourceVersion"]
        if served.kind == "Service":  # its address is the server's to give and nobody's to change
            body["spec"] = body["spec"] | {field: live["spec"][field] for field in _ADDRESSES if field in live["spec"]}
        if "status" in live:
            body["status"] = live["status"]
        try:
            kube.replace(body)
            break
        except ApiError as error:
            if error.status == 404:
                return
            if error.status == 422:  # an immutable field: only a new object can have the old value
                kube.delete(f"{wanted['apiVersion']}/{served.kind}", namespace, name, wait=10)
                _create(kube, wanted)
                return
            if error.status != 409:
                raise
    _disown(kube, wanted)


def _disown(kube: Kube, wanted: Object) -> None:
    """Gives the fields back to the managers they had. A patch that changes nothing but managedFields adds no owner."""
    served, namespace, name = kube.locate(wanted)
    live = kube.find(f"{wanted['apiVersion']}/{served.kind}", namespace, name)
    if live is None:
        return
    status = [each for each in live["metadata"].get("managedFields", []) if each.get("subresource")]
    owners = [each for each in wanted["metadata"].get("managedFields", []) if not each.get("subresource")]
    change = {
        "metadata": {"resourceVersion": live["metadata"]["resourceVersion"], "managedFields": owners + status or [{}]}
    }
    try:
        kube.patch(f"{wanted['apiVersion']}/{served.kind}", namespace, name, change)
    except ApiError as error:
        if error.status not in (404, 409):  # somebody is faster: the next pass of the reset sees it
            raise


def _served(kube: Kube) -> Iterator[Type]:
    for served in kube.types():
        if {"list", "delete", "create"} <= served.verbs and _kind(served) not in _DERIVED:
            yield served


def _listed(kube: Kube, served: Type, *, whole: bool = True) -> Objects:
    try:
        listed = kube.list_type(served) if whole else kube.list_metadata(served)
    except ApiError as error:
        if error.status in (404, 405):  # a CRD that is just going
            return []
        raise
    return [obj for obj in listed if not _automatic(obj)]


def _automatic(obj: Object) -> bool:
    """Made by a controller of Kubernetes or by Helm's storage: it comes and goes with what it belongs to."""
    if any(owner.get("controller") for owner in obj["metadata"].get("ownerReferences", [])):
        return True
    name, kind = obj["metadata"]["name"], obj["kind"]
    if "cert-manager.io/certificate-name" in (obj["metadata"].get("annotations") or {}):
        return True  # an older one put back would not be the one last asked for, and be issued again
    return (
        (
            kind == "ConfigMap"
            and name
            in (
                "kube-root-ca.crt",
                "extension-apiserver-authentication",
                "kube-apiserver-legacy-service-account-token-tracking",
            )
        )
        or (kind == "ServiceAccount" and name == "default")
        or (kind == "Secret" and name.startswith("sh.helm.release.v1."))
    )


def _made_by_helm(obj: Object) -> bool:
    return "meta.helm.sh/release-name" in (obj["metadata"].get("annotations") or {})


def _bare(obj: Object) -> Object:
    """The object as one would post it: a copy down to its metadata."""
    bare = {field: value for field, value in obj.items() if field != "status"}
    bare["metadata"] = {field: value for field, value in obj["metadata"].items() if field not in _SERVER_FIELDS}
    if bare["kind"] == "Namespace":
        bare.pop("spec", None)
    return bare


def _content(obj: Object) -> Object:
    """What has to be equal for an object to count as restored."""
    bare = _bare(obj)
    annotations = {
        key: value
        for key, value in (bare["metadata"].pop("annotations", None) or {}).items()
        if key not in _OWN_ANNOTATIONS
    }
    if annotations:
        bare["metadata"]["annotations"] = annotations
    if bare["kind"] == "Service":
        bare["spec"] = {field: value for field, value in bare["spec"].items() if field not in _ADDRESSES}
    bare["apiVersion"] = bare["apiVersion"].rpartition("/")[0]
    return bare


def _owners(obj: Object) -> set[tuple[str, str, bytes]]:
    """Who owns which fields of the object itself, leaving out annotations a reconcile request sets."""
    found = set()
    for entry in obj["metadata"].get("managedFields", []):
        if entry.get("subresource"):
            continue
        fields = copy.deepcopy(entry.get("fieldsV1", {}))
        metadata = fields.get("f:metadata", {})
        annotations = metadata.get("f:annotations", {})
        for name in _OWN_ANNOTATIONS:
            annotations.pop(f"f:{name}", None)
        if not annotations.keys() - {"."}:
            metadata.pop("f:annotations", None)
        if not metadata:
            fields.pop("f:metadata", None)
        if fields:
            found.add((entry["manager"], entry["operation"], orjson.dumps(fields, option=orjson.OPT_SORT_KEYS)))
    return found


def _kind(served: Type) -> str:
    return f"{served.kind}.{served.group}" if served.group else served.kind


def _key(obj: Object) -> Key:
    group = obj["apiVersion"].rpartition("/")[0]
    return (
        f"{obj['kind']}.{group}" if group else obj["kind"],
        obj["metadata"].get("namespace", ""),
        obj["metadata"]["name"],
    )


def _creation_order(obj: Object) -> int:
    kind = obj["kind"]
    if kind in _LAST:
        return len(_FIRST) + 1 + _LAST.index(kind)
    return _FIRST.index(kind) if kind in _FIRST else len(_FIRST)


def _deletion_order(key: Key) -> tuple[bool, Key]:
    """Admission objects first: what they forbid is what has to be repaired."""
    return not key[0].endswith("admissionregistration.k8s.io"), key


def _text(key: Key) -> str:
    return f"{key[0]}/{key[1]}/{key[2]}"
