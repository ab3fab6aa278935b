"""Untrusted Markdown → HTML that is safe to put on a page.

comrak reads GitHub's dialect, nh3 keeps what is on a short list, and ``_Filter`` has the last word on
every attribute: nh3 does not look again at what an attribute filter returns (SECURITY.md 2.5), so each
address is resolved and checked in one place, there. Code is coloured last, in what nh3 let through.
Nothing here fetches anything.
"""

from __future__ import annotations

import html
import posixpath
import re
import threading
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, unquote

import comrak
import nh3

from skillmeat.highlighting import highlight
from skillmeat.text import block, fold, hidden

MAX_BYTES: Final = 50 * 1024
"""How much of a text is rendered; the rest is cut off at a line."""

MAX_DEPTH: Final = 100
MAX_WORK: Final = 200_000
"""Bounds on the nesting, and on tags times nesting: what nh3 does grows with that product."""

MAX_COLOURED: Final = 16_000
"""How many characters of a text's code are coloured: that costs more than all else here."""

PREFIX: Final = "user-content-"
"""What every id in a rendered text begins with, so that it cannot take the place of one of the page's."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a text stands, which is what its relative addresses mean.

    ``folder`` is its folder in the repository, empty for the root. ``links`` and ``images`` are the
    addresses of that repository's root at the pinned commit, ending in ``/``: one that shows files and one
    that gives their bytes. Without them relative links become plain text and images their descriptions.
    ``any_image`` lets images come from any host that has https.
    """

    folder: str = ""
    links: str = ""
    images: str = ""
    any_image: bool = False


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


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


def render(text: str, place: Place | None = None, title: str = "") -> Rendered:
    """The text as HTML. A heading at its start that only repeats ``title`` is dropped.

    Headings go down one level, so that ``#`` is an ``h2``, and leave none out. ``text`` has no front matter
    any more.
    """
    text, cut = _shorten(text)
    markup = "" if _DEEP_LINE.search(text) else _read(text)
    plain = not markup or _too_deep(markup)
    if plain:
        code = html.escape(text, quote=False)
        safe = f'<pre tabindex="0"><code>{code}</code></pre>\n' if text.strip() else ""
    else:
        safe = _tidy(_clean(_prepare(markup), place or Place()), title)
    unseen = hidden(safe) is not None
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


def _rendering() -> comrak.RenderOptions:
    options = comrak.RenderOptions()
    options.unsafe_ = True  # raw HTML reaches nh3, which is what makes it safe
    options.tasklist_classes = True
    return options


_WITH_IDS: Final = _extensions(ids=True)
_WITHOUT_IDS: Final = _extensions(ids=False)
_PARSING: Final = comrak.ParseOptions()
_RENDERING: Final = _rendering()

_HEADING_LINE = re.compile(r"^[ >]*(?:#|=|-+\s*$)", re.MULTILINE)
_MOST_HEADINGS: Final = 1000  # comrak looks for a free id by counting up: quadratic for equal headings
_DEEP_LINE = re.compile(rf"^(?:[ \t]*(?:>|[*+-][ \t]|\d{{1,9}}[.)][ \t])){{{MAX_DEPTH}}}", re.MULTILINE)


def _read(text: str) -> str:
    many = text.count("\n") > _MOST_HEADINGS and len(_HEADING_LINE.findall(text)) > _MOST_HEADINGS
    return comrak.render_markdown(text, _WITHOUT_IDS if many else _WITH_IDS, _PARSING, _RENDERING)


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


def _prepare(markup: str) -> str:
    """comrak's own additions in a form that the sanitiser's list has room for."""
    markup = _HEADING_ANCHOR.sub("", markup)
    if "<input" in markup:
        markup = re.sub(r'<input type="checkbox"[^>]* checked=""[^>]*/>', "☑", markup)
        markup = re.sub(r'<input type="checkbox"[^>]*/>', "☐", markup)
    return markup


# ---------------------------------------------------------------- cleaning

