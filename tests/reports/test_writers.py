"""What people and their tools see of a run, kept as snapshots and looked at when they change."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest
from markdown_it import MarkdownIt
from prometheus_client.parser import text_string_to_metric_families
from rich.console import Console
from syrupy.assertion import SnapshotAssertion

from holdfast.model import CRITICAL, Deviation, Ref, Remedy, RunResult, Unknown, Verdict
from holdfast.reports import files, junit, metrics, summary_md, terminal
from tests.reports import example

NASTY = "boom\x1b[2J\x1b]0;owned\x07\x00 ]]> <b>|`x` ``` [a](http://evil)\n## heading\u202e\ud800"


def shown(result: RunResult, width: int, **console: object) -> str:
    out = io.StringIO()
    terminal.show(result, Console(file=out, width=width, **console), "holdfast-report")  # type: ignore[arg-type]
    return out.getvalue()


def nasty(cure: str = NASTY) -> RunResult:
    """A cluster that says whatever breaks a report."""
    said = Deviation(
        Ref("v1", "Pod", "x", "y"),
        expected=NASTY,
        observed=NASTY * 100,
        remedy=(Remedy(NASTY, f"kubectl get {NASTY}"),),
        affects=(NASTY,),
        outlook=NASTY,
    )
    met = example.finding("flux.source.fetch-failed", CRITICAL, said, NASTY, state="new")
    blind = Unknown("unreadable", NASTY, NASTY, cure)
    return replace(
        example.healthy(),
        verdict=Verdict.DEVIATES,
        exit=1,
        findings=(met,),
        fixed=(NASTY,),
        scenarios=(example.scenario(f"a::{NASTY}", Verdict.DEVIATES, met, unknown=(blind,), reason=NASTY),),
    )


@pytest.mark.parametrize("width", [80, 120])
@pytest.mark.parametrize("name", example.RUNS)
def test_terminal(name: str, width: int, snapshot: SnapshotAssertion) -> None:
    assert shown(example.RUNS[name](), width) == snapshot


@pytest.mark.parametrize("name", example.RUNS)
def test_summary(name: str, snapshot: SnapshotAssertion) -> None:
    assert summary_md.render(example.RUNS[name]()) == snapshot


@pytest.mark.parametrize("name", example.RUNS)
def test_junit(name: str, snapshot: SnapshotAssertion) -> None:
    assert junit.render(example.RUNS[name]()) == snapshot


@pytest.mark.parametrize("name", example.RUNS)
def test_metrics(name: str, snapshot: SnapshotAssertion) -> None:
    assert metrics.render(example.RUNS[name]()) == snapshot


# ---- the terminal


@pytest.mark.parametrize("width", [40, 80, 100, 200])
def test_nothing_overflows_but_commands_which_are_whole(width: int) -> None:
    result = example.morning()
    lines = shown(result, width).splitlines()
    long = [line for line in lines if len(line) > width]
    typed = [remedy.command for each in result.findings if each.state != "waived" for remedy in each.deviation.remedy]
    long = [line for line in long if not line.startswith(("DEVIATES", "NOT"))]
    assert all(line.strip() in typed or re.match(r" +(look|mend|cure) ", line) for line in long)
    for command in typed:
        assert any(line.endswith(command) for line in lines)
    assert not [line for line in lines if line != line.rstrip()]


def test_what_drifted_is_told_in_six_lines_at_most() -> None:
    result = example.drifted()
    told = shown(result, 1000)  # 140 columns are used at most: what wraps stands below itself
    for finding in told.split("\n\n")[1 : 1 + len(result.findings)]:
        own = [line for line in finding.splitlines() if re.match(r" {3}\w| {11}(kubectl|flux) | ?\d", line)]
        assert 4 <= len(own) <= 6, finding


def test_yaml_to_commit_is_in_the_report_and_not_on_the_terminal() -> None:
    told = shown(example.drifted(), 120)
    assert "image: docker.io" not in told
    assert "to keep it, commit this (YAML in holdfast-report/summary.md)" in told
    assert "To keep what was changed in 1: the YAML to commit is in holdfast-report/summary.md" in told
    page = summary_md.render(example.drifted())
    assert "```yaml\n# into processing-and-chaining/workflow-cleaner.yaml\nspec:\n" in page
    root = ElementTree.fromstring(junit.render(example.drifted()))
    assert any("\n      containers:\n" in (each.text or "").replace("    ", "  ") for each in root.iter("failure"))


def test_what_loses_data_is_not_there_for_copying() -> None:
    told = shown(example.drifted(), 1000)
    assert "DATA LOSS: the volume is deleted with it; save its data first; command in" in " ".join(told.split())
    assert "kubectl delete pvc" not in told
    assert "kubectl delete pvc/eoepca-pvc" in summary_md.render(example.drifted())


def test_a_fragment_cannot_leave_its_block() -> None:
    said = Remedy("keep it\n```\n# not a heading\n<b>", writes=True)
    met = example.finding("a.b.c", CRITICAL, replace(example.POD.deviation, remedy=(said,)), "x")
    html = (
        MarkdownIt("commonmark").enable("table").render(summary_md.render(replace(example.drifted(), findings=(met,))))
    )
    assert "<b>" not in html
    assert "<h1>not a heading" not in html


def test_notes_say_what_the_verdict_does_not_cover() -> None:
    told = shown(example.drifted(), 120)
    assert "Not previewed: HelmRelease/demo/eoepca-portal: spec.values changes" in told
    assert "Notes in the report: 1 drift-pending, 2 drift-ignored" in told


def test_a_cure_in_words_is_no_command() -> None:
    blind = Unknown("nothing-matched", "the table", "no row says who", "name in the column `permitted` who may get it")
    scenario = example.scenario("a::b", Verdict.UNKNOWN, unknown=(blind, replace(blind, remedy="kubectl get pods -A")))
    result = replace(example.healthy(), verdict=Verdict.UNKNOWN, exit=10, scenarios=(scenario,))
    page = summary_md.render(result)
    assert "\nCure: name in the column \\`permitted\\` who may get it\n" in page
    assert "```sh\nkubectl get pods -A\n```" in page


def test_the_first_line_says_it() -> None:
    first = shown(example.morning(), 80).splitlines()[0]  # off a terminal, whole: head -1 is enough
    assert first == (
        "DEVIATES (exit 1) · eoepca on creodias · 1 critical, 3 major, 2 minor · 5 could not be judged"
        " · 2 new since audits/2026-10-13/findings.json · 1 of 9 scenarios conforms"
        " · 6 findings at or above minor, and 5 could not be judged"
    )
    wrapped = shown(example.morning(), 80, force_terminal=True, no_color=True, color_system=None).splitlines()
    assert wrapped[1] == "  5 could not be judged · 2 new since audits/2026-10-13/findings.json"


def test_at_most_ten_root_causes() -> None:
    many = tuple(
        replace(example.DANGLING, summary=f"Provider/flux-system/slack-{number} has no Secret") for number in range(14)
    )
    told = shown(replace(example.morning(), findings=(example.GIT_AUTH, *many)), 80)
    assert told.count("MINOR") == 9
    assert "+5 more (5 minor) in holdfast-report/summary.md" in told


def test_nothing_judged_never_sounds_like_nothing_found() -> None:
    for make in (example.nothing_judged, example.unreachable):
        told = shown(make(), 80)
        assert "no findings" not in told
        assert told.startswith("NOT JUDGED (exit 10)")


def test_colour_only_where_there_is_a_terminal_that_wants_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    assert "\x1b[" not in shown(example.morning(), 80)
    assert "\x1b[1;31m" in shown(example.morning(), 80, force_terminal=True)
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[1;31m" not in shown(example.morning(), 80, force_terminal=True)


def test_a_terminal_without_unicode_is_spoken_to_in_ascii() -> None:
    out = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    terminal.show(example.morning(), Console(file=out, width=80), "report")
    out.flush()
    told = out.buffer.getvalue().decode("ascii")
    assert told.startswith("DEVIATES (exit 1) | eoepca on creodias")
    assert "GET .../buckets" in told


def test_the_cluster_cannot_speak_to_the_terminal() -> None:
    told = shown(nasty(), 80, force_terminal=True, no_color=True)
    assert "\x1b[2J" not in told
    assert "\x07" not in told
    assert "\u202e" not in told
    assert len(told.splitlines()) < 60


# ---- JUnit


def test_junit_counts_what_is_red_and_only_that() -> None:
    root = ElementTree.fromstring(junit.render(example.morning()))
    assert {key: root.get(key) for key in ("tests", "failures", "errors", "skipped")} == {
        "tests": "11",
        "failures": "6",
        "errors": "1",
        "skipped": "2",
    }
    waived = root.find(".//testcase[@name='Chart versions are pinned']")
    assert waived is not None
    assert [each.tag for each in waived] == ["system-out"]


def test_junit_leaves_known_findings_green_where_only_new_ones_count() -> None:
    root = ElementTree.fromstring(junit.render(replace(example.morning(), only_new=True)))
    assert root.get("failures") == "4"
    alerts = root.find(".//testcase[@name='Every alert watches something and can be sent']")
    assert alerts is not None
    assert [each.tag for each in alerts] == ["system-out"]
    assert "not failing (known)" in (alerts[0].text or "")


def test_junit_survives_what_a_cluster_may_say() -> None:
    written = junit.render(nasty())
    root = ElementTree.fromstring(written.encode())
    failure = root.find(".//failure")
    assert failure is not None
    assert (failure.get("message") or "").startswith("critical: boom ]]> <b>|`x`")
    assert not re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]", written)


# ---- the job page


@pytest.mark.parametrize(("cure", "blocks"), [(f"kubectl get {NASTY}", 3), (NASTY, 2)])
def test_the_job_page_has_no_markup_but_its_own(cure: str, blocks: int) -> None:
    html = MarkdownIt("commonmark").enable("table").render(summary_md.render(nasty(cure)))
    assert "<b>" not in html
    assert "<a " not in html
    assert re.findall(r"<h\d>([^<]*)", html) == [
        "holdfast: DEVIATES (exit 1)",
        "1 finding",
        re.findall(r"<h3>([^<]*)", html)[0],
        "Could not be judged: 1",
        "Fixed since the baseline",
    ]
    assert html.count("<table>") == 2
    assert html.count("<pre>") == blocks  # the command, what looks like YAML to commit, a cure that can be typed


def test_the_job_page_cuts_long_messages() -> None:
    assert len(summary_md.render(nasty())) < 6000


# ---- metrics


@pytest.mark.parametrize("name", example.RUNS)
def test_every_label_value_is_always_there(name: str) -> None:
    def series(result: RunResult) -> set[tuple[str, tuple[tuple[str, str], ...]]]:
        families = text_string_to_metric_families(metrics.render(result))
        return {(each.name, tuple(sorted(each.labels.items()))) for family in families for each in family.samples}

    assert series(example.RUNS[name]()) == series(example.healthy())


@pytest.mark.parametrize(("name", "completed"), [("healthy", True), ("unreachable", True), ("interrupted", False)])
def test_a_run_that_did_not_complete_leaves_no_time(name: str, completed: bool) -> None:
    result = example.RUNS[name]()
    families = {each.name: each for each in text_string_to_metric_families(metrics.render(result))}
    [sample] = families["holdfast_last_completed_timestamp_seconds"].samples
    assert sample.value == (result.run.finished.timestamp() if completed else 0)


# ---- files


def test_a_report_is_there_whole_or_not_at_all(tmp_path: Path) -> None:
    target = tmp_path / "metrics.prom"
    files.write("old\n", target)
    with pytest.raises(OSError, match="No such file"):
        files.write("new\n", tmp_path / "nowhere" / "metrics.prom")
    files.write("new\n", target)
    assert target.read_text() == "new\n"
    assert [each.name for each in tmp_path.iterdir()] == ["metrics.prom"]


def test_a_report_that_cannot_be_moved_into_place_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "junit.xml").mkdir()
    with pytest.raises(OSError, match="junit"):
        files.write("x", tmp_path / "junit.xml")
    assert [each.name for each in tmp_path.iterdir()] == ["junit.xml"]
