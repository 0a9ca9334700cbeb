"""Rules about Helm releases: changed by Flux alone, and none beside it."""

from __future__ import annotations

from collections.abc import Mapping

from holdfast.checks.drift import classes
from holdfast.checks.drift.case import Case, Release
from holdfast.checks.drift.examination import Around, Drift
from holdfast.checks.drift.outlook import outlook
from holdfast.checks.drift.releases import ReleaseName, ReleaseTrouble, StoredRelease, Trouble, trouble
from holdfast.checks.drift.remedies import remedies
from holdfast.checks.drift.unexpected import UnexpectedRelease
from holdfast.model import MAJOR, Deviation, InFlight, NotAsked, Note, Owner, Ref, Resource, Said, World, rule


@rule(
    "drift.release.out-of-band",
    MAJOR,
    origin="helm-controller: a release it does not know is upgraded at its next reconcile",
    remedy="let Flux release what Git says, or commit what was done by hand",
)
def in_band(owner: Resource, world: World, drift: Drift) -> Said:
    """The newest revision of a release is the one its HelmRelease made."""
    if owner.get("spec", "kubeConfig"):
        raise NotAsked("HelmReleases with spec.kubeConfig deliver to another cluster, which is not looked at")
    around = drift.around()
    stored = {each.key: each for each in around.stored}
    found = trouble(owner, stored)
    if around.storage and (found is None or found.trouble is Trouble.VANISHED or _is_older(found, stored, owner)):
        raise around.storage[0]
    if found is None or found.trouble is Trouble.FAILED:  # a failed release is flux.helmrelease.not-ready
        return
    if found.trouble is Trouble.PENDING:
        raise InFlight(
            str(owner.ref), found.observed, f"helm history {found.release.name} -n {found.release.namespace}"
        )
    case = Case(classes.OUT_OF_BAND, owner.ref, world.now, owner=owner, live=owner, release=Release(*found.release))
    yield Deviation(
        owner.ref,
        expected=found.expected,
        observed=found.observed,
        summary=f"{owner.ref}: {found.observed}",
        cause="somebody has used helm beside its HelmRelease",
        outlook=found.outlook,
        remedy=remedies(case),
        owner=Owner(str(owner.ref)),
    )


def _is_older(found: ReleaseTrouble, stored: Mapping[ReleaseName, StoredRelease], owner: Resource) -> bool:
    """Whether what was seen of it is older than what Flux made: then the newest may be what was not seen."""
    made, seen = owner.get("status", "history", 0, "version"), stored.get(found.release)
    return seen is not None and isinstance(made, int) and seen.version < made


@rule(
    "drift.release.unexpected",
    MAJOR,
    origin="issue 4: a Helm release no HelmRelease keeps",
    remedy="add a HelmRelease for it to Git, or uninstall it",
)
def expected(namespace: Resource, world: World, drift: Drift) -> Said:
    """Every Helm release in a namespace that Flux manages is kept by a HelmRelease."""
    around = drift.around()
    yield from around.ungathered
    if namespace.name not in around.managed:
        return
    yield from around.storage
    for each in around.releases():
        if each.namespace == namespace.name:
            yield _unexpected(each, around, world)
    for stray in around.strays():
        if isinstance(stray, UnexpectedRelease) and stray.release.namespace == namespace.name:
            known = {(each.namespace, each.name) for each in around.releases()}
            if (stray.release.namespace, stray.release.name) not in known:
                yield Note(classes.PENDING.rule, stray.members[0], f"it says it is of {stray.release}, not in storage")


def _unexpected(release: StoredRelease, around: Around, world: World) -> Deviation:
    ref = Ref("v1", "Secret", release.namespace, f"sh.helm.release.v1.{release.name}.v{release.version}")
    strays = [each for each in around.strays() if isinstance(each, UnexpectedRelease)]
    mine = next((each for each in strays if (each.release.namespace, each.release.name) == release.key), None)
    case = Case(classes.UNEXPECTED_RELEASE, ref, world.now, release=Release(*release.key))
    by = "installed with helm beside Flux" + (f", on {mine.when:%Y-%m-%d}" if mine and mine.when else "")
    subject = f"Release/{release.namespace}/{release.name}"
    return Deviation(
        None,
        subject=subject,
        expected="a HelmRelease that keeps it",
        observed=f"revision {release.version}, {release.status}, kept by nobody",
        summary=f"Helm release {release.name} in {release.namespace} is in no Git",
        cause=by,
        changed_by=mine.who if mine else (),
        since=mine.when if mine else None,
        affects=tuple(str(each) for each in mine.members) if mine else (),
        outlook=outlook(case).text,
        remedy=remedies(case),
    )
