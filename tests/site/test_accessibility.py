"""Nobody is shut out: axe-core finds nothing on any kind of page, and the keyboard reaches everything."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

import pytest

from skillmeat.catalog import Catalog
from skillmeat.history import Dates
from skillmeat.model import Artifact
from skillmeat.site.build import build
from skillmeat.tree import Content
from tests.programs import package
from tests.site import store
from tests.site.chromium import MARKS, hosted
from tests.site.chromium import browser as browser  # a fixture

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

pytestmark = MARKS

TEXT = """---
name: pdf
description: Reads PDF.
allowed-tools: Bash(git:*) Read
---
# PDF tools

A zero\u200bwidth space. <!-- a comment --> See [a note](#steps), ~~this~~ and `code`.[^1]

> [!WARNING]
> Mind the **gap**.

### Steps

- [x] done
- [ ] to do

```python
def main(argument: str) -> int:  # a comment that is long enough to be wider than a telephone is, surely
    return 1 if argument == "x" else 0
```

| one | two | three | four | five | six | seven | eight |
|-----|:---:|------:|------|------|-----|-------|-------|
| a-rather-long-word | b | c | d | e | a-rather-long-word-at-the-end | g | h |

|   | two |
|:-:|-----|
| a | b   |

<table><tr><td><img src="a.png" width="20"></td></tr></table>

[Nowhere](#nowhere), [the steps](#-steps)

עברית: מסמכים

[^1]: A footnote.
"""

PAGES: Final = {
    "browse": "",
    "browse-filtered": "?type=skill,agent&tags=web&sort=name",
    "browse-nothing": "?q=zzzzqqqq&type=skill",
    "browse-page": "page/2/",
    "type": "skill/",
    "artifact": "skill/pdf-tools/",
    "artifact-deprecated": "skill/local/",
    "artifact-unfetched": "skill/unfetched/",
    "artifact-server": "mcp/docs/",
    "artifact-plugin": "plugin/kit/",
    "tags": "tags/",
    "tag": "tags/web/",
    "tag-empty": "tags/unused/",
    "collections": "collections/",
    "collection": "collections/starter/",
    "sources": "sources/",
    "source": "sources/acme-skills/",
    "entries": "sources/acme-skills/entries/",
    "trust": "trust/official/",
    "changes": "changes/",
    "health": "health/",
    "api": "api/",
    "contribute": "contribute/",
    "missing": "skill/pdf-tool/",
    "redirect": "skill/pdf/",
    "empty": "../empty/",
}
KEYED: Final = ("browse", "artifact", "tags", "collection", "source", "health", "contribute", "missing")
"""Those that are walked through with the keyboard: one for each kind of control."""


def contents(artifact: Artifact) -> Content | None:
    """What the store's artifacts hold, with a text that has everything a text can have."""
    content = store.contents(artifact)
    if content is None or artifact.id != "skill/pdf-tools":
        return content
    return Content(
        content.files, lambda path: TEXT.encode() if path == "SKILL.md" else content.read(path), "SKILL.md"
    )


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    root = tmp_path_factory.mktemp("accessible")
    build(store.catalog(), store.dates(), contents, root / "base", log=store.log())
    build(Catalog(), Dates(), lambda _: None, root / "empty")
    (root / "404.html").write_bytes((root / "base/404.html").read_bytes())
    with hosted(root) as host:
        yield f"{host}base/"


class Window:
    """A page of the site in one width and theme, everything of every ``details`` on it open."""

    def __init__(self, context: BrowserContext, address: str) -> None:
        self.address = address
        host = address.removesuffix("base/")
        context.route(lambda url: not url.startswith(host), lambda route: route.abort())
        self.page: Page = context.new_page()
        self.page.set_default_timeout(60_000)

    def open(self, kind: str) -> Page:
        path = PAGES[kind]
        self.page.unroute_all()
        if kind == "redirect":  # which would leave at once
            self.page.route("**/skill/pdf-tools/", lambda route: route.fulfill(status=204))
        self.page.goto(self.address + path)
        if self.page.locator("[data-live]").count():
            self.page.wait_for_selector("[data-ready]")
        if kind == "missing":
            self.page.wait_for_selector(".near:not([hidden])")
        return self.page


@contextmanager
def window(browser: Browser, address: str, **options: Any) -> Iterator[Window]:
    context = browser.new_context(**options)
    try:
        yield Window(context, address)
    finally:
        context.close()


AXE = package("axe-core")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
OF_COLOUR = ["color-contrast", "link-in-text-block"]
RUN = """runOnly => axe.run(document, {resultTypes: ["violations"], runOnly}).then(({violations}) =>
    violations.flatMap(({id, nodes}) => nodes.map(({target, failureSummary}) =>
        `${id}: ${target.join(" ")}: ${failureSummary.replace(/\\s+/g, " ")}`)))"""


def violations(page: Page, rules: list[str] = RULES) -> list[str]:
    """What axe-core has against a page as it is now."""
    if not page.evaluate("() => 'axe' in window"):
        assert AXE
        page.add_script_tag(path=AXE / "axe.min.js")
    found: list[str] = page.evaluate(RUN, rules)
    return found


def states(window: Window, kind: str) -> Iterator[str]:
    """The states of a page that are worth a look: as it opens, and all unfolded."""
    page = window.open(kind)
    yield kind
    if kind == "browse":
        page.keyboard.press("?")
        page.wait_for_selector("dialog[open]")
        yield "browse, keys shown"
        page.keyboard.press("Escape")
        page.locator(".rail").evaluate("rail => rail.open = true")
        yield "browse, filters shown"
    elif kind in ("artifact", "source", "changes"):
        page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true")
        for tab in page.locator("#_text-2").all():
            tab.check(force=True)
        yield f"{kind}, unfolded"


@pytest.mark.skipif(AXE is None, reason="axe-core is not installed: see tests/node/package.json")
@pytest.mark.parametrize("width", [390, 1440])
def test_axe_finds_nothing(width: int, browser: Browser, address: str) -> None:
    """By WCAG 2.0 to 2.2 A and AA and axe's own good practice; nor is anything wider than the window.

    The dark theme changes colours alone, so the rules about those are asked again in it.
    """
    found = []
    options = {"viewport": {"width": width, "height": 900}, "bypass_csp": True, "reduced_motion": "reduce"}
    with window(browser, address, **options) as shown:
        for kind in PAGES:
            for state in states(shown, kind):
                found += [f"{state}: {each}" for each in violations(shown.page)]
                shown.page.emulate_media(color_scheme="dark")
                found += [f"{state}, dark: {each}" for each in violations(shown.page, OF_COLOUR)]
                shown.page.emulate_media(color_scheme="light")
                if shown.page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                    found.append(f"{state}: wider than the window")
    assert found == []


@pytest.mark.skipif(AXE is None, reason="axe-core is not installed: see tests/node/package.json")
def test_axe_would_find_something(browser: Browser, address: str) -> None:
    with window(browser, address, bypass_csp=True) as shown:
        page = shown.open("tags")
        page.evaluate(
            """() => {
                document.querySelector(".find input").removeAttribute("aria-label");
                document.querySelector(".lead").style.color = "#bbb";
                document.querySelector("h1").remove();
            }"""
        )
        found = {each.partition(":")[0] for each in violations(page)}
        assert {"color-contrast", "page-has-heading-one"} <= found


# ---------------------------------------------------------------- keyboard

STOP = """() => {
    const at = document.activeElement;
    if (!at || at === document.body) return null;
    window.walked ??= [];
    const place = window.walked.indexOf(at);
    if (place < 0) window.walked.push(at);
    const ring = (of, pseudo) => {
        const style = getComputedStyle(of, pseudo);
        return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
    };
    const label = at.matches(".tabs > input") ? at.nextElementSibling : null;
    const box = (label ?? at).getBoundingClientRect();
    const name = at.outerHTML.replace(/\\s+/g, " ").slice(0, 110);
    return {
        name, again: place >= 0,
        ringed: ring(at) || ring(at, "::after") || (label !== null && ring(label)),
        inside: box.width > 1 && box.height > 1 && box.bottom > 0 && box.top < innerHeight && box.right > 0
            && box.left < innerWidth,
    };
}"""
UNREACHED = """() => {
    const usable = "a[href], button, input:not([type=hidden]), select, summary, [tabindex='0']";
    const grouped = each => each.type === "radio" && document.activeElement !== each && window.walked.some(
        one => one.type === "radio" && one.name === each.name);
    return [...document.querySelectorAll(usable)].filter(each =>
        each.checkVisibility({visibilityProperty: true}) && !each.disabled && !grouped(each)
        && !window.walked.includes(each)).map(each => each.outerHTML.slice(0, 110));
}"""


def walk(page: Page) -> list[str]:
    """What is wrong on the way of the Tab key through a page."""
    wrong = []
    for _ in range(400):
        page.keyboard.press("Tab")
        stop = page.evaluate(STOP)
        if stop is None or stop["again"]:
            return wrong + [f"not reached: {each}" for each in page.evaluate(UNREACHED)]
        wrong += [f"no ring: {stop['name']}"] if not stop["ringed"] else []
        wrong += [f"out of view: {stop['name']}"] if not stop["inside"] else []
    return [*wrong, "there is no end to it"]


@pytest.mark.parametrize("width", [390, 1440])
def test_the_keyboard_reaches_everything(width: int, browser: Browser, address: str) -> None:
    """Tab goes once to each link and control, in view and with a ring around it, and leaves the page."""
    options = {"viewport": {"width": width, "height": 900}, "reduced_motion": "reduce"}
    with window(browser, address, **options) as shown:
        assert {kind: walk(shown.open(kind)) for kind in KEYED} == {kind: [] for kind in KEYED}


def test_a_page_that_shuts_the_keyboard_out_would_be_found(browser: Browser, address: str) -> None:
    with window(browser, address, bypass_csp=True) as shown:
        page = shown.open("tags")
        page.add_style_tag(content=".brand { outline: none !important } .also a { translate: -9000px }")
        page.evaluate("document.querySelector('.site-nav a').tabIndex = -1")
        found = walk(page)
    assert {each.partition(":")[0] for each in found} == {"no ring", "out of view", "not reached"}


def test_the_list_of_keys_gives_the_focus_back(browser: Browser, address: str) -> None:
    with window(browser, address) as shown:
        page = shown.open("tags")
        page.wait_for_selector("html[data-keys]", state="attached")  # the module of the keys comes when idle
        focus = "document.activeElement.outerHTML.slice(0, 40)"
        for leave in ("Escape", "Enter"):  # the button that closes it has the focus
            page.locator(".keys").focus()
            before = page.evaluate(focus)
            page.keyboard.press("Enter")
            page.wait_for_selector("dialog[open]")
            for _ in range(6):
                page.keyboard.press("Tab")
                at = page.evaluate(
                    "!document.hasFocus() || document.activeElement === document.body"
                    " || document.activeElement.closest('dialog') !== null"
                )
                assert at, "the focus is in the dialog, or with the browser"
            page.locator("dialog button").focus()
            page.keyboard.press(leave)
            page.wait_for_selector("dialog", state="hidden")
            assert page.evaluate(focus) == before


# ------------------------------------------------- what people have set up


def test_forced_colours_lose_nothing(browser: Browser, address: str) -> None:
    """What is chosen stands out from what is not, and what only a shade set apart has a line around it."""
    ground = "selector => getComputedStyle(document.querySelector(selector)).backgroundColor"
    line = """selector => {
        const style = getComputedStyle(document.querySelector(selector));
        return Math.max(parseFloat(style.borderTopWidth), parseFloat(style.outlineWidth));
    }"""
    chosen = {
        ".pill[aria-pressed=true]": ".pill[aria-pressed=false]",
        ".site-nav a[aria-current]": ".site-nav a:not([aria-current])",
        ".tabs > input:checked + label": ".tabs > input:not(:checked) + label",
    }
    with window(browser, address, forced_colors="active") as shown:
        for kind, lined in (
            ("browse", [".row .tile"]),
            ("artifact", [".command", ".prose pre", ".written mark"]),
        ):
            page = shown.open(kind)
            for one, other in chosen.items():
                if page.locator(one).count():
                    assert page.evaluate(ground, one) != page.evaluate(ground, other), one
            for selector in lined:
                assert page.evaluate(line, selector) >= 1, selector


def test_who_wants_no_motion_gets_none(browser: Browser, address: str) -> None:
    moving = """() => [...document.querySelectorAll("*")].filter(each => {
        const style = getComputedStyle(each);
        return style.transitionDuration.split(", ").some(each => parseFloat(each) > 0)
            || style.animationName !== "none" && parseFloat(style.animationDuration) > 0;
    }).length"""
    with window(browser, address, reduced_motion="no-preference") as shown:
        assert shown.open("browse").evaluate(moving), "otherwise this shows nothing"
    with window(browser, address, reduced_motion="reduce") as shown:
        for kind in ("browse", "artifact", "tags", "source", "changes"):
            assert shown.open(kind).evaluate(moving) == 0, kind


def test_paper_has_the_text_and_none_of_the_controls(browser: Browser, address: str) -> None:
    with window(browser, address, color_scheme="dark") as shown:
        page = shown.open("artifact")
        page.evaluate("document.documentElement.dataset.theme = 'dark'")
        page.emulate_media(media="print")
        assert (
            not page.locator(".theme, .find, .site-nav, .copy, .skip, .site-footer")
            .locator("visible=true")
            .count()
        )
        assert page.locator(".prose").is_visible()
        assert page.locator(".origin").is_visible()
        # What is dark on the screen is not black on paper.
        assert page.evaluate("getComputedStyle(document.documentElement).colorScheme") == "light"
