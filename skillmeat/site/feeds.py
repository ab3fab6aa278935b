"""Atom feeds (RFC 4287): what is new and changed in the site, a type, a tag, a collection and a source.

A feed stands beside the page it belongs to. Dates are Git's: an artifact that was never committed is in no
feed. A feed needs the site's own address; without it there is none, as ``robots.sitemap`` says.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from heapq import nsmallest
from typing import Final

from skillmeat.site import addresses, marks
from skillmeat.site.addresses import FEED
from skillmeat.site.edition import TYPES, Edition
from skillmeat.site.output import Made, Output, Planned, digest, xml_text
from skillmeat.views import Json

NEWEST: Final = 50
"""How many artifacts a feed has at most."""

_NEVER: Final = "1970-01-01T00:00:00Z"  # an Atom feed has to have a date, even one in which nothing is dated


def feeds(edition: Edition) -> Made:
    """``feed.xml`` at the root and beside the page of each type, tag, collection and source."""
    if url := edition.catalog.settings.site.url:
        yield from _feeds(edition, url.rstrip("/") + "/")


def _feeds(edition: Edition, base: str) -> Made:
    title = edition.catalog.settings.site.title
    rows = edition.once(marks.rows)
    dated = {each["id"]: _changed(each) for each in edition.artifacts.values() if _changed(each)}
    newest_first = sorted(sorted(dated), key=dated.__getitem__, reverse=True)
    places = {artifact_id: place for place, artifact_id in enumerate(newest_first)}
    entries: dict[str, str] = {}
    for address, name, about, ids, own in _subjects(edition):
        newest = nsmallest(NEWEST, (places[each] for each in set(ids) if each in places))
        shown = [newest_first[place] for place in newest]
        head = {
            "title": f"{name} · {title}" if name else title,
            "about": about,
            "updated": max([own, *(dated[each] for each in shown)]),
            "page": base + address,
        }
        make = partial(_feed_of, edition, head, base, shown, entries)
        yield Planned(address + FEED, digest(head, [rows[each] for each in shown]), make)


def _feed_of(
    edition: Edition, head: Mapping[str, str], base: str, shown: Sequence[str], entries: dict[str, str]
) -> Iterator[Output]:
    for each in shown:
        if each not in entries:
            entries[each] = _entry(base, edition.artifacts[each], edition)
    address = head["page"].removeprefix(base)
    title = edition.catalog.settings.site.title
    yield Output(address + FEED, _feed(head, title, [entries[each] for each in shown]))


def _subjects(edition: Edition) -> Iterator[tuple[str, str, str, Iterable[str], str]]:
    """Of each feed: the address of its page, a name, a sentence, its artifacts, and its own last change."""
    about = edition.catalog.settings.site.description or ""
    yield "", "", about, edition.artifacts, _NEVER
    for kind, names in TYPES.items():
        yield f"{kind}/", names.many, names.about, edition.of_type[kind], _NEVER
    for tag_id, tag in edition.tags.items():
        ids = edition.catalog.tagged[tag_id]
        yield addresses.tag(tag_id), tag["name"], tag["description"] or "", ids, _own(tag)
    for collection_id, each in edition.collections.items():
        ids = [member["artifact"] for member in each["artifacts"]]
        address = addresses.collection(collection_id)
        yield address, each["name"], each["description"] or "", ids, _own(each)
    for source_id, source in edition.sources.items():
        ids = edition.catalog.from_source[source_id]
        yield addresses.source(source_id), source["name"], source["repo_description"] or "", ids, _own(source)


def _changed(record: Json) -> str:
    return record["updated_at"] or record["created_at"] or ""


def _own(record: Json) -> str:
    return _changed(record) or _NEVER


def _feed(head: Mapping[str, str], author: str, entries: list[str]) -> bytes:
    about = f"<subtitle>{xml_text(head['about'])}</subtitle>\n" if head["about"] else ""
    page = xml_text(head["page"])
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<feed xmlns="http://www.w3.org/2005/Atom">\n'
        f"<id>{page}</id>\n"
        f"<title>{xml_text(head['title'])}</title>\n{about}"
        f"<updated>{head['updated']}</updated>\n"
        f"<author><name>{xml_text(author)}</name></author>\n"
        "<generator>skillmeat</generator>\n"
        f'<link rel="self" type="application/atom+xml" href="{page}{FEED}"/>\n'
        f'<link rel="alternate" type="text/html" href="{page}"/>\n'
        f"{''.join(entries)}</feed>\n"
    ).encode()


def _entry(base: str, artifact: Json, edition: Edition) -> str:
    page = xml_text(base + addresses.artifact(artifact["id"]))
    published = f"<published>{artifact['created_at']}</published>\n" if artifact["created_at"] else ""
    summary = f"<summary>{xml_text(artifact['description'])}</summary>\n" if artifact["description"] else ""
    words = [(artifact["type"], TYPES[artifact["type"]].one)]
    words += [(tag["id"], tag["name"]) for tag in edition.chips(artifact)]
    categories = "".join(f'<category term="{term}" label="{xml_text(label)}"/>\n' for term, label in words)
    return (
        f"<entry>\n<id>{page}</id>\n<title>{xml_text(artifact['name'])}</title>\n"
        f'<link rel="alternate" type="text/html" href="{page}"/>\n'
        f"<updated>{_changed(artifact)}</updated>\n{published}{summary}{categories}</entry>\n"
    )
