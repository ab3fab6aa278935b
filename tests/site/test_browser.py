"""The site in a real browser: at two widths, in both themes, with and without JavaScript."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urldefrag, urljoin

import pytest

from skillmeat.site.build import build
from tests.site import store
from tests.site.chromium import MARKS, Watched, hosted
from tests.site.chromium import browser as browser  # a fixture
from tests.site.dom import links

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = MARKS

PAGES = [
    "",
    "page/2/",
    "skill/",
    "skill/pdf-tools/",
    "skill/unfetched/",
    "mcp/docs/",
    "tags/",
    "tags/web/",
    "tags/unused/",
    "collections/",
    "collections/starter/",
    "sources/",
    "sources/acme-skills/",
    "sources/acme-skills/entries/",
    "trust/official/",
    "changes/",
    "health/",
    "contribute/",
    "api/",
    "nowhere/",
]


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The site below a path of its own, as on a project's pages."""
    root = tmp_path_factory.mktemp("host")
    build(store.catalog(), store.dates(), store.contents, root / "base", log=store.log())
    with hosted(root) as host:
        yield f"{host}base/"


@pytest.mark.parametrize("scripts", [True, False], ids=["js", "no-js"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_kind_of_page_is_whole(scheme: str, scripts: bool, browser: Browser, address: str) -> None:
    """No error, no policy violated, nothing wider than the window, a heading to be seen."""
    context = browser.new_context(
        viewport={"width": 390, "height": 800},
        color_scheme=scheme,  # type: ignore[arg-type]
        java_script_enabled=scripts,
    )
    watched = Watched(context, address)
    for path in PAGES:
        page = watched.open(path)
        # Pictures of sources are on other hosts, which this test does not let through.
        wrong = [each for each in watched.wrong if "ERR_BLOCKED_BY_CLIENT" not in each]
        missing = [f"404: {address}nowhere/", *wrong[1:]] if path == "nowhere/" else []
        assert wrong == missing, path
        assert not [each for each in wrong if "Content Security Policy" in each], path
        for width in (320, 390, 768, 1440):
            page.set_viewport_size({"width": width, "height": 800})
            assert page.locator("h1").is_visible(), path
            if scripts:
                assert page.evaluate("document.documentElement.scrollWidth") <= width, (path, width)
    context.close()


def test_every_internal_link_answers(browser: Browser, address: str, site: Path) -> None:
    """Followed from the first page on, until nothing new turns up."""
    context = browser.new_context(java_script_enabled=False)
    request = context.request
    waiting, seen = [""], {""}
    while waiting:
        path = waiting.pop()
        answer = request.get(address + path)
        assert answer.status == 200, path
        if "html" not in answer.headers["content-type"]:
            continue
        for each in links(answer.text()):
            target = urldefrag(urljoin(address + path, each))[0]
            if target.startswith(address) and (rest := target.removeprefix(address)) not in seen:
                seen.add(rest)
                waiting.append(rest)
    context.close()
    pages = {path.parent.relative_to(site).as_posix() for path in site.rglob("index.html")}
    reached = {each.rstrip("/") or "." for each in seen}
    redirects = {"skill/pdf", "tags/portable", "collections/starter/main", "collections/starter/later"}
    levels = {f"trust/{each}" for each in ("official", "verified", "basic", "untrusted")}
    assert pages - reached - redirects - levels == {"hook"} - reached


def test_the_command_is_copied(browser: Browser, address: str) -> None:
    context = browser.new_context()
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    context.clock.install(time=0)
    page = Watched(context, address).open("skill/pdf-tools/")
    context.clock.pause_at(3_600_000)  # it says so until the clock goes on
    button = page.locator(".install .command .copy").first
    button.click()
    page.wait_for_selector(".copy[data-done]")
    assert button.inner_text().strip() == "Copied"
    context.clock.run_for(2000)
    page.wait_for_selector(".copy:not([data-done])")
    assert button.inner_text().strip() == "Copy"
    assert page.evaluate("navigator.clipboard.readText()") == (
        "npx skills add https://github.com/acme/skills --skill pdf"
    )
    context.close()


BROKEN = """box => {
    const code = box.querySelector("code");
    const [text, range, broken] = [code.textContent, document.createRange(), []];
    const places = [];
    for (const walker = document.createTreeWalker(code, NodeFilter.SHOW_TEXT); walker.nextNode();) {
        for (let i = 0; i < walker.currentNode.length; i++) places.push([walker.currentNode, i]);
    }
    for (const word of text.matchAll(/\\S+/g)) {
        range.setStart(...places[word.index]);
        const [last, at] = places[word.index + word[0].length - 1];
        range.setEnd(last, at + 1);
        const tops = [...range.getClientRects()].map(each => Math.round(each.top));
        if (new Set(tops).size > 1) broken.push(word[0]);
    }
    return broken;
}"""
"""The words of a command that are not in one line."""


def test_a_command_is_broken_between_words_on_a_phone(browser: Browser, address: str) -> None:
    """A word that is too long is scrolled inside the box, with the keyboard too."""
    context = browser.new_context(viewport={"width": 390, "height": 800})
    page = Watched(context, address).open("skill/pdf-tools/")
    box = page.locator(".install .command pre").first
    assert box.inner_text().strip() == "npx skills add https://github.com/acme/skills --skill pdf"
    assert box.evaluate("each => each.clientHeight") > 60, "it takes more than a line"
    for width in range(340, 170, -10):
        box.evaluate("(each, width) => { each.style.maxInlineSize = `${width}px`; }", width)
        assert box.evaluate(BROKEN) == [], width
    assert box.evaluate("each => each.scrollWidth > each.clientWidth")
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    box.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function("() => document.querySelector('.install .command pre').scrollLeft > 0")
    context.close()


def test_the_line_below_the_header_is_as_wide_as_the_window(browser: Browser, address: str) -> None:
    """On a page with nothing to scroll too, where no room is left beside it."""
    context = browser.new_context(viewport={"width": 1280, "height": 1400})
    page = Watched(context, address).open("tags/unused/")
    assert page.evaluate("document.documentElement.scrollHeight") <= 1400
    assert page.evaluate("document.querySelector('.site-header').getBoundingClientRect().width") == 1280
    context.close()


def test_what_is_pressed_is_not_printed(browser: Browser, address: str) -> None:
    context = browser.new_context()
    page = Watched(context, address).open("")
    page.wait_for_selector("[data-ready]")
    assert page.locator(".sort").is_visible()
    page.emulate_media(media="print")
    assert page.locator(".rows > .row").first.is_visible()
    assert page.locator("input:visible, select:visible, button:visible").count() == 0
    context.close()


def test_a_line_of_the_reference_is_copied_and_is_true(browser: Browser, address: str) -> None:
    """What is copied names a file of the site."""
    context = browser.new_context()
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    context.clock.install(time=0)
    page = Watched(context, address).open("api/")
    context.clock.pause_at(3_600_000)
    button = page.locator("article", has=page.locator("#_getTagsByTag")).locator(".copy")
    button.click()
    page.wait_for_selector(".copy[data-done]")
    copied = str(page.evaluate("navigator.clipboard.readText()"))
    assert copied == "curl https://catalog.example/base/api/v1/tags/pdf.json"
    local = address + copied.removeprefix("curl https://catalog.example/base/")
    assert context.request.get(local).json()["data"]["id"] == "pdf"
    context.close()


def test_a_theme_is_switched_and_remembered(browser: Browser, address: str) -> None:
    context = browser.new_context(color_scheme="light")
    page = Watched(context, address).open("")
    button = page.get_by_role("button", name="Theme: automatic")

    def background() -> str:
        return str(page.evaluate("getComputedStyle(document.body).backgroundColor"))

    light = background()
    button.click()
    page.get_by_role("button", name="Theme: light").click()
    assert page.get_by_role("button", name="Theme: dark").is_visible()
    assert background() != light
    dark = background()
    page.goto(address + "tags/")
    assert background() == dark, "the next page starts dark"
    page.get_by_role("button", name="Theme: dark").click()
    assert background() == light
    context.close()


def test_without_scripts_nothing_is_offered_that_needs_one(browser: Browser, address: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = Watched(context, address).open("skill/pdf-tools/")
    assert not page.locator(".copy").first.is_visible()
    assert not page.locator(".theme").is_visible()
    assert page.locator(".install code").first.is_visible()
    context.close()


def test_the_filters_open_on_a_phone_and_are_open_on_a_desk(browser: Browser, address: str) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 800}, java_script_enabled=False)
    page = Watched(context, address).open("")
    facet = page.locator(".rail").get_by_role("link", name="PDF")
    assert not facet.is_visible()
    page.locator(".rail > summary").click()
    assert facet.is_visible()
    page.set_viewport_size({"width": 1200, "height": 800})
    page.reload()
    assert facet.is_visible()
    context.close()


def test_the_keyboard_reaches_the_text_first(browser: Browser, address: str) -> None:
    context = browser.new_context()
    page = Watched(context, address).open("")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to content"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "_main"
    context.close()


def test_what_can_be_pressed_is_large_enough(browser: Browser, address: str) -> None:
    """At least 24 by 24 px (WCAG 2.2, 2.5.8), but for links in running text."""
    context = browser.new_context(viewport={"width": 390, "height": 800})
    watched = Watched(context, address)
    small = []
    for path in PAGES:
        small += [
            f"{path}: {each}"
            for each in watched.open(path).evaluate(
                """() => [...document.querySelectorAll("a, button, summary")].filter(e => {
                    const box = e.getBoundingClientRect();
                    const text = e.closest("p:not(.actions):not(.chips), .prose, .note, td, th, dd, .mono");
                    const stretched = e.matches(".row-title a, .card h2 a, .card h3 a, .anchor");
                    return box.height && !text && !stretched && !e.matches(".skip")
                        && (box.height < 23.5 || box.width < 23.5);
                }).map(e => e.outerHTML.slice(0, 90))"""
            )
        ]
    assert small == []
    context.close()
