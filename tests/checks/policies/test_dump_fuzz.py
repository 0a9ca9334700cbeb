"""The parsers of what management_tools prints: exactly that, or Unobservable; never "nothing there" in between."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from holdfast.fixtures import policy_dumps
from holdfast.fixtures.policy_dumps import READERS, Entries
from holdfast.model import Unobservable
from tests.checks.policies.stores import Platform

WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
IDS = st.uuids().map(str)
RESOURCES = st.lists(
    st.fixed_dictionaries(
        {"resource_id": IDS, "name": WORDS, "ownership_id": IDS, "reverse_match_url": WORDS.map("/".__add__)},
        optional={"scopes": st.lists(WORDS, max_size=3)},
    ),
    max_size=4,
)
OPERATORS = st.just({"EQUAL": {"isOperator": True}})
POLICIES = st.lists(
    st.fixed_dictionaries(
        {
            "name": WORDS,
            "config": st.fixed_dictionaries(
                {
                    "resource_id": IDS,
                    "action": WORDS,
                    "rules": st.lists(st.fixed_dictionaries({"AND": st.lists(OPERATORS)})),
                }
            ),
            "scopes": st.lists(WORDS, max_size=2),
        }
    ),
    max_size=4,
)
NOISE = st.lists(
    st.sampled_from(
        [
            "2024-02-01 10:00:00,123 [INFO] PDP: connected",
            "[2024-02-01 10:00:00] INFO Mongo at localhost:27017",
            "Unable to use a TTY - input is not a terminal or the right kind of file",
            '{"event": "start"}',
            "",
        ]
    ),
    max_size=3,
)
FUZZ = settings(deadline=None)
NEWLINE = st.sampled_from(["\n", "\r\n"])


def repr_of(policies: Entries) -> str:
    """As Python prints what pymongo gives."""
    numbered = [{"_id": f"ObjectId-{at:024x}", **each} for at, each in enumerate(policies)]
    text = repr(numbered)
    for at in range(len(policies)):
        text = text.replace(f"'ObjectId-{at:024x}'", f"ObjectId('{at:024x}')", 1)
    return text


def read(kind: str, text: str) -> Entries | None:
    """What the parser says; None for "could not be read". Anything else it raises fails the test."""
    try:
        return READERS[kind](text, "store")
    except Unobservable:
        return None


def printed(noise: list[str], answer: str, newline: str) -> str:
    return newline.join([*noise, answer, ""])


@FUZZ
@given(RESOURCES, NOISE, NEWLINE)
def test_resources_are_read_exactly(resources: Entries, noise: list[str], newline: str) -> None:
    assert read("PEP", printed(noise, json.dumps(resources), newline)) == resources
    assert read("PEP", json.dumps(resources, indent=2)) == resources  # as jq writes them


@FUZZ
@given(POLICIES, NOISE, NEWLINE)
def test_policies_are_read_exactly(policies: Entries, noise: list[str], newline: str) -> None:
    found = read("PDP", printed(noise, repr_of(policies), newline))
    assert found is not None
    assert [each.pop("_id") for each in found] == [f"{at:024x}" for at in range(len(policies))]
    assert found == policies


@FUZZ
@given(st.data())
def test_a_part_is_never_taken_for_the_whole(data: st.DataObject) -> None:
    kind = data.draw(st.sampled_from(["PEP", "PDP"]))
    if kind == "PEP":
        whole: Entries = data.draw(RESOURCES.filter(bool))
        text = json.dumps(whole, indent=data.draw(st.sampled_from([None, 2])))
    else:
        whole = data.draw(POLICIES.filter(bool))
        text = repr_of(whole)
    exact = read(kind, text)
    start, end = sorted(data.draw(st.tuples(*[st.integers(0, len(text))] * 2)))
    for part in (text[:end], text[start:], text[start:end]):
        assert read(kind, part) in (None, exact)


@FUZZ
@given(st.data())
def test_what_is_bent_is_read_whole_or_not_at_all(data: st.DataObject) -> None:
    """One place of a real answer replaced by anything: as many documents as before, or unreadable."""
    kind = data.draw(st.sampled_from(["PEP", "PDP"]))
    platform = Platform()
    text = json.dumps(platform.ades) if kind == "PEP" else repr(platform.pdp)
    exact = read(kind, text)
    assert exact
    at = data.draw(st.integers(0, len(text) - 1))
    bent = text[:at] + data.draw(st.text(max_size=5)) + text[at + data.draw(st.integers(0, 3)) :]
    found = read(kind, bent)
    assert found is None or len(found) == len(exact)


@FUZZ
@given(st.sampled_from(["PEP", "PDP"]), st.one_of(st.text(), st.text("[]{}()\"':,\n\r\\ObjectId0123456789abcdefNone ")))
def test_arbitrary_text_is_read_or_unreadable(kind: str, text: str) -> None:
    found = read(kind, text)
    if found == []:
        assert text.replace("\r", "\n").strip().splitlines()[-1].replace(" ", "")[-1:] == "]"
        assert not any(letter.isalnum() for letter in text.strip().splitlines()[-1])


@pytest.mark.parametrize("kind", READERS)
@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n",
        "\r\n\r\n",
        "null",
        "None",
        "{}",
        "[",
        "[]]",
        "[[]]",
        "[null]",
        "[1]",
        '["a"]',
        "[{}]",
        '[{"a": 1}]',
        "error: Internal error occurred: exec failed",
        'Traceback (most recent call last):\n  File "management_tools"\nServerSelectionTimeoutError: [Errno 111]',
        "[]\n[]",
        '[{"a": 1}]\n[]',
        "[] trailing",
        "[]\ntrailing",
        "[" * 100_000,
        "[" * 200 + "]" * 200,
        "[{'a': __import__('os')}]",
        "[{'config': {}, 'x': {1, 2}}]",
        "[{'config': {}, 'x': b'1'}]",
        "[{'config': {}, 1: 2}]",
        "[{'config': {}, 'x': '\\ud800'}]",
        '[{"resource_id": "\\ud800"}]',
        "[ObjectId('65c1a2f09d3e4b7a10c0de01')]",
        "[{'config': {}, '_id': ObjectId('a', 'b')}]",
        "[{'config': {}, 'x': 10**99}]",
        f"[{{'config': {{}}, 'x': {'9' * 5000}}}]",
        "\x00[]",
        "\x1b[0m[]",
    ],
)
def test_what_is_no_list_of_documents_is_unreadable(kind: str, text: str) -> None:
    assert read(kind, text) is None


def test_one_stores_answer_is_not_anothers() -> None:
    platform = Platform()
    assert read("PEP", repr(platform.pdp)) is None
    assert read("PDP", json.dumps(platform.ades)) is None


def test_an_object_id_within_a_text_stays_one() -> None:
    name = "a \"copy\" of ObjectId('65c1a2f09d3e4b7a10c0de01')"
    [found] = policy_dumps.policies(repr([{"name": name, "config": {}}]), "PDP um/pdp-engine")
    assert found["name"] == name


def test_what_nobody_asked_for_is_left_behind() -> None:
    more: dict[str, Any] = {"client_secret": "s3cr3t", "_id": {"$oid": "65c1a2f09d3e4b7a10c0de01"}}
    [found] = policy_dumps.resources(json.dumps([{**Platform().eric, **more}]), "PEP proc/ades-pep")
    assert found == Platform().eric
    [told] = policy_dumps.policies(repr([{"config": {"T&C": [], "action": "get"}, "token": "s3cr3t"}]), "PDP")
    assert told == {"config": {"action": "get"}}


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "it is empty: nothing was printed"),
        ("null", "it is null, which is no list"),
        ("Traceback", "its last line is no list: cut off, or a message of an error"),
        ("[1]", "it is a list of something else than documents"),
        ("[]\n[]", "more than one of its lines is a list: which of them is the answer?"),
        ("[{}]", "its entries are no resources of a PEP"),
    ],
)
def test_why_it_could_not_be_read(text: str, why: str) -> None:
    with pytest.raises(Unobservable) as raised:
        policy_dumps.resources(text, "PEP proc/ades-pep")
    assert (raised.value.code, raised.value.subject, raised.value.detail) == ("unreadable", "PEP proc/ades-pep", why)
