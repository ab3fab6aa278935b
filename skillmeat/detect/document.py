"""An entry that is a Markdown file: what its front matter says, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from skillmeat import frontmatter
from skillmeat.detect.found import Found, line, paragraph
from skillmeat.detect.problems import of_path, of_text
from skillmeat.errors import SkillmeatError
from skillmeat.frontmatter import FrontMatter, State
from skillmeat.model import ArtifactType
from skillmeat.tree import ReadBlob, TreeEntry

MAX_FILE = 1024 * 1024
"""What is not fetched from a source is not read either (SECURITY.md 0)."""

_STATES = {
    State.NONE: "no-front-matter",
    State.EMPTY_FILE: "empty-file",
    State.UNTERMINATED: "front-matter-unterminated",
    State.INVALID_YAML: "front-matter-not-yaml",
    State.NOT_MAPPING: "front-matter-not-a-mapping",
    State.EMPTY: "front-matter-empty",
}


class Unread(Exception):
    """A file could not be had; ``problem`` is the code that says why."""

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem


def contents(entry: TreeEntry, read: ReadBlob) -> bytes:
    """The bytes of a file. Raises ``Unread``."""
    if entry.size is None or entry.size > MAX_FILE:
        raise Unread("too-large")
    try:
        return read(entry.path)
    except SkillmeatError:
        raise Unread("unreadable") from None


@dataclass(frozen=True, slots=True)
class Document:
    """A Markdown file of a source. ``head`` is ``None`` when it could not be read; ``unread`` is why."""

    path: str
    head: FrontMatter | None
    unread: str = ""

    def text(self, key: str) -> str:
        """A scalar of the front matter, or nothing."""
        return self.head.text(key) if self.head else ""

    @property
    def version(self) -> str:
        """The version, which the specification puts below ``metadata``."""
        metadata = self.head.values.get("metadata") if self.head else None
        below = metadata.get("version") if isinstance(metadata, dict) else None
        return self.text("version") or (below if isinstance(below, str) else "")

    @property
    def problems(self) -> Iterator[str]:
        """What is wrong with the file whatever it is for; front matter that is absent is not."""
        if self.head is None:
            yield self.unread
            return
        if self.head.state in _STATES and self.head.state != State.NONE:
            yield _STATES[self.head.state]
        if not self.head.utf8:
            yield "not-utf-8"
        yield from of_text(self.head.body)
        for value in self.head.values.values():
            if isinstance(value, str):
                yield from of_text(value)

    @property
    def missing(self) -> Iterator[str]:
        """What a file that needs a name and a description lacks."""
        if self.head is None:
            return
        if self.head.state == State.NONE:
            yield _STATES[State.NONE]
        if self.head.values:
            for key in ("name", "description"):
                if not self.text(key):
                    yield f"{key}-missing"

    def found(
        self, kind: ArtifactType, *, name: str, path: str, reason: str, problems: Iterable[str]
    ) -> Found:
        """The entry that this file makes, with what is wrong with every such file among its problems."""
        return Found(
            kind,
            name=name,
            path=path,
            reason=reason,
            description=paragraph(self.text("description")),
            problems=tuple(sorted({*problems, *self.problems, *of_path(path)})),
            file=self.path,
            version=line(self.version),
            license=line(self.text("license")),
            state=str(self.head.state) if self.head else "",
        )


def document(entry: TreeEntry, read: ReadBlob) -> Document:
    """A Markdown file, read. Never raises for what is in it or for not getting it."""
    try:
        return Document(entry.path, frontmatter.parse(contents(entry, read)))
    except Unread as unread:
        return Document(entry.path, None, unread.problem)
