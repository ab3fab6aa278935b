"""The comments that the other side added, changed or took away, carried over to a merged text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any, NamedTuple

from skillmeat.manifest import parse
from skillmeat.manifest.entries import Array, Entry, Reader, Table
from skillmeat.manifest.grammar import tokens
from skillmeat.manifest.layout import comments
from skillmeat.manifest.matching import numbered
from skillmeat.manifest.position import Layout, Way
from skillmeat.manifest.ranges import Cannot, Text
from skillmeat.manifest.surgery import newline_of

Step = str | tuple[str, int]
"""A key, or what an item of a list is called with how many of that name come before it."""


class Comment(NamedTuple):
    """A comment and what it belongs to: ``slot`` is above, behind, tail (of a table or list), head or end."""

    line: str
    way: tuple[Step, ...]
    slot: str


class _Written(NamedTuple):
    """Where in a text a comment stands, in bytes; ``alone`` says that it has a row of its own."""

    start: int
    end: int
    alone: bool


def carried(text: str, base: str, start: str, other: str) -> str:
    """``text``, which was made from ``start``, with what ``other`` did to the comments of ``base``.

    A new comment goes where it stands in ``other``, in the place of one that it replaces there; when what it
    belongs to is gone, above the nearest thing that is left, or away if it stood behind. A comment that
    ``other`` took away goes, unless what it belongs to went too, or ``start`` has it more or less often than
    ``base``. The data may come out wrong in odd layouts: compare. Raises ``ranges.Cannot``.
    """
    added, gone = _changes(text, base, start, other)
    if not added and not gone:
        return text
    newline = newline_of(text)
    complete = not text or text.endswith("\n")
    page = _Page(Text(Layout(text if complete else text + newline), newline))
    before = {(comment.way, comment.slot): comment.line for comment in _placed(base) if comment.line in gone}
    for comment in added:
        old = before.pop((comment.way, comment.slot), None)
        if old is not None:
            page.replace(old, comment.line)
            gone.discard(old)
        else:
            page.add(comment)
    for line in sorted(gone):
        page.remove(line)
    done = page.text.done()
    return done if complete else done.rstrip("\r\n")


def appended(text: str, base: str, start: str, other: str) -> str:
    """``text`` with the new comments of ``other`` at its end: what always works."""
    added, _ = _changes(text, base, start, other)
    if not added:
        return text
    newline = newline_of(text)
    complete = not text or text.endswith("\n")
    lines = newline.join(comment.line for comment in added)
    return f"{text}{'' if complete else newline}{lines}{newline if complete else ''}"


def missing(text: str, base: str, start: str, other: str) -> bool:
    """Whether a new comment of ``other`` that ought to be in ``text`` is not."""
    return bool(_changes(text, base, start, other)[0])


def _changes(text: str, base: str, start: str, other: str) -> tuple[list[Comment], set[str]]:
    """The comments to be added, in their order, and those to be taken away."""
    in_base, in_start, in_other, have = map(comments, (base, start, other, text))
    due: Counter[str] = Counter()
    gone = set()
    for line in in_base | in_other:
        b, s, o = in_base[line], in_start[line], in_other[line]
        if o > b:
            due[line] = min(o - b, max(s, o) - have[line])
        elif o < b == s == have[line] == 1:
            gone.add(line)
    if gone:
        kept = set(_ways(Reader(_plain(other)).document().root))
        gone = {each.line for each in _placed(base) if each.line in gone and each.way in kept}
    added: list[Comment] = []
    known = set(_placed(base)) if due else set()
    left = set(_ways(Reader(_plain(text)).document().root)) if due else set()
    for comment in _placed(other) if due else ():
        if due[comment.line] > 0 and comment not in known:
            due[comment.line] -= 1
            if comment.slot != "behind" or comment.way in left:
                added.append(comment)
    return added, gone


def _plain(text: str) -> str:
    return text.replace("\r\n", "\n")


# ------------------------------------------------------------------ finding


def _placed(text: str) -> Iterator[Comment]:
    """Every comment of a text, in order, with what it belongs to."""
    document = Reader(_plain(text)).document()
    yield from (Comment(line, (), "head") for line in document.head if line)
    yield from _in_table(document.root, ())
    yield from (Comment(line, (), "end") for line in document.tail if line)


def _in_table(table: Table, way: tuple[Step, ...]) -> Iterator[Comment]:
    for name, entry in table.entries.items():
        yield from _of_entry(entry, (*way, name))
    yield from (Comment(line, way, "tail") for line in table.tail if line)


def _of_entry(entry: Entry, way: tuple[Step, ...]) -> Iterator[Comment]:
    yield from (Comment(line, way, "above") for line in entry.above if line)
    if isinstance(entry.data, Table):
        yield from _in_table(entry.data, way)
    elif isinstance(entry.data, Array):
        for step, item in zip(_names(_data(entry.data)), entry.data.items, strict=True):
            yield from _of_entry(item, (*way, step))
        yield from (Comment(line, way, "tail") for line in entry.data.tail if line)
    if entry.behind:
        yield Comment(entry.behind, way, "behind")


def _ways(data: Any, way: tuple[Step, ...] = ()) -> Iterator[tuple[Step, ...]]:
    """The way to everything that a comment can belong to."""
    yield way
    if isinstance(data, Table):
        for name, entry in data.entries.items():
            yield from _ways(entry.data, (*way, name))
    elif isinstance(data, Array):
        for step, item in zip(_names(_data(data)), data.items, strict=True):
            yield from _ways(item.data, (*way, step))


def _data(value: Any) -> Any:
    if isinstance(value, Table):
        return {name: _data(entry.data) for name, entry in value.entries.items()}
    return [_data(item.data) for item in value.items] if isinstance(value, Array) else value


def _names(items: list[Any]) -> list[tuple[str, int]]:
    if any(isinstance(item, list) for item in items):
        return [("", index) for index in range(len(items))]
    return [(str(name), count) for name, count in numbered(items)]


# ------------------------------------------------------------------ writing


class _Page:
    """A text, where things stand in it, and the changes of its comments."""

    def __init__(self, text: Text) -> None:
        self.text = text
        source = text.source.decode()
        self.data = parse(text.source, "")
        self.written: dict[str, _Written] = {}
        self.commented: set[int] = set()
        offset = at = 0
        for token in tokens(source):
            if token.kind == "comment":
                offset, at = offset + len(source[at : token.start].encode()), token.start
                end = offset + len(token.text.rstrip().encode())
                row = text.row_start(offset)
                self.written[token.text.rstrip()] = _Written(offset, end, not text.margin(offset).strip())
                self.commented.add(row)

    def replace(self, old: str, new: str) -> None:
        """Put a comment in the place of another."""
        place = self.written[old]
        self.text.replace(place.start, place.end, new)

    def remove(self, line: str) -> None:
        """Take a comment away."""
        place = self.written[line]
        if place.alone:
            self.text.remove_lines(place.start, place.end)
        else:
            margin = self.text.margin(place.start)
            self.text.replace(place.start - (len(margin) - len(margin.rstrip())), place.end, b"")

    def add(self, comment: Comment) -> None:
        """Put a comment where it belongs, or as near as can be."""
        if comment.slot == "head":
            has_head = bool(Reader(_plain(self.text.source.decode())).document().head)
            self.text.replace(0, 0, f"{comment.line}\n" if has_head else f"{comment.line}\n\n")
            return
        way = self._index_way(comment.way)
        if comment.slot == "end" or not way:
            self._append(comment.line)
        elif len(way) < len(comment.way) or comment.slot == "above":
            self._above(way, comment.line)
        elif comment.slot == "behind":
            self._behind(way, comment.line)
        else:
            self._below(way, comment.line)

    def _append(self, line: str) -> None:
        end = len(self.text.source)
        self.text.replace(end, end, f"{line}\n")

    def _index_way(self, way: tuple[Step, ...]) -> Way:
        """The way to what is there, by indexes, as far as it leads."""
        found: Way = ()
        data: Any = self.data
        for step in way:
            if isinstance(step, str) and isinstance(data, dict) and step in data:
                found, data = (*found, step), data[step]
            elif isinstance(data, list) and step in (names := _names(data)):
                index = names.index(step)
                found, data = (*found, index), data[index]
            else:
                break
        return found

    def _start(self, way: Way) -> int | None:
        layout = self.text.layout
        for each in (way, (*way, 0)):
            node = layout.headers.get(each) or layout.pairs.get(each) or layout.values.get(each)
            if node:
                return node.start_byte
        return None

    def _above(self, way: Way, line: str) -> None:
        start = self._start(way)
        if start is None:
            self._append(line)
        else:
            self.text.line_before(start, line)

    def _behind(self, way: Way, line: str) -> None:
        layout = self.text.layout
        header, value = layout.headers.get(way), layout.values.get(way)
        end = header.start_byte if header else value.end_byte if value else None
        if end is None or (row := self.text.row_start(end)) in self.commented:
            self._above(way, line)
            return
        self.commented.add(row)
        close = self.text.row_end(end) - len(self.text.newline)
        self.text.replace(close, close, f" {line}")

    def _below(self, way: Way, line: str) -> None:
        """At the end of a table or of a list that stands on several rows."""
        values = self.text.layout.values
        node = values.get(way)
        if node and node.type == "array" and not self.text.margin(node.end_byte - 1).strip():
            self.text.line_before(node.end_byte - 1, line)
            return
        ends = [each.end_byte for place, each in values.items() if place[: len(way)] == way]
        if not ends:
            raise Cannot("an empty table")
        self.text.line_after(max(ends), self._start(way) or 0, line)
