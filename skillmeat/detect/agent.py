"""Agents: Markdown files below an ``agents/`` that counts (R7; FORMATS.md 1.4)."""

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
    """Every agent. Its name is the one in its front matter, which need not be its file's."""
    for candidate in listed(layout, "agents"):
        yield _agent(candidate, layout) if isinstance(candidate, Listed) else candidate


def _agent(candidate: Listed, layout: Layout) -> Found:
    path = candidate.entry.path
    page = document(candidate.entry, layout.read)
    given = page.text("name")
    problems = {*page.missing, *(of_slug(given) if given else ())}
    return page.found(
        ArtifactType.AGENT,
        name=name(given, basename(path).removesuffix(".md"), "agent"),
        path=path,
        reason=f"a Markdown file below {candidate.folder}/",
        problems=problems,
    )
