"""What a row shows, for every record: first its name, then the rest.

``data/titles.gz``: ``titles``, one line for each of the first ``TITLED`` records: its slug, and after a tab
its name unless ``short`` leaves that out. Most filters show some of these first.

``data/names.gz``: one column, the records' numbers in the order of their names.

``data/cards/N.gz``: ``cards``, of ``PER_FILE`` records from N times that on, each [slug, name as ``short``
gives it, text, ids of its tags, day it was added or "", 1 if deprecated]. Type, source and trust are in the
facets, as are the names and colors of tags.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from typing import Final

from skillmeat.site.edition import ROW_TEXT, Edition
from skillmeat.site.search import words
from skillmeat.site.search.container import File, column
from skillmeat.text import shorten
from skillmeat.views import Json

PER_FILE: Final = 3
"""What a search finds lies far apart, so of most files one card is shown."""

TITLED: Final = 1_024


def short(slug: str, name: str) -> str | None:
    """A name without what its slug says already: None for ``Pdf Tools``, empty for ``pdf-tools`` itself."""
    if name == slug:
        return ""
    titled = " ".join(f"{part[:1].upper()}{part[1:]}" for part in slug.split("-"))
    return None if name == titled else name


def titles(edition: Edition) -> File:
    """``data/titles.gz``"""
    lines = []
    for each in islice(edition.artifacts.values(), TITLED):
        name = short(each["slug"], " ".join(each["name"].split()))
        lines.append(each["slug"] if name is None else f"{each['slug']}\t{name}")
    return File({"titles": "\n".join(lines)})


def by_name(edition: Edition) -> File:
    """``data/names.gz``"""
    keys = [words.fold(each["name"]) for each in edition.artifacts.values()]
    return File({}, [column(sorted(range(len(keys)), key=lambda place: (keys[place], place)), 2)])


def card(edition: Edition, records: Sequence[Json]) -> File:
    """``data/cards/N.gz``"""
    return File(
        {
            "cards": [
                [
                    each["slug"],
                    short(each["slug"], each["name"]),
                    shorten(" ".join((each["description"] or "").split()), ROW_TEXT),
                    [tag for tag in each["tags"] if tag in edition.tags],
                    (each["created_at"] or "")[:10],
                    int(bool(each["deprecated"])),
                ]
                for each in records
            ]
        }
    )
