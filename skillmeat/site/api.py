"""The JSON API: what ``--json`` prints, as files.

Every document has the envelope of ``views``; a list is cut into pages of ``site.page_size``, and
``meta.next`` is the address of the next one, relative to the document, or null.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from skillmeat.catalog import Page, paginate
from skillmeat.model import FORMAT, KINDS
from skillmeat.site.addresses import API
from skillmeat.site.edition import Edition, counts
from skillmeat.site.output import Made, Output, as_json
from skillmeat.views import Json, data, listing


def index(edition: Edition) -> Made:
    """Where everything is."""
    site = edition.catalog.settings.site
    lists = [kind.plural for kind in KINDS] + ["groups"]
    yield _one(
        "index",
        {
            "title": site.title,
            "description": site.description,
            "url": site.url,
            "format": FORMAT,
            "counts": {
                **{kind.plural: len(edition.catalog.of(kind)) for kind in KINDS},
                "groups": sum(len(each["groups"]) for each in edition.collections.values()),
                "artifacts_by_type": dict(counts(edition)),
            },
            "links": {name: f"{name}.json" for name in lists},
        },
    )


def tags(edition: Edition) -> Made:
    """``tags.json`` and ``tags/<tag>.json``"""
    yield from _kind(edition, "tags", edition.tags)


def artifacts(edition: Edition) -> Made:
    """``artifacts.json``, ``artifacts/<type>/<name>.json`` and, below that, its tags and associations."""
    yield from _kind(edition, "artifacts", edition.artifacts)
    for artifact_id, artifact in edition.artifacts.items():
        base = f"artifacts/{artifact_id}"
        yield _whole(f"{base}/tags", edition.chips(artifact))
        yield _whole(f"{base}/associations", associations(edition, artifact))


def associations(edition: Edition, artifact: Json) -> list[Json]:
    """An artifact's associations: those in which it is the parent in their order, then the others."""
    above = [
        link
        for parent in dict.fromkeys(artifact["used_by"])
        for link in edition.artifacts[parent]["associations"]
        if link["artifact"] == artifact["id"]
    ]
    return [*artifact["associations"], *above]


def collections(edition: Edition) -> Made:
    """``collections.json``, ``collections/<c>.json`` and its groups."""
    yield from _kind(edition, "collections", edition.collections)
    for collection in edition.collections.values():
        base = f"collections/{collection['id']}/groups"
        yield _whole(base, collection["groups"])
        for group in collection["groups"]:
            yield _one(f"{base}/{group['slug']}", group)


def groups(edition: Edition) -> Made:
    """``groups.json``: the groups of every collection, in their order there."""
    found = [group for each in sorted(edition.collections) for group in edition.collections[each]["groups"]]
    yield from _pages("groups", found, edition.catalog.settings.site.page_size, cursors=False)


def sources(edition: Edition) -> Made:
    """``sources.json``, ``sources/<s>.json``, its README and what it was found to hold."""
    yield from _kind(edition, "sources", edition.sources)
    for source_id, source in edition.sources.items():
        base = f"sources/{source_id}"
        record = edition.catalog.sources[source_id]
        entries = [edition.views.entry(record, entry) for entry in edition.catalog.entries(record)]
        yield from _pages(f"{base}/entries", entries, len(entries) or 1)
        text = edition.catalog.readmes.get(source_id)
        if text is not None:
            readme = {
                "source": source_id,
                "commit": source["commit"],
                "readme_hash": source["readme_hash"],
                "text": text,
            }
            yield _one(f"{base}/readme", readme)


def _kind(edition: Edition, name: str, records: Mapping[str, Json]) -> Made:
    yield from _pages(name, list(records.values()), edition.catalog.settings.site.page_size)
    for record_id, record in records.items():
        yield _one(f"{name}/{record_id}", record)


def _one(name: str, value: Json) -> Output:
    return Output(f"{API}{name}.json", as_json(data(value)))


def _whole(name: str, items: Iterable[Json]) -> Output:
    body = listing(list(items))
    return Output(f"{API}{name}.json", as_json({**body, "meta": {**body["meta"], "next": None}}))


def _pages(name: str, items: Sequence[Json], size: int, *, cursors: bool = True) -> Made:
    last = max(1, -(-len(items) // size))
    for number in range(1, last + 1):
        chunk = items[(number - 1) * size : number * size]
        cursor = _cursor(chunk[-1], items[number * size]) if cursors and number < last else None
        body = listing(chunk, Page(tuple(chunk), len(items), cursor))
        following = f"page-{number + 1}.json" if number < last else None
        if following and number == 1:
            following = f"{name.rpartition('/')[2]}/{following}"
        body["meta"]["next"] = following
        path = name if number == 1 else f"{name}/page-{number}"
        yield Output(f"{API}{path}.json", as_json(body))


def _cursor(here: Json, following: Json) -> str | None:
    """The cursor of ``views``' lists that goes on after a record: a page of one, with one more behind it."""
    return paginate([here, following], _key, 1, None).next_cursor


def _key(record: Json) -> tuple[str, str]:
    return record.get("created_at") or "", record["id"]
