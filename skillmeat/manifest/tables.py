"""Tables put among ``[[tables]]``, taken out and moved."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from skillmeat.manifest.matching import steady
from skillmeat.manifest.position import Way
from skillmeat.manifest.ranges import Cannot, Text
from skillmeat.manifest.writing import table

if TYPE_CHECKING:
    from tree_sitter import Node

_COMMENT_ROW = re.compile(rb"[ \t]*#")


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
