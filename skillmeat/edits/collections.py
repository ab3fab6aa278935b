"""Edits of collections and of what is in them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from skillmeat.catalog import Catalog, Change, Edit
from skillmeat.edits.making import changed, made, placed, refuse_twin, reordered, slug_of
from skillmeat.errors import Conflict, NotFound
from skillmeat.model import Artifact, Collection, Member


def create(
    catalog: Catalog, name: str, *, slug: str | None = None, created_at: datetime | None = None, **values: Any
) -> Edit:
    """A new, empty collection, its slug made from its name unless it is given."""
    collection = made(
        Collection,
        "collection",
        id=slug or slug_of(name, "collection"),
        name=name,
        created_at=created_at,
        **values,
    )
    _refuse_taken(catalog, collection)
    return Edit(f"Created the collection {collection.id}", (Change(None, collection),))


def edit(catalog: Catalog, reference: str, **values: Any) -> Edit:
    """Other values for a collection; its slug stays."""
    collection = catalog.find(Collection, reference)
    after = changed(collection, "collection", **values)
    _refuse_taken(catalog, after, but=collection)
    return Edit(f"Changed the collection {collection.id}", (Change(collection, after),))


def delete(catalog: Catalog, reference: str) -> Edit:
    """No such collection any more, nor its groups and memberships; its artifacts stay."""
    collection = catalog.find(Collection, reference)
    return Edit(f"Deleted the collection {collection.id}", (Change(collection, None),))


def add(catalog: Catalog, reference: str, artifacts: Sequence[str], *, note: str | None = None) -> Edit:
    """Artifacts at the end of a collection. Raises ``Conflict`` for one that is in it."""
    collection = catalog.find(Collection, reference)
    after = collection
    for each in artifacts:
        artifact = catalog.find(Artifact, each)
        if is_member(after, artifact.id):
            raise Conflict(
                f"{artifact.id} is already in the collection “{collection.id}”.",
                code="COLLECTION_ARTIFACT_ALREADY_EXISTS",
            )
        member = made(Member, "collection", artifact=artifact.id, note=note)
        after = after.but(artifacts=(*after.artifacts, member))
    names = ", ".join(member.artifact for member in after.artifacts[len(collection.artifacts) :])
    return Edit(f"Added {names} to the collection {collection.id}", (Change(collection, after),))


def remove(catalog: Catalog, reference: str, artifacts: Sequence[str]) -> Edit:
    """Fewer artifacts in a collection, and in its groups."""
    collection = catalog.find(Collection, reference)
    after, names = collection, []
    for each in artifacts:
        member = member_of(catalog, after, each)
        names.append(member.artifact)
        after = without(after, member.artifact)
    return Edit(
        f"Took {', '.join(names)} out of the collection {collection.id}", (Change(collection, after),)
    )


def annotate(catalog: Catalog, reference: str, artifact: str, note: str | None) -> Edit:
    """Another note beside an artifact of a collection, or none."""
    collection = catalog.find(Collection, reference)
    member = member_of(catalog, collection, artifact)
    new = changed(member, "collection", note=note)
    members = tuple(new if each == member else each for each in collection.artifacts)
    return Edit(
        f"Changed the note on {member.artifact} in the collection {collection.id}",
        (Change(collection, collection.but(artifacts=members)),),
    )


def place(catalog: Catalog, reference: str, artifact: str, position: int) -> Edit:
    """An artifact moved to a 0-based place in its collection."""
    collection = catalog.find(Collection, reference)
    member = member_of(catalog, collection, artifact)
    members = placed(collection.artifacts, member, position, "collection")
    return Edit(
        f"Moved {member.artifact} to place {position} of the collection {collection.id}",
        (Change(collection, collection.but(artifacts=members)),),
    )


def reorder(catalog: Catalog, reference: str, artifacts: Sequence[str]) -> Edit:
    """All members of a collection in another order."""
    collection = catalog.find(Collection, reference)
    members = {member.artifact: member for member in collection.artifacts}
    order = reordered(list(members), artifact_ids(catalog, members, artifacts))
    after = collection.but(artifacts=tuple(members[each] for each in order))
    return Edit(f"Reordered the collection {collection.id}", (Change(collection, after),))


def copy(catalog: Catalog, reference: str, artifacts: Sequence[str], to: str) -> Edit:
    """Members also in another collection, with their notes."""
    collection, target = catalog.find(Collection, reference), catalog.find(Collection, to)
    after, names = target, []
    for each in artifacts:
        member = member_of(catalog, collection, each)
        if is_member(after, member.artifact):
            raise Conflict(
                f"{member.artifact} is already in the collection “{target.id}”.",
                code="COLLECTION_ARTIFACT_ALREADY_EXISTS",
            )
        after = after.but(artifacts=(*after.artifacts, member))
        names.append(member.artifact)
    return Edit(
        f"Copied {', '.join(names)} from the collection {collection.id} to {target.id}",
        (Change(target, after),),
    )


def move(catalog: Catalog, reference: str, artifacts: Sequence[str], to: str) -> Edit:
    """Members in another collection instead; they leave the groups of this one."""
    copied = copy(catalog, reference, artifacts, to)
    collection = catalog.find(Collection, reference)
    after = collection
    for each in artifacts:
        after = without(after, member_of(catalog, collection, each).artifact)
    summary = copied.summary.replace("Copied", "Moved", 1)
    return Edit(summary, (Change(collection, after), *copied.changes))


def is_member(collection: Collection, artifact: str) -> bool:
    """Whether a collection holds an artifact, by id."""
    return any(member.artifact == artifact for member in collection.artifacts)


def member_of(catalog: Catalog, collection: Collection, reference: str) -> Member:
    """A member by any reference to its artifact. Raises ``NotFound`` when it is not in the collection."""
    present = {member.artifact: member for member in collection.artifacts}
    if reference in present:  # also one whose artifact is gone
        return present[reference]
    name = catalog.find(Artifact, reference).id
    if name in present:
        return present[name]
    raise NotFound(
        f"{name} is not in the collection “{collection.id}”.", code="COLLECTION_ARTIFACT_NOT_FOUND"
    )


def artifact_ids(catalog: Catalog, present: Iterable[str], references: Iterable[str]) -> list[str]:
    """The ids that references stand for; an id that is ``present`` need not be an artifact's any more."""
    known = set(present)
    return [each if each in known else catalog.find(Artifact, each).id for each in references]


def without(collection: Collection, artifact: str) -> Collection:
    """The collection and its groups without an artifact."""
    return collection.but(
        artifacts=tuple(each for each in collection.artifacts if each.artifact != artifact),
        groups=tuple(
            group.but(artifacts=tuple(each for each in group.artifacts if each != artifact))
            for group in collection.groups
        ),
    )


def _refuse_taken(catalog: Catalog, collection: Collection, but: Collection | None = None) -> None:
    others = (each for each in catalog.collections.values() if each != but)
    refuse_twin("collection", (collection.id, collection.name), ((each.id, each.name) for each in others))
