"""Symbolic links of a tree, followed by path arithmetic only and only to say where they lead."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

from skillmeat.detect.paths import ancestors, join, parent
from skillmeat.errors import SkillmeatError
from skillmeat.tree import SUBMODULE, SYMLINK, ReadBlob, TreeEntry

MAX_HOPS = 8
MAX_TARGET = 4096

OUTSIDE = "that leads out of the repository"
NOWHERE = "that leads nowhere"


class Links:
    """Where the symbolic links of a tree lead."""

    def __init__(self, entries: Sequence[TreeEntry], read: ReadBlob) -> None:
        self._entries = {entry.path: entry for entry in entries}
        self._read = read

    @cached_property
    def _folders(self) -> frozenset[str]:
        return frozenset(folder for path in self._entries for folder in ancestors(path))

    def leads(self, link: str) -> str:
        """The words that complete “a symbolic link …”."""
        return self.follow(link)[1]

    def follow(self, link: str) -> tuple[str | None, str]:
        """The path of the file or folder at the end, if there is one in the tree, and it in words."""
        here, steps, hops = "", link.split("/"), 0
        while steps:
            step = steps.pop(0)
            if step in ("", "."):
                continue
            if step == "..":
                if not here:
                    return None, OUTSIDE
                here = parent(here)
                continue
            entry = self._entries.get(join(here, step))
            if entry is None or entry.mode != SYMLINK:
                here = join(here, step)
                continue
            hops += 1
            target = self._target(entry)
            if target is None or hops > MAX_HOPS:
                return None, NOWHERE
            if target.startswith("/"):
                return None, OUTSIDE
            steps = [*target.split("/"), *steps]
        if here in self._entries or here in self._folders or not here:
            inside = self._entries.get(here)
            if inside is None or inside.mode != SUBMODULE:
                return here, f"to {here or 'the root'}"
        return None, NOWHERE

    def _target(self, entry: TreeEntry) -> str | None:
        if entry.size is None or entry.size > MAX_TARGET:
            return None
        try:
            return self._read(entry.path).decode("utf-8", "replace")
        except SkillmeatError:
            return None
