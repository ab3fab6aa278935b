"""The catalog: every record at one moment, and the questions asked of it.

A catalog is a frozen value. An edit says how the next one differs (``catalog.after(edit)``); its
indexes are built once, when first asked for. The functions that need a Git history take its dates
as an argument (``history.dates``), so that a catalog is the same value in every clone.
"""

from __future__ import annotations

import base64
import binascii
import difflib
import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TypeVar, cast

from skillmeat.errors import Invalid, NotFound
from skillmeat.model import (
    KINDS,
    Artifact,
    Association,
    Collection,
    Group,
    Kind,
    Lock,
    LockedArtifact,
    LockedSource,
    Record,
    Settings,
    Source,
    Tag,
    kind_of,
)
from skillmeat.text import fold, one_line, shorten

R = TypeVar("R", bound=Record)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Change:
    """One record of an edit: created when ``before`` is None, deleted when ``after`` is."""

    before: Record | None
    after: Record | None


@dataclass(frozen=True)
class Edit:
    """How the next catalog differs, and one line that says so.

    ``lock`` replaces the lock, ``readmes`` the READMEs of the sources it names (None takes one away).
    ``remedy`` says what to do when the edit is refused because the catalog would break, or is empty.
    """

    summary: str
    changes: tuple[Change, ...] = ()
    lock: Lock | None = None
    readmes: Mapping[str, str | None] = field(default_factory=dict)
    remedy: str = ""


