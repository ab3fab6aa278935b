"""The facets beside a list, as links: people without JavaScript go by these."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from markupsafe import Markup

from skillmeat.site import addresses
from skillmeat.site.edition import TRUST, Edition
from skillmeat.views import Json


def rail(edition: Edition) -> Markup:
    """The facets, as links to lists: the same on every page that has them."""
    return edition.templates.fragment("rail.html", facets=_facets(edition))


def _facets(edition: Edition) -> list[Json]:
    """The most used values of each facet, most first, and the page that holds all of them.

    A count is of rows: artifacts that are the same thing count once.
    """
    catalog, rows = edition.catalog, edition.rows_in
    names = edition.repository_names
    tags = [
        (tag["name"], addresses.tag(tag_id), rows(catalog.tagged[tag_id]))
        for tag_id, tag in edition.tags.items()
    ]
    sources = [
        (names[each], addresses.source(each), rows(catalog.from_source[each])) for each in edition.sources
    ]
    collections, groups = [], []
    for collection in edition.collections.values():
        held = rows(member["artifact"] for member in collection["artifacts"])
        collections.append((collection["name"], addresses.collection(collection["id"]), held))
        for group in collection["groups"]:
            name = f"{collection['name']} / {group['name']}"
            held = rows(member["artifact"] for member in group["artifacts"])
            groups.append((name, addresses.collection(collection["id"], group["slug"]), held))
    trust = [(TRUST[level], addresses.trust(level), rows(ids)) for level, ids in edition.of_trust.items()]
    return [
        _facet("tags", "Tags", "tags/", _most(tags)),
        _facet("collection", "Collections", "collections/", _most(collections)),
        _facet("group", "Groups", "", _most(groups)),
        _facet("source", "Sources", "sources/", _most(sources)),
        _facet("trust", "Trust", "", _most(trust)),
    ]


def _facet(key: str, title: str, address: str, values: Sequence[tuple[str, str, int]]) -> Json:
    shown = [{"name": name, "address": to, "count": count} for name, to, count in values[:8]]
    return {"key": key, "title": title, "address": address, "values": shown, "total": len(values)}


def _most(values: Iterable[tuple[str, str, int]]) -> list[tuple[str, str, int]]:
    return sorted((each for each in values if each[2]), key=lambda each: (-each[2], each[0].lower(), each[1]))
