"""``holdfast preflight`` and ``holdfast rbac``: what the chosen features read, and whether this credential may."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence

from holdfast import platform as platforms
from holdfast import rbac as roles
from holdfast.checks.drift.exclusions import unlisted
from holdfast.fixtures.connect import connect
from holdfast.fixtures.errors import ConfigurationError
from holdfast.fixtures.needs import EVERY_OTHER, Need, spelled_out
from holdfast.ledger import OK, UNJUDGED, USAGE
from holdfast.model import Unobservable
from holdfast.platform import Platform, PlatformError
from holdfast.preflight import preflight as ask
from holdfast.run import folders
from holdfast.settings import Options, SettingsError, allowed


def preflight(what: Sequence[str], given: Mapping[str, str | None]) -> int:
    """Print what this credential can judge and what it lacks; 0 when it lacks nothing, else 10."""
    try:
        options = Options.of(given)
        platform = platforms.load([each for each in folders(what) if each.is_dir()], options.platform_file)
        cluster = connect(options, platform.wanted, platform.platform.namespaces)
    except (PlatformError, SettingsError, ConfigurationError) as error:
        print(f"holdfast: {error}", file=sys.stderr)
        return USAGE
    try:
        wanted = needs(platform, options.allow)
        if any(each.group == EVERY_OTHER for each in wanted):
            looked_at = (each.group for each in cluster.served() if not unlisted(each.group, each.kind))
            wanted = list(spelled_out(wanted, looked_at))
        said = ask(cluster, wanted, platform.platform.namespaces)
    except Unobservable as problem:
        print(f"holdfast: {problem.subject}: {problem.detail} {problem.remedy}".rstrip(), file=sys.stderr)
        return UNJUDGED
    finally:
        cluster.close()
    print("\n".join(said.lines()))
    return OK if said.ready else UNJUDGED


def rbac(what: Sequence[str], secrets: str, allow: str = "") -> int:
    """Print the least ClusterRole for the chosen features."""
    try:
        if secrets not in ("none", "helm"):
            raise SettingsError(f"--secrets {secrets}: none or helm")
        switched_on = allowed(allow)
        platform = platforms.load([each for each in folders(what) if each.is_dir()], None)
    except (PlatformError, SettingsError) as error:
        print(f"holdfast: {error}", file=sys.stderr)
        return USAGE
    print(roles.cluster_role(needs(platform, switched_on), "helm" if secrets == "helm" else "none"), end="")
    return OK


def needs(platform: Platform, allow: frozenset[str] = frozenset()) -> list[Need]:
    """The rights the platform's folders declare, those for what ``--allow`` switches on among them."""
    return [
        Need(each.group, resource, tuple(each.verbs), each.why)
        for each in platform.needs
        if not each.allow or each.allow in allow
        for resource in each.resources
    ]
