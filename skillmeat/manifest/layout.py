"""A manifest in its canonical layout: the same data and the same comments, set out as in a new file.

A text is read into entries, each with the comments that belong to it, and written from them: keys in the
order of the model, values as ``values`` writes them, tables as ``writing.render`` does.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

import tomli

from skillmeat.errors import Refused
from skillmeat.manifest.entries import Array, Document, Entry, Reader, Table
from skillmeat.manifest.grammar import tokens
from skillmeat.manifest.meaning import inner
from skillmeat.manifest.values import key, pair, value
from skillmeat.manifest.writing import HEADED
from skillmeat.model import Part


def laid_out(text: str, part: type[Part]) -> str:
    """``text``, which ``parse`` accepts, in the canonical layout of a file of ``part``.

    Doing it again changes nothing. Raises ``Refused`` (``FORMAT_NOT_SAFE``) where the result would not hold
    the same data and the same comments.
    """
    text = text.replace("\r\n", "\n")
    formatted = _lines(Reader(text).document(), part)
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


def _lines(document: Document, part: type[Part]) -> str:
    """The text of the file."""
    pairs: list[tuple[str, Entry]] = []
    blocks: list[list[str]] = []
    for name, entry in document.root.ordered(part):
        if isinstance(entry.data, Table):
            blocks.append(_block(f"[{key(name)}]", entry, inner(part, name)))
        elif name in HEADED and _is_of_tables(entry.data):
            blocks += _headed(name, entry, inner(part, name))
        else:
            pairs.append((name, entry))
    out = [*document.head, ""] if document.head else []
    for block in (_body(pairs, document.root.tail, part), *blocks):
        if out and out[-1] and block:
            out.append("")
        out += block
    out += document.tail
    text = "\n".join(out).strip("\n")
    return f"{text}\n" if text else ""


def _body(pairs: Iterable[tuple[str, Entry]], tail: list[str], part: type[Part] | None) -> list[str]:
    """The lines of the pairs of a table."""
    out: list[str] = []
    for name, entry in pairs:
        above = [*entry.above, *_inside(entry.data)] if isinstance(entry.data, Table) else entry.above
        out += above if out or not above or above[0] else above[1:]
        out += entry.line(_pair(name, entry.data, inner(part, name))).split("\n")
    return out + tail


def _pair(name: str, data: Any, part: type[Part] | None) -> str:
    if not isinstance(data, Array) or not any(_inside(data)):
        return pair(name, _plain(data, part))
    out = [f"{key(name)} = ["]
    for item in data.items:
        out += (f"  {line}" for line in (*item.above, *_inside(item.data)) if line)
        out.append("  " + item.line(f"{value(_plain(item.data, part))},"))
    out += (f"  {line}" for line in data.tail if line)
    return "\n".join((*out, "]"))


def _block(header: str, entry: Entry, part: type[Part] | None, above: Iterable[str] = ()) -> list[str]:
    """The lines of a table under its header, its comments first."""
    own = entry.above[1:] if entry.above[:1] == [""] else entry.above
    body = _body(entry.data.ordered(part), entry.data.tail, part)
    return [*above, *own, entry.line(header), *body]


def _headed(name: str, entry: Entry, part: type[Part] | None) -> Iterator[list[str]]:
    array: Array = entry.data
    above = [line for line in (*entry.above, entry.behind, *array.tail) if line]
    for item in array.items:
        yield _block(f"[[{key(name)}]]", item, part, above)
        above = []


def _is_of_tables(data: Any) -> bool:
    return (
        isinstance(data, Array)
        and bool(data.items)
        and all(isinstance(item.data, Table) for item in data.items)
    )


def _inside(data: Any) -> list[str]:
    """Every comment within a value, in order."""
    if isinstance(data, Table):
        entries: Iterable[Entry] = data.entries.values()
    elif isinstance(data, Array):
        entries = data.items
    else:
        return []
    found = [line for each in entries for line in (*each.above, *_inside(each.data), each.behind)]
    return [line for line in (*found, *data.tail) if line]


def _plain(data: Any, part: type[Part] | None) -> Any:
    if isinstance(data, Table):
        return {name: _plain(entry.data, inner(part, name)) for name, entry in data.ordered(part)}
    if isinstance(data, Array):
        return [_plain(item.data, part) for item in data.items]
    return data