_TAGS: Final = _words(
    "a abbr b blockquote br caption cite code dd del details dfn div dl dt em figcaption figure h1 h2 "
    "h3 h4 h5 h6 hr i img ins kbd li mark ol p pre q s samp section small strong sub summary sup table "
    "tbody td tfoot th thead tr u ul var"
)
_HEADINGS: Final = ("h1", "h2", "h3", "h4", "h5", "h6")
_ATTRIBUTES: Final[dict[str, set[str]]] = {
    "*": set(),  # nh3 would allow “lang” and “title” everywhere
    **{heading: {"id", "align"} for heading in _HEADINGS},
    "a": {"href", "title", "id", "class", "aria-label"},
    "abbr": {"title"},
    "code": {"class"},
    "details": {"open"},
    "div": {"class", "align"},
    "img": {"src", "alt", "title", "width", "height"},
    "li": {"id", "class"},
    "ol": {"start"},
    "p": {"class", "align"},
    "section": {"class"},
    "sup": {"class"},
    "td": {"align"},
    "th": {"align"},
    "ul": {"class"},
}
_CLASSES: Final = _words(
    "markdown-alert markdown-alert-note markdown-alert-tip markdown-alert-important "
    "markdown-alert-warning markdown-alert-caution markdown-alert-title footnotes footnote-ref "
    "footnote-backref contains-task-list task-list-item"
)
_REL: Final = "nofollow noopener ugc"
_VALUES: Final[dict[str, re.Pattern[str]]] = {
    "align": re.compile(r"left|center|right"),
    "width": re.compile(r"[1-9][0-9]{0,3}"),
    "height": re.compile(r"[1-9][0-9]{0,3}"),
    "start": re.compile(r"[0-9]{1,6}"),
    "aria-label": re.compile(r"Back to reference [0-9-]{1,20}"),
    "id": re.compile(rf"{PREFIX}\S{{1,200}}"),
}


class _Filter(threading.local):
    """Says what becomes of every attribute of one text, of each thread's own."""

    def __init__(self) -> None:
        self.begin(Place())

    def begin(self, place: Place) -> None:
        """Be ready for a text that stands there."""
        self._place = place
        self._ids: set[str] = set()

    def __call__(self, tag: str, name: str, value: str) -> str | None:
        if name == "href":
            return link(value, self._place)
        if name == "src":
            return image(value, self._place)
        if name == "class":
            return _class(tag, value)
        form = _VALUES.get(name)
        if form and not form.fullmatch(value):
            return None
        if name == "id":
            if value in self._ids:
                return None
            self._ids.add(value)
        return value


def _class(tag: str, value: str) -> str | None:
    if tag == "code":
        return value if re.fullmatch(r"language-[\w+#.-]{1,40}", value, re.ASCII) else None
    kept = [name for name in value.split() if name in _CLASSES]
    return " ".join(kept) or None


_FILTER: Final = _Filter()
_CLEANER: Final = nh3.Cleaner(
    tags=set(_TAGS),
    attributes=_ATTRIBUTES,
    attribute_filter=_FILTER,
    url_schemes={"http", "https", "mailto"},
    url_relative="pass_through",
    link_rel=_REL,
    id_prefix=PREFIX,
    # A block of code may have to be scrolled, which the keyboard can do only where it can go.
    set_tag_attribute_values={"img": {"loading": "lazy"}, "pre": {"tabindex": "0"}},
)


def _clean(markup: str, place: Place) -> str:
    _FILTER.begin(place)
    return _CLEANER.clean(markup)


# --------------------------------------------------------------- addresses

_ABSOLUTE = re.compile(r"https?://[^\s/?#@\\\"<>`]+(?:[/?#][^\s\\\"<>`]*)?", re.IGNORECASE)
_MAIL = re.compile(r"mailto:[^\s\\\"<>`]+", re.IGNORECASE)
_SCHEME = re.compile(r"[^/?#]*:")
_FRAGMENT_SAFE: Final = "!$&'()*+,;=:@/?%-._~"


