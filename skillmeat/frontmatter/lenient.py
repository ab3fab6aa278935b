"""Front matter that is not YAML, read one top-level key at a time."""

from __future__ import annotations

import re

from skillmeat.frontmatter.strict import Refused, load
from skillmeat.frontmatter.values import MAX_BYTES, Value

_BLOCK = re.compile(
    r"^([A-Za-z_][\w.-]{0,63})[ \t]*:(?:[ \t]+(.*)|)$((?:\n(?:[ \t].*|- .*|-|)$)*)", re.MULTILINE
)
_BLOCK_HEADER = re.compile(r"([|>])[-+0-9]{0,2}(?:[ \t]+#.*)?")


def leniently(head: str) -> dict[str, Value]:
    """One top-level key at a time: as YAML if it is that, else its line and what is indented below.

    The last of several equal keys counts, as in PyYAML.
    """
    head = head[:MAX_BYTES]
    values: dict[str, Value] = {}
    for found in _BLOCK.finditer(head):
        key, first, more = found[1], found[2] or "", found[3]
        try:
            alone = load(found[0])
        except Refused:
            alone = None
        if isinstance(alone, dict) and len(alone) == 1:
            values[key] = alone.popitem()[1]
        else:
            values[key] = _literally(first.strip(), more)
    return values


def _literally(first: str, more: str) -> str:
    lines = [line.strip() for line in more.split("\n")]
    header = _BLOCK_HEADER.fullmatch(first)
    if header:
        return ("\n" if header[1] == "|" else " ").join(lines).strip()
    value = " ".join(line for line in [first, *lines] if line)
    if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'":
        value = value[1:-1]
    return value
