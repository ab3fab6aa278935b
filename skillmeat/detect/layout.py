"""The tree of a source and the questions that every detector puts to it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from skillmeat.detect.links import Links
from skillmeat.detect.paths import basename, components, is_below, is_text, parent, shown
from skillmeat.tree import SUBMODULE, SYMLINK, ReadBlob, TreeEntry

FOREIGN_FOLDERS = frozenset({"node_modules", ".git"})
TEST_FOLDERS = frozenset({"test", "tests", "__tests__", "testdata", "test-data", "fixtures", "__fixtures__"})


@dataclass(frozen=True)
class Layout:
    """The tree of a source, what the curator asked of it, and the questions the detectors put.

    ``root`` is the folder that the curator wants looked at, ``exclude`` what is left alone there.
    ``repository`` is the name for what stands in the root and has no other. ``roots`` are the folders
    whose ``commands/`` and ``agents/`` count (R5).
    """

    entries: Sequence[TreeEntry]
    read: ReadBlob
    root: str = ""
    exclude: tuple[str, ...] = ()
    repository: str = ""
    roots: frozenset[str] = frozenset()

    @cached_property
    def links(self) -> Links:
        """The symbolic links of the whole tree."""
        return Links(self.entries, self.read)

    @cached_property
    def considered(self) -> tuple[TreeEntry, ...]:
        """What stands below ``root``, sorted by path."""
        inside = (entry for entry in self.entries if is_below(entry.path, self.root))
        return tuple(sorted(inside, key=lambda entry: entry.path))

    @cached_property
    def skill_folders(self) -> frozenset[str]:
        """The folders that hold a regular ``SKILL.md``.

        The repository's root is none of them: a skill there does not own every command of the repository.
        """
        named = (entry.path for entry in self.entries if entry.is_file and basename(entry.path) == "SKILL.md")
        return frozenset(parent(path) for path in named) - {""}

    def ending(self, *tail: str) -> Iterator[TreeEntry]:
        """What ends with exactly these path components, also outside ``root``."""
        end = "/".join(tail)
        return (entry for entry in self.entries if entry.path == end or entry.path.endswith(f"/{end}"))

    def named(self, *tail: str) -> Iterator[TreeEntry]:
        """What ends with exactly these path components and is looked at."""
        return (entry for entry in self.ending(*tail) if is_below(entry.path, self.root))

    def against(self, entry: TreeEntry, own: str) -> str:
        """Why the artifact in this file, whose own folder is ``own``, does not count; or nothing."""
        if entry.mode == SYMLINK:
            return f"a symbolic link {self.links.leads(entry.path)}"
        if entry.mode == SUBMODULE:
            return "a submodule, which is never entered"
        if not is_text(entry.path):
            return "at a path that is not UTF-8"
        return self.left_out(entry.path) or self.off_limits(entry.path, own)

    def off_limits(self, path: str, own: str) -> str:
        """R0: the folder above the artifact's own that holds no artifacts, in words; or nothing.

        What stands above ``root`` is not held against it: the curator asked for it.
        """
        for folder in components(parent(path), self.root):
            if folder in FOREIGN_FOLDERS:
                return f"below {folder}/"
        for folder in components(parent(own), self.root):
            if folder in TEST_FOLDERS:
                return f"below {folder}/"
        return ""

    def left_out(self, path: str) -> str:
        """The reason when the curator left this path out, or nothing."""
        for outside in self.exclude:
            if is_below(path, outside):
                return f"left out by the curator ({shown(outside)})"
        return ""

    def folder_name(self, folder: str) -> str:
        """The name of a folder; the root's is the repository's."""
        return basename(folder) or self.repository
