"""Items put into an array, taken out and moved."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from skillmeat.manifest.matching import steady
from skillmeat.manifest.position import Way
from skillmeat.manifest.ranges import SPACE, Cannot, Text
from skillmeat.manifest.values import value

if TYPE_CHECKING:
    from tree_sitter import Node

_REST_OF_ROW = re.compile(rb"[ \t]*(,?)[ \t]*(#[^\n]*)?\r?\n")


@dataclass(slots=True)
class _Item:
    """An item of an array: its value from ``start`` to ``end``, and what belongs to it.

    ``comma`` is where its comma ends, or 0. ``close`` is where its row is done with it: behind its comma and
    its comment. ``lead`` is where the comment rows just above it begin, or its own row. ``alone`` says that
    its rows hold nothing else, ``first`` and ``last`` that no item is before or behind it on them.
    """

    start: int
    end: int
    comma: int = 0
    close: int = 0
    lead: int = 0
    alone: bool = False
    first: bool = True
    last: bool = True

    @property
    def single(self) -> bool:
        """Whether no other item ends or begins on its rows."""
        return self.first and self.last


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
    closes_a_row = not text.margin(node.end_byte - 1).strip(SPACE)
    moving = len(still) < len(kept)
    if (moving and not all(item.alone for item in items)) or (
        want and not still and not (first_gone.alone if first_gone else closes_a_row)
    ):
        _explode(text, node)
        text.again = True
        return
    gone: list[_Item] = []
    for index, item in enumerate(items):
        if index in kept:
            if index not in still:
                text.replace(item.lead, text.row_end(item.end), b"")
        elif gone and index - 1 not in kept and not item.first:  # two of one row go together
            last = gone[-1]
            gone[-1] = _Item(
                last.start, item.end, item.comma, item.close, last.lead, False, last.first, item.last
            )
            gone[-1].alone = _is_alone(text, gone[-1])
        else:
            gone.append(item)
    ends = {item.comma: item for index, item in enumerate(items) if index in still}
    for item in gone:
        _cut(text, item, ends)
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
        if child.type == "comment" and not text.margin(child.start_byte).strip():
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
                item.first = found[-1].last = False
            found.append(item)
    for item in found:
        item.lead = text.row_start(item.start)
        while (above := text.row_start(item.lead - 1)) in own_rows:
            item.lead = above
        item.alone = _is_alone(text, item)
    return found


def _is_alone(text: Text, item: _Item) -> bool:
    rest = _REST_OF_ROW.match(text.source, item.end)
    return not text.margin(item.start).strip(SPACE) and rest is not None and bool(rest[1]) == bool(item.comma)


def _cut(text: Text, item: _Item, kept: dict[int, _Item]) -> None:
    """Take an item out, with its comma and its comment. The comments above it stay."""
    if item.alone:
        text.remove_lines(item.start, item.end)
        return
    start, end = item.start, max(item.end, item.comma)
    if item.single and item.close > end:
        end = item.close
    while text.source[end : end + 1] in (b" ", b"\t"):
        end += 1
    before = text.row_start(start) + len(text.margin(start).rstrip(SPACE))
    if not item.comma and before in kept:  # the comma before the last item, on its row
        start = kept[before].end
    if text.source[end : end + 1] in (b"\r", b"\n"):
        start = min(start, before)
        if start == text.row_start(start):
            end = text.row_end(end)
    text.replace(start, end, b"")


def _put(
    text: Text, node: Node, items: list[_Item], kept: dict[int, int], still: set[int], want: list[Any]
) -> None:
    """Put every new and every moved item behind the one that it follows."""
    origin = {place: index for index, place in kept.items()}
    runs: list[tuple[_Item | None, list[bytes]]] = [(None, [])]
    fresh = False
    for place, data in enumerate(want):
        index = origin.get(place)
        fresh = index is None
        if index is None:
            runs[-1][1].append(value(data).encode())
        elif index in still:
            runs.append((items[index], []))
        else:
            runs[-1][1].append(_moved(text, items[index]))
    first = runs[1][0] if len(runs) > 1 else items[0] if items else None
    open_end = fresh and bool(items) and not items[-1].comma  # no comma behind the last item
    for number, (anchor, pieces) in enumerate(runs):
        if not pieces:
            continue
        model = anchor or first
        bare = open_end and number == len(runs) - 1
        if model is None or model.alone:
            _put_rows(text, node, anchor, model, pieces, bare)
        elif anchor and anchor.single and not _comma_elsewhere(text, anchor):
            _put_hanging(text, anchor, pieces, bare)
        elif anchor:
            text.replace(anchor.end, anchor.end, b"".join(b", " + piece for piece in pieces))
        else:
            text.replace(model.start, model.start, b"".join(piece + b", " for piece in pieces))


def _put_rows(
    text: Text, node: Node, anchor: _Item | None, model: _Item | None, pieces: list[bytes], bare: bool
) -> None:
    """Rows below that of ``anchor``, or at the head, like that of ``model``; what moves is rows already."""
    newline = text.newline.encode()
    indent = text.indent(model.start) if model else _indent(text, node)
    rows = [piece if piece.endswith(b"\n") else indent + piece + b"," + newline for piece in pieces]
    if bare:
        rows[-1] = indent + pieces[-1] + newline
    if anchor:
        if not anchor.comma:
            text.replace(anchor.end, anchor.end, b",")
        at = text.row_end(anchor.end)
    else:
        at = model.lead if model else text.row_start(node.end_byte - 1)
    text.replace(at, at, b"".join(rows))


def _put_hanging(text: Text, anchor: _Item, pieces: list[bytes], bare: bool) -> None:
    """Rows below that of ``anchor``, which holds a bracket too, each beginning where its item does."""
    indent = text.newline.encode() + re.sub(rb"[^ \t]", b" ", text.margin(anchor.start))
    if not anchor.comma:
        text.replace(anchor.end, anchor.end, b",")
    rows = b"".join(indent + piece + b"," for piece in pieces)
    text.replace(anchor.close, anchor.close, rows[:-1] if bare else rows)


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
    """Put every item, its comma behind it, and the closing bracket on rows of their own."""
    base = text.newline.encode() + text.indent(node.start_byte)
    item_indent = base + b"  "
    for child in node.named_children:
        if child.type != "comment" and not text.margin(child.start_byte).strip(SPACE):
            item_indent = text.newline.encode() + text.indent(child.start_byte)
            break
    item_end = 0
    for child in node.children[1:]:
        start = child.start_byte
        if child.type == ",":
            if text.row_start(start) != text.row_start(item_end):
                text.replace(start, start + 1, b"")
                text.replace(item_end, item_end, b",")
        elif child.type != "comment":
            item_end = child.end_byte
            margin = text.margin(start)
            if margin.strip(b" \t,"):
                gap = len(margin) - len(margin.rstrip(SPACE))
                text.replace(start - gap, start, base if child.type == "]" else item_indent)
