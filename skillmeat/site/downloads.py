"""The catalog in two files: ``catalog.csv`` for spreadsheets and ``catalog.sqlite`` for queries."""

from __future__ import annotations

import csv
import io
import re
import sqlite3
import string
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, suppress
from functools import partial
from operator import itemgetter
from typing import Any, Final

from skillmeat import shapes
from skillmeat.site import marks
from skillmeat.site.edition import Edition
from skillmeat.site.output import LeftOut, Made, Output, Planned
from skillmeat.views import Json

CSV: Final = "catalog.csv"
SQLITE: Final = "catalog.sqlite"

COLUMNS: Final = tuple(sorted(shapes.Artifact.__annotations__, key=lambda key: key.endswith("ed_at")))
"""The columns of ``catalog.csv``: the keys of an artifact in the API."""

_WORDS: Final = frozenset(
    ("id", "type", "slug", "source", "trust_level", "commit", "hash", "tree", "created_at", "updated_at")
)
_FREE: Final = [place for place, key in enumerate(COLUMNS) if key not in _WORDS]
"""The columns that can hold something else than a word which begins with a letter or a digit."""

_FORMULA: Final = tuple("=+-@\t\r\n＝＋－＠")  # what makes a spreadsheet run a cell, wide forms too
_SPLIT: Final = re.compile(r"([;\n\t])(?=[ \"]*[=+\-@\t\r\n＝＋－＠])")
"""Where a spreadsheet that splits at semicolons or tabs, as many are set to, begins a cell with one of those.

To it our quotes are within a cell, so a line end within them ends a row as well.
"""
_SPLITS: Final = frozenset(";\n\t")
_HARMLESS: Final = frozenset(["", *string.ascii_letters, *string.digits])  # nearly every cell begins so


def table(edition: Edition) -> Made:
    """``catalog.csv`` (RFC 4180, UTF-8): a line for each artifact, newest first.

    A list is its items with spaces between, an association is ``relationship:artifact``. A text that a
    spreadsheet would take for a formula has an apostrophe before it, also where a cell begins for
    one that splits at semicolons.
    """
    yield Planned(CSV, edition.once(marks.every), partial(_table, edition))


def _table(edition: Edition) -> Iterator[Output]:
    data = _table_updated(edition)
    yield Output(CSV, data or _lines([dict(zip(COLUMNS, COLUMNS, strict=True)), *edition.artifacts.values()]))


def _lines(artifacts: Iterable[Json]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text)  # commas, CRLF, quotes where needed
    values = itemgetter(*COLUMNS)
    for artifact in artifacts:
        row = list(values(artifact))
        for place in _FREE:
            row[place] = _cell(row[place])
        writer.writerow(row)
    return text.getvalue().encode()


def _table_updated(edition: Edition) -> bytes | None:
    """The table of the last build with the few lines in it that changed since."""
    since = edition.once(marks.since)
    data = edition.before(CSV, since.every) if since else None
    if since is None or data is None:
        return None
    ids = list(edition.artifacts)
    following = dict(zip(ids, [*ids[1:], ""], strict=True))
    for each in since.artifacts:
        start, stop = _begins(data, each), _begins(data, following[each])
        if start is None or stop is None:
            return None
        data = data[:start] + _lines([edition.artifacts[each]]) + data[stop:]
    return data


def _begins(data: bytes, artifact_id: str) -> int | None:
    """Where the line of an artifact begins, without an id the end; None where a cell has such a line too."""
    if not artifact_id:
        return len(data)
    start = f"\r\n{artifact_id},".encode()
    return data.index(start) + 2 if data.count(start) == 1 else None


def _cell(value: list[Any] | str | None) -> str:
    if not value:
        return ""
    if isinstance(value, list):
        value = " ".join(
            f"{each['relationship_type']}:{each['artifact']}" if isinstance(each, dict) else each
            for each in value
        )
    text = value
    if not _SPLITS.isdisjoint(text):
        text = _SPLIT.sub(r"\1'", text)
    return f"'{text}" if text[:1] not in _HARMLESS and text.lstrip(" ").startswith(_FORMULA) else text


# ------------------------------------------------------------------- SQLite

