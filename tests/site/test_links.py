"""Every address in the site leads somewhere, every id is there once; and what checks this would notice."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from skillmeat.site.build import build
from tests.site import store
from tests.site.whole import faults

URL = store.SITE.url


def test_every_address_and_id_of_the_site_is_sound(site: Path) -> None:
    assert faults(site, URL) == []


def test_so_they_are_where_the_site_does_not_know_its_address(tmp_path: Path) -> None:
    settings = store.catalog().settings
    nowhere = store.catalog(settings=settings.but(site=settings.site.but(url=None)))
    build(nowhere, store.dates(), store.contents, tmp_path / "out", log=store.log())
    assert faults(tmp_path / "out", None) == []


@pytest.mark.parametrize(
    ("file", "before", "after", "fault"),
    [
        ("tags/index.html", '"../tags/web/"', '"../tags/wed/"', "'../tags/wed/' leads to nothing"),
        ("tags/index.html", '"../tags/web/"', '"../tags/web"', "'../tags/web' leads to nothing"),
        ("index.html", '"./tags/"', '"../tags/"', "'../tags/' leads out of the site"),
        ("index.html", '"./tags/"', '"/tags/"', "'/tags/' leads out of the site"),
        ("index.html", '"#_main"', '"#_mein"', "'#_mein' leads to no place there"),
        ("index.html", 'id="_count"', 'id="_main"', "2 have the id '_main'"),
        ("index.html", 'labelledby="_count"', 'labelledby="_cont"', "there is no id '_cont'"),
        ("tags/index.html", 'action="../"', 'action="../search/"', "'../search/' leads to nothing"),
        ("tags/index.html", "icons.svg?v=", "icon.svg?v=", "leads to nothing"),
        ("tags/index.html", "#mark", "#marc", "leads to no place there"),
        ("404.html", '"/base/tags/"', '"/tags/"', "'/tags/' leads out of the site"),
        ("404.html", '"/base/tags/"', '"/base/tag/"', "'/base/tag/' leads to nothing"),
        ("skill/pdf/index.html", "url=../../skill/pdf-tools/", "url=../../skill/x/", "leads to nothing"),
        ("feed.xml", "base/mcp/docs/", "base/mcp/dogs/", "leads to nothing"),
        ("sitemap.xml", "base/mcp/docs/", "base/mcp/docs", "base/mcp/docs' leads to nothing"),
        ("opensearch.xml", "base/?q=", "base/search/?q=", "base/search/' leads to nothing"),
        ("llms.txt", "base/skill/)", "base/skills/)", "base/skills/' leads to nothing"),
        ("api/v1/artifacts.json", "artifacts/page-2.json", "page-2.json", "'page-2.json' leads to nothing"),
        ("api/v1/index.json", '"groups.json"', '"group.json"', "'group.json' leads to nothing"),
        ("data/addresses.json", '"web"', '"wed"', "/tags/wed/' leads to nothing"),
        ("assets/site.css", "url(inter.woff2)", "url(outer.woff2)", "'outer.woff2' leads to nothing"),
        (
            ".well-known/skills/index.json",
            "[]",
            '[{"name":"a","files":["b.md"]}]',
            "'a/b.md' leads to nothing",
        ),
    ],
)
def test_a_broken_one_is_found(
    file: str, before: str, after: str, fault: str, site: Path, tmp_path: Path
) -> None:
    shutil.copytree(site, tmp_path / "site", copy_function=os.link)
    broken = tmp_path / "site" / file
    text = broken.read_text()
    assert before in text
    broken.unlink()  # it is the same file as in the site
    broken.write_text(text.replace(before, after))
    found = faults(tmp_path / "site", URL)
    assert [each for each in found if each.startswith(f"{file}: ") and each.endswith(fault)], found
