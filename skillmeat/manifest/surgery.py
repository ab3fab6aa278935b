"""Changes to a manifest as replacements of byte ranges, so that every other byte stays what it was.

Three rounds, each on the text that the one before it left: values; arrays inside tables; the arrays and
tables themselves. Within a round no two ranges overlap. Whoever calls checks the result.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import tomli

from skillmeat.manifest.arrays import arranged
from skillmeat.manifest.matching import identity, numbered, renamed
from skillmeat.manifest.position import Layout, Way, key_parts
from skillmeat.manifest.ranges import Cannot, Text
from skillmeat.manifest.tables import Headed
from skillmeat.manifest.values import block, key, pair, value
from skillmeat.manifest.writing import HEADED, table

Data = dict[str, Any]

_LITERAL = re.compile(r"[^'\x00-\x08\x0a-\x1f\x7f]*")


def patched(text: str, had: Data, wanted: Data) -> str:
    """``text``, which holds ``had``, with as little changed as makes it hold ``wanted``.

    Both are what ``writing.plain`` gives. Raises ``Cannot`` when the text is beyond it.
    """
    newline = newline_of(text)
    complete = not text or text.endswith("\n")
    text = text if complete else text + newline
    rounds: tuple[Callable[[Text], None], ...] = (
        lambda part: _Values(part).table((), had, wanted),
        lambda part: _arrange(part, wanted, nested=True),
        lambda part: _arrange(part, wanted, nested=False),
    )
    for each in rounds:
        for _ in range(2):  # an array may have to be put on lines of its own first
            part = Text(Layout(text), newline)
            each(part)
            text = part.done()
            if not part.again:
                break
    return text if complete else text.rstrip("\r\n")


def newline_of(text: str) -> str:
    """The line end that most lines have."""
    return "\r\n" if text.count("\r\n") * 2 > text.count("\n") else "\n"


class _Values:
    """The first round: keys set, added and taken away; nothing changes its place."""

    def __init__(self, text: Text) -> None:
        self.text = text
        self.layout = text.layout

    def table(self, way: Way, had: Data, wanted: Data) -> None:
        """Make the table at ``way`` hold what differs between the two."""
        node = self.layout.values.get(way)
        if node and node.type == "inline_table":
            self._inline(way, had, wanted)
            return
        for name in {**had, **wanted}:
            old, new = had.get(name), wanted.get(name)
            if old == new:
                continue
            here = (*way, name)
            if isinstance(old if new is None else new, dict):
                self._inner(here, old or {}, new or {})
            elif self._holds(here):
                self._set(here, old, new)
            elif new is not None:
                self._add(way, name, wanted)

    def _holds(self, way: Way) -> bool:
        return way in self.layout.pairs or (*way, 0) in self.layout.headers

    def _inner(self, way: Way, had: Data, wanted: Data) -> None:
        """A table in a table, such as ``[site]``: under its header, inline, or as keys with dots."""
        if way in self.layout.headers or way in self.layout.pairs:
            self.table(way, had, wanted)
        elif wanted:
            self.text.append(table(f"[{key(str(way[-1]))}]", wanted))

    def _set(self, way: Way, old: Any, new: Any) -> None:
        if isinstance(old, list) or isinstance(new, list):
            self._items(way, old or [], new or [])
            if new is None and way in self.layout.pairs and not self.text.comments_of_their_own(way):
                self._remove(way)
        elif new is None:
            self._remove(way)
        else:
            node = self.layout.values[way]
            self.text.replace(node.start_byte, node.end_byte, self._scalar(new, node.text or b""))

    def _items(self, way: Way, old: list[Any], new: list[Any]) -> None:
        """The items that stay, and what changed inside them. Order is for a later round."""
        for index, (before, after) in renamed(old, new).items():
            here = (*way, index)
            node = self.layout.values.get(here)
            if node and node.type != "inline_table":
                self.text.replace(node.start_byte, node.end_byte, self._scalar(after, node.text or b""))
            elif node and isinstance(after, str) and len(self.layout.values[here].named_children) > 1:
                kept = self.layout.values[*here, "artifact"]  # the note goes, and the braces with it
                same = identity(before) == after
                text = (kept.text or b"").decode() if same else self._scalar(after, kept.text or b"")
                self.text.replace(node.start_byte, node.end_byte, text)
            else:
                self.table(here, _as_table(before), _as_table(after))

    def _add(self, way: Way, name: str, wanted: Data) -> None:
        if name in HEADED:
            for item in wanted[name]:
                self.text.append(table(f"[[{key(name)}]]", item))
            return
        line = pair(name, wanted[name])
        if way and way not in self.layout.headers:  # keys with dots
            line = f"{key(str(way[0]))}.{line}"
        before = list(wanted)[: list(wanted).index(name)]
        present = [(*way, each) for each in before if (*way, each) in self.layout.values]
        if present:
            start, end = self.layout.pairs[present[-1]].start_byte, self.layout.values[present[-1]].end_byte
            self.text.line_after(end, start, line)
        elif way in self.layout.headers:
            header = self.layout.headers[way].start_byte
            self.text.line_after(header, header, line)
        else:
            siblings = [
                node.start_byte for each, node in self.layout.pairs.items() if each[: len(way)] == way
            ]
            self.text.line_before(min(siblings, default=0), line)

    def _remove(self, way: Way) -> None:
        self.text.remove_lines(self.layout.pairs[way].start_byte, self.layout.values[way].end_byte)

    def _inline(self, way: Way, had: Data, wanted: Data) -> None:
        """An inline table, put together again from the source of its pairs."""
        pieces: dict[str, str] = {}
        node = self.layout.values[way]
        spans = []
        for child in node.named_children:  # pairs: TOML 1.0 has no comments here
            name = next(key_parts(child.named_children[0]))[0]
            kept = self.layout.values[*way, name]
            spans.append((child.start_byte, kept.end_byte))
            old, new = had.get(name), wanted.get(name)
            source = self.text.slice(child.start_byte, kept.end_byte)
            if old == new or isinstance(old, list) or isinstance(new, list):  # lists are for a later round
                pieces[name] = source
            elif new is not None:
                start = self.text.slice(child.start_byte, kept.start_byte)
                pieces[name] = start + self._scalar(new, kept.text or b"", inline=True)
        before = ""
        for name in wanted:
            if name not in pieces:
                pieces = _inserted(pieces, before, name, f"{key(name)} = {value(wanted[name])}")
            before = name
        left, middle, right = self.text.padding(node, spans, b" ")
        inner = middle.join(pieces.values())
        self.text.replace(node.start_byte, node.end_byte, f"{{{left}{inner}{right}}}" if inner else "{}")

    def _scalar(self, data: Any, old: bytes, *, inline: bool = False) -> str:
        """A value in the manner of the one it replaces."""
        if not isinstance(data, str):
            return value(data)
        if old.startswith(b"'") and not old.startswith(b"'''") and _LITERAL.fullmatch(data):
            return f"'{data}'"
        return block(data) if "\n" in data and not inline else value(data)


def _arrange(text: Text, wanted: Data, *, nested: bool) -> None:
    """Put the items of every array that is at the top, or of every other one, in their order."""
    now = tomli.loads(text.source.decode())
    for name in {**now, **wanted}:
        have, want = now.get(name, []), wanted.get(name, [])
        if not isinstance(have, list) or not isinstance(want, list):
            continue
        if not nested:
            _arrange_one(text, (name,), have, want)
            continue
        targets = dict(zip(numbered(want), want, strict=True))
        for index, (item, name_of_item) in enumerate(zip(have, numbered(have), strict=True)):
            target = targets.get(name_of_item)
            if isinstance(item, dict) and isinstance(target, dict):
                for inner in item:
                    if isinstance(item[inner], list):
                        _arrange_one(text, (name, index, inner), item[inner], target.get(inner, []))


def _arrange_one(text: Text, way: Way, have: list[Any], want: list[Any]) -> None:
    if list(map(identity, have)) == list(map(identity, want)):
        return
    if way in text.layout.values:
        arranged(text, way, have, want)
    elif (*way, 0) in text.layout.headers:
        Headed(text, way).arrange(have, [_as_table(item) for item in want])
    else:
        raise Cannot(f"nothing stands at {way}")


def _as_table(item: Any) -> Data:
    return item if isinstance(item, dict) else {"artifact": item}


def _inserted(pieces: dict[str, str], before: str, name: str, piece: str) -> dict[str, str]:
    """``pieces`` with one more after ``before``, or first."""
    found = {} if before in pieces else {name: piece}
    for each, text in pieces.items():
        found[each] = text
        if each == before:
            found[name] = piece
    return found
