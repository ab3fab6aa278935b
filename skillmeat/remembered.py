"""What was read and found before, so that a file which did not change since is not read or judged again.

It is kept in the user's cache, never in the store, where somebody else could plant it: sections of one
file, of which only those that are needed are read. Records are JSON, a line each, and are validated again
when they come back. A file is known by its stamp: when it changed, its size and its inode. One that changed
in the seconds before it was remembered has none, since another change in the same tick would not show; its
record is kept all the same, as what it is compared with. What is not there, damaged or of another version is
as good as nothing.
"""

from __future__ import annotations

import os
import sys
import time
import zlib
from array import array
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import cached_property
from pathlib import Path
from typing import IO, Any, Final

from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic_core import from_json, to_json

import skillmeat
from skillmeat import __version__
from skillmeat.files.contents import Stamp
from skillmeat.finding import FOLDER
from skillmeat.model import KINDS, Kind, Lock, LockedSource, Record
from skillmeat.places import cache_folder

WORTH_IT: Final = 500
"""Stores of fewer files are read as fast without."""

LOCK: Final = f"{FOLDER}/skillmeat.lock"

Kept = Callable[[LockedSource], LockedSource]

_TICK = 2_000_000_000  # ns: the coarsest clock of a file system that is in use
_LAYOUT: Final = 2
_UNSETTLED: Final = (0, 0, 0, 0)
_PLURAL: Final = {kind.plural: kind for kind in KINDS}
_BUFFER: Final = 1024 * 1024
_SIZE: Final = 8  # of the number at the end of the file that says where its head begins


