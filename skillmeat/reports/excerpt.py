"""The line a problem is about, and a caret under the place."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from skillmeat.problem import Problem
from skillmeat.text import one_line

WIDEST: Final = 100
"""How many characters of a line are shown at most."""

_ASSIGNED: Final = re.compile(r"\s*=\s*(?=\S)")

_TOKEN: Final = re.compile(r""""(?:[^"\\]|\\.)*"|'[^']*'|\[\[?[^\]]*\]\]?|[^\s,\]\[}{=#"']+""")


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A line of a file, safe to print, and the line of carets below it."""

    number: int
    text: str
    carets: str

    def __str__(self) -> str:
        margin = len(str(self.number))
        return f"  {self.number} | {self.text}\n  {' ' * margin} | {self.carets}"


def excerpt(problem: Problem, texts: Mapping[str, bytes]) -> Excerpt | None:
    """What to show of the file a problem is in; None for a problem of a whole file."""
    if not problem.line or problem.path not in texts or problem.rule == "missing-key":
        return None  # what is missing is on no line
    lines = _lines(texts[problem.path])
    if problem.line > len(lines):
        return None
    line = lines[problem.line - 1]
    start, end = _marked(problem, line)
    first, last = _window(len(line), start, end, WIDEST if line.isprintable() else WIDEST // 4)
    before = ("…" if first else "") + _plain(line[first:start])
    marked, after = _plain(line[start : min(end, last)]), _plain(line[end:last])
    text = before + marked + after + ("…" if last < len(line) else "")
    return Excerpt(problem.line, text, " " * _cells(before) + "^" * max(1, _cells(marked)))


def place(problem: Problem, texts: Mapping[str, bytes]) -> tuple[int, int]:
    """Where what is meant begins and ends: the columns of its first character and after its last, from 1.

    (0, 0) when the line is not known.
    """
    lines = _lines(texts[problem.path]) if problem.line and problem.path in texts else []
    if not 0 < problem.line <= len(lines) or problem.rule == "missing-key":
        return problem.column, problem.column
    start, end = _marked(problem, lines[problem.line - 1])
    return start + 1, min(end, len(lines[problem.line - 1]) + 1) + 1


def width(line: str, column: int) -> int:
    """How many characters the value or key at a column has, counting from 1; 1 where there is none."""
    found = _TOKEN.match(line, max(column - 1, 0))
    return found.end() - found.start() if found else 1


def _marked(problem: Problem, line: str) -> tuple[int, int]:
    """What is meant: the key or item at the place, or behind a key that is good the value."""
    start = min(max(problem.column - 1, 0), len(line))
    end = start + width(line, problem.column)
    between = _ASSIGNED.match(line, end)
    if between is None or problem.rule == "unknown-key":
        return start, end
    return between.end(), between.end() + width(line, between.end() + 1)


@lru_cache(maxsize=4)
def _lines(data: bytes) -> list[str]:
    return data.decode("utf-8", "replace").removeprefix("\ufeff").replace("\r\n", "\n").split("\n")


def _window(length: int, start: int, end: int, widest: int) -> tuple[int, int]:
    """The stretch of a line that is shown; shorter where characters have to be spelled out."""
    if length <= widest:
        return 0, length
    first = max(0, min(start - widest // 5, length - widest)) if end > widest - widest // 10 else 0
    return first, min(length, first + widest)


def _plain(text: str) -> str:
    return one_line(text.replace("\t", " "))


def _cells(text: str) -> int:
    """How many columns of a terminal a text takes."""
    if text.isascii():
        return len(text)
    import unicodedata

    return sum(
        0 if unicodedata.combining(sign) else 2 if unicodedata.east_asian_width(sign) in "WF" else 1
        for sign in text
    )
