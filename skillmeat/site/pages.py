"""The pages of tags, collections and sources."""

from __future__ import annotations

from collections.abc import Iterable

from markupsafe import Markup

from skillmeat import markdown
from skillmeat.model import Source
from skillmeat.site import addresses, hosting
from skillmeat.site.addresses import API
from skillmeat.site.edition import TRUST, TYPES, Edition
from skillmeat.site.lists import pager
from skillmeat.site.output import Made, Output
from skillmeat.site.templates import Page
from skillmeat.text import one_line
from skillmeat.views import Json


def tags(edition: Edition) -> Made:
    """``/tags/``: every tag, by name."""
    page = Page("tags/", "Tags", "Every tag of the catalog.", "tags", json=f"{API}tags.json")
    shown = sorted(edition.tags.values(), key=lambda tag: (tag["name"].lower(), tag["id"]))
    yield Output(addresses.file(page.address), edition.templates.page("tags.html", page, tags=shown))


def collections(edition: Edition) -> Made:
    """``/collections/`` and ``/collections/<c>/``"""
    about = "Artifacts that belong together, in an order somebody chose."
    page = Page("collections/", "Collections", about, "collections", json=f"{API}collections.json")
    data = edition.templates.page("collections.html", page, collections=list(edition.collections.values()))
    yield Output(addresses.file(page.address), data)
    for collection_id, collection in edition.collections.items():
        page = Page(
            addresses.collection(collection_id),
            collection["name"],
            collection["description"] or "",
            "collections",
            json=f"{API}collections/{collection_id}.json",
        )
        data = edition.templates.page(
            "collection.html",
            page,
            collection=collection,
            sections=_sections(edition, collection),
            edit=edition.edit("collection", collection_id),
            history=edition.history("collection", collection_id),
        )
        yield Output(addresses.file(page.address), data)


def _sections(edition: Edition, collection: Json) -> list[Json]:
    """The groups in their order, then what is in none of them; members in their own order."""
    notes = {member["artifact"]: member["note"] for member in collection["artifacts"]}
    grouped = {member["artifact"] for group in collection["groups"] for member in group["artifacts"]}
    rest = [member for member in notes if member not in grouped]
    sections = [
        {
            "slug": group["slug"],
            "name": group["name"],
            "description": group["description"],
            "rows": _noted(edition, (member["artifact"] for member in group["artifacts"]), notes),
        }
        for group in collection["groups"]
    ]
    if rest or not sections:
        name = "Also in this collection" if sections else ""
        sections.append({"slug": "", "name": name, "description": None, "rows": _noted(edition, rest, notes)})
    return sections


def _noted(edition: Edition, ids: Iterable[str], notes: dict[str, str | None]) -> list[Json]:
    return [{"row": edition.rows[each], "note": notes.get(each)} for each in ids if each in edition.rows]


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
    ids = edition.in_order(edition.catalog.from_source[source_id])
    locked = edition.catalog.locked.get(source_id)
    shared = {
        "source": view,
        "repository": edition.repository_names[source_id],
        "address": home.web if home else record.url if record.url.startswith("https://") else "",
        "trust": TRUST[view["trust_level"]],
        "commit": {"id": view["commit"], "address": hosted.commit if hosted else ""} if locked else None,
        "about": one_line(about),
        "counts": [
            {"name": TYPES[kind].one if count == 1 else TYPES[kind].many, "count": count, "type": kind}
            for kind, count in view["counts_by_type"].items()
            if count
        ],
        "readme": readme,
        "readme_html": Markup(readme.html) if readme else "",  # noqa: S704  # markdown.render made it safe
        "entries": list(_entries(edition, record)),
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


def _entries(edition: Edition, source: Source) -> Iterable[Json]:
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
            "address": address,
            "type_name": TYPES[entry.type].one,
            "imported_as": [
                {"id": each, "name": edition.artifacts[each]["name"]} for each in shown["imported_as"]
            ],
        }
