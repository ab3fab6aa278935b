"""``data/facets.gz``: what the facets count, and which records are copies of one another.

Header: ``version`` (changes whenever another file does), ``size`` (number of records), ``per_card`` (records
in a file of cards), ``facets`` in the order in which they are shown, ``trust`` (the levels that there are,
as [id, name]) and ``trust_of`` (by source: 1 + the place of its level there). A facet has ``key``, ``name``,
``multiple`` (whether a record may have several values) and ``values``, the most used first: an id where the
name is what ``cards.short`` leaves out, or [id, name], or [id, name, color] for a tag with a color.

Columns: for each facet, one number a record (0 for none, else 1 + the value's place), or if ``multiple``
two columns: how many a record has, and the places of all of them in a row. Then the day of the last change
(days since 1970, 0 when not known). Then the copies: for each set of them how many there are, the first
one's distance to the first of the set before, and each other one's distance to the one before it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import cache
from itertools import chain, pairwise
from typing import Any, Final

from skillmeat.model import DEFAULT_COLOR
from skillmeat.site.edition import TRUST, TYPES, Edition
from skillmeat.site.search.cards import PER_FILE, short
from skillmeat.site.search.container import Column, File, column
from skillmeat.text import fold
from skillmeat.views import Json

_EPOCH: Final = date(1970, 1, 1).toordinal()
_LAST_DAY: Final = 0xFFFF


def columns(edition: Edition, version: str) -> File:
    """The file, for the other files in that version."""
    records = list(edition.artifacts.values())
    tags = {each["id"]: each["name"] for each in edition.tags.values()}
    collections = {each["id"]: each["name"] for each in edition.collections.values()}
    groups = {group["id"]: group["name"] for each in edition.collections.values() for group in each["groups"]}
    types = _ranked({key: name.many for key, name in TYPES.items()}, (each["type"] for each in records))
    sources = _ranked(edition.repository_names, (each["source"] for each in records))
    several = {
        ("tags", "Tags"): (tags, "tags"),
        ("collection", "Collection"): (collections, "collections"),
        ("group", "Group"): (groups, "groups"),
    }
    facets = [
        {"key": "type", "name": "Type", "multiple": False, "values": _named(types)},
        {"key": "source", "name": "Source", "multiple": False, "values": _named(sources)},
    ]
    parts = [
        _single(types, (each["type"] for each in records)),
        _single(sources, (each["source"] for each in records)),
    ]
    colors = {each["id"]: each["color"] for each in edition.tags.values() if each["color"] != DEFAULT_COLOR}
    for (key, name), (names, held) in several.items():
        values = _ranked(names, chain.from_iterable(each[held] for each in records))
        shown = _named(values, colors if key == "tags" else {})
        facets.append({"key": key, "name": name, "multiple": True, "values": shown})
        parts += _several(values, [each[held] for each in records])
    used = [level for level in TRUST if edition.of_trust[level]]
    levels = sorted(used, key=lambda level: -len(edition.of_trust[level]))
    level_of = {source: edition.sources[source]["trust_level"] for source in sources}
    header = {
        "version": version,
        "size": len(records),
        "per_card": PER_FILE,
        "facets": facets,
        "trust": [[level, TRUST[level]] for level in levels],
        "trust_of": [1 + levels.index(level) for level in level_of.values()],
    }
    return File(header, [*parts, column(map(_day, records), 2), column(_flat(edition.places_of_copies))])


def _flat(sets: Iterable[Sequence[int]]) -> Iterator[int]:
    before = 0
    for places in sets:
        yield len(places)
        yield places[0] - before
        yield from (second - first for first, second in pairwise(places))
        before = places[0]


def _day(record: Json) -> int:
    changed = record["updated_at"] or record["created_at"]
    return _since_epoch(changed[:10]) if changed else 0


@cache
def _since_epoch(day: str) -> int:
    return min(max(date.fromisoformat(day).toordinal() - _EPOCH, 1), _LAST_DAY)


# ------------------------------------------------------------------- values


def _ranked(names: Mapping[str, str], held: Iterable[str | None]) -> dict[str, str]:
    """The values that records have, the most used first, and what they are called."""
    totals = Counter(held)
    known = (value for value in totals if value is not None and value in names)
    order = sorted(known, key=lambda value: (-totals[value], fold(names[value]), value))
    return {value: names[value] for value in order}


def _named(values: Mapping[str, str], colors: Mapping[str, str] | None = None) -> list[Any]:
    shown: list[Any] = []
    for value, name in values.items():
        shorter = short(value, name)
        color = (colors or {}).get(value)
        shown.append([value, shorter, color] if color else value if shorter is None else [value, shorter])
    return shown


def _single(values: Mapping[str, str], held: Iterable[str | None]) -> Column:
    places = {value: place + 1 for place, value in enumerate(values)}
    return column(places.get(value or "", 0) for value in held)


def _several(values: Mapping[str, str], held: Sequence[Iterable[str]]) -> list[Column]:
    places = {value: place for place, value in enumerate(values)}
    known = [sorted({places[each] for each in values if each in places}) if values else () for values in held]
    return [column(map(len, known)), column(place for places in known for place in places)]
