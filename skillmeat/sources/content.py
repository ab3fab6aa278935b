"""The content of artifacts, from the cache or from the store's own repository."""

from __future__ import annotations

import bisect
from collections.abc import Sequence
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
        self._root = root
        self._snapshots: dict[str, tuple[remote.Snapshot, list[str], dict[str, TreeEntry]] | None] = {}

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
    base = (root / path).resolve()
    if not base.is_relative_to(root.resolve()) or any(
        part.is_symlink() for part in (root / path, *(root / path).parents) if part.is_relative_to(root)
    ):
        return None
    if base.is_file():
        entry = _local_entry(base, base.name)
        return Content((entry,), lambda _: base.read_bytes(), base.name)
    if not base.is_dir():
        return None
    found = sorted(
        file.relative_to(base).as_posix()
        for file in base.rglob("*")
        if file.is_file() and not file.is_symlink()
    )
    files = tuple(_local_entry(base / name, name) for name in found)
    return Content(files, lambda name: (base / name).read_bytes(), _main(files)) if files else None


def _local_entry(file: Path, name: str) -> TreeEntry:
    status = file.stat()
    return TreeEntry(name, PROGRAM if status.st_mode & 0o100 else FILE, "", status.st_size)


def _main(files: Sequence[TreeEntry]) -> str:
    names = {each.path for each in files if each.is_file}
    wanted = ("SKILL.md", *READMES)
    return next((name for name in wanted if name in names), "")
