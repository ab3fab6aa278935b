"""A folder replaced whole: written beside the old one and swapped in, so that readers see one or the other.

A build that fails or is killed leaves the old folder as it was. What it leaves beside it is swept up by the
next one. Only a folder that carries ``MARKER``, or is empty, is ever replaced.
"""

from __future__ import annotations

import ctypes
import errno
import os
import re
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from skillmeat.errors import Refused
from skillmeat.site.former import Stamp, stamp
from skillmeat.text import one_line

MARKER: Final = ".skillmeat-site"
"""The file by which a folder is known to be ours."""

_MARKED: Final = b"This folder is written by skillmeat and replaced whole by every build.\n"
_COUNTED: Final = re.compile(rb"^files = (\d{1,9})$", re.MULTILINE)
_SITE: Final = re.compile(rb"^site = ([0-9a-f]{1,64})$", re.MULTILINE)
_NO_STAMP: Final[Stamp] = (0, 0, 0, 0)
_AT_FDCWD: Final = -100
_RENAME_EXCHANGE: Final = 2


class Folder:
    """A folder being written. Paths are relative and written with ``/``; several processes may write to it.

    Before the end, ``files`` is set to how many there are and ``built`` to what tells this site from others,
    for the marker. ``unchanged`` is set to leave everything as it was.
    """

    def __init__(self, root: Path, former: Path) -> None:
        self._root = str(root)
        self._former = str(former)
        self._made = {""}
        self.files = 0
        self.built = ""
        self.unchanged = False

    def write(self, path: str, data: bytes) -> Stamp:
        """Write a file that is not there yet. Raises ``ValueError`` for a path that leads elsewhere.

        A file that is there stays as it is: whoever sees all paths tells that there were two.
        """
        try:
            handle = os.open(self._place(path), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
        except FileExistsError:
            return _NO_STAMP
        try:
            view = memoryview(data)
            while view:
                view = view[os.write(handle, view) :]
            return stamp(os.fstat(handle))
        finally:
            os.close(handle)

    def link(self, path: str, known: Stamp) -> Stamp:
        """Have a file of the folder that will be replaced in this one too; gives its stamp.

        It is the same file where the system can do that, so nothing may ever write into it in its place.
        """
        try:
            os.link(f"{self._former}/{path}", self._place(path), follow_symlinks=False)
        except FileExistsError:
            return _NO_STAMP
        except (OSError, NotImplementedError):
            return self.write(path, (Path(self._former) / path).read_bytes())
        return known

    def _place(self, path: str) -> str:
        folder, _, _ = path.rpartition("/")
        if path.startswith("/") or folder not in self._made:
            if path.startswith("/") or not {"", ".", ".."}.isdisjoint(path.split("/")):
                raise ValueError(f"not a path below the site: {path!r}")
            try:
                os.mkdir(f"{self._root}/{folder}")  # noqa: PTH102  # this runs for every folder
            except FileNotFoundError:
                os.makedirs(f"{self._root}/{folder}", exist_ok=True)  # noqa: PTH103
            except FileExistsError:
                pass
            self._made.add(folder)
        return f"{self._root}/{path}"

    def told(self) -> bytes:
        """The marker: how many files there are, so that one that somebody adds shows, and which site."""
        return _MARKED + f"files = {self.files}\nsite = {self.built}\n".encode()


@contextmanager
def replacing(out: Path, known: Callable[[str], bool] | None = None) -> Iterator[Folder]:
    """A new folder that takes the place of ``out`` if the block ends well, and is thrown away otherwise.

    ``known`` is given what the marker of ``out`` says that it is, and tells whether it is still just that;
    if so, nobody looks for what may have been added to it.

    Raises ``Refused``: ``OUTPUT_NOT_OURS`` for a folder that holds something else, ``OUTPUT_NOT_WRITABLE``
    when the system says no.
    """
    out = out.resolve()
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        with _alone(out.parent):
            _recover(out)
            if not (known and known(_built(out))):
                _refuse_foreign(out)
            staged = _beside(out, "new")
            staged.mkdir()
            try:
                folder = Folder(staged, out)
                yield folder
                if not folder.unchanged:
                    (staged / MARKER).write_bytes(folder.told())
                    _swap(staged, out)
            finally:
                shutil.rmtree(staged, ignore_errors=True)
                if out.exists():
                    shutil.rmtree(_beside(out, "old"), ignore_errors=True)
    except OSError as error:
        raise Refused(
            f"The site cannot be written to {one_line(str(out))}: {error.strerror or error}.",
            code="OUTPUT_NOT_WRITABLE",
        ) from error


def _beside(out: Path, what: str) -> Path:
    return out.parent / f".{out.name}.skillmeat-{what}"


def _recover(out: Path) -> None:
    """Put back or sweep up what a killed build left."""
    old = _beside(out, "old")
    if old.is_dir() and not out.exists():
        old.rename(out)
    for leftover in (old, _beside(out, "new")):
        if leftover.is_dir() and not leftover.is_symlink():
            shutil.rmtree(leftover)


def _refuse_foreign(out: Path) -> None:
    if not out.exists() or (out.is_dir() and (_is_ours(out) or not any(out.iterdir()))):
        return
    what = "holds files that skillmeat did not write" if out.is_dir() else "is a file"
    raise Refused(
        f"{one_line(str(out))} {what}, so it is not replaced.",
        code="OUTPUT_NOT_OURS",
        hint="Name another folder, or empty this one first.",
    )


def _is_ours(out: Path) -> bool:
    """Whether a build wrote this folder, and nobody put anything more into it since."""
    counted = _COUNTED.search(_marker(out))
    there = sum(len(names) + sum(map(os.path.islink, folders)) for _, folders, names in _inside(out))
    return counted is not None and there <= int(counted[1]) + 1  # and the marker


def _built(out: Path) -> str:
    """Which site a folder's marker says that it is; empty when it has none."""
    found = _SITE.search(_marker(out))
    return found[1].decode() if found else ""


def _marker(out: Path) -> bytes:
    marker = out / MARKER
    return b"" if marker.is_symlink() or not marker.is_file() else marker.read_bytes()[:1000]


def _inside(out: Path) -> Iterator[tuple[str, list[str], list[str]]]:
    for folder, folders, names in os.walk(out):
        yield folder, [os.path.join(folder, each) for each in folders], names  # noqa: PTH118


def _swap(staged: Path, out: Path) -> None:
    """Put ``staged`` in the place of ``out``; where both can be exchanged at once, without a gap."""
    if not out.exists():
        staged.rename(out)
    elif not _exchange(staged, out):
        old = _beside(out, "old")
        out.rename(old)
        staged.rename(out)


def _exchange(one: Path, other: Path) -> bool:
    """Exchange two folders in one step. False where the system cannot."""
    if sys.platform != "linux":
        return False
    rename = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if rename is None:
        return False
    if rename(_AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other), _RENAME_EXCHANGE) == 0:
        return True
    code = ctypes.get_errno()
    if code in (errno.EINVAL, errno.ENOSYS, errno.ENOTSUP):
        return False
    raise OSError(code, os.strerror(code))


@contextmanager
def _alone(parent: Path) -> Iterator[None]:
    """Let builds that write beside each other take turns, where the system has locks for that."""
    try:
        import fcntl
    except ImportError:  # Windows
        yield
        return
    handle = os.open(parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
