"""What can be mended without a guess: the edit behind ``validate --fix``."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import TypeVar, cast

from skillmeat import licenses
from skillmeat.catalog import Catalog, Change, Edit
from skillmeat.model import KINDS, Artifact, Record, Source, Tag
from skillmeat.model import Collection as ArtifactCollection
from skillmeat.text import plural

T = TypeVar("T")


def mend(catalog: Catalog, rules: Collection[str]) -> Edit:
    """Mend the breaches of these rules in every record (``checks.rules.MENDED`` are those that can be).

    A former slug is written as it is now, what is listed twice stays where it stood first, an alias that is
    the record's own slug goes, tags are put in alphabetical order, and a licence is spelled as SPDX does.
    """
    now: Mapping[str, Mapping[str, str]] = (
        catalog.former if "former-name" in rules else {"tag": {}, "artifact": {}}
    )
    once: Callable[[Iterable[str]], tuple[str, ...]] = _once if "listed-twice" in rules else tuple
    changes = []
    for kind in KINDS:
        for record in sorted(catalog.of(kind).values(), key=lambda each: each.id):
            mended = _mended(record, catalog, now, once, rules)
            if mended != record:
                changes.append(Change(record, mended))
    return Edit(f"Mend {plural(len(changes), 'manifest')}", tuple(changes))


def _mended(
    record: Record,
    catalog: Catalog,
    now: Mapping[str, Mapping[str, str]],
    once: Callable[[Iterable[str]], tuple[str, ...]],
    rules: Collection[str],
) -> Record:
    own = record.id.rpartition("/")[2] if "taken-alias" in rules else ""
    if isinstance(record, Tag):
        return record.but(aliases=once(each for each in record.aliases if each != own))
    if isinstance(record, Artifact):
        tags = once(_present(each, catalog.tags, now["tag"]) for each in record.tags)
        links = [
            each.but(artifact=_present(each.artifact, catalog.artifacts, now["artifact"]))
            for each in record.associations
        ]
        return record.but(
            tags=tuple(sorted(tags)) if "unsorted-tags" in rules else tags,
            aliases=once(each for each in record.aliases if each != own),
            associations=tuple(links),
            license=_spelled(record.license) if "invalid-license" in rules else record.license,
        )
    if isinstance(record, ArtifactCollection):
        members = [
            each.but(artifact=_present(each.artifact, catalog.artifacts, now["artifact"]))
            for each in record.artifacts
        ]
        if "listed-twice" in rules:
            members = _first(members, lambda each: each.artifact, lambda each: bool(each.note))
        groups = [
            group.but(
                artifacts=once(_present(each, catalog.artifacts, now["artifact"]) for each in group.artifacts)
            )
            for group in record.groups
        ]
        return record.but(artifacts=tuple(members), groups=tuple(groups))
    if isinstance(record, Source):
        return record.but(tags=once(record.tags))
    return record


def _present(name: str, records: Mapping[str, object], former: Mapping[str, str]) -> str:
    return name if name in records else former.get(name, name)


def _spelled(stated: str | None) -> str | None:
    return licenses.canonical(stated) or stated if stated else stated


def _once(items: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(items))


def _first(items: Iterable[T], name: Callable[[T], str], says: Callable[[T], bool]) -> list[T]:
    """Each name once, where it stood first; two that both say something are left for a person to settle."""
    found: dict[str, list[T]] = {}
    for item in items:
        found.setdefault(name(item), []).append(item)
    kept = {key: [each for each in same if says(each)] or same[:1] for key, same in found.items()}
    return cast("list[T]", [each for same in kept.values() for each in same])
