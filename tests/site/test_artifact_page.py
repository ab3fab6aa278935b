"""The page of an artifact in a browser: tabs without a script, the drawing that fits, what is copied."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.site.chromium import MARKS, browser, hosted

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = MARKS
__all__ = ["browser"]

PAGE = "skill/pdf-tools/"


@pytest.fixture(scope="module")
def address(site: Path) -> Iterator[str]:
    with hosted(site) as found:
        yield found


def test_tabs_need_no_script_and_work_with_the_keyboard(browser: Browser, address: str) -> None:
    page = browser.new_context(java_script_enabled=False).new_page()
    page.goto(address + PAGE)
    panels = page.locator(".install .panel")
    assert [panels.nth(place).is_visible() for place in range(4)] == [True, False, False, False]
    page.get_by_text("Other agents", exact=True).first.click()
    assert [panels.nth(place).is_visible() for place in range(4)] == [False, False, False, True]
    page.keyboard.press("ArrowLeft")
    assert [panels.nth(place).is_visible() for place in range(4)] == [False, False, True, False]
    written = page.locator(".written")
    assert not written.is_visible()
    page.get_by_text("As written", exact=True).click()
    assert written.is_visible()
    assert "<!-- do not show -->" in written.inner_text()
    assert not page.locator(".prose").is_visible()
    page.context.close()


@pytest.mark.parametrize("width", [390, 1440])
@pytest.mark.parametrize(
    ("on", "drawn", "neighbour", "to"),
    [
        ("plugin/kit/", 2, "PDF tools", PAGE),
        (PAGE, 1, "Reviewer", "agent/reviewer/"),
    ],
)
def test_one_drawing_is_shown_and_its_links_lead_on(
    on: str, drawn: int, neighbour: str, to: str, width: int, browser: Browser, address: str
) -> None:
    page = browser.new_context(viewport={"width": width, "height": 800}).new_page()
    page.goto(address + on)
    assert page.locator(".graph").count() == drawn
    drawing = page.locator(".graph:visible")
    assert drawing.count() == 1
    named = "graph" if drawn == 1 else "graph graph-wide" if width > 760 else "graph graph-narrow"
    assert drawing.get_attribute("class") == named
    box = drawing.bounding_box()
    assert box
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= width
    for text in drawing.locator(".graph-node").all():
        inside, outside = text.locator("text").bounding_box(), text.locator("rect").first.bounding_box()
        assert inside
        assert outside
        assert inside["x"] + inside["width"] <= outside["x"] + outside["width"], "a name fits its box"
    drawing.locator("a", has_text=neighbour).click()
    assert page.url == address + to
    page.context.close()


def test_the_whole_hash_is_copied(browser: Browser, address: str) -> None:
    context = browser.new_context()
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    context.clock.install(time=0)
    page = context.new_page()
    page.goto(address + PAGE)
    context.clock.pause_at(3_600_000)  # it says so until the clock goes on
    page.locator(".origin .copy").click()
    page.wait_for_selector(".origin .copy[data-done]")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == page.locator(".origin-hash code").get_attribute("title")
    assert len(copied) == 71
    context.close()
