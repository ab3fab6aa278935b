"""A folder of somebody else's repository at one commit, as a value."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

FILE = "100644"
PROGRAM = "100755"
SYMLINK = "120000"
SUBMODULE = "160000"

READMES = ("README.md", "readme.md", "Readme.md", "README.markdown", "README")
"""The names under which a repository keeps what people read first, best first."""


@dataclass(frozen=True, slots=True)
class TreeEntry:
    """One line of ``git ls-tree -r -l``: a blob, a symbolic link or a submodule, never a folder.

    ``path`` is relative to the repository's root. ``mode`` is Git's. ``size`` is in bytes, and is
    ``None`` for a submodule and for a blob that was too large to be fetched.
    """

    path: str
    mode: str
    oid: str
    size: int | None

    @property
    def is_file(self) -> bool:
        """Whether it is a regular file, with or without the executable bit."""
        return self.mode in (FILE, PROGRAM)


ReadBlob = Callable[[str], bytes]
"""Gives the bytes at a path of the tree. Raises ``errors.SkillmeatError`` when they cannot be had."""


@dataclass(frozen=True, slots=True)
class Content:
    """What an artifact is made of, as far as it is on this machine.

    ``files`` stand below the artifact's folder, their paths relative to it, sorted; for an artifact
    that is one file, that file by its name. ``read`` takes those paths. ``main`` is the one that
    people read first (``SKILL.md``, the command's or agent's file, a plugin's ``README.md``), or empty.
    """

    files: tuple[TreeEntry, ...]
    read: ReadBlob
    main: str


def tree_id(files: Sequence[TreeEntry]) -> str:
    """Git's id of the folder that holds these files; empty when one of them has no id.

    It follows from the files' own ids, so that no file is read.
    """
    folders: dict[str, list[TreeEntry]] = {}
    lines = []
    for entry in files:
        name, slash, rest = entry.path.partition("/")
        if slash:
            inside = TreeEntry(rest, entry.mode, entry.oid, entry.size)
            folders.setdefault(name, []).append(inside)
        else:
            lines.append((name.encode(), entry.mode, entry.oid))
    # Git sorts a folder as if its name ended with a slash.
    lines += [(f"{name}/".encode(), "40000", tree_id(inside)) for name, inside in folders.items()]
    if not all(oid for _, _, oid in lines):
        return ""
    data = b"".join(
        mode.encode() + b" " + name.removesuffix(b"/") + b"\0" + bytes.fromhex(oid)
        for name, mode, oid in sorted(lines)
    )
    algorithm = hashlib.sha256 if lines and len(lines[0][2]) == 64 else hashlib.sha1
    return algorithm(b"tree %d\0" % len(data) + data, usedforsecurity=False).hexdigest()
