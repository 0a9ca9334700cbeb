"""One run: what it was told, what it has seen, what was said. The plugin and the CLI share it."""

from __future__ import annotations

import difflib
import os
import time
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from pathlib import Path
from typing import Any

from holdfast import platform as platforms
from holdfast import waivers as waiver_files
from holdfast.catalogue import all_rules
from holdfast.checks.drift.managers import Managers
from holdfast.checks.flux import facts as flux_facts
from holdfast.checks.flux import timing
from holdfast.fixtures import dump_age, recording
from holdfast.fixtures.attempts import Attempts
from holdfast.fixtures.buckets import Buckets
from holdfast.fixtures.cluster import Cluster
from holdfast.fixtures.connect import connect
from holdfast.fixtures.credentials import Credentials
from holdfast.fixtures.desired.words import Words
from holdfast.fixtures.endpoints import Endpoints
from holdfast.fixtures.fetch import Fetcher
from holdfast.fixtures.logs import Logs
from holdfast.fixtures.observed import Observations
from holdfast.fixtures.pods import Pods
from holdfast.fixtures.policies import Policies
from holdfast.fixtures.preview import Preview
from holdfast.fixtures.sparing import Sparing
from holdfast.fixtures.survey import Survey
from holdfast.fixtures.tls import Tls
from holdfast.fixtures.workspaces import Workspaces
from holdfast.judge import Judge
from holdfast.ledger import OK, Gate, Ledger
from holdfast.looks import Looks
from holdfast.model import Run, RunResult, Unobservable
from holdfast.model.scrub import Scrubber, scrub_result
from holdfast.platform import Platform, PlatformError
from holdfast.reports.findings_json import read_findings
from holdfast.settings import Options


@dataclass(slots=True)
class Audit:
    """Everything one run holds. Made by :func:`prepare`."""

    options: Options
    platform: Platform
    cluster: Cluster
    ledger: Ledger
    scrubber: Scrubber
    baseline: Mapping[str, Any] | None
    survey: Survey
    preview: Preview
    observations: Observations
    fetcher: Fetcher
    credentials: Credentials
    tls: Tls
    given: frozenset[str] = frozenset()
    """What this run, or the recorded one, was given and allowed: ``exec``, ``policy-dump``, ``credential:owner``."""
    tags: tuple[str, ...] = ()
    began: float = field(default_factory=time.monotonic)
    confirmed: set[tuple[str, str]] = field(default_factory=set)
    selected: dict[str, tuple[str, str, tuple[str, ...]]] = field(default_factory=dict)
    """Node id to (feature, scenario, tags) of everything that should be judged."""
    result: RunResult | None = None
    learnt: dict[str, object] = field(default_factory=dict)
    """What steps add to ``run.facts``."""
    crash: str = ""
    """What went wrong in holdfast itself, "" when nothing did."""

    @property
    def now(self) -> datetime:
        """The API server's time; ours where it never answered."""
        try:
            return self.cluster.now
        except Unobservable:
            return datetime.now(UTC)

    @property
    def endpoints(self) -> Endpoints:
        """HTTP endpoints, seen."""
        return Endpoints(self.observations, self.fetcher)

    @property
    def pods(self) -> Pods:
        """Commands in containers."""
        return Pods(self.cluster, self.observations, self.given)

    @property
    def policies(self) -> Policies:
        """What PEPs and the PDP hold."""
        names, folder = self.platform.names, self.options.policy_dump
        most = timing.parse_duration(str(self.platform.limits.get("policy_dump_age", ""))) or dump_age.MOST
        return Policies(
            self.cluster, self.observations, self.pods, names, self.given, folder, most, self.options.dumping
        )

    @property
    def logs(self) -> Logs:
        """What containers wrote before they crashed."""
        return Logs(self.cluster, allowed="logs" in self.given, scrub=self.scrubber.text)

    @property
    def workspaces(self) -> Workspaces:
        """Users' workspaces."""
        return Workspaces(self.cluster, self.observations, self.fetcher, self.credentials, self.platform.names)

    @property
    def buckets(self) -> Buckets:
        """The object storage behind them."""
        return Buckets(self.observations, self.fetcher, self.credentials, self.platform.endpoints.get("ca"))

    def judge(self) -> Judge:
        """A judge for one scenario."""
        return Judge(self.cluster, self.confirmed)

    def close(self, stopped: int = OK) -> RunResult:
        """What the run says, secrets taken out. Asks the cluster for nothing it has not already read."""
        started = self.now  # the API server's clock, as every age in the report: a recording is as old as it is
        run = Run(
            id=uuid.uuid4().hex[:12] if self.options.recording is None else "recording",
            started=started,
            finished=started + timedelta(seconds=time.monotonic() - self.began),
            holdfast=version("holdfast"),
            cluster=self.cluster.identity,
            platform=self.platform.platform.name,
            recording=self.options.recording.name if self.options.recording else None,
            tags=self.tags,
            baseline=str(self.options.baseline) if self.options.baseline else None,
            waivers=str(self.options.waivers) if self.options.waivers else None,
            facts=self._facts(),
        )
        self.scrubber.allow(self.cluster.namespaces_seen)
        closed = self.ledger.close(run, self.cluster.requests, stopped, self.observations.addresses)
        self.result = scrub_result(closed, self.scrubber)
        self.cluster.close()
        return self.result

    def _facts(self) -> Mapping[str, object]:
        try:
            flux = flux_facts.facts(self.cluster, self.platform.names.get("flux_namespace", "flux-system"))
        except Exception:  # facts are for the next run to compare with: without them this run is still worth telling
            flux = {}
        return {**flux, **self.learnt}


