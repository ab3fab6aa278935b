"""Other people's Markdown is harmless on a page, and still says what it said."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator

import comrak
import nh3
import pytest

from skillmeat import markdown
from skillmeat.cleaning import Place, image, link, rebuilt
from skillmeat.markdown import MAX_BYTES, render
from tests.site.dom import ATTRIBUTES, TAGS, objections
from tests.site.hostile import payloads
from tests.site.payloads import PAYLOADS

HERE = Place(
    "skills/pdf",
    "https://github.com/o/r/blob/c0ffee/",
    "https://raw.githubusercontent.com/o/r/c0ffee/",
)


@pytest.mark.parametrize("payload", PAYLOADS)
def test_nothing_hostile_reaches_the_page(payload: str) -> None:
    """On its own, in a list item, and with no repository to resolve against."""
    for text in (payload, f"- x\n\n  {payload}", f"*x* {payload} **y**"):
        for place in (HERE, None):
            assert objections(render(text, place).html) == []


@pytest.mark.parametrize("payload", PAYLOADS)
def test_what_was_made_safe_stays_safe_when_it_is_read_again(payload: str) -> None:
    """A browser that serialises and parses the page once more finds nothing new (mutation XSS)."""
    once = render(payload, HERE).html
    again = nh3.clean(
        once,
        tags=set(TAGS),
        attributes={"*": set(), **{tag: names - {"rel"} for tag, names in ATTRIBUTES.items()}},
        link_rel="nofollow noopener ugc",
        url_relative="pass_through",
    )
    assert objections(again) == []


def test_the_check_would_notice() -> None:
    """The control: without the sanitiser, most payloads are objected to."""
    options = comrak.RenderOptions()
    options.unsafe_ = True
    noticed = sum(bool(objections(comrak.render_markdown(each, None, None, options))) for each in PAYLOADS)
    assert len(PAYLOADS) >= 140
    assert noticed >= 110


def test_nothing_of_hostile_texts_by_the_hundred_reaches_the_page() -> None:
    """Those that a real browser is shown, where there is one (tests/site/test_hostile_pages.py)."""
    wrong = {text: bad for text in payloads() if (bad := objections(render(text, HERE).html))}
    assert wrong == {}


PIECES = (
    "# ~## ~- ~1. ~7) ~> ~[~](~]~(~)~![~`~``~*~**~_~|~---~a~b c~&amp;~&lt;~&#60;~&quot;~&#0;~&nbsp;~"
    "<https://x.y>~https://auto.example/x~www.a.example~x@y.zz~javascript:alert(1)~#frag~../up~/up~"
    ' "title"~[ref]~[^1]~[!TIP]~- [ ] ~- [x] ~&#x3c;script&#x3e;~data:image/png;base64,AA~{~%3C~<~>~'
    "<b~</a>~<!--~-->~http://[bad~HTTPS://UP.example/~http://1.2.3.999~file:///x~=~===~    ~  ~'~\"~"
    "\\~\t~\r~\f~\u202e~\xa0~é"
)
BLOCKS = (
    "\n",
    "\n\n",
    "\n```yaml\n",
    "\n[ref]: https://r.s 't'\n",
    "\n[^1]: note\n",
    "\n|a|b|\n|-|:-:|\n|c|d|\n",
)


def made_up(count: int) -> Iterator[str]:
    """Texts that nobody would write, of what means something in Markdown."""
    chance = random.Random(42)
    pieces = (*PIECES.split("~"), "~~", *BLOCKS * 2)
    for _ in range(count):
        yield "".join(chance.choice(pieces) for _ in range(chance.randint(1, 25)))


def test_a_text_is_the_same_whichever_way_it_is_made_safe(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is put together from known tags is, letter by letter, what nh3 lets through of the same."""
    quick = 0

    def watched(markup: str, place: Place) -> str | None:
        nonlocal quick
        found = rebuilt(markup, place)
        quick += found is not None
        return found

    for text in (*SAYS, *PAYLOADS, *payloads(), *made_up(2_500)):
        for place in (HERE, Place()):
            monkeypatch.setattr(markdown, "rebuilt", watched)
            shown = render(text, place)
            monkeypatch.setattr(markdown, "rebuilt", lambda *_: None)
            assert shown == render(text, place), text
    assert quick > 3_000


@pytest.mark.parametrize(
    "markup",
    [
        "<p>a</p",
        "<p>a</p>>",
        "<",
        "a > b",
        '<a href="/x" onclick="y">x</a>',
        "<a href=/x>x</a>",
        "<a href='/x'>x</a>",
        '<a href="/x"><a href="/y">y</a></a>',
        '<p class="trust">a</p>',
        '<img src="x" alt="a"onerror="y" />',
        '<code class="language-a" id="b">',
        "<script>a</script>",
        "<!-- a -->",
        "<p >a</p>",
        "<P>a</P>",
        "<p>a\rb</p>",
    ],
)
def test_only_exact_tags_are_put_together(markup: str) -> None:
    """The fast way says nothing of anything else."""
    assert rebuilt(markup, HERE) is None


