"""The content of artifacts, from the cache or from the store's own repository."""

from __future__ import annotations

import bisect
import hashlib
import os
import stat
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from skillmeat import remote
from skillmeat.catalog import Catalog
from skillmeat.errors import SkillmeatError
from skillmeat.model import Artifact
from skillmeat.tree import FILE, PROGRAM, READMES, Content, TreeEntry


class Contents:
    """The content of artifacts, as far as it is on this machine: local files, and the cache."""

    def __init__(self, catalog: Catalog, root: Path) -> None:
        self._catalog = catalog
        self._root = Path(os.path.realpath(root))
        self._sources: dict[str, _Source | None] = {}
        self._versions: dict[str, str] = {}
        self._real: dict[str, bool] = {}  # by folder: whether no part of its path is a link
        self._found: dict[str, Content | None] = {}
        self._small = _Small()

    def __call__(self, artifact: Artifact) -> Content | None:
        """What an artifact is made of; None when it is not here, or not locked."""
        if artifact.id not in self._found:
            self._found[artifact.id] = self._find(artifact)
        return self._found[artifact.id]

    def _find(self, artifact: Artifact) -> Content | None:
        if artifact.path is None:
            return None
        path = artifact.path.partition("#")[0]
        if artifact.source is None:
            return _local(self._own(path))
        source = self._source(artifact.source)
        if source is None:
            return None
        name = path.rpartition("/")[2]
        if path in source.entries:
            return Content((_renamed(source.entries[path], name),), lambda _: self._read(source, path), name)
        prefix = "" if path == "." else f"{path}/"
        files = tuple(_renamed(source.entries[each], each[len(prefix) :]) for each in source.below(path))
        return Content(files, lambda name: self._read(source, prefix + name), _main(files)) if files else None

    def _read(self, source: _Source, path: str) -> bytes:
        """The bytes of a file; where it is small, together with all small ones of the catalog from there."""
        entry = source.entries.get(path)
        if entry is None or not entry.is_file or entry.size is None or entry.size > _SMALL:
            return source.snapshot.read(path)
        known = self._small.of(source.id)
        if known is None:
            known = self._small.keep(source.id, self._all_small(source))
        return known[path] if path in known else source.snapshot.read(path)

    def _all_small(self, source: _Source) -> dict[str, bytes]:
        wanted: dict[str, int] = {}
        for each in self._catalog.from_source[source.id]:
            for path in source.below((self._catalog.artifacts[each].path or ".").partition("#")[0]):
                entry = source.entries[path]
                if entry.is_file and entry.size is not None and entry.size <= _SMALL:
                    wanted[path] = entry.size
        total, paths = 0, []
        for path, size in wanted.items():
            total += size
            if total <= _MOST_OF_SOURCE:
                paths.append(path)
        try:
            return dict(source.snapshot.read_many(paths))
        except SkillmeatError:
            return {}  # one is damaged: whoever reads that one is told
        finally:
            source.snapshot.close()  # its processes, which start again when they are needed

    def version(self, artifact: Artifact) -> str:
        """A text that changes whenever the content does, and when it comes here or goes: cheap to ask for."""
        if artifact.path is None:
            return ""
        path = artifact.path.partition("#")[0]
        if artifact.source is None:
            return _local_version(self._own(path))
        if artifact.source not in self._versions:
            locked = self._catalog.locked.get(artifact.source)
            fetched = remote.fetched(locked.url, locked.commit) if locked else ""
            self._versions[artifact.source] = f"{locked.commit} {fetched}" if locked and fetched else ""
        return self._versions[artifact.source]

    def _own(self, path: str) -> Path | None:
        """A file or folder of the store's repository; None for what is not there, or is behind a link."""
        base = os.path.normpath(os.path.join(self._root, path))  # noqa: PTH118  # a Path takes ten times as long
        folder = os.path.dirname(base)  # noqa: PTH120
        if base != str(self._root) and not base.startswith(os.path.join(self._root, "")):  # noqa: PTH118
            return None
        if folder not in self._real:
            self._real[folder] = os.path.realpath(folder) == folder
        return Path(base) if self._real[folder] and _is_there(base) else None

    def _source(self, source: str) -> _Source | None:
        if source not in self._sources:
            self._sources[source] = self._opened(source)
        return self._sources[source]

    def _opened(self, source: str) -> _Source | None:
        locked = self._catalog.locked.get(source)
        if locked is None or not remote.fetched(locked.url, locked.commit):
            return None
        snapshot = remote.snapshot_if_fetched(locked.url, locked.commit)
        if snapshot is None:
            return None
        entries = {entry.path: entry for entry in snapshot.entries}
        return _Source(source, snapshot, entries, sorted(entries))


