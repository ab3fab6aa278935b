"""The pages of tags and collections."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial

from skillmeat.site import addresses, marks, sets
from skillmeat.site.addresses import API, FEED
from skillmeat.site.edition import Edition
from skillmeat.site.install import Way
from skillmeat.site.output import Made, Output, Planned, digest
from skillmeat.site.templates import Page
from skillmeat.views import Json


def tags(edition: Edition) -> Made:
    """``/tags/``: every tag, by name."""
    page = Page("tags/", "Tags", "Every tag of the catalog.", "tags", json=f"{API}tags.json")
    shown = sorted(edition.tags.values(), key=lambda tag: (tag["name"].lower(), tag["id"]))
    most = max((tag["artifact_count"] for tag in shown), default=0)
    shown = [{**tag, "share": _share(tag["artifact_count"], most)} for tag in shown]
    yield edition.templates.planned(addresses.file(page.address), "tags.html", page, tags=shown)


def _share(count: int, most: int) -> int:
    """A count in percent of the largest; 0 only for none."""
    return max(1, round(100 * count / most)) if count else 0


def collections(edition: Edition) -> Made:
    """``/collections/`` and ``/collections/<c>/``"""
    about = "Artifacts that belong together, in an order somebody chose."
    page = Page("collections/", "Collections", about, "collections", json=f"{API}collections.json")
    shown = list(edition.collections.values())
    yield edition.templates.planned(addresses.file(page.address), "collections.html", page, collections=shown)
    whole, rows = edition.once(marks.collections), edition.once(marks.rows)
    for collection_id, collection in edition.collections.items():
        address = addresses.collection(collection_id)
        held = [each["artifact"] for each in collection["artifacts"]]
        ways = sets.ways(edition, address, held)
        key = digest(whole[collection_id], ways, [rows.get(each) for each in held])
        yield Planned(address, key, partial(_collection, edition, collection, ways))


def _collection(edition: Edition, collection: Json, ways: list[Way]) -> Iterator[Output]:
    address = addresses.collection(collection["id"])
    page = Page(
        address,
        collection["name"],
        collection["description"] or "",
        "collections",
        json=f"{API}collections/{collection['id']}.json",
        feed=address + FEED,
    )
    data = edition.templates.page(
        "collection.html",
        page,
        collection=collection,
        sections=_sections(edition, collection),
        ways=ways,
        edit=edition.edit("collection", collection["id"]),
        history=edition.history("collection", collection["id"]),
    )
    yield Output(addresses.file(address), data)


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
