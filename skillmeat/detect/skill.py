"""Skills: a folder with a file named exactly ``SKILL.md`` (R1; FORMATS.md 1.1)."""

from __future__ import annotations

from collections.abc import Iterator

from skillmeat.detect.document import document
from skillmeat.detect.found import Found, PassedOver, name
from skillmeat.detect.layout import Layout
from skillmeat.detect.paths import basename, parent, shown
from skillmeat.detect.problems import of_slug
from skillmeat.model import ArtifactType
from skillmeat.tree import TreeEntry

FILE = "SKILL.md"
MAX_DESCRIPTION = 1024


def find(layout: Layout) -> Iterator[Found | PassedOver]:
    """Every regular ``SKILL.md`` at any depth, whether or not its front matter is of use."""
    for entry in layout.considered:
        file = basename(entry.path)
        if file == FILE:
            reason = layout.against(entry, parent(entry.path))
            yield PassedOver(entry.path, reason) if reason else _skill(entry, layout)
        elif file.lower() == FILE.lower():
            yield PassedOver(entry.path, "not named exactly SKILL.md")


def _skill(entry: TreeEntry, layout: Layout) -> Found:
    folder = parent(entry.path)
    page = document(entry, layout.read)
    given = page.text("name")
    problems = set(page.missing)
    if given:
        problems.update(of_slug(given))
        if folder and given != basename(folder):
            problems.add("name-differs-from-folder")
    if len(page.text("description")) > MAX_DESCRIPTION:
        problems.add("description-too-long")
    return page.found(
        ArtifactType.SKILL,
        name=name(given, layout.folder_name(folder), "skill"),
        path=shown(folder),
        reason="a folder with a SKILL.md",
        problems=problems,
    )
