"""The hashes by which content is known: the same for everyone who reads the same commit."""

from __future__ import annotations

import bisect
import hashlib
import json
from collections.abc import Iterable

from skillmeat import remote
from skillmeat.detect import Found
from skillmeat.model import ArtifactType
from skillmeat.tree import FILE, TreeEntry


class Hashes:
    """The hashes of a snapshot's content.

    The hash of a folder is ``sha256:`` over one line for each file below it, sorted by the bytes of
    its path: mode, space, SHA-256 of the content in hex, space, path from the folder, NUL. A blob too
    large to be read counts by its object id, a submodule by its commit. A single file counts as a
    folder that holds only it, an MCP server as a file that holds its table as canonical JSON.
    """

    def __init__(self, snapshot: remote.Snapshot) -> None:
        self._snapshot = snapshot
        self._sums: dict[str, str] = {}
        self._paths = [entry.path for entry in snapshot.entries]
        self._sorted = sorted(self._paths)
        self._entries = {entry.path: entry for entry in snapshot.entries}

    def hash(self, found: Found) -> str:
        """The hash of one entry's content."""
        if found.type is ArtifactType.MCP:
            file, _, server = found.path.partition("#")
            return content_hash([(FILE, _sum(self._server(file, server)), server)])
        entry = self._entries.get(found.path)
        below = [entry] if entry else list(self._below(found.path))
        self._read(below)
        cut = 0 if found.path == "." else len(found.path) + 1
        return content_hash(
            (each.mode, self._sums[each.oid], each.path.rpartition("/")[2] if entry else each.path[cut:])
            for each in below
        )

    def _below(self, folder: str) -> Iterable[TreeEntry]:
        if folder == ".":
            return self._snapshot.entries
        start = bisect.bisect_left(self._sorted, f"{folder}/")
        stop = bisect.bisect_left(self._sorted, f"{folder}0")  # "0" comes right after "/"
        return [self._entries[path] for path in self._sorted[start:stop]]

    def _read(self, entries: Iterable[TreeEntry]) -> None:
        wanted = {each.oid: each for each in entries if each.oid not in self._sums}
        readable = {}
        for oid, entry in wanted.items():
            if entry.size is None or entry.size > remote.MAX_BLOB:
                self._sums[oid] = f"git:{oid}"
            else:
                readable[entry.path] = oid
        for path, data in self._snapshot.read_many(list(readable)):
            self._sums[readable[path]] = _sum(data)

    def _server(self, file: str, server: str) -> bytes:
        table = json.loads(self._snapshot.read(file).decode("utf-8-sig"))
        servers = table.get("mcpServers", table)
        return json.dumps(servers[server], sort_keys=True, separators=(",", ":")).encode()


def content_hash(files: Iterable[tuple[str, str, str]]) -> str:
    """``sha256:`` over files given as (mode, SHA-256 in hex, path); see ``Hashes``."""
    lines = sorted((path.encode("utf-8", "surrogateescape"), mode, digest) for mode, digest, path in files)
    total = hashlib.sha256()
    for path, mode, digest in lines:
        total.update(f"{mode} {digest} ".encode() + path + b"\0")
    return f"sha256:{total.hexdigest()}"


def _sum(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
