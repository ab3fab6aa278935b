"""Every page holds what the site promises: it is whole, safe, and leads somewhere."""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from skillmeat.site.build import build
from skillmeat.site.templates import Page
from tests.site import store
from tests.site.dom import objections, read

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self'{}; "
    "connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'"
)


def test_every_link_leads_to_a_file_and_every_fragment_to_an_id(site: Path, pages: dict[str, str]) -> None:
    broken = []
    ids = {name: set(read(page).ids) for name, page in pages.items()}
    for name, page in pages.items():
        for _, address in read(page).links:
            parts = urlsplit(address)
            if parts.scheme or name == "404.html":
                continue
            target = (site / name).parent / unquote(parts.path) if parts.path else site / name
            target = target / "index.html" if parts.path.endswith("/") or target.is_dir() else target
            here = target.resolve().relative_to(site).as_posix() if target.is_file() else ""
            if not here or (parts.fragment and here in ids and parts.fragment not in ids[here]):
                broken.append(f"{name}: {address}")
    assert broken == []


def test_every_address_is_relative(pages: dict[str, str]) -> None:
    """So that the site works below any path."""
    for name, page in pages.items():
        for tag, values in read(page).tags:
            address = values.get("href") or values.get("src")
            if address and name != "404.html" and values.get("rel") != "canonical":
                assert not address.startswith("/"), f"{name}: <{tag}> {address}"


def test_the_page_of_a_wrong_address_begins_at_the_sites_own_path(pages: dict[str, str]) -> None:
    local = [address for _, address in read(pages["404.html"]).links if not address.startswith(("#", "http"))]
    assert local
    assert all(address.startswith("/base/") for address in local)


def test_no_id_is_given_twice(pages: dict[str, str]) -> None:
    for name, page in pages.items():
        twice = [each for each, count in Counter(read(page).ids).items() if count > 1]
        assert twice == [], name


def test_nothing_is_inline(pages: dict[str, str]) -> None:
    for name, page in pages.items():
        for tag, values in read(page).tags:
            assert tag != "style", name
            assert tag != "script" or values.get("src"), name
            assert "style" not in values, name
            assert not [attribute for attribute in values if attribute.startswith("on")], name
        assert re.search(r"<script[^>]*>[^<]", page) is None, name


def test_every_page_has_its_policy_before_anything_is_loaded(pages: dict[str, str]) -> None:
    for name, page in pages.items():
        tags = read(page).tags
        policies = [
            (place, values["content"])
            for place, (tag, values) in enumerate(tags)
            if tag == "meta" and values.get("http-equiv") == "Content-Security-Policy"
        ]
        assert len(policies) == 1, name
        place, policy = policies[0]
        pictures = (
            " https://raw.githubusercontent.com" if "https://raw.github" in page.split("<main")[1] else ""
        )
        pictured = {"skill/pdf-tools/index.html", "sources/acme-skills/index.html"}
        assert policy == POLICY.format(pictures if name in pictured else ""), name
        assert not [tag for tag, _ in tags[:place] if tag in ("script", "link", "img")], name


def test_every_page_has_one_title_one_heading_and_a_language(pages: dict[str, str]) -> None:
    titles = Counter[str]()
    for name, page in pages.items():
        tags = [tag for tag, _ in read(page).tags]
        assert tags.count("h1") == 1, name
        assert tags.count("title") == 1 + tags.count("desc") + len(re.findall(r"<a [^>]*><title>", page)), (
            name
        )
        assert tags.count("main") == 1, name
        assert '<html lang="en">' in page, name
        if 'http-equiv="refresh"' not in page:
            titles[re.search(r"<title>(.*?)</title>", page)[1]] += 1  # type: ignore[index]
    assert [title for title, count in titles.items() if count > 1] == []


def test_headings_go_down_one_level_at_a_time(pages: dict[str, str]) -> None:
    for name, page in pages.items():
        levels = [int(tag[1]) for tag, _ in read(page).tags if re.fullmatch("h[1-6]", tag)]
        for before, after in pairwise(levels):
            assert after <= before + 1, f"{name}: {levels}"


