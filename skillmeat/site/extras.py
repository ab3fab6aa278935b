"""What stands beside the pages: assets, redirects, and files for robots."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import Final

from skillmeat.schemas import texts
from skillmeat.site import addresses
from skillmeat.site.addresses import ASSETS
from skillmeat.site.edition import TYPES, Edition
from skillmeat.site.output import LeftOut, Made, Output
from skillmeat.site.templates import Page

MOST_IN_SITEMAP: Final = 50_000


def assets(edition: Edition) -> Made:
    """``assets/``: the style, the modules, the icons and the font."""
    for name, data in edition.templates.assets.items():
        yield Output(ASSETS + name, data)


def schemas(edition: Edition) -> Made:
    """``schemas/``: what editors complete and check manifests with."""
    for name, data in texts().items():
        yield Output(f"schemas/{name}", data)


def redirects(edition: Edition) -> Made:
    """A page at every former address that leads to the present one."""
    former = edition.catalog.former
    tags = {addresses.tag(old): edition.tags[new] for old, new in former["tag"].items()}
    artifacts = {addresses.artifact(old): edition.artifacts[new] for old, new in former["artifact"].items()}
    here = {*map(addresses.tag, edition.tags), *map(addresses.artifact, edition.artifacts)}
    for folder, moved in (("tags/", tags), ("", artifacts)):
        for old, record in sorted(moved.items()):
            if old in here:
                continue  # the record that has the name now wins, as it does on the command line
            target = f"{folder}{record['id']}/"
            page = Page(old, record["name"], canonical=target, listed=False)
            data = edition.templates.page("redirect.html", page, target=target, name=record["name"])
            yield Output(addresses.file(old), data)


def sitemap(edition: Edition) -> Made:
    """``sitemap.xml``, in several files when there are many pages."""
    site = edition.catalog.settings.site
    if not site.url:
        yield LeftOut("sitemap.xml", "It needs absolute addresses: set “url” under [site] in skillmeat.toml.")
        return
    base = site.url.rstrip("/") + "/"
    urls = [_url(base + address, changed) for address, changed in _listed(edition)]
    if len(urls) <= MOST_IN_SITEMAP:
        yield Output("sitemap.xml", _xml("urlset", urls))
        return
    names = []
    for start in range(0, len(urls), MOST_IN_SITEMAP):
        names.append(f"sitemap-{start // MOST_IN_SITEMAP + 1}.xml")
        yield Output(names[-1], _xml("urlset", urls[start : start + MOST_IN_SITEMAP]))
    parts = [f"<sitemap><loc>{escape(base + name)}</loc></sitemap>" for name in names]
    yield Output("sitemap.xml", _xml("sitemapindex", parts))


def robots(edition: Edition) -> Made:
    """``robots.txt`` and ``.nojekyll``, without which GitHub Pages would leave files out."""
    url = edition.catalog.settings.site.url
    lines = ["User-agent: *", "Allow: /", *([f"Sitemap: {url.rstrip('/')}/sitemap.xml"] if url else [])]
    yield Output("robots.txt", ("\n".join(lines) + "\n").encode())
    yield Output(".nojekyll", b"")


def _listed(edition: Edition) -> Iterator[tuple[str, str | None]]:
    """Every page that is not a further page of a list, and when its record last changed."""
    yield "", None
    for kind in TYPES:
        if edition.of_type[kind]:
            yield f"{kind}/", None
    yield "changes/", None
    yield "health/", None
    for folder, records in (
        ("", edition.artifacts),
        ("collections/", edition.collections),
        ("sources/", edition.sources),
        ("tags/", edition.tags),
    ):
        if folder:
            yield folder, None
        for record_id in sorted(records):
            yield f"{folder}{record_id}/", records[record_id]["updated_at"]


def _url(address: str, changed: str | None) -> str:
    when = f"<lastmod>{changed}</lastmod>" if changed else ""
    return f"<url><loc>{escape(address)}</loc>{when}</url>"


def _xml(name: str, parts: list[str]) -> bytes:
    body = "\n".join(parts)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<{name} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{body}\n</{name}>\n'
    ).encode()
