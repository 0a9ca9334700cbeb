"""The pytest fixtures a step may ask for. All lazy: nothing is read before a step judges."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from holdfast.audit import Audit
from holdfast.fixtures.access import Identity
from holdfast.fixtures.buckets import Buckets
from holdfast.fixtures.catalogue import Catalogues
from holdfast.fixtures.cluster import Cluster
from holdfast.fixtures.decision_point import DecisionPoint
from holdfast.fixtures.endpoints import Endpoints
from holdfast.fixtures.logs import Logs
from holdfast.fixtures.opensearch import OpenSearches
from holdfast.fixtures.pods import Pods
from holdfast.fixtures.policies import Policies
from holdfast.fixtures.preview import Preview
from holdfast.fixtures.processing import Processing
from holdfast.fixtures.queues import Queues
from holdfast.fixtures.survey import Survey
from holdfast.fixtures.tls import Tls
from holdfast.fixtures.users import Users
from holdfast.fixtures.workspaces import Workspaces
from holdfast.judge import Judge
from holdfast.platform import Platform

AUDIT = pytest.StashKey[Audit]()
JUDGE = pytest.StashKey[Judge]()


@pytest.fixture
def audit(request: pytest.FixtureRequest) -> Audit:
    """The run."""
    return request.config.stash[AUDIT]


@pytest.fixture
def judge(request: pytest.FixtureRequest) -> Judge:
    """The judge of this scenario."""
    found: Judge = request.node.stash[JUDGE]
    return found


@pytest.fixture
def cluster(audit: Audit) -> Cluster:
    """The cluster, seen."""
    return audit.cluster


@pytest.fixture
def drift(audit: Audit) -> Survey:
    """Everything Flux holds, compared."""
    return audit.survey


@pytest.fixture
def preview(audit: Audit) -> Preview:
    """What a branch would change."""
    return audit.preview


@pytest.fixture
def endpoints(audit: Audit) -> Endpoints:
    """HTTP endpoints, seen."""
    return audit.endpoints


@pytest.fixture(scope="session")
def catalogues(request: pytest.FixtureRequest) -> Catalogues:
    """Resource catalogues, asked by CSW; for the whole run, as it remembers who does not answer."""
    run = request.config.stash[AUDIT]
    return Catalogues(run.observations, run.fetcher, run.platform.endpoints.get("ca"))


@pytest.fixture
def opensearches(audit: Audit, catalogues: Catalogues) -> OpenSearches:
    """The same by OpenSearch."""
    return OpenSearches(audit.observations, catalogues.fetcher)


@pytest.fixture
def pods(audit: Audit) -> Pods:
    """Commands in containers, run (``--allow exec``)."""
    return audit.pods


@pytest.fixture
def tls(audit: Audit) -> Tls:
    """Certificates, in Secrets and at servers."""
    return audit.tls


@pytest.fixture
def logs(audit: Audit) -> Logs:
    """What containers wrote before they crashed (``--allow logs``)."""
    return audit.logs


@pytest.fixture(scope="session")
def queues(request: pytest.FixtureRequest) -> Queues:
    """The queues of the registration, looked into: one for the run, which remembers what stood still."""
    audit: Audit = request.config.stash[AUDIT]
    return Queues(audit.observations, audit.pods, audit.credentials)


@pytest.fixture
def policies(audit: Audit) -> Policies:
    """What PEPs and the PDP hold (``--allow exec`` or ``--policy-dump``)."""
    return audit.policies


@pytest.fixture
def facts(audit: Audit) -> dict[str, object]:
    """What this run learns of the platform, for reports and for the next run to compare with."""
    return audit.learnt


@pytest.fixture
def workspaces(audit: Audit) -> Workspaces:
    """Users' workspaces, seen."""
    return audit.workspaces


@pytest.fixture
def buckets(audit: Audit) -> Buckets:
    """The object storage, looked into."""
    return audit.buckets


@pytest.fixture(scope="session")
def identity(request: pytest.FixtureRequest) -> Identity:
    """The identity provider, asked, and others asked as its users: one for the run, which remembers its tokens."""
    audit: Audit = request.config.stash[AUDIT]
    issuer, header = audit.platform.endpoints.get("issuer", ""), audit.platform.names.get("token_header", "")
    learn = audit.scrubber.learn
    return Identity(audit.observations, audit.fetcher, audit.credentials, learn, issuer, header or "Authorization")


@pytest.fixture
def users(audit: Audit) -> Users:
    """Who the identity provider knows."""
    issuer, learn = audit.platform.endpoints.get("issuer", ""), audit.scrubber.learn
    return Users(audit.observations, audit.fetcher, audit.credentials, learn, issuer)


@pytest.fixture
def decision_point(audit: Audit, identity: Identity) -> DecisionPoint:
    """The PDP, asked for decisions."""
    pdp, resources = (audit.platform.endpoints.get(key, "") for key in ("pdp", "pep_resources"))
    engine = audit.platform.names.get("pdp", "").partition(",")[0].strip()
    return DecisionPoint(audit.observations, audit.fetcher, identity, pdp, resources, engine)


@pytest.fixture(scope="session")
def processing(request: pytest.FixtureRequest, identity: Identity) -> Processing:
    """The ADES and other servers of OGC API Processes and WPS: one for the run, which knows what it has deployed."""
    audit: Audit = request.config.stash[AUDIT]
    return Processing(audit.observations, audit.fetcher, identity, audit.given)


@pytest.fixture
def platform(audit: Audit) -> Platform:
    """platform.toml."""
    return audit.platform


@pytest.fixture
def baseline(audit: Audit) -> Mapping[str, Any] | None:
    """The findings.json of ``--baseline``; None without it."""
    return audit.baseline
