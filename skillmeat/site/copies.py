"""Artifacts that are the same thing, and so are one row of a list."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from skillmeat.text import fold
from skillmeat.views import Json


def copies(records: Sequence[Json]) -> list[list[int]]:
    """The sets of records that are the same thing, by their places, first ones first.

    Of one type and with the content that the lock gives one hash; or, where there is no hash, with one name
    (in any case) and one description. Records that say nothing of themselves are no copies.
    """
    found: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for place, each in enumerate(records):
        if each["hash"]:
            found[each["type"], each["hash"]].append(place)
        elif each["description"]:
            found[each["type"], fold(each["name"]), each["description"]].append(place)
    return [places for places in found.values() if len(places) > 1]
