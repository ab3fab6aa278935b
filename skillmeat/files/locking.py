"""One writer at a time, or any number of readers, in the folder that an edit works in."""

# Calls are named as the system knows them, one by one, because it matters here which they are.
# ruff: noqa: PTH102, PTH108
from __future__ import annotations

import errno
import os
import shlex
import stat
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypeVar

from skillmeat.errors import Conflict, Refused
from skillmeat.files.contents import PLAIN, locate, read
from skillmeat.text import one_line, shorten

MANIFESTS = "manifests"
STATE = f"{MANIFESTS}/.skillmeat"
"""The folder of the lock and the journal. It ignores itself, so Git never sees it."""

_LOCK = f"{STATE}/lock"
_CLAIM = f"{STATE}/claim"
_IGNORE = f"{STATE}/.gitignore"
_IGNORE_ALL = b"*\n"
_UNSUPPORTED = {errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.ENOLCK, errno.EINVAL}

T = TypeVar("T")


@contextmanager
def exclusive(root: Path, timeout: float) -> Iterator[None]:
    """Keep every other process from reading or writing the store. Makes the folder ``STATE``.

    The system gives the lock back when its holder dies. Where locks do nothing (some network drives), the
    existence of a second file is the lock among writers, and readers are not kept away.
    Raises ``Conflict`` STORE_LOCKED after ``timeout`` seconds, and OSError.
    """
    _make_folder(root, MANIFESTS)
    _make_folder(root, STATE)
    deadline = time.monotonic() + timeout
    file = _acquire(root, os.O_RDWR | os.O_CREAT, deadline, shared=False)
    claimed = False
    try:
        claimed = _lock_does_nothing(root) and _claim(root, deadline)
        _make_ignored(root)
        with suppress(OSError):  # for people only
            os.ftruncate(file, 0)
            os.write(file, _introduction())
        yield
    finally:
        with suppress(OSError):
            os.ftruncate(file, 0)
        _release(file)
        if claimed:
            with suppress(OSError):
                os.unlink(f"{root}/{_CLAIM}")


@contextmanager
def shared(root: Path, timeout: float) -> Iterator[None]:
    """Keep every other process from writing the store.

    Without a lock file (nobody ever wrote) or the right to open it, nothing is held.
    Raises ``Conflict`` STORE_LOCKED after ``timeout`` seconds.
    """
    file = None
    with suppress(OSError):
        flags = os.O_RDONLY if sys.platform != "win32" else os.O_RDWR
        file = _acquire(root, flags, time.monotonic() + timeout, shared=True)
    try:
        yield
    finally:
        if file is not None:
            _release(file)


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


def _acquire(root: Path, flags: int, deadline: float, *, shared: bool) -> int:
    """The lock file, open and locked."""

    def attempt() -> int | None:
        where, found = locate(root, _LOCK)
        if found is not None and not stat.S_ISREG(found.st_mode):
            raise Refused(f"“{_LOCK}” is not a regular file.", code="FILE_NOT_READABLE")
        file = os.open(where, flags | PLAIN, 0o666)
        try:
            if _lock(file, shared=shared) and _is_still(file, where):
                return file
        except BaseException:
            _release(file)
            raise
        _release(file)
        return None

    return _until(deadline, attempt, root, _LOCK)


def _claim(root: Path, deadline: float) -> bool:
    """Be the one who makes a file. One that a dead process of this machine made is taken away."""

    def attempt() -> bool | None:
        where, _ = locate(root, _CLAIM)
        try:
            file = os.open(where, os.O_WRONLY | os.O_CREAT | os.O_EXCL | PLAIN, 0o666)
        except FileExistsError:
            process, machine, _ = _holder(root, _CLAIM)
            if machine != _machine() or _is_alive(process):
                return None
            with suppress(FileNotFoundError):
                os.unlink(where)
            return attempt()
        try:
            os.write(file, _introduction())
        finally:
            _release(file)
        return True

    return _until(deadline, attempt, root, _CLAIM)


def _until(deadline: float, attempt: Callable[[], T | None], root: Path, held: str) -> T:
    """What ``attempt`` gives as soon as it is not None.

    Raises ``Conflict`` STORE_LOCKED when it is too late.
    """
    pause = 0.001
    while (result := attempt()) is None:
        if time.monotonic() >= deadline:
            process, machine, command = _holder(root, held)
            who = f"process {process} on {machine} ({command})" if process else "another skillmeat process"
            remedy = f", or delete {held} if it did not end well" if held == _CLAIM else ""
            raise Conflict(
                f"The store is in use by {who}.",
                code="STORE_LOCKED",
                hint=f"Run the command again when that has ended{remedy}.",
            )
        time.sleep(pause)
        pause = min(pause * 1.5, 0.005)  # short, or those who write without a break are always faster
    return result


def _lock_does_nothing(root: Path) -> bool:
    """Whether the lock that we hold can be had a second time."""
    file = os.open(f"{root}/{_LOCK}", os.O_RDWR | PLAIN)
    try:
        return _lock(file, shared=False)
    finally:
        _release(file)


def _release(file: int) -> None:
    with suppress(OSError):  # the file is closed even so, and nothing in it matters
        os.close(file)


def _is_still(file: int, where: str) -> bool:
    """Whether the file that was locked is the one that others will find."""
    try:
        return os.path.samestat(os.fstat(file), os.lstat(where))
    except FileNotFoundError:
        return False


def _introduction() -> bytes:
    """Who holds the store, for people: the process, the machine and the command, a line each."""
    command = shorten(one_line(shlex.join(sys.argv)), 200)
    return f"{os.getpid()}\n{_machine()}\n{command}\n".encode(errors="replace")


def _holder(root: Path, path: str) -> tuple[str, str, str]:
    """What the holder of the store wrote of itself; empty when that cannot be told."""
    try:
        lines = (read(root, path, 4096) or b"").decode(errors="replace").splitlines()
        process, machine, command = (one_line(line) for line in lines)
    except (Refused, ValueError):
        return "", "", ""
    return process, machine, command


if sys.platform == "win32":
    import msvcrt

    def _machine() -> str:
        return os.environ.get("COMPUTERNAME", "this machine")

    def _is_alive(process: str) -> bool:
        return True  # which cannot be told without harm

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

    def _machine() -> str:
        return os.uname().nodename

    def _is_alive(process: str) -> bool:
        try:
            os.kill(int(process), 0)
        except ProcessLookupError:
            return False
        except (OSError, ValueError, OverflowError):
            return True
        return True

    def _lock(file: int, *, shared: bool) -> bool:
        try:
            fcntl.flock(file, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError as error:
            if error.errno not in _UNSUPPORTED:
                raise
        return True
