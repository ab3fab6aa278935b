"""Which record says what: terms in sorted files, each with the records that have it and where.

``data/terms.gz``: ``terms``, by file of terms the shortest text that is after all terms of the file before
and not after its own; ``prefixes``, the same of the files of prefixes; both front-coded. Columns: by file of
terms, and by file of prefixes, its size as ``_weight`` expects it, in units of ``WEIGHT_UNIT``.

``data/terms/N.gz``: ``terms``, front-coded; columns: the length of each term's postings in bytes, and the
postings in a row. A posting is a varint of (distance to the record before) << 4 | impact.

``data/prefixes/N.gz``: the same of each beginning whose terms do not lie in one file, which are those that a
text of ``data/terms.gz`` goes on from: each stands for all its terms, with the highest impact. So any word,
however short, is looked up in one file.

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
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from math import log2
from typing import Final

from skillmeat.site import marks
from skillmeat.site.edition import Edition
from skillmeat.site.output import digest
from skillmeat.site.search.container import Column, File, column
from skillmeat.site.search.impacts import (
    BODY,
    BODY_OFTEN,
    DESCRIPTION,
    LONG_NAME,
    NAME,
    TAG,
    WHOLE_NAME,
    whole,
)
from skillmeat.site.search.lasting import Lasting, Lists, dumped, loaded
from skillmeat.site.search.words import is_cjk, terms, words
from skillmeat.views import Json

OFTEN: Final = 3
LEAST_BYTES: Final = 4_000
MOST_FILES: Final = 3_000
"""A file of terms has ``LEAST_BYTES`` of postings, or as many as it takes to need no more files."""

WEIGHT_UNIT: Final = 512
IMPACT_BITS: Final = 2.8
TERM_BYTES: Final = 6
"""Of a posting and of a term in a file, once compressed."""

MOST_WORDS: Final = 8_000
"""How many words the vocabulary has: those that most records say."""

Postings = Mapping[str, Sequence[int]]
"""By term, in the order of records: number << 4 | impact."""

KEPT: Final = "terms"


def files(edition: Edition) -> Iterator[tuple[str, str, Callable[[], File]]]:
    """All of it, by the files' names below ``data/``; each with a key."""
    lasting = _lasting(edition)
    made = files_of(lasting)
    edition.kept.write(KEPT, dumped(lasting))
    return made


def files_of(lasting: Lasting) -> Iterator[tuple[str, str, Callable[[], File]]]:
    """What these postings are as files; the common prefixes are brought up to date on the way."""
    terms = sorted(lasting.terms.places, key=_utf16)
    encoded = _measured(lasting.terms, terms)
    most = _file_bytes(sum(lasting.terms.sizes[term] + 4 for term in terms))
    shards = list(_shards(lasting.terms, terms, encoded, most))
    prefixes = _common_prefixes(_starts(shards))
    lasting.prefixes = _unions(lasting, terms, prefixes)
    unions = list(_shards(lasting.prefixes, prefixes, _measured(lasting.prefixes, prefixes), most))
    return _named(lasting, shards, unions)


def _named(
    lasting: Lasting, shards: Sequence[_Shard], unions: Sequence[_Shard]
) -> Iterator[tuple[str, str, Callable[[], File]]]:
    first = {"terms": front_coded(_starts(shards)), "prefixes": front_coded(_starts(unions))}
    weights = [[each.weight(len(lasting.records)) for each in made] for made in (shards, unions)]
    yield "terms.gz", digest(first, weights), lambda: File(first, list(map(column, weights)))
    for folder, made in (("terms", shards), ("prefixes", unions)):
        for number, shard in enumerate(made):
            yield f"{folder}/{number}.gz", shard.key(), shard.file
    vocabulary = _vocabulary(lasting.terms.places)
    yield "vocabulary.gz", digest(vocabulary), partial(_words, vocabulary)


def _lasting(edition: Edition) -> Lasting:
    """The postings of the last build, brought up to date if they can be."""
    records = dict(edition.once(marks.own))
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
        once, often = number << 4 | BODY, number << 4 | BODY_OFTEN
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
    encoded: Mapping[str, bytes]  # those of which the size was not known

    def key(self) -> str:
        whole = hashlib.blake2b("\n".join(self.names).encode("utf-8", "surrogatepass"), digest_size=16)
        for name in self.names:
            whole.update(_little_endian(self.lists.places[name]))
        return whole.hexdigest()

    def weight(self, records: int) -> int:
        return round(sum(_weight(len(self.lists.places[name]), records) for name in self.names) / WEIGHT_UNIT)

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


