"""Which item of an old list is which item of a new one."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from typing import Any


def identity(item: Any) -> Any:
    """What makes an item the same item: its text, or the key that no two items share."""
    if not isinstance(item, dict):
        return item
    return next((item[name] for name in ("artifact", "slug", "path") if name in item), None)


def numbered(items: list[Any]) -> list[tuple[Any, int]]:
    """The identity of each item, with how many equal ones stand before it."""
    seen: Counter[Any] = Counter()
    found = []
    for name in map(identity, items):
        found.append((name, seen[name]))
        seen[name] += 1
    return found


def renamed(old: list[Any], new: list[Any]) -> dict[int, tuple[Any, Any]]:
    """The items that are in both lists and differ, by their index in ``old``: before and after.

    In lists of one length an item without a partner is taken to have become the one in its place.
    """
    old_names, new_names = numbered(old), numbered(new)
    places = {name: index for index, name in enumerate(new_names)}
    pairs = {index: places[name] for index, name in enumerate(old_names) if name in places}
    if len(old) == len(new):
        known = {name for name, _ in old_names}
        pairs |= {
            i: i
            for i, (name, count) in enumerate(new_names)
            if i not in pairs and name not in known and not count
        }
    return {i: (old[i], new[j]) for i, j in pairs.items() if old[i] != new[j]}


def steady(old: list[Any], new: list[Any]) -> tuple[dict[int, int], set[int]]:
    """Where the kept items of ``old`` go in ``new``, and which of them need not be moved to get there.

    Those are a longest ascending run, so the fewest lines move.
    """
    places = {name: index for index, name in enumerate(numbered(new))}
    kept = {index: places[name] for index, name in enumerate(numbered(old)) if name in places}
    tails: list[int] = []
    ends: list[int] = []
    previous: dict[int, int | None] = {}
    for index, place in kept.items():
        length = bisect_left(tails, place)
        previous[index] = ends[length - 1] if length else None
        tails[length : length + 1] = [place]
        ends[length : length + 1] = [index]
    run = set()
    last = ends[-1] if ends else None
    while last is not None:
        run.add(last)
        last = previous[last]
    return kept, run