SAYS = {
    "# A\n\n## B": '<h2 id="user-content-a">A</h2>\n<h3 id="user-content-b">B</h3>\n',
    "# A\n\n###### F\n\n### C\n\n#### D": (
        '<h2 id="user-content-a">A</h2>\n<h3 id="user-content-f">F</h3>\n'
        '<h3 id="user-content-c">C</h3>\n<h4 id="user-content-d">D</h4>\n'
    ),
    "#### D\n\n#### D\n\n## B": (
        '<h3 id="user-content-d">D</h3>\n<h3 id="user-content-d-1">D</h3>\n<h3 id="user-content-b">B</h3>\n'
    ),
    "[x](notes.md#Top)": '<p><a href="https://github.com/o/r/blob/c0ffee/skills/pdf/notes.md#Top" '
    'rel="nofollow noopener ugc">x</a></p>\n',
    "[x](../a b.md)": "<p>[x](../a b.md)</p>\n",
    "[x](<../a b.md>)": '<p><a href="https://github.com/o/r/blob/c0ffee/skills/a%20b.md" '
    'rel="nofollow noopener ugc">x</a></p>\n',
    "[x](/LICENSE)": '<p><a href="https://github.com/o/r/blob/c0ffee/LICENSE" '
    'rel="nofollow noopener ugc">x</a></p>\n',
    "[x](../../../up)": "<p>x</p>\n",
    "[x](#a)\n# a": '<p><a href="#user-content-a" rel="nofollow noopener ugc">x</a></p>\n'
    '<h2 id="user-content-a">a</h2>\n',
    "[x](#-%C3%A4)\n# ä": '<p><a href="#user-content-ä" rel="nofollow noopener ugc">x</a></p>\n'
    '<h2 id="user-content-ä">ä</h2>\n',
    '[x](#a "t") [y](#-)': "<p>x y</p>\n",
    "![a](b.png)": '<p><img src="https://raw.githubusercontent.com/o/r/c0ffee/skills/pdf/b.png" alt="a" '
    'loading="lazy"></p>\n',
    "![a](https://t.example/b.png)": '<p><span class="no-image">a</span></p>\n',
    "![](https://t.example/b.png)": "<p></p>\n",
    '<img src="b.png" title="alt=">': '<img alt="" src="https://raw.githubusercontent.com/o/r/c0ffee/skills/'
    'pdf/b.png" title="alt=" loading="lazy">\n',
    "| | b |\n|:-:|-|\n| 1 | 2 |": '<div class="wide" role="group" aria-label="Table" tabindex="0">'
    "<table>\n<thead>\n"
    '<tr>\n<td class="align-center"></td>\n<th scope="col">b</th>\n</tr>\n</thead>\n<tbody>\n<tr>\n'
    '<td class="align-center">1</td>\n<td>2</td>\n</tr>\n</tbody>\n</table></div>\n',
    "- [x] a\n- [ ] b": '<ul class="contains-task-list">\n<li class="task-list-item">☑ a</li>\n'
    '<li class="task-list-item">☐ b</li>\n</ul>\n',
    "~~a~~ <kbd>b</kbd>": "<p><del>a</del> <kbd>b</kbd></p>\n",
    "```python\nx\n```": '<pre tabindex="0"><code class="language-python">x\n</code></pre>\n',
    "> [!TIP]\n> a": '<div class="markdown-alert markdown-alert-tip">\n'
    '<p class="markdown-alert-title">Tip</p>\n<p>a</p>\n</div>\n',
    "```\na \t\nb\n```": '<pre tabindex="0"><code>a\nb\n</code></pre>\n',
    "a\u202eb": "<p>a\\u{202e}b</p>\n",
    "<b>a</b": "<p><b>a&lt;/b</b></p><b>\n</b>",
}


@pytest.mark.parametrize("text", SAYS)
def test_what_it_says_is_kept(text: str) -> None:
    assert render(text, HERE).html == SAYS[text]


def test_a_first_heading_that_repeats_the_title_is_dropped() -> None:
    assert render("# PDF *Tools*\n\nx", title="pdf-tools").html == "<p>x</p>\n"
    assert render("# Other\n\nx", title="pdf-tools").html.startswith("<h2")
    assert render("x\n\n# pdf-tools", title="pdf-tools").html.startswith("<p>x</p>\n<h2")


def test_without_a_repository_relative_addresses_are_plain_text() -> None:
    assert render("[a](b.md) ![c](d.png) [e](https://f.example)").html == (
        '<p>a <span class="no-image">c</span> '
        '<a href="https://f.example" rel="nofollow noopener ugc">e</a></p>\n'
    )


