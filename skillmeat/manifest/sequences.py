"""Items put in, taken out and moved: in an array, and among ``[[tables]]``."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from skillmeat.manifest.matching import steady
from skillmeat.manifest.position import Layout, Way
from skillmeat.manifest.values import value
from skillmeat.manifest.writing import table

if TYPE_CHECKING:
    from tree_sitter import Node

_SPACE = b" \t"
_REST_OF_ROW = re.compile(rb"[ \t]*(,?)[ \t]*(#[^\n]*)?\r?\n")
_COMMENT_ROW = re.compile(rb"[ \t]*#")


class Cannot(Exception):
    """The text is written in a way that is not understood well enough to be changed."""


class Text:
    """A text and the replacements collected for it. Offsets are in bytes; every row ends with a newline."""

    def __init__(self, layout: Layout, newline: str) -> None:
        if not layout.readable:
            raise Cannot("the syntax tree has errors")
        self.layout = layout
        self.source = layout.source
        self.newline = newline
        self.again = False
        self._edits: list[tuple[int, int, bytes]] = []

    def replace(self, start: int, end: int, text: str | bytes) -> None:
        """Put ``text`` in place of a range. A string gets the line ends of the file; bytes are left alone."""
        if isinstance(text, str):
            text = text.replace("\n", self.newline).encode()
        self._edits.append((start, end, text))

    def append(self, lines: str) -> None:
        """Put a table at the end, after an empty line."""
        end = len(self.source)
        self.replace(end, end, f"\n{lines}" if end or self._edits else lines)

    def line_after(self, offset: int, model: int, line: str) -> None:
        """Put a line below the row of ``offset``, indented like the row of ``model``."""
        end = self.row_end(offset)
        self.replace(end, end, self.indent(model).decode() + line + "\n")

    def line_before(self, offset: int, line: str) -> None:
        """Put a line above the row of ``offset``."""
        start = self.row_start(offset)
        self.replace(start, start, self.indent(offset).decode() + line + "\n")

    def remove_lines(self, start: int, end: int) -> None:
        """Take out the rows from one offset to another."""
        self.replace(self.row_start(start), self.row_end(end), b"")

    def done(self) -> str:
        """The text with everything replaced. Raises ``Cannot`` when two replacements meet."""
        out: list[bytes] = []
        at = 0
        for start, end, text in sorted(self._edits, key=lambda edit: edit[:2]):
            if start < at:
                raise Cannot("two changes overlap")
            out += (self.source[at:start], text)
            at = end
        return b"".join((*out, self.source[at:])).decode()

    def slice(self, start: int, end: int) -> str:
        """A range of the text."""
        return self.source[start:end].decode()

    def row_start(self, offset: int) -> int:
        """Where the row of an offset begins."""
        return self.source.rfind(b"\n", 0, offset) + 1

    def row_end(self, offset: int) -> int:
        """Where the next row begins."""
        return self.source.find(b"\n", offset) + 1

    def indent(self, offset: int) -> bytes:
        """The white space that the row of an offset begins with."""
        row = self.source[self.row_start(offset) : offset]
        return row[: len(row) - len(row.lstrip(_SPACE))]

    def comments_of_their_own(self, way: Way) -> bool:
        """Whether the value has comments inside it that stand on rows of their own."""
        return any(
            child.type == "comment"
            and not self.source[self.row_start(child.start_byte) : child.start_byte].strip()
            for child in self.layout.values[way].children
        )

    def padding(self, node: Node, spans: list[tuple[int, int]], default: bytes) -> tuple[str, str, str]:
        """What stands in brackets before the first item, between the first two, and after the last one."""
        pad = default.decode()
        if not spans:
            return pad, ", ", pad
        middle = self.slice(spans[0][1], spans[1][0]) if len(spans) > 1 else ", "
        return (
            self.slice(node.start_byte + 1, spans[0][0]),
            middle,
            self.slice(spans[-1][1], node.end_byte - 1),
        )


# ------------------------------------------------------------------ arrays


@dataclass(slots=True)
class _Item:
    """An item of an array: its value from ``start`` to ``end``, and what belongs to it.

    ``comma`` is where its comma ends, or 0. ``close`` is where its row is done with it: behind its comma and
    its comment. ``lead`` is where the comment rows just above it begin, or its own row. ``alone`` says that
    its rows hold nothing else, ``single`` that no other item ends or begins on them.
    """

    start: int
    end: int
    comma: int = 0
    close: int = 0
    lead: int = 0
    alone: bool = False
    single: bool = True


def arranged(text: Text, way: Way, have: list[Any], want: list[Any]) -> None:
    """Make the array at ``way`` hold ``want``; items that are in both are taken to be equal."""
    node = text.layout.values[way]
    if b"\n" not in text.source[node.start_byte : node.end_byte]:
        _on_one_row(text, node, have, want)
        return
    items = _items(text, node)
    if len(items) != len(have):
        raise Cannot("an array has other items than its data")
    kept, still = steady(have, want)
    first_gone = next((items[i] for i in range(len(items)) if i not in kept), None)
    closes_a_row = not text.source[text.row_start(node.end_byte - 1) : node.end_byte - 1].strip(_SPACE)
    moving = len(still) < len(kept)
    if (moving and not all(item.alone for item in items)) or (
        want and not still and not (first_gone.alone if first_gone else closes_a_row)
    ):
        _explode(text, node)
        text.again = True
        return
    for index, item in enumerate(items):
        if index not in kept:
            before = items[index - 1] if index and index - 1 in still else None
            _cut(text, node, item, before)
        elif index not in still:
            text.replace(item.lead, text.row_end(item.end), b"")
    _put(text, node, items, kept, still, want)


def _on_one_row(text: Text, node: Node, have: list[Any], want: list[Any]) -> None:
    spans = [(child.start_byte, child.end_byte) for child in node.named_children]
    kept, _ = steady(have, want)
    sources = {place: text.slice(*spans[index]) for index, place in kept.items()}
    left, middle, right = text.padding(node, spans, b"")
    inner = middle.join(sources.get(place) or value(item) for place, item in enumerate(want))
    text.replace(node.start_byte, node.end_byte, f"[{left}{inner}{right}]" if inner else "[]")


def _items(text: Text, node: Node) -> list[_Item]:
    found: list[_Item] = []
    own_rows = set()
    for child in node.children[1:-1]:
        start = text.row_start(child.start_byte)
        if child.type == "comment" and not text.source[start : child.start_byte].strip():
            own_rows.add(start)
        elif child.type == "comment":
            if found and text.row_start(found[-1].close) == start:
                found[-1].close = child.end_byte
        elif child.type == ",":
            found[-1].comma = child.end_byte
            if text.row_start(found[-1].end) == start:
                found[-1].close = child.end_byte
        else:
            item = _Item(child.start_byte, child.end_byte, close=child.end_byte)
            if found and text.row_start(found[-1].end) == start:
                item.single = found[-1].single = False
            found.append(item)
    for item in found:
        item.lead = text.row_start(item.start)
        while (above := text.row_start(item.lead - 1)) in own_rows:
            item.lead = above
        rest = _REST_OF_ROW.match(text.source, item.end)
        before = text.source[text.row_start(item.start) : item.start].strip(_SPACE)
        item.alone = not before and rest is not None and bool(rest[1]) == bool(item.comma)
    return found


def _cut(text: Text, node: Node, item: _Item, before: _Item | None) -> None:
    """Take an item out, with its comma and its comment. The comments above it stay."""
    if item.alone:
        text.remove_lines(item.start, item.end)
        return
    start, end = item.start, max(item.end, item.comma)
    if item.single and item.close > end:
        end = item.close
    while text.source[end : end + 1] in (b" ", b"\t"):
        end += 1
    if not item.comma and before and text.row_start(before.comma) == text.row_start(start):
        start = before.end
    if text.source[end : end + 1] in (b"\r", b"\n"):
        while text.source[start - 1 : start] in (b" ", b"\t"):
            start -= 1
        if start == text.row_start(start):
            end = text.row_end(end)
    text.replace(start, end, b"")


def _put(
    text: Text, node: Node, items: list[_Item], kept: dict[int, int], still: set[int], want: list[Any]
) -> None:
    """Put every new and every moved item behind the one that it follows."""
    origin = {place: index for index, place in kept.items()}
    anchor: _Item | None = None
    runs: list[tuple[_Item | None, list[int]]] = [(None, [])]
    for place in range(len(want)):
        if origin.get(place) in still:
            anchor = items[origin[place]]
            runs.append((anchor, []))
        else:
            runs[-1][1].append(place)
    trailing = not items or bool(items[-1].comma)
    first = runs[1][0] if len(runs) > 1 else None
    for anchor, places in runs:
        if not places:
            continue
        moved = {p: _moved(text, items[origin[p]]) for p in places if p in origin}
        fresh = {p: value(want[p]).encode() for p in places if p not in origin}
        ends = places[-1] == len(want) - 1
        model = anchor or first or (items[0] if items else None)
        if model is None or model.alone:
            indent = text.indent(model.start) if model else _indent(text, node)
            rows = [moved.get(p) or indent + fresh[p] + b"," + text.newline.encode() for p in places]
            if ends and not trailing and places[-1] in fresh:
                rows[-1] = indent + fresh[places[-1]] + text.newline.encode()
            if anchor and not anchor.comma:
                text.replace(anchor.end, anchor.end, b",")
            at = (
                text.row_end(anchor.end)
                if anchor
                else model.lead
                if model
                else text.row_start(node.end_byte - 1)
            )
            text.replace(at, at, b"".join(rows))
        elif anchor and anchor.single and not _comma_elsewhere(text, anchor):
            margin = text.source[text.row_start(anchor.start) : anchor.start]
            indent = text.newline.encode() + re.sub(rb"[^ \t]", b" ", margin)
            if not anchor.comma:
                text.replace(anchor.end, anchor.end, b",")
            rows = [indent + fresh[p] + b"," for p in places]
            if ends and not trailing:
                rows[-1] = rows[-1][:-1]
            text.replace(anchor.close, anchor.close, b"".join(rows))
        elif anchor:
            text.replace(anchor.end, anchor.end, b"".join(b", " + fresh[p] for p in places))
        elif first:
            text.replace(first.start, first.start, b"".join(fresh[p] + b", " for p in places))


def _moved(text: Text, item: _Item) -> bytes:
    """The rows of an item, comments above it included, with a comma behind it."""
    rows = text.source[item.lead : text.row_end(item.end)]
    if item.comma:
        return rows
    cut = item.end - item.lead
    return rows[:cut] + b"," + rows[cut:]


def _comma_elsewhere(text: Text, item: _Item) -> bool:
    return bool(item.comma) and text.row_start(item.comma) != text.row_start(item.end)


def _indent(text: Text, node: Node) -> bytes:
    """How far the items of an array that has none would be indented."""
    comments = [child for child in node.children if child.type == "comment"]
    own = [child for child in comments if text.row_start(child.start_byte) > node.start_byte]
    return text.indent(own[0].start_byte) if own else text.indent(node.start_byte) + b"  "


def _explode(text: Text, node: Node) -> None:
    """Put every item on a row of its own, with the comments it has."""
    base = text.indent(node.start_byte)
    out = [b"["]
    row = node.start_point.row
    for child in node.children[1:-1]:
        if child.type == ",":
            continue
        source = text.source[child.start_byte : child.end_byte].rstrip(b"\r")
        if child.type != "comment":
            out.append(text.newline.encode() + base + b"  " + source + b",")
        elif child.start_point.row == row:
            out.append(b" " + source)
        else:
            out.append(text.newline.encode() + base + b"  " + source)
        row = child.end_point.row
    text.replace(node.start_byte, node.end_byte, b"".join(out) + text.newline.encode() + base + b"]")


# ------------------------------------------------------------------ tables


@dataclass(frozen=True, slots=True)
class _Block:
    """The rows of a ``[[table]]``, ``start`` to ``end``; ``lead`` is where the comment just above begins."""

    lead: int
    start: int
    end: int


class Headed:
    """An array whose items are ``[[tables]]``."""

    def __init__(self, text: Text, way: Way) -> None:
        self.text = text
        self.name = str(way[-1])
        layout = text.layout
        nodes = [*layout.headers.values(), *layout.values.values()]
        self._ends = sorted(self._row_end_of(node) for node in nodes)
        last: dict[Way, int] = {}
        for each, node in layout.values.items():
            if each[: len(way)] == way and len(each) > len(way):
                place = each[: len(way) + 1]
                last[place] = max(last.get(place, 0), node.end_byte)
        self.blocks = []
        index = 0
        while header := layout.headers.get((*way, index)):
            end = text.row_end(max(header.start_byte, last.get((*way, index), 0)))
            self.blocks.append(self._block(text.row_start(header.start_byte), end))
            index += 1

    def arrange(self, have: list[Any], want: list[Any]) -> None:
        """Make the tables be ``want``; those that are in both are taken to be equal."""
        if len(self.blocks) != len(have):
            raise Cannot("there are other tables than the data has")
        text = self.text
        kept, still = steady(have, want)
        origin = {place: index for index, place in kept.items()}
        spaced = any(self._blank_above(block.lead) for block in self.blocks)
        gap = text.newline.encode() if spaced else b""
        for index, block in enumerate(self.blocks):
            if index not in still:
                start = block.lead if index in kept else block.start
                if self._blank_above(start):
                    start = text.row_start(start - 1)
                text.replace(start, block.end, b"")
        anchor: _Block | None = None
        first = next((self.blocks[index] for index in sorted(still)), None)
        for place, item in enumerate(want):
            if origin.get(place) in still:
                anchor = self.blocks[origin[place]]
                continue
            if place in origin:
                block = self.blocks[origin[place]]
                rows = text.source[block.lead : block.end]
            else:
                rows = table(f"[[{self.name}]]", item).replace("\n", text.newline).encode()
            if anchor is None and first:
                text.replace(first.lead, first.lead, rows + gap)
            else:
                at = anchor.end if anchor else self.blocks[0].end
                text.replace(at, at, gap + rows)

    def _row_end_of(self, node: Node) -> int:
        header = node.type in ("table", "table_array_element")
        return self.text.row_end(node.start_byte if header else node.end_byte)

    def _block(self, start: int, end: int) -> _Block:
        place = bisect_right(self._ends, start)
        bound = self._ends[place - 1] if place else 0
        lead = start
        while lead > bound and _COMMENT_ROW.match(self.text.source, above := self.text.row_start(lead - 1)):
            lead = above
        return _Block(lead, start, end)

    def _blank_above(self, start: int) -> bool:
        if not start:
            return False
        return not self.text.source[self.text.row_start(start - 1) : start].strip()
