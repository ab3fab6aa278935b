"""What a manifest names must exist, under the name it has now."""

from __future__ import annotations

from collections.abc import Iterator

from skillmeat.catalog import Catalog, nearest
from skillmeat.checks.finding import Finding
from skillmeat.model import KINDS, Kind

_KIND = {kind.noun: kind for kind in KINDS}


def unknown_tag(catalog: Catalog) -> Iterator[Finding]:
    """Every tag of an artifact exists."""
    for artifact in catalog.artifacts.values():
        for position, tag in enumerate(artifact.tags):
            if tag not in catalog.tags:
                yield from _unknown(catalog, _KIND["tag"], tag, artifact.id, "artifact", f"tags[{position}]")


def unknown_source(catalog: Catalog) -> Iterator[Finding]:
    """The source of an artifact exists."""
    for artifact in catalog.artifacts.values():
        if artifact.source and artifact.source not in catalog.sources:
            yield from _unknown(catalog, _KIND["source"], artifact.source, artifact.id, "artifact", "source")


def unknown_artifact(catalog: Catalog) -> Iterator[Finding]:
    """Every artifact that a collection, a group or an association names exists."""
    artifact_kind, known = _KIND["artifact"], catalog.artifacts
    for artifact in known.values():
        for position, link in enumerate(artifact.associations):
            if link.artifact not in known:
                key = f"associations[{position}].artifact"
                yield from _unknown(catalog, artifact_kind, link.artifact, artifact.id, "artifact", key)
    for collection in catalog.collections.values():
        for position, member in enumerate(collection.artifacts):
            if member.artifact not in known:
                key = f"artifacts[{position}]" + (".artifact" if member.note else "")
                yield from _unknown(catalog, artifact_kind, member.artifact, collection.id, "collection", key)


def _unknown(
    catalog: Catalog, kind: Kind, name: str, owner: str, owner_noun: str, key: str
) -> Iterator[Finding]:
    if kind.path(name) in catalog.unreadable:
        return
    path = _KIND[owner_noun].path(owner)
    now = catalog.former[kind.noun].get(name)
    if now:
        yield Finding(
            path, key, f"The {kind.noun} “{name}” is called “{now}” now.", f"Write “{now}”.", "former_name"
        )
        return
    near = nearest(name, catalog.of(kind), most=1)
    fix = f"Did you mean “{near[0]}”?" if near else f"Create it, as {kind.path(name)}, or take it out."
    yield Finding(path, key, f"There is no {kind.noun} “{name}”.", fix)
