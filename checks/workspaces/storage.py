"""The buckets of workspaces: each is there, and none is left of those that were deleted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from holdfast.checks.web import reach
from holdfast.checks.web.reach import Expected
from holdfast.checks.workspaces import whole
from holdfast.model import (
    MAJOR,
    MINOR,
    Deviation,
    Note,
    Ref,
    Remedy,
    Resource,
    Said,
    UnknownCode,
    Unobservable,
    World,
    rule,
)

_S3 = Expected(status=frozenset({200, 403}))
"""Anonymous callers are refused the list of buckets, as they should."""
_THERE, _WITHHELD = (200, 301, 307), (401, 403)
"""Statuses of HEAD of a bucket: it is there, perhaps in another region; it is not said."""


@rule(
    "workspace.bucket.missing",
    MAJOR,
    origin="seed 000 'Check workspace S3 bucket'; reference eoepca.md §7: bucket by POST http://minio-bucket-api",
    remedy="Find out who deleted it: what the user kept there is gone; a new one is made by the bucket API",
)
def stored(storage: Resource, world: World) -> Said:
    """Every workspace's bucket exists in the object storage."""
    yield from _storage_troubles(storage, world)
    for each in storage.get("workspaces", default=()):
        if each["status"] == 404:
            name = each["name"]
            yield Deviation(
                Ref("v1", "Namespace", "", name),
                expected="the bucket its Secret `bucket` names exists",
                observed="the object storage says there is no such bucket",
                cause="it was deleted by hand, or the Secret names another one",
                path="bucket",
                summary=f"workspace {name} has no bucket",
                outlook="its catalogue and data access show products nobody can fetch; results of jobs are lost",
                remedy=(_list(storage),),
            )
        elif each["status"] == 0:
            yield whole.without_secret(each["name"], "bucket")
        elif each["status"] not in _THERE:
            detail = f"the object storage answers {each['status']}: it does not say whether the bucket is there"
            code = UnknownCode.FORBIDDEN if each["status"] in _WITHHELD else UnknownCode.UNREADABLE
            yield Unobservable(code, f"bucket of {each['name']}", detail, "give the credential s3:ListBucket on it")


@rule(
    "workspace.bucket.orphan",
    MINOR,
    origin="reference eoepca.md §7: DELETE removes only the namespace; bucket, Harbor user and PEP resource remain",
    remedy="Ask its owner; then remove the bucket",
)
def no_bucket_left(storage: Resource, world: World, prefix: str, keep: Sequence[str] = ()) -> Said:
    """No workspace that was deleted has left its bucket behind."""
    if found := list(_storage_troubles(storage, world)):
        yield from found
        return
    names = [each["name"] for each in storage.get("buckets", default=()) if each["name"] not in keep]
    for name in whole.left_behind(names, world, prefix):
        summary = f"bucket {name} belongs to a workspace that is gone"
        outlook = "it stays, with the user's data and at somebody's cost"
        remedy = (_list(storage), *_remove_bucket(storage, name))
        yield whole.orphan("bucket", f"bucket {name}", summary, outlook, *remedy)
    yield _sight(storage)


def _sight(storage: Resource) -> Unobservable | Note:
    """How far the list of buckets can be trusted: S3 lists what a credential may see, MinIO by its policy."""
    cure = "use a credential with s3:ListAllMyBuckets, and s3:GetBucketLocation on every bucket"
    listed, heads = storage.get("buckets"), storage.maps("workspaces")
    hidden = sorted(str(each["name"]) for each in heads if each["status"] in _THERE and not each.get("listed", True))
    refused = sorted(str(each["name"]) for each in heads if each["status"] in _WITHHELD)
    if listed is None:
        why = str(storage.get("withheld", default="there is none"))
        return Unobservable(UnknownCode.FORBIDDEN, storage.name, f"no list of buckets: {why}", cure)
    if hidden or refused:
        lacks = f"the bucket of {hidden[0]} exists and is not in its list" if hidden else f"{refused[0]}'s is refused"
        detail = f"the credential does not see every bucket: {lacks}; one that is left over may be hidden, too"
        return Unobservable(UnknownCode.FORBIDDEN, storage.name, detail, cure)
    if not listed:
        detail = "there is no bucket at all, or the credential sees none"
        return Unobservable(UnknownCode.NOTHING_MATCHED, storage.name, detail, cure)
    text = f"{storage.name}: looked at {len(listed)} buckets, those its credential sees; of others nothing is known"
    return Note("buckets-in-sight", None, text)


def _storage_troubles(storage: Resource, world: World) -> Iterator[Deviation]:
    found = reach.troubles(storage, world, _S3)
    if not found and storage.get("complaint"):
        found = [reach.unreadable(storage, "an answer as S3 gives it", str(storage.get("complaint")))]
    listed = storage.get("buckets") is not None or storage.get("withheld")
    if not found and (not listed or storage.get("workspaces") is None):
        found = [reach.unreadable(storage, "an answer as S3 gives it", "a list of buckets did not come of it")]
    yield from found


def _list(storage: Resource) -> Remedy:
    return Remedy("see which buckets there are", f"aws --endpoint-url '{reach.host(storage)}' s3 ls")


def _remove_bucket(storage: Resource, name: str) -> tuple[Remedy, ...]:
    command = f"aws --endpoint-url '{reach.host(storage)}' s3 rb s3://{name}"
    risk = "an empty bucket only; with --force everything in it is lost"
    return (Remedy("once its owner agrees, remove it", command, writes=True, risk=risk),)
