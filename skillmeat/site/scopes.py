"""The parts of the catalog that can be installed as one: all of it, a collection, a group, a tag."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from skillmeat.site import addresses
from skillmeat.site.edition import Edition
from skillmeat.site.output import Made, Output
from skillmeat.site.templates import Page


@dataclass(frozen=True, slots=True)
class Scope:
    """Artifacts that are installed from one address, in the order in which they are offered.

    ``address`` is relative to the root of the site and is what people give to a client; the client looks
    below it. A group's is ``collections/<collection>/<group>/``. ``key`` tells a scope from the others
    (``frontend``, ``frontend.design``, ``tags.pdf``); that of the whole catalog is empty.
    """

    address: str
    key: str
    title: str
    description: str
    artifacts: Sequence[str]


def scopes(edition: Edition) -> Iterator[Scope]:
    """The whole catalog, then each collection with its groups, then each tag, at its former addresses too."""
    catalog, site = edition.catalog, edition.catalog.settings.site
    yield Scope("", "", site.title, site.description or "", sorted(catalog.artifacts))
    for collection_id, collection in sorted(catalog.collections.items()):
        yield Scope(
            addresses.collection(collection_id),
            collection_id,
            collection.name,
            collection.description or "",
            [member.artifact for member in collection.artifacts],
        )
        for group in collection.groups:
            yield Scope(
                group_address(collection_id, group.slug),
                f"{collection_id}.{group.slug}",
                f"{collection.name}: {group.name}",
                group.description or "",
                group.artifacts,
            )
    former = {old: new for old, new in catalog.former["tag"].items() if old not in catalog.tags}
    for address, tag_id in sorted({**{each: each for each in catalog.tags}, **former}.items()):
        tag = catalog.tags[tag_id]
        yield Scope(
            addresses.tag(address),
            f"tags.{tag_id}",
            tag.name,
            tag.description or "",
            sorted(catalog.tagged[tag_id]),
        )


def group_address(collection_id: str, slug: str) -> str:
    """Where a group is installed from."""
    return f"{addresses.collection(collection_id)}{slug}/"


def groups(edition: Edition) -> Made:
    """``/collections/<collection>/<group>/``: leads people to the group's place on the collection's page."""
    for collection_id, collection in sorted(edition.catalog.collections.items()):
        for group in collection.groups:
            address = group_address(collection_id, group.slug)
            target = addresses.collection(collection_id, group.slug)
            page = Page(address, group.name, canonical=addresses.collection(collection_id), listed=False)
            data = edition.templates.page("redirect.html", page, target=target, name=group.name)
            yield Output(addresses.file(address), data)
