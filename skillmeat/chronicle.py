"""What happened to a store: between two of its states, and to a record over time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from skillmeat import files, lock, manifest
from skillmeat.catalog import Catalog, nearest
from skillmeat.comparison.catalogs import Comparison, Deed, deeds, needs, successor
from skillmeat.comparison.details import Detail
from skillmeat.comparison.reach import reach
from skillmeat.errors import Invalid, NotFound
from skillmeat.finding import FOLDER
from skillmeat.history import past, versions
from skillmeat.loading import LOCK, SETTINGS
from skillmeat.model import KINDS, ArtifactType, Kind, Lock, Record, Settings
from skillmeat.store import Store
from skillmeat.text import one_line, shorten
from skillmeat.validation import validate

Texts = Mapping[str, bytes | None]


def compare(before: Store, after: Store) -> Comparison:
    """What the second of two states has otherwise; of problems, those that it adds (``validation``).

    What cannot be read in one of them is taken to be there as in the other, and said to be unreadable.
    """
    one, two = _held(before.catalog, after.catalog), _held(after.catalog, before.catalog)
    known = Counter(each.sameness for each in validate(before).problems)
    broken, there = [], validate(after).problems
    for problem in there:
        known[problem.sameness] -= 1
        if known[problem.sameness] < 0:
            broken.append(problem)
    mended = sum(count for count in known.values() if count > 0)
    return Comparison(
        (*deeds(one, two), *_unread(before.catalog, after.catalog)),
        tuple(broken),
        mended,
        tuple(needs(one, two)),
        reach(one, two),
    )


def _held(catalog: Catalog, other: Catalog) -> Catalog:
    """A catalog with another's records in place of those that it could not read."""
    if not catalog.unreadable:
        return catalog
    records = {
        kind.plural: {
            **{
                record_id: record
                for record_id, record in other.of(kind).items()
                if kind.path(record_id) in catalog.unreadable
            },
            **catalog.of(kind),
        }
        for kind in KINDS
    }
    return replace(
        catalog,
        settings=other.settings if SETTINGS in catalog.unreadable else catalog.settings,
        lock=other.lock if LOCK in catalog.unreadable else catalog.lock,
        **records,  # type: ignore[arg-type]  # each its own kind
    )


def _unread(before: Catalog, after: Catalog) -> Iterator[Deed]:
    """What can be read in only one of two catalogs."""
    there = {SETTINGS, LOCK, *(kind.path(each) for kind in KINDS for each in after.of(kind))}
    for path in sorted(before.unreadable ^ after.unreadable):
        if path in after.unreadable:
            text = "cannot be read"
        else:
            text = "could not be read before" if path in there else "went; it could not be read"
        yield Deed("file", path, "", "changed", (Detail("unreadable", text),))


# ---------------------------------------------------------------- over time


@dataclass(frozen=True, slots=True)
class Entry:
    """What a commit did; without ``commit``, what is in the folder and not committed yet."""

    commit: str
    when: datetime | None
    author: str
    subject: str
    deeds: tuple[Deed, ...]


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom a history is of: a record, or a group of a collection."""

    kind: Kind
    id: str
    group: str = ""

    @property
    def path(self) -> str:
        """Its file, relative to the store's root."""
        return self.kind.path(self.id)