def test_other_peoples_text_is_harmless_where_it_stands(pages: dict[str, str]) -> None:
    texts = [
        text
        for page in pages.values()
        for text in re.findall(
            r'<div class="(?:panel )?prose" dir="auto">\n(.*?)</div>\n(?:</sec|<div class="panel written)',
            page,
            re.DOTALL,
        )
    ]
    assert len(texts) >= 8
    assert [objections(text) for text in texts if objections(text)] == []


def test_what_people_wrote_is_escaped(pages: dict[str, str]) -> None:
    assert "Web &amp; &lt;more&gt;" in pages["tags/index.html"]
    assert "Reads &amp; writes &lt;PDF&gt;." in pages["skill/pdf-tools/index.html"]


def test_former_names_lead_to_the_present_ones(pages: dict[str, str]) -> None:
    page = pages["skill/pdf/index.html"]
    assert '<meta http-equiv="refresh" content="0; url=../../skill/pdf-tools/">' in page
    assert '<link rel="canonical" href="https://catalog.example/base/skill/pdf-tools/">' in page
    assert '<a href="../../skill/pdf-tools/">PDF tools</a>' in page
    assert "tags/portable/index.html" in pages


def test_groups_come_in_their_order_and_the_rest_last(pages: dict[str, str]) -> None:
    page = pages["collections/starter/index.html"]
    main = page.split("</header>")[-1]
    order = re.findall(r'<section class="group" id="([^"]+)"', main)
    assert order == ["main", "later", "_rest"]
    assert re.findall(r'row-title"><a href="\.\./\.\./([^"]+)/"', main) == [
        "skill/pdf-tools",
        "skill/local",
        "plugin/kit",
    ]
    assert "The one to read first." in main


def test_lists_are_newest_first_and_paged(pages: dict[str, str]) -> None:
    seen = []
    for number in range(1, 5):
        name = "index.html" if number == 1 else f"page/{number}/index.html"
        seen += re.findall(r'row-title"><a href="[./]*/([a-z]+/[a-z-]+)/"', pages[name])
    assert seen == [
        *reversed([each for each in store.ARTIFACTS if each != "skill/unfetched"]),
        "skill/unfetched",
    ]
    assert "page/5/index.html" not in pages


def test_an_unfetched_artifact_says_how_to_get_its_text(pages: dict[str, str]) -> None:
    page = pages["skill/unfetched/index.html"]
    assert "Its files were not on the machine that built this page" in page
    assert "skillmeat fetch" in page


def test_source_pages_say_what_became_of_each_entry(pages: dict[str, str]) -> None:
    page = pages["sources/acme-skills/index.html"]
    assert '<a href="../../sources/acme-skills/entries/">Everything found in it</a>' in page
    (pending,) = re.findall(r"<tr>\n(.*?)</tr>", page, re.DOTALL)
    assert "skills/other" in pending
    whole = pages["sources/acme-skills/entries/index.html"]
    rows = re.findall(r"<tr>\n(.*?)</tr>", whole, re.DOTALL)
    assert len(rows) == 7
    assert "<code>skillmeat source import <span>acme-skills</span> <span>skill/other</span></code>" in page
    assert '<a href="../../../skill/pdf-tools/">PDF tools</a>' in rows[-1]
    assert "no-description" in rows[-2]
    assert '<h2 id="_readme">README</h2>' in page
    assert "https://github.com/acme/skills/blob/" in page


@pytest.mark.parametrize(
    "name", ["skill/pdf-tools", "tags/pdf", "collections/starter", "sources/acme-skills"]
)
def test_a_page_leads_to_where_it_is_edited_and_to_its_json(name: str, pages: dict[str, str]) -> None:
    path = f"artifacts/{name}" if name.startswith("skill/") else name
    page = pages[f"{name}/index.html"]
    assert f'href="https://github.com/acme/catalog/edit/main/manifests/{path}.toml"' in page
    assert f'href="../../api/v1/{path}.json">JSON</a>' in page


