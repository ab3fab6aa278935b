"""Commands: Markdown files below a ``commands/`` that counts (R6; FORMATS.md 1.5)."""

from __future__ import annotations

from collections.abc import Iterator

from skillmeat.detect.document import document
from skillmeat.detect.found import Found, PassedOver, name
from skillmeat.detect.layout import Layout
from skillmeat.detect.paths import basename
from skillmeat.detect.problems import of_slug
from skillmeat.detect.roster import Listed, listed
from skillmeat.model import ArtifactType


def find(layout: Layout) -> Iterator[Found | PassedOver]:
    """Every command. Its name is its file's; front matter is optional."""
    for candidate in listed(layout, "commands"):
        yield _command(candidate, layout) if isinstance(candidate, Listed) else candidate


def _command(candidate: Listed, layout: Layout) -> Found:
    path = candidate.entry.path
    stem = basename(path).removesuffix(".md")
    page = document(candidate.entry, layout.read)
    problems = set(of_slug(stem))
    if page.text("name") not in ("", stem):
        problems.add("name-differs-from-file")
    return page.found(
        ArtifactType.COMMAND,
        name=name(stem, "command"),
        path=path,
        reason=f"a Markdown file below {candidate.folder}/",
        problems=problems,
    )
