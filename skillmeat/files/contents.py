"""Reading files of a store, and only those."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

from skillmeat.errors import Invalid, Refused
from skillmeat.text import one_line

# A link is not followed, a pipe is not waited for, nothing is inherited, no newline is translated.
# The names that a platform does not know are 0 there; ``locate`` has looked for links before.
PLAIN = os.O_CLOEXEC if hasattr(os, "O_CLOEXEC") else 0
for _name in ("O_NOFOLLOW", "O_NONBLOCK", "O_BINARY", "O_NOINHERIT"):
    PLAIN |= getattr(os, _name, 0)

Stamp = tuple[int, int, int, int]
"""What changes when a file does: when its content and its entry changed, in ns; its size; its inode."""

T = TypeVar("T")

_FOREIGN = "\0" if os.sep == "/" else "\0\\:"
_LARGE = 1024 * 1024
_CHUNK = 32 * 1024  # nearly every manifest in one call, without the cost of a large buffer


def read(root: Path, path: str, limit: int) -> bytes | None:
    """The content of a file, or None when it does not exist.

    Raises ``Invalid`` INVALID_PATH for a path that could leave the store, and ``Refused``
    FILE_NOT_READABLE for a symbolic link on the way, for anything but a regular file, for more than
    ``limit`` bytes, and when the system refuses.
    """
    where, found = locate(root, path)
    if found is None:
        return None
    if not stat.S_ISREG(found.st_mode):
        raise _unreadable(path, _KIND.get(stat.S_IFMT(found.st_mode), _ODD))
    try:
        return _content(where, path, limit)
    except FileNotFoundError:  # it went while we looked
        return None


def read_folder(
    root: Path, folder: str, depth: int, limit: int, suffix: str = ""
) -> Iterator[tuple[str, bytes | Refused]]:
    """Every file below a folder, in the order of names: its path, and its content or why it cannot be read.

    ``depth`` 1 means the files in the folder itself, 2 those one folder down as well, and so on; a folder
    deeper than that is reported in the place of its files. Names that begin with a dot, and files that do
    not end in ``suffix``, are left out. A folder that does not exist has no files.
    Raises ``Invalid`` as ``read`` does.
    """
    return _below(root, folder, depth, suffix, lambda entry, path: _content(entry.path, path, limit))


def changed_folder(
    root: Path, folder: str, depth: int, limit: int, known: Callable[[str, Stamp], bool]
) -> Iterator[tuple[str, tuple[Stamp, bytes | Refused | None] | Refused]]:
    """Every file that ``read_folder`` would give: its stamp, and its content or why it cannot be read.

    One that is ``known`` by its path and stamp is not opened; its content is None.
    """

    def take(entry: os.DirEntry[str], path: str) -> tuple[Stamp, bytes | Refused | None]:
        found = _stamp(entry.stat(follow_symlinks=False))
        if known(path, found):
            return found, None
        try:
            return found, _content(entry.path, path, limit)
        except Refused as refused:
            return found, refused

    return _below(root, folder, depth, "", take)


def stamp(root: Path, path: str) -> Stamp | None:
    """The stamp of a file, or None when it does not exist. Raises as ``read`` does."""
    found = locate(root, path)[1]
    return _stamp(found) if found else None


def _below(
    root: Path, folder: str, depth: int, suffix: str, take: Callable[[os.DirEntry[str], str], T]
) -> Iterator[tuple[str, T | Refused]]:
    try:
        where, found = locate(root, folder)
        if found is not None and not stat.S_ISDIR(found.st_mode):
            raise _unreadable(folder, "it is not a folder")
    except Refused as refused:
        yield folder, refused
        return
    if found is not None:
        yield from _walk(where, folder, depth, suffix, take)


def locate(root: Path, path: str) -> tuple[str, os.stat_result | None]:
    """Where a path of the store is on this machine, and what is there: None when nothing is.

    Raises as ``read`` does for a path that leaves the store and for a symbolic link on the way or at its end.
    """
    parts = path.split("/")
    if any(part in ("", ".", "..") or any(sign in part for sign in _FOREIGN) for part in parts):
        raise Invalid(f"“{one_line(path)}” is not a path inside the store.", code="INVALID_PATH")
    where = os.fspath(root)
    found = None
    for count, part in enumerate(parts, 1):
        where = f"{where}/{part}"
        try:
            found = os.lstat(where)
        except (FileNotFoundError, NotADirectoryError):
            return f"{root}/{path}", None
        except OSError as error:
            raise _unreadable(path, reason(error)) from error
        if stat.S_ISLNK(found.st_mode):
            raise _unreadable("/".join(parts[:count]), _KIND[stat.S_IFLNK])
    return where, found


def reason(error: OSError) -> str:
    """What the system says of a call that failed."""
    return error.strerror or type(error).__name__


_KIND = {
    stat.S_IFLNK: "it is a symbolic link, which a store may not hold",
    stat.S_IFDIR: "it is a folder where a file should be",
}
_ODD = "it is not a regular file"


def _walk(
    where: str, folder: str, depth: int, suffix: str, take: Callable[[os.DirEntry[str], str], T]
) -> Iterator[tuple[str, T | Refused]]:
    try:
        with os.scandir(where) as listing:
            entries = sorted(listing, key=lambda entry: entry.name, reverse=True)
    except OSError as error:
        yield folder, _unreadable(folder, reason(error))
        return
    while entries:
        entry = entries.pop()  # it holds what was asked of it, which is more than its record
        name = entry.name
        if name.startswith("."):
            continue
        path = f"{folder}/{name}"
        try:
            if entry.is_file(follow_symlinks=False):
                if name.endswith(suffix):
                    yield path, take(entry, path)
            elif entry.is_dir(follow_symlinks=False):
                if depth == 1:
                    raise _unreadable(path, _KIND[stat.S_IFDIR])
                yield from _walk(entry.path, path, depth - 1, suffix, take)
            elif name.endswith(suffix):
                raise _unreadable(path, _KIND[stat.S_IFLNK] if entry.is_symlink() else _ODD)
        except FileNotFoundError:  # it went while we looked
            continue
        except Refused as refused:
            yield path, refused


def _stamp(found: os.stat_result) -> Stamp:
    return found.st_mtime_ns, found.st_ctime_ns, found.st_size, found.st_ino


def _content(where: str, path: str, limit: int) -> bytes:
    try:
        file = os.open(where, os.O_RDONLY | PLAIN)
        try:
            content = os.read(file, _CHUNK)
            if content:
                content = _all(file, content, limit)
        finally:
            os.close(file)
    except FileNotFoundError:
        raise
    except OSError as error:
        raise _unreadable(path, reason(error)) from error
    if len(content) > limit:
        raise _unreadable(path, f"it holds more than {limit:,} bytes")
    return content


def _all(file: int, start: bytes, limit: int) -> bytes:
    """What a file holds that begins with ``start``; of one above the limit a little more than that."""
    chunks, size = [start], len(start)
    while size <= limit and (chunk := os.read(file, _CHUNK if size == len(start) else _LARGE)):
        chunks.append(chunk)
        size += len(chunk)
    return chunks[0] if len(chunks) == 1 else b"".join(chunks)


def _unreadable(path: str, why: str) -> Refused:
    return Refused(f"“{one_line(path)}” cannot be read: {why}.", code="FILE_NOT_READABLE")
