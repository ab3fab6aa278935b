"""Words that are easily taken for each other, found without comparing each with each."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Final

from skillmeat.text import fold

SHORTEST: Final = 5
"""Words shorter than this are alike only when they are spelled the same but for separators."""

_FIRST: Final = re.compile("[A-Za-z0-9]")
_APART: Final = re.compile(r"[^\w]+|_", re.UNICODE)
_ASCII_APART: Final = {sign: None for sign in range(128) if not chr(sign).isalnum()}
_SAME_SIGHT: Final = str.maketrans({"0": "o", "1": "l", "5": "s"})


def bare(word: str) -> str:
    """A word without what people spell now so, now so: case, accents, separators, the s of a plural.

    ``Web-Apps``, ``web apps`` and ``webapp`` are one.
    """
    joined = _joined(word)
    plural = len(joined) > 3 and joined.endswith("s") and not joined.endswith(("ss", "us", "is", "os"))
    return joined[:-1] if plural else joined


def looks(word: str) -> str:
    """A word as it looks at a glance: digits taken for letters, and without separators."""
    return _joined(word).translate(_SAME_SIGHT).replace("rn", "m").replace("vv", "w")


def repeats(text: str, words: Iterable[str]) -> bool:
    """Whether a text is one of the words when both are ``bare``; a text that is nothing then is none."""
    if text.isascii():  # nearly every text begins otherwise, which is told without taking it apart
        first = _first(text)
        words = [each for each in words if first and begins(each, first)]
    spelt = bare(text) if words else ""
    return bool(spelt) and any(spelt == bare(each) for each in words)


def begins(word: str, letter: str) -> bool:
    """Whether the first letter of a word may be this one, in any case; of what is not ASCII it may be."""
    return not word.isascii() or _first(word).lower() == letter.lower()


def _first(word: str) -> str:
    """The first letter or digit of what is ASCII; nothing where it has none."""
    if word[:1].isalnum():
        return word[0]
    found = _FIRST.search(word)
    return found.group() if found else ""


def pairs(words: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Every two of the words that are one slip of the finger apart, each pair once and in order.

    A slip leaves a letter out, adds one, or swaps two neighbours; in words of eight letters and more it also
    puts another letter in the place of one. Words shorter than ``SHORTEST`` and numbers are left alone:
    ``python2`` is not meant to be ``python3``. The cost grows with the letters, not with the pairs.
    """
    known = sorted(set(words))
    holes: dict[str, list[str]] = defaultdict(list)
    for word in known:
        if len(word) >= SHORTEST:
            for hole in _holes(word):
                holes[hole].append(word)
    found = {
        (one, other)
        for words_here in holes.values()
        for place, one in enumerate(words_here)
        for other in words_here[place + 1 :]
        if one != other and _slip(one, other)
    }
    yield from sorted({(min(pair), max(pair)) for pair in found})


def between(words: Iterable[str], others: Iterable[str]) -> Iterator[tuple[str, str]]:
    """The pairs of ``pairs`` that have one of ``words`` and one of ``others``: that first, then this; sorted.

    Costs memory for ``words`` only.
    """
    holes: dict[str, list[str]] = defaultdict(list)
    for word in {word for word in words if len(word) >= SHORTEST}:
        for hole in _holes(word):
            holes[hole].append(word)
    yield from sorted(
        {
            (word, other)
            for other in {other for other in others if len(other) >= SHORTEST}
            for hole in _holes(other)
            if hole in holes
            for word in holes[hole]
            if word != other and _slip(word, other)
        }
    )


def _holes(word: str) -> list[str]:
    return [word, *(word[:at] + word[at + 1 :] for at in range(len(word)))]


def _joined(word: str) -> str:
    if word.isascii():
        return word.lower().translate(_ASCII_APART)
    return _APART.sub("", fold(word))


def _slip(one: str, other: str) -> bool:
    """Whether two words, of which it is known that leaving out one letter of each makes them equal, are."""
    start = next(
        (at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other))
    )
    if (one[start : start + 1] + other[start : start + 1]).strip("0123456789") == "":
        return False
    if len(one) != len(other):
        longer = max(one, other, key=len)
        return not longer[start].isdigit()
    swapped = (
        one[start : start + 2] == other[start : start + 2][::-1] and one[start + 2 :] == other[start + 2 :]
    )
    return swapped or (len(one) >= 8 and one[start + 1 :] == other[start + 1 :])
