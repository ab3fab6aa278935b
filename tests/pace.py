"""How much work something is, whatever the machine and whatever else it does meanwhile."""

from __future__ import annotations

import re
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache

_WORD = re.compile(r"\w+")
_TEXT = "the quick brown fox jumps over the lazy dog " * 50


@dataclass
class Work:
    """How many times the yardstick something is, which is a hundredth of a second of a processor of 2020."""

    units: float = 0.0


@contextmanager
def measured() -> Iterator[Work]:
    """What is worked within, by this process and by those it waits for; waiting itself is no work."""
    work, yardstick = Work(), _yardstick()
    before = _spent()
    yield work
    work.units = (_spent() - before) / yardstick


@cache
def _yardstick() -> float:
    """The seconds that this machine takes for words and dictionaries, as they are everywhere here."""
    before = _spent()
    for _ in range(1000):
        count: dict[str, int] = {}
        for word in _WORD.findall(_TEXT):
            count[word] = count.get(word, 0) + len(word.upper())
    return (_spent() - before) / 10


def _spent() -> float:
    used = map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(each.ru_utime + each.ru_stime for each in used)
