"""Short texts that change whenever what is shown of a record does: what the keys of plans are made of."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from pydantic_core import from_json, to_json

from skillmeat.site.edition import Edition, named
from skillmeat.site.output import digest, mark
from skillmeat.views import Json

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
    return _every(_of_kinds(edition))


@dataclass(frozen=True, slots=True)
class Since:
    """How records differ from those of the last build: what ``every`` was then, and the artifacts that are
    not as they were, ``FEW`` at most."""

    every: str
    artifacts: Sequence[str]


FEW: Final = 32


def since(edition: Edition) -> Since | None:
    """How records differ from those of the last build; None where that is not known, there are others or
    another order, or more than a few differ."""
    now = _of_kinds(edition)
    was: Mapping[str, Marks] = from_json(edition.kept.read(_KEPT) or b"{}")
    if not was or list(was["artifact"]) != list(now["artifact"]):
        return None
    if any(was[noun] != now[noun] for noun in now if noun != "artifact"):
        return None
    known = was["artifact"]
    changed = [each for each, mark in now["artifact"].items() if known[each] != mark]
    return Since(_every(was), changed) if len(changed) <= FEW else None


def keep(edition: Edition) -> None:
    """Keep the marks that ``since`` compares with in the next build. To be called when all is written."""
    edition.kept.write(_KEPT, to_json(_of_kinds(edition)))


_KEPT: Final = "marks"


def _of_kinds(edition: Edition) -> Mapping[str, Marks]:
    kinds = {"artifact": artifacts, "tag": tags, "collection": collections, "source": sources}
    return {noun: edition.once(each) for noun, each in kinds.items()}


def _every(of_kinds: Mapping[str, Marks]) -> str:
    return digest([list(each.items()) for each in of_kinds.values()])


def group(marks: Marks, ids: Iterable[str]) -> list[str]:
    """The ids and marks of some records in their order, for ``mark``, and an end that is no id."""
    found: list[str] = []
    for each in ids:
        found += (each, marks.get(each, ""))
    found.append("/")
    return found


@dataclass(frozen=True, slots=True)
class Basis:
    """What is made of an artifact is made of: ``texts`` give a text for its id, and ``groups`` the ids of
    other records, which have marks."""

    texts: Sequence[Callable[[str], str]]
    groups: Sequence[tuple[Marks, Callable[[str], Iterable[str]]]]

    def key(self, artifact_id: str) -> str:
        """A key of what one artifact's is made of."""
        texts = [text(artifact_id) for text in self.texts]
        for marks, ids in self.groups:
            texts += group(marks, ids(artifact_id))
        return mark(*texts)

    def key_of(self, artifacts: Sequence[str]) -> str:
        """A key that changes whenever one of theirs does, in a fraction of the time."""
        texts = list(artifacts)
        for text in self.texts:
            texts += map(text, artifacts)
        for marks, ids in self.groups:
            found = [list(ids(each)) for each in artifacts]
            texts += [" ".join(each) for each in found]
            texts += [marks.get(each, "") for some in found for each in some]
        return mark(*texts)


def _short(text: str) -> str:
    """A text that is short and has no NUL, as its own mark."""
    return text if text.isprintable() else digest(text)


def _marks(records: Mapping[str, Json]) -> dict[str, str]:
    return {record_id: digest(record) for record_id, record in records.items()}


# -------------------------------------------------------- of parts of records


def own(edition: Edition) -> Marks:
    """Of artifacts with their content and what pages show of their tags."""
    whole, tags, version = edition.once(artifacts), edition.once(chips), edition.version
    return {
        each: mark(whole[each], version(each), *group(tags, artifact["tags"]))
        for each, artifact in edition.artifacts.items()
    }


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
    return {artifact_id: _short(each["name"]) for artifact_id, each in edition.artifacts.items()}


def entries(edition: Edition) -> Marks:
    """By artifact: of what it is called in its source."""
    found = ((each, edition.catalog.entry(record)) for each, record in edition.catalog.artifacts.items())
    return {artifact_id: _short(entry.name) for artifact_id, entry in found if entry}


def rows(edition: Edition) -> Marks:
    """Of the rows of artifacts in lists."""
    whole, tags = edition.once(artifacts), edition.once(chips)
    names = {source: _short(name) for source, name in edition.repository_names.items()}
    found = {}
    for artifact_id, artifact in edition.artifacts.items():
        others = edition.others(artifact_id)
        found[artifact_id] = mark(
            whole[artifact_id],
            names.get(artifact["source"] or "", ""),
            *group(tags, artifact["tags"]),
            digest(others) if others else "",
        )
    return found
