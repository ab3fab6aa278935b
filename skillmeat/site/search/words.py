"""Texts as words, in any language: what is indexed, and what a query is cut into.

``assets/query.js`` does the same to queries; ``tests/site/search/fold.json`` holds both to one result.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from functools import cache
from typing import Final

LONGEST: Final = 24
"""How many characters of a word count."""

# Accents, vowel points, variation selectors, and characters that only steer the layout.
_DROPPED: Final = (
    "\u00ad\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a"
    "\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed\u1ab0-\u1aff\u1dc0-\u1dff"
    "\u200b-\u200f\u2060-\u2064\u20d0-\u20ff\ufe00-\ufe0f\ufe20-\ufe2f\ufeff\U000e0100-\U000e01ef"
)
_LETTERS: Final = {"ß": "ss", "æ": "ae", "œ": "oe", "þ": "th"} | dict(zip("øđðħłıς", "oddhliσ", strict=True))
_CHANGED: Final = re.compile(f"[{''.join(_LETTERS)}{_DROPPED}]")

# Han, kana, bopomofo and hangul: written without blanks, or with endings attached.
_CJK: Final = (
    "\u3005-\u3007\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\u3105-\u312f\u31a0-\u31bf\u31f0-\u31ff"
    "\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\U00020000-\U000323af"
)
_BLANKS: Final = "".join(chr(code) if chr(code).isalnum() else " " for code in range(128))
_PIECE: Final = re.compile(r"[^\0-/:-`{-\x7f]+")
_HAS_CJK: Final = re.compile(f"[{_CJK}]")
_HAS_DIGIT: Final = re.compile(r"[0-9]")


def fold(text: str) -> str:
    """``text`` without case, accents and forms of presentation."""
    if text.isascii():
        return text.lower()
    bare = _CHANGED.sub(lambda found: _LETTERS.get(found[0], ""), unicodedata.normalize("NFKD", text).lower())
    return unicodedata.normalize("NFC", bare)


def words(text: str) -> list[str]:
    """The words of a text, folded, in their order.

    A word is a run of letters, marks and digits of which the first ``LONGEST`` count, or a run of Chinese,
    Japanese or Korean characters, however long.
    """
    return [found if is_cjk(found) else found[:LONGEST] for found in _runs(fold(text))]


def grams(run: str) -> list[str]:
    """What stands in the index for a run of Chinese, Japanese or Korean: each two characters in a row."""
    return [run] if len(run) == 1 else [run[place : place + 2] for place in range(len(run) - 1)]


def is_cjk(word: str) -> bool:
    """Whether a word is a run of Chinese, Japanese or Korean characters."""
    return not word.isascii() and _HAS_CJK.match(word) is not None


def terms(text: str, *, names: bool = False) -> Counter[str]:
    """What a text is found by, and how often it says so.

    Words cut to ``LONGEST`` characters; longer ones with a digit in them (hashes, encoded data) are left out
    unless these are ``names``. A run of CJK counts as its ``grams`` and its last character, so that every
    single character of it begins one of them.
    """
    counts = Counter(_runs(fold(text)))
    if text.isascii() and max(map(len, counts), default=0) <= LONGEST:
        return counts
    for run in [each for each in counts if len(each) > LONGEST or not each.isascii()]:
        count = counts[run]
        if is_cjk(run):
            del counts[run]
            for gram in {*grams(run), run[-1]}:
                counts[gram] += count
        elif len(run) > LONGEST:
            del counts[run]
            if names or not _HAS_DIGIT.search(run):
                counts[run[:LONGEST]] += count
    return counts


def _runs(folded: str) -> list[str]:
    if folded.isascii():
        return folded.translate(_BLANKS).split()
    return [
        run
        for piece in _PIECE.findall(folded)
        for run in ((piece,) if piece.isascii() else _word().findall(piece))  # which is slow
    ]


@cache
def _word() -> re.Pattern[str]:
    """A word that is not all ASCII. Python's ``\\w`` lacks the marks, which Indic scripts are full of."""
    places = (*range(0x300, 0x20000), *range(0xE0000, 0xE0200))
    marks = "".join(chr(each) for each in places if unicodedata.category(chr(each)).startswith("M"))
    other = rf"[^\W_{_CJK}]"
    return re.compile(f"[{_CJK}]+|{other}+(?:[{marks}]+{other}*)*")