SCHEMA: Final = """
CREATE TABLE tags (
  id TEXT PRIMARY KEY, name TEXT NOT NULL, color TEXT NOT NULL, description TEXT,
  artifact_count INTEGER NOT NULL, created_at TEXT, updated_at TEXT
);
CREATE TABLE sources (
  id TEXT PRIMARY KEY, name TEXT NOT NULL, url TEXT NOT NULL, ref TEXT NOT NULL, root TEXT,
  trust_level TEXT NOT NULL, "commit" TEXT, repo_description TEXT,
  entry_count INTEGER NOT NULL, artifact_count INTEGER NOT NULL, created_at TEXT, updated_at TEXT
);
CREATE TABLE artifacts (
  id TEXT PRIMARY KEY, type TEXT NOT NULL, slug TEXT NOT NULL, name TEXT NOT NULL, description TEXT,
  source TEXT REFERENCES sources, path TEXT, version TEXT, license TEXT, homepage TEXT, deprecated TEXT,
  trust_level TEXT, "commit" TEXT, hash TEXT, tree TEXT, created_at TEXT, updated_at TEXT
);
CREATE TABLE artifact_tags (
  artifact TEXT NOT NULL REFERENCES artifacts, tag TEXT NOT NULL REFERENCES tags,
  position INTEGER NOT NULL, PRIMARY KEY (artifact, tag)
);
CREATE TABLE associations (
  parent TEXT NOT NULL REFERENCES artifacts, artifact TEXT NOT NULL REFERENCES artifacts,
  relationship_type TEXT NOT NULL, position INTEGER NOT NULL, pinned_version_hash TEXT,
  drifted INTEGER NOT NULL, PRIMARY KEY (parent, artifact)
);
CREATE TABLE collections (
  id TEXT PRIMARY KEY, name TEXT NOT NULL, description TEXT, artifact_count INTEGER NOT NULL,
  created_at TEXT, updated_at TEXT
);
CREATE TABLE members (
  collection TEXT NOT NULL REFERENCES collections, artifact TEXT NOT NULL REFERENCES artifacts,
  position INTEGER NOT NULL, note TEXT, PRIMARY KEY (collection, artifact)
);
CREATE TABLE "groups" (
  id TEXT PRIMARY KEY, collection TEXT NOT NULL REFERENCES collections, slug TEXT NOT NULL,
  name TEXT NOT NULL, description TEXT, position INTEGER NOT NULL
);
CREATE TABLE group_members (
  "group" TEXT NOT NULL REFERENCES "groups", artifact TEXT NOT NULL REFERENCES artifacts,
  position INTEGER NOT NULL, PRIMARY KEY ("group", artifact)
);
CREATE TABLE aliases (
  noun TEXT NOT NULL, alias TEXT NOT NULL, id TEXT NOT NULL, PRIMARY KEY (noun, alias)
);
"""
"""Columns are called like the keys of the API."""

INDEXES: Final = """
CREATE INDEX artifacts_by_type ON artifacts (type);
CREATE INDEX artifacts_by_source ON artifacts (source);
CREATE INDEX artifact_tags_by_tag ON artifact_tags (tag);
CREATE INDEX associations_by_artifact ON associations (artifact);
CREATE INDEX members_by_artifact ON members (artifact);
CREATE INDEX group_members_by_artifact ON group_members (artifact);
"""

TABLES: Final = tuple(re.findall(r'CREATE TABLE "?(\w+)', SCHEMA))

_PAGE: Final = 4096
_WRITTEN_BY: Final = slice(96, 100)  # in the header: which SQLite wrote the file, and nothing depends on it
_SAME_FOR_ALL: Final = (3_040_000).to_bytes(4, "big")


_COUNTED: Final = (slice(24, 28), slice(40, 44), slice(92, 96))  # how often the file and its schema changed
_PARTS: Final = {"artifact_tags": "artifact", "associations": "parent", "aliases": "id"}
"""The other tables in which there are rows of an artifact, and the column that says of which."""


def database(edition: Edition) -> Made:
    """``catalog.sqlite``: the same bytes from any SQLite, without what not every SQLite has, such as FTS5.

    The records of ``views`` in ``TABLES``, sorted by id.
    """
    yield Planned(SQLITE, edition.once(marks.every), partial(_database, edition))


