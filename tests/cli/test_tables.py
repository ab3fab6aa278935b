"""On a terminal no name is cut, however narrow it is; in a pipe nothing is."""

from __future__ import annotations

from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skillmeat.cli.main import invoke
from skillmeat.cli.tables import NARROWEST, WHOLE, widths
from tests.validate.test_cases import make_store

LONG = "skill/a-name-that-is-long-because-its-author-had-much-to-say"
SOURCE = "a-source-with-a-name-of-its-own"


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def store(tmp_path: Path) -> Path:
    make_store(
        tmp_path,
        {
            f"manifests/artifacts/{LONG}.toml": 'name = "名前のとても長いもの"\n'
            f'source = "{SOURCE}"\npath = "."\n'
            f'description = "{"Does many things. " * 9}"\ntags = ["pdf", "python"]\n',
            f"manifests/sources/{SOURCE}.toml": 'name = "Long"\nurl = "https://git.example/a/b"\n',
        },
    )
    return tmp_path


def shown(store: Path, monkeypatch: pytest.MonkeyPatch, columns: int, *arguments: str) -> list[str]:
    monkeypatch.setenv("COLUMNS", str(columns))
    out = Terminal()
    with redirect_stdout(out):
        assert invoke(["-C", str(store), "--color", "never", *arguments]) == 0
    return out.getvalue().splitlines()


@pytest.mark.parametrize("columns", [20, 80, 120])
def test_an_id_is_whole_on_any_terminal(store: Path, columns: int, monkeypatch: pytest.MonkeyPatch) -> None:
    listed = shown(store, monkeypatch, columns, "artifact", "list")
    assert [line.split()[0] for line in listed[1:]].count(LONG) == 1
    row = next(line for line in listed if line.startswith(LONG))
    assert SOURCE in row
    assert "…" in row
    assert [line.split()[0] for line in shown(store, monkeypatch, columns, "source", "list")[1:]] == [
        "a-source-with-a-name-of-its-own",
        "acme",
    ]


def test_what_fits_is_not_cut(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "…" not in "".join(shown(store, monkeypatch, 400, "artifact", "list"))
    rows = shown(store, monkeypatch, 60, "tag", "list")
    assert [row.split() for row in rows] == [
        ["tag", "name", "artifacts", "description"],
        ["pdf", "PDF", "2"],
        ["python", "Python", "2"],
    ]


COLUMN = st.tuples(st.sampled_from([*sorted(WHOLE), "name", "description", "tags"]), st.integers(1, 200))


@given(st.lists(COLUMN, min_size=1, max_size=6), st.integers(1, 300))
def test_the_others_share_what_names_leave(columns: list[tuple[str, int]], room: int) -> None:
    headings, natural = [each for each, _ in columns], [width for _, width in columns]
    found = widths(headings, natural, room)
    total = sum(found) + 2 * (len(found) - 1)
    for heading, width, given_width in zip(headings, natural, found, strict=True):
        assert given_width <= width
        if heading in WHOLE or sum(natural) + 2 * (len(natural) - 1) <= room:
            assert given_width == width
        else:
            assert given_width >= min(width, NARROWEST)
    if total > room:  # nothing that could give way is wider than it must be
        assert all(
            width <= NARROWEST for heading, width in zip(headings, found, strict=True) if heading not in WHOLE
        )