def _known_rules(ids: Iterable[str]) -> None:
    """A misspelt rule in ``[severity]`` or a waiver would do nothing, without a word. A rule of the user's own may."""
    named = tuple(ids)
    if not named:  # importing every check is for those who name a rule
        return
    known = {name for each in all_rules() for name in (each.id, *each.aliases)}
    for id in named:
        near = difflib.get_close_matches(id, known, n=1, cutoff=0.85)
        if near and id not in known and "*" not in id:
            raise PlatformError(f"{id}: no rule is called that (nearest: {near[0]}; all: holdfast rules)")


def prepare(options: Options, folders: Iterable[Path], say: Callable[[str], None] = lambda _: None) -> Audit:
    """Read every file a run needs and make ready to look; the cluster is not asked yet.

    Args:
        options: what the run was told.
        folders: the feature folders chosen.
        say: shows one line of progress.

    Raises:
        PlatformError, WaiverError, SettingsError, ConfigurationError, ValueError: one line each, for exit status 4.
    """
    recorded = recording.header(options.recording).values if options.recording else {}
    platform = platforms.load(folders, options.platform_file, recorded=recorded)
    entries: Sequence[waiver_files.Waiver] = waiver_files.load(options.waivers) if options.waivers else ()
    _known_rules([*platform.severity, *(each.rule for each in entries if each.rule)])
    baseline = read_findings(options.baseline) if options.baseline else None
    scrubber = Scrubber()
    credentials = Credentials(platform.credentials, os.environ, scrubber.learn)
    cluster = connect(
        options,
        platform.wanted,
        platform.platform.namespaces,
        scrubber.learn,
        scrubber.text,
        platform.platform.name,
        options.given | credentials.given,
        platform.values,
        scrubber.allow,
    )
    credentials.replaying(cluster.given)
    flux = platform.names.get("flux_namespace", "flux-system")
    words = Words(cluster, options.git_dir, proxy="proxy" in options.allow, namespace=flux)
    attempts = Attempts(cluster.dry_run) if "dry-run" in options.allow else None
    survey = Survey(cluster, words.of, Managers(frozenset(platform.managers.trusted)), attempts, scrubber.learn_instead)
    ca = platform.endpoints.get("ca")
    ledger = Ledger(
        gate=Gate(options.fail_on, options.min_coverage, options.gate_new),
        waivers=waiver_files.Waivers(entries, platform.accept),
        severities=platform.severity,
        baseline={each["fingerprint"]: each for each in baseline["findings"]} if baseline is not None else None,
        looks=Looks(
            (ca or "") if options.record is options.recording is None else "",
            platform.endpoints.get("issuer", ""),
            platform.credentials,
            platform.names.get("token_header") or "Authorization",
        ),
    )
    return Audit(
        options,
        platform,
        cluster,
        ledger,
        scrubber,
        baseline,
        survey,
        Preview(options.git_ref, words, survey.schema),
        Observations(cluster),
        Sparing(Fetcher(Path(ca) if ca else None)),
        credentials,
        Tls(cluster, platform.endpoints),
        options.given | credentials.given | cluster.given,
    )
