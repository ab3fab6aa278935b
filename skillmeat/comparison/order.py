"""The fewest items whose moving turns one order into another."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence


def moved(before: Sequence[str], after: Sequence[str]) -> list[str]:
    """What moved among the items that are in both, in its new order; the rest kept its order.

    Items are unique. What stays is a longest common subsequence, found in O(n log n).
    """
    place = {item: at for at, item in enumerate(before)}
    common = [item for item in after if item in place]
    tails: list[int] = []  # the smallest last place of an ascending run of each length
    ends: list[int] = []  # the index in ``common`` of that last item
    previous: list[int] = []
    for index, item in enumerate(common):
        length = bisect_left(tails, place[item])
        previous.append(ends[length - 1] if length else -1)
        tails[length : length + 1] = [place[item]]
        ends[length : length + 1] = [index]
    kept: set[int] = set()
    index = ends[-1] if ends else -1
    while index >= 0:
        kept.add(index)
        index = previous[index]
    return [item for index, item in enumerate(common) if index not in kept]
