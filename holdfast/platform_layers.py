"""What lies over a platform.toml: ``--platform-file`` and environment variables say known keys, and values that fit.

A key nobody reads would be swallowed, and what it was to change be judged as somebody else's; a value that is none
would be met half-way through a run. Both are refused before anything runs.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from typing import Any

from holdfast.checks.flux.timing import parse_duration

Sections = Mapping[str, Any]
"""A platform.toml as it is read: section to key to value."""

COMPARED = ("names", "endpoints", "limits", "credentials", "deployed")
"""Sections whose keys are what steps and features read; ``[severity]`` names rules, which are compared apart."""
_URL = re.compile(r"[a-z][a-z0-9+.-]*://[^\s/?#]\S*", re.IGNORECASE)
_WEB = re.compile(r"https?://[^\s/?#]\S*", re.IGNORECASE)
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_SPAN = re.compile(r"(?:^|_)(?:days|hours|minutes)(?:_|$)")
_AT_ONCE = frozenset({"autoscaler_at_limit", "job_runtime", "leftovers_after", "pod_ending", "volume_binding"})
"""Limits that may be zero: of how long something may last. Of the others zero would mean "never wait for an answer"."""


def nearest(key: str, known: Iterable[str]) -> str:
    """`` (nearest: branch)``, or all that are known where none is near."""
    names = sorted(known)
    near = difflib.get_close_matches(key, names, n=1, cutoff=0.6)
    return f"(nearest: {near[0]})" if near else f"(known: {', '.join(names) or 'none in this section'})"


def unknown_key(said: Sections, known: Mapping[str, frozenset[str]]) -> str:
    """The first key of a layer that is not known, told in one line; "" when all are.

    Args:
        said: the layer.
        known: the keys of each section that something reads.
    """
    for section in COMPARED:
        for key in said.get(section, {}):
            kind = section == "deployed" and key[:1].isupper()  # a cluster has kinds of its own: compared apart
            if key not in known[section] and not kind:
                home = next((each for each in COMPARED if key in known[each] and each != section), "")
                why = f"(it belongs under [{home}])" if home else nearest(key, known[section])
                return f"{section}.{key}: no such key {why}"
    return ""


def misspelt_key(said: Sections, known: Mapping[str, frozenset[str]]) -> str:
    """The same where a layer may well have keys of its own: only what is nearly a known one is told."""
    for section in COMPARED:
        for key in said.get(section, {}):
            near = difflib.get_close_matches(key, known[section], n=1, cutoff=0.85)
            if near and key not in known[section]:
                return f"{section}.{key}: no such key (nearest: {near[0]})"
    return ""


def wrong_value(said: Sections, declared: Sections) -> str:
    """The first limit or endpoint that is not of the kind it was declared as, told in one line; "" when all are.

    Args:
        said: the layer.
        declared: what it lies over; a key that is not there may be anything.
    """
    for section, judged in (("limits", wrong_limit), ("endpoints", wrong_endpoint)):
        before = declared.get(section, {})
        for key, value in said.get(section, {}).items():
            if key in before and (problem := judged(key, value, before[key])):
                return f"{section}.{key}: {problem}"
    return ""


def wrong_limit(key: str, value: object, declared: object) -> str:
    """Why it is no duration or no number, where the limit was declared as one; "" when it is."""
    text = str(value)
    if isinstance(declared, list):
        return "" if isinstance(value, list | str) else f"{value!r} is no list of texts"
    if _NUMBER.fullmatch(str(declared)):
        whole = not _SPAN.search(key) and "." not in str(declared)
        if _NUMBER.fullmatch(text) and not (whole and "." in text):
            return ""
        return f"{value!r} is no {'whole number (like 10)' if whole else 'number (like 14 or 0.5)'}"
    if parse_duration(declared) is None:
        return ""
    span = parse_duration(value)
    if span is None:
        return f"{value!r} is no duration (like 30s, 10m or 24h)"
    return "" if span or key in _AT_ONCE else f"{value!r} is no time at all (like 30s, 10m or 24h)"


def wrong_endpoint(key: str, value: object, declared: object) -> str:
    """Why it is no address of the kind that was declared; "" when it is, or is empty: there is none."""
    text = str(value)
    if not text or key in ("ca", "ingress"):  # a file, and a place of which its reader says what is wrong
        return ""
    web = bool(_WEB.fullmatch(str(declared)))
    if (_WEB if web else _URL).fullmatch(text) or (declared and not _URL.fullmatch(str(declared))):
        return ""
    suggested = f"https://{text}" if "://" not in text and not text.startswith("/") and web else ""
    like = f"{'https' if web else key}://host…"
    return f"{value!r} is no URL{f': {suggested}?' if suggested else f' (like {like})'}"
