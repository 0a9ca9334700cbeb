"""Who is let in where, as sentences: identity provider, tokens, decisions, guarded paths, ways around a guard."""

from __future__ import annotations

from typing import TYPE_CHECKING

from holdfast.checks.access import decisions, discovery, ingresses, paths, pdp, tokens
from holdfast.checks.web import reach
from holdfast.columns import known
from holdfast.model import NotAsked
from holdfast.vocabulary import Rows, then

if TYPE_CHECKING:
    from holdfast.fixtures.access import Identity
    from holdfast.fixtures.cluster import Cluster
    from holdfast.fixtures.decision_point import DecisionPoint
    from holdfast.fixtures.endpoints import Endpoints
    from holdfast.judge import Judge


@then("these identity providers name their endpoints", columns=known("issuer", "document", "endpoints", "within?"))
def providers_name_their_endpoints(judge: Judge, endpoints: Endpoints, rows: Rows) -> None:
    for row in rows:
        url = f"{row['issuer'].rstrip('/')}/.well-known/{row['document']}"
        asked = endpoints.get(url, accept="application/json", within=reach.patience(row["within"]))
        promised = [each.strip() for each in row["endpoints"].split(",")]
        judge(discovery.told, asked, row["issuer"], promised)


@then("these users can log in", columns=known("as"))
def users_can_log_in(judge: Judge, identity: Identity, rows: Rows) -> None:
    for row in rows:
        judge(tokens.issued, identity.login(row["as"]))


@then("these users are who they say they are", columns=known("as"))
def users_are_who_they_say(judge: Judge, identity: Identity, rows: Rows) -> None:
    for row in rows:
        judge(tokens.userinfo, identity.userinfo(row["as"]))


@then("the tokens of these users are active", columns=known("as"))
def tokens_are_active(judge: Judge, identity: Identity, rows: Rows) -> None:
    for row in rows:
        judge(tokens.active, identity.introspection(row["as"]))


@then("these permissions are decided", columns=known("as?", "path", "asked for", "outcome"))
def permissions_are_decided(judge: Judge, identity: Identity, rows: Rows) -> None:
    for row in rows:
        if row["asked for"] not in ("decision", "token", "matching"):
            raise ValueError(f"asked for {row['asked for']!r}: not one of decision, token, matching")
        if row["outcome"] not in decisions.OUTCOMES:
            raise ValueError(f"outcome {row['outcome']!r}: not one of {', '.join(decisions.OUTCOMES)}")
        judge(decisions.decided, identity.decision(row["as"], row["path"], row["asked for"]), row["outcome"])


@then("these paths are closed to whoever brings no token", columns=known("url", "status?", "within?"))
def paths_are_closed(judge: Judge, identity: Identity, rows: Rows) -> None:
    for row in rows:
        visit = identity.visit(row["url"], "", reach.patience(row["within"]))
        judge(paths.closed, visit, reach.statuses(row["status"] or "401"))


@then("these paths are open to their owner alone", columns=known("url", "owner", "other", "to owner?", "to other?"))
def paths_are_their_owners(judge: Judge, identity: Identity, rows: Rows) -> None:
    for row in rows:
        for check, who, status in (
            (paths.owned, row["owner"], row["to owner"] or "200"),
            (paths.kept, row["other"], row["to other"] or "403"),
        ):
            try:
                visit = identity.visit(row["url"], who)
            except NotAsked as reason:
                judge.not_asked(str(reason))
            else:
                judge(check, visit, reach.statuses(status))


@then("these guards name a ticket", columns=known("url", "path", "issuer"))
def guards_name_a_ticket(judge: Judge, identity: Identity, rows: Rows) -> None:
    for row in rows:
        judge(decisions.offered, identity.ticket(row["url"], row["path"]), row["issuer"])


_QUESTION = ("user", "action", "path", "permitted")


@then("the PDP decides", columns=known("user", "action", "path", "decision", "registered?", "permitted?"))
def pdp_decides(judge: Judge, decision_point: DecisionPoint, rows: Rows) -> None:
    for row in rows:
        if row["decision"] not in ("Permit", "Deny"):
            raise ValueError(f"decision {row['decision']!r}: Permit or Deny")
        if row["registered"] not in ("", "yes", "no"):
            raise ValueError(f"registered {row['registered']!r}: yes or no")
    asked = [(row, decision_point.decision(*(row[each] for each in _QUESTION))) for row in rows]
    permits = [query for row, query in asked if row["decision"] == "Permit"]
    for row, query in asked:
        judge(pdp.validated, query, row["decision"], row["registered"] != "no", permits)


@then("no Ingress leads past a guard")
def no_way_around(judge: Judge, cluster: Cluster) -> None:
    judge(ingresses.guarded, cluster.every("Ingress"), frozenset())


@then("no Ingress leads past a guard, but for these", columns=known("namespace", "name"))
def no_other_way_around(judge: Judge, cluster: Cluster, rows: Rows) -> None:
    judge(ingresses.guarded, cluster.every("Ingress"), frozenset((row["namespace"], row["name"]) for row in rows))
