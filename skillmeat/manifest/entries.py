"""A manifest's text as entries: every value with the comments that belong to it.

A comment on the line of a value, an item or a header belongs to that; one on a line of its own belongs to
what comes next. But the block at the head of the file that an empty line ends stays at the head, and so does
a line that names the schema; what follows the last statement stays at the end, and a block that stands
directly below a table, with an empty line before the next header, stays there.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import tomli

from skillmeat.manifest.grammar import Token, tokens
from skillmeat.manifest.writing import DIRECTIVE
from skillmeat.model import Part


@dataclass(slots=True)
class Entry:
    """A value and its comments: the lines above it (an empty line is ``""``) and the one behind it."""

    data: Any
    above: list[str] = field(default_factory=list)
    behind: str = ""

    def line(self, text: str) -> str:
        """The text with the comment behind it."""
        return f"{text} {self.behind}" if self.behind else text


@dataclass(slots=True)
class Table:
    entries: dict[str, Entry] = field(default_factory=dict)
    tail: list[str] = field(default_factory=list)

    def at(self, way: Iterable[str]) -> Table:
        """The table at the end of a way, made where there is none; of an array it is the last."""
        table = self
        for step in way:
            data = table.entries.setdefault(step, Entry(Table())).data
            table = data.items[-1].data if isinstance(data, Array) else data
        return table

    def ordered(self, part: type[Part] | None) -> list[tuple[str, Entry]]:
        """The entries in the order of the model; those it does not know come last, as they are."""
        order = {name: place for place, name in enumerate(part.model_fields)} if part else {}
        return sorted(self.entries.items(), key=lambda item: order.get(item[0], len(order)))


@dataclass(slots=True)
class Array:
    items: list[Entry] = field(default_factory=list)
    tail: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Document:
    root: Table = field(default_factory=Table)
    head: list[str] = field(default_factory=list)
    tail: list[str] = field(default_factory=list)


# ------------------------------------------------------------------ reading


class Reader:
    """A text that is valid TOML 1.0, with LF line ends, to its entries."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = list(tokens(text))
        self.at = 0

    def document(self) -> Document:
        """The whole text."""
        found = Document()
        here = found.root
        run: list[str] = []
        begun = False
        while self.at < len(self.tokens):
            token = self._next()
            if token.kind == "newline":
                run.append("")
            elif token.kind == "comment":
                run.append(token.text.rstrip())
                self._end_of_line()
            else:
                above, run = _one_empty_line(run), []
                is_header = token.text == "["
                if not begun:
                    above = _split_head(above, found.head)
                elif is_header:
                    above = _split_tail(above, here.tail)
                begun = True
                self.at -= 1
                if is_header:
                    here = self._header(found.root, above)
                else:
                    self._pair(here, above)
        found.tail = _one_empty_line(run)
        return found

    def _next(self) -> Token:
        token = self.tokens[self.at]
        self.at += 1
        return token

    def _end_of_line(self) -> str:
        """The comment at the end of a statement, if there is one; the line is read to its end."""
        comment = ""
        while self.at < len(self.tokens):
            token = self._next()
            if token.kind == "newline":
                break
            comment = token.text.rstrip()
        return comment

    def _header(self, root: Table, above: list[str]) -> Table:
        self._next()
        many = self.tokens[self.at].text == "["
        *way, name = self._key("]", skip=many)
        if many:
            self._next()
        table = root.at(way)
        if many:
            entry = Entry(Table())
            table.entries.setdefault(name, Entry(Array())).data.items.append(entry)
        else:
            entry = table.entries.setdefault(name, Entry(Table()))
        entry.above, entry.behind = above, self._end_of_line()
        here: Table = entry.data
        return here

    def _key(self, end: str, *, skip: bool = False) -> list[str]:
        """The parts of a key that stands before ``end``, which is read too."""
        self.at += skip
        start = self.tokens[self.at].start
        while (token := self._next()).text != end or token.kind != "mark":
            pass
        data: Any = tomli.loads(f"{self.text[start : token.start]} = 0")
        parts = []
        while isinstance(data, dict):
            name, data = next(iter(data.items()))
            parts.append(name)
        return parts

    def _pair(self, table: Table, above: list[str]) -> None:
        entry = self._named(table)
        entry.above = above
        entry.behind = self._end_of_line()

    def _named(self, table: Table) -> Entry:
        *way, name = self._key("=")
        entry = Entry(self._value())
        table.at(way).entries[name] = entry
        return entry

    def _value(self) -> Any:
        token = self._next()
        if token.text == "[" and token.kind == "mark":
            return self._array()
        if token.text == "{" and token.kind == "mark":
            return self._inline()
        return tomli.loads(f"value = {token.text}")["value"]

    def _array(self) -> Array:
        array = Array()
        above: list[str] = []
        on_this_line: Entry | None = None
        while (token := self._next()).text != "]" or token.kind != "mark":
            if token.kind == "newline":
                on_this_line = None
            elif token.kind == "comment":
                if on_this_line:
                    on_this_line.behind = token.text.rstrip()
                else:
                    above.append(token.text.rstrip())
            elif token.kind != "mark" or token.text != ",":
                self.at -= 1
                on_this_line = Entry(self._value(), above)
                array.items.append(on_this_line)
                above = []
        array.tail = above
        return array

    def _inline(self) -> Table:
        table = Table()
        while (token := self.tokens[self.at]).text != "}" or token.kind != "mark":
            if token.kind == "mark":  # a comma
                self.at += 1
            else:
                self._named(table)
        self.at += 1
        return table


def _one_empty_line(run: list[str]) -> list[str]:
    """Lines between two statements without those that say nothing: none where there is no comment."""
    if not any(run):
        return []
    return [line for place, line in enumerate(run) if line or (place and run[place - 1]) or not place]


def _split_head(run: list[str], head: list[str]) -> list[str]:
    """Move the block that stays at the head of the file there; gives what belongs to the first statement."""
    if "" not in run[1:]:
        directive = run[:1] if run and run[0].startswith(DIRECTIVE) else []
        head += directive
        return run[len(directive) :]
    last = len(run) - 1 - run[::-1].index("")
    head += run[:last] if run[0] else run[1:last]
    return run[last + 1 :]


def _split_tail(run: list[str], tail: list[str]) -> list[str]:
    """Move the block that ends the table above there; gives what belongs to the header below."""
    if not run or not run[0] or "" not in run:
        return run
    first = run.index("")
    tail += run[:first]
    return run[first + 1 :]
