"""Foreign files are untrusted: whatever they hold, reading them ends in a value or a sentence, and soon."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from skillmeat.catalog import Catalog
from skillmeat.checks import check
from skillmeat.edits import imports
from skillmeat.foreign import LIMIT, PLACES, Found, read
from tests.command import run, snapshot, succeed
from tests.pace import measured

WHOLE = {
    "too large": (b"[" * (LIMIT + 1), "it has 8,388,609 bytes; at most 8,388,608 are read"),
    "nested beyond the parser": (b'{"a":' + b"[" * 200_000, "it is nested too deep"),
    "nested beyond sense": (
        b'{"plugins": [' + b"[" * 40 + b"]" * 40 + b"]}",
        "it is nested too deep",
    ),
    "no object": (b"[1]", "it holds no object"),
    "empty": (b"", "it is not JSON (Expecting value: line 1 column 1 (char 0))"),
    "not UTF-8": (
        b'{"a": "\xff"}',
        "it is not JSON ('utf-8' codec can't decode byte 0xff in position 7: invalid start byte)",
    ),
}


@pytest.mark.parametrize("title", WHOLE)
def test_a_file_that_cannot_be_read_is_a_sentence(title: str) -> None:
    data, said = WHOLE[title]
    with measured() as work:
        assert read("marketplace.json", data) == said
    assert work.units < 200


def test_a_number_of_many_digits_is_text() -> None:
    found = read("marketplace.json", b'{"plugins": [], "n": ' + b"9" * 100_000 + b"}")
    assert isinstance(found, Found)


VALUES: tuple[Any, ...] = (
    None, True, "", "x", "./a", "../a", "a/b", "\x00", "\u202e", "\ud800", "1", [], {}, [None], {"a": {}},
    "é" * 3000, "https://github.com/a/b", "git@github.com:a/b", "ext::x", "-x", "latest", "skill", "con",
    "0" * 40, ["x", 1], "//", {"source": "github", "repo": "a/b"},
)  # fmt: skip
REPO = {"source": "github", "repo": "a/b", "ref": "v1"}
PART = {"source": "git-subdir", "url": "https://gitlab.com/c/d.git", "path": "p", "sha": "1" * 40}
WELL: dict[str, dict[str, Any]] = {
    "marketplace.json": {
        "name": "Tools", "description": "Some.", "metadata": {"pluginRoot": "./x"}, "renames": {"z": "a"},
        "plugins": [
            {"name": "a", "source": REPO, "description": "A.", "tags": ["x", "y"], "category": "c"},
            {"name": "b", "source": PART, "version": "1", "license": "MIT", "homepage": "https://a.example"},
            {"name": "c", "source": PART, "strict": False, "skills": ["./s", "./t"], "agents": ["./u.md"]},
        ],
    },
    "skills-lock.json": {
        "version": 1,
        "skills": {
            "a": {"sourceType": "github", "source": "a/b", "skillPath": "s/SKILL.md", "ref": "v1"},
            "b": {"sourceType": "gitlab", "sourceUrl": "https://gitlab.com/c/d", "skillPath": "SKILL.md"},
        },
    },
}  # fmt: skip


def places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every table or list in a value, with each of its keys or indexes."""
    if isinstance(value, dict | list):
        for key in value if isinstance(value, dict) else range(len(value)):
            yield value, key
            yield from places(value[key])


@pytest.mark.parametrize("name", WELL)
def test_no_shape_ever_raises(name: str) -> None:
    """With anything in the place of anything: what is planned breaks no rule, and is planned once."""
    dice = random.Random(7)
    imported = 0
    for _ in range(400):
        value = json.loads(json.dumps(WELL[name]))
        for _ in range(dice.randrange(1, 4)):
            holder, key = dice.choice(list(places(value)))
            holder[key] = copy.deepcopy(dice.choice(VALUES))
        found = read(name, json.dumps(value).encode())
        if isinstance(found, Found):
            after = Catalog().after(imports.plan(Catalog(), [found]).edit)
            assert check(after) == []
            assert imports.plan(after, [found]).edit.changes == ()
            imported += len(after.artifacts)
    assert imported > 200


def test_no_toml_ever_raises() -> None:
    """The same with a collection in which a line or a value is another."""
    dice = random.Random(7)
    case = (Path(__file__).parent / "cases/a_collection.txt").read_text()
    lines = case.partition("== import/collection.toml\n")[2].partition("\n== import/")[0].splitlines()
    values = (
        "1",
        '"x"',
        "[]",
        "{}",
        "true",
        '["a", 1]',
        '"\\u0000"',
        "2025-01-01",
        '"../x"',
        '"a/b/c@v1@v2"',
    )
    for _ in range(300):
        changed = list(lines)
        for _ in range(3):
            place = dice.randrange(len(changed))
            key, equals, _ = changed[place].partition(" = ")
            changed[place] = f"{key} = {dice.choice(values)}" if equals and dice.random() < 0.9 else ""
        found = read("collection.toml", "\n".join(changed).encode(), {"collection.lock": b"lock = 1"})
        if isinstance(found, Found):
            assert check(Catalog().after(imports.plan(Catalog(), [found]).edit)) == []


def test_many_are_cut_off_and_a_manifest_too_large_is_left(tmp_path: Path) -> None:
    """12,000 plugins: 10,000 are read in bounded time; the list of them would be too long for a manifest."""
    plugins = [
        {"name": f"plugin-with-a-name-{n}", "source": {"source": "github", "repo": "a/b", "ref": f"v{n % 3}"}}
        | ({"source": {"source": "git-subdir", "url": "a/b", "path": f"p/{n}"}} if n > 2 else {})
        for n in range(12_000)
    ]
    with measured() as work:
        found = read("marketplace.json", json.dumps({"name": "many", "plugins": plugins}).encode())
        assert isinstance(found, Found)
        imported = imports.plan(Catalog(), [found])
    assert work.units < 1000
    assert [(each.where, each.reason) for each in imported.left] == [
        ("marketplace.json: plugins[10000]", "only the first 10,000 plugins are read"),
        ("marketplace.json: name", "its manifest would have 358,920 bytes"),
    ]
    assert imported.edit.summary == "Imported 10,000 artifacts and 3 sources from marketplace.json"


@pytest.mark.parametrize("place", PLACES)
def test_a_link_in_a_folder_is_not_followed(place: str, tmp_path: Path) -> None:
    succeed(tmp_path, "init")
    (tmp_path / "secret").write_text('{"plugins": []}')
    link = tmp_path / "import" / place
    link.parent.mkdir(parents=True)
    link.symlink_to(tmp_path / "secret")
    before = snapshot(tmp_path)
    ran = run(tmp_path, "import", "import", "--json")
    assert (ran.status, ran.error["code"]) == (1, "FILE_NOT_READABLE")
    assert snapshot(tmp_path) == before
