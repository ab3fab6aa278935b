"""What an HTML fragment may hold when it came from somebody else, checked on its elements."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser

TAGS = frozenset(
    re.findall(
        r"\S+",
        """
        a abbr b blockquote br caption cite code dd del details dfn div dl dt em figcaption figure
        h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p pre q s samp section small span strong sub summary sup
        table tbody td tfoot th thead tr u ul var
        """,
    )
)
ATTRIBUTES = {
    "a": {"href", "title", "id", "class", "aria-label", "rel"},
    "abbr": {"title"},
    "code": {"class"},
    "details": {"open"},
    "div": {"class", "role", "aria-label", "tabindex"},
    "img": {"src", "alt", "title", "width", "height", "loading"},
    "li": {"id", "class"},
    "ol": {"start"},
    "p": {"class"},
    "pre": {"tabindex"},
    "section": {"class"},
    "span": {"class"},
    "sup": {"class"},
    "td": {"class"},
    "th": {"class", "scope"},
    "ul": {"class"},
    **{f"h{level}": {"id", "class"} for level in range(2, 7)},
}
CLASSES = re.compile(
    r"(markdown-alert(-(note|tip|important|warning|caution|title))?|footnotes|footnote-(ref|backref)"
    r"|contains-task-list|task-list-item|align-(left|center|right)|no-image|wide|hl-[ackfsnid]"
    r"|language-[\w+#.-]+)"
)
GIVEN = {"tabindex": "0", "role": "group", "scope": "col"}
HREF = re.compile(r"(https?://[^\s/\\]+[^\s\\]*|mailto:[^\s\\]+|#user-content-\S+)", re.IGNORECASE)
SRC = re.compile(r"https://raw\.githubusercontent\.com/[^\s\\]+")
HIDDEN = re.compile("[\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\U000e0000-\U000e007f\x00-\x08]")


class Reader(HTMLParser):
    """Collects what stands in a fragment that should not."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in TAGS:
            self.found.append(f"<{tag}>")
        self.found += [f"<{tag} {name}={value!r}>" for name, value in attrs if not allowed(tag, name, value)]

    def handle_data(self, data: str) -> None:
        self.found += [f"hidden {character!r}" for character in HIDDEN.findall(data)]

    def handle_comment(self, data: str) -> None:
        self.found.append(f"<!--{data}-->")

    def handle_decl(self, decl: str) -> None:
        self.found.append(f"<!{decl}>")

    def handle_pi(self, data: str) -> None:
        self.found.append(f"<?{data}>")

    def unknown_decl(self, data: str) -> None:
        self.found.append(f"<![{data}]>")


def allowed(tag: str, name: str, value: str | None) -> bool:
    if name not in ATTRIBUTES.get(tag, set()) or HIDDEN.search(value or ""):
        return False
    if name == "href":
        return HREF.fullmatch(value or "") is not None
    if name == "src":
        return SRC.fullmatch(value or "") is not None
    if name == "id":
        return (value or "").startswith("user-content-")
    if name == "class":
        return all(CLASSES.fullmatch(each) for each in (value or "").split())
    if name in GIVEN:
        return value == GIVEN[name]
    return name != "rel" or value == "nofollow noopener ugc"


def objections(fragment: str) -> list[str]:
    """What a page must not hold of this."""
    reader = Reader()
    reader.feed(fragment)
    reader.close()
    return reader.found


class Addresses(HTMLParser):
    """Collects where a page leads and what can be led to on it."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[tuple[str, str]] = []
        self.ids: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        self.tags.append((tag, values))
        self.ids += [values["id"] or ""] if "id" in values else []
        self.links += [(tag, values[name] or "") for name in ("href", "src") if name in values]


def read(page: str) -> Addresses:
    """The elements of a page."""
    reader = Addresses()
    reader.feed(page)
    reader.close()
    return reader


def links(page: str) -> Iterator[str]:
    """Where the links of a page lead."""
    return (address for _, address in read(page).links)
