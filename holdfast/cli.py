"""The command line. Every command is a few lines: what it does is elsewhere."""

from __future__ import annotations

import gc
import inspect
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.main import get_command

from holdfast.settings import flags

INTERRUPTED, USAGE = 2, 4
"""As in :mod:`holdfast.ledger`, which takes longer to import than a usage error should."""

_GARBAGE = (20_000, 50)
"""Instead of (700, 10) objects made until Python looks for cycles among the newest, and rounds of that until it looks
further: a run makes a million objects and a few thousand that are in cycles, and looking for those took a tenth of it.
"""

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


def _with_options(command: Callable[..., int]) -> Callable[..., None]:
    """Give a command every option of a run; it receives those given as ``options``, by flag."""
    names = {name.replace("-", "_"): name for name in flags()}
    shape = inspect.signature(command, eval_str=True)
    own = [each for name, each in shape.parameters.items() if name != "options"]
    more = [
        inspect.Parameter(
            python,
            inspect.Parameter.KEYWORD_ONLY,
            default=typer.Option(None, f"--{flag}", help=flags()[flag], show_default=False),
            annotation=str | None,
        )
        for python, flag in names.items()
    ]

    def run(**given: Any) -> None:
        options = {flag: given.pop(python) for python, flag in names.items()}
        raise typer.Exit(command(**given, options=options))

    run.__name__, run.__doc__ = command.__name__, command.__doc__
    run.__annotations__ = {each.name: each.annotation for each in (*own, *more)}
    shaped = [each.replace(kind=inspect.Parameter.KEYWORD_ONLY) for each in own]
    setattr(run, "__signature__", inspect.Signature([*shaped, *more]))  # noqa: B010  # mypy knows no such attribute
    return run


policies = typer.Typer(help="What PEPs and PDP hold: write it down, or compare two of it.", no_args_is_help=True)
app.add_typer(policies, name="policies")


def _version(asked: bool) -> None:
    if asked:
        from importlib.metadata import version

        print(f"holdfast {version('holdfast')}")
        raise typer.Exit


@app.callback()
def holdfast(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and stop.")
    ] = False,
) -> None:
    """Is the platform what Git and its people say it is? Reads, never writes."""


What = Annotated[list[str] | None, typer.Argument(help="Platforms (flux, eoepca, …), folders or .feature files.")]


@app.command(context_settings={"allow_interspersed_args": True})
@_with_options
def audit(
    what: What = None,
    marks: Annotated[str, typer.Option("-m", help="Only scenarios with these tags.")] = "",
    keyword: Annotated[str, typer.Option("-k", help="Only scenarios whose name matches.")] = "",
    options: dict[str, str | None] = {},  # noqa: B006  # filled by the decorator
) -> int:
    """Judge a platform. Arguments after -- go to pytest."""
    from holdfast import run

    named, extra = _split(what or [])
    return run.audit(run.Selection(named, marks, keyword, extra), options)


def _split(words: list[str]) -> tuple[list[str], list[str]]:
    """What came before and after ``--`` on the command line."""
    if "--" not in sys.argv:
        return words, []
    count = len(sys.argv) - sys.argv.index("--") - 1
    return words[: len(words) - count], words[len(words) - count :]


@app.command()
@_with_options
def drift(
    what: Annotated[
        str | None, typer.Argument(metavar="[PLATFORM]", help="Whose platform.toml counts (eoepca, …, or a folder).")
    ] = None,
    keyword: Annotated[str, typer.Option("-k", help="Only scenarios whose name matches.")] = "",
    options: dict[str, str | None] = {},  # noqa: B006
) -> int:
    """What differs from what Flux applied, by whose hand, what Flux does next; --git-ref: what a branch changes."""
    from holdfast import run

    return run.drift(what, keyword, options)


@app.command()
def remedy(
    findings: Annotated[Path, typer.Argument(metavar="FINDINGS", help="A findings.json.")],
    output: Annotated[Path | None, typer.Option(help="Write here instead of to the terminal.")] = None,
    only: Annotated[str, typer.Option(help="Only these rules, e.g. 'drift.field.*'.")] = "*",
) -> None:
    """Write the remedies of a findings.json as one shell script to review: dry unless told otherwise, not run here."""
    from holdfast.remedy import remedy as write

    raise typer.Exit(write(findings, output, only))


