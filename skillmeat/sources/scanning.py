"""What a source holds at a commit."""

from __future__ import annotations

from dataclasses import dataclass

from skillmeat import detect, licenses, remote
from skillmeat.catalog import Catalog
from skillmeat.detect import Detection
from skillmeat.errors import NotFound
from skillmeat.loading import README_LIMIT
from skillmeat.model import ArtifactType, LockedArtifact, Source
from skillmeat.sources.hashing import Hashes
from skillmeat.tree import READMES


@dataclass(frozen=True)
class Scanned:
    """What one source holds at one commit."""

    commit: str
    entries: tuple[LockedArtifact, ...]
    detection: Detection
    refused: tuple[tuple[str, str], ...] = ()
    readme: str | None = None
    description: str | None = None


def scan(source: Source, commit: str) -> Scanned:
    """What a source holds at a commit that is in the cache."""
    snapshot = remote.snapshot(source.url, commit)
    if source.root and not any(each.path.startswith(f"{source.root}/") for each in snapshot.entries):
        raise NotFound(
            f"{source.id} has no folder “{source.root}” at {commit[:10]}.", code="SOURCE_ROOT_NOT_FOUND"
        )
    detection = detected(source, snapshot)
    files = Hashes(snapshot)
    entries = tuple(
        LockedArtifact(
            type=found.type,
            name=found.name,
            path=found.path,
            hash=files.hash(found),
            tree=snapshot.tree(
                found.path.partition("#")[0] if found.type is ArtifactType.MCP else found.path
            ),
            problems=found.problems,
        )
        for found in detection.found
    )
    readme = None
    if source.import_repo_readme:
        present = {entry.path for entry in snapshot.entries if entry.is_file}
        name = next((name for name in READMES if name in present), None)
        readme = _cut(snapshot.read(name)) if name else None
    return Scanned(commit, entries, detection, tuple(snapshot.refused), readme)


def detected(source: Source, snapshot: remote.Snapshot) -> Detection:
    """What detection finds in a snapshot of a source, within its root and without what it excludes."""
    return detect.detect(
        snapshot.entries,
        snapshot.read,
        root=source.root,
        exclude=[each.path for each in source.exclude],
        repository=source.url.rstrip("/").removesuffix(".git").rpartition("/")[2],
    )


def _cut(data: bytes) -> str:
    """A README as text, at most ``README_LIMIT`` bytes, cut at a line."""
    text = data.decode("utf-8", "replace").replace("\r\n", "\n").removeprefix("\ufeff")
    if len(text.encode()) <= README_LIMIT:
        return text
    head = text.encode()[:README_LIMIT].decode("utf-8", "ignore")
    return head[: head.rfind("\n") + 1] or head


def sayings(catalog: Catalog, source: Source) -> dict[tuple[str, str], dict[str, str]]:
    """What the entries of a locked source say of themselves, by type and path, as keys of a manifest.

    These are ``description``, ``version`` and ``license``, each where it is said; a licence that is no SPDX
    expression is not taken. None when the source is not in the cache.
    """
    locked = catalog.locked.get(source.id)
    if locked is None or not remote.has(locked.url, locked.commit):
        return {}
    found = detected(source, remote.snapshot(locked.url, locked.commit)).found
    return {
        each.key: {
            key: value
            for key, value in (
                ("description", each.description),
                ("version", each.version),
                ("license", licenses.canonical(each.license) if each.license else None),
            )
            if value
        }
        for each in found
    }
