"""A record to the text of a new file."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from skillmeat.manifest.values import key, pair
from skillmeat.model import Kind, Member, Part, Record, Settings, kind_of

HEADED = ("associations", "groups", "waivers", "owners")
"""The lists that a new file holds as ``[[tables]]``; the parts of any other stand in their array."""

DIRECTIVE = "#:schema"
"""What begins a manifest's first line, where that names the manifest's JSON Schema to Taplo and Tombi."""

SCHEMAS = f"{Kind.FOLDER}/.schemas"
"""Where a store keeps the schemas, each called like the noun it is of, or ``skillmeat``."""


def plain(part: Part) -> dict[str, Any]:
    """What the file of a record holds, as the data that a TOML parser gives.

    Keys are in the order in which they are written. There is no id, no None and nothing that equals its
    default, but ``format`` is always there; a member without a note is a string.
    """
    found: dict[str, Any] = {}
    for name, field in type(part).model_fields.items():
        data = getattr(part, name)
        if data is None or (name == "id" and isinstance(part, Record)):
            continue
        if data != field.default or (name == "format" and isinstance(part, Settings)):
            found[name] = _plain(data)
    return {**found, **(part.model_extra or {})}


def render(part: Record | Settings, *, with_schema: bool = False) -> str:
    """The text of a new file: one key a line, arrays of strings on one line where they fit.

    Reading it gives the same record. ``with_schema`` puts the line at its head that leads to the store's
    schemas, and an empty one.
    """
    pairs: list[str] = [f"{directive(part)}\n\n"] if with_schema else []
    tables: list[str] = []
    for name, data in plain(part).items():
        if name in HEADED:
            tables += [table(f"[[{key(name)}]]", item) for item in data]
        elif isinstance(data, dict):
            tables.append(table(f"[{key(name)}]", data))
        else:
            pairs.append(pair(name, data) + "\n")
    return "\n".join(["".join(pairs), *tables])


def directive(part: Record | Settings) -> str:
    """The line that leads from a manifest to its schema, for editors."""
    if isinstance(part, Settings):
        return f"{DIRECTIVE} ./{SCHEMAS.rpartition('/')[2]}/skillmeat.json"
    kind = kind_of(part)
    return f"{DIRECTIVE} {'../' * kind.depth}{SCHEMAS.rpartition('/')[2]}/{kind.noun}.json"


def table(header: str, data: dict[str, Any]) -> str:
    """The lines of a table under its header."""
    return "".join(f"{line}\n" for line in (header, *(pair(name, item) for name, item in data.items())))


def _plain(data: Any) -> Any:
    if isinstance(data, tuple | list):
        return [_plain(item) for item in data]
    if isinstance(data, Member) and data.note is None:
        return data.artifact
    if isinstance(data, Part):
        return plain(data)
    return data.value if isinstance(data, StrEnum) else data
