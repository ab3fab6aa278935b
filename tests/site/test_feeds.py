"""Feeds, the search description, ``llms.txt`` and the sitemap: valid, absolute, never guessed."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree

import feedparser
import pytest

from skillmeat.catalog import Catalog
from skillmeat.history import Dated, Dates
from skillmeat.model import Artifact, Tag, kind_of
from skillmeat.site.build import build
from tests.site import store
from tests.site.dom import read

ATOM = "{http://www.w3.org/2005/Atom}"
BASE = "https://catalog.example/base/"


def feeds(site: Path) -> dict[str, ElementTree.Element]:
    found = sorted(site.rglob("feed.xml"))
    return {path.relative_to(site).as_posix(): ElementTree.fromstring(path.read_bytes()) for path in found}


def text(element: ElementTree.Element, name: str) -> str:
    found = element.findall(ATOM + name)
    assert len(found) == 1, f"{name} stands {len(found)} times"
    return found[0].text or ""


def faults(feed: ElementTree.Element) -> list[str]:
    """What RFC 4287 demands (3.3, 4.1.1, 4.1.2) and a feed does not keep."""
    found = []
    for element in (feed, *feed.findall(ATOM + "entry")):
        if not urlsplit(text(element, "id")).scheme:
            found.append("an id is no absolute IRI")
        if not text(element, "title"):
            found.append("no title")
        dates = [text(element, "updated"), *(each.text or "" for each in element.findall(ATOM + "published"))]
        for date in dates:
            if not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", date) or not datetime.fromisoformat(date):
                found.append(f"no date: {date}")
        links = [
            (each.get("rel"), each.get("type"), each.get("href", ""))
            for each in element.findall(ATOM + "link")
        ]
        if len({link[:2] for link in links}) != len(links) or not all(
            link[2].startswith(BASE) for link in links
        ):
            found.append("links are not absolute, or stand twice")
        if ("alternate", "text/html") not in {link[:2] for link in links}:
            found.append("no page")
    if not [author for author in feed.findall(f"{ATOM}author/{ATOM}name") if author.text]:
        found.append("no author")
    entries = [(text(each, "id"), text(each, "updated")) for each in feed.findall(ATOM + "entry")]
    if len(set(entries)) != len(entries):
        found.append("an entry stands twice")
    if entries and text(feed, "updated") < max(date for _, date in entries):
        found.append("the feed is older than what is in it")
    return found


def test_every_feed_is_valid_and_beside_its_page(site: Path, pages: dict[str, str]) -> None:
    found = feeds(site)
    expected = {"", *(f"{kind}/" for kind in ("skill", "command", "agent", "hook", "mcp", "plugin"))}
    for folder in ("tags", "collections", "sources"):
        expected |= {f"{folder}/{each}/" for each in getattr(store.catalog(), folder)}
    assert set(found) == {f"{address}feed.xml" for address in expected}
    for name, feed in found.items():
        assert faults(feed) == [], name
        address = name.removesuffix("feed.xml")
        page = read(pages[f"{address}index.html"])
        offered = [
            values["href"] for tag, values in page.tags if values.get("type") == "application/atom+xml"
        ]
        here = [(site / address / href).resolve() for href in offered]
        assert {site / name, site / "feed.xml"} == set(here), name
        parsed: Any = feedparser.parse((site / name).read_bytes())
        assert not parsed.bozo, parsed.get("bozo_exception")
        assert parsed.version == "atom10"
        assert parsed.feed.links[0].href == BASE + name
        for entry in parsed.entries:
            target = urlsplit(entry.link).path.removeprefix("/base/")
            assert (site / target / "index.html").is_file()


def test_a_feed_has_what_its_page_lists_newest_first(site: Path) -> None:
    found = feeds(site)
    titles = {
        name: [text(each, "title") for each in feed.findall(ATOM + "entry")] for name, feed in found.items()
    }
    assert titles["tags/web/feed.xml"] == ["Local", "PDF tools"]
    assert titles["collections/starter/feed.xml"] == ["Kit", "Local", "PDF tools"]
    assert titles["sources/acme-kit/feed.xml"] == ["Kit"]
    assert titles["tags/unused/feed.xml"] == []
    assert "Unfetched" not in titles["feed.xml"], "nobody committed it, so there is no date"
    assert len(titles["feed.xml"]) == len(store.ARTIFACTS) - 1
    dates = [text(each, "updated") for each in found["feed.xml"].findall(ATOM + "entry")]
    assert dates == sorted(dates, reverse=True)
    local = next(
        each for each in found["feed.xml"].findall(ATOM + "entry") if text(each, "title") == "PDF tools"
    )
    assert [each.get("label") for each in local.findall(ATOM + "category")] == [
        "Skill",
        "PDF",
        "Web & <more>",
    ]
    assert text(local, "summary") == "Reads & writes <PDF>."


def test_a_feed_ends_at_fifty_and_takes_any_text(tmp_path: Path) -> None:
    """Characters that XML does not know are replaced; the newest by their last change are in it."""
    tag = Tag(id="all", name="All\ufffe & <b>]]>")
    many = [
        Artifact(id=f"skill/n-{n:03}", name=f"N{n} \ufffe</title>", description='a\n\tb & "c"', tags=("all",))
        for n in range(120)
    ]
    when = [datetime.fromisoformat(f"2026-03-{1 + n % 28:02}T00:00:00Z") for n in range(120)]
    dates = Dates({kind_of(each).path(each.id): Dated(when[0], when[n]) for n, each in enumerate(many)})
    catalog = store.catalog(
        tags=store.by_id(tag), artifacts=store.by_id(*many), collections={}, sources={}, readmes={}
    )
    build(catalog, dates, lambda _: None, tmp_path / "out")
    for name in ("feed.xml", "skill/feed.xml", "tags/all/feed.xml"):
        feed = feeds(tmp_path / "out")[name]
        assert faults(feed) == []
        entries = feed.findall(ATOM + "entry")
        assert len(entries) == 50
        assert min(text(each, "updated") for each in entries) >= "2026-03-16"
        assert text(entries[0], "title").endswith(" \ufffd</title>")


def test_without_an_address_nothing_is_made_that_needs_one(tmp_path: Path) -> None:
    report = build(Catalog(), Dates(), lambda _: None, tmp_path / "out")
    assert [(each.path, each.reason) for each in report.left_out] == [
        (
            "sitemap.xml, opensearch.xml and every feed.xml",
            "They need absolute addresses: set “url” under [site] in skillmeat.toml.",
        )
    ]
    assert not list((tmp_path / "out").rglob("feed.xml"))
    assert not (tmp_path / "out/opensearch.xml").exists()
    page = (tmp_path / "out/index.html").read_text()
    assert "atom+xml" not in page
    assert "opensearch" not in page
    assert "og:image" not in page
    assert (tmp_path / "out/llms.txt").read_text().startswith("# skillmeat\n\n> A catalog of skills")


def test_a_browser_can_search_from_its_address_bar(site: Path) -> None:
    found = ElementTree.fromstring((site / "opensearch.xml").read_bytes())
    space = "{http://a9.com/-/spec/opensearch/1.1/}"
    assert found.tag == f"{space}OpenSearchDescription"
    assert len(found.findtext(f"{space}ShortName") or "") in range(1, 17)
    assert found.findtext(f"{space}Description") == "Everything the tests need."
    urls = {each.get("type"): each.get("template") for each in found.findall(f"{space}Url")}
    assert urls["text/html"] == f"{BASE}?q={{searchTerms}}"


def test_language_models_are_told_what_there_is(site: Path) -> None:
    """In the form of llmstxt.org: a title, a quoted summary, links under headings; each leads somewhere."""
    lines = (site / "llms.txt").read_text().split("\n")
    assert lines[:3] == ["# Test catalog", "", "> Everything the tests need."]
    headings = [line for line in lines if line.startswith("#")]
    assert headings == [
        "# Test catalog",
        "## Data",
        "## Types",
        "## Collections",
        "## Sources",
        "## Optional",
    ]
    links = [line for line in lines if line.startswith("- ")]
    for line in links:
        match = re.fullmatch(r"- \[((?:[^\[\]\\]|\\.)+)\]\((\S+)\)(: .+)?", line)
        assert match, line
        target = site / match[2].removeprefix(BASE)
        assert (target / "index.html" if match[2].endswith("/") else target).is_file(), line
    assert r"- [Web & \<more\>](https://catalog.example/base/tags/web/): 2 artifacts." in links


def test_what_is_shared_shows_a_card(site: Path, pages: dict[str, str]) -> None:
    for name, page in pages.items():
        properties = {
            values.get("property"): values.get("content") for tag, values in read(page).tags if tag == "meta"
        }
        if properties.get("og:title"):
            assert properties["og:image"] == f"{BASE}assets/card.png", name
    card = (site / "assets/card.png").read_bytes()
    assert card[:8] == b"\x89PNG\r\n\x1a\n"
    assert (int.from_bytes(card[16:20]), int.from_bytes(card[20:24])) == (1200, 630)


@pytest.mark.parametrize("address", ["api/", "changes/", "health/", "tags/", "skill/pdf-tools/"])
def test_the_sitemap_has_every_kind_of_page(address: str, site: Path) -> None:
    assert f"<loc>{BASE}{address}</loc>" in (site / "sitemap.xml").read_text()
