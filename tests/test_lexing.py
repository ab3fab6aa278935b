"""The quick lexers give the words that Pygments' own do, from the first place on and when they know more."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pygments.lexer import Lexer
from pygments.lexers import get_lexer_by_name

from skillmeat.highlighting import LANGUAGES, lexing

ROOT = Path(__file__).parents[1]
FILES = {
    "bash": "benchmarks/**/*.sh",
    "css": "site_templates/assets/*.css",
    "html": "site_templates/*.html",
    "javascript": "site_templates/assets/*.js",
    "python": "skillmeat/[a-m]*.py",
    "toml": "pyproject.toml",
}
PIECES = [
    *"<>&\"'`\\/#-=:;,.%{}()[]$@!|*?+~^ \n\t\x0b\x1cabfkrsuxKS_019é\u017f\u212a\u2028",
    *('r"', "f'", "b'''", '"""', "/*", "*/", "//", "--", "<!--", "-->", "<?php", "<script>", "</script>"),
    *(
        "if ",
        "def f",
        "class C",
        "import a",
        "fn ",
        "let x",
        "END",
        "EOF",
        "<<EOF\n",
        "${",
        "$(",
        "0x1f",
        "1e-3",
    ),
    *(
        "\n\n",
        "    ",
        "\r\n",
        "@media",
        "a{b:c}",
        "#include",
        "SELECT",
        "TRUE",
        "None",
        "=>",
        "::",
        "'a'",
        "\\n",
    ),
]


@cache
def lexers(name: str) -> tuple[Lexer, Lexer]:
    own = get_lexer_by_name(name, stripnl=False, ensurenl=False)
    return own, lexing.quick(own)


def words(lexer: Lexer, code: str) -> list[tuple[int, Any, str]]:
    return list(lexer.get_tokens_unprocessed(code))


@pytest.fixture
def informed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lexing, "_SOON", 3)


@pytest.mark.usefixtures("informed")
@pytest.mark.parametrize("name", sorted(set(LANGUAGES.values())))
def test_words_are_those_that_pygments_finds(name: str) -> None:
    own, quick = lexers(name)

    @settings(max_examples=40)
    @given(st.lists(st.sampled_from(PIECES), max_size=60).map("".join))
    def check(code: str) -> None:
        assert words(quick, code) == words(own, code)

    check()


@pytest.mark.usefixtures("informed")
@pytest.mark.parametrize(
    ("name", "path"),
    [(name, path) for name, form in FILES.items() for path in sorted(ROOT.glob(form))],
    ids=lambda each: each.name if isinstance(each, Path) else each,
)
def test_words_of_this_repository_are_the_same(name: str, path: Path) -> None:
    own, quick = lexers(name)
    code = path.read_text()
    assert words(quick, code) == words(own, code)


def test_the_lexers_of_common_languages_are_quick() -> None:
    for name in ("bash", "css", "javascript", "python", "rust", "sql", "toml", "typescript"):
        own, quick = lexers(name)
        assert quick is not own


@pytest.mark.parametrize(
    ("pattern", "begins", "never"),
    [
        ("abc|[d-f]+", "adef", "bcg"),
        ("(?i)k+", "kK", "aA"),
        (r"(?i)ſ", "sS", ""),
        (r"\b(?!x)\d|\s", "0\x1f", "ax"),
        ("[^a-y\\n]", "zA ", "a\n"),
        ("(?i)[^a-y]", "zaA", ""),
        ("a?b*c", "abc", "d"),
        ("a?b*", "abc z", ""),
        ("a{0,2}(?:b|c)", "abc", "d"),
        ("(?:b(?i:c))|(?i:d)", "bdD", "Bc"),
        (r"(a)|(?<=x)\1c", "a", ""),
        ("(?=a)b", "b", "a"),
        (r"(?a:\S)", "\x1f", ""),
        (r"(?a)\S", "\x1f", ""),
    ],
)
def test_a_pattern_is_left_out_only_where_it_cannot_begin(pattern: str, begins: str, never: str) -> None:
    found = lexing._begins(re.compile(pattern).match)
    assert found >= set(begins)
    assert not found & set(never)
