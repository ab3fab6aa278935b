"""Files of a store with one thing changed, whatever format they are in, and everything else as it was."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from skillmeat.errors import Refused
from skillmeat.manifest import parse
from skillmeat.manifest.grammar import tokens
from skillmeat.manifest.position import Layout
from skillmeat.manifest.ranges import Cannot
from skillmeat.manifest.surgery import newline_of, patched
from skillmeat.manifest.values import value
from skillmeat.text import hidden

Table = dict[str, Any]

_REMEMBERED = "# In format 1: tags = "
_SIZE = 64 * 1024 * 1024


def with_tags(path: str, text: str, tags: Sequence[Any], *, remember: bool = False) -> str:
    """An artifact's file with other tags, each in the place of the one it replaces.

    There are as many as before; those that occur twice are then put together. Quotes stay what they were.
    With ``remember`` a comment above them keeps the tags of now for ``remembered``.
    Raises ``Refused`` (``EDIT_NOT_SAFE``).
    """
    table = _table(path, text)
    had = table["tags"]
    changed = _replaced(text, {("tags", index): (had[index], new) for index, new in enumerate(tags)})
    kept = list(dict.fromkeys(tags))
    if len(kept) < len(tags):
        changed = _arranged(changed, {**table, "tags": list(tags)}, {**table, "tags": kept})
    if _table(path, changed) != {**table, "tags": kept}:
        raise _not_safe(path, "tags")
    if remember:
        changed = _line_above(changed, ("tags",), _REMEMBERED + value(had))
    return changed


def retagged(path: str, text: str, firsts: Sequence[str], words: Sequence[str]) -> str:
    """An artifact's file with words for tags, and without the comment that ``with_tags`` left.

    ``firsts`` has a word for each tag of now, ``words`` all that are wanted: the same, or more in between.
    Raises ``Refused`` (``EDIT_NOT_SAFE``).
    """
    text = _forgotten(text)
    table = _table(path, text)
    had = table.get("tags", [])
    if had == list(words):
        return text
    changed = _replaced(text, {("tags", i): (had[i], new) for i, new in enumerate(firsts)})
    if firsts != words:
        changed = _arranged(changed, {**table, "tags": list(firsts)}, {**table, "tags": list(words)})
    if _table(path, changed) != {**table, "tags": list(words)}:
        raise _not_safe(path, "tags")
    return changed


def remembered(text: str) -> list[str]:
    """The tags that ``with_tags`` remembered in a file; none when it did not, or it was tampered with."""
    for token in tokens(text):
        if token.kind == "comment" and token.text.startswith(_REMEMBERED):
            said = token.text.removeprefix(_REMEMBERED).rstrip()
            table = parse(f"tags = {said}".encode(), "", _SIZE)
            tags = table.get("tags") if isinstance(table, dict) and len(table) == 1 else None
            if isinstance(tags, list) and all(isinstance(tag, str) for tag in tags):
                return tags
    return []


def without(path: str, text: str, keys: Sequence[str]) -> str:
    """A file without these keys. What a comment says inside an array may leave the array there, empty.

    Raises ``Refused`` (``EDIT_NOT_SAFE``).
    """
    table = _table(path, text)
    kept = {name: data for name, data in table.items() if name not in keys}
    if kept == table:
        return text
    try:
        changed = patched(text, table, kept)
    except Cannot as error:
        raise _not_safe(path, ", ".join(keys)) from error
    now = {name: data for name, data in _table(path, changed).items() if name not in keys or data != []}
    if now != kept:
        raise _not_safe(path, ", ".join(keys))
    return changed


def with_number(path: str, text: str, key: str, number: int) -> str:
    """A file in which a key at the top is a number; a new first line where the key is not there.

    Raises ``Refused`` (``EDIT_NOT_SAFE``).
    """
    table = _table(path, text)
    found = re.search(rf"^{key}[ \t]*=[ \t]*(\d+)", text, re.MULTILINE)
    wanted = {**table, key: number}
    if key not in table:
        changed = f"{key} = {number}{newline_of(text)}{text}"
    else:
        changed = text[: found.start(1)] + str(number) + text[found.end(1) :] if found else text
        if parse(changed.encode(), path, _SIZE) != wanted:  # that was in another table, or in a text
            changed = _replaced(text, {(key,): (table[key], number)})
    if _table(path, changed) != wanted:
        raise _not_safe(path, key)
    return changed


def _table(path: str, text: str) -> Table:
    table = parse(text.encode(), path, _SIZE)
    if isinstance(table, dict):
        return table
    raise Refused(f"{path} cannot be read: {table.message}", code="EDIT_NOT_SAFE", hint=table.fix)


def _replaced(text: str, changes: Mapping[tuple[str | int, ...], tuple[Any, Any]]) -> str:
    """The text with single values in the place of others."""
    layout = Layout(text)
    source = layout.source
    for way, (old, new) in reversed(list(changes.items())):
        node = layout.values.get(way)
        if node and old != new:
            written = _like((node.text or b"").decode(), new)
            source = source[: node.start_byte] + written.encode() + source[node.end_byte :]
    return source.decode()


def _arranged(text: str, had: Table, wanted: Table) -> str:
    """The text with fewer or more tags in their array."""
    try:
        changed = patched(text, had, wanted)
    except Cannot:
        changed = ""
    return changed if parse(changed.encode(), "", _SIZE) == wanted else _whole(text, wanted["tags"])


def _whole(text: str, tags: list[Any]) -> str:
    """The text with another array of tags in the place of the one it has; its comments go above it."""
    layout = Layout(text)
    node = layout.values.get(("tags",))
    if node is None:
        return text
    old = (node.text or b"").decode()
    changed = layout.source[: node.start_byte] + value(tags).encode() + layout.source[node.end_byte :]
    text = changed.decode()
    for comment in [token.text.rstrip() for token in tokens(old) if token.kind == "comment"]:
        text = _line_above(text, ("tags",), comment)
    return text


def _line_above(text: str, way: tuple[str, ...], line: str) -> str:
    """The text with a line more above a key, below the others there."""
    layout = Layout(text)
    start = layout.source.rfind(b"\n", 0, layout.pairs[way].start_byte) + 1
    added = f"{line}{newline_of(text)}".encode()
    return (layout.source[:start] + added + layout.source[start:]).decode()


def _forgotten(text: str) -> str:
    """The text without the lines in which tags were remembered."""
    for token in reversed(list(tokens(text))):
        if token.kind == "comment" and token.text.startswith(_REMEMBERED):
            start = text.rfind("\n", 0, token.start) + 1
            end = token.end + 1 if text[start : token.start].strip() == "" else token.end
            start = start if end > token.end else token.start
            text = text[:start] + text[end:]
    return text


def _like(old: str, new: Any) -> str:
    """A value with the quotes of the one it replaces, where these can hold it."""
    quotes = re.match(r'"""|\'\'\'|\'', old)
    if not quotes or not isinstance(new, str) or hidden(new) or re.search(r"[\\\t\n]", new):
        return value(new)
    return value(new) if quotes[0][0] in new else f"{quotes[0]}{new}{quotes[0]}"


def _not_safe(path: str, what: str) -> Refused:
    return Refused(
        f"There is no safe way to change {what} in {path} as it is written; nothing was changed.",
        code="EDIT_NOT_SAFE",
        hint="Write that part in a simpler form first.",
    )
