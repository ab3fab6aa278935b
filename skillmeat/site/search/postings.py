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

import hashlib
import sys
from array import array
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, partial
from itertools import pairwise
from typing import Final

from skillmeat.site import marks
from skillmeat.site.edition import Edition
from skillmeat.site.output import digest, mark
from skillmeat.site.search.container import Column, File, column
from skillmeat.site.search.lasting import Lasting, Lists, dumped, loaded
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

Postings = Mapping[str, Sequence[int]]
"""By term, in the order of records: number << 3 | impact."""

KEPT: Final = "terms"


def files(edition: Edition) -> Iterator[tuple[str, str, Callable[[], File]]]:
    """All of it, by the files' names below ``data/``; each with a key."""
    lasting = _lasting(edition)
    terms = sorted(lasting.terms.places, key=_utf16)
    shards = list(_shards(lasting.terms, terms))
    prefixes = _common_prefixes([shard.names[0] for shard in shards])
    lasting.prefixes = _unions(lasting, terms, prefixes)
    unions = list(_shards(lasting.prefixes, prefixes))
    edition.kept.write(KEPT, dumped(lasting))
    first = {"terms": [each.names[0] for each in shards], "prefixes": [each.names for each in unions]}
    yield "terms.gz", digest(first), lambda: File(first)
    for folder, made in (("terms", shards), ("prefixes", unions)):
        for number, shard in enumerate(made):
            yield f"{folder}/{number}.gz", shard.key(), shard.file
    vocabulary = _vocabulary(lasting.terms.places)
    yield "vocabulary.gz", digest(vocabulary), partial(_words, vocabulary)


def _lasting(edition: Edition) -> Lasting:
    """The postings of the last build, brought up to date if they can be."""
    whole, tags = edition.once(marks.artifacts), edition.once(marks.chips)
    records = {
        each["id"]: mark(whole[each["id"]], edition.version(each["id"]), *marks.group(tags, each["tags"]))
        for each in edition.artifacts.values()
    }
    lasting = loaded(edition.kept.read(KEPT))
    if lasting.update(records, partial(_all_impacts, edition)):
        return lasting
    return Lasting(records, Lists({term: array("I", places) for term, places in postings(edition).items()}))


def _all_impacts(edition: Edition, artifact_id: str) -> dict[str, int]:
    """What ``postings`` says of one record."""
    said = terms(edition.body(artifact_id)).items()
    body = {term: BODY_OFTEN if count >= OFTEN else BODY for term, count in said}
    return {**body, **_impacts(edition, edition.artifacts[artifact_id])}


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
    names: list[str]
    lists: Lists
    encoded: dict[str, bytes] = field(default_factory=dict)  # those of which the size was not known

    def key(self) -> str:
        whole = hashlib.blake2b("\n".join(self.names).encode("utf-8", "surrogatepass"), digest_size=16)
        for name in self.names:
            whole.update(_little_endian(self.lists.places[name]))
        return whole.hexdigest()

    def file(self) -> File:
        places, known = self.lists.places, self.encoded
        postings = [known[each] if each in known else _encoded(places[each]) for each in self.names]
        lengths = column(map(len, postings))
        return File({"terms": front_coded(self.names)}, [lengths, Column(1, b"".join(postings))])


def _little_endian(places: array[int]) -> array[int]:
    if sys.byteorder == "big":
        places = array("I", places)
        places.byteswap()
    return places


def _shards(lists: Lists, ordered: Iterable[str]) -> Iterator[_Shard]:
    shard, size = _Shard([], lists), 0
    for name in ordered:
        new = None if name in lists.sizes else _encoded(lists.places[name])
        if new is not None:
            lists.sizes[name] = len(new)
        more = lists.sizes[name]
        if size and size + more > FILE_BYTES:
            yield shard
            shard, size = _Shard([], lists), 0
        shard.names.append(name)
        if new is not None:
            shard.encoded[name] = new
        size += more + 4
    if shard.names:
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


def _unions(lasting: Lasting, ordered: Sequence[str], prefixes: Sequence[str]) -> Lists:
    """The postings of all terms with a prefix, for each: from the last to the first, so that a prefix is
    made of the longer ones in it. Those that are known are left as they are."""
    keys = [_utf16(term) for term in ordered]
    known, made = lasting.prefixes, Lists()
    stretches: dict[int, tuple[int, Sequence[int]]] = {}
    for prefix in reversed(prefixes):
        start, stop = (bisect_left(keys, _utf16(prefix + end)) for end in ("", "\uffff"))
        union = known.places.get(prefix)
        if union is None:
            union = _union(lasting.terms.places, ordered, start, stop, stretches)
        elif prefix in known.sizes:
            made.sizes[prefix] = known.sizes[prefix]
        stretches[start] = stop, union
        made.places[prefix] = union
    return made


def _union(
    places: Postings,
    ordered: Sequence[str],
    start: int,
    stop: int,
    stretches: Mapping[int, tuple[int, Sequence[int]]],
) -> array[int]:
    every: list[int] = []
    place = start
    while place < stop:
        after, found = stretches.get(place) or (place + 1, places[ordered[place]])
        every += found
        place = after
    every.sort()  # a record's highest impact comes last
    return array("I", {place >> 3: place for place in every}.values())


# --------------------------------------------------------------- vocabulary


def _vocabulary(found: Postings) -> dict[str, int]:
    """The words, in order, and how many records say each."""
    said = {
        term: len(places)
        for term, places in found.items()
        if len(places) > 1 and term.isalpha() and len(term) > 2 and not is_cjk(term)
    }
    most = sorted(sorted(said, key=lambda term: (-said[term], term))[:MOST_WORDS], key=_utf16)
    return {term: said[term].bit_length() for term in most}


def _words(vocabulary: Mapping[str, int]) -> File:
    return File({"terms": front_coded(vocabulary)}, [column(vocabulary.values())])


def _utf16(term: str) -> bytes:
    return term.encode("utf-16-be")
