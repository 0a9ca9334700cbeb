"""How bad one field's difference is: a table of fields, the first row that fits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

from holdfast.checks.drift.difference import Difference, Kind
from holdfast.checks.drift.paths import Key
from holdfast.model import CRITICAL, MAJOR, MINOR, Json, Severity

_RBAC = ("Role", "ClusterRole", "RoleBinding", "ClusterRoleBinding")
_WEBHOOKS = ("ValidatingWebhookConfiguration", "MutatingWebhookConfiguration")
_CONTAINERS = ("containers", "initContainers", "ephemeralContainers")
_CODE = ("image", "command", "args")
_IDENTITY = ("securityContext", "serviceAccountName", "serviceAccount", "hostNetwork", "hostPID", "hostIPC")
_OWNERS = ("kustomize.toolkit.fluxcd.io/", "helm.toolkit.fluxcd.io/", "meta.helm.sh/", "app.kubernetes.io/managed-by")


@dataclass(frozen=True, slots=True)
class _Field:
    """A difference, as the rows of the table ask for it."""

    kind: str
    difference: Difference

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(each for each in self.difference.path if isinstance(each, str))

    def under(self, *names: str) -> bool:
        """The path begins so."""
        return self.names[: len(names)] == names

    def within(self, names: tuple[str, ...]) -> bool:
        return any(each in names for each in self.names)

    @property
    def is_label(self) -> bool:
        """A label or annotation, of the object or of its pods."""
        return any(pair in (("metadata", "labels"), ("metadata", "annotations")) for pair in pairwise(self.names))

    @property
    def is_container(self) -> bool:
        """A whole container."""
        path = self.difference.path
        return len(path) > 1 and path[-2] in _CONTAINERS and isinstance(path[-1], Key)

    @property
    def is_probe(self) -> bool:
        return any(each.endswith("Probe") for each in self.names)


@dataclass(frozen=True, slots=True)
class Weight:
    """One row: these fields weigh so much."""

    severity: Severity
    what: str
    fits: Callable[[_Field], bool]


def _to_zero(value: Json) -> bool:
    return value == 0 and not isinstance(value, bool)


WEIGHTS: tuple[Weight, ...] = (
    Weight(
        MINOR,
        "the order of entries; what is only written differently",
        lambda field: field.difference.kind is Kind.ORDER or field.difference.cosmetic,
    ),
    Weight(
        CRITICAL,
        "the pod security labels of a namespace",
        lambda field: field.kind == "Namespace" and any("pod-security.kubernetes.io/" in name for name in field.names),
    ),
    Weight(
        MAJOR,
        "the labels and annotations that say who owns the object",
        lambda field: field.is_label and field.names[-1].startswith(_OWNERS),
    ),
    Weight(
        MAJOR,
        "annotations of an Ingress: its controller acts on them",
        lambda field: field.kind == "Ingress" and field.under("metadata", "annotations"),
    ),
    Weight(MINOR, "other labels and annotations", lambda field: field.is_label),
    Weight(CRITICAL, "rules, subjects and roleRef of RBAC", lambda field: field.kind in _RBAC),
    Weight(CRITICAL, "admission webhooks", lambda field: field.kind in _WEBHOOKS),
    Weight(
        CRITICAL, "the spec of a NetworkPolicy", lambda field: field.kind == "NetworkPolicy" and field.under("spec")
    ),
    Weight(CRITICAL, "a whole container, added or removed", lambda field: field.is_container),
    Weight(
        CRITICAL,
        "image, command and args (not those of a probe)",
        lambda field: field.under("spec") and field.within(_CODE) and not field.is_probe,
    ),
    Weight(
        CRITICAL,
        "security context, service account, host namespaces",
        lambda field: field.under("spec") and field.within(_IDENTITY),
    ),
    Weight(CRITICAL, "the selector of a workload or Service", lambda field: field.under("spec", "selector")),
    Weight(
        CRITICAL,
        "replicas that somebody has set to 0",
        lambda field: field.names == ("spec", "replicas") and _to_zero(field.difference.live),
    ),
    Weight(
        MAJOR,
        "everything else: paused, suspend, strategy, volumes, replicas, resources, env, ports, data of ConfigMaps and "
        "Secrets, finalizers and ownerReferences",
        lambda field: True,
    ),
)
"""The first row that fits counts."""


def severity(difference: Difference, kind: str, sticky: bool) -> Severity:
    """How bad it is.

    Args:
        kind: the object's.
        sticky: Flux will never take it back (:func:`holdfast.checks.drift.cleanup.is_sticky`). What a person's tool
            left behind so is worse by one level, labels and annotations aside: nobody but a reader of this will see it.
    """
    field = _Field(kind, difference)
    weight = next(each.severity for each in WEIGHTS if each.fits(field))
    by_hand = any(each.cls == "human" for each in difference.changed_by)
    return CRITICAL if sticky and by_hand and weight is MAJOR and not field.is_label else weight


def table() -> str:
    """The weights as a Markdown table, for docs/drift.md."""
    rows = [f"| {each.severity} | {each.what} |" for each in WEIGHTS]
    return "\n".join(["| severity | fields; the first row that fits counts |", "|---|---|", *rows]) + "\n"