def subject(store: Store, reference: str) -> Subject:
    """The record that is meant: ``skill/pdf``, ``tag/pdf``, ``group/starter/design``, a slug, or a file.

    A record that is gone is found by its whole name. Raises ``NotFound`` (``RECORD_NOT_FOUND``) and
    ``Invalid`` (``INVALID_REFERENCE``) for a slug that fits several.
    """
    shown = shorten(one_line(reference), 100)
    name = reference.removeprefix(f"{FOLDER}/").removesuffix(".toml")
    head, _, rest = name.partition("/")
    for kind in KINDS:
        if head in (kind.noun, kind.plural) and rest:
            return Subject(kind, _now(store.catalog, kind, rest))
    artifact = next(kind for kind in KINDS if kind.noun == "artifact")
    if head in list(ArtifactType) and rest:
        return Subject(artifact, _now(store.catalog, artifact, name))
    collection = next(kind for kind in KINDS if kind.noun == "collection")
    if head == "group" and "/" in rest:
        return Subject(collection, rest.partition("/")[0], rest.partition("/")[2])
    found = [
        Subject(kind, record_id)
        for kind in KINDS
        for record_id in store.catalog.of(kind)
        if name == record_id.rpartition("/")[2] or name == record_id
    ]
    found += [
        Subject(collection, each.id, group.slug)
        for each in store.catalog.collections.values()
        for group in each.groups
        if name == f"{each.id}/{group.slug}"
    ]
    if len(found) == 1:
        return found[0]
    if found:
        several = ", ".join(f"{each.kind.noun}/{each.id}" for each in found)
        raise Invalid(
            f"“{shown}” fits several: {several}.", code="INVALID_REFERENCE", hint="Write one of them."
        )
    near = nearest(name, (record_id for kind in KINDS for record_id in store.catalog.of(kind)))
    hint = f"Did you mean {' or '.join(near)}?" if near else "Write tag/…, collection/…, source/… or type/…."
    raise NotFound(f"There is no record “{shown}”.", code="RECORD_NOT_FOUND", hint=hint)


def of_record(store: Store, whom: Subject, start: str = "") -> Iterator[Entry]:
    """What happened to a record, newest first, through its renames. Raises as ``commits`` does."""
    path = whom.path
    if not start:
        entry, path = _uncommitted(store.root, path, whom)
        if entry:
            yield entry
    at = start or "HEAD"
    while path:
        former, parent = "", ""
        found = versions.commits(store.root, [path], at)
        sides = [(each.parent, path) for each in found] + [(each.id, path) for each in found]
        contents = versions.contents(store.root, sides)
        for number, commit in enumerate(found):
            before, after = contents[number], contents[number + len(found)]
            one: dict[str, bytes | None] = {path: before}
            if before is None and after is not None:
                former = _former(store.root, commit, path, after)
                if former:
                    one = {former: versions.contents(store.root, [(commit.parent, former)])[0], path: None}
                    parent = commit.parent
            told = _told(whom, _deeds(one, {path: after}))
            if told:
                yield _entry(commit, told)
            if former:
                break
        path, at = former, parent


def of_store(store: Store, start: str = "") -> Iterator[Entry]:
    """What each commit did to the store, newest first; one that only laid files out anew is left out.

    Raises as ``history.versions.commits`` does.
    """
    for commit in versions.commits(store.root, [FOLDER], start or "HEAD"):
        asked = [path for path in commit.paths if path.endswith((".toml", ".lock"))]
        contents = versions.contents(
            store.root, [*((commit.parent, path) for path in asked), *((commit.id, path) for path in asked)]
        )
        before = dict(zip(asked, contents[: len(asked)], strict=True))
        after = dict(zip(asked, contents[len(asked) :], strict=True))
        told = _deeds(before, after)
        if told:
            yield _entry(commit, told)


# ------------------------------------------------------------------- parts


def _entry(commit: versions.Commit, told: Iterable[Deed]) -> Entry:
    return Entry(commit.id, commit.when, commit.author, commit.subject, tuple(told))


def _uncommitted(root: Path, path: str, whom: Subject) -> tuple[Entry | None, str]:
    """What is not committed yet of a record, and the file that it was in at the last commit."""
    if not past.has_commit(root):
        return None, path
    now = files.read(root, path, manifest.MANIFEST_LIMIT)
    if now is None and path in past.hidden(root):
        return None, path
    committed = versions.contents(root, [("HEAD", path)])[0]
    before: dict[str, bytes | None] = {path: committed}
    if committed is None and now is not None:
        folder = path.rpartition("/")[0]
        gone = {
            each: data
            for each, data in past.differing(root, "HEAD").items()
            if each.rpartition("/")[0] == folder and data is not None and not (root / each).exists()
        }
        former = _heir_of(gone, path, now)
        before = {former: gone[former]} if former else before
    told = _told(whom, _deeds(before, {path: now})) if before != {path: now} else ()
    return Entry("", None, "", "Not committed yet", told) if told else None, next(iter(before))


