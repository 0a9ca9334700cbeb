"""Secrets, objects and templates of a workspace; and its APIs."""

from __future__ import annotations

from typing import Any

import pytest

from holdfast.checks.workspaces import served, storage, whole
from holdfast.fixtures.observed import carrier
from holdfast.model import Deviation, InFlight, Note, Resource, Unobservable
from tests.checks.world import FixedWorld, forbidden

ERIC = "develop-user-eric"
MAKING = whole.Maker("https://w", 600.0)
SECRETS = {"bucket": ("access", "secret")}


def space(created: str = "2026-03-01T12:00:00Z") -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": ERIC, "creationTimestamp": created}}


def secret(**data: str) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "bucket", "namespace": ERIC}, "data": data}


YOUNG = "2026-03-02T11:59:00Z"
NAMESPACE = Resource(space())
MISSING = [(whole.SECRET, f"Secret/{ERIC}/bucket")]


def said(found: Any, id: str = "") -> list[tuple[str, str]]:
    return [
        (each.rule or id, str(each.ref or each.subject))
        if isinstance(each, Deviation)
        else (type(each).__name__, each.subject)
        for each in found
    ]


class TestSecrets:
    def test_there_with_its_keys(self) -> None:
        world = FixedWorld(space(), secret(access="d", secret="d"))
        assert said(whole.equipped(NAMESPACE, world, SECRETS, MAKING)) == []

    def test_gone(self) -> None:
        assert said(whole.equipped(NAMESPACE, FixedWorld(space()), SECRETS, MAKING)) == MISSING

    def test_not_yet_there(self) -> None:
        young = Resource(space(YOUNG))
        assert [type(each) for each in whole.equipped(young, FixedWorld(), SECRETS, MAKING)] == [InFlight]

    @pytest.mark.parametrize("data", [{"access": "d"}, {"access": "d", "secret": ""}])
    def test_a_key_is_missing_or_empty(self, data: dict[str, str]) -> None:
        assert said(whole.equipped(NAMESPACE, FixedWorld(secret(**data)), SECRETS, MAKING)) == MISSING

    def test_what_may_only_be_listed_is_unknown(self) -> None:
        listed = {key: each for key, each in secret().items() if key != "data"}
        found = whole.equipped(NAMESPACE, FixedWorld(listed), SECRETS, MAKING)
        assert said(found) == [("Unobservable", f"Secret/{ERIC}/bucket")]

    def test_what_may_not_be_read_is_unknown(self) -> None:
        world = FixedWorld(space(), problems={"Secret": forbidden("secrets")})
        with pytest.raises(Unobservable):
            list(whole.equipped(NAMESPACE, world, SECRETS, MAKING))


def compared(*objects: dict[str, Any], **told: Any) -> Resource:
    given = {"secret": "", "objects": list(objects), "broken": [], "unknown": [], **told}
    return carrier("workspace", ERIC, given)


def release(name: str = "vs", found: bool = True, *differences: str) -> dict[str, Any]:
    told = [{"path": path, "wanted": "1", "found": "2"} for path in differences]
    api = "helm.toolkit.fluxcd.io/v2"
    return {
        "template": "t",
        "apiVersion": api,
        "kind": "HelmRelease",
        "name": name,
        "found": found,
        "differences": told,
    }


