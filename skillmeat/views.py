"""A record plus what the catalog knows of it, as JSON data.

One description of each noun feeds ``--json``, the site's API, its templates and its search. Every
function returns plain dicts, lists, strings, numbers, booleans and None; dates are RFC 3339 in UTC.
"""

from __future__ import annotations

import difflib
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeVar, cast

from skillmeat.catalog import Catalog, Page, answers, paginate
from skillmeat.history import Dates
from skillmeat.model import (
    Artifact,
    ArtifactType,
    Association,
    Collection,
    Group,
    LockedArtifact,
    Record,
    RelationshipType,
    Source,
    Tag,
    kind_of,
)
from skillmeat.text import fold

if TYPE_CHECKING:
    from skillmeat import shapes

Json = dict[str, Any]
R = TypeVar("R", bound=Record)

INVERSE: dict[RelationshipType, str] = {
    RelationshipType.CONTAINS: "contained in",
    RelationshipType.REQUIRES: "required by",
    RelationshipType.EXTENDS: "extended by",
    RelationshipType.REPLACES: "replaced by",
    RelationshipType.RELATED: "related",
}
"""What a relationship is called from the child's side."""


@dataclass(frozen=True)
class Views:
    """The catalog's records as JSON data. ``dates`` says when their files were committed."""

    catalog: Catalog
    dates: Dates = field(default_factory=Dates)

    # ------------------------------------------------------------- records

    def tag(self, tag: Tag) -> Json:
        """A tag: its keys, and how many artifacts carry it."""
        shown: shapes.Tag = {
            "id": tag.id,
            "slug": tag.id,
            "name": tag.name,
            "color": tag.color,
            "description": tag.description,
            "aliases": list(tag.aliases),
            "artifact_count": len(self.catalog.tagged[tag.id]),
            **self._dates(tag),
        }
        return cast(Json, shown)

    def artifact(self, artifact: Artifact) -> Json:
        """An artifact: its keys, its pin, and where it stands in the catalog."""
        entry = self.catalog.entry(artifact)
        source = self.catalog.sources.get(artifact.source or "")
        locked = self.catalog.locked.get(artifact.source or "")
        shown: shapes.Artifact = {
            "id": artifact.id,
            "type": str(artifact.type),
            "slug": artifact.slug,
            "name": artifact.name,
            "description": artifact.description,
            "source": artifact.source,
            "path": artifact.path,
            "version": artifact.version,
            "license": artifact.license,
            "homepage": artifact.homepage,
            "tags": list(artifact.tags),
            "aliases": list(artifact.aliases),
            "deprecated": artifact.deprecated,
            "trust_level": str(source.trust_level) if source else None,
            "commit": locked.commit if locked and entry else None,
            "hash": entry.hash if entry else None,
            "tree": entry.tree if entry else None,
            "associations": cast(
                "list[shapes.Association]",
                [
                    self.association(artifact.id, link, position)
                    for position, link in enumerate(artifact.associations)
                ],
            ),
            "used_by": [parent for parent, _ in self.catalog.parents.get(artifact.id, ())],
            "collections": list(self.catalog.collections_with.get(artifact.id, ())),
            "groups": list(self.catalog.groups_with.get(artifact.id, ())),
            **self._dates(artifact),
        }
        return cast(Json, shown)

    def association(self, parent: str, link: Association, position: int) -> Json:
        """An association, and whether its pin is what the lock says now."""
        now = self.locked_hash(link.artifact)
        pin = link.pinned_version_hash
        shown: shapes.Association = {
            "parent": parent,
            "artifact": link.artifact,
            "relationship_type": str(link.relationship_type),
            "inverse": INVERSE[link.relationship_type],
            "position": position,
            "pinned_version_hash": pin,
            "locked_hash": now,
            "drifted": pin is not None and pin != now,
        }
        return cast(Json, shown)

    def collection(self, collection: Collection) -> Json:
        """A collection: its members and groups in their order."""
        shown: shapes.Collection = {
            "id": collection.id,
            "slug": collection.id,
            "name": collection.name,
            "description": collection.description,
            "artifacts": [
                {"artifact": member.artifact, "note": member.note, "position": position}
                for position, member in enumerate(collection.artifacts)
            ],
            "artifact_count": len(collection.artifacts),
            "groups": cast(
                "list[shapes.Group]",
                [self.group(collection, group, place) for place, group in enumerate(collection.groups)],
            ),
            "group_count": len(collection.groups),
            **self._dates(collection),
        }
        return cast(Json, shown)

    def group(self, collection: Collection, group: Group, position: int | None = None) -> Json:
        """A group: its members in their order, and its own place in the collection."""
        shown: shapes.Group = {
            "id": f"{collection.id}/{group.slug}",
            "collection": collection.id,
            "slug": group.slug,
            "name": group.name,
            "description": group.description,
            "position": collection.groups.index(group) if position is None else position,
            "artifacts": [
                {"artifact": artifact, "position": place} for place, artifact in enumerate(group.artifacts)
            ],
            "artifact_count": len(group.artifacts),
        }
        return cast(Json, shown)

    def source(self, source: Source) -> Json:
        """A source: its keys, its pin, and what it was found to hold."""
        locked = self.catalog.locked.get(source.id)
        counts = Counter(entry.type for entry in self.catalog.entries(source))
        shown: shapes.Source = {
            "id": source.id,
            "slug": source.id,
            "name": source.name,
            "url": source.url,
            "ref": source.ref,
            "root": source.root,
            "trust_level": str(source.trust_level),
            "tags": list(source.tags),
            "import_repo_description": source.import_repo_description,
            "import_repo_readme": source.import_repo_readme,
            "exclude": [{"path": each.path, "reason": each.reason} for each in source.exclude],
            "commit": locked.commit if locked else None,
            "locked": locked is not None and answers(locked, source),
            "repo_description": locked.repo_description if locked else None,
            "readme_hash": locked.readme_hash if locked else None,
            "entry_count": counts.total(),
            "counts_by_type": {str(each): counts[each] for each in ArtifactType},
            "artifact_count": len(self.catalog.from_source[source.id]),
            **self._dates(source),
        }
        return cast(Json, shown)

    def entry(self, source: Source, entry: LockedArtifact) -> Json:
        """Something found in a source, and the artifacts made from it."""
        shown: shapes.Entry = {
            "type": str(entry.type),
            "name": entry.name,
            "path": entry.path,
            "hash": entry.hash,
            "tree": entry.tree,
            "problems": list(entry.problems),
            "imported_as": list(self.catalog.imported[source.id, str(entry.type), entry.path]),
        }
        return cast(Json, shown)

    def record(self, record: Record) -> Json:
        """A record of any kind."""
        match record:
            case Tag():
                return self.tag(record)
            case Artifact():
                return self.artifact(record)
            case Collection():
                return self.collection(record)
            case Source():
                return self.source(record)
        raise TypeError(f"no view of {type(record).__name__}")

    # --------------------------------------------------------------- lists

    def tags(self, tags: Iterable[Tag], limit: int | None = None, after: str | None = None) -> Json:
        """A page of tags, newest first."""
        return self._listed(list(tags), self.tag, limit, after)

    def artifacts(
        self, artifacts: Iterable[Artifact], limit: int | None = None, after: str | None = None
    ) -> Json:
        """A page of artifacts, newest first."""
        return self._listed(list(artifacts), self.artifact, limit, after)

    def collections(
        self, collections: Iterable[Collection], limit: int | None = None, after: str | None = None
    ) -> Json:
        """A page of collections, newest first."""
        return self._listed(list(collections), self.collection, limit, after)

    def sources(self, sources: Iterable[Source], limit: int | None = None, after: str | None = None) -> Json:
        """A page of sources, newest first."""
        return self._listed(list(sources), self.source, limit, after)

    def ordered(self, records: Iterable[Record]) -> list[Any]:
        """All the records in the order of every list: newest first, then by id."""
        return list(paginate(list(records), self._key, None, None))

    def _listed(
        self, records: Sequence[R], show: Callable[[R], Json], limit: int | None, after: str | None
    ) -> Json:
        page = paginate(records, self._key, limit, after)
        return listing([show(record) for record in page], page)

    def _key(self, record: Record) -> tuple[str, str]:
        created = getattr(record, "created_at", None) or self.dates.created(kind_of(record).path(record.id))
        return timestamp(created) or "", record.id

    # ------------------------------------------------------------- details

    def locked_hash(self, artifact_id: str) -> str | None:
        """The hash that the lock gives for an artifact's content."""
        artifact = self.catalog.artifacts.get(artifact_id)
        entry = self.catalog.entry(artifact) if artifact else None
        return entry.hash if entry else None

    def _dates(self, record: Record) -> shapes.Dated:
        dated = self.dates.of.get(kind_of(record).path(record.id))
        created = getattr(record, "created_at", None) or (dated and dated.created_at)
        return {"created_at": timestamp(created), "updated_at": timestamp(dated and dated.updated_at)}


