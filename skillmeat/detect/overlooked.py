"""Links and submodules that a person might expect something behind."""

from __future__ import annotations

from collections.abc import Iterator

from skillmeat.detect.found import PassedOver
from skillmeat.detect.layout import Layout
from skillmeat.detect.links import OUTSIDE
from skillmeat.detect.paths import ancestors, basename, parent
from skillmeat.tree import SUBMODULE, SYMLINK

FOLDERS = frozenset({"skills", "commands", "agents", "plugins"})


def overlooked(layout: Layout) -> Iterator[PassedOver]:
    """Every submodule; a link that leads outside, to a folder with skills, or nowhere where entries live."""
    with_skills = {above for folder in layout.skill_folders for above in (folder, *ancestors(folder))}
    for entry in layout.considered:
        if entry.mode == SUBMODULE:
            yield PassedOver(entry.path, "a submodule, which is never entered")
        elif entry.mode == SYMLINK:
            end, words = layout.links.follow(entry.path)
            broken = end is None and basename(parent(entry.path)) in FOLDERS
            if words == OUTSIDE or broken or end in with_skills:
                yield PassedOver(entry.path, f"a symbolic link {words}")
