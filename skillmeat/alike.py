"""Words that are easily taken for each other, found without comparing each with each."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Final

from skillmeat.text import fold

SHORTEST: Final = 5
"""Words shorter than this are alike only when they are spelled the same but for separators."""

_APART: Final = re.compile(r"[^\w]+|_", re.UNICODE)
_SAME_SIGHT: Final = str.maketrans({"0": "o", "1": "l", "5": "s"})


def bare(word: str) -> str:
    """A word without what people spell now so, now so: case, accents, separators, the s of a plural.

    ``Web-Apps``, ``web apps`` and ``webapp`` are one.
    """
    joined = _APART.sub("", fold(word))
    plural = len(joined) > 3 and joined.endswith("s") and not joined.endswith(("ss", "us", "is", "os"))
    return joined[:-1] if plural else joined


def looks(word: str) -> str:
    """A word as it looks at a glance: digits taken for letters, and without separators."""
    return _APART.sub("", fold(word)).translate(_SAME_SIGHT).replace("rn", "m").replace("vv", "w")


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
            holes[word].append(word)
            for at in range(len(word)):
                holes[word[:at] + word[at + 1 :]].append(word)
    found = {
        (one, other)
        for words_here in holes.values()
        for place, one in enumerate(words_here)
        for other in words_here[place + 1 :]
        if one != other and _slip(one, other)
    }
    yield from sorted({(min(pair), max(pair)) for pair in found})


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