_SMALL: Final = 64 << 10
_MOST_OF_SOURCE: Final = 8 << 20
_MOST_KEPT: Final = 48 << 20
"""Bytes: of a file that is read with others, of all of them from a source, and of all that are kept."""


@dataclass(frozen=True, slots=True)
class _Source:
    """A source at its locked commit: its files by path, and their paths in order."""

    id: str
    snapshot: remote.Snapshot
    entries: Mapping[str, TreeEntry]
    paths: Sequence[str]

    def below(self, path: str) -> Sequence[str]:
        """The paths below a folder, or of a file its own."""
        if path == ".":
            return self.paths
        if path in self.entries:
            return [path]
        return self.paths[
            bisect.bisect_left(self.paths, f"{path}/") : bisect.bisect_left(self.paths, f"{path}0")
        ]


class _Small:
    """The small files of sources, by source and path; those read longest ago go first, for good."""

    def __init__(self) -> None:
        self._kept: dict[str, dict[str, bytes]] = {}
        self._gone: set[str] = set()
        self._bytes = 0

    def of(self, source: str) -> dict[str, bytes] | None:
        return {} if source in self._gone else self._kept.get(source)

    def keep(self, source: str, files: dict[str, bytes]) -> dict[str, bytes]:
        self._kept[source] = files
        self._bytes += sum(map(len, files.values()))
        while self._bytes > _MOST_KEPT and len(self._kept) > 1:
            oldest = next(iter(self._kept))
            self._bytes -= sum(map(len, self._kept.pop(oldest).values()))
            self._gone.add(oldest)
        return files


def _renamed(entry: TreeEntry, path: str) -> TreeEntry:
    return TreeEntry(path, entry.mode, entry.oid, entry.size)


def _local(base: Path | None) -> Content | None:
    """Files of the store's own repository; symbolic links are left out."""
    if base is None:
        return None
    if base.is_file():
        return Content((_entry(base.name, base.stat()),), lambda _: base.read_bytes(), base.name)
    files = tuple(
        sorted((_entry(name, found) for name, found in _below(str(base))), key=lambda each: each.path)
    )
    return Content(files, lambda name: (base / name).read_bytes(), _main(files)) if files else None


def _local_version(base: Path | None) -> str:
    """The stamps of all files; of one that changed just now its bytes as well, since its stamp may not show
    another change."""
    if base is None:
        return ""
    status = base.stat()
    is_file = stat.S_ISREG(status.st_mode)
    found = [("", status)] if is_file else sorted(_below(str(base)), key=lambda each: each[0])
    digest = hashlib.blake2b(digest_size=16)
    newest = time.time_ns() - _TICK
    for name, status in found:
        stamp = (name, status.st_size, status.st_mode, status.st_mtime_ns, status.st_ctime_ns, status.st_ino)
        digest.update(repr(stamp).encode("utf-8", "surrogatepass"))
        if max(status.st_mtime_ns, status.st_ctime_ns) > newest:
            digest.update((base / name).read_bytes())
    return digest.hexdigest() if found else ""


_TICK = 2_000_000_000  # ns: the coarsest clock of a file system that is in use


def _is_there(path: str) -> bool:
    """Whether there is something that is no link."""
    try:
        return not stat.S_ISLNK(os.lstat(path).st_mode)
    except OSError:
        return False


def _below(folder: str, prefix: str = "") -> Iterator[tuple[str, os.stat_result]]:
    """The regular files below a folder, by their paths from there."""
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                yield from _below(entry.path, f"{prefix}{entry.name}/")
            elif entry.is_file(follow_symlinks=False):
                yield prefix + entry.name, entry.stat(follow_symlinks=False)


def _entry(name: str, status: os.stat_result) -> TreeEntry:
    return TreeEntry(name, PROGRAM if status.st_mode & 0o100 else FILE, "", status.st_size)


def _main(files: Sequence[TreeEntry]) -> str:
    names = {each.path for each in files if each.is_file}
    wanted = ("SKILL.md", *READMES)
    return next((name for name in wanted if name in names), "")
