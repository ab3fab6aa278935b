"""The front matter of other people's Markdown: bounded, every scalar a string, lenient where needed.

The text between a first line ``---`` and the next line ``---`` or ``...`` is YAML, of which mappings,
lists and scalars are read. Nothing is constructed: ``yes`` is ``"yes"``, ``1.0`` is ``"1.0"``, a date
stays text. Anchors, aliases, tags, duplicate keys, more than 16 KiB and more than eight levels are
refused. What is refused or does not parse (mostly an unquoted ``: `` in a description) is read again one
top-level key at a time, so that only the key at fault is taken literally. SECURITY.md 2.3 has the
measurements; PyYAML's C loader is never used, because deep nesting crashes it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType

from yaml import YAMLError
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
    StreamStartEvent,
)
from yaml.parser import Parser
from yaml.reader import Reader
from yaml.scanner import Scanner
from yaml.tokens import Token

MAX_BYTES = 16 * 1024
MAX_DEPTH = 8

Value = str | list["Value"] | dict[str, "Value"]


class State(StrEnum):
    """What stands at the head of a file."""

    OK = "ok"
    NONE = "none"
    UNTERMINATED = "unterminated"
    INVALID_YAML = "invalid-yaml"
    NOT_MAPPING = "not-mapping"
    EMPTY = "empty"
    EMPTY_FILE = "empty-file"


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """The head and the body of a Markdown file.

    ``values`` holds something only in the states ``ok`` and ``invalid-yaml``, where it is what a lenient
    reading gave. ``body`` is the rest, or the whole text where there is no front matter to take off; its
    lines end with a line feed. ``problem`` is a sentence, empty in the states ``ok`` and ``none``.
    ``utf8`` is false when bytes had to be replaced.
    """

    state: State
    values: Mapping[str, Value] = field(default_factory=lambda: MappingProxyType({}))
    body: str = ""
    problem: str = ""
    utf8: bool = True

    def text(self, key: str) -> str:
        """The scalar of a top-level key, without blanks around it; empty when there is none."""
        value = self.values.get(key)
        return value.strip() if isinstance(value, str) else ""


_OPENING = re.compile(r"---[ \t]*(?:\n|\Z)")
_CLOSING = re.compile(r"^(?:---|\.\.\.)[ \t]*$\n?", re.MULTILINE)


@lru_cache(8)  # a page and what else is made of an artifact ask for the same file
def parse(data: bytes) -> FrontMatter:
    """The front matter of a file. Never raises, whatever the bytes are."""
    found, head = _parted(data)
    if head is None:
        return found
    state, values, problem = _read(head)
    return FrontMatter(state, MappingProxyType(values), found.body, problem, found.utf8)


def body(data: bytes) -> str:
    """What stands below the front matter: the body that ``parse`` gives, without reading what is above."""
    return _parted(data)[0].body


def _parted(data: bytes) -> tuple[FrontMatter, str | None]:
    """A file without what its front matter says, and that, which is still to be read."""
    try:
        text, utf8 = data.decode("utf-8-sig"), True
    except UnicodeDecodeError:
        text, utf8 = data.decode("utf-8-sig", "replace"), False
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip():
        return FrontMatter(State.EMPTY_FILE, body=text, problem="The file is empty.", utf8=utf8), None
    opening = _OPENING.match(text)
    if opening is None:
        return FrontMatter(State.NONE, body=text, utf8=utf8), None
    closing = _CLOSING.search(text, opening.end())
    if closing is None:
        problem = "The front matter is opened with “---” and never closed."
        return FrontMatter(State.UNTERMINATED, body=text, problem=problem, utf8=utf8), None
    return FrontMatter(State.OK, body=text[closing.end() :], utf8=utf8), text[opening.end() : closing.start()]


def _read(head: str) -> tuple[State, dict[str, Value], str]:
    simple = _simple(head)
    if simple is not None:
        return State.OK, simple, ""
    try:
        value = load(head)
    except Refused as refusal:
        return State.INVALID_YAML, _leniently(head), str(refusal)
    if value is None:
        return State.EMPTY, {}, "The front matter is empty."
    if not isinstance(value, dict):
        return State.NOT_MAPPING, {}, "The front matter is not a list of “key: value” lines."
    return State.OK, value, ""


# ------------------------------------------------------------- one key a line

# What PyYAML's reader lets through, less its line breaks, tabs and byte order marks.
_CHARACTER = r"[ -~\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
_SIMPLE_LINE = re.compile(
    r"(?P<key>[A-Za-z_][A-Za-z0-9_-]{0,63}):(?: +(?:"
    r'"(?P<double>(?:(?!["\\])' + _CHARACTER + r")*)\""
    r"|'(?P<single>(?:(?!')" + _CHARACTER + r")*)'"
    r"|(?P<plain>(?![-?:,\[\]{}#&*!|>'\"%@` ])(?:(?!: | #)" + _CHARACTER + r")*(?<![: ]))"
    r"))?\n"
)


def _simple(head: str) -> dict[str, Value] | None:
    """What ``load`` would give, when every line is a key and a scalar that ends on that line; else ``None``.

    Most files are of this form and PyYAML is a hundred times slower.
    """
    if len(head) > MAX_BYTES // 4:  # so many characters are certainly few enough bytes
        return None
    values: dict[str, Value] = {}
    position = 0
    while position < len(head):
        line = _SIMPLE_LINE.match(head, position)
        if line is None or line["key"] in values:
            return None
        values[line["key"]] = line["double"] or line["single"] or line["plain"] or ""
        position = line.end()
    return values or None


# ------------------------------------------------------------------- strictly


class Refused(ValueError):
    """The text is not of the part of YAML that is read. The message is a sentence."""


def load(text: str) -> Value | None:
    """The one document in ``text``, or ``None`` where there is none. Raises ``Refused``."""
    if len(text) > MAX_BYTES or len(text.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        raise Refused(f"The front matter is longer than {MAX_BYTES // 1024} KiB.")
    events = _events(text)
    first = next(events)
    if isinstance(first, StreamEndEvent):
        return None
    value = _node(next(events), events, 1)
    next(events)  # the end of the document
    if not isinstance(next(events), StreamEndEvent):
        raise Refused("The front matter holds more than one YAML document.")
    return value


_TOO_DEEP = f"The front matter is more than {MAX_DEPTH} levels deep."


class _EventParser(Reader, Scanner, Parser):
    """PyYAML's reader, scanner and parser, without a composer or a constructor."""

    def __init__(self, text: str) -> None:
        Reader.__init__(self, text)
        Scanner.__init__(self)
        Parser.__init__(self)

    def fetch_flow_collection_start(self, token: type[Token]) -> None:
        """Refuse depth here already: the scanner looks ahead, and pays for it at every level."""
        if self.flow_level >= MAX_DEPTH:
            raise Refused(_TOO_DEEP)
        super().fetch_flow_collection_start(token)


