"""The options of a run: the same on ``holdfast audit`` and, as ``--holdfast-…``, on plain pytest."""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from holdfast.model import Severity


class SettingsError(ValueError):
    """An option's value is wrong; one line for the user."""


ALLOWED = ("exec", "logs", "port-forward", "proxy", "dry-run", "mutation")
"""What ``--allow`` can switch on."""

_DURATION = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h|d)?")
_SECONDS = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86400, "": 1}


def seconds(text: str) -> float:
    """``90``, ``90s``, ``1m30s``, ``2h`` as seconds.

    Raises:
        SettingsError: it is none of these.
    """
    parts = _DURATION.findall(text)
    if not text or "".join(number + unit for number, unit in parts) != text:
        raise SettingsError(f"{text!r} is no duration (like 90s, 5m or 1h30m)")
    return float(sum(float(number) * _SECONDS[unit] for number, unit in parts))


def allowed(text: str) -> frozenset[str]:
    """``exec,logs`` as a set.

    Raises:
        SettingsError: naming what can be allowed.
    """
    names = frozenset(filter(None, (each.strip() for each in text.split(","))))
    wrong = sorted(names - set(ALLOWED))
    if wrong:
        raise SettingsError(f"--allow {wrong[0]}: not one of {', '.join(ALLOWED)}")
    return names


def severity(text: str) -> Severity:
    """A severity by name.

    Raises:
        SettingsError: naming the three.
    """
    try:
        return Severity(text)
    except ValueError:
        raise SettingsError(f"{text!r} is no severity ({', '.join(Severity)})") from None


def gate(text: str) -> bool:
    """``new`` as True, ``all`` as False.

    Raises:
        SettingsError: anything else.
    """
    if text not in ("all", "new"):
        raise SettingsError(f"--gate {text}: all or new")
    return text == "new"


def percent(text: str) -> int:
    """0 to 100.

    Raises:
        SettingsError: anything else.
    """
    if not text.isdecimal() or int(text) > 100:
        raise SettingsError(f"{text!r} is no percentage (0 to 100)")
    return int(text)


def _told(help: str, parse: Callable[[str], Any] = str, name: str = "") -> dict[str, Any]:
    """What the command line needs to know of an option."""
    return {"help": help, "parse": parse, "name": name}


@dataclass(frozen=True, slots=True)
class Options:
    """Everything a run can be told, apart from what to run."""

    context: str | None = field(default=None, metadata=_told("kubeconfig context to audit (default: the current one)"))
    kubeconfig: Path | None = field(
        default=None, metadata=_told("kubeconfig file (default: KUBECONFIG, ~/.kube/config, or in-cluster)", Path)
    )
    recording: Path | None = field(default=None, metadata=_told("audit a recording instead of a cluster", Path))
    record: Path | None = field(default=None, metadata=_told("write what is read to this recording", Path))
    platform_file: Path | None = field(
        default=None, metadata=_told("a platform.toml that overrides the packaged one", Path)
    )
    report_dir: Path = field(default=Path("holdfast-report"), metadata=_told("where reports go", Path))
    fail_on: Severity = field(
        default=Severity.MINOR, metadata=_told("lowest severity that fails: critical, major or minor", severity)
    )
    min_coverage: int = field(default=100, metadata=_told("lowest coverage, 0-100, that does not exit 10", percent))
    deadline: float = field(default=300.0, metadata=_told("what is not read by then is unknown", seconds))
    settle: float = field(
        default=60.0, metadata=_told("how long a change under way may take before it is judged", seconds)
    )
    allow: frozenset[str] = field(
        default=frozenset(), metadata=_told(f"switch on, comma-separated: {', '.join(ALLOWED)}", allowed)
    )
    baseline: Path | None = field(
        default=None, metadata=_told("an earlier findings.json: findings become new or known", Path)
    )
    gate_new: bool = field(
        default=False, metadata=_told("all, or new: fail on findings the baseline does not have", gate, "gate")
    )
    waivers: Path | None = field(default=None, metadata=_told("a waivers.toml", Path))
    git_dir: Path | None = field(default=None, metadata=_told("a checkout of the platform's Git repository", Path))
    git_ref: str | None = field(
        default=None, metadata=_told("a branch not yet merged: what would it change? (features/drift/preview.feature)")
    )
    policy_dump: Path | None = field(
        default=None, metadata=_told("a folder of policy dumps made earlier, read instead of --allow exec", Path)
    )
    wait_for: str | None = field(default=None, metadata=_told("wait until Flux has applied this revision, then judge"))
    within: float = field(default=600.0, metadata=_told("how long --wait-for waits", seconds))

    @classmethod
    def of(cls, given: Mapping[str, str | None], environment: Mapping[str, str] | None = None) -> Options:
        """From texts by :func:`flag`; what is not given comes from ``HOLDFAST_<FLAG>``, then the default.

        Raises:
            SettingsError: naming the option and what it takes.
        """
        known = os.environ if environment is None else environment
        values: dict[str, Any] = {}
        for each in fields(cls):
            name = flag(each)
            text = given.get(name)
            if text is None:
                text = known.get("HOLDFAST_" + name.upper().replace("-", "_"))
            if text is None:
                continue
            try:
                values[each.name] = each.metadata["parse"](text)
            except SettingsError as error:
                said = str(error)
                raise SettingsError(said if said.startswith("--") else f"--{name}: {said}") from None
        made = cls(**values)
        made._agree()
        return made

    @property
    def given(self) -> frozenset[str]:
        """What a scenario may ask for: what is allowed, and the inputs, by the name of their option."""
        inputs = {"policy-dump": self.policy_dump}
        return self.allow | {name for name, value in inputs.items() if value is not None}

    @property
    def dumping(self) -> str:
        """The command that makes the dumps of ``--policy-dump`` again; in a recording without paths of this machine."""
        told = self.record is None
        folder = self.policy_dump or Path("FOLDER")
        words = ["holdfast", "policies", "dump", str(folder if told else folder.name)]
        words += ["--context", self.context] if self.context else []
        for name, path in (("--kubeconfig", self.kubeconfig), ("--platform-file", self.platform_file)):
            words += [name, str(path)] if path is not None and told else []
        return shlex.join(words)

    def _agree(self) -> None:
        """Options that contradict one another."""
        if self.gate_new and self.baseline is None:
            raise SettingsError("--gate new needs --baseline findings.json")
        if self.recording and (self.context or self.kubeconfig or self.wait_for):
            raise SettingsError(
                "--recording is audited instead of a cluster: leave out --context, --kubeconfig, --wait-for"
            )
        if self.recording and self.record:
            raise SettingsError("a recording cannot be made from a recording")
        for name, path in (
            ("kubeconfig", self.kubeconfig),
            ("git-dir", self.git_dir),
            ("policy-dump", self.policy_dump),
        ):
            if path is not None and not path.exists():
                raise SettingsError(f"--{name} {path}: no such file or directory")


def flag(option: Any) -> str:
    """The option's name on the command line, without dashes."""
    return str(option.metadata["name"] or option.name.replace("_", "-"))


def flags() -> dict[str, str]:
    """Every option's name and help."""
    return {flag(each): str(each.metadata["help"]) for each in fields(Options)}
