"""Edits of the groups of a collection. A group is named ``collection/group``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from skillmeat.catalog import Catalog, Change, Edit
from skillmeat.edits.collections import artifact_ids, is_member
from skillmeat.edits.making import changed, made, placed, refuse_twin, reordered, slug_of
from skillmeat.errors import Conflict, NotFound, Refused
from skillmeat.model import Artifact, Collection, Group, Member


def create(
    catalog: Catalog, collection_reference: str, name: str, *, slug: str | None = None, **values: Any
) -> Edit:
    """A new, empty group at the end of a collection."""
    collection = catalog.find(Collection, collection_reference)
    group = made(Group, "group", slug=slug or slug_of(name, "group"), name=name, **values)
    _refuse_taken(collection, group)
    after = collection.but(groups=(*collection.groups, group))
    return Edit(f"Created the group {collection.id}/{group.slug}", (Change(collection, after),))


def edit(catalog: Catalog, reference: str, **values: Any) -> Edit:
    """Other values for a group; a new ``slug`` renames it."""
    collection, group = catalog.find_group(reference)
    after = changed(group, "group", **values)
    _refuse_taken(collection, after, but=group)
    return _edited(f"Changed the group {collection.id}/{group.slug}", collection, group, after)


def delete(catalog: Catalog, reference: str) -> Edit:
    """No such group any more; its artifacts stay in the collection."""
    collection, group = catalog.find_group(reference)
    after = collection.but(groups=tuple(each for each in collection.groups if each != group))
    return Edit(f"Deleted the group {collection.id}/{group.slug}", (Change(collection, after),))


def place(catalog: Catalog, reference: str, position: int) -> Edit:
    """A group moved to a 0-based place among the groups of its collection."""
    collection, group = catalog.find_group(reference)
    after = collection.but(groups=placed(collection.groups, group, position, "collection"))
    return Edit(
        f"Moved the group {collection.id}/{group.slug} to place {position}", (Change(collection, after),)
    )


def add(catalog: Catalog, reference: str, artifacts: Sequence[str], *, link: bool = False) -> Edit:
    """Artifacts at the end of a group; ``link`` also adds those that the collection lacks.

    Raises ``Conflict`` for one that is in the group, ``Refused`` for one outside the collection.
    """
    collection, group = catalog.find_group(reference)
    names = [catalog.find(Artifact, each).id for each in artifacts]
    after = _added(collection, group, names, link=link)
    return Edit(
        f"Added {', '.join(names)} to the group {collection.id}/{group.slug}", (Change(collection, after),)
    )


def remove(catalog: Catalog, reference: str, artifacts: Sequence[str]) -> Edit:
    """Fewer artifacts in a group; they stay in the collection."""
    collection, group = catalog.find_group(reference)
    names = _members(catalog, collection, group, artifacts)
    after = changed(group, "group", artifacts=tuple(each for each in group.artifacts if each not in names))
    where = f"{collection.id}/{group.slug}"
    return _edited(f"Took {', '.join(names)} out of the group {where}", collection, group, after)


def place_artifact(catalog: Catalog, reference: str, artifact: str, position: int) -> Edit:
    """An artifact moved to a 0-based place in its group."""
    collection, group = catalog.find_group(reference)
    (name,) = _members(catalog, collection, group, [artifact])
    order = placed(
        [Member(artifact=each) for each in group.artifacts], Member(artifact=name), position, "group"
    )
    after = changed(group, "group", artifacts=tuple(member.artifact for member in order))
    where = f"{collection.id}/{group.slug}"
    return _edited(f"Moved {name} to place {position} of the group {where}", collection, group, after)


def reorder(catalog: Catalog, reference: str, artifacts: Sequence[str]) -> Edit:
    """All artifacts of a group in another order."""
    collection, group = catalog.find_group(reference)
    order = reordered(group.artifacts, artifact_ids(catalog, group.artifacts, artifacts))
    after = changed(group, "group", artifacts=order)
    return _edited(f"Reordered the group {collection.id}/{group.slug}", collection, group, after)


def reorder_groups(catalog: Catalog, collection_reference: str, slugs: Sequence[str]) -> Edit:
    """All groups of a collection in another order."""
    collection = catalog.find(Collection, collection_reference)
    groups = {group.slug: group for group in collection.groups}
    order = reordered(list(groups), slugs)
    after = collection.but(groups=tuple(groups[slug] for slug in order))
    return Edit(f"Reordered the groups of the collection {collection.id}", (Change(collection, after),))


def copy(catalog: Catalog, reference: str, artifacts: Sequence[str], to: str) -> Edit:
    """Artifacts also in another group — or, when ``to`` is a collection, the whole group in it.

    A collection that lacks an artifact is given it.
    """
    collection, group = catalog.find_group(reference)
    names = _members(catalog, collection, group, artifacts or group.artifacts)
    if not names and "/" in to:
        raise NotFound(f"The group “{collection.id}/{group.slug}” is empty.", code="GROUP_ARTIFACT_NOT_FOUND")
    what = f"{', '.join(names)} from the group" if artifacts else "the group"
    if "/" in to:
        target, into = catalog.find_group(to)
        if target == collection and into == group:
            raise Conflict(
                f"The artifacts are already in the group “{to}”.", code="GROUP_ARTIFACT_ALREADY_EXISTS"
            )
        after = _added(target, into, names, link=True)
        where = f"{target.id}/{into.slug}"
    else:
        target = catalog.find(Collection, to)
        new = changed(group, "group", artifacts=tuple(names))
        _refuse_taken(target, new)
        after = _linked(target.but(groups=(*target.groups, new)), names)
        where = f"{target.id}/{new.slug}"
    return Edit(f"Copied {what} {collection.id}/{group.slug} to {where}", (Change(target, after),))


def move(catalog: Catalog, reference: str, artifacts: Sequence[str], to: str) -> Edit:
    """Artifacts in another group instead, or the whole group in another collection.

    The artifacts stay members of the collection they came from.
    """
    copied = copy(catalog, reference, artifacts, to)
    collection, group = catalog.find_group(reference)
    target = catalog.after(copied).collections[collection.id]  # the same, unless moved within it
    if artifacts or "/" in to:
        names = _members(catalog, collection, group, artifacts or group.artifacts)
        left = tuple(each for each in group.artifacts if each not in names)
        source = _replaced(target, group, changed(group, "group", artifacts=left))
    else:
        source = target.but(groups=tuple(each for each in target.groups if each.slug != group.slug))
    others = tuple(change for change in copied.changes if change.before != collection)
    return Edit(copied.summary.replace("Copied", "Moved", 1), (Change(collection, source), *others))


def _added(collection: Collection, group: Group, names: Sequence[str], *, link: bool) -> Collection:
    for position, name in enumerate(names):
        if name in group.artifacts or name in names[:position]:
            raise Conflict(
                f"{name} is already in the group “{collection.id}/{group.slug}”.",
                code="GROUP_ARTIFACT_ALREADY_EXISTS",
            )
        if not link and not is_member(collection, name):
            raise Refused(
                f"{name} is not in the collection “{collection.id}”.",
                code="ARTIFACT_NOT_IN_COLLECTION",
                hint="Add it to the collection first, or pass --link to do both.",
            )
    after = changed(group, "group", artifacts=(*group.artifacts, *names))
    return _linked(_replaced(collection, group, after), names)


def _linked(collection: Collection, names: Sequence[str]) -> Collection:
    missing = tuple(Member(artifact=name) for name in names if not is_member(collection, name))
    return collection.but(artifacts=(*collection.artifacts, *missing)) if missing else collection


def _members(catalog: Catalog, collection: Collection, group: Group, references: Sequence[str]) -> list[str]:
    names = artifact_ids(catalog, group.artifacts, references)
    for name in names:
        if name not in group.artifacts:
            raise NotFound(
                f"{name} is not in the group “{collection.id}/{group.slug}”.", code="GROUP_ARTIFACT_NOT_FOUND"
            )
    return names


def _replaced(collection: Collection, group: Group, after: Group) -> Collection:
    return collection.but(
        groups=tuple(after if each.slug == group.slug else each for each in collection.groups)
    )


def _edited(summary: str, collection: Collection, group: Group, after: Group) -> Edit:
    return Edit(summary, (Change(collection, _replaced(collection, group, after)),))


def _refuse_taken(collection: Collection, group: Group, but: Group | None = None) -> None:
    others = (each for each in collection.groups if each != but)
    refuse_twin("group", (group.slug, group.name), ((each.slug, each.name) for each in others))