def _events(text: str) -> Iterator[Event]:
    """The events of ``text`` from the start of the document on."""
    try:
        parser = _EventParser(text)
        while (event := parser.get_event()) is not None:  # type: ignore[no-untyped-call]
            if isinstance(event, DocumentStartEvent) and (event.version or event.tags):
                raise Refused("The front matter holds a YAML directive.")
            if not isinstance(event, StreamStartEvent):
                yield event
    except YAMLError as error:
        raise Refused(f"The front matter is not YAML: {_reason(error)}.") from None
    except (ValueError, OverflowError) as error:  # an escape beyond Unicode, a directive of 5,000 digits
        if isinstance(error, Refused):
            raise
        raise Refused("The front matter is not YAML: a number in it is out of range.") from None


def _reason(error: YAMLError) -> str:
    """What PyYAML has to say, in one line, with the line counted in the file."""
    mark = getattr(error, "problem_mark", None)
    reason = getattr(error, "problem", None) or getattr(error, "reason", None) or "it cannot be read"
    return f"{reason} (line {mark.line + 2})" if mark is not None else str(reason)


def _node(event: Event, events: Iterator[Event], depth: int) -> Value:
    """The value that begins with ``event``; takes its events up to its end."""
    if isinstance(event, AliasEvent) or (isinstance(event, NodeEvent) and event.anchor is not None):
        raise Refused("The front matter uses anchors or aliases.")
    if getattr(event, "tag", None) is not None:
        raise Refused("The front matter uses a YAML tag.")
    if isinstance(event, ScalarEvent):
        if _SURROGATE.search(event.value):
            raise Refused("The front matter holds an escape for half a character.")
        return str(event.value)
    if depth > MAX_DEPTH:
        raise Refused(_TOO_DEEP)
    if isinstance(event, SequenceStartEvent):
        items: list[Value] = []
        while not isinstance(event := next(events), SequenceEndEvent):
            items.append(_node(event, events, depth + 1))
        return items
    assert isinstance(event, MappingStartEvent)  # noqa: S101 - no other event begins a node
    table: dict[str, Value] = {}
    while not isinstance(event := next(events), MappingEndEvent):
        key = _node(event, events, depth + 1)
        if not isinstance(key, str):
            raise Refused("The front matter has a key that is not text.")
        if key in table:
            raise Refused(f"The front matter gives “{key[:64]}” twice.")
        table[key] = _node(next(events), events, depth + 1)
    return table


_SURROGATE = re.compile("[\ud800-\udfff]")


# ------------------------------------------------------------------ leniently

_BLOCK = re.compile(
    r"^([A-Za-z_][\w.-]{0,63})[ \t]*:(?:[ \t]+(.*)|)$((?:\n(?:[ \t].*|- .*|-|)$)*)", re.MULTILINE
)
_BLOCK_HEADER = re.compile(r"([|>])[-+0-9]{0,2}(?:[ \t]+#.*)?")


def _leniently(head: str) -> dict[str, Value]:
    """One top-level key at a time: as YAML if it is that, else its line and what is indented below.

    The last of several equal keys counts, as in PyYAML.
    """
    head = head[:MAX_BYTES]
    values: dict[str, Value] = {}
    for found in _BLOCK.finditer(head):
        key, first, more = found[1], found[2] or "", found[3]
        try:
            alone = load(found[0])
        except Refused:
            alone = None
        if isinstance(alone, dict) and len(alone) == 1:
            values[key] = alone.popitem()[1]
        else:
            values[key] = _literally(first.strip(), more)
    return values


def _literally(first: str, more: str) -> str:
    lines = [line.strip() for line in more.split("\n")]
    header = _BLOCK_HEADER.fullmatch(first)
    if header:
        return ("\n" if header[1] == "|" else " ").join(lines).strip()
    value = " ".join(line for line in [first, *lines] if line)
    if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'":
        value = value[1:-1]
    return value