@dataclass(frozen=True)
class Catalog:
    """Every record of a store, by id.

    ``unreadable`` holds the paths of manifests, settings and lock that are there and could not be read, so
    that a reference to one is not reported a second time, and nothing is called missing that may be there.
    """

    settings: Settings = field(default_factory=Settings)
    tags: Mapping[str, Tag] = field(default_factory=dict)
    artifacts: Mapping[str, Artifact] = field(default_factory=dict)
    collections: Mapping[str, Collection] = field(default_factory=dict)
    sources: Mapping[str, Source] = field(default_factory=dict)
    lock: Lock = field(default_factory=Lock)
    readmes: Mapping[str, str] = field(default_factory=dict)
    unreadable: frozenset[str] = frozenset()

    # ------------------------------------------------------------- records

    def of(self, kind: Kind) -> Mapping[str, Record]:
        """The records of a kind, by id."""
        return cast("Mapping[str, Record]", getattr(self, kind.plural))

    def find(self, record: type[R], reference: str) -> R:
        """The record that an id, a former slug or a name (in any case) stands for.

        Raises ``NotFound`` with the nearest names, and ``Invalid`` when a name fits several.
        """
        kind = next(kind for kind in KINDS if kind.record is record)
        records = cast("Mapping[str, R]", self.of(kind))
        found = records.get(reference) or records.get(self.former[kind.noun].get(reference, ""))
        if found:
            return found
        if kind.path(reference) in self.unreadable:
            raise Invalid(
                f"{kind.path(reference)} cannot be read.",
                code=f"INVALID_{kind.noun.upper()}",
                hint="“skillmeat validate” says what is wrong with it.",
            )
        wanted = fold(reference)
        named = [each for each in records.values() if wanted in (fold(_name(each)), _slug(each))]
        if len(named) == 1:
            return named[0]
        shown = shorten(one_line(reference), 100)
        if named:
            ids = ", ".join(sorted(each.id for each in named))
            raise Invalid(
                f"“{shown}” fits several {kind.plural}: {ids}.",
                code=f"INVALID_{kind.noun.upper()}",
                hint="Write the one that you mean.",
            )
        known = {fold(_name(each)): each.id for each in records.values()}
        known |= {**self.former[kind.noun], **{each: each for each in records}}
        near = list(dict.fromkeys(known[each] for each in nearest(reference, known)))
        hint = f"Did you mean {' or '.join(near)}?" if near else ""
        raise NotFound(
            f"There is no {kind.noun} “{shown}”.", code=f"{kind.noun.upper()}_NOT_FOUND", hint=hint
        )

    def find_group(self, reference: str) -> tuple[Collection, Group]:
        """A group by ``collection/group``. Raises ``NotFound`` with the nearest names."""
        owner, slash, slug = reference.rpartition("/")
        if not slash:
            known = [f"{each.id}/{group.slug}" for each in self.collections.values() for group in each.groups]
            same = [each for each in known if each.rpartition("/")[2] == reference]
            near = same or nearest(reference, known)
            raise NotFound(
                f"There is no group “{shorten(one_line(reference), 100)}”.",
                code="GROUP_NOT_FOUND",
                hint=f"Did you mean {' or '.join(near)}?" if near else "A group is called collection/group.",
            )
        collection = self.find(Collection, owner)
        for group in collection.groups:
            if slug == group.slug or fold(slug) == fold(group.name):
                return collection, group
        near = nearest(slug, [group.slug for group in collection.groups])
        hint = f"Did you mean {' or '.join(f'{collection.id}/{each}' for each in near)}?" if near else ""
        raise NotFound(
            f"The collection “{collection.id}” has no group “{shorten(one_line(slug), 100)}”.",
            code="GROUP_NOT_FOUND",
            hint=hint,
        )

    def after(self, edit: Edit) -> Catalog:
        """The catalog that an edit leads to. Nothing is checked here."""
        changed: dict[str, dict[str, Record]] = {}
        readable: set[str] = set()
        for change in edit.changes:
            if change.before:
                kind = kind_of(change.before)
                changed.setdefault(kind.plural, dict(self.of(kind))).pop(change.before.id, None)
            if change.after:
                kind = kind_of(change.after)
                changed.setdefault(kind.plural, dict(self.of(kind)))[change.after.id] = change.after
                readable.add(kind.path(change.after.id))
        readmes = {**self.readmes, **edit.readmes}
        return replace(
            self,
            **changed,  # type: ignore[arg-type]  # each mapping holds the records of its own kind
            lock=edit.lock or self.lock,
            readmes={source: text for source, text in readmes.items() if text is not None},
            unreadable=self.unreadable - readable,
        )

    # ------------------------------------------------------------- indexes

    @cached_property
    def former(self) -> Mapping[str, Mapping[str, str]]:
        """By noun: every former id and the id it has now."""
        tags = {alias: tag.id for tag in self.tags.values() for alias in tag.aliases}
        artifacts = {
            f"{artifact.type}/{alias}": artifact.id
            for artifact in self.artifacts.values()
            for alias in artifact.aliases
        }
        return defaultdict(dict, {"tag": tags, "artifact": artifacts})

    @cached_property
    def tagged(self) -> Mapping[str, Sequence[str]]:
        """By tag: the ids of the artifacts that carry it, sorted."""
        return _index((tag, each.id) for each in self.artifacts.values() for tag in each.tags)

    @cached_property
    def from_source(self) -> Mapping[str, Sequence[str]]:
        """By source: the ids of the artifacts that come from it, sorted."""
        return _index((each.source, each.id) for each in self.artifacts.values() if each.source)

    @cached_property
    def collections_with(self) -> Mapping[str, Sequence[str]]:
        """By artifact: the ids of the collections it is in, sorted."""
        return _index(
            (member.artifact, each.id) for each in self.collections.values() for member in each.artifacts
        )

    @cached_property
    def groups_with(self) -> Mapping[str, Sequence[str]]:
        """By artifact: the groups it is in, as ``collection/group``, sorted."""
        return _index(
            (artifact, f"{each.id}/{group.slug}")
            for each in self.collections.values()
            for group in each.groups
            for artifact in group.artifacts
        )

    @cached_property
    def parents(self) -> Mapping[str, Sequence[tuple[str, Association]]]:
        """By artifact: the associations in which it is the child, with the parent's id, sorted."""
        found: dict[str, list[tuple[str, Association]]] = defaultdict(list)
        for artifact in self.artifacts.values():
            for association in artifact.associations:
                found[association.artifact].append((artifact.id, association))
        for links in found.values():
            links.sort(key=lambda link: link[0])
        return found

    @cached_property
    def locked(self) -> Mapping[str, LockedSource]:
        """By source: what the lock says of it."""
        return {source.id: source for source in self.lock.source}

    @cached_property
    def _entries(self) -> Mapping[tuple[str, str, str], LockedArtifact]:
        return {
            (source.id, entry.type, entry.path): entry
            for source in self.lock.source
            for entry in source.artifact
        }

    def entries(self, source: Source) -> tuple[LockedArtifact, ...]:
        """What the lock found in a source, without what the source excludes now."""
        locked = self.locked.get(source.id)
        gone = [each.path for each in source.exclude]
        return tuple(
            entry
            for entry in (locked.artifact if locked else ())
            if not any(_is_below(entry.path.partition("#")[0], path) for path in gone)
        )

    def entry(self, artifact: Artifact) -> LockedArtifact | None:
        """What the lock says of an artifact's content; None when it is local or not locked."""
        return self._entries.get((artifact.source or "", artifact.type, artifact.path or ""))

    @cached_property
    def imported(self) -> Mapping[tuple[str, str, str], Sequence[str]]:
        """By source, type and path: the artifacts made from that entry, sorted."""
        return _index(
            ((each.source, str(each.type), each.path), each.id)
            for each in self.artifacts.values()
            if each.source and each.path
        )


# ---------------------------------------------------------------- questions


