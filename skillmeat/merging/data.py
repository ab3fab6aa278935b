"""The data of two manifests merged by what it means.

Tables merge by key, lists by what their items are called: ``SETS`` as sets, the others in an order that
keeps both sides' (``order`` says how). An item that is a table merges by key too. A value is settled when
one side left it alone, or both changed it to the same; a text of several lines also when it merges by its
lines, and ``created_at`` as the earlier one. Everything else is a clash. Nothing depends on which side is
ours.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, TypeGuard

from skillmeat.manifest.matching import numbered
from skillmeat.merging.lines import merge3, sides
from skillmeat.merging.order import Key, arranged

SETS: Final = frozenset({"tags", "aliases", "exclude", "problems"})
"""The lists whose order means nothing."""

_MEMBERS = ("artifacts",)

Data = dict[str, Any]
Way = tuple[str, ...]


class Missing:
    """What is not there."""

    def __repr__(self) -> str:
        return "MISSING"


MISSING: Final = Missing()


@dataclass(frozen=True, slots=True)
class Clash:
    """Where two changes contradict each other.

    ``way`` leads there, by keys and by what items are called. The values are those of each side,
    ``MISSING`` where there is none; those of an order are the lists of names.
    """

    way: Way
    base: Any
    ours: Any
    theirs: Any
    is_order: bool = False


@dataclass(frozen=True, slots=True)
class Merged:
    """The merge with every clash settled as on our side, and as on theirs; equal where there is none."""

    ours: Data
    theirs: Data
    clashes: tuple[Clash, ...]


def merged(base: Data, ours: Data, theirs: Data, kept: Collection[str] = ()) -> Merged:
    """The merge of two changes of ``base``. No argument is changed.

    A member of a collection that is in ``kept``, which a side took away and the other left alone, is a clash.
    """
    merger = _Merger(kept)
    found, found2 = merger.table((), base, ours, theirs)
    return Merged(found, found2, tuple(merger.clashes))


def same(one: Any, other: Any) -> bool:
    """Whether two values are equal and of one type: 1 is neither true nor 1.0. Keys have no order."""
    if type(one) is not type(other):
        return isinstance(one, datetime) and isinstance(other, datetime) and bool(one == other)
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(same(value, other[name]) for name, value in one.items())
    if isinstance(one, list):
        return len(one) == len(other) and all(map(same, one, other))
    return bool(one == other)


class _Merger:
    def __init__(self, kept: Collection[str]) -> None:
        self.kept = kept
        self.clashes: list[Clash] = []

    def table(self, way: Way, base: Data, ours: Data, theirs: Data) -> tuple[Data, Data]:
        found: tuple[Data, Data] = ({}, {})
        for name in {**base, **ours, **theirs}:
            values = (each.get(name, MISSING) for each in (base, ours, theirs))
            for side, value in zip(found, self.value((*way, name), *values), strict=True):
                if value is not MISSING:
                    side[name] = value
        return found

    def value(self, way: Way, base: Any, ours: Any, theirs: Any) -> tuple[Any, Any]:
        if not (self.kept and way == _MEMBERS):
            if same(ours, theirs) or same(base, theirs):
                return ours, ours
            if same(base, ours):
                return theirs, theirs
        present = [each for each in (base, ours, theirs) if each is not MISSING]
        if all(isinstance(each, dict) for each in present):
            tables = ({} if each is MISSING else each for each in (base, ours, theirs))
            found = self.table(way, *tables)
            return found[0] or MISSING, found[1] or MISSING
        if all(map(_is_named, present)):
            lists = ([] if each is MISSING else each for each in (base, ours, theirs))
            items = self.items(way, *lists)
            return items[0] or MISSING, items[1] or MISSING
        return self.scalar(way, base, ours, theirs)

    def scalar(self, way: Way, base: Any, ours: Any, theirs: Any) -> tuple[Any, Any]:
        moments = all(isinstance(each, datetime) and each.tzinfo for each in (ours, theirs))
        if moments and way[-1] == "created_at":
            return (min(ours, theirs),) * 2
        if all(isinstance(each, str) and "\n" in each for each in (base, ours, theirs)):
            chunks = merge3(base, ours, theirs)
            if all(chunk.settled for chunk in chunks):
                return (sides(chunks)[0],) * 2
        self.clashes.append(Clash(way, base, ours, theirs))
        return ours, theirs

    def items(self, way: Way, *lists: list[Any]) -> tuple[list[Any], list[Any]]:
        keys, by_key = [], []
        for items in lists:
            keys.append([(str(name), count) for name, count in numbered(items)])
            by_key.append(dict(zip(keys[-1], items, strict=True)))
        found: tuple[dict[Key, Any], dict[Key, Any]] = ({}, {})
        for key in dict.fromkeys(key for each in keys for key in each):
            item = self.item((*way, key[0]), *(each.get(key, MISSING) for each in by_key))
            for side, value in zip(found, item, strict=True):
                if value is not MISSING:
                    side[key] = value
        orders = arranged({*found[0], *found[1]}, *keys, free=way[-1] in SETS)
        if orders[0] != orders[1]:
            before, first, second = ([key[0] for key in order] for order in (keys[0], *orders))
            self.clashes.append(Clash(way, before, first, second, is_order=True))
        in_order = [
            [side[key] for key in order if key in side] for side, order in zip(found, orders, strict=True)
        ]
        return in_order[0], in_order[1]

    def item(self, way: Way, base: Any, ours: Any, theirs: Any) -> tuple[Any, Any]:
        if MISSING in (ours, theirs):
            other = theirs if ours is MISSING else ours
            if base is MISSING or other is MISSING:
                return other, other
            if same(base, other) and not (way[-1] in self.kept and way[:-1] == _MEMBERS):
                return MISSING, MISSING
            self.clashes.append(Clash(way, base, ours, theirs))
            return ours, theirs
        present = [each for each in (base, ours, theirs) if each is not MISSING]
        if any(isinstance(each, dict) for each in present):
            tables = ({} if each is MISSING else _as_table(each) for each in (base, ours, theirs))
            found = self.table(way, *tables)
            return _as_member(found[0]), _as_member(found[1])
        return ours, ours  # what an item of text is called is all that it is


def _is_named(value: Any) -> TypeGuard[list[Any]]:
    """Whether a value is a list whose items can be told apart by what they are called."""
    return isinstance(value, list) and all(isinstance(name, str) for name, _ in _numbered(value))


def _numbered(items: list[Any]) -> list[tuple[Any, int]]:
    plain = all(isinstance(item, str | dict) for item in items)
    names = (item[name] for item in items if isinstance(item, dict) for name in _NAMES if name in item)
    return numbered(items) if plain and all(isinstance(name, str) for name in names) else [(None, 0)]


_NAMES = ("artifact", "slug", "path")


def _as_table(item: Any) -> Data:
    return item if isinstance(item, dict) else {"artifact": item}


def _as_member(item: Data) -> Any:
    return item["artifact"] if item.keys() == {"artifact"} else item
