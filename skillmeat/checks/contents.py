"""Where an artifact's content is said to be, and where a source is said to be."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator

from skillmeat.catalog import Catalog
from skillmeat.checks.finding import Finding
from skillmeat.model import LockedSource, Source


def missing_path(catalog: Catalog) -> Iterator[Finding]:
    """An artifact that names a source says where in it."""
    for artifact in catalog.artifacts.values():
        if artifact.source and not artifact.path:
            yield Finding(
                f"manifests/artifacts/{artifact.id}.toml",
                "source",
                f"It names the source “{artifact.source}” but no path in it.",
                'Add path = "…", or path = "." for the root of the source.',
            )


def path_not_in_source(catalog: Catalog) -> Iterator[Finding]:
    """What an artifact names in a locked source is there, and is of that type."""
    for source in catalog.sources.values():
        locked = catalog.locked.get(source.id)
        if locked is None or not _same_place(locked, source):
            continue  # the lock tells of something else
        held = {(entry.type, entry.path) for entry in catalog.entries(source)}
        unseen = {each.path for each in locked.exclude} - {each.path for each in source.exclude}
        for artifact in (catalog.artifacts[each] for each in catalog.from_source[source.id]):
            path = artifact.path
            if not path or (artifact.type, path) in held or _below(path, unseen):
                continue
            paths = [each for kind, each in held if kind is artifact.type]
            message, fix = _nothing_there(source, path, artifact.type, paths)
            yield Finding(f"manifests/artifacts/{artifact.id}.toml", "path", message, fix)


def _nothing_there(source: Source, path: str, kind: str, paths: list[str]) -> tuple[str, str]:
    """What is said of a path at which a source holds nothing of a kind, and what to do."""
    for each in source.exclude:
        if _below(path, [each.path]):
            why = f": {each.reason.rstrip('.')}" if each.reason else ""
            message = f"The source “{source.id}” leaves “{each.path}” alone{why}."
            return message, f"Delete the artifact, or: skillmeat source include {source.id} {each.path}"
    message = f"The source “{source.id}” has no {kind} at “{path}”."
    near = [path.rpartition("/")[0]] if path.rpartition("/")[0] in paths else []
    near += difflib.get_close_matches(path, sorted(paths), n=1, cutoff=0.8)
    if near:
        return message, f"Did you mean “{near[0]}”?"
    return message, (
        f"“skillmeat source entries {source.id}” lists what it holds. If it is gone, "
        "delete the artifact, or take its source and path out and mark it deprecated."
    )


def _below(path: str, folders: Iterable[str]) -> bool:
    return any(path == folder or path.startswith((f"{folder}/", f"{folder}#")) for folder in folders)


def _same_place(locked: LockedSource, source: Source) -> bool:
    """Whether what was locked is still what the manifest means, whatever is left alone of it."""
    return (locked.url, locked.ref, locked.root) == (source.url, source.ref, source.root)


def file_source(catalog: Catalog) -> Iterator[Finding]:
    """A source is reached over https or ssh, unless [sources] allow_file says otherwise."""
    if catalog.settings.sources.allow_file or "manifests/skillmeat.toml" in catalog.unreadable:
        return
    for source in catalog.sources.values():
        if source.url.startswith("file:"):
            yield Finding(
                f"manifests/sources/{source.id}.toml",
                "url",
                "A file:// address works on one machine only.",
                "Write an https:// address, or set allow_file = true under [sources] in skillmeat.toml.",
            )
