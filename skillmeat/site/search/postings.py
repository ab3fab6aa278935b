"""Which record says what: terms in sorted files, each with the records that have it and where.

``data/terms.gz``: ``terms``, the first term of each file of terms; ``prefixes``, by file of prefixes the
prefixes in it; both in order.

``data/terms/N.gz``: ``terms``, front-coded; columns: the length of each term's postings in bytes, and the
postings in a row. A posting is a varint of (distance to the record before) << 3 | impact.

``data/prefixes/N.gz``: the same of beginnings so common that their terms fill more than ``MOST_FILES`` files:
each stands for all its terms, with the highest impact. So no word, however short, needs more than that.

``data/vocabulary.gz``: ``terms``, front-coded: the words a misspelt one may have meant; a column: the
logarithm of how many records have each.

Front-coded: one line a term; its first character less ``0`` is how many characters it shares with the
one before. Terms are in the order of their UTF-16 code units, which is how JavaScript compares.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Final

from skillmeat.site.edition import Edition
from skillmeat.site.search.container import Column, File, column
from skillmeat.site.search.words import is_cjk, terms, words
from skillmeat.views import Json

BODY, BODY_OFTEN, DESCRIPTION, TAG, LONG_NAME, NAME, WHOLE_NAME = range(7)
"""Where a record says a word, the least telling place first: a name of one word is ``WHOLE_NAME``, of up to
three ``NAME``. Three bits."""

OFTEN: Final = 3
FILE_BYTES: Final = 8_000
MOST_FILES: Final = 2
MOST_WORDS: Final = 8_000
"""How many words the vocabulary has: those that most records say."""

Said = tuple[str, Sequence[int]]
Postings = Mapping[str, Sequence[int]]
"""By term, in the order of records: number << 3 | impact."""


def files(edition: Edition) -> Iterator[tuple[str, File]]:
    """All of it, by the files' names below ``data/``."""
    found = postings(edition)
    ordered = sorted(found, key=_utf16)
    shards = list(_shards((term, found[term]) for term in ordered))
    common = _common_prefixes([shard.terms[0] for shard in shards])
    unions = list(_shards(_unions(found, ordered, common)))
    yield (
        "terms.gz",
        File({"terms": [each.terms[0] for each in shards], "prefixes": [each.terms for each in unions]}),
    )
    for folder, made in (("terms", shards), ("prefixes", unions)):
        for number, shard in enumerate(made):
            yield f"{folder}/{number}.gz", shard.file()
    yield "vocabulary.gz", _vocabulary(found)


def postings(edition: Edition) -> Postings:
    """Every term of the catalog."""
    found: dict[str, list[int]] = defaultdict(list)
    for number, each in enumerate(edition.artifacts.values()):
        once, often = number << 3 | BODY, number << 3 | BODY_OFTEN
        for term, count in terms(edition.body(each["id"])).items():
            found[term].append(often if count >= OFTEN else once)
        for term, impact in _impacts(edition, each).items():
            places = found[term]
            if places and places[-1] >= once:
                places.pop()
            places.append(once | impact)
    return found


def _impacts(edition: Edition, artifact: Json) -> dict[str, int]:
    """The terms of a record's own fields."""
    tags = [f"{tag} {edition.tags[tag]['name']}" for tag in artifact["tags"] if tag in edition.tags]
    name = terms(artifact["name"], names=True)
    length = len(set(words(artifact["name"])))
    impact = WHOLE_NAME if length == 1 else NAME if length <= 3 else LONG_NAME
    return {
        **dict.fromkeys(terms(artifact["description"] or "", names=True), DESCRIPTION),
        **dict.fromkeys(terms(" ".join(tags), names=True), TAG),
        **dict.fromkeys(terms(artifact["slug"], names=True), LONG_NAME),
        **dict.fromkeys(name, impact),
    }


# -------------------------------------------------------------------- files


@dataclass(frozen=True, slots=True)
class _Shard:
    terms: list[str]
    postings: list[bytes]

    def file(self) -> File:
        lengths = column(map(len, self.postings))
        return File({"terms": front_coded(self.terms)}, [lengths, Column(1, b"".join(self.postings))])


def _shards(ordered: Iterable[Said]) -> Iterator[_Shard]:
    shard, size = _Shard([], []), 0
    for term, places in ordered:
        data = _encoded(places)
        if size and size + len(data) > FILE_BYTES:
            yield shard
            shard, size = _Shard([], []), 0
        shard.terms.append(term)
        shard.postings.append(data)
        size += len(data) + 4
    if shard.terms:
        yield shard


def front_coded(ordered: Iterable[str]) -> str:
    """Terms in their order, as lines. Nothing beyond U+FFFF is shared: JavaScript counts those twice."""
    lines, before = [], ""
    for term in ordered:
        shared = 0
        for one, other in zip(term, before, strict=False):
            if one != other or one > "\uffff":
                break
            shared += 1
        lines.append(f"{chr(48 + shared)}{term[shared:]}")
        before = term
    return "\n".join(lines)


def _encoded(places: Sequence[int]) -> bytes:
    # With the impact in the lowest three bits of both, the difference to the record before has it too.
    steps = [places[0], *[place - (before & ~7) for before, place in pairwise(places)]]
    known = _varints()
    try:
        return b"".join([known[step] for step in steps])
    except IndexError:
        return b"".join([_varint(step) for step in steps])


@cache
def _varints() -> list[bytes]:
    return [_varint(number) for number in range(1 << 14)]


def _varint(number: int) -> bytes:
    data = bytearray()
    while number > 0x7F:
        data.append(number & 0x7F | 0x80)
        number >>= 7
    data.append(number)
    return bytes(data)


# ----------------------------------------------------------------- prefixes


def _common_prefixes(firsts: Sequence[str]) -> list[str]:
    """The beginnings whose terms lie in more than ``MOST_FILES`` files, given each file's first term.

    A query for a prefix looks into every file whose first term begins with it, and the one before these.
    """
    begun = Counter(first[:length] for first in firsts[1:] for length in range(1, len(first) + 1))
    return sorted((prefix for prefix, count in begun.items() if count >= MOST_FILES), key=_utf16)


def _unions(found: Postings, ordered: Sequence[str], prefixes: Sequence[str]) -> list[Said]:
    """The postings of all terms with a prefix, for each: from the last to the first, so that a prefix is
    made of the longer ones in it."""
    keys = [_utf16(term) for term in ordered]
    made: list[Said] = []
    stretches: dict[int, tuple[int, Sequence[int]]] = {}
    for prefix in reversed(prefixes):
        start, stop = (bisect_left(keys, _utf16(prefix + end)) for end in ("", "\uffff"))
        every: list[int] = []
        place = start
        while place < stop:
            after, places = stretches.get(place) or (place + 1, found[ordered[place]])
            every += places
            place = after
        every.sort()  # a record's highest impact comes last
        union = list({place >> 3: place for place in every}.values())
        stretches[start] = stop, union
        made.append((prefix, union))
    return made[::-1]


# --------------------------------------------------------------- vocabulary


def _vocabulary(found: Postings) -> File:
    said = {
        term: len(places)
        for term, places in found.items()
        if len(places) > 1 and term.isalpha() and len(term) > 2 and not is_cjk(term)
    }
    most = sorted(sorted(said, key=lambda term: (-said[term], term))[:MOST_WORDS], key=_utf16)
    return File({"terms": front_coded(most)}, [column(said[term].bit_length() for term in most)])


def _utf16(term: str) -> bytes:
    return term.encode("utf-16-be")
