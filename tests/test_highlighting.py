"""Code keeps every letter when it is coloured, and colouring it is bounded."""

from __future__ import annotations

import html
import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pygments.lexers import get_lexer_by_name

from skillmeat.highlighting import KINDS, LANGUAGES, MAX_CODE, MAX_LINE, MAX_LINES, highlight
from skillmeat.markdown import MAX_COLOURED, render

SPAN = re.compile(rf'<span class="hl-[{"".join(KINDS.values())}]">|</span>')


def plain(coloured: str) -> str:
    return html.unescape(SPAN.sub("", coloured))


def test_words_are_marked_by_kind() -> None:
    assert highlight('def f(x):\n    return "a<b" # b\n', "py") == (
        '<span class="hl-k">def</span> <span class="hl-f">f</span>(x):\n'
        '    <span class="hl-k">return</span> <span class="hl-s">"a&lt;b"</span> '
        '<span class="hl-c"># b</span>\n'
    )
    assert highlight('{"a": [1, true]}', "JSON") == (
        '{<span class="hl-k">"a"</span>: [<span class="hl-n">1</span>, <span class="hl-n">true</span>]}'
    )
    assert highlight("+a\n-b\n", "diff") == ('<span class="hl-i">+a</span>\n<span class="hl-d">-b</span>\n')


@pytest.mark.parametrize("name", sorted(set(LANGUAGES.values())))
def test_every_language_is_one_that_pygments_reads(name: str) -> None:
    assert get_lexer_by_name(name)


@settings(max_examples=300)
@given(
    code=st.lists(
        st.sampled_from(
            [*"<>&\"'`\\/#-=:{}()[]$@!|* \n\t\r\x00é\u202e", "<!--", "-->", "</span>", "if", "${", "'''"]
        ),
        min_size=1,
        max_size=40,
    ).map("".join),
    language=st.sampled_from(sorted(LANGUAGES)),
)
def test_no_letter_is_lost_or_left_unescaped(code: str, language: str) -> None:
    coloured = highlight(code, language)
    if coloured is not None:
        assert plain(coloured) == code
        assert not re.search("[<>]", SPAN.sub("", coloured))


@pytest.mark.parametrize(
    "code", ["", "x" * (MAX_LINE + 1), "x\n" * (MAX_LINES + 1), "xxxxxx \n" * (MAX_CODE // 8 + 1)]
)
def test_more_than_the_bounds_stays_without_colours(code: str) -> None:
    assert highlight(code, "python") is None


def test_an_unknown_language_stays_without_colours() -> None:
    assert highlight("graph TD", "mermaid") is None
    assert render("```mermaid\na <b>\n```").html == (
        '<pre tabindex="0"><code class="language-mermaid">a &lt;b&gt;\n</code></pre>\n'
    )


def test_a_text_full_of_code_is_coloured_from_its_start() -> None:
    block = "```py\n" + "return 1\n" * 100 + "```\n\n"
    made = render(block * 40).html
    assert len(made.split("</pre>")) == 41
    assert made.count("hl-k") == 100 * (MAX_COLOURED // 900)
    assert "hl-" not in made.split("</pre>")[MAX_COLOURED // 900]


SLOWEST = [("java", "a b "), ("c", "\n"), ("python", "\n "), ("terraform", "a"), ("make", "0"), ("xml", "<?")]


@pytest.mark.parametrize(("language", "piece"), SLOWEST)
def test_no_code_takes_long(language: str, piece: str) -> None:
    """The worst that a search over pieces and lexers found, at the bounds."""
    line = (piece * MAX_LINE)[:MAX_LINE]
    code = "\n".join([line] * 4)[:MAX_CODE]
    start = time.process_time()
    highlight(code, language)
    assert time.process_time() - start < 1.5
