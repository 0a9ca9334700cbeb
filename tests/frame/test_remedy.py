"""``holdfast remedy``: a script that looks, writes nothing unless told to, and takes no name for a command."""

from __future__ import annotations

import contextlib
import copy
import json
import os
import pty
import shlex
import shutil
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from holdfast.model import (
    Deviation,
    Finding,
    Owner,
    Ref,
    Remedy,
    RunResult,
    Severity,
    Unknown,
    UnknownCode,
    fingerprint,
)
from holdfast.remedy import remedy, script
from holdfast.remedy_shell import plain_words
from holdfast.reports.findings_json import document, write
from tests.reports.example import healthy, morning

NASTY = "a'b\"c $(touch pwned) `touch pwned`\n; touch pwned # \u2028\x1b[31m"
UID = "11111111-2222-3333-4444-555555555555"
WEB = Ref("apps/v1", "Deployment", "um", "web")


def found(rule: str, *given: Remedy, name: str = "web", owner: str = "Kustomization/flux-system/um") -> Finding:
    ref = replace(WEB, name=name)
    said = Deviation(ref, "a", "b", cause=f"because {name}", remedy=given, outlook="stays", owner=Owner(owner, "./um"))
    return Finding(fingerprint(rule, ref, "", ""), rule, Severity.MAJOR, said, f"{ref} differs")


def told(*findings: Finding, cluster: str = UID, result: RunResult | None = None) -> dict[str, Any]:
    """The findings.json of a run with these findings."""
    made = result or healthy()
    run = replace(made.run, cluster={"id": cluster, "context": "prod"})
    told: dict[str, Any] = json.loads(json.dumps(document(replace(made, run=run, findings=findings))))
    return told


LOOK = Remedy("see it", "kubectl get deployment.apps/web -n um -o yaml")
REVERT = Remedy("let Flux", "flux reconcile kustomization um -n flux-system", writes=True, risk="undoes it")
DELETE = Remedy("delete it", "kubectl delete deployment.apps/web -n um", writes=True, risk="gone")


def patch(name: object) -> Remedy:
    """A patch of that object."""
    return Remedy("take it away", f"kubectl patch {name} -p x", writes=True, risk="r")


KEEP = Remedy(
    "to keep it, commit this\n# into a.yaml\nkind: Deployment\nspec:\n  paused: true\n", writes=True, risk="all"
)


