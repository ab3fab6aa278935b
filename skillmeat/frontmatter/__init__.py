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
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType

from skillmeat.frontmatter.values import Value


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
    from skillmeat.frontmatter.simple import simple  # most commands read none, and builds mostly few

    found = simple(head)
    if found is not None:
        return State.OK, found, ""
    from skillmeat.frontmatter.strict import Refused, load

    try:
        value = load(head)
    except Refused as refusal:
        from skillmeat.frontmatter.lenient import leniently

        return State.INVALID_YAML, leniently(head), str(refusal)
    if value is None:
        return State.EMPTY, {}, "The front matter is empty."
    if not isinstance(value, dict):
        return State.NOT_MAPPING, {}, "The front matter is not a list of “key: value” lines."
    return State.OK, value, ""
