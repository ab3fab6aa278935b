"""The index that the site is searched with: facets as columns, texts as an inverted index, both in files.

The browser does the rest (``assets/engine.js`` and ``assets/query.js``). FORMAT of the files, all below
``data/``: ``container`` says what every file looks like, ``facets``, ``cards`` and ``postings`` what is in
theirs. Records are numbered in the order of every list, ``edition.artifacts``.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from functools import partial

from skillmeat.site import marks
from skillmeat.site.edition import Edition
from skillmeat.site.output import Made, Output, Planned, digest, mark
from skillmeat.site.search import cards, facets, postings
from skillmeat.site.search.container import File, pack

FOLDER = "data/"


def index(edition: Edition) -> Made:
    """``data/``: everything that search and facets need, the facets last."""
    order = zlib.crc32("\n".join(edition.artifacts).encode())
    version = 0
    for name, key, make in _files(edition):
        version = zlib.crc32(f"{name}{order}{key}".encode(), version)
        yield Planned(f"{FOLDER}{name}", digest(order, key), partial(_file, name, make, order))
    yield Output(f"{FOLDER}facets.gz", pack(facets.columns(edition, f"{version:08x}"), order))


def _file(name: str, make: Callable[[], File], order: int) -> Iterator[Output]:
    yield Output(f"{FOLDER}{name}", pack(make(), order))


def _files(edition: Edition) -> Iterator[tuple[str, str, Callable[[], File]]]:
    """The name of each, a key, and what makes it."""
    names = mark(*marks.group(edition.once(marks.names), edition.artifacts))
    yield "titles.gz", names, partial(cards.titles, edition)
    yield "names.gz", names, partial(cards.by_name, edition)
    for number, (key, make) in enumerate(cards.cards(edition)):
        yield f"cards/{number}.gz", key, make
    yield from postings.files(edition)
