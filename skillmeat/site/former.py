"""What the last build wrote, so that the next one makes only what changed.

It holds only for the very files that were written then: those that somebody touched are made anew.
``memory`` keeps it.
"""

from __future__ import annotations

import os
import stat
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import accumulate
from pathlib import Path
from typing import Final, NamedTuple

from skillmeat.site.output import LeftOut

DIGEST: Final = 16
"""Bytes of the digest of a file."""

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
class Result:
    """What came of a task, in its order: what was carried out, and the names of plans that need not be.

    A path may be in it twice, or be one that another task has too. What has a ``name`` came of a task that
    has a ``key``; where all of that ``stands`` as it was, no part says so again.
    """

    parts: list[Carried | str] = field(default_factory=list)
    name: str = ""
    key: str = ""
    stands: bool = False


class Stretch(NamedTuple):
    """The plans of a task that has a key, by the places of the first and behind the last."""

    key: str
    start: int
    stop: int


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

    @cached_property
    def _ends(self) -> Sequence[int]:
        return [*accumulate(self.counts), 0]  # the last for what is before the first

    @cached_property
    def _leaving_out(self) -> Sequence[int]:
        return sorted(self.left_out)

    def files(self, start: int, stop: int) -> slice:
        """The rows of the files of plans that follow one another, once all were added."""
        return slice(self._ends[start - 1], self._ends[stop - 1])

    def part(self, place: int) -> Part:
        """One of them."""
        files = self.files(place, place + 1)
        return Part(self.names[place], self.keys[place], files, self.left_out.get(place, ()))

    def copy(self, start: int, stop: int, to: Plans) -> None:
        """Add plans that follow one another to others."""
        first, last = (bisect_left(self._leaving_out, place) for place in (start, stop))
        for place in self._leaving_out[first:last]:
            to.left_out[place - start + len(to.names)] = self.left_out[place]
        to.names += self.names[start:stop]
        to.keys += self.keys[start:stop]
        to.counts += self.counts[start:stop]


@dataclass(frozen=True)
class Former:
    """What a build wrote.

    ``shared`` is a digest of what all keys leave out, ``inputs`` one of all that the site was made of;
    ``built`` is what its marker says, ``record`` tells what is remembered of it from what is of others.
    ``digests`` are those of the files, one after another. ``carried`` are
    all plans, and without names what was made outside of them; ``stretches`` those of tasks that have a
    name, by that. ``touched`` are the rows of files that are no longer as they were written.
    """

    shared: str = ""
    inputs: str = ""
    built: str = ""
    record: str = ""
    files: Columns = field(default_factory=Columns)
    digests: bytes = b""
    folders: Columns = field(default_factory=Columns)
    carried: Plans = field(default_factory=Plans)
    stretches: Mapping[str, Stretch] = field(default_factory=dict)
    spare: Spare = NO_SPARE
    touched: frozenset[int] = frozenset()

    def plan(self, name: str) -> Part | None:
        """The plan of a name, if there is one of which every file stands as it was written."""
        place = self.places.get(name)
        if place is None:
            return None
        part = self.carried.part(place)
        return None if _overlaps(self._gone, part.files) else part

    def stretch(self, name: str, key: str) -> Stretch | None:
        """That of a task, if it had this key and every file stands as it was written."""
        found = self.stretches.get(name)
        if found is None or found.key != key:
            return None
        return None if _overlaps(self._gone, self.carried.files(found.start, found.stop)) else found

    def ready(self) -> None:
        """Make now what is else made when it is first asked for: by each copy of this process for itself."""
        _ = self.rows, self.places, self._gone

    @cached_property
    def places(self) -> Mapping[str, int]:
        """By name: the place of a plan, whether or not its files stand."""
        return {name: place for place, name in enumerate(self.carried.names) if name}

    @cached_property
    def _gone(self) -> Sequence[int]:
        return sorted(self.touched)

    @cached_property
    def rows(self) -> Mapping[str, int]:
        """By path: the row of a file that stands as it was written."""
        return {path: row for row, path in enumerate(self.files.paths) if row not in self.touched}

    def digest(self, row: int) -> bytes:
        """The digest of a file."""
        return self.digests[DIGEST * row : DIGEST * (row + 1)]

    @property
    def left_out(self) -> tuple[LeftOut, ...]:
        """What was left out."""
        return tuple(each for _, left_out in sorted(self.carried.left_out.items()) for each in left_out)

    def standing(self, touched: Iterable[int], shared: str) -> Former:
        """It without the files that were touched; its plans are forgotten if ``shared`` is another now."""
        known = replace(self, touched=frozenset(touched))
        if self.shared == shared:
            return known
        names = [""] * len(self.carried.names)
        return replace(known, carried=replace(self.carried, names=names), stretches={})


NOTHING: Final = Former()
"""What is known when no build is remembered."""


def joined(results: Iterable[Result], was: Former) -> Former:
    """What a build wrote, of what came of its tasks."""
    files, digests, made = Columns(), bytearray(), Plans()
    stretches: dict[str, Stretch] = {}

    def again(start: int, stop: int) -> None:
        rows = was.carried.files(start, stop)
        files.paths.extend(was.files.paths[rows])
        files.stamps.extend(was.files.stamps[4 * rows.start : 4 * rows.stop])
        digests.extend(was.digests[DIGEST * rows.start : DIGEST * rows.stop])
        was.carried.copy(start, stop, made)

    for result in results:
        begin = len(made.names)
        if result.stands:
            again(*was.stretches[result.name][1:])
        for part in result.parts:
            if isinstance(part, str):
                place = was.places[part]
                again(place, place + 1)
                continue
            for each in part.files:
                files.add(each.path, each.stamp)
                digests += each.digest
            made.add(part.name, part.key, len(part.files), part.left_out)
        if result.name:
            stretches[result.name] = Stretch(result.key, begin, len(made.names))
    return Former(files=files, digests=bytes(digests), carried=made, stretches=stretches)


def made_before(out: Path, was: Former, name: str, key: str) -> bytes | None:
    """The one file that a plan made for a key, of a site that is in ``out``; None where there is none."""
    plan = was.plan(name)
    if plan is None or plan.key != key or plan.files.stop - plan.files.start != 1:
        return None
    path: str = was.files.paths[plan.files.start]
    try:
        return (out / path).read_bytes()
    except OSError:
        return None


def differing(results: Iterable[Result], was: Former) -> frozenset[str]:
    """The paths at which the site of these results has other files than the one that was."""
    is_kept = bytearray(len(was.carried.names))
    now: dict[str, Stamp] = {}
    for result in results:
        if result.stands:
            _, start, stop = was.stretches[result.name]
            is_kept[start:stop] = bytes([1]) * (stop - start)
        for part in result.parts:
            if isinstance(part, str):
                is_kept[was.places[part]] = 1
            else:
                now |= {each.path: each.stamp for each in part.files}
    before = {
        was.files.paths[row]: was.files.stamp(row)
        for place, kept in enumerate(is_kept)
        if not kept
        for row in rows_in(was.carried.files(place, place + 1))
    }
    return frozenset(path for path in before.keys() | now.keys() if before.get(path) != now.get(path))


def rows_in(stretch: slice) -> range:
    """The rows of a stretch of them."""
    return range(stretch.start, stretch.stop)


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
