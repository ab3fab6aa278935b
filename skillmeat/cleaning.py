"""HTML that foreign text was made into → HTML that is safe to put on a page.

There are two ways to the same result. ``cleaned`` takes anything: nh3 keeps what is on a short list, and
``_Filter`` has the last word on every attribute, because nh3 does not look again at what an attribute filter
returns (SECURITY.md 2.5). ``rebuilt`` takes what comrak writes for a text without HTML of its own, several
times as fast: there is nothing in it but text and tags of a few exact forms, and it makes the tags anew.
Either way each address is resolved and checked in one place, here.
"""

from __future__ import annotations

import posixpath
import re
import threading
from dataclasses import dataclass
from functools import lru_cache
from html import unescape
from typing import Final
from urllib.parse import quote, unquote

import nh3

from skillmeat.text import hidden

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


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


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
REL: Final = "nofollow noopener ugc"
"""What every link says of where it leads."""

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
    link_rel=REL,
    id_prefix=PREFIX,
    # A block of code may have to be scrolled, which the keyboard can do only where it can go.
    set_tag_attribute_values={"img": {"loading": "lazy"}, "pre": {"tabindex": "0"}},
)


def cleaned(markup: str, place: Place) -> str:
    """What of any HTML may stand on a page. Takes time with its tags times its nesting."""
    _FILTER.begin(place)
    return _CLEANER.clean(markup)


# --------------------------------------------------------------- rebuilding

_TAG = re.compile("(<[^>]*>?)")
_LINK_IN_LINK = re.compile(r"<a [^<]*(?:<(?!/?a[ >])[^<]*)*<a ")
_SAME: Final = (
    "blockquote br code del em h1 h2 h3 h4 h5 h6 hr li ol p pre strong table tbody td th thead tr ul"
)
_KNOWN: Final = {
    **{f"<{slash}{name}>": f"<{slash}{name}>" for name in _words(_SAME) for slash in ("", "/")},
    **{
        tag: tag
        for tag in (
            *(f'<{cell} align="{side}">' for cell in ("td", "th") for side in ("left", "center", "right")),
            '<ul class="contains-task-list">',
            '<li class="task-list-item">',
            *(
                f'<div class="markdown-alert markdown-alert-{kind}">'
                for kind in ("note", "tip", "important", "warning", "caution")
            ),
            '<p class="markdown-alert-title">',
            "</div>",
            "</a>",
        )
    },
    "<br />": "<br>",
    "<hr />": "<hr>",
    "<pre>": '<pre tabindex="0">',
}
"""Tags as comrak writes them, and as they are put on a page."""

_FORM = re.compile(
    r'<a href="(?P<href>[^"<>]*)"(?: title="(?P<title>[^"<>]*)")?>'
    r'|<img src="(?P<src>[^"<>]*)" alt="(?P<alt>[^"<>]*)"(?: title="(?P<about>[^"<>]*)")? />'
    r'|<(?P<heading>h[1-6]) id="(?P<id>[^"<>]*)">'
    r'|<code class="(?P<language>[^"<>]*)">'
    r'|<ol start="(?P<start>[0-9]{1,6})">'
)
"""The other tags that it writes often."""

_PLAIN_HOST = re.compile(r"https?://[a-z0-9.-]*[a-z](?::[0-9]{1,4})?(?![^/?#])", re.IGNORECASE)
"""A host that every reader of addresses takes for one; nh3 has one to ask about the others."""


class _Tags(dict[str, str]):
    """By tag as comrak writes it: the tag for the page. Raises ``KeyError`` for one of no known form."""

    def __init__(self, place: Place) -> None:
        super().__init__(_KNOWN)
        self._place = place

    def __missing__(self, tag: str) -> str:
        common = len(tag) <= _COMMON and not tag.startswith(("<a ", "<img "))
        self[tag] = made = _anywhere(tag) if common else _remade(tag, self._place)
        return made


def rebuilt(markup: str, place: Place) -> str | None:
    """The same of what comrak, told to leave HTML out, made of a text: then all that begins with ``<`` is its
    own, and its elements are whole. None where there is a tag that is not one of a few: that says nothing
    about it, and ``cleaned`` can tell.
    """
    parts = _TAG.split(markup)  # text, tag, text, …, text
    if markup.count(">") != len(parts) // 2 or "\r" in markup or _LINK_IN_LINK.search(markup):
        return None
    try:
        parts[1::2] = map(_Tags(place).__getitem__, parts[1::2])
    except KeyError:
        return None
    if "&quot;" in markup or "\xa0" in markup:
        parts[::2] = [
            each.replace("&quot;", '"').replace("\xa0", "&nbsp;") if "&" in each or "\xa0" in each else each
            for each in parts[::2]
        ]
    return "".join(parts)


def _remade(tag: str, place: Place) -> str:
    form = _FORM.fullmatch(tag)
    if form is None or ("//" in tag and not _PLAIN_HOST.match(form["href"] or form["src"] or "")):
        raise KeyError(tag)
    return _made(form, place)


_COMMON: Final = 100
"""How long tags are that texts have in common: headings have the same words, and code the same languages."""


@lru_cache(4096)
def _anywhere(tag: str) -> str:
    """One that is made the same wherever it stands: without an address."""
    return _remade(tag, Place())


def _made(form: re.Match[str], place: Place) -> str:
    kind = form.lastgroup
    if kind == "id":
        name = PREFIX + unescape(form["id"])
        return f"<{form['heading']}{_given('id', name if _VALUES['id'].fullmatch(name) else None)}>"
    if kind == "language":
        return f"<code{_given('class', _class('code', unescape(form['language'])))}>"
    if kind == "href":
        return f'<a{_given("href", link(unescape(form["href"]), place))} rel="{REL}">'
    if kind == "title":
        to = link(unescape(form["href"]), place)
        if to is None:
            raise KeyError(form[0])  # which of the other attributes then comes first, only nh3 knows
        return f'<a{_given("href", to)}{_given("title", unescape(form["title"]))} rel="{REL}">'
    if form["alt"] is not None:
        shown = _given("src", image(unescape(form["src"]), place)) + _given("alt", unescape(form["alt"]))
        about = form["about"]
        return f'<img{shown}{_given("title", about and unescape(about))} loading="lazy">'
    return form[0]


def _given(name: str, value: str | None) -> str:
    return "" if value is None else f' {name}="{_escaped(value)}"'


def _escaped(value: str) -> str:
    value = value.replace("&", "&amp;").replace("\xa0", "&nbsp;").replace('"', "&quot;")
    return value.replace("<", "&lt;").replace(">", "&gt;")


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