def _weight(count: int, records: int) -> float:
    """The bytes that so many postings and their term take in a file, about: what must be told of them is
    which records they are of and, with less to it, where these say it."""
    others = records - count
    chosen = count * log2(records / count) + (others * log2(records / others) if others else 0)
    return (chosen + count * IMPACT_BITS) / 8 + TERM_BYTES


def _measured(lists: Lists, names: Iterable[str]) -> dict[str, bytes]:
    """What the lists of which the size was not known are as bytes; now it is."""
    encoded = {name: _encoded(lists.places[name]) for name in names if name not in lists.sizes}
    lists.sizes.update({name: len(data) for name, data in encoded.items()})
    return encoded


def _file_bytes(whole: int) -> int:
    """How many bytes a file has. It grows in steps, so that a change seldom makes all files anew."""
    size = LEAST_BYTES
    while size * MOST_FILES < whole:
        size += size // 2
    return size


def _shards(
    lists: Lists, ordered: Iterable[str], encoded: Mapping[str, bytes], most: int
) -> Iterator[_Shard]:
    names: list[str] = []
    size = 0
    for name in ordered:
        more = lists.sizes[name]
        if size and size + more > most:
            yield _Shard(names, lists, encoded)
            names, size = [], 0
        names.append(name)
        size += more + 4
    if names:
        yield _Shard(names, lists, encoded)


def _starts(shards: Sequence[_Shard]) -> list[str]:
    """What tells each from the one before it."""
    last = ["", *(shard.names[-1] for shard in shards)]
    return [_between(before, shard.names[0]) for before, shard in zip(last, shards, strict=False)]


def _between(before: str, term: str) -> str:
    """The shortest beginning of a term that is after the term before; empty where there is none before."""
    shared = 0
    for one, other in zip(before, term, strict=False):
        if one != other:
            break
        shared += 1
    return term[: shared + 1] if before else ""


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
    # With the impact in the lowest four bits of both, the difference to the record before has it too.
    steps = [places[0], *[place - (before & ~15) for before, place in pairwise(places)]]
    return b"".join([_VARINTS[step] for step in steps])


class _Varints(dict[int, bytes]):
    """Numbers as bytes, each made when it is first asked for: most are asked for again and again."""

    def __missing__(self, number: int) -> bytes:
        found = self[number] = _varint(number)
        return found


_VARINTS: Final = _Varints()


def _varint(number: int) -> bytes:
    data = bytearray()
    while number > 0x7F:
        data.append(number & 0x7F | 0x80)
        number >>= 7
    data.append(number)
    return bytes(data)


# ----------------------------------------------------------------- prefixes


def _common_prefixes(starts: Sequence[str]) -> list[str]:
    """The beginnings whose terms do not lie in one file, given what ``data/terms.gz`` says of the files."""
    return sorted({start[:end] for start in starts[1:] for end in range(1, len(start))}, key=_utf16)


def _unions(lasting: Lasting, ordered: Sequence[str], prefixes: Sequence[str]) -> Lists:
    """The postings of all terms with a prefix, for each: from the last to the first, so that a prefix is
    made of the longer ones in it. Those that are known are left as they are."""
    keys = [_utf16(term) for term in ordered]
    terms, known, made = lasting.terms.places, lasting.prefixes, Lists()
    stretches: dict[int, tuple[int, Sequence[int]]] = {}
    for prefix in reversed(prefixes):
        start, stop = (bisect_left(keys, _utf16(prefix + end)) for end in ("", "\uffff"))
        union = known.places.get(prefix)
        if union is None:
            begun = _union(terms, ordered, start, stop, stretches)
            stretches[start] = stop, begun
            union = _highest([*begun, *map(whole, terms[prefix])]) if prefix in terms else begun
        elif prefix in known.sizes:
            made.sizes[prefix] = known.sizes[prefix]
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
    return _highest(every)


def _highest(every: list[int]) -> array[int]:
    every.sort()  # a record's highest impact comes last
    return array("I", {place >> 4: place for place in every}.values())


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
