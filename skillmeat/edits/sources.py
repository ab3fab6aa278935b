"""Edits of sources."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from skillmeat.catalog import Catalog, Change, Edit
from skillmeat.edits.making import changed, made, refuse_twin, slug_of
from skillmeat.errors import Conflict, Invalid, NotFound
from skillmeat.model import Exclude, Source
from skillmeat.text import one_line

_PAGE = re.compile(
    r"^(?P<repository>https://(?:github|gitlab)\.com/[\w.-]+/[\w.-]+)/(?:-/)?"
    r"(?P<kind>tree|blob|commit|commits|releases|issues|pull)/?(?P<rest>.*)$"
)


def add(
    catalog: Catalog,
    url: str,
    *,
    name: str | None = None,
    slug: str | None = None,
    tags: Sequence[str] = (),
    created_at: datetime | None = None,
    **values: Any,
) -> Edit:
    """A new source. Its slug and name come from the address unless they are given:
    ``https://github.com/anthropics/skills`` gives ``anthropics-skills`` and “anthropics/skills”.
    """
    _refuse_page(url)
    tail = "/".join(url.rstrip("/").removesuffix(".git").replace(":", "/").rsplit("/", 2)[-2:])
    source = made(
        Source,
        "source",
        id=slug or slug_of(name or tail, "source"),
        name=name or tail,
        url=url,
        tags=tuple(dict.fromkeys(tags)),
        created_at=created_at,
        **values,
    )
    _refuse_taken(catalog, source)
    return Edit(f"Added the source {source.id}", (Change(None, source),))


def _refuse_page(url: str) -> None:
    """Addresses that a browser shows and Git does not know."""
    page = _PAGE.match(url)
    if page:
        ref, _, root = page["rest"].partition("/")
        where = f" --ref {ref}" + (f" --root {root}" if root else "") if page["kind"] == "tree" else ""
        raise Invalid(
            f"“{one_line(url)}” is a page of a repository, not its address.",
            code="INVALID_SOURCE",
            hint=f"Write {page['repository']}{where}.",
        )


def edit(catalog: Catalog, reference: str, **values: Any) -> Edit:
    """Other values for a source; its slug stays."""
    source = catalog.find(Source, reference)
    after = changed(source, "source", **values)
    _refuse_taken(catalog, after, but=source)
    return Edit(f"Changed the source {source.id}", (Change(source, after),))


def delete(catalog: Catalog, reference: str) -> Edit:
    """No such source any more, nor what the lock says of it."""
    source = catalog.find(Source, reference)
    kept = tuple(each for each in catalog.lock.source if each.id != source.id)
    return Edit(
        f"Deleted the source {source.id}",
        (Change(source, None),),
        lock=catalog.lock.but(source=kept) if kept != catalog.lock.source else None,
        readmes={source.id: None} if source.id in catalog.readmes else {},
        remedy="Delete these artifacts first, or give them another source.",
    )


def add_tags(catalog: Catalog, reference: str, tags: Sequence[str]) -> Edit:
    """More tags for a source. Raises ``Conflict`` for one that it has."""
    source = catalog.find(Source, reference)
    for position, tag in enumerate(tags):
        if tag in source.tags or tag in tags[:position]:
            raise Conflict(
                f"{source.id} already has the tag “{one_line(tag)}”.", code="SOURCE_TAG_ALREADY_EXISTS"
            )
    after = changed(source, "source", tags=(*source.tags, *tags))
    return Edit(f"Tagged the source {source.id} with {', '.join(tags)}", (Change(source, after),))


def remove_tags(catalog: Catalog, reference: str, tags: Sequence[str]) -> Edit:
    """Fewer tags for a source. Raises ``NotFound`` for one that it does not have."""
    source = catalog.find(Source, reference)
    for tag in tags:
        if tag not in source.tags:
            raise NotFound(
                f"{source.id} does not have the tag “{one_line(tag)}”.",
                code="SOURCE_TAG_NOT_FOUND",
                hint=f"Its tags: {', '.join(source.tags) or 'none'}.",
            )
    after = changed(source, "source", tags=tuple(tag for tag in source.tags if tag not in tags))
    return Edit(f"Took {', '.join(tags)} off the source {source.id}", (Change(source, after),))


def set_tags(catalog: Catalog, reference: str, tags: Sequence[str]) -> Edit:
    """Exactly these tags for a source, in this order."""
    source = catalog.find(Source, reference)
    after = changed(source, "source", tags=tuple(dict.fromkeys(tags)))
    what = f"Set the tags of the source {source.id} to {', '.join(after.tags)}"
    what = what if after.tags else f"Took every tag off the source {source.id}"
    return Edit(what, (Change(source, after),))


def exclude(catalog: Catalog, reference: str, paths: Sequence[str], *, reason: str | None = None) -> Edit:
    """More paths of a source that are left alone. Raises ``Conflict`` for one that is already."""
    source = catalog.find(Source, reference)
    known = [each.path for each in source.exclude]
    for position, path in enumerate(paths):
        if path in known or path in paths[:position]:
            raise Conflict(
                f"{source.id} already leaves “{one_line(path)}” alone.", code="SOURCE_PATH_ALREADY_EXISTS"
            )
    new = [made(Exclude, "source", path=path, reason=reason) for path in paths]
    after = changed(source, "source", exclude=(*source.exclude, *new))
    return Edit(
        f"Left {one_line(', '.join(paths))} of the source {source.id} alone", (Change(source, after),)
    )


def include(catalog: Catalog, reference: str, paths: Sequence[str]) -> Edit:
    """Fewer paths of a source that are left alone. Raises ``NotFound`` for one that is not."""
    source = catalog.find(Source, reference)
    known = [each.path for each in source.exclude]
    for path in paths:
        if path not in known:
            raise NotFound(
                f"{source.id} does not leave “{one_line(path)}” alone.",
                code="SOURCE_PATH_NOT_FOUND",
                hint=f"It leaves alone: {', '.join(known) or 'nothing'}.",
            )
    after = changed(
        source, "source", exclude=tuple(each for each in source.exclude if each.path not in paths)
    )
    return Edit(
        f"Let {one_line(', '.join(paths))} of the source {source.id} in again", (Change(source, after),)
    )


def _refuse_taken(catalog: Catalog, source: Source, but: Source | None = None) -> None:
    others = [each for each in catalog.sources.values() if each != but]
    refuse_twin("source", (source.id, source.name), ((each.id, each.name) for each in others))
    for other in others:
        if (_place(other), other.ref, other.root) == (_place(source), source.ref, source.root):
            raise Conflict(
                f"The source “{other.id}” has that address and ref already.", code="SOURCE_ALREADY_EXISTS"
            )


def _place(source: Source) -> str:
    """The address as a host takes it: with or without ``.git`` it is one repository."""
    return source.url.rstrip("/").removesuffix(".git").lower()