def nearest(wanted: str, names: Iterable[str], most: int = 3) -> list[str]:
    """The names most like the one that was not found, best first."""
    folded = {fold(name): name for name in names}
    close = difflib.get_close_matches(fold(wanted), folded, n=most, cutoff=0.6)
    if not close:
        ends = {name.rpartition("/")[2]: name for name in folded}
        close = [ends[end] for end in difflib.get_close_matches(fold(wanted), ends, n=most, cutoff=0.6)]
    return [folded[name] for name in close]


def _is_below(path: str, folder: str) -> bool:
    return folder in (".", path) or path.startswith(f"{folder}/")


def answers(locked: LockedSource, source: Source) -> bool:
    """Whether the lock was made from what the manifest says now."""
    return (
        locked.url == source.url
        and locked.ref == source.ref
        and locked.root == source.root
        and locked.import_repo_description == source.import_repo_description
        and locked.import_repo_readme == source.import_repo_readme
        and {each.path for each in locked.exclude} == {each.path for each in source.exclude}
    )


@dataclass(frozen=True, slots=True)
class Page(Sequence[T]):
    """One page of a list: its items, how many there are in all, and the cursor of the next page."""

    items: tuple[T, ...]
    total: int
    next_cursor: str | None

    def __getitem__(self, index: int) -> T:  # type: ignore[override]
        return self.items[index]

    def __len__(self) -> int:
        return len(self.items)


def paginate(
    items: Sequence[T], key: Callable[[T], tuple[str, str]], limit: int | None, after: str | None
) -> Page[T]:
    """A page of ``items``, newest first and then by id.

    ``key`` gives (RFC 3339 date or "", id). The cursor says after which key to go on, so records
    that come and go meanwhile neither repeat nor hide one that stays. ``limit`` None means all.
    Raises ``Invalid`` for a cursor that ``paginate`` did not make.
    """
    ordered = sorted(items, key=lambda item: key(item)[1])
    ordered.sort(key=lambda item: key(item)[0], reverse=True)
    start = 0
    if after is not None:
        date, name = _read_cursor(after)
        while start < len(ordered) and not _comes_after(key(ordered[start]), (date, name)):
            start += 1
    stop = len(ordered) if limit is None else start + limit
    page = tuple(ordered[start:stop])
    more = stop < len(ordered)
    return Page(page, len(ordered), _cursor(key(page[-1])) if more and page else None)


def paginate_members(
    items: Sequence[T], key: Callable[[T], tuple[str, str]], limit: int | None, after: str | None
) -> Page[T]:
    """A page of ``items`` in the order that people gave them.

    ``key`` gives (owner, name); items are sorted by owner, and within one they are as they are. The
    cursor names what was given of the last owner, so that neither a move nor a new member hides or
    repeats one. Raises like ``paginate``.
    """
    rest = list(items)
    seen: list[str] = []
    if after is not None:
        owner, *seen = _decoded(after)
        rest = [each for each in items if key(each)[0] > owner]
        rest = [each for each in items if key(each)[0] == owner and key(each)[1] not in seen] + rest
    page = tuple(rest[:limit])
    if len(page) == len(rest):
        return Page(page, len(items), None)
    last = key(page[-1])[0]
    given = [key(each)[1] for each in page if key(each)[0] == last]
    before = seen if after is not None and owner == last else []
    return Page(page, len(items), _cursor((last, *before, *given)))


_DATE = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)?")


def _comes_after(key: tuple[str, str], other: tuple[str, str]) -> bool:
    return key[0] < other[0] or (key[0] == other[0] and key[1] > other[1])


def _cursor(key: Sequence[str]) -> str:
    return base64.urlsafe_b64encode(json.dumps(key).encode()).decode().rstrip("=")


def _read_cursor(cursor: str) -> tuple[str, str]:
    key = _decoded(cursor)
    if len(key) != 2 or not _DATE.fullmatch(key[0]):
        raise _foreign()
    return key[0], key[1]


def _decoded(cursor: str) -> list[str]:
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        key = json.loads(base64.b64decode(padded, altchars="-_", validate=True))
    except (binascii.Error, ValueError, RecursionError):
        key = None
    if not (isinstance(key, list) and key and all(isinstance(part, str) for part in key)):
        raise _foreign()
    if _cursor(key) != cursor:
        raise _foreign()
    return key


def _foreign() -> Invalid:
    hint = "Pass on “next_cursor” as the last page gave it."
    return Invalid("The cursor is not one of ours.", code="INVALID_CURSOR", hint=hint)


def _index(pairs: Iterable[tuple[T, str]]) -> Mapping[T, Sequence[str]]:
    found: dict[T, dict[str, None]] = {}
    for key, value in pairs:
        found.setdefault(key, {})[value] = None
    return defaultdict(tuple, {key: tuple(sorted(values)) for key, values in found.items()})


def _name(record: Record) -> str:
    return cast("str", getattr(record, "name", record.id))


def _slug(record: Record) -> str:
    return record.id.rpartition("/")[2]
