"""The index that the site is searched with: facets as columns, texts as an inverted index, both in files.

The browser does the rest (``assets/engine.js`` and ``assets/query.js``). FORMAT of the files, all below
``data/``: ``container`` says what every file looks like, ``facets``, ``cards`` and ``postings`` what is in
theirs. Records are numbered in the order of every list, ``edition.artifacts``.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Iterator
from functools import partial

from skillmeat.site import marks
from skillmeat.site.edition import Edition
from skillmeat.site.making import chunks
from skillmeat.site.output import Made, Output, Planned, digest, mark
from skillmeat.site.search import facets, postings
from skillmeat.site.search.cards import PER_FILE, by_name, card, titles
from skillmeat.site.search.container import File, pack

FOLDER = "data/"


def index(edition: Edition) -> Made:
    """``data/``: everything that search and facets need but the cards, the facets last."""
    order = edition.once(_order)
    version = zlib.crc32(mark(*edition.once(marks.rows).values()).encode())
    for name, key, make in _files(edition):
        version = zlib.crc32(f"{name}{order}{key}".encode(), version)
        yield Planned(f"{FOLDER}{name}", digest(order, key), partial(_file, name, make, order))
    yield Output(f"{FOLDER}facets.gz", pack(facets.columns(edition, f"{version:08x}"), order))


def cards_of(edition: Edition, ids: Iterable[str]) -> Made:
    """``data/cards/``, of records that follow one another, beginning with the first of a file."""
    known, order, places = edition.once(basis), edition.once(_order), edition.places
    for some in chunks(list(ids), PER_FILE):
        name = f"cards/{places[some[0]] // PER_FILE}.gz"
        make = partial(card, edition, [edition.artifacts[each] for each in some])
        yield Planned(f"{FOLDER}{name}", known.key_of(some), partial(_file, name, make, order))


def basis(edition: Edition) -> marks.Basis:
    """What cards are made of."""
    order = str(edition.once(_order))
    return marks.Basis((edition.once(marks.rows).__getitem__, lambda _: order), ())


def _order(edition: Edition) -> int:
    return zlib.crc32("\n".join(edition.artifacts).encode())


def _file(name: str, make: Callable[[], File], order: int) -> Iterator[Output]:
    yield Output(f"{FOLDER}{name}", pack(make(), order))


def _files(edition: Edition) -> Iterator[tuple[str, str, Callable[[], File]]]:
    """The name of each, a key, and what makes it."""
    names = mark(*marks.group(edition.once(marks.names), edition.artifacts))
    yield "titles.gz", names, partial(titles, edition)
    yield "names.gz", names, partial(by_name, edition)
    yield from postings.files(edition)
