"""The files of the index: the same bytes for the same catalog, and a clear refusal of damaged ones."""

from __future__ import annotations

import gzip
import os
import random
import subprocess
import sys
from collections.abc import Callable
from itertools import chain
from pathlib import Path
from typing import Any

import pytest

from skillmeat.site import search
from skillmeat.site.edition import Edition
from skillmeat.site.output import Output
from skillmeat.site.search import container
from skillmeat.site.search.container import File
from tests.site.made import outputs as carried_out
from tests.site.search import catalog, node

JOBS: list[tuple[str, Any]] = [
    ("open", {}),
    ("titles", None),
    ("cards", [0]),
    ("select", {"sort": "name"}),
    ("select", {"q": "python"}),
    ("select", {"q": "p"}),
    ("select", {"q": "pyhton"}),
]


def outputs(edition: Edition) -> dict[str, bytes]:
    made = carried_out(chain(search.index(edition), search.cards_of(edition, edition.artifacts)))
    return {each.path: each.data for each in made if isinstance(each, Output)}


def test_the_same_catalog_gives_the_same_bytes(tmp_path: Path) -> None:
    """Whatever order it was read in and whatever the seed of Python's hashes is."""
    made = catalog.made(300)
    shuffled = {
        name: dict(reversed(getattr(made.edition.catalog, name).items()))
        for name in ("tags", "artifacts", "collections", "sources")
    }
    changed = type(made.edition.catalog)(**{**vars_of(made.edition), **shuffled})
    again = catalog.edition(changed, made.edition.views.dates, made.bodies)
    assert outputs(again) == outputs(made.edition)
    code = (
        "from pathlib import Path; from tests.site.search import catalog, node;"
        f"node.write(catalog.made(300).edition, Path({str(tmp_path)!r}))"
    )
    environment = {**os.environ, "PYTHONHASHSEED": "9", "TZ": "Asia/Tokyo"}
    subprocess.run([sys.executable, "-c", code], check=True, env=environment, cwd=Path(__file__).parents[3])
    for name, data in outputs(made.edition).items():
        assert (tmp_path / name).read_bytes() == data, name


def vars_of(edition: Edition) -> dict[str, Any]:
    return {name: getattr(edition.catalog, name) for name in ("settings", "lock", "readmes")}


def test_any_change_gives_the_data_another_version() -> None:
    """So that no browser keeps files of two builds."""
    one, other = catalog.made(40), catalog.made(40)
    name = next(iter(other.edition.catalog.artifacts))
    changed = {**other.bodies, name: "Entirely new."}
    edited = catalog.edition(other.edition.catalog, other.edition.views.dates, changed)
    before, after = outputs(one.edition), outputs(edited)
    assert before["data/cards/0.gz"] == after["data/cards/0.gz"]
    assert before["data/facets.gz"] != after["data/facets.gz"]


@pytest.mark.parametrize("seed", range(20))
def test_a_packed_file_is_one_plain_gzip_member(seed: int) -> None:
    dice = random.Random(seed)
    columns = [
        container.column(
            [dice.randrange(1 << dice.choice((3, 8, 16, 31))) for _ in range(dice.randrange(3000))]
        )
        for _ in range(dice.randrange(5))
    ]
    packed = container.pack(File({"n": seed, "text": "ü" * seed}, columns), seed)
    assert packed == container.pack(File({"n": seed, "text": "ü" * seed}, columns), seed)
    assert packed[4:8] == b"\0\0\0\0", "no time"
    data = gzip.decompress(packed)
    assert data[:4] == container.MAGIC
    for column in columns:
        planes = [column.data[place :: column.width] for place in range(column.width)]
        assert b"".join(planes) in data


@node.needed
def test_a_host_may_inflate_the_files(tmp_path: Path) -> None:
    """Some send ``.gz`` with a Content-Encoding, and the browser has undone it when the engine looks."""
    data = node.write(catalog.made(60).edition, tmp_path)
    packed = node.answers(data, JOBS)
    for path in data.rglob("*.gz"):
        path.write_bytes(gzip.decompress(path.read_bytes()))
    plain = node.answers(data, JOBS)
    assert plain[1:] == packed[1:]
    assert plain[0]["facets"] == packed[0]["facets"]


def removed(path: Path) -> None:
    path.unlink()


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def plain_and_cut(path: Path) -> None:
    path.write_bytes(gzip.decompress(path.read_bytes())[:-9])


def emptied(path: Path) -> None:
    path.write_bytes(b"")


def a_page(path: Path) -> None:
    path.write_bytes(b"<!doctype html><title>Not found</title>")


def flipped(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0xFF
    path.write_bytes(bytes(data))


@node.needed
@pytest.mark.parametrize("damage", [removed, cut, plain_and_cut, emptied, a_page, flipped])
@pytest.mark.parametrize(
    ("name", "job"),
    [
        ("facets.gz", 0),
        ("titles.gz", 1),
        ("cards/0.gz", 2),
        ("names.gz", 3),
        ("terms.gz", 4),
        ("vocabulary.gz", 6),
    ],
)
def test_damage_is_refused_by_name(
    tmp_path: Path, name: str, job: int, damage: Callable[[Path], None]
) -> None:
    data = node.write(catalog.made(60).edition, tmp_path)
    damage(data / name)
    answer = node.answers(data, [JOBS[0], JOBS[job]])[-1 if job else 0]
    assert isinstance(answer, str)
    assert answer.startswith(f"Unusable: {name} cannot be used: ")


@node.needed
def test_files_of_another_build_are_refused(tmp_path: Path) -> None:
    """A browser may hold the facets of yesterday when the rest is of today."""
    data = node.write(catalog.made(60).edition, tmp_path / "new")
    old = node.write(catalog.made(61).edition, tmp_path / "old")
    (data / "facets.gz").write_bytes((old / "facets.gz").read_bytes())
    answers = node.answers(data, JOBS)
    assert not isinstance(answers[0], str)
    names = ("titles", "cards/0", "names", "terms", "terms", "terms")
    assert answers[1:] == [f"Unusable: {name}.gz cannot be used: it is of another build" for name in names]
