"""The JSON API: what ``--json`` prints, as files.

Every document has the envelope of ``views``; a list is cut into pages of ``site.page_size``, and where one
follows, ``meta.next`` is its address, relative to the document. Otherwise a file is what the command prints.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial

from skillmeat.catalog import Page, paginate, paginate_members
from skillmeat.model import FORMAT, KINDS
from skillmeat.site import marks
from skillmeat.site.addresses import API
from skillmeat.site.edition import Edition, counts
from skillmeat.site.output import Made, Output, Planned, as_json, digest
from skillmeat.views import Json, data, listing


def index(edition: Edition) -> Made:
    """Where everything is."""
    yield _one("index", overview(edition))


def overview(edition: Edition) -> Json:
    """What the catalog is, how much it holds, and where."""
    site = edition.catalog.settings.site
    lists = [kind.plural for kind in KINDS] + ["groups"]
    return {
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
    }


def tags(edition: Edition) -> Made:
    """``tags.json`` and ``tags/<tag>.json``"""
    yield from _kind(edition, "tags", edition.tags)


def artifacts(edition: Edition) -> Made:
    """``artifacts.json``"""
    known = edition.once(marks.artifacts)
    items = list(edition.artifacts.values())
    for path, body in pages("artifacts", items, edition.catalog.settings.site.page_size):
        key = digest(body["meta"], [known[each["id"]] for each in body["data"]])
        yield Planned(f"{API}{path}.json", key, partial(_page, path, body))


def _page(path: str, body: Json) -> Iterator[Output]:
    yield Output(f"{API}{path}.json", as_json(body))


def artifact(edition: Edition, ids: Iterable[str]) -> Made:
    """``artifacts/<type>/<name>.json`` and, below that, its tags and associations."""
    known = edition.once(basis)
    for artifact_id in ids:
        make = partial(_artifact, edition, edition.artifacts[artifact_id])
        yield Planned(f"{API}artifacts/{artifact_id}", known.key(artifact_id), make)


def basis(edition: Edition) -> marks.Basis:
    """What the files of artifacts are made of."""
    whole, tags, artifacts = edition.once(marks.artifacts), edition.once(marks.tags), edition.artifacts
    return marks.Basis(
        (whole.__getitem__,),
        (
            (tags, lambda artifact_id: artifacts[artifact_id]["tags"]),
            (whole, lambda artifact_id: artifacts[artifact_id]["used_by"]),
        ),
    )


def _artifact(edition: Edition, artifact: Json) -> Iterator[Output]:
    base = f"artifacts/{artifact['id']}"
    yield _one(base, artifact)
    yield _whole(f"{base}/tags", edition.tags_of(artifact))
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
    yield from _pages("groups", all_groups(edition), edition.catalog.settings.site.page_size)


def all_groups(edition: Edition) -> list[Json]:
    """The groups of every collection, by collection and in their order there."""
    return [group for each in sorted(edition.collections) for group in edition.collections[each]["groups"]]


def sources(edition: Edition) -> Made:
    """``sources.json``, ``sources/<s>.json``, its README and what it was found to hold."""
    yield from _kind(edition, "sources", edition.sources)
    whole, locked = edition.once(marks.sources), edition.once(marks.locked)
    for source_id in edition.sources:
        taken = edition.catalog.from_source[source_id]
        key = digest(whole[source_id], locked.get(source_id), taken, edition.catalog.readmes.get(source_id))
        yield Planned(f"{API}sources/{source_id}", key, partial(_source, edition, source_id))


def _source(edition: Edition, source_id: str) -> Iterator[Output]:
    base = f"sources/{source_id}"
    yield _whole(f"{base}/entries", entries(edition, source_id))
    found = readme(edition, source_id)
    if found is not None:
        yield _one(f"{base}/readme", found)


def entries(edition: Edition, source_id: str) -> list[Json]:
    """What a source was found to hold."""
    record = edition.catalog.sources[source_id]
    return [edition.views.entry(record, entry) for entry in edition.catalog.entries(record)]


def readme(edition: Edition, source_id: str) -> Json | None:
    """A source's README, where it is kept."""
    text = edition.catalog.readmes.get(source_id)
    if text is None:
        return None
    source = edition.sources[source_id]
    return {
        "source": source_id,
        "commit": source["commit"],
        "readme_hash": source["readme_hash"],
        "text": text,
    }


def _kind(edition: Edition, name: str, records: Mapping[str, Json]) -> Made:
    yield from _pages(name, list(records.values()), edition.catalog.settings.site.page_size)
    for record_id, record in records.items():
        yield _one(f"{name}/{record_id}", record)


def _one(name: str, value: Json) -> Output:
    return Output(f"{API}{name}.json", as_json(data(value)))


def _whole(name: str, items: Sequence[Json]) -> Output:
    return Output(f"{API}{name}.json", as_json(listing(items)))


def _pages(name: str, items: Sequence[Json], size: int) -> Made:
    for path, body in pages(name, items, size):
        yield Output(f"{API}{path}.json", as_json(body))


def pages(name: str, items: Sequence[Json], size: int) -> Iterator[tuple[str, Json]]:
    """A list cut into pages: of each its address, without ``.json``, and what it holds."""
    last = max(1, -(-len(items) // size))
    cursor = None
    for number in range(1, last + 1):
        chunk = items[(number - 1) * size : number * size]
        if number < last:
            cursor = _cursor(name, chunk, items[number * size], cursor)
        body = listing(chunk, Page(tuple(chunk), len(items), cursor if number < last else None))
        if number < last:
            folder = f"{name.rpartition('/')[2]}/" if number == 1 else ""
            body["meta"]["next"] = f"{folder}page-{number + 1}.json"
        yield name if number == 1 else f"{name}/page-{number}", body


def _cursor(name: str, here: Sequence[Json], following: Json, before: str | None) -> str | None:
    """The cursor with which the command goes on behind a page."""
    if name == "groups":  # in the order that people gave them: the cursor grows with what was shown
        rest = [*here, following]
        return paginate_members(rest, _member, len(here), before).next_cursor
    return paginate([here[-1], following], _key, 1, None).next_cursor


def _key(record: Json) -> tuple[str, str]:
    return record.get("created_at") or "", record["id"]


def _member(group: Json) -> tuple[str, str]:
    return group["collection"], group["slug"]
