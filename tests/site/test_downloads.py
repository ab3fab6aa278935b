"""``catalog.csv`` and ``catalog.sqlite`` hold what the views say, and the same bytes whoever builds them."""

from __future__ import annotations

import csv
import io
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from skillmeat.catalog import Catalog
from skillmeat.history import Dates
from skillmeat.model import Artifact
from skillmeat.site.build import build
from skillmeat.site.downloads import COLUMNS, TABLES
from skillmeat.views import Json, Views
from tests.site import store
from tests.site.test_openapi import medium

Made = tuple[Path, Catalog, Views]


@pytest.fixture(scope="module", params=["small", "medium"])
def made(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Made:
    """A site, its catalog and the views of that."""
    catalog, dates = (store.catalog(), store.dates()) if request.param == "small" else (medium(), Dates())
    out = tmp_path_factory.mktemp("downloads") / "out"
    build(catalog, dates, lambda _: None, out)
    return out, catalog, Views(catalog, dates)


@pytest.fixture
def database(made: Made) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(f"file:{made[0] / 'catalog.sqlite'}?mode=ro", uri=True)
    connection.row_factory = sqlite3.Row
    yield connection
    connection.close()


def lines(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode(), newline=""), strict=True))


def test_every_artifact_is_a_line_of_the_table(made: Made) -> None:
    out, catalog, views = made
    shown = lines((out / "catalog.csv").read_bytes())
    assert [line["id"] for line in shown] == [each.id for each in views.ordered(catalog.artifacts.values())]
    for line in shown:
        view = views.artifact(catalog.artifacts[line["id"]])
        assert tuple(line) == COLUMNS
        assert set(line) == set(view)
        for key, value in view.items():
            if key == "associations":
                value = [f"{each['relationship_type']}:{each['artifact']}" for each in value]
            expected = " ".join(value) if isinstance(value, list) else value or ""
            assert line[key] == expected, key


def test_the_table_is_what_rfc_4180_says(made: Made) -> None:
    data = (made[0] / "catalog.csv").read_bytes()
    assert data.startswith(b"id,type,slug,name,")
    assert data.endswith(b"\r\n")
    records = list(csv.reader(io.StringIO(data.decode(), newline="")))
    assert {len(record) for record in records} == {len(COLUMNS)}


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        "\t=1",
        "\n=1",
        '=HYPERLINK("https://x.example","y")',
        " =1",
        "＝1",
        "﹣",
        "'=1",
        "a;=1+1",
        "a; -1",
        "a;\t=1",
        'a;"=1',
        "a;;+1; @x;＝1",
        "a\n=1",
        "a\n\n- b",
        "a\t@b",
    ],
)
def test_no_cell_is_a_formula(text: str, tmp_path: Path) -> None:
    """A spreadsheet runs a cell that begins so; with an apostrophe before it, it is a text.

    That holds whatever the spreadsheet splits at; to one that splits at semicolons quotes are nothing special
    within a cell.
    """
    artifact = Artifact(id="skill/x", name="X", description=f'{text}, "quoted"\nand more')
    build(Catalog(artifacts={"skill/x": artifact}), Dates(), lambda _: None, tmp_path / "out")
    data = (tmp_path / "out/catalog.csv").read_bytes()
    cell = lines(data)[0]["description"]
    assert cell.replace("'", "") == str(artifact.description).replace("'", "")
    starts = ("=", "+", "-", "@", "\t", "＝")
    assert not cell.lstrip(" ").startswith((*starts, "\n"))
    for sign in (";", "\t"):
        for row in data.decode().splitlines():
            assert not [part for part in row.split(sign) if part.lstrip(' "').startswith(starts)], sign


def test_a_semicolon_in_a_sentence_stays_as_it_is(tmp_path: Path) -> None:
    text = "Reads PDF; fills forms; a=b, c-d.\nThen more;"
    artifact = Artifact(id="skill/x", name="X", description=text)
    build(Catalog(artifacts={"skill/x": artifact}), Dates(), lambda _: None, tmp_path / "out")
    assert lines((tmp_path / "out/catalog.csv").read_bytes())[0]["description"] == text


def test_the_database_holds_what_the_views_say(made: Made, database: sqlite3.Connection) -> None:
    _, catalog, views = made
    found: dict[str, list[Json]] = {}
    for noun in ("tags", "artifacts", "collections", "sources"):
        found[noun] = [views.record(each) for _, each in sorted(getattr(catalog, noun).items())]
    found["groups"] = [group for each in found["collections"] for group in each["groups"]]
    found["associations"] = [link for each in found["artifacts"] for link in each["associations"]]
    found["members"] = [
        {"collection": each["id"], **member} for each in found["collections"] for member in each["artifacts"]
    ]
    found["group_members"] = [
        {"group": each["id"], **member} for each in found["groups"] for member in each["artifacts"]
    ]
    found["artifact_tags"] = [
        {"artifact": each["id"], "tag": tag, "position": place}
        for each in found["artifacts"]
        for place, tag in enumerate(each["tags"])
    ]
    found["aliases"] = [
        {"noun": "artifact", "alias": f"{each['type']}/{old}", "id": each["id"]}
        for each in found["artifacts"]
        for old in each["aliases"]
    ] + [{"noun": "tag", "alias": old, "id": each["id"]} for each in found["tags"] for old in each["aliases"]]
    assert set(found) == set(TABLES)
    for name, expected in found.items():
        rows = [dict(row) for row in database.execute(f'SELECT * FROM "{name}" ORDER BY rowid')]
        assert rows == [{key: each[key] for key in rows[0]} for each in expected], name


def test_the_database_is_sound(made: Made, database: sqlite3.Connection) -> None:
    assert [tuple(row) for row in database.execute("PRAGMA integrity_check")] == [("ok",)]
    dangling = [tuple(row) for row in database.execute("PRAGMA foreign_key_check")]
    unknown = {each.source for each in made[1].artifacts.values() if each.source} - set(made[1].sources)
    assert {row[2] for row in dangling} == ({"sources"} if unknown else set())
    question = (
        "SELECT tags.name, count(*) AS n FROM artifact_tags JOIN tags ON tags.id = tag "
        "GROUP BY tag HAVING n = tags.artifact_count"
    )
    used = sum(1 for each in made[1].tagged.values() if each)
    assert len(database.execute(question).fetchall()) == used


def test_the_bytes_do_not_say_which_sqlite_wrote_them(made: Made, tmp_path: Path) -> None:
    data = (made[0] / "catalog.sqlite").read_bytes()
    assert data[:16] == b"SQLite format 3\0"
    assert int.from_bytes(data[16:18], "big") == 4096
    assert int.from_bytes(data[96:100], "big") == 3_040_000
    assert int.from_bytes(data[28:32], "big") * 4096 == len(data)
    assert data[92:96] == data[24:28], "the size in the header counts only if these are equal"
    empty: Any = build(Catalog(), Dates(), lambda _: None, tmp_path / "out")
    assert empty.files
    connection = sqlite3.connect(tmp_path / "out/catalog.sqlite")
    assert {
        row[0] for row in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")
    } == set(TABLES)
    connection.close()
