"""Untrusted Markdown → HTML that is safe to put on a page.

comrak reads GitHub's dialect, and ``cleaning`` makes what it writes safe: in one way where a text holds HTML
of its own, in a faster one where it does not. Code is coloured last, in what is safe. Nothing here fetches
anything.
"""

from __future__ import annotations

import html
import re
from collections.abc import Generator
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote

import comrak

from skillmeat.cleaning import PREFIX, REL, Place, cleaned, rebuilt
from skillmeat.highlighting import highlight
from skillmeat.text import block, fold, hidden

MAX_BYTES: Final = 50 * 1024
"""How much of a text is rendered; the rest is cut off at a line."""

MAX_DEPTH: Final = 100
MAX_WORK: Final = 200_000
"""Bounds on the nesting, and on tags times nesting: what nh3 does grows with that product."""

MAX_COLOURED: Final = 16_000
"""How many characters of a text's code are coloured: that costs more than all else here."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """A text as HTML, and what a reader must be told about it.

    ``cut`` says that it was longer than ``MAX_BYTES``; ``plain`` that it was nested too deeply and is shown
    as it was written; ``unseen`` that it held invisible or reordering characters, which are spelled out;
    ``comments`` is the number of HTML comments, which are not shown.
    """

    html: str
    cut: bool = False
    plain: bool = False
    unseen: bool = False
    comments: int = 0


def render(text: str, place: Place | None = None, title: str = "") -> Rendered:
    """The text as HTML. A heading at its start that only repeats ``title`` is dropped.

    Headings go down one level, so that ``#`` is an ``h2``, and leave none out. ``text`` has no front matter
    any more.
    """
    stages = rendering(text, place, title)
    while True:
        try:
            next(stages)
        except StopIteration as end:
            rendered: Rendered = end.value
            return rendered


def rendering(text: str, place: Place | None = None, title: str = "") -> Generator[None, None, Rendered]:
    """As ``render``, in stages: whoever has many texts takes them all through one before the next."""
    text, cut = _shorten(text)
    markup, has_html = ("", False) if _has_deep_line(text) else _read(text)
    yield
    plain = not markup or _too_deep(markup)
    if plain:
        code = html.escape(text, quote=False)
        safe = f'<pre tabindex="0"><code>{code}</code></pre>\n' if text.strip() else ""
    else:
        safe = _tidy(_safe(_prepare(markup), place or Place(), has_html=has_html), title)
    if " \n" in safe or "\t\n" in safe:
        safe = _LINE_END.sub("\n", safe)
    unseen = hidden(safe) is not None
    yield
    return Rendered(
        html=_coloured(block(safe) if unseen else safe),
        cut=cut,
        plain=plain and bool(safe),
        unseen=unseen,
        comments=0 if plain else markup.count("<!--"),
    )


# ----------------------------------------------------------------- reading


def _extensions(*, ids: bool) -> comrak.ExtensionOptions:
    options = comrak.ExtensionOptions()
    options.table = options.tasklist = options.strikethrough = True
    options.autolink = options.footnotes = options.alerts = True
    options.header_id_prefix = "" if ids else None
    return options


def _rendering(*, has_html: bool) -> comrak.RenderOptions:
    options = comrak.RenderOptions()
    options.unsafe_ = has_html  # then HTML comes out as it stands in the text, and nh3 makes it safe
    options.tasklist_classes = True
    return options


_WITH_IDS: Final = _extensions(ids=True)
_WITHOUT_IDS: Final = _extensions(ids=False)
_PARSING: Final = comrak.ParseOptions()
_WITH_HTML: Final = _rendering(has_html=True)
_WITHOUT_HTML: Final = _rendering(has_html=False)
_LEFT_OUT: Final = "<!-- raw HTML omitted -->"

_HEADING_LINE = re.compile(r"^[ >]*(?:#|=|-+\s*$)", re.MULTILINE)
_MOST_HEADINGS: Final = 1000  # comrak looks for a free id by counting up: quadratic for equal headings
_DEEP_LINE = re.compile(rf"(?:[ \t]*(?:>|[*+-][ \t]|\d{{1,9}}[.)][ \t])){{{MAX_DEPTH}}}")


def _read(text: str) -> tuple[str, bool]:
    """As HTML, and whether any of that may be the text's own."""
    many = text.count("\n") > _MOST_HEADINGS and len(_HEADING_LINE.findall(text)) > _MOST_HEADINGS
    extensions = _WITHOUT_IDS if many else _WITH_IDS
    markup = comrak.render_markdown(text, extensions, _PARSING, _WITHOUT_HTML)
    if _LEFT_OUT not in markup:
        return markup, False
    return comrak.render_markdown(text, extensions, _PARSING, _WITH_HTML), True


