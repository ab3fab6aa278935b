"""What commands and agents share: Markdown files below a folder of a plugin or ``.claude`` (R6, R7)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from skillmeat.detect.found import PassedOver
from skillmeat.detect.layout import Layout
from skillmeat.detect.paths import ancestors, basename, shown
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
        name = basename(entry.path)
        home = _home(entry.path, layout.roots) if name.endswith(".md") and name != "SKILL.md" else None
        if home is None or home[1] != folder:
            continue
        own, _ = home
        reason = _against(entry, layout, folder) or layout.against(entry, own)
        yield (
            PassedOver(entry.path, reason) if reason else Listed(entry, f"{own}/{folder}" if own else folder)
        )


def _against(entry: TreeEntry, layout: Layout, folder: str) -> str:
    if basename(entry.path).lower() == "readme.md":
        return f"a README below {folder}/"
    for above in ancestors(entry.path):
        if above in layout.skill_folders:
            return f"part of the skill in {shown(above)}"
    return ""


def _home(path: str, roots: frozenset[str]) -> tuple[str, str] | None:
    """The folder that holds the nearest ``commands/`` or ``agents/`` that counts, and which it is.

    One counts directly below a root (R5) or below a ``.claude`` anywhere. The deeper of two wins.
    """
    parts = path.split("/")
    for index in range(len(parts) - 2, -1, -1):
        if parts[index] in FOLDERS:
            above = "/".join(parts[:index])
            if above in roots or (index and parts[index - 1] == ".claude"):
                return above, parts[index]
    return None