class Memory:
    """What was read and found of one store before, by path."""

    def __init__(self, root: Path) -> None:
        self._root = str(root.resolve())
        name = self._root.encode("utf-8", "surrogateescape")
        self._file = cache_folder() / "stores" / f"{zlib.crc32(name):08x}{zlib.adler32(name):08x}"

    # ------------------------------------------------------------ remembering

    @property
    def paths(self) -> Sequence[str]:
        """The files of which there are records, in the order in which they were read."""
        return self._paths[0]

    def knows(self, path: str, stamp: Stamp) -> bool:
        """Whether ``record`` gives what a file of this stamp holds."""
        return self._stamps.get(path) == stamp

    def stamp(self, path: str) -> Stamp:
        """The stamp of a file when it was remembered; zeros where it had just changed or is not known."""
        return self._stamps.get(path, _UNSETTLED)

    def line(self, path: str) -> bytes | None:
        """The record of a file as ``Keeping.add`` takes it."""
        place = self._places.get(path)
        return None if place is None else self._lines[place]

    def record(self, path: str) -> Record | None:
        """What a file held when it was remembered; None when that is not known."""
        line = self.line(path)
        if line is None:
            return None
        try:
            record = _kind(path).record.model_validate_json(line)
        except (ValidationError, KeyError):
            return None
        return record if _kind(path).path(record.id) == path else None

    @cached_property
    def records(self) -> Mapping[str, Record]:
        """What each file held, by path; of those whose stamp is known."""
        found: dict[str, Record] = {}
        for plural, kind in _PLURAL.items():
            start = f"{FOLDER}/{plural}/"
            settled = [path for path in self._places if path.startswith(start) and any(self._stamps[path])]
            text = b"[" + b",".join(self._lines[self._places[path]] for path in settled) + b"]"
            with suppress(ValidationError):
                read = TypeAdapter(list[kind.record]).validate_json(text)  # type: ignore[name-defined]
                found.update((kind.path(each.id), each) for each in read)
        return found

    def lock(self, stamp: Stamp | None, keep: Kept = lambda source: source) -> Lock | None:
        """The lock, if its file had this stamp, with what ``keep`` gives of each source."""
        if not stamp or self._stamps.get(LOCK) != stamp:
            return None
        try:
            *sources, head = self.locked.split(b"\n")[:-1]
            held = tuple(keep(LockedSource.model_validate_json(each)) for each in sources)
            return Lock.model_validate_json(head).model_copy(update={"source": held})
        except ValueError:  # nothing there, or a validation error
            return None

    @property
    def locked(self) -> bytes:
        """The lock as ``Keeping.copy`` takes it; empty when it is not known."""
        return self._section("lock")

    @cached_property
    def judged(self) -> Any:
        """What ``Keeping.finish`` was given: JSON, of which nothing is sure; None when there is nothing."""
        try:
            return from_json(self._section("judged") or b"null")
        except ValueError:
            return None

    @contextmanager
    def keeping(self) -> Iterator[Keeping]:
        """Remember anew what is added. Nothing is said when it cannot be written."""
        keeping = Keeping(self._root, self._file)
        try:
            yield keeping
        finally:
            keeping.close()

    # ----------------------------------------------------------------- on disk

    @cached_property
    def _head(self) -> Mapping[str, Sequence[int]]:
        """The sections by name: where each begins, how many bytes it has, and their checksum."""
        try:
            with self._file.open("rb") as file:
                end = file.seek(-_SIZE, os.SEEK_END)
                start = int.from_bytes(file.read(), "little")
                file.seek(start)
                head = from_json(file.read(end - start) if start < end else b"")
            if (head["version"], head["root"]) != (_version(), self._root):
                return {}
            return {str(name): [int(each) for each in place] for name, place in head["sections"].items()}
        except (OSError, ValueError, TypeError, KeyError, AttributeError, OverflowError):
            return {}

    def _section(self, name: str) -> bytes:
        place = self._head.get(name, ())
        if len(place) != 3:
            return b""
        start, size, checksum = place
        try:
            with self._file.open("rb") as file:
                file.seek(start)
                data = file.read(size)
        except (OSError, ValueError, OverflowError):
            return b""
        return data if len(data) == size and zlib.crc32(data) == checksum else b""

    @cached_property
    def _paths(self) -> tuple[list[str], list[Stamp]]:
        text, stamps = self._section("paths"), array("q")
        data = self._section("stamps")
        if not text or len(data) % (4 * stamps.itemsize):
            return [], []
        stamps.frombytes(data)
        paths = text.decode("utf-8", "surrogateescape").split("\n")
        found = list(zip(stamps[0::4], stamps[1::4], stamps[2::4], stamps[3::4], strict=True))
        return (paths, found) if len(paths) == len(found) else ([], [])

    @cached_property
    def _stamps(self) -> Mapping[str, Stamp]:
        return dict(zip(*self._paths, strict=True))

    @cached_property
    def _places(self) -> Mapping[str, int]:
        known = range(min(len(self.paths), len(self._lines)))
        return dict(zip(self.paths, known, strict=False))

    @cached_property
    def _lines(self) -> Sequence[bytes]:
        return self._section("records").split(b"\n")[:-1]


