"""Associations make sense: no artifact leads back to itself."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence

from skillmeat.catalog import Catalog
from skillmeat.checks.finding import Finding
from skillmeat.model import RelationshipType

_LEADING = (
    {RelationshipType.CONTAINS, RelationshipType.REQUIRES, RelationshipType.EXTENDS},
    {RelationshipType.REPLACES},  # apart: what is replaced may well require what replaces it
)
"""The relationships that lead somewhere. ``related`` goes both ways."""


def self_association(catalog: Catalog) -> Iterator[Finding]:
    """No artifact is associated with itself."""
    for artifact in catalog.artifacts.values():
        for position, link in enumerate(artifact.associations):
            if link.artifact == artifact.id:
                yield Finding(
                    f"manifests/artifacts/{artifact.id}.toml",
                    f"associations[{position}].artifact",
                    f"The artifact is associated with itself: {artifact.id} → {artifact.id}.",
                    "Name another artifact, or take the association out.",
                )


def association_cycle(catalog: Catalog) -> Iterator[Finding]:
    """What an artifact contains, requires or extends never leads back to it, nor what it replaces."""
    for leading in _LEADING:
        yield from _circles(catalog, leading)


def _circles(catalog: Catalog, leading: Container[RelationshipType]) -> Iterator[Finding]:
    graph = {
        artifact.id: children
        for artifact in catalog.artifacts.values()
        if artifact.associations
        and (
            children := [
                link.artifact
                for link in artifact.associations
                if link.relationship_type in leading and link.artifact != artifact.id
            ]
        )
    }
    for cycle in _cycles(graph):
        parent, child = cycle[-2], cycle[-1]
        links = catalog.artifacts[parent].associations
        position = next(
            index
            for index, link in enumerate(links)
            if link.artifact == child and link.relationship_type in leading
        )
        yield Finding(
            f"manifests/artifacts/{parent}.toml",
            f"associations[{position}].artifact",
            f"The associations go in a circle: {' → '.join(cycle)}.",
            "Take one of them out.",
        )


def _cycles(graph: Mapping[str, Sequence[str]]) -> Iterator[list[str]]:
    """One cycle for each edge that closes one, found depth first in the order of the ids."""
    done: set[str] = set()
    for start in sorted(graph):
        if start in done:
            continue
        way, on_way = [start], {start}
        ahead = [iter(sorted(graph[start]))]
        while ahead:
            child = next(ahead[-1], None)
            if child is None:
                ahead.pop()
                node = way.pop()
                on_way.discard(node)
                done.add(node)
            elif child in on_way:
                yield [*way[way.index(child) :], child]
            elif child in graph and child not in done:
                way.append(child)
                on_way.add(child)
                ahead.append(iter(sorted(graph[child])))
