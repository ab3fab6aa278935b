"""A value as TOML text."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time
from typing import Any

from skillmeat.text import hidden

WIDTH = 100
"""The length of a line up to which an array of strings is kept on it."""

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_SPECIAL = re.compile(r'[\x00-\x1f"\\\x7f]')
_SPECIAL_IN_BLOCK = re.compile(r'[\x00-\x09\x0b-\x1f\\\x7f]|"(?="")|"$')
_MARKER = re.compile(r"^(<<<<<<<|=======|>>>>>>>)", re.MULTILINE)  # what the reader takes for a merge
_SHORT = {"\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r", '"': '\\"', "\\": "\\\\"}


def value(data: Any) -> str:
    """Data on one line: strings in double quotes, instants in UTC as ``…Z``, tables inline.

    Raises ``TypeError`` for what TOML cannot hold, such as None.
    """
    if isinstance(data, str):
        return string(data)
    if isinstance(data, bool):
        return "true" if data else "false"
    if isinstance(data, int | float):
        return repr(data)
    if isinstance(data, datetime):
        return instant(data)
    if isinstance(data, date | time):
        return data.isoformat()
    if isinstance(data, Mapping):
        pairs = ", ".join(f"{key(name)} = {value(item)}" for name, item in data.items())
        return f"{{ {pairs} }}" if pairs else "{}"
    if isinstance(data, Sequence):
        return f"[{', '.join(map(value, data))}]"
    raise TypeError(f"{type(data).__name__} has no form in TOML")


def string(text: str) -> str:
    """A basic string. What a reader could not see is written as an escape."""
    if hidden(text):
        return f'"{"".join(_visible(character) for character in text)}"'
    return f'"{_SPECIAL.sub(_escape, text)}"'


def block(text: str) -> str:
    """A multi-line basic string, beginning on a line of its own, where its lines can be shown as they are."""
    if hidden(text) or _MARKER.search(text):
        return string(text)
    return f'"""\n{_SPECIAL_IN_BLOCK.sub(_escape, text)}"""'


def instant(moment: datetime) -> str:
    """RFC 3339, with Z for UTC."""
    offset = moment.utcoffset()
    if offset and offset.seconds % 60:  # RFC 3339 knows no seconds in an offset
        moment = moment.astimezone(UTC)
    return moment.isoformat().removesuffix("+00:00") + (
        "Z" if offset is not None and not moment.utcoffset() else ""
    )


def key(name: str) -> str:
    """A key, in quotes where it needs them."""
    return name if _BARE.fullmatch(name) else string(name)


def column(items: Sequence[Any], indent: str = "  ") -> str:
    """An array with one item a line, each with a comma."""
    return "".join(["[\n", *(f"{indent}{value(item)},\n" for item in items), "]"])


def pair(name: str, data: Any) -> str:
    """``key = value`` as a new file has it, without the end of the line."""
    start = f"{key(name)} = "
    if isinstance(data, str) and "\n" in data:
        return start + block(data)
    if isinstance(data, list):
        line = start + value(data)
        inline = all(isinstance(item, str) for item in data) and len(line) <= WIDTH
        return line if inline else start + column(data)
    return start + value(data)


def _escape(found: re.Match[str]) -> str:
    character = found.group()
    return _SHORT.get(character) or f"\\u{ord(character):04X}"


def _visible(character: str) -> str:
    if _SPECIAL.match(character):
        return _SHORT.get(character) or f"\\u{ord(character):04X}"
    if not hidden(character):
        return character
    return f"\\u{ord(character):04X}" if ord(character) < 0x10000 else f"\\U{ord(character):08X}"