def test_an_id_is_given_once() -> None:
    html = render("<h2 id=a>x</h2>\n\n<h2 id=a>y</h2>", HERE).html
    assert html.count('id="user-content-a"') == 1


def test_a_reader_is_told_what_is_not_shown() -> None:
    quiet = render("a")
    assert (quiet.cut, quiet.plain, quiet.unseen, quiet.comments) == (False, False, False, 0)
    assert render("a <!-- b --> c <!-- d -->").comments == 2
    assert render("a\u200bb").unseen


def test_a_long_text_is_cut_at_a_line() -> None:
    text = "".join(f"line {number}\n" for number in range(10_000))
    rendered = render(text)
    assert rendered.cut
    assert len(rendered.html) < MAX_BYTES + 100
    assert rendered.html.rstrip().removesuffix("</p>").rpartition("\n")[2].startswith("line ")


def test_a_long_line_of_wide_characters_is_cut_between_two() -> None:
    rendered = render("é" * MAX_BYTES)
    assert rendered.cut
    assert "\ufffd" not in rendered.html


def test_half_a_character_does_no_harm() -> None:
    assert render("a\ud800b").html == "<p>a?b</p>\n"


SLOW = {
    "quotes": ">" * 50_000,
    "lists": "* " * 25_000 + "a",
    "numbers": "1. " * 16_000 + "a",
    "quotes and lists": "> - " * 12_000,
    "elements": "<div>" * 10_000,
    "different elements": "".join(f"<b id={number}>" for number in range(5_000)),
    "elements in every paragraph": "".join(f"<b id={number}>" for number in range(15)) + "<p>" * 16_000,
    "tables in tables": "<table><tr><td>" * 3_000,
    "foreign elements": "<math><mi><table>" * 3_000,
    "a wide table": "|" + "a|" * 8_000 + "\n|" + "-|" * 8_000 + "\n" + "|\n" * 8_000,
    "equal headings": "# a\n" * 12_000,
    "brackets": "[" * 50_000,
    "images": "![[]()" * 8_000,
    "emphasis": "*a **a " * 7_000,
    "code": "`a" * 25_000,
    "footnotes": "[^a]" * 12_000 + "\n\n[^a]: x",
    "references": "[a]: /x\n" * 3_000 + "[a]" * 8_000,
    "comments": "<!--" * 12_000,
    "links": "[a](b) " * 7_000,
    "links of emphasis": "[*a*](b) *c* " * 3_500,
    "addresses": "".join(f"https://a.example/{number} " for number in range(2_000)),
    "indented lists": "".join("  " * depth + "- a\n" for depth in range(220)),
}


@pytest.mark.parametrize("name", SLOW)
def test_no_text_takes_long(name: str) -> None:
    start = time.process_time()
    rendered = render(SLOW[name], HERE)
    assert time.process_time() - start < 1.0
    assert objections(rendered.html) == []


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("https://a.example/b?c#d", "https://a.example/b?c#d"),
        ("HTTPS://a.example", "HTTPS://a.example"),
        ("mailto:a@b.example", "mailto:a@b.example"),
        ("a.md?plain=1", "https://github.com/o/r/blob/c0ffee/skills/pdf/a.md?plain=1"),
        ("./", "https://github.com/o/r/blob/c0ffee/skills/pdf"),
        ("../..", "https://github.com/o/r/blob/c0ffee/"),
        ("../../..", None),
        ("a:b", None),
        ("", None),
        ("#", None),
        ("//a.example", None),
        ("https://user@a.example/", None),
    ],
)
def test_where_a_link_may_lead(address: str, expected: str | None) -> None:
    assert link(address, HERE) == expected


def test_an_image_comes_from_the_source_or_not_at_all() -> None:
    raw = "https://raw.githubusercontent.com/x/y/z/i.png"
    assert image(raw, HERE) == raw
    assert image("https://github.com/o/r/blob/c0ffee/i.png", HERE) is None
    assert image(raw, Place()) is None


def test_images_from_anywhere_only_where_the_site_says_so() -> None:
    anywhere = Place("", "https://a.example/", "https://a.example/", any_image=True)
    assert image("https://tracker.example/i.png", anywhere) == "https://tracker.example/i.png"
    for address in ("http://tracker.example/i.png", "//tracker.example/i.png", "data:image/png;base64,AA"):
        assert image(address, anywhere) is None


def test_a_table_can_be_scrolled_with_the_keyboard() -> None:
    assert render("| a |\n|---|\n| b |\n").html.startswith(
        '<div class="wide" role="group" aria-label="Table" tabindex="0"><table>\n<thead>'
    )


def test_what_is_centred_stays_so_but_takes_no_class_of_ours() -> None:
    assert render('<p align="center">a</p>').html == '<p class="align-center">a</p>\n'
    assert (
        render('<div align="right" class="footnotes wide">a</div>').html == '<div class="footnotes">a</div>\n'
    )
