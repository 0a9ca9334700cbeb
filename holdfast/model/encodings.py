"""Every spelling a secret value may have once it has travelled: base64, URL, JSON, hex."""

from __future__ import annotations

import base64
import binascii
import html
import json
import re
from collections.abc import Iterator, Mapping
from urllib.parse import quote, quote_plus

SHORTEST = 6
"""Bytes. A shorter value would be found in half of all words."""

_LONGEST = 4096
"""Bytes of one value that are looked for: nobody prints more of it without printing its beginning."""

_PIECE = 16
"""Characters. Long base64 is looked for in pieces, so that wrapped or cut base64 is found as well."""

_LINE = 16
_LEAF = 8
_PLAIN = re.compile(rb"[A-Za-z0-9._~-]*")
_ASSIGNED = re.compile(r"""^\s*(?:-\s+)?["']?[\w.\-/]+["']?\s*[:=]\s*(?P<value>\S.*?)\s*$""")


def spellings(secret: bytes) -> Iterator[str]:
    """The value as text, URL-encoded, JSON-escaped (also twice), HTML-escaped, YAML-quoted and in hex."""
    secret = secret[:_LONGEST]
    yield secret.hex()
    yield secret.hex().upper()
    if _PLAIN.fullmatch(secret):  # nothing in it that any encoding would change
        yield secret.decode()
        return
    for percent in (quote(secret, safe=""), quote(secret, safe="/"), quote_plus(secret)):
        yield percent
        yield re.sub(r"%[0-9A-F]{2}", lambda code: code.group().lower(), percent)
    try:
        text = secret.decode()
    except UnicodeDecodeError:
        return
    yield text
    yield text.strip()
    yield html.escape(text)
    yield text.replace("'", "''")
    for ascii_only in (True, False):
        once = json.dumps(text, ensure_ascii=ascii_only)[1:-1]
        yield once
        yield re.sub(r"[<>&]", lambda char: f"\\u{ord(char.group()):04x}", once)  # as Go writes it
        yield json.dumps(once, ensure_ascii=ascii_only)[1:-1]  # JSON inside JSON, as in annotations


def base64_cores(secret: bytes) -> Iterator[str]:
    """The characters that stand for the value in any base64 text it is part of, at each of the three alignments.

    Both alphabets; padding and the characters shared with neighbouring bytes are left off.
    """
    for offset in range(3):
        shifted = base64.b64encode(b"\0" * offset + secret[:_LONGEST]).decode()
        first = -(-offset * 8 // 6)
        core = shifted[first : (offset + len(secret[:_LONGEST])) * 8 // 6]
        pieces = [core] if len(core) < 2 * _PIECE else [core[at : at + _PIECE] for at in range(0, len(core), _PIECE)]
        for piece in pieces:
            if len(piece) >= SHORTEST:
                yield piece
                yield piece.translate(str.maketrans("+/", "-_"))


def parts(secret: bytes) -> Iterator[bytes]:
    """What is secret on its own inside a value that is a file: JSON leaves, lines, what is assigned on a line.

    A Docker configuration's ``auth`` is decoded, and its password yielded too.
    """
    try:
        text = secret.decode().strip()
    except UnicodeDecodeError:
        return
    if text.startswith(("{", "[")):
        try:
            kept = (leaf for leaf in texts(json.loads(text)) if len(leaf) >= _LEAF)
            yield from (each.encode() for leaf in kept for each in (leaf, *_decoded(leaf)))
        except (ValueError, RecursionError):
            pass
        else:
            return
    lines = text.splitlines()
    for line in lines:
        if len(lines) > 1 and len(line.strip()) >= _LINE:
            yield line.strip().encode()
        assigned = _ASSIGNED.match(line)
        if assigned and len(lines) > 1:
            value = assigned["value"].strip("\"'")
            if len(value) >= _LEAF:
                yield value.encode()


def texts(tree: object) -> Iterator[str]:
    """Every text in a tree of maps and lists."""
    if isinstance(tree, str):
        yield tree
    elif isinstance(tree, Mapping | list):
        for each in tree.values() if isinstance(tree, Mapping) else tree:
            yield from texts(each)


def _decoded(leaf: str) -> tuple[str, ...]:
    """``user:password`` of a base64 text that holds just that."""
    try:
        plain = base64.b64decode(leaf, validate=True).decode()
    except (binascii.Error, ValueError):
        return ()
    password = plain.partition(":")[2]
    return (plain, password) if password.isprintable() and len(password) >= SHORTEST else ()
