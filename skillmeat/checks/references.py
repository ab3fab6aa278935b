"""What a manifest names must exist, under the name it has now."""

from __future__ import annotations

from collections.abc import Iterator

from skillmeat.catalog import Catalog, nearest
from skillmeat.checks.finding import Finding
from skillmeat.model import KINDS, Kind

_KIND = {kind.noun: kind for kind in KINDS}
_COMPARED = 300_000
"""How many names a rule compares at most to find the nearest: a hostile file may hold 20,000 wrong ones."""


class _Hints:
    """What to write instead of a name that is not there, as long as looking for it stays cheap."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog
        self.left = _COMPARED
        self.known: dict[tuple[str, str], str] = {}

    def fix(self, kind: Kind, name: str) -> str:
        """The sentence for a name."""
        names = self.catalog.of(kind)
        if (kind.noun, name) not in self.known and self.left > 0:
            self.left -= len(names)
            near = nearest(name, names, most=1)
            self.known[kind.noun, name] = f"Did you mean “{near[0]}”?" if near else ""
        return self.known.get((kind.noun, name)) or f"Create it, as {kind.path(name)}, or take it out."


def unknown_tag(catalog: Catalog) -> Iterator[Finding]:
    """Every tag of an artifact exists."""
    hints = _Hints(catalog)
    for artifact in catalog.artifacts.values():
        for position, tag in enumerate(artifact.tags):
            if tag not in catalog.tags:
                yield from _unknown(hints, _KIND["tag"], tag, artifact.id, "artifact", f"tags[{position}]")


def unknown_source(catalog: Catalog) -> Iterator[Finding]:
    """The source of an artifact exists."""
    hints = _Hints(catalog)
    for artifact in catalog.artifacts.values():
        if artifact.source and artifact.source not in catalog.sources:
            yield from _unknown(hints, _KIND["source"], artifact.source, artifact.id, "artifact", "source")


def unknown_artifact(catalog: Catalog) -> Iterator[Finding]:
    """Every artifact that a collection, a group or an association names exists."""
    hints = _Hints(catalog)
    artifact_kind, known = _KIND["artifact"], catalog.artifacts
    for artifact in known.values():
        for position, link in enumerate(artifact.associations):
            if link.artifact not in known:
                key = f"associations[{position}].artifact"
                yield from _unknown(hints, artifact_kind, link.artifact, artifact.id, "artifact", key)
    for collection in catalog.collections.values():
        for position, member in enumerate(collection.artifacts):
            if member.artifact not in known:
                key = f"artifacts[{position}]" + (".artifact" if member.note else "")
                yield from _unknown(hints, artifact_kind, member.artifact, collection.id, "collection", key)


def _unknown(
    hints: _Hints, kind: Kind, name: str, owner: str, owner_noun: str, key: str
) -> Iterator[Finding]:
    catalog = hints.catalog
    if kind.path(name) in catalog.unreadable:
        return
    path = _KIND[owner_noun].path(owner)
    now = catalog.former[kind.noun].get(name)
    if now:
        yield Finding(
            path, key, f"The {kind.noun} “{name}” is called “{now}” now.", f"Write “{now}”.", "former_name"
        )
        return
    yield Finding(path, key, f"There is no {kind.noun} “{name}”.", hints.fix(kind, name))
