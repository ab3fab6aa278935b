"""The content of artifacts, from the cache or from the store's own repository."""

from __future__ import annotations

import bisect
import hashlib
import os
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from skillmeat import remote
from skillmeat.catalog import Catalog
from skillmeat.model import Artifact
from skillmeat.tree import FILE, PROGRAM, READMES, Content, TreeEntry


class Contents:
    """The content of artifacts, as far as it is on this machine: local files, and the cache."""

    def __init__(self, catalog: Catalog, root: Path) -> None:
        self._catalog = catalog
        self._root = Path(os.path.realpath(root))
        self._snapshots: dict[str, tuple[remote.Snapshot, list[str], dict[str, TreeEntry]] | None] = {}
        self._versions: dict[str, str] = {}

    def __call__(self, artifact: Artifact) -> Content | None:
        """What an artifact is made of; None when it is not here, or not locked."""
        if artifact.path is None:
            return None
        path = artifact.path.partition("#")[0]
        if artifact.source is None:
            return _local(self._root, path)
        cached = self._snapshot(artifact.source)
        if cached is None:
            return None
        snapshot, paths, entries = cached
        if path in entries:
            name = path.rpartition("/")[2]
            return Content((replace(entries[path], path=name),), lambda _: snapshot.read(path), name)
        prefix = "" if path == "." else f"{path}/"
        start, stop = bisect.bisect_left(paths, prefix), bisect.bisect_left(paths, f"{prefix[:-1]}0")
        below = paths[start:stop] if prefix else paths
        files = tuple(replace(entries[each], path=each[len(prefix) :]) for each in below)
        return Content(files, lambda name: snapshot.read(prefix + name), _main(files)) if files else None

    def version(self, artifact: Artifact) -> str:
        """A text that changes whenever the content does, and when it comes here or goes: cheap to ask for."""
        if artifact.path is None:
            return ""
        path = artifact.path.partition("#")[0]
        if artifact.source is None:
            return _local_version(self._root, path)
        if artifact.source not in self._versions:
            locked = self._catalog.locked.get(artifact.source)
            fetched = remote.fetched(locked.url, locked.commit) if locked else ""
            self._versions[artifact.source] = f"{locked.commit} {fetched}" if locked and fetched else ""
        return self._versions[artifact.source]

    def _snapshot(self, source: str) -> tuple[remote.Snapshot, list[str], dict[str, TreeEntry]] | None:
        if source not in self._snapshots:
            locked = self._catalog.locked.get(source)
            if locked is None or not remote.has(locked.url, locked.commit):
                self._snapshots[source] = None
            else:
                snapshot = remote.snapshot(locked.url, locked.commit)
                entries = {entry.path: entry for entry in snapshot.entries}
                self._snapshots[source] = snapshot, sorted(entries), entries
        return self._snapshots[source]


def _local(root: Path, path: str) -> Content | None:
    """Files of the store's own repository; symbolic links are left out."""
    base = _own(root, path)
    if base is None:
        return None
    if base.is_file():
        return Content((_entry(base.name, base.stat()),), lambda _: base.read_bytes(), base.name)
    files = tuple(
        sorted((_entry(name, found) for name, found in _below(str(base))), key=lambda each: each.path)
    )
    return Content(files, lambda name: (base / name).read_bytes(), _main(files)) if files else None


def _local_version(root: Path, path: str) -> str:
    """The stamps of all files; of one that changed just now its bytes as well, since its stamp may not show
    another change."""
    base = _own(root, path)
    if base is None:
        return ""
    found = [("", base.stat())] if base.is_file() else sorted(_below(str(base)), key=lambda each: each[0])
    digest = hashlib.blake2b(digest_size=16)
    newest = time.time_ns() - _TICK
    for name, status in found:
        stamp = (name, status.st_size, status.st_mode, status.st_mtime_ns, status.st_ctime_ns, status.st_ino)
        digest.update(repr(stamp).encode("utf-8", "surrogatepass"))
        if max(status.st_mtime_ns, status.st_ctime_ns) > newest:
            digest.update((base / name).read_bytes())
    return digest.hexdigest() if found else ""


_TICK = 2_000_000_000  # ns: the coarsest clock of a file system that is in use


def _own(root: Path, path: str) -> Path | None:
    """A file or folder of the store's repository; None for what is not there, or is behind a link.

    ``root`` is itself without links.
    """
    base = os.path.normpath(root / path)
    if os.path.realpath(base) != base or not Path(base).is_relative_to(root):
        return None
    return Path(base) if Path(base).exists() else None


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
