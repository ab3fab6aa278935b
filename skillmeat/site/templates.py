"""The templates and assets: the shipped ones, with a store's own in place of single ones.

Templates are trusted code, like the program: they come from this package and from the store's own
``site_templates/`` folder, never from a source. The sandbox around a store's own only keeps mistakes small.
"""

from __future__ import annotations

import hashlib
import html
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from jinja2 import BytecodeCache, DictLoader, Environment, StrictUndefined
from jinja2.bccache import Bucket
from markupsafe import Markup

import skillmeat
from skillmeat.errors import NotFound
from skillmeat.site.addresses import ASSETS, ROOT, to_root
from skillmeat.site.environments import Own, Shipped
from skillmeat.site.output import Output, Planned
from skillmeat.site.output import digest as hashed
from skillmeat.text import plural

POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self'{images}; "
    "connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'"
)
"""The Content-Security-Policy of every page (SITE.md 4), in a meta element since static hosts set no headers.

Images may come from the site and, on a page with a text from a source, from that source's host.
"""


LONGEST_TITLE: Final = 70


@dataclass(frozen=True)
class Page:
    """What the frame around every page needs to know.

    ``address`` is relative to the site's root. ``section`` is the entry of the navigation that is current.
    ``images_from`` is the one other origin that images may come from. ``root`` is written before every
    address; it is given only where the way to the root does not follow from ``address``. ``listed`` is
    false for pages that search engines should leave out.
    """

    address: str
    title: str
    description: str = ""
    section: str = ""
    images_from: str = ""
    root: str = ""
    json: str = ""
    feed: str = ""
    canonical: str = ""
    previous: str = ""
    next: str = ""
    listed: bool = True

    def called(self, site: str) -> str:
        """What a browser calls it, in as many characters as search engines show, each as it is written in
        HTML; too long a title is cut where it says the least, in its middle.
        """
        for title in (self.title if self.title == site else f"{self.title} · {site}", *self._cut()):
            if len(html.escape(title)) <= LONGEST_TITLE:
                return title
        return "…"

    def _cut(self) -> Iterator[str]:
        yield self.title
        for half in range(LONGEST_TITLE // 2 - 1, 0, -1):
            yield f"{self.title[:half].rstrip()}…{self.title[-half:].lstrip()}"

    @property
    def policy(self) -> Markup:
        """Its Content-Security-Policy, whose quotes may stand in an attribute as they are."""
        return _policy(self.images_from)


@lru_cache(1024)
def _policy(images_from: str) -> Markup:
    policy = Markup(POLICY)  # noqa: S704  # what is filled in is escaped
    return policy.format(images=f" {images_from}" if images_from else "")


class Codes(BytecodeCache):
    """What templates were compiled to. It is in memory alone: no code is read from a file."""

    def __init__(self) -> None:
        self.known: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Give a template what it was compiled to, which it takes only if its text is the same."""
        if code := self.known.get(bucket.key):
            bucket.bytecode_from_string(code)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what a template was compiled to."""
        self.known[bucket.key] = bucket.bytecode_to_string()


@dataclass(frozen=True)
class Templates:
    """Compiled templates and the assets beside them, by name.

    ``site`` is what every page says of the whole site, ``version`` changes whenever an asset does, and
    ``digest`` whenever anything of all this does.
    """

    environment: Environment
    assets: Mapping[str, bytes]
    site: Mapping[str, Any] = field(default_factory=dict)
    version: str = ""
    digest: str = ""
    codes: Codes = field(default_factory=Codes)

    def page(self, template: str, page: Page, **values: Any) -> bytes:
        """A whole page, its addresses relative to where it stands."""
        shown = {**vars(page), "policy": page.policy, "called": page.called(self.site.get("title", ""))}
        text = self.environment.get_template(template).render(page=shown, **values)
        return text.encode().replace(ROOT.encode(), (page.root or to_root(page.address)).encode())

    def planned(self, path: str, template: str, page: Page, **values: Any) -> Planned:
        """The file with a page, made only if what that shows changed: JSON data, and dataclasses of such."""

        def make() -> Iterator[Output]:
            yield Output(path, self.page(template, page, **values))

        return Planned(path, hashed(template, page, values), make)

    def compile(self) -> Mapping[str, bytes]:
        """Compile every template now, rather than in each process that comes to need it; for ``adopt``."""
        for name in self.environment.list_templates(extensions=["html"]):
            self.environment.get_template(name)
        return self.codes.known

    def adopt(self, codes: Mapping[str, bytes]) -> None:
        """Take what a copy of this process compiled, as far as it is of the same templates."""
        self.codes.known.update(codes)

    def fragment(self, template: str, **values: Any) -> Markup:
        """A part that several pages share; ``ROOT`` still stands before its addresses."""
        return Markup(self.environment.get_template(template).render(**values))  # noqa: S704


def compiled(overrides: Path | None) -> Mapping[str, bytes]:
    """What the templates are compiled to, those in ``overrides`` included; for ``Templates.adopt``.

    Raises what ``load`` does, and what Jinja says of a mistake.
    """
    return load(overrides, {}).compile()


def load(
    overrides: Path | None, site: Mapping[str, Any], made: Mapping[str, bytes] | None = None
) -> Templates:
    """The shipped templates and assets, and those ``made`` for this site; those in ``overrides`` win over
    the shipped ones, and may add to them.

    Symbolic links are not followed. Raises ``NotFound`` (``TEMPLATES_NOT_FOUND``) for an incomplete
    installation.
    """
    shipped = _shipped()
    found = {name: _bare(name, data) for name, data in _read(shipped).items()}
    own: dict[str, bytes] = {}
    if overrides and overrides.is_dir() and not overrides.samefile(shipped):
        own = _read(overrides)
        found |= own
    assets = {
        name.removeprefix(ASSETS): data for name, data in sorted(found.items()) if name.startswith(ASSETS)
    }
    assets |= made or {}
    version = _version(assets)
    icons = _icons(assets.get("icons.svg", b"").decode(), version)
    templates = {name: data.decode() for name, data in found.items() if name.endswith(".html")}
    templates |= {name: _settled(text, version, icons) for name, text in templates.items() if name not in own}
    kind = Own if any(name.endswith(".html") for name in own) else Shipped
    codes = Codes()
    environment = kind(
        loader=DictLoader(templates),
        bytecode_cache=codes,
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
        cache_size=-1,
    )
    environment.filters |= {"web": web, "day": day, "bytes": in_bytes, "number": number, "plural": plural}
    environment.filters["whole_words"] = whole_words
    environment.globals |= {"site": site, "root": ROOT, "version": version, "icons": icons}
    digest = _version({**found, **assets, "": json.dumps(site).encode()}, 32)
    return Templates(environment, assets, site, version, digest, codes)


def _settled(text: str, version: str, icons: Mapping[str, Markup]) -> str:
    """A shipped template with what is the same on every page written into it: no page has to ask for that."""
    settled = {"root": ROOT, "version": version, **{f'icons["{name}"]': icons[name] for name in icons}}
    return re.sub(r"\{\{ ([^{}]+) \}\}", lambda found: settled.get(found[1], found[0]), text)


def _shipped() -> Path:
    package = Path(skillmeat.__file__).parent
    for folder in (package / "site_templates", package.parent / "site_templates"):
        if (folder / "base.html").is_file():
            return folder
    raise NotFound(
        "The site's templates are not where skillmeat is installed.",
        code="TEMPLATES_NOT_FOUND",
        hint="Install skillmeat again.",
    )


def _read(folder: Path) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        hidden = any(part.startswith(".") for part in name.split("/"))
        if not hidden and path.is_file() and not path.is_symlink():
            found[name] = path.read_bytes()
    return found


def _bare(name: str, data: bytes) -> bytes:
    """A shipped style or script without its comments and blanks, which nobody's browser should fetch."""
    if not name.endswith((".css", ".js")):
        return data
    lines = (line.strip() for line in data.decode().splitlines())
    kept = (
        line
        for line in lines
        if line and not line.startswith("//") and not (line.startswith("/*") and line.endswith("*/"))
    )
    text = "\n".join(kept) + "\n"
    return (re.sub(r"\s*([{};])\s*|(?<=[:,])\s+", r"\1", text) if name.endswith(".css") else text).encode()


def _icons(sprite: str, version: str) -> dict[str, Markup]:
    """The markup that shows each symbol of the sprite, by the symbol's id."""
    form = Markup('<svg class="icon" aria-hidden="true"><use href="{}{}?v={}#{}"/></svg>')
    return {
        name: form.format(ROOT, f"{ASSETS}icons.svg", version, name)
        for name in re.findall(r'<symbol id="([^"]+)"', sprite)
    }


def _version(assets: Mapping[str, bytes], length: int = 8) -> str:
    """A few characters that change whenever an asset does, so that browsers keep no stale one."""
    digest = hashlib.sha256()
    for name, data in assets.items():
        digest.update(f"{name}\0{len(data)}\0".encode() + data)
    return digest.hexdigest()[:length]


# ------------------------------------------------------------------ filters


def web(address: str | None) -> str:
    """An address that may stand in a link: https, http, or empty."""
    return address if address and address.startswith(("https://", "http://")) else ""


def day(timestamp: str | None) -> str:
    """The date of an RFC 3339 timestamp."""
    return (timestamp or "")[:10]


def in_bytes(size: int) -> str:
    """A size for people: ``812 B``, ``4.1 KB``, ``2.0 MB``."""
    if size < 1000:
        return f"{size} B"
    return f"{size / 1000:,.1f} KB" if size < 999_950 else f"{size / 1_000_000:,.1f} MB"


def whole_words(text: str) -> Markup:
    """A command, broken into lines only at its spaces: browsers also do it at hyphens, some at slashes."""
    return Markup(_BROKEN.sub(_unbroken, html.escape(text)))  # noqa: S704


_BROKEN: Final = re.compile(r"(?<!\S)[^\s/?-]*[-/?]\S*")


def _unbroken(word: re.Match[str]) -> str:
    return f"<span>{word[0]}</span>"


def number(value: int) -> str:
    """A count with its thousands apart."""
    return f"{value:,}"