def _database(edition: Edition) -> Iterator[Output | LeftOut]:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        if not hasattr(connection, "serialize"):
            yield LeftOut(SQLITE, "This Python’s SQLite cannot hand out a database as bytes.")
            return
    yield Output(SQLITE, _database_updated(edition) or _database_anew(edition))


def _database_anew(edition: Edition) -> bytes:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        for line in (f"page_size = {_PAGE}", "encoding = 'UTF-8'", "auto_vacuum = NONE", "user_version = 1"):
            connection.execute(f"PRAGMA {line}")
        connection.executescript(f"BEGIN; {SCHEMA}")
        artifacts = _sorted(edition.artifacts)
        for name in TABLES:
            columns = connection.execute(f'SELECT * FROM "{name}"').description  # noqa: S608  # our own names
            values = map(itemgetter(*(column[0] for column in columns)), _rows(edition, name, artifacts))
            places = ", ".join("?" * len(columns))
            connection.executemany(f'INSERT INTO "{name}" VALUES ({places})', values)  # noqa: S608
        connection.executescript(INDEXES)  # commits first
        connection.execute("VACUUM")
        data = bytearray(connection.serialize())
    data[_WRITTEN_BY] = _SAME_FOR_ALL
    return bytes(data)


def _database_updated(edition: Edition) -> bytes | None:
    """The database of the last build with the few artifacts in it that changed since, if of each only its own
    row did: after ``VACUUM`` it is what a new one would be, but for what its header counts."""
    since = edition.once(marks.since)
    former = edition.before(SQLITE, since.every) if since else None
    if since is None or former is None:
        return None
    artifacts = [edition.artifacts[each] for each in sorted(since.artifacts)]
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection, suppress(sqlite3.Error):
        connection.deserialize(former)
        for name, owner in _PARTS.items():
            query = f"SELECT * FROM {name} WHERE {owner} = ? ORDER BY rowid"  # noqa: S608  # our own names
            columns = [column[0] for column in connection.execute(query, ("",)).description]
            before = [row for each in artifacts for row in connection.execute(query, (each["id"],))]
            now = [row for row in _rows(edition, name, artifacts) if "/" in row[owner]]
            if before != list(map(itemgetter(*columns), now)):
                return None
        for each in artifacts:
            columns = [column[0] for column in connection.execute("SELECT * FROM artifacts").description]
            settings = ", ".join(f'"{name}" = ?' for name in columns)
            values = [*(each[name] for name in columns), each["id"]]
            connection.execute(f"UPDATE artifacts SET {settings} WHERE id = ?", values)  # noqa: S608
        connection.execute("VACUUM")
        data = bytearray(connection.serialize())
        for counted in _COUNTED:
            data[counted] = former[counted]
        data[_WRITTEN_BY] = _SAME_FOR_ALL
        return bytes(data)
    return None


def _rows(edition: Edition, name: str, artifacts: Sequence[Json]) -> Iterator[Json]:
    tags = _sorted(edition.tags)
    collections = _sorted(edition.collections)
    groups = [group for each in collections for group in each["groups"]]
    match name:
        case "tags":
            yield from tags
        case "sources":
            yield from _sorted(edition.sources)
        case "artifacts":
            yield from artifacts
        case "artifact_tags":
            yield from _pairs(artifacts, "artifact", "tags", "tag")
        case "associations":
            yield from (link for each in artifacts for link in each["associations"])
        case "collections":
            yield from collections
        case "members":
            yield from _members(collections, "collection")
        case "groups":
            yield from groups
        case "group_members":
            yield from _members(groups, "group")
        case "aliases":
            for noun, records in (("artifact", artifacts), ("tag", tags)):
                for each in records:
                    prefix = f"{each['type']}/" if noun == "artifact" else ""
                    yield from (
                        {"noun": noun, "alias": prefix + old, "id": each["id"]} for old in each["aliases"]
                    )


def _sorted(records: Mapping[str, Json]) -> list[Json]:
    return [records[each] for each in sorted(records)]


def _pairs(records: Iterable[Json], owner: str, key: str, item: str) -> Iterator[Json]:
    for record in records:
        for position, value in enumerate(record[key]):
            yield {owner: record["id"], item: value, "position": position}


def _members(records: Iterable[Json], owner: str) -> Iterator[Json]:
    for record in records:
        for member in record["artifacts"]:
            yield {owner: record["id"], **member}
