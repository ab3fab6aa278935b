"""What Git's index holds in several versions, because a merge of it is not finished."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from skillmeat.errors import Refused
from skillmeat.history.repository import asking, opened

if TYPE_CHECKING:
    import git

BASE, OURS, THEIRS = 1, 2, 3
"""Git's numbers for the three versions of a file."""

_PREFIX = "manifests/"
_STAGE = 0x3000
_EXTENDED = 0x4000


@dataclass(frozen=True, slots=True)
class Unmerged:
    """A file in several versions: ``versions`` are their contents by Git's numbers, some may be missing."""

    path: str
    versions: dict[int, bytes]


@dataclass(frozen=True)
class Index:
    """What the index of a repository says of a store's manifests; paths are relative to the store's root.

    ``settled`` are those that have one version, with the name of the blob.
    """

    root: Path
    unmerged: tuple[Unmerged, ...] = ()
    settled: dict[str, str] = field(default_factory=dict)

    def content(self, path: str) -> bytes:
        """The bytes of a settled path, as they are in the index."""
        return _blob(opened(self.root), self.settled[path])

    def stage(self, paths: Sequence[str]) -> None:
        """Mark paths as settled: what is on disk is what the next commit holds.

        Raises ``Refused`` (``NOT_STAGED``) with what Git says.
        """
        command = opened(self.root)
        with asking("Git did not stage the result", code="NOT_STAGED"):
            command.add("--all", "--sparse", "--", *paths)


def index(root: Path) -> Index:
    """What the index says of the manifests of the store at ``root``.

    Raises ``Refused`` (``REPOSITORY_NOT_FOUND``) outside a Git repository, and (``INDEX_NOT_READABLE``).
    """
    command = opened(root)
    stages: dict[str, dict[int, str]] = {}
    with _reading():
        listing = command.ls_files("-z", "--stage", "--", _PREFIX)
    for line in filter(None, listing.split("\0")):
        facts, _, path = line.partition("\t")
        mode, oid, stage = facts.split()
        if mode.startswith("100"):
            stages.setdefault(path, {})[int(stage)] = oid
    unmerged = tuple(
        Unmerged(path, {stage: _blob(command, oid) for stage, oid in found.items()})
        for path, found in sorted(stages.items())
        if 0 not in found
    )
    return Index(root, unmerged, {path: found[0] for path, found in stages.items() if 0 in found})


def unmerged_paths(root: Path) -> list[str]:
    """The manifests in several versions, sorted, relative to ``root``; none outside a repository.

    Reads Git's index itself where it can, which takes milliseconds and starts no process. Raises ``Refused``
    (``INDEX_NOT_READABLE``).
    """
    found = _index_of(root.resolve())
    if found is None:
        return []
    file, prefix = found
    try:
        paths = set(_read(file.read_bytes()))
    except FileNotFoundError:
        return []
    except (_UnknownError, struct.error, IndexError, ValueError, OSError):
        try:
            return [each.path for each in index(root).unmerged]
        except Refused as error:
            if error.code == "INDEX_NOT_READABLE":
                raise
            return []  # Git is not there, or takes this for no repository
    start = f"{prefix}{_PREFIX}".encode()
    return sorted(
        path[len(prefix.encode()) :].decode("utf-8", "replace") for path in paths if path.startswith(start)
    )


class _UnknownError(Exception):
    """The index is written in a way that is not known here."""


def _index_of(root: Path) -> tuple[Path, str] | None:
    """The index of the repository that a folder is in, and the folder's path in it (``catalog/``)."""
    for folder in (root, *root.parents):
        place = folder / ".git"
        prefix = f"{root.relative_to(folder).as_posix()}/" if folder != root else ""
        if place.is_dir():
            return place / "index", prefix
        if place.is_file():
            text = place.read_text("utf-8", "replace")
            if text.startswith("gitdir: "):
                return folder / text.removeprefix("gitdir: ").rstrip("\r\n") / "index", prefix
    return None


def _read(data: bytes) -> Iterator[bytes]:
    """The paths with a stage, of a whole index in version 2, 3 or 4 (gitformat-index) with SHA-1 names.

    Raises ``_UnknownError`` and what reading a damaged one raises.
    """
    signature, version, count = struct.unpack_from(">4sII", data)
    if signature != b"DIRC" or version not in (2, 3, 4):
        raise _UnknownError
    at = 12
    path = b""
    for _ in range(count):
        (flags,) = struct.unpack_from(">H", data, at + 60)
        start = at + 62 + (2 if flags & _EXTENDED else 0)
        if version == 4:
            cut, start = _offset(data, start)
            end = data.index(0, start)
            path = path[: len(path) - cut] + data[start:end]
            at = end + 1
        else:
            length = flags & 0xFFF
            end = start + length if length < 0xFFF else data.index(0, start)
            path = data[start:end]
            if data[end]:
                raise _UnknownError
            at += (end - at + 8) & ~7
        if flags & _STAGE:
            yield path
    while at + 8 <= len(data) - 20:
        name, size = struct.unpack_from(">4sI", data, at)
        if name == b"link":  # the rest is in another file
            raise _UnknownError
        at += 8 + size
    if at != len(data) - 20:
        raise _UnknownError


def _offset(data: bytes, at: int) -> tuple[int, int]:
    """A number of variable width, as in packs, and where it ends."""
    value = data[at] & 0x7F
    while data[at] & 0x80:
        at += 1
        value = ((value + 1) << 7) | (data[at] & 0x7F)
    return value, at + 1


def _reading() -> AbstractContextManager[None]:
    return asking(
        "Git cannot read its index",
        code="INDEX_NOT_READABLE",
        hint="A damaged index is made anew: delete .git/index and run “git reset”. What was staged is lost.",
    )


def _blob(command: git.Git, oid: str) -> bytes:
    with _reading():
        found: bytes = command.cat_file("blob", oid, stdout_as_string=False, strip_newline_in_stdout=False)
    return found
