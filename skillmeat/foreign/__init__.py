"""Files of other tools that list artifacts: bytes in, a neutral value out. Nothing is fetched or trusted.

One module per format, each with the names of its files, ``fits(table)`` and ``read(table, beside)``. To add
one, write it and put it in ``READERS``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from skillmeat.foreign import collection, marketplace, skills_lock
from skillmeat.foreign.decoding import LIMIT, decoded
from skillmeat.foreign.found import Found, FoundArtifact, FoundCollection, FoundGroup, FoundTag, Left, Origin

__all__ = [
    "BESIDE",
    "LIMIT",
    "PLACES",
    "READERS",
    "Found",
    "FoundArtifact",
    "FoundCollection",
    "FoundGroup",
    "FoundTag",
    "Left",
    "Origin",
    "read",
]


@dataclass(frozen=True, slots=True)
class Reader:
    """A format: what it is called, the names of its files, how it looks, how it is read."""

    title: str
    names: tuple[str, ...]
    fits: Callable[[dict[str, Any]], bool]
    read: Callable[[dict[str, Any], dict[str, Any]], Found | str]


READERS = (
    Reader("a plugin marketplace", marketplace.NAMES, marketplace.fits, marketplace.read),
    Reader("a project lock of “skills”", skills_lock.NAMES, skills_lock.fits, skills_lock.read),
    Reader("a collection of SkillMeat", collection.NAMES, collection.fits, collection.read),
)

PLACES = (".claude-plugin/marketplace.json", "marketplace.json", "skills-lock.json", "collection.toml")
"""Where in a folder such files are looked for."""

BESIDE = {"collection.toml": (collection.LOCK,)}
"""By the name of a file: the files beside it that belong to it."""


def read(name: str, data: bytes, beside: Mapping[str, bytes] | None = None) -> Found | str:
    """What a file says, or why it cannot be read; ``name`` is its last component. Never raises.

    The name decides which format it is; where none has it, the shape does.
    """
    table = decoded(data, name if name.endswith((".json", ".toml")) else f"{name}{_kind(data)}")
    if isinstance(table, str):
        return table
    named = [reader for reader in READERS if name in reader.names]
    found = next((reader for reader in named or READERS if reader.fits(table)), None)
    if found is None:
        return f"it does not look like {named[0].title}" if named else "it looks like nothing that is known"
    neighbours: dict[str, Any] = {}
    left = []
    for each, content in (beside or {}).items():
        value = decoded(content, each)
        if isinstance(value, str):
            left.append(Left(each, value))
        else:
            neighbours[each] = value
    result = found.read(table, neighbours)
    if isinstance(result, str):
        return result
    return replace(result, file=name, left=(*left, *result.left))


def _kind(data: bytes) -> str:
    return ".json" if data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{") else ".toml"
