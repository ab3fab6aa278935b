"""A manifest in its canonical layout: the same data and the same comments, set out as in a new file.

A text is read into entries, each with the comments that belong to it, and written from them: keys in the
order of the model, values as ``values`` writes them, tables as ``writing.render`` does.

A comment on the line of a value, an item or a header belongs to that; one on a line of its own belongs to
what comes next. But the block at the head of the file that an empty line ends stays at the head, and so does
a line that names the schema; what follows the last statement stays at the end, and a block that stands
directly below a table, with an empty line before the next header, stays there.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, get_args

import tomli

from skillmeat.errors import Refused
from skillmeat.manifest.grammar import Token, tokens
from skillmeat.manifest.values import key, pair, value
from skillmeat.manifest.writing import DIRECTIVE, HEADED
from skillmeat.model import Part, Record


def laid_out(text: str, part: type[Part]) -> str:
    """``text``, which ``parse`` accepts, in the canonical layout of a file of ``part``.

    Doing it again changes nothing. Raises ``Refused`` (``FORMAT_NOT_SAFE``) where the result would not hold
    the same data and the same comments.
    """
    text = text.replace("\r\n", "\n")
    formatted = _Reader(text).document().lines(part)
    if tomli.loads(formatted) != tomli.loads(text) or comments(formatted) != comments(text):
        raise Refused(
            "There is no safe way to lay out this file as it is written.",
            code="FORMAT_NOT_SAFE",
            hint="It was left as it is. Write it in a simpler form first.",
        )
    return formatted


def comments(text: str) -> Counter[str]:
    """Every comment of valid TOML, with how often it is there. White space at its end does not count."""
    return Counter(token.text.rstrip() for token in tokens(text) if token.kind == "comment")


# ------------------------------------------------------------------ entries


@dataclass(slots=True)
class _Entry:
    """A value and its comments: the lines above it (an empty line is ``""``) and the one behind it."""

    data: Any
    above: list[str] = field(default_factory=list)
    behind: str = ""

    def line(self, text: str) -> str:
        """The text with the comment behind it."""
        return f"{text} {self.behind}" if self.behind else text


@dataclass(slots=True)
class _Table:
    entries: dict[str, _Entry] = field(default_factory=dict)
    tail: list[str] = field(default_factory=list)

    def at(self, way: Iterable[str]) -> _Table:
        """The table at the end of a way, made where there is none; of an array it is the last."""
        table = self
        for step in way:
            data = table.entries.setdefault(step, _Entry(_Table())).data
            table = data.items[-1].data if isinstance(data, _Array) else data
        return table

    def ordered(self, part: type[Part] | None) -> list[tuple[str, _Entry]]:
        """The entries in the order of the model; those it does not know come last, as they are."""
        order = {name: place for place, name in enumerate(part.model_fields)} if part else {}
        return sorted(self.entries.items(), key=lambda item: order.get(item[0], len(order)))


@dataclass(slots=True)
class _Array:
    items: list[_Entry] = field(default_factory=list)
    tail: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _Document:
    root: _Table = field(default_factory=_Table)
    head: list[str] = field(default_factory=list)
    tail: list[str] = field(default_factory=list)

    def lines(self, part: type[Part]) -> str:
        """The text of the file."""
        pairs: list[tuple[str, _Entry]] = []
        blocks: list[list[str]] = []
        for name, entry in self.root.ordered(part):
            if isinstance(entry.data, _Table):
                blocks.append(_block(f"[{key(name)}]", entry, _inner(part, name)))
            elif name in HEADED and _is_of_tables(entry.data):
                blocks += _headed(name, entry, _inner(part, name))
            else:
                pairs.append((name, entry))
        out = [*self.head, ""] if self.head else []
        for block in (_body(pairs, self.root.tail, part), *blocks):
            if out and out[-1] and block:
                out.append("")
            out += block
        out += self.tail
        text = "\n".join(out).strip("\n")
        return f"{text}\n" if text else ""


# ------------------------------------------------------------------ reading


class _Reader:
    """A text that is valid TOML 1.0, with LF line ends, to its entries."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = list(tokens(text))
        self.at = 0

    def document(self) -> _Document:
        """The whole text."""
        found = _Document()
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

    def _header(self, root: _Table, above: list[str]) -> _Table:
        self._next()
        many = self.tokens[self.at].text == "["
        *way, name = self._key("]", skip=many)
        if many:
            self._next()
        table = root.at(way)
        if many:
            entry = _Entry(_Table())
            table.entries.setdefault(name, _Entry(_Array())).data.items.append(entry)
        else:
            entry = table.entries.setdefault(name, _Entry(_Table()))
        entry.above, entry.behind = above, self._end_of_line()
        here: _Table = entry.data
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

    def _pair(self, table: _Table, above: list[str]) -> None:
        entry = self._named(table)
        entry.above = above
        entry.behind = self._end_of_line()

    def _named(self, table: _Table) -> _Entry:
        *way, name = self._key("=")
        entry = _Entry(self._value())
        table.at(way).entries[name] = entry
        return entry

    def _value(self) -> Any:
        token = self._next()
        if token.text == "[" and token.kind == "mark":
            return self._array()
        if token.text == "{" and token.kind == "mark":
            return self._inline()
        return tomli.loads(f"value = {token.text}")["value"]

    def _array(self) -> _Array:
        array = _Array()
        above: list[str] = []
        on_this_line: _Entry | None = None
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
                on_this_line = _Entry(self._value(), above)
                array.items.append(on_this_line)
                above = []
        array.tail = above
        return array

    def _inline(self) -> _Table:
        table = _Table()
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


