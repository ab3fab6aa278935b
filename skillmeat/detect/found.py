"""What detection gives: entries, and what was passed over with the reason."""

from __future__ import annotations

from dataclasses import dataclass

from skillmeat.model import ArtifactType
from skillmeat.text import block, one_line, shorten

MAX_NAME = 255
MAX_LINE = 500
MAX_DESCRIPTION = 2000

Key = tuple[ArtifactType, str]
"""What tells entries of one source apart: type and path."""


@dataclass(frozen=True, slots=True)
class Found:
    """One artifact of a source.

    ``path`` is a skill's or plugin's folder (``.`` for the root), a command's or agent's file, a hook's
    ``hooks.json``, an MCP server's ``.mcp.json#server``; ``file`` is the file that was read for it.
    ``name``, ``description``, ``version`` and ``license`` are foreign words, cleaned and bounded so that a
    manifest may hold them; all but the name may be empty. ``reason`` completes “it is listed because it
    is …”. ``problems`` are codes of ``PROBLEMS``, sorted. ``state`` is the state of the front matter, or
    empty for what has none. ``places`` is where a plugin has its parts, ``components`` those of
    them that are entries, both sorted.
    """

    type: ArtifactType
    name: str
    path: str
    reason: str
    description: str = ""
    problems: tuple[str, ...] = ()
    file: str = ""
    version: str = ""
    license: str = ""
    state: str = ""
    places: tuple[Key, ...] = ()
    components: tuple[Key, ...] = ()

    @property
    def key(self) -> Key:
        """Its type and path."""
        return (self.type, self.path)


@dataclass(frozen=True, slots=True, order=True)
class PassedOver:
    """A path that might be expected in the list, and why it is not. ``reason`` completes “it is …”."""

    path: str
    reason: str


def line(words: object, limit: int = MAX_LINE) -> str:
    """Foreign words on one line, visible and at most so long; empty for what is not text."""
    return shorten(one_line(" ".join(words.split())), limit) if isinstance(words, str) else ""


def name(*candidates: str) -> str:
    """The first of these foreign names that is not blank, on one line and short enough for a manifest."""
    return next(filter(None, (line(words, MAX_NAME) for words in candidates)), "")


def paragraph(words: object) -> str:
    """A foreign description, visible and short enough for a manifest; empty for what is not text."""
    return shorten(block(words.strip()), MAX_DESCRIPTION) if isinstance(words, str) else ""