def link(address: str, place: Place) -> str | None:
    """Where a link may lead: https, http, mailto or this text; None when it may not lead anywhere."""
    address = address.strip()
    if _ABSOLUTE.fullmatch(address) or _MAIL.fullmatch(address):
        return None if hidden(address) else address
    if address.startswith("#"):
        found = re.fullmatch(r"#([^\s\"<>]{1,200})", address)
        return f"#{PREFIX}{found[1].removeprefix(PREFIX)}" if found else None
    return _resolve(address, place.folder, place.links)


def image(address: str, place: Place) -> str | None:
    """The address of an image in the source itself, or wherever ``place`` lets it be; else None."""
    address = address.strip()
    host = re.match(r"https://[^/]+/", place.images)
    near = "https://" if place.any_image else host[0] if host else ""
    if near and address.startswith(near) and _ABSOLUTE.fullmatch(address):
        return None if hidden(address) else address
    return _resolve(address, place.folder, place.images)


def _resolve(address: str, folder: str, base: str) -> str | None:
    """A relative address on ``base``; None when there is no base or it leads out of the repository."""
    if not base or not address or _SCHEME.match(address) or address.startswith(("//", "\\")):
        return None
    whole, _, fragment = address.partition("#")
    path, _, query = whole.partition("?")
    path = unquote(path)  # browsers take %2e%2e for “..”
    if "\\" in path or hidden(path) or any(character < " " for character in path):
        return None
    path = path.lstrip("/") if path.startswith("/") else posixpath.join(folder, path)
    joined = posixpath.normpath(path)
    if joined == ".." or joined.startswith(("../", "/")):
        return None
    resolved = base + ("" if joined == "." else quote(joined))
    if query:
        resolved += "?" + quote(query, safe=_FRAGMENT_SAFE)
    if fragment:
        resolved += "#" + quote(fragment, safe=_FRAGMENT_SAFE)
    return resolved if _ABSOLUTE.fullmatch(resolved) else None


# ------------------------------------------------------------------ tidying

_LOST_LINK = re.compile(rf'<a rel="{_REL}">(.*?)</a>', re.DOTALL)
_LOST_IMAGE = re.compile(r"<img(?![^>]* src=)([^>]*)>")
_ALT = re.compile(r' alt="([^"]*)"')
_ALIGN = re.compile(r'<(p|div|h[1-6]|t[dh])\b([^>]*) align="(left|center|right)"([^>]*)>')
_TABLE = '<div class="wide" role="group" aria-label="Table" tabindex="0"><table>'
_HEADING = re.compile(r"(</?h)([1-6])\b")
_FIRST_HEADING = re.compile(r"\s*<h1[^>]*>(.*?)</h1>\s*", re.DOTALL)
_ANY_TAG = re.compile(r"<[^>]*>")


def _tidy(safe: str, title: str) -> str:
    """The last touches, on nh3's output: it writes “<” and “>” only around tags, so patterns will do."""
    if _REL in safe:
        safe = _LOST_LINK.sub(r"\1", safe)
    if "<img" in safe:
        safe = _LOST_IMAGE.sub(_described, safe)
    if " align=" in safe:
        safe = _ALIGN.sub(_aligned, safe)
    if "<table>" in safe:
        safe = safe.replace("<table>", _TABLE).replace("</table>", "</table></div>")
    first = _FIRST_HEADING.match(safe)
    if first and title and _letters(html.unescape(_ANY_TAG.sub("", first[1]))) == _letters(title):
        safe = safe[first.end() :]
    return _lowered(safe)


def _lowered(safe: str) -> str:
    """Headings one level down, and none more than one below what it stands under: the page has an ``h2``."""
    shown: dict[int, int] = {}  # by the levels as they are written: those that a heading may stand under

    def level(found: re.Match[str]) -> str:
        written = int(found[2])
        if found[1] == "<h":
            for below in [each for each in shown if each >= written]:
                del shown[below]
            shown[written] = min(written + 1, max(shown.values(), default=2) + 1, 6)
        return f"{found[1]}{shown.get(written, 6)}"

    return _HEADING.sub(level, safe)


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
