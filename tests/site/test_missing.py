"""A wrong address leads to the right one, or offers those that are nearest."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from skillmeat.history import Commit, Deed, Log
from skillmeat.site.build import build
from tests.site import store
from tests.site.chromium import MARKS, hosted
from tests.site.chromium import browser as browser  # a fixture

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = MARKS

RENAMED = Log(
    (
        Commit(
            "c" * 40,
            datetime(2026, 3, 1, tzinfo=UTC),
            "Rename",
            (
                store.touched(Deed.RENAMED, "collections/starter", "collections/beginnings"),
                store.touched(Deed.RENAMED, "sources/acme-kit", "sources/acme-tools"),
                store.touched(Deed.RENAMED, "tags/web", "tags/pdf"),  # another tag is called so now
                store.touched(Deed.RENAMED, "tags/gone-too", "tags/gone"),  # and gone by now
            ),
        ),
    )
)


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    root = tmp_path_factory.mktemp("host")
    build(store.catalog(), store.dates(), store.contents, root / "base", log=RENAMED)
    (root / "404.html").write_bytes((root / "base/404.html").read_bytes())
    with hosted(root) as origin:
        yield f"{origin}base/"


def test_every_page_of_a_record_and_every_former_one_is_known(tmp_path: Path) -> None:
    build(store.catalog(), store.dates(), store.contents, tmp_path / "out", log=RENAMED)
    known = json.loads((tmp_path / "out/data/addresses.json").read_bytes())
    addresses = {f"{folder}{name}/" for folder, names in known["folders"].items() for name in names}
    assert all((tmp_path / "out" / each / "index.html").is_file() for each in addresses)
    assert {"skill/pdf-tools/", "tags/pdf/", "collections/flat/", "sources/idle/", "changes/"} <= addresses
    assert known["former"] == {
        "collections/beginnings/": "collections/starter/",
        "skill/pdf/": "skill/pdf-tools/",
        "sources/acme-tools/": "sources/acme-kit/",
        "tags/portable/": "tags/pdf/",
    }


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("Skill/PDF_tools/", "skill/pdf-tools/"),
        ("skill/pdf-tools.html", "skill/pdf-tools/"),
        ("tags/PDF", "tags/pdf/"),
        ("collections/beginnings/", "collections/starter/"),
        ("sources/acme-tools", "sources/acme-kit/"),
    ],
)
def test_what_can_only_mean_one_page_leads_there(
    wrong: str, right: str, browser: Browser, address: str
) -> None:
    page = browser.new_page()
    page.goto(address + wrong)
    page.wait_for_url(address + right)
    page.close()


@pytest.mark.parametrize(
    ("wrong", "title", "offered"),
    [
        ("skill/pdf-tolls/", "Did you mean", ["skill/pdf-tools"]),
        ("agent/pdf-tools/", "Did you mean", ["skill/pdf-tools"]),
        ("reviewer/", "Did you mean", ["agent/reviewer"]),
        ("colections/starter/", "Did you mean", ["collections/starter"]),
        ("skill/pdf/scripts/split.sh", "It was renamed", ["skill/pdf-tools"]),
    ],
)
def test_near_addresses_are_offered(
    wrong: str, title: str, offered: list[str], browser: Browser, address: str
) -> None:
    page = browser.new_page()
    violations: list[str] = []
    page.on("console", lambda message: violations.append(message.text))
    page.goto(address + wrong)
    page.wait_for_selector(".near:not([hidden])")
    assert page.locator(".near h2").inner_text() == title
    assert page.locator(".near a").all_inner_texts()[: len(offered)] == offered
    assert page.locator(".near a").first.evaluate("each => each.href") == f"{address}{offered[0]}/"
    assert not [each for each in violations if "Security" in each]
    page.close()


@pytest.mark.parametrize("wrong", ["zzzzzzzzzz/", "%E0%A4%A/", "a/b/c/d/", "x"])
def test_without_anything_near_the_lists_remain(wrong: str, browser: Browser, address: str) -> None:
    page = browser.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(address + wrong)
    page.wait_for_load_state("networkidle")
    assert not page.locator(".near").is_visible()
    assert page.get_by_role("link", name="Browse the catalog").is_visible()
    assert errors == []
    page.close()
