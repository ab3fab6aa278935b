"""What the last build wrote, so that the next one makes only what changed.

It is kept in the user's cache, by the folder that the site is in, and holds only for the very files that
were written then: their stamps are compared, and the folder's marker. Whatever is not there, damaged, of
other code, or of files that somebody touched is as good as nothing, and is made anew.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import stat
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import accumulate
from pathlib import Path
from typing import Any, Final, NamedTuple

from pydantic_core import from_json, to_json

from skillmeat.places import cache_folder
from skillmeat.site.kept import replace_file
from skillmeat.site.output import LeftOut

_LAYOUT: Final = 4
_OUT: Final = "out"
"""The file that says which folder a site is in."""

_DIGEST: Final = 16

Stamp = tuple[int, int, int, int]
"""Of a file: its size, when it was changed (ns), its inode and its mode. Of a folder the size is 0.

When its status changed is no part of it: a link to it from elsewhere changes that too.
"""


class Written(NamedTuple):
    """A file of a site: the digest of its bytes, and its stamp, in which the size comes first."""

    path: str
    digest: bytes
    stamp: Stamp


class Carried(NamedTuple):
    """A plan that was carried out: what its key was, the files it made, and what it left out.

    Without a name it is what a generator yields outside of plans.
    """

    name: str
    key: str
    files: Sequence[Written]
    left_out: Sequence[LeftOut]


class Part(NamedTuple):
    """A plan that was carried out, by the places of its files in the columns of ``Former``."""

    name: str
    key: str
    files: slice
    left_out: Sequence[LeftOut]


@dataclass
class Columns:
    """Paths and their stamps, four numbers each: many of them, so not an object each."""

    paths: list[str] = field(default_factory=list)
    stamps: array[int] = field(default_factory=lambda: array("q"))

    def add(self, path: str, stamp: Stamp) -> None:
        """Add a row."""
        self.paths.append(path)
        self.stamps.extend(stamp)

    def stamp(self, row: int) -> Stamp:
        """The stamp in a row."""
        size, changed, inode, mode = self.stamps[4 * row : 4 * row + 4]
        return size, changed, inode, mode

    def touched(self, root: str) -> set[int]:
        """The rows that are not below a folder as they are here."""
        found = set()
        numbers = iter(self.stamps)
        lstat, is_folder = os.lstat, stat.S_ISDIR  # this runs for every file of the site
        known = zip(self.paths, numbers, numbers, numbers, numbers, strict=True)
        for row, (path, size, changed, inode, mode) in enumerate(known):
            try:
                now = lstat(f"{root}/{path}")
            except OSError:
                found.add(row)
                continue
            same = now.st_mtime_ns == changed and now.st_ino == inode and now.st_mode == mode
            if not same or (now.st_size != size and not is_folder(mode)):
                found.add(row)
        return found


@dataclass(frozen=True)
class Spare:
    """The site of the build before the last, kept to be made the next one: the site that its marker says it
    is, and the paths at which it is not like the last one. ``stamps`` are those of its folders, if it has the
    same ones as that; else there are none."""

    built: str = ""
    differs: frozenset[str] = frozenset()
    stamps: array[int] = field(default_factory=lambda: array("q"))


NO_SPARE: Final = Spare()


@dataclass
class Plans:
    """Plans that were carried out: names, keys, how many files of those that follow one another, and by
    place what was left out."""

    names: list[str] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    counts: list[int] = field(default_factory=list)
    left_out: dict[int, Sequence[LeftOut]] = field(default_factory=dict)

    def add(self, name: str, key: str, count: int, left_out: Sequence[LeftOut]) -> None:
        """Add one."""
        if left_out:
            self.left_out[len(self.names)] = left_out
        self.names.append(name)
        self.keys.append(key)
        self.counts.append(count)

    def parts(self) -> Iterator[Part]:
        """All of them, in order."""
        rows = zip(self.names, self.keys, self.counts, accumulate(self.counts), strict=True)
        for place, (name, key, count, stop) in enumerate(rows):
            yield Part(name, key, slice(stop - count, stop), self.left_out.get(place, ()))


@dataclass(frozen=True)
class Former:
    """What a build wrote.

    ``shared`` is a digest of what all keys leave out, ``inputs`` one of all that the site was made of;
    ``built`` is what its marker says, ``record`` tells what is remembered of it from what is of others.
    ``digests`` are those of the files, one after another. ``carried`` are
    all plans, and without names what was made outside of them. ``touched`` are the rows of files that are
    no longer as they were written.
    """

    shared: str = ""
    inputs: str = ""
    built: str = ""
    record: str = ""
    files: Columns = field(default_factory=Columns)
    digests: bytes = b""
    folders: Columns = field(default_factory=Columns)
    carried: Plans = field(default_factory=Plans)
    spare: Spare = NO_SPARE
    touched: frozenset[int] = frozenset()

    @cached_property
    def plans(self) -> Mapping[str, Part]:
        """The plans by name, of which every file stands as it was written."""
        named = (part for part in self.carried.parts() if part.name)
        if gone := sorted(self.touched):
            named = (part for part in named if not _overlaps(gone, part.files))
        return {part.name: part for part in named}

    @cached_property
    def rows(self) -> Mapping[str, int]:
        """By path: the row of a file that stands as it was written."""
        return {path: row for row, path in enumerate(self.files.paths) if row not in self.touched}

    def digest(self, row: int) -> bytes:
        """The digest of a file."""
        return self.digests[_DIGEST * row : _DIGEST * (row + 1)]

    @property
    def left_out(self) -> tuple[LeftOut, ...]:
        """What was left out."""
        return tuple(each for _, left_out in sorted(self.carried.left_out.items()) for each in left_out)

    def standing(self, touched: Iterable[int], shared: str) -> Former:
        """It without the files that were touched; its plans are forgotten if ``shared`` is another now."""
        names = self.carried.names if self.shared == shared else [""] * len(self.carried.names)
        return replace(self, touched=frozenset(touched), carried=replace(self.carried, names=names))


NOTHING: Final = Former()
"""What is known when no build is remembered."""


def joined(parts: Iterable[Carried | str], was: Former) -> Former:
    """What a build wrote, of its parts; those that are names are as they were."""
    files, digests, made = Columns(), bytearray(), Plans()
    for part in parts:
        if isinstance(part, str):
            known = was.plans[part]
            begin, end = known.files.start, known.files.stop
            files.paths += was.files.paths[begin:end]
            files.stamps += was.files.stamps[4 * begin : 4 * end]
            digests += was.digests[_DIGEST * begin : _DIGEST * end]
            made.add(known.name, known.key, end - begin, known.left_out)
        else:
            for each in part.files:
                files.add(each.path, each.stamp)
                digests += each.digest
            made.add(part.name, part.key, len(part.files), part.left_out)
    return Former(files=files, digests=bytes(digests), carried=made)


def made_before(out: Path, was: Former, name: str, key: str) -> bytes | None:
    """The one file that a plan made for a key, of a site that is in ``out``; None where there is none."""
    plan = was.plans.get(name)
    if plan is None or plan.key != key or plan.files.stop - plan.files.start != 1:
        return None
    path: str = was.files.paths[plan.files.start]
    try:
        return (out / path).read_bytes()
    except OSError:
        return None


def differing(parts: Iterable[Carried | str], was: Former) -> frozenset[str]:
    """The paths at which the site of these parts has other files than the one that was."""
    kept: set[str] = set()
    now: dict[str, Stamp] = {}
    for part in parts:
        if isinstance(part, str):
            kept.add(part)
        else:
            now |= {each.path: each.stamp for each in part.files}
    before = {
        was.files.paths[row]: was.files.stamp(row)
        for part in was.carried.parts()
        if part.name not in kept
        for row in range(part.files.start, part.files.stop)
    }
    return frozenset(path for path in before.keys() | now.keys() if before.get(path) != now.get(path))


def folders_of(out: Path, files: Sequence[str], was: Former, differs: frozenset[str] | None) -> Columns:
    """The folders of these files and their stamps, which change when something is added or replaced.

    Of a site that was made of the spare, nothing did where the spare was like ``was`` and ``differs`` does
    not say otherwise; it is None of another site.
    """
    stamps, paths = was.spare.stamps, was.folders.paths
    if differs is None or files != was.files.paths or len(stamps) != 4 * len(paths):
        columns = Columns()
        for path in sorted(_above(files)):
            columns.add(path, _stamp_of(f"{out}/{path}"))
        return columns
    columns = Columns(paths, array("q", stamps))
    for path in _above(differs | was.spare.differs):
        row = bisect_left(paths, path)
        if row < len(paths) and paths[row] == path:  # or else it is gone
            columns.stamps[4 * row : 4 * row + 4] = array("q", _stamp_of(f"{out}/{path}"))
    return columns


def _stamp_of(folder: str) -> Stamp:
    """The stamp of a folder; one that nothing has if somebody took it away."""
    try:
        return stamp(os.lstat(folder))
    except OSError:
        return 0, 0, 0, 0


def _above(files: Iterable[str]) -> set[str]:
    """The folders that files are in, and those above them."""
    found = {""}
    for folder in {path.rpartition("/")[0] for path in files}:
        while folder not in found:
            found.add(folder)
            folder = folder.rpartition("/")[0]
    return found


def stamp(found: os.stat_result) -> Stamp:
    """The stamp that a status amounts to."""
    size = 0 if stat.S_ISDIR(found.st_mode) else found.st_size
    return size, found.st_mtime_ns, found.st_ino, found.st_mode


def _overlaps(rows: Sequence[int], stretch: slice) -> bool:
    """Whether one of the rows, in order, is in a stretch."""
    at = bisect_left(rows, stretch.start)
    return at < len(rows) and rows[at] < stretch.stop


# ------------------------------------------------------------------ on disk


def recall(out: Path, built: str) -> Former:
    """What the build that wrote ``out`` left to remember, if ``built`` is what the folder's marker says."""
    if not built:
        return NOTHING
    try:
        head, _, body = _file(out).read_bytes().partition(b"\n")
        if head != _head(body):
            return NOTHING
        first, _, rest = body.partition(b"\n")
        page = from_json(first, cache_strings="none")
        if (page["layout"], page["out"], page["built"]) != (_LAYOUT, str(out), built):
            return NOTHING
        return _former(page, rest, head.decode())
    except (OSError, ValueError, KeyError, TypeError, IndexError):
        return NOTHING