class TestTemplates:
    def test_as_they_are_now(self) -> None:
        for check in (whole.furnished, whole.current):
            assert said(check(compared(release()), FixedWorld(), MAKING)) == []

    def test_templates_that_give_nothing_are_no_pass(self) -> None:
        """A ConfigMap of templates that has become empty would else make every workspace equal to it."""
        for rule, args in ((whole.renders, ("rm/workspace-charts", MAKING)), (whole.furnished, (MAKING,))):
            assert said(rule(compared(), FixedWorld(), *args)) == [("Unobservable", f"Namespace/{ERIC}")]
        assert said(whole.current(compared(), FixedWorld(), MAKING)) == [("Unobservable", f"Namespace/{ERIC}")]

    def test_missing(self) -> None:
        found = whole.furnished(compared(release(found=False)), FixedWorld(), MAKING)
        assert said(found, whole.MISSING) == [(whole.MISSING, f"HelmRelease/{ERIC}/vs")]

    def test_behind(self) -> None:
        places = [f"spec.values.{key}" for key in "abcde"]
        (found,) = whole.current(compared(release("vs", True, *places)), FixedWorld(), MAKING)
        assert isinstance(found, Deviation)
        assert found.path == "spec.values.a"
        assert "+2 more" in found.observed

    def test_broken_ones_are_told_of_the_templates(self) -> None:
        broken = compared(broken=[{"template": "t", "problem": "line 3 is no Jinja2"}])
        found = whole.renders(broken, FixedWorld(), "rm/workspace-charts", MAKING)
        assert said(found, whole.BROKEN) == [(whole.BROKEN, "ConfigMap/rm/workspace-charts")]

    def test_a_parameter_nobody_knows_is_unknown(self) -> None:
        unknown = compared(unknown=[{"template": "t", "problem": "'quota' is undefined"}])
        assert said(whole.current(unknown, FixedWorld(), MAKING)) == [("Unobservable", f"Namespace/{ERIC}: t")]

    @pytest.mark.parametrize("lacking", [[], ["access"]])
    def test_without_the_secret_every_sentence_tells_the_secret(self, lacking: list[str]) -> None:
        blind = compared(secret="bucket", lacking=lacking)
        for check in (whole.furnished, whole.current):
            assert said(check(blind, FixedWorld(space()), MAKING)) == MISSING


def answer(**told: Any) -> Resource:
    given = {
        "url": "https://w/workspaces/x",
        "stage": "done",
        "status": 200,
        "size": 9,
        "workspace": {"status": "ready", "endpoints": ["https://eric"]},
    }
    return carrier("endpoint", "GET https://w/x", {**given, "headers": {"content-type": "application/json"}, **told})


class TestApi:
    @pytest.mark.parametrize(
        ("told", "found"),
        [
            ({}, []),
            ({"workspace": {"status": "ready", "endpoints": []}}, [("web.endpoint.content", "GET https://w/x")]),
            ({"workspace": {"status": "provisioning"}}, MISSING),
            ({"workspace": None}, [("web.endpoint.content", "GET https://w/x")]),
            ({"workspace": {}}, [("web.endpoint.content", "GET https://w/x")]),
            ({"status": 401}, [("Unobservable", "GET https://w/x")]),
            ({"status": 503}, [("web.endpoint.status", "https://w/workspaces/x")]),
            ({"status": 404}, [("web.endpoint.status", "GET https://w/x")]),
            ({"headers": {"content-type": "text/html"}}, [("web.endpoint.content-type", "https://w/workspaces/x")]),
        ],
    )
    def test_what_it_says(self, told: dict[str, Any], found: list[tuple[str, str]]) -> None:
        assert said(served.ready(answer(**told), FixedWorld(space()), ERIC, MAKING)) == found

    def test_a_credential_that_is_refused_is_named(self) -> None:
        [told] = served.ready(answer(status=401, signed_with=["API_TOKEN"]), FixedWorld(space()), ERIC, MAKING)
        assert isinstance(told, Unobservable)
        assert (told.remedy, told.detail.endswith("API_TOKEN")) == ("renew API_TOKEN", True)

    def test_provisioning_although_all_is_there(self) -> None:
        world = FixedWorld(space(), secret(access="d"))
        found = served.ready(answer(workspace={"status": "provisioning"}), world, ERIC, MAKING)
        assert said(found, served.ready.id) == [("workspace.api.provisioning", f"Namespace/{ERIC}")]