def _has_deep_line(text: str) -> bool:
    return any(_DEEP_LINE.match(line) for line in text.split("\n") if len(line) >= MAX_DEPTH)


def _shorten(text: str) -> tuple[str, bool]:
    if len(text) * 4 <= MAX_BYTES or len(data := text.encode("utf-8", "replace")) <= MAX_BYTES:
        return text.encode("utf-8", "replace").decode(), False
    line = data.rfind(b"\n", 0, MAX_BYTES)
    return data[: line if line > 0 else MAX_BYTES].decode("utf-8", "ignore"), True


_CHILDLESS: Final = "area|base|br|col|embed|hr|img|input|link|meta|param|source|track|wbr"
_CLOSED_BY_NEXT: Final = "dd|dt|li|option|p|rp|rt|td|th|tr"
_NESTING = re.compile(rf"<(/?)(?!(?i:{_CHILDLESS}|{_CLOSED_BY_NEXT})(?![a-zA-Z0-9]))[a-zA-Z]")


def _too_deep(markup: str) -> bool:
    """Whether nesting could make the sanitiser slow. Counts too much rather than too little."""
    tags = markup.count("<")
    opened = tags - markup.count("</")
    if opened <= MAX_DEPTH and tags * opened <= MAX_WORK:
        return False
    depth = deepest = 0
    for closing in _NESTING.findall(markup):
        if not closing:
            depth += 1
            deepest = max(deepest, depth)
        elif depth:
            depth -= 1
    return deepest > MAX_DEPTH or tags * deepest > MAX_WORK


_HEADING_ANCHOR = re.compile(
    r'<a href="#[^"]*" aria-label="[^"]*" data-heading-content="[^"]*" class="anchor"></a>'
)


def _safe(markup: str, place: Place, *, has_html: bool) -> str:
    safe = None if has_html else rebuilt(markup, place)
    return cleaned(markup, place) if safe is None else safe


def _prepare(markup: str) -> str:
    """comrak's own additions in a form that the sanitiser's list has room for."""
    markup = _HEADING_ANCHOR.sub("", markup)
    if "<input" in markup:
        markup = re.sub(r'<input type="checkbox"[^>]* checked=""[^>]*/>', "☑", markup)
        markup = re.sub(r'<input type="checkbox"[^>]*/>', "☐", markup)
    return markup


# ------------------------------------------------------------------ tidying

_LOST: Final = f'<a rel="{REL}">'
_LOST_LINK = re.compile(f"{_LOST}(.*?)</a>", re.DOTALL)
_LOST_IMAGE = re.compile(r'<img(?!(?:[^>"]|"[^"]*")* src=)([^>]*)>')
_UNSAID = re.compile(r'<img(?!(?:[^>"]|"[^"]*")* alt=)')
_HEAD = re.compile(r"<thead>.*?</thead>", re.DOTALL)
_EMPTY_HEAD = re.compile(r"<th((?: class=\"[^\"]*\")?)>\s*</th>")
_ALT = re.compile(r' alt="([^"]*)"')
_ALIGN = re.compile(r'<(p|div|h[1-6]|t[dh])\b([^>]*) align="(left|center|right)"([^>]*)>')
_TABLE = '<div class="wide" role="group" aria-label="Table" tabindex="0"><table>'
_HEADING = re.compile(r"(</?h)([1-6])\b")
_FIRST_HEADING = re.compile(r"\s*<h1[^>]*>(.*?)</h1>\s*", re.DOTALL)
_ANY_TAG = re.compile(r"<[^>]*>")
_ID = re.compile(rf'<[^>]* id="({PREFIX}[^"]*)"')
_IN_TEXT = re.compile(rf'<a href="#({PREFIX}[^"]*)"[^>]*>')


