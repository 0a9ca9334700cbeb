"""Sources as declared: URL, what they follow, interval, timeout."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from holdfast.checks.flux.fields import Field, as_duration, as_flag, as_reference, as_text, as_url, differences, differs
from holdfast.checks.flux.fields import reference as _reference
from holdfast.model import MAJOR, Deviation, Resource, Said, World, rule


def _default_branch(source: Resource) -> str:
    return "master" if source.kind == "GitRepository" and not source.get("spec", "ref") else ""


def _default_tag(source: Resource) -> str:
    return "latest" if source.kind == "OCIRepository" and not source.get("spec", "ref") else ""


FIELDS = {
    "branch": Field("spec.ref.branch", as_text, _default_branch),
    "tag": Field("spec.ref.tag", as_text, _default_tag),
    "semver": Field("spec.ref.semver", as_text),
    "commit": Field("spec.ref.commit", as_text),
    "digest": Field("spec.ref.digest", as_text),
    "url": Field("spec.url", as_url),
    "interval": Field("spec.interval", as_duration),
    "timeout": Field("spec.timeout", as_duration, "60s"),
    "secret": Field("spec.secretRef.name", as_text),
    "type": Field("spec.type", as_text, "default"),
    "provider": Field("spec.provider", as_text, "generic"),
    "bucket": Field("spec.bucketName", as_text),
    "endpoint": Field("spec.endpoint", as_url),
    "chart": Field("spec.chart", as_text),
    "version": Field("spec.version", as_text, "*"),
    "source": Field("spec.sourceRef", as_reference, read=_reference("spec", "sourceRef")),
    "suspend": Field("spec.suspend", as_flag, "false"),
}
COLUMNS = tuple(f"{name}?" for name in FIELDS if name != "suspend")
"""Of a table of sources, beside kind, namespace and name."""

_FOLLOWED = {
    "GitRepository": ("commit", "name", "semver", "tag", "branch"),
    "OCIRepository": ("digest", "semver", "tag"),
}
"""The fields of spec.ref, strongest first: what stands before another overrides it."""


@rule(
    "flux.source.differs",
    MAJOR,
    origin="issue A §5: branch, tag, commit, URL, interval, timeout as declared",
    remedy="Put the declared value back in Git, or correct the feature if the change was meant",
)
def as_declared(source: Resource, world: World, declared: Mapping[str, str]) -> Said:
    """Every source follows what is declared, from where and as often as declared."""
    yield from differences(source, world, declared, FIELDS)
    yield from _overridden(source, world, declared)


def _overridden(source: Resource, world: World, declared: Mapping[str, str]) -> Iterator[Deviation]:
    """A branch is as declared and yet not followed, because a tag or commit beside it counts instead."""
    order = _FOLLOWED.get(source.kind, ())
    wanted = next((name for name in order if name in declared), None)
    if wanted is None:
        return
    for stronger in order[: order.index(wanted)]:
        if value := source.get("spec", "ref", stronger):
            overriding = f"overridden by {stronger} {value}"
            yield differs(source, world, wanted, f"spec.ref.{stronger}", declared[wanted], overriding)
            return