def record(out: Path) -> str:
    """What ``Former.record`` will be of what ``recall`` gives; something else if that is damaged."""
    try:
        with _file(out).open("rb") as file:
            return file.read(2 * _DIGEST).decode("ascii", "replace")
    except OSError:
        return ""


def remember(out: Path, former: Former) -> None:
    """Keep what a build wrote. Nothing is said when it cannot be kept."""
    page = {
        "layout": _LAYOUT,
        "out": str(out),
        "shared": former.shared,
        "inputs": former.inputs,
        "built": former.built,
        "names": former.carried.names,
        "keys": former.carried.keys,
        "counts": former.carried.counts,
        "left_out": {
            place: [(one.path, one.reason) for one in left_out]
            for place, left_out in former.carried.left_out.items()
        },
        "files": former.files.paths,
        "folders": former.folders.paths,
        "spare": [former.spare.built, sorted(former.spare.differs)],
    }
    with suppress(OSError, ValueError):  # a path may hold what UTF-8 cannot
        text = to_json(page)
        stamps = (former.files.stamps, former.folders.stamps, former.spare.stamps)
        body = b"".join([text, b"\n", former.digests, *(each.tobytes() for each in stamps)])
        replace_file(_file(out), _head(body) + b"\n" + body)
        replace_file(folder_of(out) / _OUT, str(out).encode())
        _sweep(folder_of(out).parent)


