"""The files of an artifact as a tree with sizes."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, Final

from skillmeat.site.hosting import Hosted
from skillmeat.text import one_line
from skillmeat.tree import SUBMODULE, SYMLINK, Content, TreeEntry
from skillmeat.views import Json

MOST: Final = 150
"""How many files a page lists; there is a link to the rest."""

_MARKS: Final = {SYMLINK: "link", SUBMODULE: "submodule"}


def listed(content: Content, hosted: Hosted | None, base: str, programs: Collection[str]) -> Json:
    """The tree, and what it adds up to. ``base`` is the folder in its repository that the paths begin at."""
    return {
        "tree": _tree(content.files[:MOST], hosted, base, frozenset(programs)),
        "count": len(content.files),
        "bytes": sum(entry.size or 0 for entry in content.files),
        "programs": len(programs),
        "more": max(0, len(content.files) - MOST),
    }


def _tree(
    files: Sequence[TreeEntry], hosted: Hosted | None, base: str, programs: frozenset[str]
) -> list[Json]:
    """Folders hold ``inside``, files have a ``size`` and an ``address``; files first, both by name."""
    root: dict[str, Any] = {}
    for entry in files:
        *folders, name = entry.path.split("/")
        here = root
        for folder in folders:
            here = here.setdefault(folder + "/", {})
        here[name] = {
            "name": one_line(name),
            "size": entry.size,
            "mark": "program" if entry.path in programs else _MARKS.get(entry.mode, ""),
            "address": hosted.file(joined(base, entry.path)) if hosted else "",
        }
    return _level(root)


def _level(here: dict[str, Any]) -> list[Json]:
    files = [each for name, each in here.items() if not name.endswith("/")]
    folders = [
        {"name": one_line(name), "inside": _level(inside)}
        for name, inside in here.items()
        if name.endswith("/")
    ]
    return [*files, *folders]


def joined(folder: str, path: str) -> str:
    """A path below a folder, ``.`` being the root."""
    return path if folder == "." else f"{folder}/{path}"