# ------------------------------------------------------------------ writing


def _body(pairs: Iterable[tuple[str, _Entry]], tail: list[str], part: type[Part] | None) -> list[str]:
    """The lines of the pairs of a table."""
    out: list[str] = []
    for name, entry in pairs:
        above = [*entry.above, *_inside(entry.data)] if isinstance(entry.data, _Table) else entry.above
        out += above if out or not above or above[0] else above[1:]
        out += entry.line(_pair(name, entry.data, _inner(part, name))).split("\n")
    return out + tail


def _pair(name: str, data: Any, part: type[Part] | None) -> str:
    if not isinstance(data, _Array) or not any(_inside(data)):
        return pair(name, _plain(data, part))
    out = [f"{key(name)} = ["]
    for item in data.items:
        out += (f"  {line}" for line in (*item.above, *_inside(item.data)) if line)
        out.append("  " + item.line(f"{value(_plain(item.data, part))},"))
    out += (f"  {line}" for line in data.tail if line)
    return "\n".join((*out, "]"))


def _block(header: str, entry: _Entry, part: type[Part] | None, above: Iterable[str] = ()) -> list[str]:
    """The lines of a table under its header, its comments first."""
    own = entry.above[1:] if entry.above[:1] == [""] else entry.above
    body = _body(entry.data.ordered(part), entry.data.tail, part)
    return [*above, *own, entry.line(header), *body]


def _headed(name: str, entry: _Entry, part: type[Part] | None) -> Iterator[list[str]]:
    array: _Array = entry.data
    above = [line for line in (*entry.above, entry.behind, *array.tail) if line]
    for item in array.items:
        yield _block(f"[[{key(name)}]]", item, part, above)
        above = []


def _is_of_tables(data: Any) -> bool:
    return (
        isinstance(data, _Array)
        and bool(data.items)
        and all(isinstance(item.data, _Table) for item in data.items)
    )


def _inside(data: Any) -> list[str]:
    """Every comment within a value, in order."""
    if isinstance(data, _Table):
        entries: Iterable[_Entry] = data.entries.values()
    elif isinstance(data, _Array):
        entries = data.items
    else:
        return []
    found = [line for each in entries for line in (*each.above, *_inside(each.data), each.behind)]
    return [line for line in (*found, *data.tail) if line]


def _plain(data: Any, part: type[Part] | None) -> Any:
    if isinstance(data, _Table):
        return {name: _plain(entry.data, _inner(part, name)) for name, entry in data.ordered(part)}
    if isinstance(data, _Array):
        return [_plain(item.data, part) for item in data.items]
    return data


def _inner(part: type[Part] | None, name: str) -> type[Part] | None:
    """The class of the tables that a key holds."""
    known = part.model_fields.get(name) if part else None
    return _part_in(known.annotation) if known else None


def _part_in(annotation: Any) -> type[Part] | None:
    if isinstance(annotation, type) and issubclass(annotation, Part):
        return annotation if not issubclass(annotation, Record) else None
    return next((found for each in get_args(annotation) if (found := _part_in(each))), None)
