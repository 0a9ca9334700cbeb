"""`python -m bench`: drift (how fast), rivals (how sharp-eyed)."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, cast

import orjson
import typer

from bench import drift as measurement
from bench import rivals as comparison
from bench.delivery import deliver
from bench.rivals_page import page
from testbed import fault, lifecycle
from testbed.bed import REPOSITORY, Bed
from testbed.errors import TestbedError

app = typer.Typer(
    help="Measures holdfast beside flux diff and kubectl diff on a testbed (HOLDFAST_TESTBED, else one of its own).",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
AsJson = Annotated[bool, typer.Option("--json", help="machine-readable, one document on stdout")]
OWN = "bench"


@app.command()
def drift(
    objects: Annotated[int, typer.Option(min=1, help="how many objects Flux delivers before the measurement")],
    as_json: AsJson = False,
) -> None:
    """Delivers objects with Flux, then times holdfast drift, flux diff, kubectl diff and the bare LISTs."""
    with _testbed() as bed:
        result = measurement.measure(bed, deliver(bed, objects, _tell), _tell)
    if as_json:
        print(orjson.dumps(result, option=orjson.OPT_INDENT_2).decode())
        return
    for key, value in result.items():
        print(f"{key:28} {'-' if value is None else value}")


@app.command()
def rivals(
    faults: Annotated[list[str] | None, typer.Argument(metavar="[FAULT]…", help="only these; docs stay")] = None,
    as_json: AsJson = False,
) -> None:
    """Injects every drift fault and asks each tool whether it sees it; writes docs/rivals.md."""
    chosen = [fault.named(each) for each in faults] if faults else fault.discover(platform="eoepca")
    with _testbed() as bed:
        result = comparison.compare(bed, [each for each in chosen if each.family == "drift"], _tell)
    if not faults:
        (REPOSITORY / "docs" / "rivals.md").write_text(page(result), encoding="utf-8")
    if as_json:
        print(orjson.dumps(result.as_dict(), option=orjson.OPT_INDENT_2).decode())
    else:
        print(page(result))


@contextmanager
def _testbed() -> Iterator[Bed]:
    """The testbed HOLDFAST_TESTBED names, left as it is afterwards; else one of our own, taken down at the end."""
    named = os.environ.get("HOLDFAST_TESTBED")
    if named:
        yield lifecycle.up(named, "eoepca", _tell)
        return
    try:
        yield lifecycle.up(OWN, "eoepca", _tell)
    finally:
        lifecycle.down(OWN)


def _tell(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


# click's UsageError, which newer releases of typer carry inside themselves instead of depending on click.
_USAGE = cast(type[typer.BadParameter], typer.BadParameter.__mro__[2])


def main() -> int:
    """What a user can mend is one line and exit status 4, Ctrl-C is 2."""
    try:
        return int(app(standalone_mode=False) or 0)
    except TestbedError as error:
        _tell(f"bench: {error}")
        return 4
    except _USAGE as error:
        if error.format_message():
            _tell(f"bench: {error.format_message()} See: python -m bench --help")
        return 4
    except (KeyboardInterrupt, typer.Abort):
        _tell("bench: interrupted")
        return 2


if __name__ == "__main__":
    sys.exit(main())
