"""Edits of tags."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from skillmeat.catalog import Catalog, Change, Edit
from skillmeat.edits.making import changed, made, refuse_twin, slug_of, taken
from skillmeat.errors import Invalid
from skillmeat.model import Artifact, Tag
from skillmeat.text import fold, plural


def create(
    catalog: Catalog, name: str, *, slug: str | None = None, created_at: datetime | None = None, **values: Any
) -> Edit:
    """A new tag, its slug made from its name unless it is given."""
    tag = made(Tag, "tag", id=slug or slug_of(name, "tag"), name=name, created_at=created_at, **values)
    _refuse_taken(catalog, tag)
    return Edit(f"Created the tag {tag.id}", (Change(None, tag),))


def edit(catalog: Catalog, reference: str, *, slug: str | None = None, **values: Any) -> Edit:
    """Other values for a tag. A new name makes a new slug, and the old one stays as an alias."""
    tag = catalog.find(Tag, reference)
    after = changed(tag, "tag", **values)
    if slug is None:
        slug = tag.id if fold(after.name) == fold(tag.name) else slug_of(after.name, "tag")
    if slug == tag.id:
        _refuse_taken(catalog, after, but=tag)
        return Edit(f"Changed the tag {tag.id}", (Change(tag, after),))
    aliases = tuple(dict.fromkeys([*(each for each in after.aliases if each != slug), tag.id]))
    after = changed(after, "tag", id=slug, aliases=aliases)
    _refuse_taken(catalog, after, but=tag)
    return Edit(
        f"Renamed the tag {tag.id} to {slug}",
        (Change(tag, after), *_retagged(catalog, tag, slug)),
    )


def delete(catalog: Catalog, reference: str, *, cascade: bool = False) -> Edit:
    """No such tag any more; with ``cascade``, no artifact carries it either."""
    tag = catalog.find(Tag, reference)
    uses = _retagged(catalog, tag, None) if cascade else ()
    summary = f"Deleted the tag {tag.id}"
    if uses:
        summary += f" and took it off {plural(len(uses), 'artifact')}"
    return Edit(summary, (Change(tag, None), *uses), remedy="--cascade takes it off them first.")


def merge(catalog: Catalog, from_reference: str, into_reference: str) -> Edit:
    """All uses of one tag moved to another; the first one's slugs become aliases of the second."""
    gone, kept = catalog.find(Tag, from_reference), catalog.find(Tag, into_reference)
    if gone == kept:
        raise Invalid(f"The tag “{kept.id}” cannot be merged into itself.", code="INVALID_TAG")
    uses = _retagged(catalog, gone, kept.id)
    aliases = tuple(dict.fromkeys([*kept.aliases, gone.id, *gone.aliases]))
    return Edit(
        f"Merged the tag {gone.id} into {kept.id}, with {plural(len(uses), 'use')}",
        (Change(gone, None), Change(kept, changed(kept, "tag", aliases=aliases)), *uses),
    )


def _retagged(catalog: Catalog, tag: Tag, new: str | None) -> tuple[Change, ...]:
    """Every artifact that carries the tag, under this slug or a former one, with ``new`` instead."""
    old = {tag.id, *tag.aliases}
    carriers = sorted({artifact for slug in old for artifact in catalog.tagged[slug]})
    return tuple(
        Change(artifact, artifact.but(tags=_with(artifact, old, new)))
        for artifact in (catalog.artifacts[each] for each in carriers)
    )


def _with(artifact: Artifact, old: set[str], new: str | None) -> tuple[str, ...]:
    tags = [new if tag in old else tag for tag in artifact.tags]
    return tuple(dict.fromkeys(tag for tag in tags if tag))


def _refuse_taken(catalog: Catalog, tag: Tag, but: Tag | None = None) -> None:
    others = (each for each in catalog.tags.values() if each != but)
    refuse_twin("tag", (tag.id, tag.name), ((each.id, each.name) for each in others))
    owner = catalog.former["tag"].get(tag.id)
    if owner and (but is None or owner != but.id):
        raise taken("tag", tag.id, f"a former slug of the tag {owner}", "slug", "Give another with --slug.")
