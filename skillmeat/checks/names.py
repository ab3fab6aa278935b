"""A name belongs to one record."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import cast

from skillmeat.catalog import Catalog
from skillmeat.checks.finding import Finding
from skillmeat.model import KINDS, Artifact, Kind, Record, Tag
from skillmeat.text import fold

_RESERVED = re.compile(r"^(con|prn|aux|nul|com[0-9]|lpt[0-9]|page-\d+|index|readme)$")


def same_name(catalog: Catalog) -> Iterator[Finding]:
    """No two names differ only by case or Unicode form.

    Tags, collections, sources and the groups of a collection cannot share a name at all; artifacts
    of one type can, for artifacts of different sources often do.
    """
    for kind in KINDS:
        if kind.record is Artifact:
            continue
        records = sorted(catalog.of(kind).values(), key=lambda record: record.id)
        yield from _twins(kind.noun, ((kind.path(each.id), "name", _name(each), each.id) for each in records))
    for collection in catalog.collections.values():
        path = f"manifests/collections/{collection.id}.toml"
        groups = (
            (path, f"groups[{position}].name", group.name, f"{collection.id}/{group.slug}")
            for position, group in enumerate(collection.groups)
        )
        yield from _twins("group", groups)
    yield from _artifact_twins(catalog)


def _artifact_twins(catalog: Catalog) -> Iterator[Finding]:
    first: dict[tuple[str, str], Artifact] = {}
    for artifact in sorted(catalog.artifacts.values(), key=lambda artifact: artifact.id):
        other = first.setdefault((artifact.id.partition("/")[0], fold(artifact.name)), artifact)
        if other.name != artifact.name:
            path = f"manifests/artifacts/{artifact.id}.toml"
            yield Finding(
                path,
                "name",
                f"“{artifact.name}” differs from the name of {other.id}, “{other.name}”, "
                "only by case or Unicode form.",
                "Write both the same way, or name one of them otherwise.",
            )


def _twins(noun: str, named: Iterable[tuple[str, str, str, str]]) -> Iterator[Finding]:
    first: dict[str, tuple[str, str]] = {}
    for path, key, name, identity in named:
        other, spelt = first.setdefault(fold(name), (identity, name))
        if other == identity:
            continue
        if spelt == name:
            message = f"“{name}” is also the name of the {noun} {other}."
        else:
            message = (
                f"“{name}” differs from the name of the {noun} {other}, “{spelt}”, "
                "only by case or Unicode form."
            )
        yield Finding(path, key, message, f"Name one of the two {noun}s otherwise.")


def taken_alias(catalog: Catalog) -> Iterator[Finding]:
    """A former slug belongs to one record, and is not the slug of another."""
    for kind in KINDS:
        if "aliases" not in kind.keys:
            continue
        owners: dict[str, str] = {}
        for record in sorted(catalog.of(kind).values(), key=lambda record: record.id):
            for position, alias in enumerate(cast("Tag | Artifact", record).aliases):
                name = _beside(record, alias)
                path, key = kind.path(record.id), f"aliases[{position}]"
                if name == record.id:
                    yield Finding(
                        path, key, f"“{alias}” is the slug of this {kind.noun} itself.", "Take it out."
                    )
                elif name in catalog.of(kind) or kind.path(name) in catalog.unreadable:
                    yield Finding(path, key, f"“{alias}” is the {kind.noun} {name}.", "Take it out.")
                elif owners.setdefault(name, record.id) != record.id:
                    yield Finding(
                        path,
                        key,
                        f"“{alias}” is already an alias of the {kind.noun} {owners[name]}.",
                        "Leave it with one of the two.",
                    )


def reserved_name(catalog: Catalog) -> Iterator[Finding]:
    """No slug is a file name that Windows forbids or that the site uses for itself."""
    for kind in KINDS:
        for record in catalog.of(kind).values():
            yield from _reserved(kind, record)
    for collection in catalog.collections.values():
        for position, group in enumerate(collection.groups):
            if _RESERVED.match(group.slug):
                path = f"manifests/collections/{collection.id}.toml"
                yield Finding(
                    path,
                    f"groups[{position}].slug",
                    f"“{group.slug}” is reserved: Windows or the site uses it as a file name.",
                    "Use another slug.",
                )


def _reserved(kind: Kind, record: Record) -> Iterator[Finding]:
    slug = record.id.rpartition("/")[2]
    if _RESERVED.match(slug):
        message = f"“{slug}” is reserved: Windows or the site uses it as a file name."
        yield Finding(kind.path(record.id), "", message, "Give the file another name.")


def _beside(record: Record, alias: str) -> str:
    folder, slash, _ = record.id.rpartition("/")
    return f"{folder}{slash}{alias}"


def _name(record: Record) -> str:
    return cast("Tag", record).name
