"""The order of a list that two sides changed.

Of two items that both sides hold, the one comes first that a side put first which had them the other way
round in the base: no side's move is undone. What only one side holds follows the item that it followed
there, and stands at the end where it stood at the end; where both sides put something at one place, the
run whose first item sorts first comes first. So the result does not depend on which side is ours.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from functools import cmp_to_key
from itertools import combinations

Key = tuple[str, int]
Keys = list[Key]

_MOST = 400
"""How many items two reorderings may be entangled in: beyond that they are a conflict."""


def arranged(keys: set[Key], base: Keys, ours: Keys, theirs: Keys, *, free: bool) -> tuple[Keys, Keys]:
    """``keys`` in order, settled as on our side and as on theirs where both moved the same items differently.

    Where nothing is left to settle the two are equal. ``free`` says that the order means nothing: then it is
    always settled, and two sorted sides give a sorted result. No list holds a key twice.
    """
    if free and ours == sorted(ours) and theirs == sorted(theirs):
        return sorted(keys), sorted(keys)
    both = keys & set(ours) & set(theirs)
    of_ours, of_theirs = ([key for key in side if key in both] for side in (ours, theirs))
    core = _settled([key for key in base if key in both], of_ours, of_theirs)
    if core is None and free:
        core = sorted(both)
    runs = [_runs(side, keys, both) for side in (ours, theirs)]
    first = _filled(of_ours if core is None else core, *runs)
    return first, first if core is not None else _filled(of_theirs, *runs)


def _settled(base: Keys, ours: Keys, theirs: Keys) -> Keys | None:
    """The order of what both sides hold; None when they contradict each other."""
    if ours == theirs:
        return ours
    if len(base) < len(ours):  # some were put in by both sides
        return _tournament(base, ours, theirs)
    found: Keys = []
    for start, end in _stretches(base, ours, theirs):
        stretch = _tournament(base[start:end], ours[start:end], theirs[start:end])
        if stretch is None:
            return None
        found += stretch
    return found


def _stretches(base: Keys, ours: Keys, theirs: Keys) -> Iterator[tuple[int, int]]:
    """The shortest stretches that hold the same items in all three."""
    place = {key: index for index, key in enumerate(base)}
    start = reach = 0
    for index, pair in enumerate(zip(ours, theirs, strict=True)):
        reach = max(reach, *(place[key] for key in pair))
        if reach == index:
            yield start, index + 1
            start = index + 1


def _tournament(base: Keys, ours: Keys, theirs: Keys) -> Keys | None:
    if ours == theirs or base == theirs:
        return ours
    if base == ours:
        return theirs
    if len(ours) > _MOST:
        return None
    ranks = [{key: index for index, key in enumerate(each)} for each in (base, ours, theirs)]
    in_base, in_ours, in_theirs = ranks
    if _moved_apart(base, ours, theirs):
        return None

    def is_first(one: Key, other: Key) -> bool | None:
        by_us, by_them = in_ours[one] < in_ours[other], in_theirs[one] < in_theirs[other]
        if one not in in_base or other not in in_base:
            return by_us if by_us == by_them else None
        before = in_base[one] < in_base[other]
        return by_us if by_us != before else by_them

    def compared(one: Key, other: Key) -> int:
        return -1 if is_first(one, other) else 1

    order = sorted(ours, key=cmp_to_key(compared))
    sound = all(is_first(one, other) for one, other in combinations(order, 2))
    return order if sound else None


def _moved_apart(base: Keys, ours: Keys, theirs: Keys) -> bool:
    """Whether both sides moved an item, and not to the same place among those that neither moved."""
    moved = [_moved(base, [key for key in side if key in set(base)]) for side in (ours, theirs)]
    still = set(base) - moved[0] - moved[1]
    for key in moved[0] & moved[1]:
        above = (still.intersection(side[: side.index(key)]) for side in (ours, theirs))
        if len({frozenset(each) for each in above}) > 1:
            return True
    return False


def _moved(base: Keys, side: Keys) -> set[Key]:
    """The items that must have been moved: those in no longest ascending run."""
    place = {key: index for index, key in enumerate(base)}
    places = [place[key] for key in side]
    up = _lengths(places)
    down = _lengths([-each for each in reversed(places)])[::-1]
    longest = max(up, default=0)
    return {key for key, a, b in zip(side, up, down, strict=True) if a + b - 1 < longest}


def _lengths(places: Sequence[int]) -> list[int]:
    """For each number the length of the longest ascending run that ends with it."""
    tails: list[int] = []
    found = []
    for place in places:
        length = bisect_left(tails, place)
        tails[length : length + 1] = [place]
        found.append(length + 1)
    return found


_START: Key = ("", -1)
_END: Key = ("", -2)


def _runs(side: Keys, keys: set[Key], both: set[Key]) -> dict[Key, Keys]:
    """What only this side holds, by what it follows."""
    found: dict[Key, Keys] = {}
    after = _START
    run: Keys = []
    for key in side:
        if key in both:
            found[after] = run
            after, run = key, []
        elif key in keys:
            run.append(key)
    found[_END if both else _START] = run
    return found


def _filled(core: Keys, *runs: dict[Key, Keys]) -> Keys:
    found: Keys = []
    for key in (_START, *core, _END):
        if key not in (_START, _END):
            found.append(key)
        for run in sorted(each[key] for each in runs if each.get(key)):
            found += run
    return found
