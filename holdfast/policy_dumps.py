"""``holdfast policies``: what PEPs and PDP hold, written down as bin/dump-policy.sh does, and two of those compared."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from deepdiff import DeepDiff

from holdfast import platform as platforms
from holdfast.fixtures import dump_age, policy_dumps
from holdfast.fixtures.connect import connect
from holdfast.fixtures.errors import ConfigurationError
from holdfast.fixtures.observed import Observations
from holdfast.fixtures.pods import Pods
from holdfast.fixtures.policies import Policies
from holdfast.ledger import FINDING, OK, UNJUDGED, USAGE
from holdfast.model import Json, Unobservable
from holdfast.platform import PlatformError
from holdfast.run import folders
from holdfast.settings import Options, SettingsError

_ALLOWED = frozenset({"exec"})
"""Who calls this command allows it to run `management_tools list --all`, and nothing else."""
_PDP = "pdp"
_SIGNS = {"dictionary_item_added": "+", "dictionary_item_removed": "-"}


def dump(folder: Path, what: Sequence[str], given: Mapping[str, str | None]) -> int:
    """Write a file per PEP and PDP; 10 when one of them could not be read: no file is written of that."""
    try:
        options = Options.of({**given, "allow": ",".join(_ALLOWED)})
        platform = platforms.load([each for each in folders(what) if each.is_dir()], options.platform_file)
        cluster = connect(options, platform.wanted, platform.platform.namespaces, given=_ALLOWED)
    except (PlatformError, SettingsError, ConfigurationError) as error:
        return _refused(str(error))
    pods = Pods(cluster, Observations(cluster), _ALLOWED)
    try:
        stores = Policies(cluster, Observations(cluster), pods, platform.names, _ALLOWED, None).dumps()
        now = cluster.now
    except Unobservable as problem:
        return _blind(problem)
    finally:
        cluster.close()
    if not stores:
        return _refused("platform.toml names no PEP and no PDP: [names] peps and pdp")
    folder.mkdir(parents=True, exist_ok=True)
    status = OK
    made = {}
    for place, told in stores:
        if isinstance(told, Unobservable):
            status = _blind(told)
        else:
            _write(folder / place.file, told)
            made[place.file] = now
            print(f"{place.subject}: {place.file}")
    dump_age.note(folder, made)
    return status


def compare(before: Path, after: Path) -> int:
    """Print what was added, removed and changed; 1 when anything was, 10 when a dump cannot be read."""
    for each in (before, after):
        if not each.is_dir():
            return _refused(f"{each}: no such folder of dumps")
    try:
        older, newer = _held(before), _held(after)
    except Unobservable as problem:
        return _blind(problem)
    if not older or not newer:
        return _refused(f"{after if older else before}: holds no dump (*-pep.json, pdp-engine.json)")
    lines = sorted(_differences(older, newer))
    print("\n".join(lines) if lines else "no difference")
    return FINDING if lines else OK


def _held(folder: Path) -> dict[str, Json]:
    """Every resource and policy of the dumps, by a name that stays the same when it is dumped again."""
    found: dict[str, Json] = {}
    for file in sorted(folder.glob("*.json")):
        kind = "PDP" if file.stem.startswith(_PDP) else "PEP"
        subject = f"{folder.name}/{file.name}"
        try:
            text = file.read_bytes().decode("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise policy_dumps.unreadable(subject, type(error).__name__) from None
        found[f"{kind} {file.stem}"] = "dumped"
        for entry in policy_dumps.READERS[kind](text, subject):
            name = f"{kind} {file.stem} {_name(kind, entry)}"
            found[_free(name, found)] = {key: value for key, value in entry.items() if key != "_id"}
    return found


def _name(kind: str, entry: Mapping[str, Json]) -> str:
    if kind == "PEP":
        return str(entry.get("reverse_match_url") or entry.get("resource_id"))
    return str(entry.get("name") or entry.get("_id"))


def _free(name: str, taken: Mapping[str, Json]) -> str:
    """The name, or with a number where it is met again."""
    number = 2
    free = name
    while free in taken:
        free, number = f"{name} ({number})", number + 1
    return free


def _differences(older: dict[str, Json], newer: dict[str, Json]) -> Iterator[str]:
    """One line each; scopes and rules have no order."""
    told = DeepDiff(older, newer, ignore_order=True, verbose_level=2, view="tree")
    for sort, levels in told.items():
        for level in levels:
            steps = level.path(output_format="list")
            yield _line(_SIGNS.get(sort, "~") if len(steps) == 1 else "~", steps, level)


def _line(sign: str, steps: list[Any], level: Any) -> str:
    if sign != "~":
        return f"{sign} {steps[0]}"
    field = ".".join(str(each) for each in steps[1:])
    return f"~ {steps[0]}: {field}: {_shown(level.t1)} -> {_shown(level.t2)}"


def _shown(value: Any) -> str:
    return "(none)" if type(value).__name__ == "NotPresent" else str(value)


def _write(file: Path, text: str) -> None:
    """All of it or nothing."""
    part = file.with_name(file.name + ".part")
    part.write_text(text, encoding="utf-8")
    os.replace(part, file)


def _refused(why: str) -> int:
    print(f"holdfast: {why}", file=sys.stderr)
    return USAGE


def _blind(problem: Unobservable) -> int:
    cure = f"; cure: {problem.remedy}" if problem.remedy else ""
    print(f"holdfast: {problem.subject}: {problem.detail}{cure}", file=sys.stderr)
    return UNJUDGED
