"""A text and the ranges of it that are to be replaced."""

from __future__ import annotations

from typing import TYPE_CHECKING

from skillmeat.manifest.position import Layout, Way

if TYPE_CHECKING:
    from tree_sitter import Node

SPACE = b" \t"


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

    def margin(self, offset: int) -> bytes:
        """What stands before an offset on its row."""
        return self.source[self.row_start(offset) : offset]

    def indent(self, offset: int) -> bytes:
        """The white space that the row of an offset begins with."""
        row = self.margin(offset)
        return row[: len(row) - len(row.lstrip(SPACE))]

    def comments_of_their_own(self, way: Way) -> bool:
        """Whether the value has comments inside it that stand on rows of their own."""
        return any(
            child.type == "comment" and not self.margin(child.start_byte).strip()
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
