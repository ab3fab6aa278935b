"""Artifacts made from what the lock found in a source."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from skillmeat.catalog import Catalog, Change, Edit, nearest
from skillmeat.edits.making import made, occupied, slug_of, taken
from skillmeat.errors import Invalid, NotFound
from skillmeat.model import Artifact, LockedArtifact, Source, Tag
from skillmeat.scalars import SLUG_LENGTH
from skillmeat.text import fold, one_line, plural


class LeftOut(NamedTuple):
    """An entry that no artifact was made from, and why; ``is_taken`` when another slug would help."""

    entry: LockedArtifact
    reason: str
    is_taken: bool = False


def entries(catalog: Catalog, reference: str) -> tuple[LockedArtifact, ...]:
    """What the lock found in a source. Raises ``NotFound`` (``SOURCE_NOT_LOCKED``)."""
    source = catalog.find(Source, reference)
    if source.id not in catalog.locked:
        raise NotFound(
            f"The lock says nothing of the source “{source.id}”.",
            code="SOURCE_NOT_LOCKED",
            hint="Run “skillmeat lock” first.",
        )
    return catalog.entries(source)


def choose(catalog: Catalog, reference: str, wanted: Iterable[str]) -> list[LockedArtifact]:
    """The locked entries that ``wanted`` names: by path, by ``type/name``, or by name.

    Nothing wanted means every entry that no artifact was made from. Raises ``NotFound`` with the
    nearest paths, and ``Invalid`` when a name fits several entries.
    """
    source = catalog.find(Source, reference)
    found_there = entries(catalog, reference)
    names = list(wanted)
    if not names:
        return [each for each in found_there if not catalog.imported[source.id, str(each.type), each.path]]
    chosen: list[LockedArtifact] = []
    for name in names:
        found = [each for each in found_there if name == each.path]
        found = found or [each for each in found_there if name in (f"{each.type}/{each.name}", each.name)]
        if not found:
            known = [each.path for each in found_there] + [f"{each.type}/{each.name}" for each in found_there]
            near = nearest(name, known)
            raise NotFound(
                f"The source “{source.id}” has no entry “{one_line(name)}”.",
                code="ENTRY_NOT_FOUND",
                hint=f"Did you mean {' or '.join(near)}?" if near else "",
            )
        if len(found) > 1:
            paths = ", ".join(f"{each.type} {each.path}" for each in found)
            raise Invalid(
                f"“{name}” fits several entries: {paths}.",
                code="INVALID_ENTRY",
                hint="Write type/name, or the path of the one that you mean.",
            )
        chosen += found
    return list(dict.fromkeys(chosen))


def import_entries(
    catalog: Catalog,
    reference: str,
    entries: Sequence[LockedArtifact],
    *,
    sayings: Mapping[tuple[str, str], Mapping[str, str]] | None = None,
    tags: Sequence[str] = (),
    slug: str | None = None,
    qualify: bool = False,
    created_at: datetime | None = None,
) -> tuple[Edit, list[LeftOut]]:
    """Artifacts made from entries, and the entries that were left out.

    ``sayings`` gives what an entry says of itself, by type and path, as keys of a manifest. A name that
    differs from another artifact's only by case takes that one's spelling. The slug is made from the name.
    Where another artifact has it, ``qualify`` puts the source's slug before it, and a number after it if
    need be; an entry that holds to the byte what the source has in the catalog already is left out then.
    ``slug`` is for a single entry: raises ``Invalid`` when there are more or it is none, and ``Conflict``
    when another artifact has it.
    """
    if slug is not None and len(entries) != 1:
        raise Invalid(
            f"A slug is for one entry; this names {len(entries)}.",
            code="INVALID_ENTRY",
            hint="Name the entry, or take --qualify.",
        )
    source = catalog.find(Source, reference)
    carried = tuple(dict.fromkeys(catalog.find(Tag, tag).id for tag in tags))
    made_from: dict[str, str] = {}
    same = _present(catalog, source)
    spelling = {(each.type, fold(each.name)): each.name for each in catalog.artifacts.values()}
    changes: list[Change] = []
    left: list[LeftOut] = []
    for entry in entries:
        already = catalog.imported[source.id, str(entry.type), entry.path]
        if already:
            left.append(LeftOut(entry, f"it is {already[0]} already"))
            continue
        twin = same.get((str(entry.type), entry.hash))
        try:
            plain = slug or slug_of(entry.name, "artifact")
            name = f"{entry.type}/{plain}"
            reason = _reason(catalog, made_from, name)
            if reason and qualify:
                if twin:
                    left.append(LeftOut(entry, f"it is the same as {twin}"))
                    continue
                free = (
                    each
                    for each in _qualified(plain, source.id)
                    if not _reason(catalog, made_from, f"{entry.type}/{each}")
                )
                name, reason = f"{entry.type}/{next(free)}", ""
            if reason and slug:
                raise taken("artifact", slug, what="slug", hint=f"{reason[0].upper()}{reason[1:]}.")
            if reason:
                left.append(LeftOut(entry, reason, is_taken=True))
                continue
            artifact = made(
                Artifact,
                "artifact",
                id=name,
                name=spelling.setdefault((entry.type, fold(entry.name)), entry.name),
                source=source.id,
                path=entry.path,
                tags=carried,
                created_at=created_at,
                **(sayings or {}).get((entry.type, entry.path), {}),
            )
        except Invalid as error:
            if slug:
                raise
            left.append(LeftOut(entry, error.detail.rstrip(".")))
            continue
        made_from[name] = entry.path
        same.setdefault((str(entry.type), entry.hash), name)
        changes.append(Change(None, artifact))
    return Edit(f"Imported {plural(len(changes), 'artifact')} from {source.id}", tuple(changes)), left


def _reason(catalog: Catalog, made_from: Mapping[str, str], name: str) -> str:
    """Why an artifact cannot have that id; empty when it can."""
    return occupied(catalog, name) or (f"{name} was made from {made_from[name]}" if name in made_from else "")


def _present(catalog: Catalog, source: Source) -> dict[tuple[str, str], str]:
    """The artifacts that come from a source, by type and hash of the content."""
    found: dict[tuple[str, str], str] = {}
    for entry in catalog.entries(source):
        for each in catalog.imported[source.id, str(entry.type), entry.path]:
            found.setdefault((str(entry.type), entry.hash), each)
    return found


def _qualified(slug: str, source: str) -> Iterator[str]:
    """Slugs of an entry whose own is taken, best first; they never end."""
    for count in itertools.count(1):
        number = f"-{count}" if count > 1 else ""
        tail = slug[: SLUG_LENGTH - len(number)].rstrip("-") + number
        words = source.split("-")
        while words and len("-".join((*words, tail))) > SLUG_LENGTH:
            words.pop()
        if words or number:
            yield "-".join((*words, tail))
