"""What may stand in an object without saying anything: the API server's own defaults, other programs' bookkeeping.

Whoever creates an object by Update owns every default in it, for ever; a value that equals the default changes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from holdfast.checks.drift.paths import Key, Member, Path
from holdfast.model import Json

TEXTS = frozenset({"annotations", "labels", "matchLabels", "data", "binaryData", "stringData"})
"""Maps whose keys are the user's: each of them is a thing of its own."""

_BUSY = [{"type": "Resource", "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 80}}}]
_ALL = {"type": "Percent", "value": 100, "periodSeconds": 15}
_FOUR = {"type": "Pods", "value": 4, "periodSeconds": 15}
_DEFAULTS: Mapping[str, tuple[Json, ...]] = {
    "allocateLoadBalancerNodePorts": (True,),
    "apiGroup": ("rbac.authorization.k8s.io", ""),
    "apiVersion": ("v1",),
    "attachRequired": (True,),
    "backoffLimit": (6,),
    "cachingMode": ("ReadWrite",),
    "completionMode": ("NonIndexed",),
    "completions": (1,),
    "concurrencyPolicy": ("Allow",),
    "defaultMode": (420,),
    "divisor": ("0",),
    "dnsPolicy": ("ClusterFirst",),
    "enableServiceLinks": (True,),
    "externalTrafficPolicy": ("Cluster",),
    "failedJobsHistoryLimit": (1,),
    "failurePolicy": ("Fail",),
    "failureThreshold": (3,),
    "fsGroupPolicy": ("ReadWriteOnceWithFSType",),
    "fsType": ("ext4",),
    "imagePullPolicy": ("IfNotPresent", "Always"),
    "internalTrafficPolicy": ("Cluster",),
    "iscsiInterface": ("default",),
    "keyring": ("/etc/ceph/keyring",),
    "lendablePercent": (0,),
    "manualSelector": (False,),
    "matchPolicy": ("Equivalent",),
    "minReplicas": (1,),
    "nominalConcurrencyShares": (30,),
    "parallelism": (1,),
    "partition": (0,),
    "paused": (False,),
    "periodSeconds": (10, 15),  # of a probe, of an autoscaler's policy
    "persistentVolumeReclaimPolicy": ("Retain", "Delete"),
    "policyTypes": (["Ingress"],),
    "pool": ("rbd",),
    "podInfoOnMount": (False,),
    "podManagementPolicy": ("OrderedReady",),
    "podReplacementPolicy": ("TerminatingOrFailed",),
    "preemptionPolicy": ("PreemptLowerPriority",),
    "progressDeadlineSeconds": (600,),
    "protocol": ("TCP",),
    "readOnly": (False,),
    "reclaimPolicy": ("Delete",),
    "requiresRepublish": (False,),
    "reinvocationPolicy": ("Never",),
    "replicas": (1,),
    "restartPolicy": ("Always",),
    "revisionHistoryLimit": (10,),
    "schedulerName": ("default-scheduler",),
    "scope": ("*", "Cluster"),
    "seLinuxMount": (False,),
    "selectPolicy": ("Max",),
    "sessionAffinity": ("None",),
    "storageCapacity": (False,),
    "successThreshold": (1,),
    "successfulJobsHistoryLimit": (3,),
    "terminationGracePeriodSeconds": (30,),
    "terminationMessagePath": ("/dev/termination-log",),
    "terminationMessagePolicy": ("File",),
    "timeoutSeconds": (1, 10),  # of a probe, of a webhook
    "user": ("admin",),
    "volumeBindingMode": ("Immediate",),
    "volumeMode": ("Filesystem",),
    "whenDeleted": ("Retain",),
    "whenScaled": ("Retain",),
}
"""By the field's name, in the types that every API server has."""
_DEFAULTS_IN: Mapping[tuple[str, str], tuple[Json, ...]] = {
    ("spec", "type"): ("ClusterIP",),
    ("azureDisk", "kind"): ("Shared",),
    ("spec", "metrics"): (_BUSY,),
    ("scaleUp", "stabilizationWindowSeconds"): (0,),
    ("scaleUp", "policies"): ([_FOUR, _ALL],),
    ("scaleDown", "policies"): ([_ALL],),
    ("strategy", "type"): ("RollingUpdate",),
    ("updateStrategy", "type"): ("RollingUpdate",),
    ("rollingUpdate", "maxSurge"): ("25%", 0),
    ("rollingUpdate", "maxUnavailable"): ("25%", 1),
    ("httpGet", "path"): ("/",),
    ("httpGet", "scheme"): ("HTTP",),
    ("conversion", "strategy"): ("None",),
    ("service", "port"): (443,),  # of a webhook
}
"""Where the name alone would say too much: by the field around it and its own."""
_MIRRORS = frozenset({"serviceAccount", "listKind", "singular"})
"""In built-in types: what repeats, or follows from, another field."""
_EVERYWHERE: Mapping[str, tuple[Json, ...]] = {"suspend": (False,)}
"""Also in custom resources: Flux's and most others' default."""

_KEPT_BY_PROGRAMS = re.compile(
    r"(?:deployment\.kubernetes\.io|pv\.kubernetes\.io|volume(?:\.beta)?\.kubernetes\.io|(?:[\w.-]+\.)?cattle\.io)/.*|"
    r"kubernetes\.io/metadata\.name|control-plane\.alpha\.kubernetes\.io/leader|"
    r"deprecated\.daemonset\.template\.generation|"
    r"reconcile\.fluxcd\.io/(?:requestedAt|forceAt|resetAt)"  # a request to look again, obeyed and done with
)
"""Labels and annotations that programs of every cluster keep on objects of others."""


def says_nothing(path: Path, value: Json, group: str) -> bool:
    """Whether the value, at this path of an object of this API group, is what would be (or mean) there by itself."""
    name, parent = path[-1], path[-2] if len(path) > 1 else ""
    if parent in TEXTS:
        return parent in ("annotations", "labels") and bool(_KEPT_BY_PROGRAMS.fullmatch(str(name)))
    if path == ("type",):
        return bool(value == "Opaque")  # a Secret's
    if isinstance(name, Member):
        return parent == "volumeLifecycleModes" and name.value == "Persistent"  # a CSIDriver's
    if not isinstance(name, str):
        return False
    if value is None or value in ({}, []):
        return True
    if isinstance(value, dict):
        return all(says_nothing((*path, key), each, group) for key, each in value.items())
    if name == "targetPort" and isinstance(parent, Key):
        return ("port", value) in parent.pairs
    defaults = _EVERYWHERE.get(name, ())
    if _is_built_in(group):
        if name in _MIRRORS:
            return True
        defaults += ("", *_DEFAULTS.get(name, ()))
        defaults += _DEFAULTS_IN.get((parent, name), ()) if isinstance(parent, str) else ()
    return any(each == value and type(each) is type(value) for each in defaults)


def _is_built_in(group: str) -> bool:
    return "." not in group or group.endswith(".k8s.io")
