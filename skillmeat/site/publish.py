"""A folder replaced whole: written beside the old one and swapped in, so that readers see one or the other.

A build that fails or is killed leaves the old folder as it was. What it leaves beside it is swept up by the
next one. Only a folder that carries ``MARKER``, or is empty, is ever replaced.
"""

from __future__ import annotations

import ctypes
import errno
import hashlib
import os
import re
import shutil
import sys
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from skillmeat.errors import Refused
from skillmeat.site.former import NO_SPARE, Spare, Stamp, stamp
from skillmeat.text import one_line

MARKER: Final = ".skillmeat-site"
"""The file by which a folder is known to be ours."""

_MARKED: Final = b"This folder is written by skillmeat and replaced whole by every build.\n"
_COUNTED: Final = re.compile(rb"^files = (\d{1,9})$", re.MULTILINE)
_NAMED: Final = re.compile(rb"^names = ([0-9a-f]{32})$", re.MULTILINE)
_SITE: Final = re.compile(rb"^site = ([0-9a-f]{1,64})$", re.MULTILINE)
_NO_STAMP: Final[Stamp] = (0, 0, 0, 0)
_AT_FDCWD: Final = -100
_RENAME_EXCHANGE: Final = 2


@dataclass(frozen=True, slots=True)
class Known:
    """What is remembered of a folder: the paths of its files, whether all is still just as written, whether
    it is what would be written now, and the spare that may be kept for it."""

    files: Collection[str]
    whole: bool
    same: bool = False
    spare: Spare = NO_SPARE


class Folder:
    """A folder being written. Paths are relative and written with ``/``; several processes may write to it.

    It is empty, or else the spare: then it holds the files of the folder that it will replace, but for what
    ``differs``. Before the end, ``files`` is set to the paths of all files and ``built`` to what tells this
    site from others, for the marker; ``sparing`` is set to keep what is replaced as the spare for the next
    time, which ``has_left_spare`` says has happened. ``unchanged`` says that there is nothing to write.
    """

    def __init__(self, root: Path, former: Path, differs: Collection[str] | None = None) -> None:
        self._root = str(root)
        self._former = str(former)
        self._made = {""}
        self._differs = None if differs is None else frozenset(differs)
        self._here: set[str] = set()
        self.files: Collection[str] = ()
        self.built = ""
        self.unchanged = False
        self.sparing = False
        self.has_left_spare = False

    @property
    def was_spare(self) -> bool:
        """Whether it is made of the spare."""
        return self._differs is not None

    def has(self, paths: Iterable[str]) -> bool:
        """Whether it holds these files of the folder that will be replaced already."""
        return self._differs is not None and self._differs.isdisjoint(paths)

    def write(self, path: str, data: bytes) -> Stamp:
        """Write a file that is not there yet. Raises ``ValueError`` for a path that leads elsewhere.

        A file that was put there stays as it is: whoever sees all paths tells that there were two.
        """

        def opened() -> int:
            return os.open(self._place(path), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)

        try:
            handle = opened()
        except (FileExistsError, NotADirectoryError):
            if not self._cleared(path):
                return _NO_STAMP
            handle = opened()
        self._here.add(path)
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
        if self.has((path,)):
            return known

        def linked() -> None:
            os.link(f"{self._former}/{path}", self._place(path), follow_symlinks=False)

        try:
            try:
                linked()
            except (FileExistsError, NotADirectoryError):
                if not self._cleared(path):
                    return _NO_STAMP
                linked()
        except (OSError, NotImplementedError):
            return self.write(path, (Path(self._former) / path).read_bytes())
        self._here.add(path)
        return known

    def _cleared(self, path: str) -> bool:
        """Take away what a spare has where a file goes; False for a file that was put there just now."""
        if self._differs is None or path in self._here:
            return False
        with suppress(OSError):  # nearly always it is a file, which Path takes ten times as long to tell
            os.unlink(f"{self._root}/{path}")  # noqa: PTH108
            return True
        place = Path(self._root, path)
        for folder in place.relative_to(self._root).parents:
            if (Path(self._root) / folder).is_file():
                (Path(self._root) / folder).unlink()
        if place.is_dir():
            shutil.rmtree(place)
        else:
            place.unlink(missing_ok=True)
        self._made = {""}
        return True

    def clear(self, former: Iterable[str]) -> None:
        """Take away what a spare has and the site has not, given what the folder to be replaced has."""
        if self._differs is None:
            return
        stale = {*former, *self._differs}.difference(self.files)
        for path in stale:
            with suppress(FileNotFoundError, IsADirectoryError, NotADirectoryError):
                os.unlink(f"{self._root}/{path}")  # noqa: PTH108
        above = {path.rpartition("/")[0] for path in stale} - {""}
        while above:
            for folder in above:
                with suppress(OSError):  # it is not empty
                    os.rmdir(f"{self._root}/{folder}")  # noqa: PTH106
            above = {path.rpartition("/")[0] for path in above} - {""}

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
        """The marker: how many files there are and a digest of their paths, and which site it is."""
        facts = f"files = {len(self.files)}\nnames = {_names(self.files)}\nsite = {self.built}\n"
        return _MARKED + facts.encode()


