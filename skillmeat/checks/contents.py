"""Where an artifact's content is said to be, and where a source is said to be."""

from __future__ import annotations

from collections.abc import Iterator

from skillmeat.catalog import Catalog, answers, nearest
from skillmeat.checks.finding import Finding


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
    for artifact in catalog.artifacts.values():
        locked = catalog.locked.get(artifact.source or "")
        source = catalog.sources.get(artifact.source or "")
        if not (locked and source and artifact.path and answers(locked, source)):
            continue
        if catalog.entry(artifact) is None:
            paths = [entry.path for entry in locked.artifact if entry.type is artifact.type]
            near = nearest(artifact.path, paths, most=1)
            yield Finding(
                f"manifests/artifacts/{artifact.id}.toml",
                "path",
                f"The source “{source.id}” has no {artifact.type} at “{artifact.path}”.",
                f"Did you mean “{near[0]}”?"
                if near
                else f"“skillmeat source entries {source.id}” lists them.",
            )


def file_source(catalog: Catalog) -> Iterator[Finding]:
    """A source is reached over https or ssh, unless [sources] allow_file says otherwise."""
    if catalog.settings.sources.allow_file:
        return
    for source in catalog.sources.values():
        if source.url.startswith("file:"):
            yield Finding(
                f"manifests/sources/{source.id}.toml",
                "url",
                "A file:// address works on one machine only.",
                "Write an https:// address, or set allow_file = true under [sources] in skillmeat.toml.",
            )
