"""platform.toml: what only the environment decides, and the ``${key}`` cells that take it."""

from __future__ import annotations

import difflib
import os
import re
import tomllib
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from holdfast.fixtures.kinds import KNOWN
from holdfast.model import Severity, UnknownCode
from holdfast.platform_layers import COMPARED, misspelt_key, nearest, unknown_key, wrong_value

PACKAGED = Path(__file__).parent / "features"
"""The folders that come with holdfast: one per platform, and the generic ones."""

Value = str | int | float | bool | list[str]
_REFERENCE = re.compile(r"\$\{([A-Za-z_][\w.-]*)\}")
_OPEN = ("names", "endpoints", "limits", "deployed", "severity", "credentials")
"""Sections whose keys the platform chooses."""


class PlatformError(ValueError):
    """platform.toml, a cell or an environment variable is wrong; the text is one line for the user."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class About(_Strict):
    """``[platform]``."""

    name: str
    engine: Literal["flux", "none"] = "flux"
    includes: list[str] = []
    """Generic folders it pulls in, e.g. flux."""
    generic: bool = False
    """True for a folder that describes no platform of its own."""
    namespaces: list[str] = []
    """Where to look when the credential may not list the whole cluster."""


class Managers(_Strict):
    """``[managers]``."""

    trusted: list[str] = []


class Accept(_Strict):
    """One ``[[accept]]``: a blind spot that is known and accepted."""

    code: UnknownCode
    subject: str
    """Exact, or with ``*``."""
    reason: str = Field(min_length=3)
    expires: date


class Needed(_Strict):
    """One ``[[needs]]``: what the folder's scenarios read, for ``holdfast preflight`` and ``holdfast rbac``."""

    group: str = ""
    resources: list[str]
    verbs: list[str] = ["list"]
    why: str
    allow: str = ""
    """Read only when this is switched on by name (``--allow exec``)."""


class Platform(_Strict):
    """The whole file, includes and overrides applied."""

    platform: About
    names: dict[str, str] = {}
    endpoints: dict[str, str] = {}
    limits: dict[str, Value] = {}
    deployed: dict[str, bool] = {}
    """Kinds (``HelmRelease``) and components that are there, or are not."""
    managers: Managers = Managers()
    severity: dict[str, Severity] = {}
    credentials: dict[str, str] = {}
    """Names of environment variables, never values."""
    accept: list[Accept] = []
    needs: list[Needed] = []

    @property
    def wanted(self) -> frozenset[str]:
        """Kinds whose absence is bad news."""
        return frozenset(name for name, there in self.deployed.items() if there)

    @property
    def absent(self) -> frozenset[str]:
        """Kinds and components the platform says it does not have."""
        return frozenset(name for name, there in self.deployed.items() if not there)

    @property
    def values(self) -> dict[str, Any]:
        """What a recording keeps of it, by section: what questions are made of, and no path of this machine."""
        kept = self.model_dump(mode="json", include={"names", "endpoints", "limits", "deployed", "credentials"})
        kept["endpoints"].pop("ca", None)
        return kept

    def keys(self) -> dict[str, str]:
        """Every value a cell may name: ``section.key``, and ``key`` alone for names, endpoints and limits."""
        found: dict[str, str] = {}
        for section in ("limits", "endpoints", "names"):  # the last wins where a bare key is in two
            for key, value in getattr(self, section).items():
                text = ",".join(value) if isinstance(value, list) else str(value)
                found |= {f"{section}.{key}": text, key: text}
        return found

    def fill(self, text: str) -> str:
        """``text`` with every ``${key}`` replaced.

        Raises:
            PlatformError: a key nobody set; the known ones are listed.
        """
        keys = self.keys()

        def value(match: re.Match[str]) -> str:
            try:
                return keys[match[1]]
            except KeyError:
                known = ", ".join(sorted(key for key in keys if "." not in key)) or "none"
                raise PlatformError(f"no value for {match[0]} in platform.toml (known: {known})") from None

        return _REFERENCE.sub(value, text)


def load(
    folders: Iterable[Path],
    extra: Path | None,
    environment: Mapping[str, str] | None = None,
    recorded: Mapping[str, Any] | None = None,
) -> Platform:
    """The platform of a run: every folder's file, includes first, then ``--platform-file``, then the environment.

    Args:
        folders: the feature folders chosen, each possibly with a platform.toml.
        extra: ``--platform-file``.
        environment: ``HOLDFAST_<SECTION>__<KEY>`` overrides one key; os.environ by default.
        recorded: what the platform of a recorded run said, by section; only ``--platform-file`` overrides it.

    Raises:
        PlatformError: naming the file, the key and what is known.
    """
    merged: dict[str, Any] = {}
    owner = ""
    chosen = list(folders)
    for file in _files(chosen, extra):
        read = _read(file)
        about = read.get("platform", {})
        name = str(about.get("name", file.parent.name)) if isinstance(about, dict) else file.parent.name
        if not (isinstance(about, dict) and about.get("generic")) and file != extra:
            if owner and owner != name:
                raise PlatformError(f"one platform per run, but {owner} and {name} were both asked for")
            owner = name
        _validate({**read, "platform": {"name": name, **about}} if isinstance(about, dict) else read, file)
        if file == extra:
            _refuse_strays(read, merged, file, owner, chosen)
            _merge(merged, recorded or {})
        _refuse_wrong(read, merged, file)
        _merge(merged, read)
    if extra is None:
        _merge(merged, recorded or {})
    _known_kinds(merged.get("deployed", {}), extra)
    merged.setdefault("platform", {})["name"] = owner or str(merged.get("platform", {}).get("name", "flux"))
    _override(merged, os.environ if environment is None else environment)
    return _validate(merged, extra or Path("the environment"))


