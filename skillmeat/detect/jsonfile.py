"""A JSON file of somebody else's repository, which may hold anything."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from skillmeat.detect.document import Unread, contents
from skillmeat.tree import ReadBlob, TreeEntry


@dataclass(frozen=True, slots=True)
class JsonFile:
    """The object in a JSON file, empty where there is none, and the codes for what is wrong."""

    table: dict[str, Any]
    problems: tuple[str, ...] = ()


def load(entry: TreeEntry, read: ReadBlob) -> JsonFile:
    """The object in a file. Never raises; numbers that Python refuses and ``NaN`` become text."""
    try:
        data = contents(entry, read)
    except Unread as unread:
        return JsonFile({}, (unread.problem,))
    doubled: list[str] = []

    def table(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        made = dict(pairs)
        if len(made) < len(pairs):
            doubled.append("duplicate-key")
        return made

    try:
        value = json.loads(
            data.decode("utf-8-sig"),
            object_pairs_hook=table,
            parse_int=str,
            parse_float=str,
            parse_constant=str,
        )
    except (ValueError, RecursionError):
        return JsonFile({}, ("not-json",))
    if not isinstance(value, dict):
        return JsonFile({}, ("not-an-object",))
    return JsonFile(value, tuple(doubled[:1]))
