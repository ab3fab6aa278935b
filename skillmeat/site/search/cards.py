"""What a row shows, for every record: first its name, then the rest.

``data/titles.gz``: ``titles``, one line for each of the first ``TITLED`` records: its slug, and after a tab
its name unless ``short`` leaves that out. Most filters show some of these first.

``data/names.gz``: one column, the records' numbers in the order of their names.

``data/cards/N.gz``: ``cards``, of ``PER_FILE`` records from N times that on, each [slug, name as ``short``
gives it, text, ids of its tags, day it was added or "", 1 if deprecated]. Type, source and trust are in the
facets, as are the names and colors of tags.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from itertools import islice
from typing import Final

from skillmeat.site import marks
from skillmeat.site.edition import ROW_TEXT, Edition
from skillmeat.site.output import digest, mark
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


def cards(edition: Edition) -> Sequence[tuple[str, Callable[[], File]]]:
    """``data/cards/N.gz``, from 0 on: keys, which the last build knew where no row changed, and the files."""
    records, rows = list(edition.artifacts.values()), edition.once(marks.rows)
    found = []
    with edition.kept.values("cards") as kept:
        for start in range(0, len(records), PER_FILE):
            some = records[start : start + PER_FILE]
            make = partial(_card, edition, some)
            shown = mark(*(rows[each["id"]] for each in some))
            found.append((kept.get(str(start), shown, partial(_digest, make)), make))
    return found


def _digest(make: Callable[[], File]) -> str:
    return digest(make())


def _card(edition: Edition, records: Sequence[Json]) -> File:
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
