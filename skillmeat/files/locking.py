"""One writer at a time, or any number of readers, in the folder that an edit works in."""

# Calls are named as the system knows them, one by one, because it matters here which they are.
# ruff: noqa: PTH102
from __future__ import annotations

import errno
import os
import shlex
import stat
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from skillmeat.errors import Conflict, Refused
from skillmeat.files.reading import PLAIN, locate, read
from skillmeat.text import one_line, shorten

MANIFESTS = "manifests"
STATE = f"{MANIFESTS}/.skillmeat"
"""The folder of the lock and the journal. It ignores itself, so Git never sees it."""

_LOCK = f"{STATE}/lock"
_IGNORE = f"{STATE}/.gitignore"
_IGNORE_ALL = b"*\n"
_UNSUPPORTED = {errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.ENOLCK, errno.EINVAL}


@contextmanager
def exclusive(root: Path, timeout: float) -> Iterator[None]:
    """Keep every other process from reading or writing the store. Makes the folder ``STATE``.

    The system gives the lock back when its holder dies. Where it has no locks (some network drives) there
    is none; then the comparison before the commit point tells of another writer.
    Raises ``Conflict`` STORE_LOCKED after ``timeout`` seconds, and OSError.
    """
    _make_folder(root, MANIFESTS)
    _make_folder(root, STATE)
    file = _acquire(root, os.O_RDWR | os.O_CREAT, timeout, shared=False)
    try:
        _make_ignored(root)
        with suppress(OSError):  # for people only
            os.ftruncate(file, 0)
            os.write(file, f"{os.getpid()} {_command()}\n".encode(errors="replace"))
        yield
    finally:
        with suppress(OSError):
            os.ftruncate(file, 0)
        os.close(file)


@contextmanager
def shared(root: Path, timeout: float) -> Iterator[None]:
    """Keep every other process from writing the store.

    Without a lock file (nobody ever wrote) or the right to open it, nothing is held.
    Raises ``Conflict`` STORE_LOCKED after ``timeout`` seconds.
    """
    try:
        file = _acquire(root, os.O_RDONLY if sys.platform != "win32" else os.O_RDWR, timeout, shared=True)
    except OSError:
        yield
        return
    try:
        yield
    finally:
        os.close(file)


def sync_folder(where: str) -> None:
    """Wait until the names in a folder are on the disk. Raises OSError."""
    if sys.platform != "win32":  # which cannot open a folder, and orders its own metadata
        folder = os.open(where, os.O_RDONLY | PLAIN)
        try:
            os.fsync(folder)
        except OSError as error:
            if error.errno not in _UNSUPPORTED:
                raise
        finally:
            os.close(folder)


def _make_folder(root: Path, folder: str) -> None:
    where, found = locate(root, folder)
    if found is None:
        with suppress(FileExistsError):
            os.mkdir(where)
    elif not stat.S_ISDIR(found.st_mode):
        raise Refused(f"“{folder}” is not a folder.", code="EDIT_NOT_WRITTEN")


def _make_ignored(root: Path) -> None:
    where, found = locate(root, _IGNORE)
    if found is not None and found.st_size == len(_IGNORE_ALL) and read(root, _IGNORE, 2) == _IGNORE_ALL:
        return
    # That the folder itself is on the disk has to be sure before anything in it counts.
    sync_folder(os.fspath(root))
    sync_folder(f"{root}/{MANIFESTS}")
    file = os.open(where, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | PLAIN, 0o666)
    try:
        os.write(file, _IGNORE_ALL)
    finally:
        os.close(file)


def _acquire(root: Path, flags: int, timeout: float, *, shared: bool) -> int:
    deadline = time.monotonic() + timeout
    pause = 0.001
    while True:
        where, found = locate(root, _LOCK)
        if found is not None and not stat.S_ISREG(found.st_mode):
            raise Refused(f"“{_LOCK}” is not a regular file.", code="FILE_NOT_READABLE")
        file = os.open(where, flags | PLAIN, 0o666)
        try:
            if _lock(file, shared=shared) and _is_still(file, where):
                return file
        except BaseException:
            os.close(file)
            raise
        os.close(file)
        if time.monotonic() >= deadline:
            raise Conflict(
                f"The store is in use by {_holder(root)}.",
                code="STORE_LOCKED",
                hint="Run the command again when it has ended.",
            )
        time.sleep(pause)
        pause = min(pause * 1.5, 0.005)  # short, or those who write without a break are always faster


def _is_still(file: int, where: str) -> bool:
    """Whether the file that was locked is the one that others will find."""
    try:
        return os.path.samestat(os.fstat(file), os.lstat(where))
    except FileNotFoundError:
        return False


def _holder(root: Path) -> str:
    try:
        text = (read(root, _LOCK, 4096) or b"").decode(errors="replace")
    except Refused:
        text = ""
    process, _, command = text.partition(" ")
    return (
        f"process {one_line(process)} ({one_line(command.strip())})"
        if command
        else "another skillmeat process"
    )


def _command() -> str:
    return shorten(one_line(shlex.join(sys.argv)), 200)


if sys.platform == "win32":
    import msvcrt

    def _lock(file: int, *, shared: bool) -> bool:
        # A locked byte cannot be read, so it is one far behind the text. There is no shared lock: readers
        # take turns.
        os.lseek(file, 1 << 30, os.SEEK_SET)
        try:
            msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        finally:
            os.lseek(file, 0, os.SEEK_SET)
        return True

else:
    import fcntl

    def _lock(file: int, *, shared: bool) -> bool:
        try:
            fcntl.flock(file, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError as error:
            if error.errno not in _UNSUPPORTED:
                raise
        return True
