"""The pages of sources and of their entries: where the artifacts come from, and what else is there."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import cache, partial
from typing import Final

from markupsafe import Markup

from skillmeat import markdown
from skillmeat.detect.problems import PROBLEMS
from skillmeat.model import Source
from skillmeat.site import addresses, hosting, marks
from skillmeat.site.addresses import API, FEED, Stretch
from skillmeat.site.edition import TRUST, TYPES, Edition
from skillmeat.site.lists import pager
from skillmeat.site.output import Made, Output, Planned, digest
from skillmeat.site.templates import Page
from skillmeat.text import one_line
from skillmeat.views import Json
from skillmeat.words import MEANINGS

_NAMED: Final = 8
"""How many entries a command names one by one."""

_PENDING: Final = 50
"""How many entries that were not imported the page of a source shows."""

_ENTRIES: Final = 200
"""How many entries are on one page of them."""


def sources(edition: Edition) -> Made:
    """``/sources/`` and ``/sources/<s>/``"""
    page = Page("sources/", "Sources", "Where the artifacts come from.", "sources", json=f"{API}sources.json")
    levels = [
        {"level": level, "name": name, "sources": [_line(edition, each) for each in found]}
        for level, name in TRUST.items()
        if (found := [each for each in edition.sources.values() if each["trust_level"] == level])
    ]
    yield edition.templates.planned(addresses.file(page.address), "sources.html", page, levels=levels)
    for source_id in edition.sources:
        yield from _source(edition, source_id)


def _line(edition: Edition, source: Json) -> Json:
    return {**source, "repository": edition.repository_names[source["id"]]}


def _source(edition: Edition, source_id: str) -> Made:
    """The pages of a source, all of which show what is known of the whole of it."""
    ids = edition.in_order(edition.catalog.from_source[source_id])
    key = digest(
        edition.once(marks.sources)[source_id],
        edition.once(marks.locked).get(source_id),
        edition.catalog.readmes.get(source_id),
        [(each, edition.artifacts[each]["name"], edition.catalog.artifacts[each].path) for each in ids],
    )
    rows = edition.once(marks.rows)
    shared = cache(partial(_shared, edition, source_id))
    size = edition.catalog.settings.site.page_size
    for stretch in addresses.stretches(addresses.source(source_id), ids, size):
        make = partial(_page, edition, stretch, shared)
        yield Planned(stretch.address, digest(key, [rows[each] for each in stretch.items]), make)
    found = edition.catalog.entries(edition.catalog.sources[source_id])
    if found:
        for part in addresses.stretches(addresses.entries(source_id), range(len(found)), _ENTRIES):
            yield Planned(part.address, key, partial(_entries_page, edition, part, shared))


def _shared(edition: Edition, source_id: str) -> Json:
    view = edition.sources[source_id]
    record = edition.catalog.sources[source_id]
    hosted = edition.hosted.get(source_id)
    home = hosting.repository(record.url)
    readme, images = None, ""
    text = edition.catalog.readmes.get(source_id)
    if text is not None:
        readme = markdown.render(text, edition.place(hosted, "."), record.name)
        images = edition.images_from(hosted, readme.html)
    about = view["repo_description"] or ""
    entries = list(_entries(edition, record))
    pending = [each for each in entries if not each["imported_as"]]
    locked = edition.catalog.locked.get(source_id)
    return {
        "source": view,
        "repository": edition.repository_names[source_id],
        "address": home.web if home else record.url if record.url.startswith("https://") else "",
        "trust": TRUST[view["trust_level"]],
        "commit": {"id": view["commit"], "address": hosted.commit if hosted else ""} if locked else None,
        "about": one_line(about),
        "images": images,
        "counts": _counts(entries),
        "meaning": MEANINGS[view["trust_level"]],
        "readme": readme,
        "readme_html": Markup(readme.html) if readme else "",  # noqa: S704  # markdown.render made it safe
        "entries": entries,
        "pending": pending,
        "command": _command(record, pending),
        "edit": edition.edit("source", source_id),
        "history": edition.history("source", source_id),
    }


def _page(edition: Edition, stretch: Stretch[str], shared: Callable[[], Json]) -> Iterator[Output]:
    shown = shared()
    source = shown["source"]
    page = Page(
        stretch.address,
        source["name"] if stretch.number == 1 else f"{source['name']}, page {stretch.number}",
        shown["about"] or f"What the catalog takes from {source['name']}.",
        "sources",
        images_from=shown["images"] if stretch.number == 1 else "",
        json=f"{API}sources/{source['id']}.json",
        feed=addresses.source(source["id"]) + FEED,
        previous=stretch.previous,
        next=stretch.next,
    )
    data = edition.templates.page(
        "source.html",
        page,
        **{**shown, "pending": shown["pending"][:_PENDING]},
        pending_count=len(shown["pending"]),
        entries_address=addresses.entries(source["id"]),
        rows=[edition.rows[each] for each in stretch.items],
        total=stretch.total,
        first=stretch.number == 1,
        pager=pager(stretch),
    )
    yield Output(addresses.file(stretch.address), data)


def _entries_page(edition: Edition, stretch: Stretch[int], shared: Callable[[], Json]) -> Iterator[Output]:
    """A page of everything that was found in a source, in the catalog or not."""
    shown = shared()
    source = shown["source"]
    title = f"Found in {source['name']}"
    page = Page(
        stretch.address,
        title if stretch.number == 1 else f"{title}, page {stretch.number}",
        f"Everything that was found in {source['name']}, and what of it is in the catalog.",
        "sources",
        json=f"{API}sources/{source['id']}/entries.json",
        previous=stretch.previous,
        next=stretch.next,
    )
    data = edition.templates.page(
        "entries.html",
        page,
        source=source,
        source_address=addresses.source(source["id"]),
        commit=shown["commit"],
        entries=[shown["entries"][each] for each in stretch.items],
        total=stretch.total,
        pager=pager(stretch),
    )
    yield Output(addresses.file(stretch.address), data)


def _entries(edition: Edition, source: Source) -> Iterator[Json]:
    hosted = edition.hosted.get(source.id)
    for entry in edition.catalog.entries(source):
        path = entry.path.partition("#")[0]
        folder = entry.type in ("skill", "plugin")
        address = (hosted.folder(path) if folder else hosted.file(path)) if hosted else ""
        shown = edition.views.entry(source, entry)
        yield {
            **shown,
            "name": one_line(entry.name),
            "path": one_line(entry.path),
            "problems": [{"code": each, "said": PROBLEMS.get(each, "")} for each in shown["problems"]],
            "address": address,
            "type_name": TYPES[entry.type].one,
            "imported_as": [
                {"id": each, "name": edition.artifacts[each]["name"]} for each in shown["imported_as"]
            ],
        }


def _counts(entries: Sequence[Json]) -> list[Json]:
    """By type: how many entries there are, how many of them are in the catalog, and both in percent."""
    found = Counter(each["type"] for each in entries)
    taken = Counter(each["type"] for each in entries if each["imported_as"])
    most = max(found.values(), default=1)
    return [
        {
            "type": kind,
            "name": names.many,
            "count": found[kind],
            "taken": taken[kind],
            "share": round(100 * found[kind] / most, 1),
            "share_taken": round(100 * taken[kind] / most, 1),
        }
        for kind, names in TYPES.items()
        if found[kind]
    ]


def _command(source: Source, pending: Sequence[Json]) -> str:
    """What a curator types to take over what is not in the catalog: by name while they are few."""
    names = [f"{each['type']}/{each['name']}" for each in pending]
    words = ["skillmeat", "source", "import", source.id]
    if len(names) <= _NAMED and len(set(names)) == len(names):
        words += names
    return shlex.join(words)
