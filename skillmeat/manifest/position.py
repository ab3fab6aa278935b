"""Where in a file a key stands.

tree-sitter gives the syntax tree; it is imported and used only when there is something to point at or
something to edit. It is only ever given text that ``reading.parse`` accepts, so neither its error recovery
nor deep nesting is ever met.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import tomli

from skillmeat.manifest.reading import parse

if TYPE_CHECKING:
    from tree_sitter import Node

LIMIT = 8 * 1024 * 1024
"""Above this many bytes only line 1 is given: nobody looks for a key in a lock that large."""

Way = tuple[str | int, ...]
"""The keys and indexes that lead to a value: ``("groups", 1, "artifacts", 0)``."""

_STEP = re.compile(r"\[(\d+)\]|(?:^|\.)([^.\[\]]+)")


def position(text: str, key: str) -> tuple[int, int]:
    """The line and the column, in characters and from 1, of the key or item that ``key`` leads to.

    ``key`` is spelled ``associations[0].artifact``. When the file does not hold it, the nearest thing
    above it is meant: for a key that is missing its table, in the end line 1. So it is for text that is
    not TOML.
    """
    return Layout.of(text).place(way_of(key))


def way_of(key: str) -> Way:
    """The parts of a spelled key."""
    return tuple(int(index) if index else name for index, name in _STEP.findall(key))


def spelled(way: Way) -> str:
    """``("tags", 2)`` as ``tags[2]``."""
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in way).removeprefix(".")


class Repeated(NamedTuple):
    """A key or a table that stands in a file twice: its name, what it is and in which line it was first that.

    ``was_table`` differs from ``is_table`` for what is a value in one place and a table in the other.
    """

    name: str
    was_table: bool
    is_table: bool
    first: int
    line: int
    column: int


def repeated(text: str) -> Repeated | None:
    """The last key or table of a text when it stood there before, given that all else is TOML."""
    source = text.encode("utf-8", "replace")
    root = _tree(source)
    values: dict[Way, Node] = {}
    tables: dict[Way, Node] = {}
    dotted: dict[Way, Node] = {}
    counts: dict[Way, int] = {}
    found = None
    for node in root.named_children if not root.has_error else ():
        table: Way = ()
        if node.type in ("table", "table_array_element"):
            parts = [part for part, _ in key_parts(node.named_children[0])]
            for place, part in enumerate(parts, 1):
                table = (*table, part)
                if table in counts and place < len(parts):
                    table = (*table, counts[table])
            if node.type == "table_array_element":
                counts[table] = counts.get(table, -1) + 1
                table = (*table, counts[table])
            elif first := values.get(table) or tables.get(table):
                found = table, node, first, table in tables, True
            tables[table] = node
        for pair in (each for each in (node, *node.named_children) if each.type == "pair"):
            way = table
            keys = [part for part, _ in key_parts(pair.named_children[0])]
            for part in keys[:-1]:
                way = (*way, part)
                dotted.setdefault(way, pair)
                if first := values.get(way):
                    found = way, pair, first, False, True
            way = (*way, keys[-1])
            if first := values.get(way) or tables.get(way) or dotted.get(way):
                found = way, pair, first, way not in values, False
            values.setdefault(way, pair)
    if found is None:
        return None
    way, node, first, was_table, is_table = found
    name = spelled(tuple(step for step in way if isinstance(step, str)))
    return Repeated(name, was_table, is_table, _place(source, first)[0], *_place(source, node))


def _tree(source: bytes) -> Node:
    import tree_sitter_toml
    from tree_sitter import Language, Parser

    return Parser(Language(tree_sitter_toml.language())).parse(source).root_node


def _place(source: bytes, node: Node) -> tuple[int, int]:
    """The line and the column of a node, in characters and from 1."""
    start = node.start_byte
    before = source[source.rfind(b"\n", 0, start) + 1 : start]
    return node.start_point.row + 1, len(before.decode("utf-8", "replace")) + 1


class Layout:
    """The syntax tree of a text, by the way to each value.

    ``source`` is the text as bytes, to which all offsets refer. ``pairs`` are the nodes of ``key = value``;
    a key with dots has an entry for every part. ``values`` are the nodes of values, array items included;
    ``headers`` those of ``[table]`` and ``[[table]]``. A text that cannot be parsed has none of
    them and is not ``readable``.
    """

    def __init__(self, text: str) -> None:
        self.source = text.encode("utf-8", "replace")
        self.pairs: dict[Way, Node] = {}
        self.values: dict[Way, Node] = {}
        self.headers: dict[Way, Node] = {}
        self.readable = False
        self._places: dict[Way, Node] = {}
        if isinstance(parse(self.source, "", LIMIT), dict):
            self._read()

    @staticmethod
    @lru_cache(maxsize=2)
    def of(text: str) -> Layout:
        """The layout of a text; the last two are kept, since problems come by the file."""
        return Layout(text)

    def place(self, way: Way) -> tuple[int, int]:
        """What ``position`` gives, for a way."""
        for length in range(len(way), 0, -1):
            if node := self._places.get(way[:length]):
                return _place(self.source, node)
        return 1, 1

    def _read(self) -> None:
        root = _tree(self.source)
        if root.has_error:
            return
        self.readable = True
        counts: dict[Way, int] = {}
        for node in root.named_children:
            if node.type == "pair":
                self._pair((), node)
            elif node.type in ("table", "table_array_element"):
                self._table(node, counts)

    def _table(self, node: Node, counts: dict[Way, int]) -> None:
        way: Way = ()
        parts = list(key_parts(node.named_children[0]))
        for part, key in parts:
            way = (*way, part)
            last = key is parts[-1][1]
            if last and node.type == "table_array_element":
                counts[way] = counts.get(way, 0) + 1
            self._places.setdefault(way, node)
            if way in counts:
                way = (*way, counts[way] - 1)
                self._places.setdefault(way, node)
        self.headers[way] = node
        self._places[way] = node
        for child in node.named_children[1:]:
            if child.type == "pair":
                self._pair(way, child)

    def _pair(self, way: Way, node: Node) -> None:
        key, value = (child for child in node.named_children[:3] if child.type != "comment")
        for part, part_node in key_parts(key):
            way = (*way, part)
            self.pairs[way] = node
            self._places.setdefault(way, part_node)
        self._value(way, value)

    def _value(self, way: Way, node: Node) -> None:
        self.values[way] = node
        if node.type == "inline_table":
            for child in node.named_children:
                if child.type == "pair":
                    self._pair(way, child)
        elif node.type == "array":
            items = (child for child in node.named_children if child.type != "comment")
            for index, item in enumerate(items):
                self._places[*way, index] = item
                self._value((*way, index), item)


def key_parts(node: Node) -> Iterator[tuple[str, Node]]:
    """The parts of a key as strings without quotes, each with its node."""
    if node.type == "dotted_key":
        for child in node.named_children:
            yield from key_parts(child)
    else:
        text = (node.text or b"").decode()
        yield (text if node.type == "bare_key" else next(iter(tomli.loads(f"{text} = 0")))), node
