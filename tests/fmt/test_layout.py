"""The canonical layout: the same data, the same comments, and nothing left to do a second time."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest
import tomli
from hypothesis import given, settings
from hypothesis import strategies as st

from skillmeat.manifest import render
from skillmeat.manifest.grammar import tokens
from skillmeat.manifest.layout import laid_out
from skillmeat.model import KINDS, Collection, Record, Settings, Source
from tests.manifest.records import records
from tests.manifest.scribes import Page, pages
from tests.validate.test_cases import parts

CASES = sorted((Path(__file__).parent / "cases").glob("*.txt"))
PARTS = {"settings": Settings, **{kind.noun: kind.record for kind in KINDS}}

written = records().flatmap(lambda record: st.tuples(st.just(record), pages(record)))


def comments(text: str) -> Counter[str]:
    return Counter(token.text.rstrip() for token in tokens(text) if token.kind == "comment")


@given(written)
@settings(max_examples=300, deadline=None)
def test_nothing_is_lost_and_nothing_is_left_to_do(case: tuple[Record | Settings, Page]) -> None:
    """Data and comments are equal, the canonical form is its own, and its lines are clean."""
    record, page = case
    text = laid_out(page.text, type(record))
    assert tomli.loads(text) == tomli.loads(page.text)
    assert comments(text) == comments(page.text.replace("\r\n", "\n"))
    assert laid_out(text, type(record)) == text
    assert "\r" not in text
    assert text == "" or (text.endswith("\n") and not text.endswith("\n\n"))
    order = list(type(record).model_fields)
    keys = list(tomli.loads(text))
    assert keys == sorted(keys, key=order.index)


@given(records())
@settings(max_examples=100, deadline=None)
def test_a_new_file_is_canonical(record: Record | Settings) -> None:
    text = render(record)
    assert laid_out(text, type(record)) == text


@given(written)
@settings(max_examples=100, deadline=None)
def test_a_comment_on_the_line_of_a_value_stays_with_it(case: tuple[Record | Settings, Page]) -> None:
    """Every comment behind a scalar at the top stands behind the same key afterwards."""
    record, page = case
    text = laid_out(page.text, type(record))
    for line in page.lines:
        found = re.fullmatch(r"(\w+)\s*=\s*(?:true|false|\d[^#]*|\"[\w ]*\")\s*(#.*)", line.text)
        if found and len(line.about) == 1:
            assert re.search(rf"^{found[1]} = .*{re.escape(found[2].rstrip())}$", text, re.MULTILINE)


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_a_case(path: Path, bless: bool) -> None:
    """``== written`` becomes ``== formatted``, as a manifest of the kind that the file is named for."""
    case = parts(path.read_text())
    text = laid_out(case["written"], PARTS[path.stem.partition("-")[0]])
    if bless and case.get("formatted") != text:
        path.write_text(path.read_text().partition("\n== formatted\n")[0] + "\n== formatted\n" + text)
    assert case.get("formatted") == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ""),
        ("\n\n", ""),
        ("# only\n\n\n# comments", "# only\n\n# comments\n"),
        ('name="a"', 'name = "a"\n'),
        ('# of the name\r\nname="a"\t\r\n', '# of the name\nname = "a"\n'),
        ('#:schema x\n\nref="m"\nname="a"', '#:schema x\n\nname = "a"\nref = "m"\n'),
        ('# of the ref\nref="m"\nname="a"', 'name = "a"\n# of the ref\nref = "m"\n'),
        ("name = '''\na\\b'''", 'name = "a\\\\b"\n'),
        ('"name" = "a"', 'name = "a"\n'),
        ('odd = 1\nname = "a"', 'name = "a"\nodd = 1\n'),
    ],
)
def test_small_texts(text: str, expected: str) -> None:
    assert laid_out(text, Source) == expected


def test_a_long_list_is_a_column_and_a_short_one_a_line() -> None:
    short = "artifacts = [" + ", ".join(f'"skill/{n}"' for n in range(5)) + "]\n"
    long = "artifacts = [" + ", ".join(f'"skill/long-name-{n}"' for n in range(9)) + "]\n"
    assert laid_out(short, Collection) == short
    assert laid_out(long, Collection).splitlines()[:2] == ["artifacts = [", '  "skill/long-name-0",']
