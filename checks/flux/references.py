"""Whether what Flux's objects name is there."""

from __future__ import annotations

from collections.abc import Iterator

from holdfast.checks.flux import absence, kinds
from holdfast.checks.flux.reference_fields import Reference, references
from holdfast.checks.flux.state import DELIVERY, Phase, read_state
from holdfast.model import MAJOR, Deviation, Remedy, Resource, Said, UnknownCode, Unobservable, World, rule

_STATELESS = ("Alert", "Provider")
"""Without a status since v1beta3: nobody but an event that is lost finds out what they lack."""
_TOLD_BY_FLUX = (Phase.FAILED, Phase.STALLED, Phase.IN_FLIGHT)
_GONE = "does not exist"


@rule(
    "flux.reference.unresolved",
    MAJOR,
    origin="issue A §5: references that resolve; EOEPCA: Provider slack-external names a Secret nobody made",
    remedy="Create what is named (for a Secret: its SealedSecret or ExternalSecret, in Git), or correct the name",
)
def resolves(resource: Resource, world: World) -> Said:
    """Every object, Secret and key that a Flux object names exists.

    Flux looks most references up at every reconcile. An object that is not Ready, or not settled yet, is therefore left
    to the delivery rules: they tell the same defect with Flux's own words, once. What is judged here is what Flux has
    not tripped over: objects still Ready or suspended, kinds without a status, and references only an event would use.
    A source or dependency that is gone is told as missing itself, once for all who need it.
    A HelmChart that a HelmRelease made repeats that one's references and is left out.
    """
    if resource.kind == "HelmChart" and kinds.delivered_by(resource).startswith("HelmRelease/"):
        return
    silent = resource.kind in _STATELESS and not resource.conditions
    told = not silent and read_state(resource).phase in _TOLD_BY_FLUX
    blind: dict[Unobservable, None] = {}
    for each in references(resource):
        if told and each.checked:
            continue
        try:
            yield from _missing(resource, each, world)
        except Unobservable as problem:
            blind[_right(problem, each)] = None
    yield from blind


def _missing(resource: Resource, reference: Reference, world: World) -> Iterator[Deviation]:
    found = world.find(reference.kind, reference.namespace, reference.name)
    kind = reference.kind.partition(".")[0]
    if found is None and kind in DELIVERY and absence.has_worked(resource):
        yield absence.gone(kind, reference.namespace, reference.name, resource, world)
    elif found is None:
        yield _unresolved(resource, reference, "a complete LIST of its kind does not hold it", _GONE)
    elif reference.key and reference.key not in (keys := _keys(found)):
        has = ", ".join(sorted(keys)) or "none"
        yield _unresolved(resource, reference, f"it has other keys: {has}", f"has no key {reference.key}")


def _right(problem: Unobservable, reference: Reference) -> Unobservable:
    """What could not be seen, under the name of the missing right: one unknown, however many objects need it."""
    if problem.code is not UnknownCode.FORBIDDEN:
        return problem
    plural = f"{reference.kind.partition('.')[0].lower()}s"
    detail = f"the credential may not get {plural}, so whether those that Flux's objects name are there is not known"
    return Unobservable(problem.code, f"get {plural}", detail, problem.remedy)


def _keys(found: Resource) -> frozenset[str]:
    if found.kind == "Secret" and found.get("data") is None:  # listed only: that it exists is all that is known
        raise Unobservable(UnknownCode.FORBIDDEN, str(found.ref), "", "grant get on secrets beside list")
    parts = (found.get(field, default={}) for field in ("data", "binaryData", "stringData"))
    return frozenset(key for part in parts if isinstance(part, dict) for key in part)


def _unresolved(resource: Resource, reference: Reference, observed: str, wrong: str) -> Deviation:
    key = f" with key {reference.key}" if reference.key else ""
    return Deviation(
        resource.ref,
        expected=f"{reference.path} names something that exists: {reference}{key}",
        observed=observed,
        cause=f"{reference} {wrong}",
        summary=f"{resource.ref} needs {reference}, which {wrong}",
        path=reference.path,
        outlook=_outlook(resource, reference),
        remedy=(
            _look(reference, there=wrong != _GONE),
            Remedy("see who names it", f"kubectl get {resource.ref.where} -o yaml"),
        ),
    )


def _look(reference: Reference, there: bool) -> Remedy:
    """What there is in its place: that it is not there itself is known."""
    kind, space = reference.kind.lower(), f" -n {reference.namespace}" if reference.namespace else ""
    if there:
        return Remedy("see its keys", f"kubectl describe {kind}/{reference.name}{space}")
    return Remedy("see what there is of its kind", f"kubectl get {kind}{space}")


def _outlook(resource: Resource, reference: Reference) -> str:
    if resource.kind in _STATELESS:
        return "whatever it should tell is lost"
    return "it fails at the next reconcile that needs it" if reference.checked else "it has no effect"
