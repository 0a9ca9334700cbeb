"""YAML for people to commit: every string reads as a string, whichever version of YAML its reader speaks."""

from __future__ import annotations

import re

import yaml

from holdfast.model import Json

_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_./-]*(?::[A-Za-z0-9_./-]+)*\Z")
_WORDS = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null", "nan", "inf"})
"""Unquoted, some reader takes them for something else: Go's YAML reads ``y`` as true, PyYAML does not."""
_PRINTABLE = re.compile(r"[\t\n\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]*\Z")


class _Dumper(yaml.SafeDumper):
    """Quotes whatever might be taken for anything but a string; writes no anchors; indents lists."""

    def ignore_aliases(self, data: object) -> bool:
        return True

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)


def _string(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    tag = "tag:yaml.org,2002:str"
    if "\n" in text and _PRINTABLE.match(text) and not re.search(r"[ \t](?:\n|\Z)", text):
        return dumper.represent_scalar(tag, text, style="|")
    if _PLAIN.match(text) and text.lower() not in _WORDS:
        return dumper.represent_scalar(tag, text)
    return dumper.represent_scalar(tag, text, style='"')


_Dumper.add_representer(str, _string)


def written(document: Json) -> str:
    """One document, keys in their own order."""
    return yaml.dump(
        document, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=10**6, default_flow_style=False
    )


def commented(text: str) -> str:
    """Text as comments, line by line: whatever breaks a line in it stays inside."""
    return "".join(f"# {line}".rstrip() + "\n" for line in text.splitlines())
