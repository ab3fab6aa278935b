"""The page of a wrong address, and what it looks in for a right one."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from skillmeat.history import Deed
from skillmeat.model import KINDS
from skillmeat.site import addresses
from skillmeat.site.edition import TYPES, Edition
from skillmeat.site.output import Made, Output, as_json
from skillmeat.site.templates import Page


def not_found(edition: Edition) -> Made:
    """``404.html``, which a host shows at any depth: so its addresses begin at the site's own path."""
    url = edition.catalog.settings.site.url
    root = urlsplit(url).path.rstrip("/") + "/" if url else "/"
    page = Page("", "Not found", root=root, section="none", listed=False)
    yield edition.templates.planned("404.html", "404.html", page)


def known(edition: Edition) -> Made:
    """``data/addresses.json``: the page of every record by its folder, and where former pages are now."""
    folders: dict[str, list[str]] = {}
    for address in sorted({*_lists(edition), *_records(edition)}):
        folder, slash, name = address.rstrip("/").rpartition("/")
        folders.setdefault(folder + slash, []).append(name)
    there = {*_lists(edition), *_records(edition)}
    former = {old: new for old, new in sorted(_former(edition)) if old not in there and new in there}
    yield Output("data/addresses.json", as_json({"folders": folders, "former": former}))


def _lists(edition: Edition) -> Iterator[str]:
    yield from (f"{kind}/" for kind in TYPES if edition.of_type[kind])
    yield from ("tags/", "collections/", "sources/", "changes/", "health/", "api/")


def _records(edition: Edition) -> Iterator[str]:
    yield from map(addresses.artifact, edition.artifacts)
    yield from map(addresses.tag, edition.tags)
    yield from map(addresses.collection, edition.collections)
    yield from map(addresses.source, edition.sources)


def _former(edition: Edition) -> Iterator[tuple[str, str]]:
    """Former addresses and present ones: those of Git's renames, and what the manifests say, which wins."""
    for commit in edition.log.commits:
        for touched in commit.files:
            if touched.deed is Deed.RENAMED and touched.now:
                old, new = _page(touched.before), _page(touched.now)
                if old and new:
                    yield old, new
    former = edition.catalog.former
    yield from ((addresses.artifact(old), addresses.artifact(new)) for old, new in former["artifact"].items())
    yield from ((addresses.tag(old), addresses.tag(new)) for old, new in former["tag"].items())


def _page(path: str) -> str:
    """The page of the record whose manifest this is, or empty."""
    for kind in KINDS:
        folder = f"{kind.FOLDER}/{kind.plural}/"
        if path.startswith(folder):
            record_id = path.removeprefix(folder).removesuffix(".toml")
            return f"{record_id}/" if kind.noun == "artifact" else f"{kind.plural}/{record_id}/"
    return ""
