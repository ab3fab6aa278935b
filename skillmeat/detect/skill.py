"""Skills: a folder with a file named exactly ``SKILL.md`` (R1; FORMATS.md 1.1)."""

from __future__ import annotations

from collections.abc import Iterator

from skillmeat.detect.document import document
from skillmeat.detect.found import Found, PassedOver, line
from skillmeat.detect.layout import Layout
from skillmeat.detect.paths import basename, parent, shown
from skillmeat.detect.problems import of_slug
from skillmeat.model import ArtifactType
from skillmeat.tree import TreeEntry

FILE = "SKILL.md"


def find(layout: Layout) -> Iterator[Found | PassedOver]:
    """Every regular ``SKILL.md`` at any depth, whether or not its front matter is of use."""
    for entry in layout.considered:
        name = basename(entry.path)
        if name == FILE:
            reason = layout.against(entry, parent(entry.path))
            yield PassedOver(entry.path, reason) if reason else _skill(entry, layout)
        elif name.lower() == FILE.lower():
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
    return page.found(
        ArtifactType.SKILL,
        name=line(given) or line(layout.folder_name(folder)) or "skill",
        path=shown(folder),
        reason="a folder with a SKILL.md",
        problems=problems,
    )
