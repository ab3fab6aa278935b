"""The whole API and one page of each template are what they were. ``pytest --bless`` writes them anew."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from skillmeat.catalog import Catalog
from skillmeat.history import Dates
from skillmeat.site.build import build
from tests.site import store

GOLDEN = Path(__file__).parent / "golden"

PAGES = {
    "browse": "index.html",
    "browse-type": "hook/index.html",
    "list": "tags/web/index.html",
    "tags": "tags/index.html",
    "collections": "collections/index.html",
    "collection": "collections/starter/index.html",
    "sources": "sources/index.html",
    "source": "sources/acme-skills/index.html",
    "entries": "sources/acme-skills/entries/index.html",
    "artifact": "skill/pdf-tools/index.html",
    "artifact-server": "mcp/docs/index.html",
    "artifact-unfetched": "skill/unfetched/index.html",
    "changes": "changes/index.html",
    "health": "health/index.html",
    "contribute": "contribute/index.html",
    "redirect": "skill/pdf/index.html",
    "api": "api/index.html",
    "404": "404.html",
}


def test_the_api_is_what_it_was(site: Path, bless: bool) -> None:
    made = {
        path.relative_to(site).as_posix(): json.loads(path.read_bytes())
        for path in sorted((site / "api").rglob("*.json"))
    }
    _compare(GOLDEN / "api.json", json.dumps(made, indent=1, ensure_ascii=False) + "\n", bless)


@pytest.mark.parametrize("name", PAGES)
def test_a_page_of_each_template_is_what_it_was(name: str, pages: dict[str, str], bless: bool) -> None:
    page = re.sub(r"\?v=[0-9a-f]{8}", "?v=VERSION", pages[PAGES[name]])
    _compare(GOLDEN / f"{name}.html", page, bless)


def test_an_empty_catalog_is_what_it_was(tmp_path: Path, bless: bool) -> None:
    build(Catalog(), Dates(), lambda _: None, tmp_path / "out")
    page = re.sub(r"\?v=[0-9a-f]{8}", "?v=VERSION", (tmp_path / "out/index.html").read_text())
    _compare(GOLDEN / "empty.html", page, bless)


def test_the_files_are_what_they_were(site: Path, bless: bool) -> None:
    made = sorted(path.relative_to(site).as_posix() for path in site.rglob("*") if path.is_file())
    _compare(GOLDEN / "files.txt", "\n".join(made) + "\n", bless)


def test_robots_are_told_what_there_is(site: Path, bless: bool) -> None:
    _compare(GOLDEN / "sitemap.xml", (site / "sitemap.xml").read_text(), bless)
    assert (site / "robots.txt").read_text() == (
        "User-agent: *\nAllow: /\nSitemap: https://catalog.example/base/sitemap.xml\n"
    )


def _compare(golden: Path, made: str, bless: bool) -> None:
    before = golden.read_text() if golden.is_file() else ""
    if bless and before != made:
        golden.parent.mkdir(exist_ok=True)
        golden.write_text(made)
    assert before == made, f"{golden.name} differs; look at it, then run pytest --bless"


def test_every_kind_of_template_is_looked_at() -> None:
    shipped = {path.name for path in (Path(__file__).parents[2] / "site_templates").glob("*.html")}
    parts = {"base.html", "parts.html", "row.html", "rail.html"}
    assert shipped - parts == {f"{name.partition('-')[0]}.html" for name in PAGES}
    assert store.SITE.page_size < len(store.ARTIFACTS), "there are further pages of lists"
