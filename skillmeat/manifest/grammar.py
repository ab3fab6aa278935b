"""TOML at the level of tokens: the little that is asked of a text beside its data.

The parser (tomli) gives data and forgets where it stood, and it accepts TOML 1.1, which Python's own
reader and most editors refuse. Everything here expects text that tomli has accepted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

import tomli

# No possessive quantifiers: before Python 3.11.4 a group under one is matched wrongly.
_TOKEN = re.compile(
    r'''(?P<block>"""[^"\\]*(?:(?:\\.|"{1,2}(?!"))[^"\\]*)*"{3,5})'''
    r"""|(?P<raw_block>'''[^']*(?:'{1,2}(?!')[^']*)*'{3,5})"""
    r"""|(?P<string>"[^"\\\n]*(?:\\.[^"\\\n]*)*")"""
    r"""|(?P<raw_string>'[^'\n]*')"""
    r"""|(?P<comment>\#[^\n]*)"""
    r"""|(?P<newline>\n)"""
    r"""|(?P<mark>[\[\]{},=])"""
    r"""|(?P<bare>[^\s"'\#\[\]{},=][^\n"'\#\[\]{},=]*)""",
    re.DOTALL,
)
_PAIR = r'[ \t]*[\w-]+[ \t]*=[ \t]*"[^"\\\n]*"[ \t]*'
_PLAIN_ITEM = re.compile(rf"[ \t]*\{{{_PAIR}(?:,{_PAIR})*\}},?[ \t]*", re.ASCII)
_NO_SECONDS = re.compile(r":(?<=(?<![:+\-\d])\d\d:)\d\d(?!:)")  # it begins with “:”, which is soon found
_NEW_ESCAPE = re.compile(r"(?<!\\)(?:\\\\)*\\[ex]")


class Token(NamedTuple):
    """``kind`` is a group of the grammar above, ``start`` and ``end`` count characters."""

    kind: str
    start: int
    end: int
    text: str


class Newer(NamedTuple):
    """The first thing in a text that TOML 1.0 does not know: where, what, and what to write instead."""

    offset: int
    what: str
    fix: str


def tokens(text: str) -> Iterator[Token]:
    """The tokens of valid TOML, white space left out."""
    for found in _TOKEN.finditer(text):
        yield Token(found.lastgroup or "", found.start(), found.end(), found.group())


def newer(text: str) -> Newer | None:
    """What in valid TOML needs TOML 1.1, if anything does."""
    if "\\" not in text and not _NO_SECONDS.search(text) and ("{" not in text or _has_plain_items(text)):
        return None
    open_brackets: list[str] = []
    before = ""
    for token in tokens(text):
        if token.kind in ("string", "block"):
            escape = _NEW_ESCAPE.search(token.text) if "\\" in token.text else None
            if escape:
                return Newer(
                    token.start + escape.end() - 2, f"the escape {escape.group()[-2:]}", "Write \\u00XX."
                )
        elif token.kind == "bare":
            short = _NO_SECONDS.search(token.text)
            if short:
                return Newer(
                    token.start + short.start() - 2, "a time without seconds", "Write the seconds too."
                )
        elif token.kind in ("newline", "comment"):
            if open_brackets and open_brackets[-1] == "{":
                return Newer(token.start, "an inline table on several lines", "Write it on one line.")
            continue
        elif token.text in "[{":
            open_brackets.append(token.text)
        elif token.text in "]}":
            if token.text == "}" and before == ",":
                return Newer(token.start, "a comma before “}”", "Take the comma out.")
            open_brackets.pop()
        before = token.text
    return None


def _has_plain_items(text: str) -> bool:
    """Whether every line with a brace is an item of an array as we write it: it need not be taken apart."""
    return (
        '"""' not in text
        and "'''" not in text
        and all(_PLAIN_ITEM.fullmatch(line) for line in text.split("\n") if "{" in line or "}" in line)
    )


class Statement(NamedTuple):
    """A header or a pair: the first part of its full key, and its lines from ``first`` to before ``end``."""

    key: str
    first: int
    end: int


def statements(text: str) -> list[Statement]:
    """Every statement of valid TOML, in order. Lines count from 0."""
    found: list[Statement] = []
    table = ""
    line = start = 0
    depth = 0
    text += "\n"
    for token in tokens(text):
        if token.kind == "newline" and not depth:
            source = text[start : token.start].strip()
            lines = text.count("\n", start, token.end)
            if source and not source.startswith("#"):
                key = next(iter(tomli.loads(source)))
                if source.startswith("["):
                    table = key
                found.append(Statement(table or key, line, line + lines))
            line += lines
            start = token.end
        elif token.kind == "mark":
            depth += {"[": 1, "{": 1, "]": -1, "}": -1}.get(token.text, 0)
    return found