def _tidy(safe: str, title: str) -> str:
    """The last touches, on what is safe: it has “<” and “>” only around tags, so patterns will do."""
    first = _FIRST_HEADING.match(safe)
    if first and title and _letters(html.unescape(_ANY_TAG.sub("", first[1]))) == _letters(title):
        safe = safe[first.end() :]
    if f'<a href="#{PREFIX}' in safe:
        safe = _led(safe)
    if _LOST in safe:
        safe = _LOST_LINK.sub(r"\1", safe)
    if "<img" in safe:
        safe = _UNSAID.sub('<img alt=""', _LOST_IMAGE.sub(_described, safe))
    if " align=" in safe:
        safe = _ALIGN.sub(_aligned, safe)
    if "<table>" in safe:
        safe = _HEAD.sub(_headed, safe)
        safe = safe.replace("<table>", _TABLE).replace("</table>", "</table></div>")
    return _lowered(safe)


def _led(safe: str) -> str:
    """Links to places in the text itself lead there: to the one that is called so, else to one whose letters
    are the same, as where the emoji of a heading is written otherwise; those that lead nowhere are lost."""
    ids = dict.fromkeys(map(html.unescape, _ID.findall(safe)))
    near = {_letters(each): each for each in reversed(ids)}

    def to(found: re.Match[str]) -> str:
        name = html.unescape(found[1])
        if name in ids or unquote(name) in ids:
            return found[0]
        meant = near.get(_letters(unquote(name)))
        return found[0].replace(found[1], html.escape(meant), 1) if meant else _LOST

    return _IN_TEXT.sub(to, safe)


def _lowered(safe: str) -> str:
    """Headings one level down, and none more than one below what it stands under: the page has an ``h2``."""
    parts = _HEADING.split(safe)  # text, “<h” or “</h”, level, text, …, text
    shown: dict[int, int] = {}  # by the levels as they are written: those that a heading may stand under
    for place in range(2, len(parts), 3):
        written = int(parts[place])
        if parts[place - 1] == "<h":
            for below in [each for each in shown if each >= written]:
                del shown[below]
            shown[written] = min(written + 1, max(shown.values(), default=2) + 1, 6)
        parts[place] = str(shown.get(written, 6))
    return "".join(parts)


def _headed(found: re.Match[str]) -> str:
    """The head of a table, in which what says nothing heads nothing and the others say what they head."""
    head, empty = _EMPTY_HEAD.subn(r"<td\1></td>", found[0])
    return re.sub("<th(?=[ >])", '<th scope="col"', head) if empty else head


def _aligned(found: re.Match[str]) -> str:
    tag, before, side, after = found.groups()
    kept = "" if "class=" in before + after else f' class="align-{side}"'
    return f"<{tag}{before}{kept}{after}>"


def _described(found: re.Match[str]) -> str:
    alt = _ALT.search(found[1])
    return f'<span class="no-image">{alt[1]}</span>' if alt and alt[1].strip() else ""


def _letters(text: str) -> str:
    return "".join(character for character in fold(text) if character.isalnum())


# ---------------------------------------------------------------- colouring

_LINE_END = re.compile(r"[ \t]+\n")
_CODE = re.compile(r'(<code class="language-([^"]+)">)([^<]+)(?=</code></pre>)')


def _coloured(safe: str) -> str:
    """The blocks of code with their words marked, the first ones of a text that has many."""
    if '<code class="language-' not in safe:
        return safe
    left = MAX_COLOURED

    def marked(found: re.Match[str]) -> str:
        nonlocal left
        code = html.unescape(found[3])
        if len(code) > left:
            return found[0]
        coloured = highlight(code, found[2])
        if coloured is None:
            return found[0]
        left -= len(code)
        return found[1] + coloured

    return _CODE.sub(marked, safe)
