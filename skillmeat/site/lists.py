"""Paged lists of artifacts: the catalog, a type, a trust level, a tag."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any, Final

from skillmeat.site import addresses, marks, sets
from skillmeat.site.addresses import API, FEED, ROOT, Stretch
from skillmeat.site.edition import TRUST, TYPES, Edition, counts
from skillmeat.site.output import Made, Output, Planned, digest
from skillmeat.site.rail import rail
from skillmeat.site.templates import Page
from skillmeat.text import plural
from skillmeat.views import Json
from skillmeat.words import MEANINGS


def catalog(edition: Edition) -> Made:
    """``/`` and ``/page/N/``: everything, newest first."""
    site = edition.catalog.settings.site
    found = counts(edition)
    sources = sum(1 for each in edition.sources.values() if each["artifact_count"])
    summary = plural(len(edition.artifacts), "artifact") + (
        f" from {plural(sources, 'source')}" if sources else ""
    )
    heading = _heading([TYPES[kind].one for kind, count in found.most_common(3) if count])
    yield from _list(
        edition,
        "browse.html",
        "",
        list(edition.artifacts),
        title=site.title,
        description=site.description or f"{summary}.",
        section="",
        heading=heading,
        lead=site.description or (f"{summary}, curated in Git." if edition.artifacts else _EMPTY),
        pills=_pills(edition, ""),
        current="",
        json=f"{API}artifacts.json",
    )


def types(edition: Edition) -> Made:
    """``/<type>/``: all of a type."""
    for kind, names in TYPES.items():
        yield from _list(
            edition,
            "browse.html",
            f"{kind}/",
            edition.of_type[kind],
            title=names.many,
            description=names.about,
            section="",
            heading=names.many,
            lead=names.about,
            pills=_pills(edition, kind),
            current=kind,
            json="",
            feed=f"{kind}/{FEED}",
        )


def trust(edition: Edition) -> Made:
    """``/trust/<level>/``: what comes from sources of a trust level."""
    for level, name in TRUST.items():
        yield from _list(
            edition,
            "list.html",
            addresses.trust(level),
            edition.of_trust[level],
            title=f"{name} sources",
            description=MEANINGS[level],
            section="sources",
            heading=f"From {name.lower()} sources",
            lead=MEANINGS[level],
            trail=[("Sources", "sources/")],
            tag=None,
            query=f"trust={level}",
            ways=[],
            edit="",
            json="",
        )


def tagged(edition: Edition) -> Made:
    """``/tags/<tag>/``: what carries a tag."""
    for tag_id, tag in edition.tags.items():
        yield from _list(
            edition,
            "list.html",
            addresses.tag(tag_id),
            edition.in_order(edition.catalog.tagged[tag_id]),
            title=tag["name"],
            description=tag["description"] or f"What is tagged {tag['name']}.",
            section="tags",
            heading=tag["name"],
            lead=tag["description"] or "",
            trail=[("Tags", "tags/")],
            tag=tag,
            query=f"tags={tag_id}",
            ways=sets.ways(edition, addresses.tag(tag_id), edition.catalog.tagged[tag_id]),
            edit=edition.edit("tag", tag_id),
            json=f"{API}tags/{tag_id}.json",
            feed=addresses.tag(tag_id) + FEED,
        )


MOST_ROWS: Final = 20
"""Rows on one page of the lists that are searched and filtered: they are on everybody's first load."""

_EMPTY: Final = "A catalog of skills, commands, agents, hooks, MCP servers and plugins."


def _list(edition: Edition, template: str, address: str, ids: Sequence[str], **values: Any) -> Made:
    """The pages of a list; ``values`` are what its template shows beside the rows."""
    title, description = values.pop("title"), values.pop("description")
    section, json, feed = values.pop("section"), values.pop("json"), values.pop("feed", "")
    size = edition.catalog.settings.site.page_size
    if template == "browse.html":
        size = min(size, MOST_ROWS)
    shown, rows, facets = edition.distinct(ids), edition.once(marks.rows), digest(edition.once(rail))
    for stretch in addresses.stretches(address, shown, size):
        page = Page(
            address=stretch.address,
            title=title if stretch.number == 1 else f"{title}, page {stretch.number}",
            description=description,
            section=section,
            json=json,
            feed=feed,
            previous=stretch.previous,
            next=stretch.next,
        )
        beside = {
            "pager": pager(stretch),
            "total": stretch.total,
            "copies": len(ids) - len(shown),
            "first": stretch.number == 1,
            "size": size,
            **values,
        }
        key = digest(template, vars(page), beside, facets, [rows[each] for each in stretch.items])
        name = addresses.file(stretch.address)
        yield Planned(name, key, partial(_page, edition, template, page, stretch.items, beside))


def _page(
    edition: Edition, template: str, page: Page, ids: Sequence[str], beside: Mapping[str, Any]
) -> Iterator[Output]:
    rows = [edition.rows[each] for each in ids]
    data = edition.templates.page(template, page, rows=rows, rail=edition.once(rail), **beside)
    yield Output(addresses.file(page.address), data)


def pager(stretch: Stretch[Any]) -> Json | None:
    """The links to the other pages of a list; None when there are none."""
    if stretch.last == 1:
        return None
    steps = [
        {"number": number, "address": ROOT + stretch.at(number), "current": number == stretch.number}
        if number
        else None
        for number in stretch.steps
    ]
    return {
        "steps": steps,
        "previous": stretch.previous and ROOT + stretch.previous,
        "next": stretch.next and ROOT + stretch.next,
        "first_item": stretch.first_item,
        "last_item": stretch.first_item + len(stretch.items) - 1,
    }


def _rows_of_types(edition: Edition) -> Counter[str]:
    return Counter({kind: edition.rows_in(ids) for kind, ids in edition.of_type.items()})


def _pills(edition: Edition, current: str) -> list[Json]:
    """The types that there is something of, as links, with how many rows they have."""
    found = edition.once(_rows_of_types)
    every: Json = {
        "type": "",
        "one": "",
        "name": "All",
        "address": "",
        "count": found.total(),
        "current": current == "",
    }
    return [every] + [
        {
            "type": kind,
            "one": names.one,
            "name": names.many,
            "address": f"{kind}/",
            "count": found[kind],
            "current": kind == current,
        }
        for kind, names in TYPES.items()
        if found[kind] or kind == current
    ]


def _heading(names: Sequence[str]) -> str:
    """What the catalog is for, in the types it holds most of."""
    words = [name if name.isupper() or name.startswith("MCP") else name.lower() for name in names]
    if not words:
        return "Nothing here yet"
    if len(words) == 1:
        return f"Find the right {words[0]}"
    return f"Find the right {', '.join(words[:-1])} or {words[-1]}"
