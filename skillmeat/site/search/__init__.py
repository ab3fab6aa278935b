"""The index that the site is searched with: facets as columns, texts as an inverted index, both in files.

The browser does the rest (``assets/engine.js`` and ``assets/query.js``). FORMAT of the files, all below
``data/``: ``container`` says what every file looks like, ``facets``, ``cards`` and ``postings`` what is in
theirs. Records are numbered in the order of every list, ``edition.artifacts``.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator

from skillmeat.site.edition import Edition
from skillmeat.site.output import Made, Output
from skillmeat.site.search import cards, facets, postings
from skillmeat.site.search.container import File, pack

FOLDER = "data/"


def index(edition: Edition) -> Made:
    """``data/``: everything that search and facets need, the facets last."""
    order = zlib.crc32("\n".join(edition.artifacts).encode())
    version = 0
    for name, file in _files(edition):
        data = pack(file, order)
        version = zlib.crc32(name.encode() + data, version)
        yield Output(f"{FOLDER}{name}", data)
    yield Output(f"{FOLDER}facets.gz", pack(facets.columns(edition, f"{version:08x}"), order))


def _files(edition: Edition) -> Iterator[tuple[str, File]]:
    yield "titles.gz", cards.titles(edition)
    yield "names.gz", cards.by_name(edition)
    for number, file in enumerate(cards.cards(edition)):
        yield f"cards/{number}.gz", file
    yield from postings.files(edition)