def _refuse_strays(
    said: Mapping[str, Any], declared: Mapping[str, Any], file: Path, owner: str, folders: Iterable[Path]
) -> None:
    """A key of ``--platform-file`` that nothing reads would leave in force what it was to change."""
    known = {section: frozenset(declared.get(section, {})) for section in COMPARED}
    if not owner:  # no platform was chosen: the file may be all there is of one
        problem = misspelt_key(said, known)
    else:
        for each in _packaged():
            known = {section: keys | each.get(section, {}).keys() for section, keys in known.items()}
        problem = unknown_key(said, known)
        if problem:  # features of one's own may name what no platform.toml has
            own = _named_in(folders).difference(*known.values())
            problem = unknown_key(said, {section: keys | own for section, keys in known.items()})
    if problem:
        raise PlatformError(f"{file}: {problem}")


def _refuse_wrong(said: Mapping[str, Any], declared: Mapping[str, Any], file: Path) -> None:
    problem = wrong_value(said, declared)
    if problem:
        raise PlatformError(f"{file}: {problem}")


def _packaged() -> list[dict[str, Any]]:
    return [_read(file) for file in sorted(PACKAGED.glob("*/platform.toml"))]


def _named_in(folders: Iterable[Path]) -> set[str]:
    """Every ``${key}`` of the features in these folders, without its section."""
    files = (file for folder in folders for file in sorted(folder.glob("**/*.feature")))
    texts = (file.read_text(encoding="utf-8", errors="replace") for file in files)
    return {key.rpartition(".")[2] for text in texts for key in _REFERENCE.findall(text)}


def _known_kinds(deployed: Mapping[str, Any], file: Path | None) -> None:
    """A kind that is misspelt would switch off "none of them is bad news" without a word."""
    for name in deployed:
        near = difflib.get_close_matches(name, KNOWN, n=1, cutoff=0.75)
        if near and name not in KNOWN:
            where = file or "platform.toml"
            raise PlatformError(f"{where}: deployed.{name}: no kind is called that (nearest: {near[0]})")


def included(folder: Path) -> list[Path]:
    """The feature folders a platform folder pulls in, itself last."""
    file = folder / "platform.toml"
    names = _read(file).get("platform", {}).get("includes", []) if file.is_file() else []
    found = []
    for name in names:
        if not (PACKAGED / name).is_dir():
            raise PlatformError(f"{file}: includes {name!r}, but there is no such folder (known: {known_folders()})")
        found.append(PACKAGED / name)
    return [*found, folder]


def known_folders() -> str:
    """The packaged folders, for error texts."""
    return ", ".join(sorted(each.name for each in PACKAGED.iterdir() if each.is_dir()))


def _files(folders: Iterable[Path], extra: Path | None) -> list[Path]:
    found = dict.fromkeys(each / "platform.toml" for folder in folders for each in included(folder))
    files = [file for file in found if file.is_file()]
    return [*files, extra] if extra else files


def _read(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise PlatformError(f"{file}: cannot be read: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise PlatformError(f"{file}: {error}") from None


def _merge(into: dict[str, Any], new: Mapping[str, Any]) -> None:
    """Sections join key by key, the later one wins; ``[[accept]]`` adds up."""
    for section, content in new.items():
        if isinstance(content, dict):
            into[section] = {**into.get(section, {}), **content}
        elif isinstance(content, list):
            into[section] = [*into.get(section, []), *content]
        else:
            into[section] = content


def _override(merged: dict[str, Any], environment: Mapping[str, str]) -> None:
    for variable, value in environment.items():
        if not variable.startswith("HOLDFAST_") or "__" not in variable:
            continue
        section, _, key = variable.removeprefix("HOLDFAST_").lower().partition("__")
        known = {each.lower().replace("-", "_").replace(".", "_"): each for each in merged.get(section, {})}
        if section not in _OPEN or key not in known:
            names = [f"HOLDFAST_{section}__{each}".upper() for each in known]
            raise PlatformError(f"{variable}: no such key to override {nearest(variable, names)}")
        problem = wrong_value({section: {known[key]: value}}, merged)
        if problem:
            raise PlatformError(f"{variable}: {problem}")
        merged[section] = {**merged[section], known[key]: value}


def _validate(read: Mapping[str, Any], file: Path) -> Platform:
    try:
        return Platform.model_validate(read)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        if first["type"] == "extra_forbidden":
            sections = {"platform": About, "managers": Managers, "accept": Accept, "needs": Needed}
            holder: Any = Platform if len(first["loc"]) == 1 else sections[str(first["loc"][0])]
            raise PlatformError(f"{file}: unknown key {where} (known: {', '.join(holder.model_fields)})") from None
        raise PlatformError(f"{file}: {where}: {first['msg']}") from None
