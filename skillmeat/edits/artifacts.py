"""Edits of artifacts and of the tags they carry."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from skillmeat.catalog import Catalog, Change, Edit
from skillmeat.edits.making import changed, in_order, made, slug_of, taken
from skillmeat.errors import Conflict, NotFound
from skillmeat.model import Artifact, ArtifactType, Collection, Source, Tag
from skillmeat.text import plural


def create(
    catalog: Catalog,
    artifact_type: ArtifactType,
    name: str,
    *,
    slug: str | None = None,
    source: str | None = None,
    tags: Sequence[str] = (),
    created_at: datetime | None = None,
    **values: Any,
) -> Edit:
    """A new artifact, its slug made from its name unless it is given."""
    artifact = made(
        Artifact,
        "artifact",
        id=f"{artifact_type}/{slug or slug_of(name, 'artifact')}",
        name=name,
        source=catalog.find(Source, source).id if source else None,
        tags=_found(catalog, tags),
        created_at=created_at,
        **values,
    )
    _refuse_taken(catalog, artifact.id)
    return Edit(f"Created the {artifact_type} {artifact.slug}", (Change(None, artifact),))


def edit(catalog: Catalog, reference: str, **values: Any) -> Edit:
    """Other values for an artifact; its slug stays (``rename`` changes it)."""
    artifact = catalog.find(Artifact, reference)
    if values.get("source"):
        values["source"] = catalog.find(Source, values["source"]).id
    if values.get("tags"):
        values["tags"] = _found(catalog, values["tags"])
    after = changed(artifact, "artifact", **values)
    return Edit(f"Changed {artifact.id}", (Change(artifact, after),))


def rename(catalog: Catalog, reference: str, slug: str) -> Edit:
    """A new slug for an artifact: every reference follows, and the old slug stays as an alias."""
    artifact = catalog.find(Artifact, reference)
    new = f"{artifact.type}/{slug.removeprefix(f'{artifact.type}/')}"
    if new == artifact.id:
        raise taken("artifact", new)
    aliases = tuple(dict.fromkeys([*artifact.aliases, artifact.slug]))
    after = changed(
        _relinked(artifact, {artifact.id}, new),  # in a broken store, it may name itself
        "artifact",
        id=new,
        aliases=tuple(alias for alias in aliases if f"{artifact.type}/{alias}" != new),
    )
    _refuse_taken(catalog, new, but=artifact)
    return Edit(
        f"Renamed {artifact.id} to {after.slug}",
        (Change(artifact, after), *_repointed(catalog, artifact, new)),
    )


def delete(catalog: Catalog, reference: str, *, cascade: bool = False) -> Edit:
    """No such artifact any more; with ``cascade``, no membership and no association either."""
    artifact = catalog.find(Artifact, reference)
    uses = _repointed(catalog, artifact, None) if cascade else ()
    summary = f"Deleted {artifact.id}"
    if uses:
        summary += f" and took it out of {plural(len(uses), 'other manifest')}"
    remedy = "--cascade takes it out of them first."
    return Edit(summary, (Change(artifact, None), *uses), remedy=remedy)


def add_tags(catalog: Catalog, reference: str, tags: Sequence[str]) -> Edit:
    """More tags for an artifact. Raises ``Conflict`` for one that it carries already."""
    artifact = catalog.find(Artifact, reference)
    new = _found(catalog, tags, twice=True)
    for position, tag in enumerate(new):
        if tag in artifact.tags or tag in new[:position]:
            raise Conflict(f"{artifact.id} already has the tag “{tag}”.", code="ARTIFACT_TAG_ALREADY_EXISTS")
    after = artifact.but(tags=in_order(artifact.tags, (*artifact.tags, *new)))
    return Edit(f"Tagged {artifact.id} with {', '.join(new)}", (Change(artifact, after),))


def remove_tags(catalog: Catalog, reference: str, tags: Sequence[str]) -> Edit:
    """Fewer tags for an artifact. Raises ``NotFound`` for one that it does not carry."""
    artifact = catalog.find(Artifact, reference)
    gone = list(dict.fromkeys(tag if tag in artifact.tags else catalog.find(Tag, tag).id for tag in tags))
    for tag in gone:
        if tag not in artifact.tags:
            carried = ", ".join(artifact.tags) or "none"
            raise NotFound(
                f"{artifact.id} does not have the tag “{tag}”.",
                code="ARTIFACT_TAG_NOT_FOUND",
                hint=f"Its tags: {carried}.",
            )
    after = artifact.but(tags=tuple(tag for tag in artifact.tags if tag not in gone))
    return Edit(f"Took {', '.join(gone)} off {artifact.id}", (Change(artifact, after),))


def set_tags(catalog: Catalog, reference: str, tags: Sequence[str]) -> Edit:
    """Exactly these tags for an artifact, in this order."""
    artifact = catalog.find(Artifact, reference)
    new = _found(catalog, tags)
    what = (
        f"Set the tags of {artifact.id} to {', '.join(new)}" if new else f"Took every tag off {artifact.id}"
    )
    return Edit(what, (Change(artifact, artifact.but(tags=new)),))


def _refuse_taken(catalog: Catalog, name: str, but: Artifact | None = None) -> None:
    if name in catalog.artifacts:
        raise taken("artifact", name, hint="" if but else "Give another with --slug.")
    owner = catalog.former["artifact"].get(name)
    if owner and (but is None or owner != but.id):
        raise taken("artifact", name, f"a former name of {owner}")


def _found(catalog: Catalog, references: Sequence[str], *, twice: bool = False) -> tuple[str, ...]:
    """The tags that references stand for, each once unless ``twice``.

    Raises ``NotFound`` that names every one that does not exist.
    """
    found, missing = [], []
    for each in references:
        try:
            found.append(catalog.find(Tag, each).id)
        except NotFound as error:
            missing.append(error)
    if len(missing) > 1:
        said = (f"{error.detail} {error.hint}".strip() for error in missing)
        raise NotFound("\n".join(said), code=missing[0].code)
    if missing:
        raise missing[0]
    return tuple(found if twice else dict.fromkeys(found))


def _repointed(catalog: Catalog, artifact: Artifact, new: str | None) -> tuple[Change, ...]:
    """Every other manifest that names the artifact, by this id or a former one, naming ``new`` or nothing."""
    old = {artifact.id, *(f"{artifact.type}/{alias}" for alias in artifact.aliases)}
    parents = {parent for each in old for parent, _ in catalog.parents.get(each, ())}
    changes = [
        Change(parent, _relinked(parent, old, new))
        for parent in (catalog.artifacts[each] for each in sorted(parents - {artifact.id}))
    ]
    holders = {collection for each in old for collection in catalog.collections_with[each]}
    holders |= {group.partition("/")[0] for each in old for group in catalog.groups_with[each]}
    for collection in (catalog.collections[each] for each in sorted(holders)):
        changes.append(Change(collection, _remembered(collection, old, new)))
    return tuple(changes)


def _relinked(parent: Artifact, old: set[str], new: str | None) -> Artifact:
    kept = (link for link in parent.associations if new or link.artifact not in old)
    return parent.but(
        associations=tuple(link.but(artifact=new) if link.artifact in old else link for link in kept)
    )


def _remembered(collection: Collection, old: set[str], new: str | None) -> Collection:
    members = tuple(
        member.but(artifact=new) if member.artifact in old else member
        for member in collection.artifacts
        if new or member.artifact not in old
    )
    groups = tuple(
        group.but(
            artifacts=tuple(
                new if new and each in old else each for each in group.artifacts if new or each not in old
            )
        )
        for group in collection.groups
    )
    return collection.but(artifacts=members, groups=groups)
