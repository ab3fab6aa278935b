"""``/sources/`` and ``/sources/<s>/``: where the artifacts come from, and what else is there."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from markupsafe import Markup

from skillmeat import markdown
from skillmeat.detect.problems import PROBLEMS
from skillmeat.model import Source
from skillmeat.site import addresses, hosting
from skillmeat.site.addresses import API, FEED
from skillmeat.site.edition import TRUST, TYPES, Edition
from skillmeat.site.lists import pager
from skillmeat.site.output import Made, Output
from skillmeat.site.templates import Page
from skillmeat.text import one_line
from skillmeat.views import Json
from skillmeat.words import MEANINGS

_NAMED: Final = 8
"""How many entries a command names one by one."""


def sources(edition: Edition) -> Made:
    """``/sources/`` and ``/sources/<s>/``"""
    page = Page("sources/", "Sources", "Where the artifacts come from.", "sources", json=f"{API}sources.json")
    levels = [
        {"level": level, "name": name, "sources": [_line(edition, each) for each in found]}
        for level, name in TRUST.items()
        if (found := [each for each in edition.sources.values() if each["trust_level"] == level])
    ]
    data = edition.templates.page("sources.html", page, levels=levels)
    yield Output(addresses.file(page.address), data)
    for source_id in edition.sources:
        yield from _source(edition, source_id)


def _line(edition: Edition, source: Json) -> Json:
    return {**source, "repository": edition.repository_names[source["id"]]}


def _source(edition: Edition, source_id: str) -> Made:
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
    ids = edition.in_order(edition.catalog.from_source[source_id])
    locked = edition.catalog.locked.get(source_id)
    shared = {
        "source": view,
        "repository": edition.repository_names[source_id],
        "address": home.web if home else record.url if record.url.startswith("https://") else "",
        "trust": TRUST[view["trust_level"]],
        "commit": {"id": view["commit"], "address": hosted.commit if hosted else ""} if locked else None,
        "about": one_line(about),
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
    base = addresses.source(source_id)
    for stretch in addresses.stretches(base, ids, edition.catalog.settings.site.page_size):
        page = Page(
            stretch.address,
            record.name if stretch.number == 1 else f"{record.name}, page {stretch.number}",
            one_line(about) or f"What the catalog takes from {record.name}.",
            "sources",
            images_from=images if stretch.number == 1 else "",
            json=f"{API}sources/{source_id}.json",
            feed=base + FEED,
            previous=stretch.at(stretch.number - 1) if stretch.number > 1 else "",
            next=stretch.at(stretch.number + 1) if stretch.number < stretch.last else "",
        )
        data = edition.templates.page(
            "source.html",
            page,
            **shared,
            rows=[edition.rows[each] for each in stretch.items],
            total=stretch.total,
            first=stretch.number == 1,
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
