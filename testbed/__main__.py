"""`python -m testbed`: up, down, env, status, fault list|inject|revert|matrix."""

from __future__ import annotations

import shlex
import sys
from typing import Annotated, cast

import orjson
import typer

from testbed import build, fault, lifecycle, matrix
from testbed.bed import Bed
from testbed.errors import TestbedError
from testbed.instance import default_name
from testbed.services import keycloak_build

app = typer.Typer(
    help="A real control plane with real Flux on loopback, and faults to inject into it.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
faults = typer.Typer(help="Faults: list, inject, revert, and the matrix over all of them.", no_args_is_help=True)
app.add_typer(faults, name="fault")

HERE = default_name()
Name = Annotated[
    str, typer.Option("--name", envvar="HOLDFAST_TESTBED", help="which testbed", show_default="one per checkout")
]
AsJson = Annotated[bool, typer.Option("--json", help="machine-readable, one document")]


@app.command()
def up(
    platform: Annotated[
        list[str] | None, typer.Argument(metavar="[PLATFORM]…", help="the platform to hold (eoepca)")
    ] = None,
    name: Name = HERE,
    wait: Annotated[float, typer.Option(help="seconds to become healthy")] = 180,
) -> None:
    """Builds what is missing, starts everything and waits until the platform is healthy."""
    wanted = platform or ["eoepca"]
    if len(wanted) > 1:
        raise TestbedError(
            f"one testbed holds one platform: start one per platform with --name (asked for: {', '.join(wanted)})"
        )
    bed = lifecycle.up(name, wanted[0], _tell, seconds=wait)
    _tell(f'use it:  eval "$(python -m testbed env --name {bed.instance.name})"')


@app.command()
def down(
    name: Name = HERE, everything: Annotated[bool, typer.Option("--all", help="every testbed of this user")] = False
) -> None:
    """Ends everything a testbed started and removes its folder."""
    for each in lifecycle.names() if everything else [name]:
        _tell(f"testbed {each} is down" if lifecycle.down(each) else f"no testbed {each} was up")


@app.command()
def env(name: Name = HERE) -> None:
    """Prints KUBECONFIG and endpoints as shell exports, with kubectl, helm and what else was built in front of PATH."""
    for key, value in Bed(name).env().items():
        print(f"export {key}={shlex.quote(value)}")
    print('export PATH="$HOLDFAST_TESTBED_BIN:$PATH"')


@app.command()
def status(name: Name = HERE) -> None:
    """Says which processes run and what is not healthy; exit 1 when something is not."""
    bed = Bed(name)
    print(f"testbed {name}: platform {bed.platform.name}, API {bed.kube.server}, folder {bed.instance.home}")
    print(f"versions {build.describe(bed.built)}")
    for process in bed.record.commands:
        state = (
            "paused"
            if bed.processes.paused(process)
            else "running"
            if bed.processes.running(process)
            else "not running"
        )
        print(f"  {process:24} {state}")
    problems = bed.problems()
    for problem in problems:
        print(f"  ! {problem}")
    print("healthy" if not problems else f"{len(problems)} problems")
    if problems:
        raise typer.Exit(1)


@app.command()
def reset(name: Name = HERE) -> None:
    """Back to the healthy platform without a restart."""
    for line in Bed(name).reset():
        _tell(line)


@app.command("build")
def build_only() -> None:
    """Builds the parts into the cache, and nothing else."""
    _tell(build.describe(build.ensure(_tell)))
    keycloak_build.ensure()


@faults.command("list")
def fault_list(
    platform: Annotated[str | None, typer.Option(help="only those of this platform")] = None,
    as_json: AsJson = False,
) -> None:
    """Lists the faults: family, id, what each breaks."""
    found = fault.discover(platform=platform)
    if as_json:
        print(orjson.dumps([each.describe() for each in found], option=orjson.OPT_INDENT_2).decode())
        return
    for each in found:
        print(f"{each.family:10} {each.id:40} {each.breaks}")


@faults.command("inject")
def fault_inject(fault_id: Annotated[str, typer.Argument(metavar="NAME")], name: Name = HERE) -> None:
    """Injects one fault and leaves it there."""
    bed = Bed(name)
    one = fault.named(fault_id)
    one.apply(bed)
    _tell(f"{one.id}: {one.breaks}")


@faults.command("revert")
def fault_revert(fault_id: Annotated[str, typer.Argument(metavar="NAME")], name: Name = HERE) -> None:
    """Takes one fault back and waits until the platform is healthy."""
    bed = Bed(name)
    fault.named(fault_id).undo(bed)
    bed.wait_healthy()
    _tell(f"{fault_id}: reverted, the platform is healthy")


@faults.command("matrix")
def fault_matrix(
    fault_ids: Annotated[list[str] | None, typer.Argument(metavar="[NAME]…", help="only these")] = None,
    platform: Annotated[str, typer.Option(help="the platform to inject into")] = "eoepca",
    name: Name = HERE,
    as_json: AsJson = False,
) -> None:
    """Injects each fault, audits, demands exactly its findings, reverts, demands none. Exit 1 when any differs."""
    chosen = [fault.named(each) for each in fault_ids] if fault_ids else fault.discover(platform=platform)
    elsewhere = [each.id for each in chosen if each.platform != platform]
    if elsewhere:
        raise TestbedError(f"not a fault of {platform}: {', '.join(elsewhere)}; add --platform")
    bed = lifecycle.up(name, platform, _tell)
    results = matrix.run(bed, chosen, _tell)
    if as_json:
        print(orjson.dumps([each.as_dict() for each in results], option=orjson.OPT_INDENT_2).decode())
    if not all(each.passed for each in results):
        raise typer.Exit(1)


def _tell(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


# click's ClickException, which newer releases of typer carry inside themselves instead of depending on click.
_USAGE = cast(type[typer.BadParameter], typer.BadParameter.__mro__[2])


def main() -> int:
    """Turns what a user can mend into one line and exit status 4, Ctrl-C into 2."""
    try:
        return int(app(standalone_mode=False) or 0)
    except TestbedError as error:
        _tell(f"testbed: {error}")
        return 4
    except _USAGE as error:
        message = error.format_message()
        if message:
            _tell(f"testbed: {message} See: python -m testbed --help")
        return 4
    except (KeyboardInterrupt, typer.Abort):
        _tell("testbed: interrupted")
        return 2


if __name__ == "__main__":
    sys.exit(main())