@pytest.fixture
def run(tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Runs a script beside stand-ins for kubectl, flux and helm that write down how they were called."""
    tools = tmp_path / "tools"
    tools.mkdir()
    for name in ("kubectl", "flux", "helm"):
        tool = tools / name
        tool.write_text(
            f'#!/bin/sh\n{{ printf %s {name}; printf "|%s" "$@"; echo; }} >>"$CALLS"\n'
            f'case "$*" in *kube-system*) printf %s "${{FOUND:-{UID}}}" ;; *broken*) exit 7 ;; esac\n'
        )
        tool.chmod(0o755)
    calls = tmp_path / "calls"

    def call(text: str, **environment: str) -> subprocess.CompletedProcess[str]:
        calls.write_text("")
        file = tmp_path / "script.sh"
        file.write_text(text)
        surroundings = {"PATH": f"{tools}:{os.environ['PATH']}", "CALLS": str(calls), **environment}
        done = subprocess.run(
            ["setsid", "sh", str(file)], cwd=tmp_path, env=surroundings, capture_output=True, text=True, timeout=60
        )
        done.args = calls.read_text().splitlines()
        assert not (tmp_path / "pwned").exists()
        return done

    return call


Run = Callable[..., subprocess.CompletedProcess[str]]
CHANGED = found("drift.field.changed", LOOK, REVERT, KEEP)


class TestDry:
    def test_it_looks_and_says_what_it_would_run(self, run: Run) -> None:
        done = run(script(told(CHANGED)))
        assert done.returncode == 0
        assert done.args == ["kubectl|get|deployment.apps/web|-n|um|-o|yaml"]
        assert "would run: flux reconcile kustomization um -n flux-system\n     risk: undoes it\n" in done.stdout
        assert "Nothing was changed" in done.stdout

    def test_a_look_that_fails_stops_nothing(self, run: Run) -> None:
        done = run(script(told(found("drift.field.changed", Remedy("x", "kubectl get broken"), REVERT))))
        assert done.returncode == 0
        assert "it failed: exit status 7" in done.stdout
        assert "would run" in done.stdout

    def test_a_look_into_a_checkout_needs_one_that_has_the_path(self, run: Run, tmp_path: Path) -> None:
        here = Remedy("x", "flux diff kustomization um --path ./um")
        elsewhere = [Remedy("x", f"flux diff kustomization um --path {each}") for each in ("./other", "./")]
        text = script(told(found("drift.field.changed", here, *elsewhere)))
        assert run(text).args == []
        (tmp_path / "um").mkdir()
        (tmp_path / "um" / "a.yaml").write_text("")
        for command in (["init", "-q"], ["add", "um"]):
            subprocess.run(["git", *command], cwd=tmp_path, check=True, timeout=30)
        done = run(text)
        assert done.args == ["flux|diff|kustomization|um|--path|./um"]
        assert done.stdout.count("in a checkout:") == 2

    def test_looks_can_be_left_out(self, run: Run) -> None:
        assert run(script(told(CHANGED)), HOLDFAST_LOOK="no").args == []

    def test_what_it_would_run_can_be_pasted(self, run: Run) -> None:
        patch = Remedy("p", "kubectl patch x -p '[{\"op\":\"it'\\''s\"}]' ''", writes=True, risk="r")
        said = run(script(told(found("drift.field.foreign", patch)))).stdout
        pasted = next(line for line in said.splitlines() if line.startswith("would run:")).removeprefix("would run:")
        assert run(pasted).args == ['kubectl|patch|x|-p|[{"op":"it\'s"}]|']

    def test_a_mode_it_does_not_know_is_refused(self, run: Run) -> None:
        done = run(script(told(CHANGED)), HOLDFAST_REMEDY="yes")
        assert done.returncode == 4
        assert done.args == []

    def test_what_is_only_called_a_look_is_not_run(self, run: Run) -> None:
        for command in ("kubectl patch x", "kubectl -n x delete y", "helm upgrade x", "kubectl", "flux suspend ks x"):
            text = script(told(found("drift.field.changed", Remedy("x", command))))
            assert run(text).args == []
            assert f"#   by hand: {command}\n" in text


class TestRun:
    def test_it_runs_the_first_way_to_mend_and_no_other(self, run: Run) -> None:
        text = script(told(found("drift.field.changed", LOOK, REVERT, replace(REVERT, command="flux resume x y"))))
        done = run(text, HOLDFAST_REMEDY="run", HOLDFAST_LOOK="no")
        assert done.returncode == 0
        assert done.args[1:] == ["flux|reconcile|kustomization|um|-n|flux-system"]
        assert "left out, mended already: flux resume x y" in done.stdout

    def test_a_command_two_findings_share_is_run_once(self, run: Run) -> None:
        other = found("drift.field.changed", REVERT, replace(REVERT, command="flux resume x y"), name="db")
        text = script(told(CHANGED, other))
        done = run(text, HOLDFAST_REMEDY="run", HOLDFAST_LOOK="no")
        assert done.args[1:] == ["flux|reconcile|kustomization|um|-n|flux-system"]
        assert "done above: flux reconcile kustomization um" in done.stdout
        assert run(text).stdout.count("would run: flux reconcile") == 1

    def test_a_look_two_findings_share_mends_neither(self, run: Run) -> None:
        text = script(told(*(found("drift.field.foreign", LOOK, patch(each), name=str(each)) for each in (1, 2))))
        done = run(text, HOLDFAST_REMEDY="run")
        assert [each.split("|")[1:3] for each in done.args[1:]] == [
            ["get", "deployment.apps/web"],
            ["patch", "1"],
            ["patch", "2"],
        ]

    def test_only_what_ran_counts_as_mended(self, run: Run) -> None:
        first = found("drift.field.changed", patch("a"), patch("b"))
        done = run(script(told(first, found("drift.field.changed", patch("b"), name="x"))), HOLDFAST_REMEDY="run")
        assert [each.split("|")[2] for each in done.args[1:]] == ["a", "b"]

    def test_another_cluster_is_left_alone(self, run: Run) -> None:
        done = run(script(told(CHANGED)), HOLDFAST_REMEDY="run", FOUND="another")
        assert done.returncode == 4
        assert "another" in done.stderr
        assert done.args == ["kubectl|get|namespace|kube-system|-o|jsonpath={.metadata.uid}"]

    def test_an_unknown_cluster_is_asked_for(self, run: Run) -> None:
        done = run(script(told(CHANGED, cluster="")), HOLDFAST_REMEDY="run")
        assert done.returncode == 4
        assert done.args == ["kubectl|config|current-context"]

    def test_what_deletes_needs_an_answer(self, run: Run) -> None:
        done = run(script(told(found("drift.object.unexpected", DELETE))), HOLDFAST_REMEDY="run")
        assert done.returncode == 0
        assert len(done.args) == 1
        assert "run it? [y/N]" in done.stdout
        assert "no terminal" in done.stdout

    def test_what_deletes_is_known_wherever_the_word_is(self, run: Run) -> None:
        command = replace(DELETE, command="kubectl -n um delete pvc x")
        assert len(run(script(told(found("drift.object.unexpected", command))), HOLDFAST_REMEDY="run").args) == 1

    def test_no_answer_is_no(self, run: Run) -> None:
        done = run(script(told(CHANGED)), HOLDFAST_REMEDY="ask", HOLDFAST_LOOK="no")
        assert len(done.args) == 1
        assert done.returncode == 0

    def test_one_that_fails_is_counted_and_the_next_finding_has_its_turn(self, run: Run) -> None:
        broken = replace(REVERT, command="flux reconcile broken x")
        shared = found("drift.field.changed", broken, patch("b"), name="b")
        later = found("drift.field.changed", REVERT, name="db")
        done = run(script(told(found("drift.field.changed", broken, patch("a")), shared, later)), HOLDFAST_REMEDY="run")
        assert done.returncode == 1
        assert done.stderr == "changes that failed: 1\n"
        assert done.args[1:] == ["flux|reconcile|broken|x", "flux|reconcile|kustomization|um|-n|flux-system"]
        assert "it failed: exit status 7" in done.stdout
        assert "left out, what comes first has failed: kubectl patch a" in done.stdout

    def test_a_program_that_is_not_there_is_said_once(self, run: Run, tmp_path: Path) -> None:
        run("")  # the stand-ins are there now
        (tmp_path / "tools" / "helm").unlink()
        helm = replace(REVERT, command="helm upgrade x y")
        looks = [Remedy("x", f"helm history {each}") for each in "ab"]
        text = script(told(found("drift.field.changed", *looks, helm), found("drift.field.changed", REVERT, name="z")))
        done = run(text, HOLDFAST_REMEDY="run", PATH=f"{tmp_path / 'tools'}:/usr/bin:/bin")
        assert done.returncode == 1
        assert done.stdout.count("not on PATH: helm") == 1
        assert done.args[-1].startswith("flux|reconcile")

    def test_without_kubectl_nothing_is_done(self, run: Run, tmp_path: Path) -> None:
        run("")
        (tmp_path / "tools" / "kubectl").unlink()
        done = run(script(told(CHANGED)), HOLDFAST_REMEDY="run", PATH=f"{tmp_path / 'tools'}:/usr/bin:/bin")
        assert (done.returncode, done.args) == (4, [])
        assert "nothing was done" in done.stderr

    @pytest.mark.parametrize("text", ["mend Kustomization/a/b first, which applies nothing", "correct x in Git, then"])
    def test_what_has_to_be_done_by_hand_before_is_never_run(self, text: str, run: Run) -> None:
        said = script(told(found("drift.field.changed", replace(REVERT, text=text))))
        assert len(run(said, HOLDFAST_REMEDY="run").args) == 1
        assert "#   by hand, it writes: flux reconcile" in said

    @pytest.mark.parametrize("command", ["kubectl delete broken", "kubectl delete it"])
    def test_nothing_more_is_tried_after_what_was_agreed_to_and_failed(
        self, command: str, run: Run, tmp_path: Path
    ) -> None:
        text = script(told(found("drift.object.unexpected", replace(DELETE, command=command), patch("a"))))
        text = text.replace("</dev/tty", "<yes")  # somebody at the terminal
        (tmp_path / "yes").write_text("y\n")
        done = run(text, HOLDFAST_REMEDY="run")
        assert done.args[1:] == [command.replace(" ", "|")]
        assert done.returncode == ("broken" in command)

    @pytest.mark.parametrize(("answer", "ran"), [("y", True), ("n", False), ("", False)])
    def test_it_asks_at_the_terminal(self, answer: str, ran: bool, run: Run, tmp_path: Path) -> None:
        run("")  # the stand-ins are there now
        file, calls = tmp_path / "script.sh", tmp_path / "calls"
        file.write_text(script(told(CHANGED)))
        child, terminal = pty.fork()
        if not child:
            path = f"{tmp_path / 'tools'}:{os.environ['PATH']}"
            os.execve("/bin/sh", ["sh", str(file)], {"PATH": path, "CALLS": str(calls), "HOLDFAST_REMEDY": "ask"})
        os.write(terminal, f"{answer}\n".encode())
        said = b""
        with contextlib.suppress(OSError):  # how a terminal ends whose other side is gone
            while more := os.read(terminal, 4096):
                said += more
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        assert b"risk: undoes it" in said
        assert ("flux|reconcile|kustomization|um|-n|flux-system" in calls.read_text().splitlines()) is ran


class TestHostileNames:
    def test_nothing_in_a_name_is_run(self, run: Run) -> None:
        nasty = Remedy(NASTY, shlex.join(["kubectl", "get", "role/a'b\"c $(touch pwned) `x`"]), risk=NASTY)
        raw = Remedy(NASTY, f"kubectl get {NASTY}", writes=True, risk=NASTY)
        bare = Remedy("x", "kubectl delete x; touch pwned", writes=True, risk=NASTY)
        text = script(told(found("drift.field.changed", nasty, raw, bare, name=NASTY, owner=NASTY)), name=NASTY)
        for mode in ("dry", "run"):
            done = run(text, HOLDFAST_REMEDY=mode)
            assert done.returncode == 0, done.stderr
            assert [each for each in done.args if "kube-system" not in each] == [
                "kubectl|get|role/a'b\"c $(touch pwned) `x`"
            ]

    def test_a_document_that_is_not_ours_gets_no_command_in(self, run: Run) -> None:
        evil = told(CHANGED)
        evil["run"]["cluster"] = {"id": NASTY, "context": NASTY, "server": None, "version": None}
        evil["run"]["platform"] = evil["run"]["started"] = NASTY
        for each in evil["findings"]:
            each |= {
                "summary": NASTY,
                "rule": NASTY,
                "cause": NASTY,
                "outlook": NASTY,
                "owner": {"ref": NASTY, "path": NASTY},
            }
        done = run(script(evil))
        assert done.returncode == 0, done.stderr
        assert done.args == ["kubectl|get|deployment.apps/web|-n|um|-o|yaml"]

    @pytest.mark.parametrize(
        "command",
        [
            "rm -rf /",
            "kubectl get crd | grep x",
            "kubectl get x; rm y",
            "kubectl get x && rm y",
            "kubectl get x > y",
            "kubectl get $(rm y)",
            "kubectl get `rm y`",
            'kubectl get "$(rm y)"',
            "kubectl get x\nrm y",
            "kubectl get x # y",
            "kubectl get x 'y",
            "kubectl get x\x1b[31m",
            "kubectl get x\u202ey",
            "kubectl get \ud800",
            "az k8s-configuration flux update --suspend false -n CONFIG -c CLUSTER",
            "kubectl edit deployment.apps/web",
            "git -C ~ log",
            "kubectl --kubeconfig ~/x get y",
            "",
        ],
    )
    def test_what_a_shell_would_make_more_of_is_left_to_a_person(self, command: str) -> None:
        assert plain_words(command) is None

    @pytest.mark.parametrize(
        ("command", "words"),
        [
            ("kubectl get 'role/$(x)'", ("kubectl", "get", "role/$(x)")),
            ('kubectl get "it\'s; fine"', ("kubectl", "get", "it's; fine")),
            (r"kubectl get a\ b", ("kubectl", "get", "a b")),
            ("kubectl get x -o jsonpath={.items[0]}", ("kubectl", "get", "x", "-o", "jsonpath={.items[0]}")),
            ("kubectl get x -o 'a\nb'", ("kubectl", "get", "x", "-o", "a\nb")),
        ],
    )
    def test_a_plain_call_is_one(self, command: str, words: tuple[str, ...]) -> None:
        assert plain_words(command) == words


class TestWhatIsInIt:
    def test_grouped_by_situation_then_owner(self) -> None:
        text = script(
            told(
                found("drift.object.missing", LOOK),
                found("flux.source.fetch-failed", LOOK, name="src"),
                found("drift.field.changed", LOOK, name="b", owner="Kustomization/z/z"),
                found("drift.field.changed", LOOK, name="a", owner="Kustomization/a/a"),
                found("drift.object.unexpected", LOOK, name="c"),
            )
        )
        order = ["put back what Git says", "---- Kustomization/a/a", "---- Kustomization/z/z", "add it there"]
        order += ["bring it back", "Everything that is not drift"]
        places = [text.index(each) for each in order]
        assert places == sorted(places)

    def test_an_owner_that_is_not_ready_comes_before_what_it_delivers(self) -> None:
        def broken(name: str, owner: str) -> Finding:
            made = found("flux.kustomization.not-ready", LOOK, owner=owner)
            ref = Ref("kustomize.toolkit.fluxcd.io/v1", "Kustomization", "flux-system", name)
            return replace(made, deviation=replace(made.deviation, ref=ref), fingerprint=name, summary=f"{name} broken")

        um = broken("um", "Kustomization/flux-system/root")
        suspended = replace(um, rule="flux.object.suspended", summary="um suspended", fingerprint="s")
        alone = broken("alone", "Kustomization/flux-system/x")
        text = script(told(suspended, um, CHANGED, alone, broken("root", "Kustomization/flux-system/root")))
        order = ["root broken", "um broken", "web differs", "Everything that is not drift", "alone broken"]
        places = [text.index(each) for each in order]
        assert places == sorted(places)
        assert text.count("\nfinding ") == 5

    def test_entries_of_one_list_are_taken_away_from_its_end(self) -> None:
        def away(at: int, of: str = "env") -> Finding:
            operations = f'[{{"op":"test","path":"/{of}/{at}/name","value":"x"}},{{"op":"remove","path":"/{of}/{at}"}}]'
            command = shlex.join(["kubectl", "patch", "deployment.apps/web", "--type=json", "-p", operations])
            return found("drift.field.foreign", Remedy("x", command, writes=True, risk="r"), name=f"{of}{at}")

        text = script(told(away(2), away(7, "args"), away(10), away(3)))
        order = ["um/env10 differs", "um/args7 differs", "um/env3 differs", "um/env2 differs"]
        places = [text.index(each) for each in order]
        assert places == sorted(places)

    def test_a_fragment_stays_yaml_in_comments(self) -> None:
        text = script(told(CHANGED))
        yaml = "#     # into a.yaml\n#     kind: Deployment\n#     spec:\n#       paused: true\n"
        assert f"# to keep it, commit this\n{yaml}" in text
        assert "#   risk: all" in text

    def test_what_is_by_hand_says_so(self) -> None:
        text = script(told(found("drift.field.foreign", Remedy("x", "kubectl edit a/b", writes=True, risk="r"))))
        assert "#   by hand, it writes: kubectl edit a/b\n#   risk: r\n" in text

    def test_only_and_sections_choose(self) -> None:
        both = told(CHANGED, found("drift.object.missing", LOOK, name="gone"))
        assert "gone" not in script(both, only="drift.field.*")
        assert "gone" in script(both, sections=["restore"])
        assert "web differs" not in script(both, sections=["restore"])
        assert "nothing to mend: none of 2 findings is open under nope" in script(both, only="nope")

    def test_waived_findings_are_told_and_not_mended(self) -> None:
        waived = replace(CHANGED, state="waived", waiver="a demo")
        text = script(told(waived))
        assert "# waived, because a demo: Deployment/um/web differs" in text
        assert "flux reconcile" not in text

    def test_no_findings_is_a_script_that_says_so(self, run: Run) -> None:
        done = run(script(told()))
        assert (done.returncode, done.stdout) == (0, "nothing to mend: the audit has no findings\n")

    def test_no_findings_is_not_all_is_well(self, run: Run) -> None:
        result = healthy()
        unknown = Unknown(UnknownCode.FORBIDDEN, "list secrets", "403", "")
        blind = replace(result.scenarios[0], unknown=(unknown,))
        done = run(script(told(result=replace(result, scenarios=(blind, blind, *result.scenarios[1:])))))
        assert done.stdout == "nothing to mend: the audit has no findings, but 1 could not be judged\n"


class TestCommand:
    def test_written_to_a_file(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        write(morning(), tmp_path / "findings.json")
        out = tmp_path / "out.sh"
        assert remedy(tmp_path, out) == 0
        assert capsys.readouterr() == ("", "")
        assert out.read_text().startswith("#!/bin/sh\n")
        assert "sh out.sh" in out.read_text()

    def test_printed(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        write(morning(), tmp_path / "findings.json")
        assert remedy(tmp_path / "findings.json", only="flux.source.*") == 0
        assert "flux.source.fetch-failed" in capsys.readouterr().out

    @pytest.mark.parametrize(
        ("content", "why"), [(None, "cannot be read"), ("{", "is not JSON"), ("{}", "is not a findings.json")]
    )
    def test_what_is_no_findings_json_is_one_line(
        self, content: str | None, why: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        file = tmp_path / "findings.json"
        if content is not None:
            file.write_text(content)
        assert remedy(file, tmp_path / "out.sh") == 4
        said = capsys.readouterr()
        assert said.out == ""
        assert said.err.count("\n") == 1
        assert why in said.err
        assert not (tmp_path / "out.sh").exists()

    def test_a_section_nobody_knows_and_a_place_nobody_can_write_to(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        write(morning(), tmp_path / "findings.json")
        assert remedy(tmp_path, sections=["rewind"]) == 4
        assert "there are revert, keep, unexpected, restore, other" in capsys.readouterr().err
        assert remedy(tmp_path, tmp_path / "no" / "out.sh") == 4
        assert "cannot be written" in capsys.readouterr().err


def scripts() -> Mapping[str, str]:
    nasty = found("drift.field.changed", LOOK, REVERT, KEEP, DELETE, Remedy(NASTY, NASTY, True, NASTY), name=NASTY)
    again = copy.deepcopy(nasty)
    return {
        "morning": script(json.loads(json.dumps(document(morning())))),
        "nasty": script(told(nasty, replace(again, fingerprint="x", rule="drift.object.orphaned"))),
        "no cluster": script(told(CHANGED, found("drift.object.missing", REVERT, name="x"), cluster="")),
        "nothing": script(told()),
    }


@pytest.mark.parametrize("name", ["morning", "nasty", "no cluster", "nothing"])
@pytest.mark.parametrize("shell", ["sh", "bash"])
def test_a_shell_can_read_it(name: str, shell: str) -> None:
    done = subprocess.run([shell, "-n"], input=scripts()[name], capture_output=True, text=True, timeout=30)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.skipif(shutil.which("shellcheck") is None, reason="needs shellcheck; make test installs it")
@pytest.mark.parametrize("name", ["morning", "nasty", "no cluster", "nothing"])
def test_shellcheck_has_nothing_to_say(name: str) -> None:
    done = subprocess.run(
        ["shellcheck", "-s", "sh", "-"], input=scripts()[name], capture_output=True, text=True, timeout=60
    )
    assert (done.returncode, done.stdout) == (0, "")
