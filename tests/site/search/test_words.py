"""Python and JavaScript cut texts into the same words."""

from __future__ import annotations

import json
import random
import unicodedata
from pathlib import Path

import pytest

from skillmeat.site.search import words
from tests.site.search import node

CASES = json.loads(Path(__file__).with_name("fold.json").read_text(encoding="utf-8"))


def cut(text: str) -> dict[str, object]:
    """A text as the fixture has it."""
    found = words.words(text)
    grams = [words.grams(each) for each in found if words.is_cjk(each)]
    return {"text": text, "fold": words.fold(text), "words": found, "grams": grams}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["text"][:12] or "nothing")
def test_python_cuts_a_text_as_the_fixture_says(case: dict[str, object]) -> None:
    assert cut(str(case["text"])) == case


@node.needed
def test_javascript_cuts_a_text_as_the_fixture_says(tmp_path: Path) -> None:
    [answered] = node.answers(tmp_path, [("words", [case["text"] for case in CASES])])
    assert answered == CASES


@node.needed
def test_both_agree_on_any_character_and_on_random_texts(tmp_path: Path) -> None:
    """On all characters that Python's Unicode knows; a browser's may be newer."""
    known = [
        chr(code) for code in range(0x110000) if unicodedata.category(chr(code)) not in ("Cn", "Cs", "Co")
    ]
    dice = random.Random(4)
    near = [each for each in known if ord(each) < 0x3000]
    texts = [f"a{each}b {each} {each.upper()}" for each in known if ord(each) < 0x20000]
    texts += [
        "".join(dice.choices(pool, k=dice.randrange(40))) for pool in (near, known) for _ in range(3000)
    ]
    [answered] = node.answers(tmp_path, [("words", texts)])
    assert [each for each, text in zip(answered, texts, strict=True) if each != cut(text)] == []


def test_terms_are_what_queries_ask_for() -> None:
    assert words.terms("PDF, pdf and Pdfs") == {"pdf": 2, "and": 1, "pdfs": 1}
    assert words.terms("机器学习 机") == {"机器": 1, "器学": 1, "学习": 1, "习": 1, "机": 1}
    assert words.terms("Ünïcode") == {"unicode": 1}


def test_long_words_count_by_their_beginning_and_codes_not_at_all() -> None:
    word, code = "internationalisierungsbedarf", "d41d8cd98f00b204e9800998ecf8427e"
    assert words.terms(f"{word} {code} {word}") == {word[:24]: 2}
    assert words.terms(code, names=True) == {code[:24]: 1}
    assert words.words(word) == [word[:24]]


@pytest.mark.parametrize("text", [each["text"] for each in CASES])
def test_every_word_of_a_text_finds_it(text: str) -> None:
    """And so does every beginning of one, and every single character of CJK."""
    found = words.terms(text, names=True)
    for word in words.words(text):
        for asked in word if words.is_cjk(word) else [word[:length] for length in range(1, len(word) + 1)]:
            assert any(term.startswith(asked) for term in found), asked
        assert not words.is_cjk(word) or set(words.grams(word)) <= set(found)