@app.command()
@_with_options
def record(
    file: Annotated[Path, typer.Argument(help="Where the recording goes, e.g. platform.holdfast.gz.")],
    what: What = None,
    options: dict[str, str | None] = {},  # noqa: B006
) -> int:
    """Audit a platform and keep all that was read, secrets digested, to audit again offline."""
    from holdfast import run

    return run.audit(run.Selection(what or []), {**options, "record": str(file)})


@app.command()
def demo() -> None:
    """Audit the bundled recording of the EOEPCA platform; 0 exactly when the audit found what is in it."""
    from holdfast.demo import demo as show

    raise typer.Exit(show())


@app.command()
@_with_options
def preflight(
    what: What = None,
    options: dict[str, str | None] = {},  # noqa: B006
) -> int:
    """What this credential can judge, what it cannot, and the line that would cure it."""
    from holdfast.rights import preflight as ask

    return ask(what or [], options)


@app.command()
def rbac(
    what: What = None,
    secrets: Annotated[
        str, typer.Option(help="none, or helm: also read Secrets (Helm releases, references).")
    ] = "none",
    allow: Annotated[str, typer.Option(help="Also the rights of what --allow will switch on, e.g. exec,logs.")] = "",
) -> None:
    """Print the least ClusterRole the selected features need."""
    from holdfast.rights import rbac as make

    raise typer.Exit(make(what or [], secrets, allow))


@app.command()
def rules(as_json: Annotated[bool, typer.Option("--json", help="Machine readable.")] = False) -> None:
    """List every rule: id, severity, obligation, remedy."""
    from holdfast.catalogue import show

    raise typer.Exit(show(as_json=as_json))


@app.command()
def compare(
    before: Annotated[Path, typer.Argument(metavar="A", help="The earlier findings.json.")],
    after: Annotated[Path, typer.Argument(metavar="B", help="The later findings.json.")],
    as_json: Annotated[bool, typer.Option("--json", help="Machine readable.")] = False,
) -> None:
    """Say what is new, known and fixed between two runs, and which versions changed."""
    from holdfast.catalogue import compare as tell

    raise typer.Exit(tell(before, after, as_json=as_json))


@policies.command("dump")
@_with_options
def dump_policies(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Where the dumps go, one file per PEP and PDP.")],
    what: What = None,
    options: dict[str, str | None] = {},  # noqa: B006
) -> int:
    """Write down what PEPs and PDP hold as bin/dump-policy.sh does, workspaces included; runs a command in each."""
    from holdfast import policy_dumps

    return policy_dumps.dump(folder, what or ["eoepca"], options)


@policies.command("compare")
def compare_policies(
    before: Annotated[Path, typer.Argument(metavar="A", help="The earlier folder of dumps.")],
    after: Annotated[Path, typer.Argument(metavar="B", help="The later folder of dumps.")],
) -> None:
    """Say which resources and policies were added, removed and changed between two dumps; 1 when any was."""
    from holdfast import policy_dumps

    raise typer.Exit(policy_dumps.compare(before, after))


def main() -> None:
    """The console script; wrong usage is one line and exit 4, as whatever else is wrong with what was given."""
    gc.set_threshold(*_GARBAGE)
    try:
        status = get_command(app).main(prog_name="holdfast", standalone_mode=False)
    except typer.Abort:
        raise SystemExit(INTERRUPTED) from None
    except Exception as error:
        told = getattr(error, "format_message", None)  # typer has its own copy of click's exceptions, or click's
        if told is None:
            raise
        print(f"holdfast: {told()}" if len(sys.argv) > 1 else told(), file=sys.stderr)
        raise SystemExit(USAGE) from None
    gc.freeze()  # what was read is not sorted through once more before the process ends
    raise SystemExit(status or 0)


if __name__ == "__main__":
    main()
