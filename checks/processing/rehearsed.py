"""A throw-away process, from deploy to undeploy: what each act has to bring."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from holdfast.checks.access.tokens import unable
from holdfast.checks.processing.pages import unread
from holdfast.checks.web import reach
from holdfast.checks.web.documents import json_object
from holdfast.model import (
    CRITICAL,
    MAJOR,
    Deviation,
    Note,
    Remedy,
    Resource,
    Said,
    UnknownCode,
    Unobservable,
    World,
    rule,
)

_ROBOT = "Robot 01__ADES 01__API_PROC"
_CREATED, _EXECUTED, _REMOVED = frozenset({200, 201}), frozenset({201}), frozenset({200, 204})


@rule(
    "processing.deploy.refused",
    MAJOR,
    origin=f"{_ROBOT}: Deploy Application (201)",
    remedy="Read the server's answer and its log; ask whether it can fetch the application package",
)
def rehearsed(run: Resource, world: World, process: str) -> Said:
    """A throw-away process can be deployed: the service takes it, lists it and describes it."""
    if run.get("login"):
        yield from unable(run, world)
        return
    changed = run.get("changed", default=[])
    if changed:
        yield Note("changed", None, f"{run.name}: {'; '.join(str(each) for each in changed)}")
    acts = run.get("acts", default={})
    there = _act(acts, "already", run)
    if there.get("status") != 404 and "undeploy" not in acts:
        yield from _not_tried(run, there, world, process)
        return
    if "deploy" in acts:
        yield from _deployed(run, acts, world, process)
    yield from _executed(run, acts, world)
    yield from _undeployed(run, acts, world, process)


@rule(
    "processing.job.unsuccessful",
    MAJOR,
    origin=f"{_ROBOT}: Execute Application (201 and Location; successful, Done, 100)",
    remedy="Look at the pods and the log of the job; the processes of users will fail like it",
)
def executed(run: Resource, world: World, process: str) -> Said:
    """A throw-away process runs: the service takes the job, and it is successful, with results, in time."""
    if not run.get("login"):
        yield from _executed(run, run.get("acts", default={}), world)


@rule(
    "processing.undeploy.incomplete",
    CRITICAL,
    origin=f"{_ROBOT}: Undeploy Application (200; the standard says 204)",
    remedy="Undeploy it by hand: DELETE /processes/ID, then look whether it is gone from the list",
)
def undeployed(run: Resource, world: World, process: str) -> Said:
    """A throw-away process can be undeployed, and is gone."""
    if not run.get("login"):
        yield from _undeployed(run, run.get("acts", default={}), world, process)


def _not_tried(run: Resource, there: Resource, world: World, process: str) -> Iterator[Deviation | Unobservable]:
    if said := reach.troubles(there, world, reach.Expected(frozenset({200, 404}))):
        yield from said
        return
    detail = f"a process {process} is deployed already: it is somebody's, and is not touched"
    remedy = f"undeploy it when it is a leftover, or set probe_process and the package to another: {reach.url(there)}"
    yield Unobservable(UnknownCode.NOTHING_MATCHED, run.name, detail, remedy)


def _deployed(run: Resource, acts: Mapping[str, Any], world: World, process: str) -> Iterator[Deviation | Unobservable]:
    deploy = _act(acts, "deploy", run)
    if deploy.get("stage") != "done":
        yield from reach.troubles(deploy, world)
    elif deploy.get("status") not in _CREATED:
        yield _of(run, "deploy", "status 201", _status(deploy), "the package was not taken", rehearsed.id)
    elif why := _cut(acts, "listed"):
        yield unread(run, f"{process} is not on the pages that were read; {why}")
    elif not acts.get("listed", {}).get("found"):
        yield _of(run, "list", f"{process} in the list", "it is not", "it was taken, and not deployed", rehearsed.id)
    elif acts.get("describe", {}).get("status") != 200:
        yield _of(run, "describe", "status 200", _status(_act(acts, "describe", run)), "", rehearsed.id)


def _executed(run: Resource, acts: Mapping[str, Any], world: World) -> Iterator[Deviation]:
    if "execute" not in acts:
        return
    execute = _act(acts, "execute", run)
    if execute.get("stage") != "done":
        yield from reach.troubles(execute, world)
    elif execute.get("status") not in _EXECUTED:
        yield _of(run, "execute", "status 201", _status(execute), "the job was not taken", executed.id)
    elif not execute.get("job"):
        yield _of(run, "execute", "Location of the job", "none", "clients cannot follow the job", executed.id)
    else:
        yield from _ended(run, acts)


def _ended(run: Resource, acts: Mapping[str, Any]) -> Iterator[Deviation]:
    job = _act(acts, "job", run)
    told = _object(job)
    status = str(told.get("status", "")) or _status(job)
    if job.get("overdue"):
        yield _of(run, "job", "ended in time", f"still {status}", "its pods wait, or hang", executed.id)
    elif status != "successful":
        cause = str(told.get("message", ""))[:200]
        yield _of(run, "job", "successful", status, cause, executed.id)
    elif acts.get("results", {}).get("status") != 200 or not _object(_act(acts, "results", run)):
        results = _act(acts, "results", run)
        found = "an empty answer" if results.get("status") == 200 else _status(results)
        yield _of(run, "results", "results of the job", found, "nothing was staged out", executed.id)


def _undeployed(
    run: Resource, acts: Mapping[str, Any], world: World, process: str
) -> Iterator[Deviation | Note | Unobservable]:
    if "undeploy" not in acts:
        return
    undeploy = _act(acts, "undeploy", run)
    status = undeploy.get("status")
    if acts.get("deploy", {}).get("status") not in _CREATED and status == 404:
        return  # it was never there
    if undeploy.get("stage") != "done":
        yield from reach.troubles(undeploy, world)
    elif status not in _REMOVED:
        yield _of(run, "undeploy", "status 200 or 204", _status(undeploy), f"{process} is left", undeployed.id)
    elif why := _cut(acts, "gone"):
        yield unread(run, f"whether {process} is gone is not on the pages that were read; {why}")
    elif "gone" in acts and acts["gone"].get("found") is None:
        yield _of(run, "undeploy", "a list of processes", "no list came after it", "it may be left", undeployed.id)
    elif acts.get("gone", {}).get("found"):
        yield _of(run, "undeploy", f"{process} gone", "it is still in the list", f"{process} is left", undeployed.id)
    else:
        yield Note("undeploy", None, f"{run.name}: undeploy answers {status}")


def _act(acts: Mapping[str, Any], name: str, run: Resource) -> Resource:
    """One exchange as a carrier."""
    told = acts.get(name, {})
    named = f"{told.get('method', 'GET')} {told.get('url', run.name)}"
    return Resource({**told, "kind": run.kind, "apiVersion": run.api_version, "metadata": {"name": named}})


def _cut(acts: Mapping[str, Any], name: str) -> str:
    """Why the list does not tell, where it was not read to its end; "" where it does."""
    act = acts.get(name, {})
    return "" if act.get("found") else str(act.get("cut", ""))


def _object(act: Resource) -> dict[str, Any]:
    read = json_object(act)
    return {} if isinstance(read, Deviation) else read


def _status(act: Resource) -> str:
    return f"status {act.get('status')}" if act.get("status") else str(act.get("problem") or "no answer")


def _of(run: Resource, act: str, expected: str, observed: str, cause: str, id: str) -> Deviation:
    look = Remedy("see what is deployed", reach.curl(run, body=True))
    said = f"{run.name}: {act}: {observed}, expected {expected}"
    return Deviation(None, expected, observed, cause, (look,), run.name, path=act, rule=id, summary=said)