class Keeping:
    """What is to be remembered of a store, written while it is read: first the lock, then the records."""

    def __init__(self, root: str, target: Path) -> None:
        self._root = root
        self._target = target
        self._paths: list[str] = []
        self._stamps = array("q")
        self._newest = time.time_ns() - _TICK
        self._sections: list[tuple[str, int, int, int]] = []
        self._start = self._size = self._checksum = 0
        self._strange = self._failed = False
        self._lock_stamp: Stamp | None = None
        self._file: IO[bytes] | None = None
        self._pending: list[bytes] = []
        self._waiting = 0

    def source(self, source: LockedSource) -> None:
        """A source of the lock."""
        self._put(line(source) + b"\n")
        self._strange = self._strange or not _comes_back(source, *source.artifact)

    def lock(self, lock: Lock | None, stamp: Stamp | None) -> None:
        """The lock whose sources were given before; None when it cannot be read after all."""
        if lock is None or not stamp or self._strange or not self._settled(stamp):
            self._end("")
            return
        head = lock.model_copy(update={"source": ()})
        self._put(line(head) + b"\n")
        self._locked(stamp if _comes_back(head) else None)

    def copy(self, lock: bytes, stamp: Stamp | None) -> None:
        """The lock as it was remembered, in the place of ``source`` and ``lock``."""
        self._put(lock)
        self._locked(stamp if lock else None)

    def add(self, path: str, stamp: Stamp, line: bytes) -> None:
        """A file, and its record as ``line`` writes it."""
        if "\n" not in path:
            self._paths.append(path)
            self._stamps.extend(stamp if self._settled(stamp) else _UNSETTLED)
            self._put(line + b"\n")

    def finish(self, judged: object) -> None:
        """All is there, and whatever JSON comes with it."""
        self._end("records")
        if self._lock_stamp:
            self._paths.append(LOCK)
            self._stamps.extend(self._lock_stamp)
        for name, data in (
            ("paths", "\n".join(self._paths).encode("utf-8", "surrogateescape")),
            ("stamps", self._stamps.tobytes()),
            ("judged", to_json(judged)),
        ):
            self._put(data)
            self._end(name)
        sections = {name: place for name, *place in self._sections}
        head = to_json({"version": _version(), "root": self._root, "sections": sections})
        self._put(head + self._size.to_bytes(_SIZE, "little"))
        self._flush()
        if self._file:
            with suppress(OSError):
                self._file.close()
                Path(self._file.name).replace(self._target)
                self._file = None

    def close(self) -> None:
        """Forget what was not finished."""
        if self._file:
            with suppress(OSError):
                self._file.close()
            with suppress(OSError):
                Path(self._file.name).unlink()
            self._file = None

    def _settled(self, stamp: Stamp) -> bool:
        return max(stamp[:2]) < self._newest

    def _locked(self, stamp: Stamp | None) -> None:
        self._lock_stamp = stamp
        self._end("lock")

    def _put(self, data: bytes) -> None:
        self._checksum = zlib.crc32(data, self._checksum)
        self._size += len(data)
        self._waiting += len(data)
        self._pending.append(data)
        if self._waiting > _BUFFER:
            self._flush()

    def _flush(self) -> None:
        data = b"".join(self._pending)
        self._pending.clear()
        self._waiting = 0
        try:
            if self._file is None and not self._failed:
                self._target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                import tempfile

                self._file = tempfile.NamedTemporaryFile(dir=self._target.parent, delete=False)  # noqa: SIM115
            if self._file:
                self._file.write(data)
        except OSError:
            self._failed = True
            self.close()

    def _end(self, name: str) -> None:
        """What was put since the last section ended is the section of this name."""
        self._sections.append((name, self._start, self._size - self._start, self._checksum))
        self._start, self._checksum = self._size, 0


def line(record: BaseModel) -> bytes:
    """A record as it is remembered: JSON on one line, without what is as it is anyway."""
    return record.__pydantic_serializer__.to_json(record, exclude_defaults=True)


def _comes_back(*parts: BaseModel) -> bool:
    """Whether parts of a lock are the same when they are read as JSON, which not all keys of a later version
    need be.
    """
    try:
        return all(
            not part.__pydantic_extra__ or type(part).model_validate_json(line(part)) == part
            for part in parts
        )
    except ValueError:
        return False


def _kind(path: str) -> Kind:
    return _PLURAL[path.split("/", 2)[1]]


def _version() -> str:
    """What must be the same for all this to be what it was: the code that read and judged."""
    package = Path(skillmeat.__file__).parent
    facts: list[object] = [__version__, _LAYOUT, sys.hexversion, sys.byteorder]
    with suppress(OSError):
        for folder in (package, package / "checks", package / "manifest"):
            with os.scandir(folder) as listing:
                files = sorted((each.name, each) for each in listing if each.name.endswith(".py"))
                facts += [(name, each.stat().st_size, each.stat().st_mtime_ns) for name, each in files]
    return f"{__version__}/{zlib.crc32(repr(facts).encode()):08x}"
