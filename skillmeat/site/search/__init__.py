"""The index that the site is searched with: facets as columns, texts as an inverted index, both in files.

The browser does the rest (``assets/engine.js`` and ``assets/query.js``). FORMAT of the files, all below
``data/``: ``container`` says what every file looks like, ``facets``, ``cards`` and ``postings`` what is in
theirs. Records are numbered in the order of every list, ``edition.artifacts``.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from functools import partial

from skillmeat.site.edition import Edition
from skillmeat.site.output import Made, Output, Planned, digest
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
    yield _told("titles.gz", cards.titles(edition))
    yield _told("names.gz", cards.by_name(edition))
    for number, file in enumerate(cards.cards(edition)):
        yield _told(f"cards/{number}.gz", file)
    yield from postings.files(edition)


def _told(name: str, file: File) -> tuple[str, str, Callable[[], File]]:
    return name, digest(file), lambda: file
