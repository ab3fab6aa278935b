"""Short texts that change whenever what is shown of a record does: what the keys of plans are made of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TypeVar

from skillmeat.site.edition import Edition, named
from skillmeat.site.output import digest, mark
from skillmeat.views import Json

T = TypeVar("T")
Marks = Mapping[str, str]
"""By record."""


def artifacts(edition: Edition) -> Marks:
    """Of artifacts as data."""
    return _marks(edition.artifacts)


def tags(edition: Edition) -> Marks:
    """Of tags as data."""
    return _marks(edition.tags)


def collections(edition: Edition) -> Marks:
    """Of collections as data."""
    return _marks(edition.collections)


def sources(edition: Edition) -> Marks:
    """Of sources as data."""
    return _marks(edition.sources)


def locked(edition: Edition) -> Marks:
    """Of what the lock says of sources, and where that is shown."""
    return {
        each.id: digest(each.model_dump_json(), repr(edition.hosted.get(each.id)))
        for each in edition.catalog.lock.source
    }


def every(edition: Edition) -> str:
    """Of all records as data, in the order of lists."""
    kinds = (artifacts, tags, collections, sources)
    return digest([list(edition.once(each).items()) for each in kinds])


def group(marks: Mapping[str, str], ids: Iterable[str]) -> Iterator[str]:
    """The ids and marks of some records in their order, for ``mark``, and an end that is no id."""
    for each in ids:
        yield each
        yield marks.get(each, "")
    yield "/"


def some(marks: Mapping[str, T], ids: Iterable[str]) -> list[T | None]:
    """The marks of some records, in their order."""
    return [marks.get(each) for each in ids]


def _marks(records: Mapping[str, Json]) -> dict[str, str]:
    return {record_id: digest(record) for record_id, record in records.items()}


# -------------------------------------------------------- of parts of records


def chips(edition: Edition) -> Marks:
    """Of what the pages of artifacts show of tags."""
    return _marks(edition.named_tags)


def origins(edition: Edition) -> Marks:
    """Of what the pages of artifacts show of sources."""
    return {
        each["id"]: digest(
            named(each),
            edition.repository_names[each["id"]],
            repr(edition.hosted.get(each["id"])),
            each["id"] in edition.skills_at_root,
        )
        for each in edition.sources.values()
    }


def shelves(edition: Edition) -> Marks:
    """Of what the pages of artifacts show of collections."""
    return {
        each["id"]: digest(each["name"], [(group["slug"], group["name"]) for group in each["groups"]])
        for each in edition.collections.values()
    }


def names(edition: Edition) -> Marks:
    """Of the names of artifacts."""
    return {artifact_id: mark(each["name"]) for artifact_id, each in edition.artifacts.items()}


def entries(edition: Edition) -> Marks:
    """By artifact: of what it is called in its source."""
    found = ((each, edition.catalog.entry(record)) for each, record in edition.catalog.artifacts.items())
    return {artifact_id: mark(entry.name) for artifact_id, entry in found if entry}


def rows(edition: Edition) -> Marks:
    """Of the rows of artifacts in lists."""
    whole, tags, names = edition.once(artifacts), edition.once(chips), edition.repository_names
    found = {}
    for artifact_id, artifact in edition.artifacts.items():
        others = edition.others(artifact_id)
        found[artifact_id] = mark(
            whole[artifact_id],
            mark(names.get(artifact["source"] or "", "")),
            *group(tags, artifact["tags"]),
            digest(others) if others else "",
        )
    return found