@contextmanager
def replacing(
    out: Path, known: Callable[[str], Known | None] | None = None, spare: Path | None = None
) -> Iterator[Folder]:
    """A new folder that takes the place of ``out`` if the block ends well, and is thrown away otherwise.

    ``known`` is given what the marker of ``out`` says that it is, and tells what is remembered of that. If
    that is whole, nobody looks for what may have been added; else its paths tell. When nothing is
    remembered, the marker has to tell, which cannot say what is new where something is gone too. ``spare``
    is where what was replaced is kept, to be made the new folder the next time: that takes a few changes,
    where an empty one takes a link for every file.

    Raises ``Refused``: ``OUTPUT_NOT_OURS`` for a folder that holds something else, ``OUTPUT_NOT_WRITABLE``
    when the system says no.
    """
    out = out.resolve()
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        with _alone(out.parent):
            _recover(out)
            remembered = known(marked(out)) if known else None
            if remembered is None or not remembered.whole:
                _refuse_foreign(out, remembered)
            staged = _beside(out, "new")
            if remembered and remembered.same:
                folder = Folder(staged, out)
                folder.unchanged = True
                yield folder
                return
            folder = Folder(staged, out, _taken(spare, remembered, staged))
            try:
                yield folder
                folder.clear(remembered.files if remembered else ())
                (staged / MARKER).write_bytes(folder.told())
                replaced = _swap(staged, out)
                if spare:
                    shutil.rmtree(spare, ignore_errors=True)
                if spare and folder.sparing and remembered and remembered.whole:
                    folder.has_left_spare = _spared(replaced, spare)
            finally:
                shutil.rmtree(staged, ignore_errors=True)
                if out.exists():
                    shutil.rmtree(_beside(out, "old"), ignore_errors=True)
    except OSError as error:
        raise Refused(
            f"The site cannot be written to {one_line(str(out))}: {error.strerror or error}.",
            code="OUTPUT_NOT_WRITABLE",
        ) from error


def _taken(spare: Path | None, known: Known | None, staged: Path) -> Collection[str] | None:
    """Make the new folder, of the spare if that is what it should be.

    Gives in what it differs from the folder that is to be replaced; None for an empty one.
    """
    if spare and known and known.spare.built and marked(spare) == known.spare.built:
        with suppress(OSError):  # it is on another file system
            spare.rename(staged)
            return known.spare.differs
    staged.mkdir()
    return None


def _spared(replaced: Path, spare: Path) -> bool:
    """Keep a folder as the spare; False where that is not possible."""
    try:
        spare.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        replaced.rename(spare)
    except OSError:
        return False
    return True


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


def _refuse_foreign(out: Path, known: Known | None) -> None:
    if not out.exists() or (out.is_dir() and (_is_ours(out, known) or not any(out.iterdir()))):
        return
    what = "holds files that skillmeat did not write" if out.is_dir() else "is a file"
    raise Refused(
        f"{one_line(str(out))} {what}, so it is not replaced.",
        code="OUTPUT_NOT_OURS",
        hint="Name another folder, or empty this one first.",
    )


def _is_ours(out: Path, known: Known | None) -> bool:
    """Whether a build wrote this folder, and nobody put anything more into it since.

    By the marker alone, a folder that lacks some files passes when fewer were added than are gone.
    """
    marker = _marker(out)
    counted, named = _COUNTED.search(marker), _NAMED.search(marker)
    if counted is None:
        return False
    there = set(_inside(out)) - {MARKER}
    if known is not None:
        return there <= set(known.files)
    if len(there) == int(counted[1]) and named:
        return _names(there) == named[1].decode()
    return len(there) <= int(counted[1])


def _names(paths: Iterable[str]) -> str:
    """A digest of paths, in whatever order."""
    text = "\0".join(sorted(paths)).encode("utf-8", "surrogateescape")
    return hashlib.blake2b(text, digest_size=16).hexdigest()


def marked(out: Path) -> str:
    """Which site a folder's marker says that it is; empty when it has none."""
    found = _SITE.search(_marker(out))
    return found[1].decode() if found else ""


def _marker(out: Path) -> bytes:
    marker = out / MARKER
    return b"" if marker.is_symlink() or not marker.is_file() else marker.read_bytes()[:1000]


def _inside(out: Path) -> Iterator[str]:
    """The paths of all files and links, written with ``/``."""
    start = len(str(out)) + 1
    for folder, folders, names in os.walk(out):
        base = f"{folder[start:]}/".replace(os.sep, "/").lstrip("/")
        yield from (base + name for name in names)
        yield from (base + each for each in folders if os.path.islink(f"{folder}/{each}"))  # noqa: PTH114


def _swap(staged: Path, out: Path) -> Path:
    """Put ``staged`` in the place of ``out``; where both can be exchanged at once, without a gap.

    Gives where that is which was replaced.
    """
    if not out.exists():
        staged.rename(out)
    elif not _exchange(staged, out):
        old = _beside(out, "old")
        out.rename(old)
        staged.rename(out)
        return old
    return staged


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