def _deeds(before: Texts, after: Texts) -> tuple[Deed, ...]:
    """What happened between two states of some files; what could not be read is said to be so."""
    one, unread = _catalog(before)
    two, unreadable = _catalog(after)
    broken = unread | unreadable
    told = [
        deed for deed in deeds(one, two) if _path(deed) not in broken and _path(deed, deed.was) not in broken
    ]
    for path in sorted(unreadable):
        told.append(Deed("file", path, "", "changed", (Detail("unreadable", "cannot be read since"),)))
    for path in sorted(unread - unreadable):
        text = "cannot be read before" if after.get(path) is not None else "went; it could not be read"
        told.append(Deed("file", path, "", "changed", (Detail("unreadable", text),)))
    return tuple(told)


def _path(deed: Deed, record_id: str = "") -> str:
    kind = next((kind for kind in KINDS if kind.noun == deed.noun), None)
    return kind.path(record_id or deed.id) if kind else {"lock": LOCK}.get(deed.noun, SETTINGS)


def _catalog(texts: Texts) -> tuple[Catalog, set[str]]:
    """A catalog of these files alone, and those of them that could not be read."""
    records: dict[str, dict[str, Record]] = {kind.plural: {} for kind in KINDS}
    settings, locked, unread = Settings(), Lock(), set[str]()
    for path, data in texts.items():
        if data is None:
            continue
        if path == SETTINGS:
            settings = manifest.read_settings(data)[0] or settings
        elif path == LOCK:
            found = lock.read(data)[0]
            locked = found or locked
            unread |= {path} if found is None else set()
        elif kind := next((kind for kind in KINDS if path.startswith(f"{FOLDER}/{kind.plural}/")), None):
            record_id = path.removeprefix(f"{FOLDER}/{kind.plural}/").removesuffix(".toml")
            if record_id.count("/") != kind.depth - 1 or (
                kind.depth == 2 and record_id.partition("/")[0] not in list(ArtifactType)
            ):
                continue  # a stray file
            record = manifest.read(kind, record_id, data)[0]
            if record is None:
                unread.add(path)
            else:
                records[kind.plural][record_id] = record
    return Catalog(settings=settings, lock=locked, **records), unread  # type: ignore[arg-type]  # each its own kind


def _former(root: Path, commit: versions.Commit, path: str, data: bytes) -> str:
    """The file that a file was before a commit made it, or empty."""
    gone = versions.went(root, commit, path.rpartition("/")[0])
    texts = versions.contents(root, [(commit.parent, each) for each in gone])
    return _heir_of(dict(zip(gone, texts, strict=True)), path, data)


def _heir_of(gone: Texts, path: str, data: bytes) -> str:
    """Which of the files that went is the one that came, or empty."""
    kind = next(kind for kind in KINDS if path.startswith(f"{FOLDER}/{kind.plural}/"))
    new = next(iter(_catalog({path: data})[0].of(kind).values()), None) if gone else None
    for record in _catalog(gone)[0].of(kind).values() if new else ():
        if new and successor(record, [new]):
            return kind.path(record.id)
    return ""


def _told(whom: Subject, found: Iterable[Deed]) -> tuple[Deed, ...]:
    """The deeds that concern the one that a history is of."""
    if not whom.group:
        return tuple(found)
    kept = []
    for deed in found:
        about = [each for each in deed.details if f"group {whom.group}" in each.text]
        if about or deed.action in ("added", "removed"):
            kept.append(replace(deed, details=tuple(about)))
    return tuple(kept)


def _now(catalog: Catalog, kind: Kind, record_id: str) -> str:
    """The id that a former id has now."""
    return record_id if record_id in catalog.of(kind) else catalog.former[kind.noun].get(record_id, record_id)
