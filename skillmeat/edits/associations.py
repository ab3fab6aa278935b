"""Edits of associations: what one artifact has to do with another."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from skillmeat.catalog import Catalog, Change, Edit
from skillmeat.edits.making import changed, made
from skillmeat.errors import Conflict, NotFound, Refused
from skillmeat.model import Artifact, Association, RelationshipType
from skillmeat.text import plural

PIN_TO_LOCK = "lock"
"""The value of ``pin`` that stands for the hash that the lock gives now."""


def create(
    catalog: Catalog,
    parent_reference: str,
    child_reference: str,
    relationship_type: RelationshipType,
    *,
    pin: str | None = None,
) -> Edit:
    """A new association at the end of the parent's list."""
    parent = catalog.find(Artifact, parent_reference)
    child = catalog.find(Artifact, child_reference)
    if any(link.artifact == child.id for link in parent.associations):
        raise Conflict(
            f"{parent.id} is already associated with {child.id}.", code="ASSOCIATION_ALREADY_EXISTS"
        )
    link = made(
        Association,
        "association",
        artifact=child.id,
        relationship_type=relationship_type,
        pinned_version_hash=_pin(catalog, child, pin),
    )
    after = parent.but(associations=(*parent.associations, link))
    return Edit(f"Recorded that {parent.id} {_says(link)} {child.id}", (Change(parent, after),))


def edit(catalog: Catalog, parent_reference: str, child_reference: str, **values: Any) -> Edit:
    """Another type or pin for an association; ``pin`` is a hash, ``PIN_TO_LOCK`` or None for none."""
    parent, link = _find(catalog, parent_reference, child_reference)
    if "pin" in values:
        child = catalog.find(Artifact, link.artifact)
        values["pinned_version_hash"] = _pin(catalog, child, values.pop("pin"))
    if "relationship_type" in values:
        values["relationship_type"] = RelationshipType(values["relationship_type"])
    new = changed(link, "association", **values)
    after = parent.but(associations=tuple(new if each == link else each for each in parent.associations))
    return Edit(f"Changed the association of {parent.id} with {link.artifact}", (Change(parent, after),))


def delete(catalog: Catalog, parent_reference: str, child_reference: str) -> Edit:
    """No such association any more."""
    parent, link = _find(catalog, parent_reference, child_reference)
    after = parent.but(associations=tuple(each for each in parent.associations if each != link))
    return Edit(f"Deleted the association of {parent.id} with {link.artifact}", (Change(parent, after),))


def pin_all(catalog: Catalog, references: Sequence[str], types: Collection[RelationshipType] = ()) -> Edit:
    """Every association of these artifacts (of all, when none is named) pinned to what the lock says.

    ``types`` narrows it to some relationships. Children that are not locked are left as they are.
    """
    parents = [catalog.find(Artifact, each) for each in references] or list(catalog.artifacts.values())
    for parent in parents if references else ():
        if not parent.associations:
            raise NotFound(
                f"{parent.id} is the parent of no association.",
                code="ASSOCIATION_NOT_FOUND",
                hint="Name parents only; “association edit PARENT CHILD --pin” pins one.",
            )
    changes, count = [], 0
    for parent in parents:
        links = tuple(
            _repinned(catalog, link) if not types or link.relationship_type in types else link
            for link in parent.associations
        )
        if links != parent.associations:
            count += sum(new != old for new, old in zip(links, parent.associations, strict=True))
            changes.append(Change(parent, parent.but(associations=links)))
    return Edit(f"Pinned {plural(count, 'association')} to what the lock says", tuple(changes))


def _repinned(catalog: Catalog, link: Association) -> Association:
    child = catalog.artifacts.get(link.artifact)
    entry = catalog.entry(child) if child else None
    return link.but(pinned_version_hash=entry.hash) if entry else link


def _find(catalog: Catalog, parent_reference: str, child_reference: str) -> tuple[Artifact, Association]:
    parent = catalog.find(Artifact, parent_reference)
    links = {link.artifact: link for link in parent.associations}
    child = child_reference if child_reference in links else catalog.find(Artifact, child_reference).id
    if child not in links:
        raise NotFound(
            f"{parent.id} is not associated with {child}.",
            code="ASSOCIATION_NOT_FOUND",
            hint=f"It is associated with {', '.join(links) or 'nothing'}.",
        )
    return parent, links[child]


def _pin(catalog: Catalog, child: Artifact, pin: str | None) -> str | None:
    if pin != PIN_TO_LOCK:
        return pin
    entry = catalog.entry(child)
    if entry is None:
        raise Refused(
            f"The lock says nothing of {child.id}, so there is nothing to pin to.",
            code="ARTIFACT_NOT_LOCKED",
            hint="Run “skillmeat lock”, or give the hash.",
        )
    return entry.hash


def _says(link: Association) -> str:
    return "is related to" if link.relationship_type is RelationshipType.RELATED else link.relationship_type
