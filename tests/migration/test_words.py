"""Words that were tags become tags, whatever text they are, and the same ones in every order."""

from __future__ import annotations

import random

import pytest

from skillmeat.catalog import Catalog
from skillmeat.checks import check
from skillmeat.edits.spellings import is_written, tags_for
from skillmeat.model import Tag

CASES: dict[str, tuple[list[str], list[tuple[str, str]]]] = {
    "spellings that fold alike are one tag, named as most write it": (
        ["pdf", "PDF", "PDF", "ﬁle", "file", "FILE"],
        [("file", "FILE"), ("pdf", "PDF")],
    ),
    "the name that reads like the slug has it, the others are numbered": (
        ["C++", "c", "C#", "C 2"],
        [("c", "c"), ("c-2", "C 2"), ("c-3", "C#"), ("c-4", "C++")],
    ),
    "what has no letter a–z gets a slug of its own": (
        ["日本語", "++"],
        [("tag-cfc0c060", "++"), ("tag-77710aed", "日本語")],
    ),
    "a reserved slug is avoided": (["index", "CON"], [("con-tag", "CON"), ("index-tag", "index")]),
    "hidden characters and blanks are shown": (
        ["a\u200bb", "a\tb", "", " "],
        [
            ("a-b", "a\\tb"),
            ("ab", "a\\u{200b}b"),
            ("tag-36a9e7f1", '" "'),
            ("tag-e3b0c442", '""'),
        ],
    ),
    "what is shown as another word is written is told apart": (
        ["a\tb", "a\\tb"],
        [("a-tb", "a\\tb"), ("a-b", "a\\tb [894891f8]")],
    ),
    "what is too long is cut": (
        ["x" * 300, "x" * 300 + "y"],
        [("x" * 64, "x" * 254 + "…"), ("x" * 62 + "-2", "x" * 243 + "… [bb6bf88a]")],
    ),
}


@pytest.mark.parametrize("title", CASES)
def test_words_become_tags(title: str) -> None:
    words, expected = CASES[title]
    for seed in range(5):
        random.Random(seed).shuffle(words)
        tags = tags_for(words)
        assert sorted({(tag.id, tag.name) for tag in tags.values()}) == sorted(expected)
        assert all(is_written(tag.name, word) for word, tag in tags.items())
    assert check(Catalog(tags={tag.id: tag for tag in tags.values()})) == []


def test_a_tag_that_is_there_is_taken() -> None:
    """By its name, its slug or a former slug; its slug and aliases are nobody else's."""
    present = Tag(id="python", name="Python 3", aliases=("py", "snake"))
    tags = tags_for(["PYTHON", "python 3", "Py", "snake!"], [present])
    assert {word: tag.id for word, tag in tags.items()} == {
        "PYTHON": "python",
        "python 3": "python",
        "Py": "python",
        "snake!": "snake-2",
    }


def test_ten_thousand_words_that_want_one_slug_take_no_time() -> None:
    tags = tags_for(
        [f"a{'!' * number}" for number in range(200)] + [f"{chr(0x4E00 + n)}a" for n in range(9_800)]
    )
    assert len({tag.id for tag in tags.values()}) == 10_000