def matching_artifacts(
    catalog: Catalog,
    *,
    artifact_type: str | None = None,
    tags: Iterable[str] = (),
    source: str | None = None,
    collection: str | None = None,
    search: str | None = None,
) -> list[Artifact]:
    """The artifacts that every filter given lets through. Raises ``NotFound`` for what does not exist."""
    wanted_tags = {catalog.find(Tag, each).id for each in tags}
    wanted_source = catalog.find(Source, source).id if source else None
    members = (
        {member.artifact for member in catalog.find(Collection, collection).artifacts} if collection else None
    )
    return [
        each
        for each in catalog.artifacts.values()
        if (artifact_type is None or each.type == artifact_type)
        and wanted_tags <= set(each.tags)
        and (wanted_source is None or each.source == wanted_source)
        and (members is None or each.id in members)
        and _holds(search, each.id, each.name, each.description)
    ]


def matching_sources(
    catalog: Catalog,
    *,
    artifact_type: str | None = None,
    tags: Iterable[str] = (),
    trust_level: str | None = None,
    search: str | None = None,
) -> list[Source]:
    """The sources that every filter given lets through; a type is one that the lock found in it."""
    found = []
    for each in catalog.sources.values():
        locked = catalog.locked.get(each.id)
        if (
            set(tags) <= set(each.tags)
            and (trust_level is None or each.trust_level == trust_level)
            and (artifact_type is None or any(e.type == artifact_type for e in catalog.entries(each)))
            and _holds(search, each.id, each.name, each.url, locked.repo_description if locked else None)
        ):
            found.append(each)
    return found