def _sweep(sites: Path) -> None:
    """Forget what is kept for folders that are gone: a spare would keep their files on the disk."""
    for each in sites.glob(f"*/{_OUT}"):
        if not Path(each.read_text("utf-8", "surrogateescape")).exists():
            shutil.rmtree(each.parent, ignore_errors=True)


def folder_of(out: Path) -> Path:
    """Where everything is that is kept for a site's next build."""
    name = hashlib.sha256(str(out).encode("utf-8", "surrogateescape")).hexdigest()[:32]
    return cache_folder() / "sites" / name


def _file(out: Path) -> Path:
    return folder_of(out) / "written"


def _head(body: bytes) -> bytes:
    return hashlib.blake2b(body, digest_size=16).hexdigest().encode()


def _former(page: Mapping[str, Any], data: bytes, record: str) -> Former:
    files, folders = page["files"], page["folders"]
    end = _DIGEST * len(files)
    stamps = array("q")
    stamps.frombytes(data[end:])
    both = 4 * (len(files) + len(folders))
    left_out: dict[int, Sequence[LeftOut]] = {
        int(place): tuple(LeftOut(path, reason) for path, reason in rows)
        for place, rows in page["left_out"].items()
    }
    return Former(
        shared=page["shared"],
        inputs=page["inputs"],
        built=page["built"],
        record=record,
        files=Columns(files, stamps[: 4 * len(files)]),
        digests=data[:end],
        folders=Columns(folders, stamps[4 * len(files) : both]),
        carried=Plans(page["names"], page["keys"], page["counts"], left_out),
        spare=Spare(page["spare"][0], frozenset(page["spare"][1]), stamps[both:]),
    )
