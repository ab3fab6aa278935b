"""The part of YAML that front matter may use, read through PyYAML's events."""

from __future__ import annotations

import re
from collections.abc import Iterator

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

from skillmeat.frontmatter.values import MAX_BYTES, MAX_DEPTH, Value


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
