"""What commands and agents share: Markdown files below a folder of a plugin or ``.claude`` (R6, R7)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from skillmeat.detect.found import PassedOver
from skillmeat.detect.layout import Layout
from skillmeat.detect.paths import ancestors, basename, join
from skillmeat.tree import TreeEntry

FOLDERS = ("commands", "agents")


@dataclass(frozen=True, slots=True)
class Listed:
    """A Markdown file and the folder that makes it a command or an agent."""

    entry: TreeEntry
    folder: str


def listed(layout: Layout, folder: str) -> Iterator[Listed | PassedOver]:
    """The Markdown files below a ``folder`` of ``FOLDERS`` that counts, and those that nearly do.

    Not counted are ``README.md`` (in any case), ``SKILL.md``, and what is inside a skill's folder.
    """
    for entry in layout.considered:
        file = basename(entry.path)
        if not file.endswith(".md") or file == "SKILL.md":
            continue
        above, nearest, counts = _home(entry.path, layout.roots)
        if nearest == folder:
            reason = _against(entry, layout, f"{folder}/", counts) or layout.against(entry, above)
            yield PassedOver(entry.path, reason) if reason else Listed(entry, join(above, folder))


def _against(entry: TreeEntry, layout: Layout, folder: str, counts: bool) -> str:
    for above in ancestors(entry.path):
        if above in layout.skill_folders:
            return f"part of the skill in {above}"
    if not counts:
        return f"below a folder {folder} that is neither a plugin's nor in .claude"
    return f"a README below {folder}" if basename(entry.path).lower() == "readme.md" else ""


def _home(path: str, roots: frozenset[str]) -> tuple[str, str, bool]:
    """What holds the nearest ``commands/`` or ``agents/`` that counts, which of them it is, and true.

    One counts directly below a root (R5) or below a ``.claude`` anywhere; the deeper of two wins. Where
    none counts, the nearest of all and false.
    """
    parts = path.split("/")[:-1]
    places = [("/".join(parts[:i]), part) for i, part in enumerate(parts) if part in FOLDERS]
    for above, folder in reversed(places):
        if above in roots or basename(above) == ".claude":
            return above, folder, True
    return (*places[-1], False) if places else ("", "", False)