def test_the_shell_is_small(site: Path, pages: dict[str, str]) -> None:
    """CSS, modules, icons, font and the HTML of the catalog: at most 40 KB on the wire (SITE.md, budgets).

    Modules that the page asks for only when somebody searches or filters do not count.
    """
    import gzip

    assets = {path.name: path.read_bytes() for path in (site / "assets").iterdir()}
    wire = {
        name: len(data) if name.endswith(".woff2") else len(gzip.compress(data, 9))
        for name, data in {**assets, "index.html": pages["index.html"].encode()}.items()
        if name == "index.html" or f'"./assets/{name}' in pages["index.html"]
    }
    assert sum(wire.values()) <= 40_000, wire
    assert wire["theme.js"] + wire["site.js"] <= 2_000


def test_a_source_that_holds_much_has_pages_of_entries(tmp_path: Path) -> None:
    """Its own page shows the first of what was not imported; no page grows with the source."""
    locked = {each.id: each for each in store.LOCK.source}
    many = [store.found("skill", f"s{number:03}", f"more/s{number:03}") for number in range(450)]
    acme = locked["acme-skills"]
    locked["acme-skills"] = acme.but(artifact=(*acme.artifact, *many))
    large = store.catalog(lock=store.LOCK.but(source=tuple(locked.values())))
    build(large, store.dates(), store.contents, tmp_path / "out")
    folder = tmp_path / "out/sources/acme-skills"
    page = (folder / "index.html").read_text()
    assert 'Found and not imported <span class="count">451</span>' in page
    assert "<summary>The first 50</summary>" in page
    assert page.count("<tr>\n") == 50
    parts = [folder / "entries" / name / "index.html" for name in ("", "page/2", "page/3")]
    listed = [re.findall(r'<th scope="row">([^<]+)', each.read_text()) for each in parts]
    assert [len(each) for each in listed] == [200, 200, 57]
    assert {f"s{number:03}" for number in range(450)} < {each.strip() for part in listed for each in part}
    assert not (folder / "entries/page/4").exists()


def test_a_source_is_counted_by_type_and_says_what_its_trust_means(pages: dict[str, str]) -> None:
    page = pages["sources/acme-skills/index.html"]
    bars = re.findall(r'bar-name">([^<]+)</span><span class="bar-count">([^<]+)</span>', page)
    assert bars == [
        ("Skills", "2 of 3"),
        ("Commands", "1"),
        ("Agents", "1"),
        ("Hooks", "1"),
        ("MCP servers", "1"),
    ]
    widths = re.findall(r'class="bar-(?:found|taken)" width="([\d.]+)%"', page)
    assert widths[:4] == ["100.0", "66.7", "33.3", "33.3"]
    assert "From the people who make the thing it is for." in page


def test_sets_are_installed_in_one_line_where_the_site_says_where_it_is(
    pages: dict[str, str], tmp_path: Path
) -> None:
    base = "https://catalog.example/base/"
    for name in ("collections/starter/", "tags/web/"):
        page = pages[f"{name}index.html"]
        assert "npx skills add" not in page, "its skills are not what the lock says: see test_wellknown"
        assert f"marketplace add <span>{base}{name}marketplace.json</span></code>" in page
    assert "marketplace add" in pages["collections/flat/index.html"]
    assert "Install all" not in pages["collections/empty/index.html"]
    nowhere = store.catalog(settings=store.catalog().settings.but(site=store.SITE.but(url=None)))
    build(nowhere, store.dates(), store.contents, tmp_path / "out")
    assert "Install all" not in (tmp_path / "out/collections/starter/index.html").read_text()


def test_tags_show_how_much_they_bring_together(pages: dict[str, str]) -> None:
    page = pages["tags/index.html"]
    assert re.findall(r'<rect width="(\d+)%"', page) == ["50", "0", "100"]


@pytest.mark.parametrize(
    ("title", "called"),
    [
        ("Tags", "Tags · Catalog"),
        ("Catalog", "Catalog"),
        ("a" * 65, "a" * 65),
        ("a" * 40 + " " + "b" * 40 + " · Skill", "a" * 34 + "…" + "b" * 26 + " · Skill"),
        ("a" * 57 + " & b · Skill", "a" * 32 + "…" + "a" * 20 + " & b · Skill"),
    ],
)
def test_the_title_of_a_page_is_short(title: str, called: str) -> None:
    assert Page("", title).called("Catalog") == called
    assert len(called) <= 70