class TestAround:
    def storage(self, **told: Any) -> Resource:
        return answer(headers={"content-type": "application/xml"}, **told)

    def test_buckets(self) -> None:
        seen = self.storage(
            workspaces=[{"name": ERIC, "status": 404}],
            buckets=[{"name": each} for each in (ERIC, "develop-user-bob", "x")],
        )
        world = FixedWorld(space())
        assert said(storage.stored(seen, world), "m") == [("m", f"Namespace/{ERIC}")]
        *left, note = storage.no_bucket_left(seen, world, "develop-user")
        assert said(left, "o") == [("o", "bucket develop-user-bob")]
        assert isinstance(note, Note)
        assert "3 buckets" in note.text

    def test_what_head_does_not_say_is_unknown_and_hides_nothing_else(self) -> None:
        heads = [("a", 403), ("b", 200), ("c", 404), ("d", 500), ("e", 301)]
        seen = self.storage(workspaces=[{"name": name, "status": status} for name, status in heads], buckets=[])
        assert said(storage.stored(seen, FixedWorld()), "m") == [
            ("Unobservable", "bucket of a"),
            ("m", "Namespace/c"),
            ("Unobservable", "bucket of d"),
        ]

    @pytest.mark.parametrize(
        ("told", "code"),
        [
            ({"buckets": [], "workspaces": []}, "nothing-matched"),
            ({"buckets": [], "workspaces": [{"name": ERIC, "status": 200, "listed": False}]}, "forbidden"),
            ({"buckets": ["x"], "workspaces": [{"name": ERIC, "status": 200, "listed": False}]}, "forbidden"),
            ({"buckets": ["x"], "workspaces": [{"name": ERIC, "status": 403, "listed": False}]}, "forbidden"),
            ({"withheld": "it answers AccessDenied", "workspaces": []}, "forbidden"),
        ],
        ids=["nothing", "nothing of what is there", "not all", "refused", "no list"],
    )
    def test_a_credential_that_does_not_see_all_sees_no_orphan_for_certain(self, told: Any, code: str) -> None:
        if "buckets" in told:
            told = {**told, "buckets": [{"name": each} for each in told["buckets"]]}
        [word] = storage.no_bucket_left(self.storage(**told), FixedWorld(space()), "develop-user")
        assert (type(word), getattr(word, "code", "")) == (Unobservable, code)

    def test_what_it_does_see_is_told_all_the_same(self) -> None:
        heads = [{"name": ERIC, "status": 200, "listed": False}]
        seen = self.storage(buckets=[{"name": "develop-user-bob"}], workspaces=heads)
        found = said(storage.no_bucket_left(seen, FixedWorld(space()), "develop-user"), "o")
        assert found == [("o", "bucket develop-user-bob"), ("Unobservable", "GET https://w/x")]

    def test_whoever_sees_all_that_is_known_says_how_far_it_was_looked(self) -> None:
        seen = self.storage(buckets=[{"name": ERIC}], workspaces=[{"name": ERIC, "status": 200, "listed": True}])
        assert [type(each) for each in storage.no_bucket_left(seen, FixedWorld(space()), "develop-user")] == [Note]

    @pytest.mark.parametrize(
        "told",
        [{"complaint": "not XML"}, {"status": 502}, {"stage": "tcp", "problem": "refused"}, {"buckets": None}],
    )
    def test_an_outage_is_no_pass(self, told: dict[str, Any]) -> None:
        assert len(said(storage.stored(self.storage(**told), FixedWorld()))) == 1
        assert len(said(storage.no_bucket_left(self.storage(**told), FixedWorld(), "develop-user"))) == 1

    def test_registry(self) -> None:
        seen, world = answer(users=[{"name": "develop-user-bob"}]), FixedWorld(space())
        assert said(served.registered(seen, world, [ERIC]), "m") == [("m", f"Namespace/{ERIC}")]
        assert said(served.no_user_left(seen, world, "develop-user"), "o") == [("o", "registry user develop-user-bob")]

    def test_a_registry_that_says_nothing(self) -> None:
        seen = answer(users=None)
        assert said(served.registered(seen, FixedWorld(), [ERIC])) == [("web.endpoint.content", "GET https://w/x")]
