"""The postings of the last build, brought up to date: most of them are what they were.

What is kept is a line of JSON and then numbers of four bytes: the postings of every term and of every common
prefix. Which records they are of is told by ids and keys; a record with another key is taken out and put in
again, and numbers are changed where records came or went. When too little is left, all is made anew.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Final

from pydantic_core import from_json, to_json

from skillmeat.site.search.impacts import whole

Impacts = Mapping[str, int]
"""Of a record: its terms, and where it says them."""

FEW: Final = 16
"""So few records are looked for in every list; of more, every posting is looked at."""


@dataclass
class Lists:
    """Postings by what they are of, each in the order of records: number << 4 | impact.

    ``sizes`` are the bytes that they take, as far as these are known.
    """

    places: dict[str, array[int]] = field(default_factory=dict)
    sizes: dict[str, int] = field(default_factory=dict)

    def drop(self, number: int) -> None:
        """Take a record out of all of them."""
        first = number << 4
        for name, places in self.places.items():
            at = bisect_left(places, first)
            if at < len(places) and places[at] >> 4 == number:
                before = _size(places, at, at + 2)
                del places[at]
                self._grown(name, _size(places, at, at + 1) - before)

    def renumber(self, moved: Sequence[int]) -> None:
        """Give records the numbers that ``moved`` has at their present ones; -1 takes them out."""
        for name, places in self.places.items():
            kept = [moved[each >> 4] << 4 | each & 15 for each in places if moved[each >> 4] >= 0]
            self.places[name] = array("I", kept)
        self.sizes.clear()

    def put(self, name: str, place: int) -> None:
        """Put a posting where it belongs."""
        places = self.places.setdefault(name, array("I"))
        at = bisect_left(places, place)
        before = _size(places, at, at + 1)
        places.insert(at, place)
        self._grown(name, _size(places, at, at + 2) - before)

    def _grown(self, name: str, more: int) -> None:
        if name in self.sizes:
            self.sizes[name] += more


def _size(places: Sequence[int], start: int, stop: int) -> int:
    """The bytes that some postings take: of each the varint of the distance to the one before."""
    size = 0
    for at in range(start, min(stop, len(places))):
        step = places[at] - (places[at - 1] & ~15 if at else 0)
        size += max(1, (step.bit_length() + 6) // 7)
    return size


@dataclass
class Lasting:
    """The postings of terms and of common prefixes. ``records`` are ids and keys, in order."""

    records: dict[str, str] = field(default_factory=dict)
    terms: Lists = field(default_factory=Lists)
    prefixes: Lists = field(default_factory=Lists)

    def update(self, records: Mapping[str, str], impacts: Callable[[str], Impacts]) -> bool:
        """Bring it to these records, asking for the impacts of those that changed.

        False, and nothing was done, when too many did, or some changed places.
        """
        fresh = [each for each, key in records.items() if self.records.get(each) != key]
        same = [each for each in records if each in self.records]
        if 2 * len(fresh) > len(records) or same != [each for each in self.records if each in records]:
            return False
        numbers = {each: number for number, each in enumerate(records)}
        left = records.keys() - set(fresh)
        moved = [numbers[each] if each in left else -1 for each in self.records]
        gone = [number for number, now in enumerate(moved) if now < 0]
        stay = all(now in (-1, number) for number, now in enumerate(moved))
        for lists in (self.terms, self.prefixes):
            if stay and len(gone) <= FEW:
                for number in gone:
                    lists.drop(number)
            else:
                lists.renumber(moved)
        for each in fresh:
            self._put(numbers[each], impacts(each))
        self.terms.places = {term: places for term, places in self.terms.places.items() if places}
        self.records = dict(records)
        return True

    def _put(self, number: int, impacts: Impacts) -> None:
        begun: dict[str, int] = {}
        for term, impact in impacts.items():
            if term in self.prefixes.places:
                begun[term] = max(whole(impact), begun.get(term, 0))
            self.terms.put(term, number << 4 | impact)
            for length in range(1, len(term)):
                prefix = term[:length]
                if prefix in self.prefixes.places:
                    begun[prefix] = max(impact, begun.get(prefix, 0))
        for prefix, impact in begun.items():
            self.prefixes.put(prefix, number << 4 | impact)


# ------------------------------------------------------------------ on disk


def dumped(lasting: Lasting) -> bytes:
    """It as bytes; none where a term cannot be written."""
    both = (lasting.terms, lasting.prefixes)
    head = {
        "records": lasting.records,
        "names": [list(each.places) for each in both],
        "counts": [list(map(len, each.places.values())) for each in both],
        "sizes": [each.sizes for each in both],
    }
    with suppress(ValueError):  # half a surrogate pair
        text = to_json(head)
        return b"".join(
            [text, b"\n", *(places.tobytes() for each in both for places in each.places.values())]
        )
    return b""


def loaded(data: bytes | None) -> Lasting:
    """What ``dumped`` wrote; empty when that is nothing."""
    head, _, body = (data or b"").partition(b"\n")
    if not head:
        return Lasting()
    page: dict[str, Any] = from_json(head, cache_strings="none")
    numbers = array("I")
    numbers.frombytes(body)
    start, both = 0, []
    for names, counts, sizes in zip(page["names"], page["counts"], page["sizes"], strict=True):
        lists = Lists(sizes=sizes)
        for name, count in zip(names, counts, strict=True):
            lists.places[name] = numbers[start : start + count]
            start += count
        both.append(lists)
    return Lasting(page["records"], *both)