def matching_collections(catalog: Catalog, search: str | None = None) -> list[Collection]:
    """The collections whose slug, name or description holds a text."""
    return [
        each for each in catalog.collections.values() if _holds(search, each.id, each.name, each.description)
    ]


def matching_tags(catalog: Catalog, search: str | None = None) -> list[Tag]:
    """The tags whose slug or name holds a text."""
    return [each for each in catalog.tags.values() if _holds(search, each.id, each.name)]


def _holds(search: str | None, *texts: str | None) -> bool:
    wanted = fold(search or "")
    return any(wanted in fold(text or "") for text in texts)


def ranked(query: str, tags: Iterable[Tag]) -> list[Tag]:
    """The tags that a query may mean, best first.

    An exact name or slug, then one that begins so, then a word that begins so, then one that holds
    it, then a close spelling; within a rank by name.
    """
    wanted = fold(query.strip())
    found = []
    for tag in tags:
        names = [fold(tag.name), tag.id, *tag.aliases]
        rank = min((_rank(wanted, name) for name in names), default=_NO_MATCH)
        if wanted and rank < _NO_MATCH:
            found.append((rank, fold(tag.name), tag.id, tag))
    return [entry[-1] for entry in sorted(found, key=lambda entry: entry[:3])]


_CLOSE, _NO_MATCH = 4, 5


def _rank(wanted: str, name: str) -> int:
    if name == wanted:
        return 0
    if name.startswith(wanted):
        return 1
    if any(word.startswith(wanted) for word in re.split(r"[^\w]+", name)):
        return 2
    if wanted in name:
        return 3
    close = any(_is_close(wanted, each) for each in (name, *re.split(r"[^\w]+", name)))
    return _CLOSE if close else _NO_MATCH


def _is_close(wanted: str, name: str) -> bool:
    matcher = difflib.SequenceMatcher(None, wanted, name)
    enough = 0.66 if len(wanted) <= 4 else 0.75  # two letters of three that changed places
    return min(matcher.real_quick_ratio(), matcher.quick_ratio()) >= enough and matcher.ratio() >= enough


def data(value: Any) -> Json:
    """The envelope of one record."""
    return {"data": value}


def listing(items: Sequence[Json], page: Page[Any] | None = None) -> Json:
    """The envelope of a list: all of it, or a page of it."""
    return {
        "data": list(items),
        "meta": {
            "count": len(items),
            "total": len(items) if page is None else page.total,
            "next_cursor": None if page is None else page.next_cursor,
        },
    }


@lru_cache(4096)  # one commit touches many
def timestamp(when: datetime | None) -> str | None:
    """A date as RFC 3339 in UTC, to the second."""
    if when is None:
        return None
    if when.tzinfo is UTC:
        return f"{when.isoformat()[:19]}Z"
    with suppress(OverflowError):  # within a day of the first or the last year that there is
        when = when.astimezone(UTC)
    return when.replace(microsecond=0, tzinfo=None).isoformat() + "Z"
