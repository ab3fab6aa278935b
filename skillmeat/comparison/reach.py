"""What a change means for the site: the addresses that appear, change or go.

An address changes when what the catalog says of its record does. That the lists of the whole catalog show
other records, and that their further pages shift, goes without saying.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any, Final

from skillmeat.catalog import Catalog
from skillmeat.model import KINDS, Artifact, Kind, Source
from skillmeat.views import Views

APPEAR, CHANGE, GO = "appear", "change", "go"
HOW: Final = (APPEAR, CHANGE, GO)
_FOLDERS: Final = {"tag": "tags/", "artifact": "", "collection": "collections/", "source": "sources/"}

Reach = Mapping[str, Mapping[str, tuple[str, ...]]]


def reach(before: Catalog, after: Catalog) -> Reach:
    """``{"pages": {"appear": …, "change": …, "go": …}, "api": …}``: sorted addresses."""
    pages: dict[str, list[str]] = {how: [] for how in HOW}
    files: dict[str, list[str]] = {how: [] for how in HOW}
    one, two = Served(before), Served(after)
    for kind in KINDS:
        folder = _FOLDERS[kind.noun]
        for record_id in sorted({**before.of(kind), **after.of(kind)}):
            old, new = one.files(kind, record_id), two.files(kind, record_id)
            for path in {**old, **new}:
                if how := _how(old.get(path), new.get(path)):
                    files[how].append(path)
            if how := _how(one.page(kind, record_id, old), two.page(kind, record_id, new)):
                pages[how].append(f"{folder}{record_id}/")
        one_way, other_way = (_redirects(kind, catalog) for catalog in (before, after))
        pages[APPEAR] += other_way - one_way
        pages[GO] += one_way - other_way
    appeared, gone = set(pages[APPEAR]), set(pages[GO])
    pages = {
        APPEAR: sorted(appeared - gone),
        CHANGE: sorted({*pages[CHANGE], *(appeared & gone)}),
        GO: sorted(gone - appeared),
    }
    return {
        "pages": {how: tuple(pages[how]) for how in HOW},
        "api": {how: tuple(sorted(files[how])) for how in HOW},
    }


def _how(old: Any, new: Any) -> str:
    if old is None or new is None:
        return APPEAR if new else GO if old else ""
    return CHANGE if old != new else ""


class Served:
    """What the API and the pages of a catalog say of each record."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog
        self.views = Views(catalog)
        self.tag = lru_cache(maxsize=None)(lambda tag: self.views.tag(catalog.tags[tag]))
        self.artifact = lru_cache(maxsize=None)(lambda each: self.views.artifact(catalog.artifacts[each]))

    def files(self, kind: Kind, record_id: str) -> dict[str, Any]:
        """By path: what each API file of a record says; none for a record that is not there."""
        record = self.catalog.of(kind).get(record_id)
        if record is None:
            return {}
        base = f"api/v1/{kind.plural}/{record_id}"
        if kind.noun == "tag":
            return {f"{base}.json": self.tag(record_id)}
        if isinstance(record, Artifact):
            told = self.artifact(record_id)
            above = [
                link
                for parent in dict.fromkeys(told["used_by"])
                for link in self.artifact(parent)["associations"]
                if link["artifact"] == record_id
            ]
            tags = [self.tag(tag) for tag in record.tags if tag in self.catalog.tags]
            links = [*told["associations"], *above]
            return {f"{base}.json": told, f"{base}/tags.json": tags, f"{base}/associations.json": links}
        told = self.views.record(record)
        found: dict[str, Any] = {f"{base}.json": told}
        if kind.noun == "collection":
            found[f"{base}/groups.json"] = told["groups"]
            found |= {f"{base}/groups/{group['slug']}.json": group for group in told["groups"]}
        if isinstance(record, Source):
            entries = [self.views.entry(record, entry) for entry in self.catalog.entries(record)]
            found[f"{base}/entries.json"] = entries
            if record_id in self.catalog.readmes:
                found[f"{base}/readme.json"] = self.catalog.readmes[record_id], told["commit"]
        return found

    def page(self, kind: Kind, record_id: str, files: dict[str, Any]) -> Any:
        """What a record's page says: of itself, and by name of those it has to do with."""
        if not files:
            return None
        if kind.noun == "tag":
            return files, self._names(self.catalog.tagged[record_id])
        if kind.noun == "source":
            return files, self._names(self.catalog.from_source[record_id])
        told = next(iter(files.values()))
        if kind.noun == "collection":
            return told, self._names(each["artifact"] for each in told["artifacts"])
        tags = [
            (tag["id"], tag["name"], tag["color"]) for tag in files[f"api/v1/artifacts/{record_id}/tags.json"]
        ]
        linked = [*(link["artifact"] for link in told["associations"]), *told["used_by"]]
        return told, tags, self._names(linked)

    def _names(self, artifacts: Iterable[str]) -> list[tuple[str, str | None]]:
        known = self.catalog.artifacts
        return [(each, known[each].name if each in known else None) for each in artifacts]


def _redirects(kind: Kind, catalog: Catalog) -> set[str]:
    folder = _FOLDERS[kind.noun]
    return {f"{folder}{old}/" for old in catalog.former[kind.noun] if old not in catalog.of(kind)}
