"""What a list holds, it holds once; what a group holds, its collection holds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from skillmeat.catalog import Catalog
from skillmeat.checks.finding import Finding


def listed_twice(catalog: Catalog) -> Iterator[Finding]:
    """No list names the same thing twice."""
    for tag in catalog.tags.values():
        yield from _repeated(f"manifests/tags/{tag.id}.toml", "aliases[{}]", "alias", tag.aliases)
    for artifact in catalog.artifacts.values():
        path = f"manifests/artifacts/{artifact.id}.toml"
        yield from _repeated(path, "tags[{}]", "tag", artifact.tags)
        yield from _repeated(path, "aliases[{}]", "alias", artifact.aliases)
        if artifact.associations:
            children = [link.artifact for link in artifact.associations]
            yield from _repeated(path, "associations[{}].artifact", "association with", children)
    for collection in catalog.collections.values():
        path = f"manifests/collections/{collection.id}.toml"
        members = [member.artifact for member in collection.artifacts]
        yield from _repeated(path, "artifacts[{}]", "artifact", members)
        slugs = [group.slug for group in collection.groups]
        yield from _repeated(path, "groups[{}].slug", "group", slugs)
        for position, group in enumerate(collection.groups):
            yield from _repeated(path, f"groups[{position}].artifacts[{{}}]", "artifact", group.artifacts)
    for source in catalog.sources.values():
        path = f"manifests/sources/{source.id}.toml"
        yield from _repeated(path, "tags[{}]", "tag", source.tags)
        yield from _repeated(path, "exclude[{}].path", "path", [each.path for each in source.exclude])


def _repeated(path: str, key: str, noun: str, items: Iterable[str]) -> Iterator[Finding]:
    seen: set[str] = set()
    for position, item in enumerate(items):
        if item in seen:
            yield Finding(
                path, key.format(position), f"The {noun} “{item}” is listed twice.", "Take one of them out."
            )
        seen.add(item)


def not_in_collection(catalog: Catalog) -> Iterator[Finding]:
    """Every artifact of a group is in the group's collection."""
    for collection in catalog.collections.values():
        members = {member.artifact for member in collection.artifacts}
        for position, group in enumerate(collection.groups):
            for place, artifact in enumerate(group.artifacts):
                if artifact not in members:
                    yield Finding(
                        f"manifests/collections/{collection.id}.toml",
                        f"groups[{position}].artifacts[{place}]",
                        f"The group “{group.slug}” holds {artifact}, which is not in the collection.",
                        "Add it to the collection's artifacts, or take it out of the group.",
                    )
