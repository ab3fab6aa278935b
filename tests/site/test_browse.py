"""Searching and filtering in the page that lists the catalog: address, keys, counts, focus."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import pytest

from skillmeat.site import extras, lists, search
from skillmeat.site.artifact import page as details
from skillmeat.site.output import LeftOut, Output, Planned
from tests.site.chromium import MARKS, Watched, hosted
from tests.site.chromium import browser as browser  # a fixture
from tests.site.search import catalog
from tests.site.search.catalog import Made

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page, Route

pytestmark = MARKS
SIZE = 300


@pytest.fixture(scope="module")
def made() -> Made:
    return catalog.made(SIZE)


def write(folder: Path, outputs: Iterable[Output | LeftOut | Planned]) -> None:
    for each in outputs:
        if isinstance(each, Planned):
            write(folder, each.make())
        elif isinstance(each, Output):
            path = folder / each.path
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(each.data)


@pytest.fixture(scope="module")
def address(made: Made, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """What the list needs, and the pages of the first rows."""
    root = tmp_path_factory.mktemp("browse")
    first = list(made.edition.artifacts)[:4]
    for made_by in (lists.catalog, lists.types, lists.tagged, search.index, extras.assets):
        write(root / "base", made_by(made.edition))
    write(root / "base", search.cards_of(made.edition, made.edition.artifacts))
    write(root / "base", details.artifacts(made.edition, first))
    with hosted(root) as host:
        yield f"{host}base/"


@pytest.fixture
def opened(browser: Browser, address: str) -> Iterator[Callable[..., Page]]:
    """Opens an address of the site, waits for its script, and at the end finds that nothing went wrong."""
    contexts: list[tuple[BrowserContext, Watched]] = []

    def start(path: str = "", width: int = 1280, **options: Any) -> Page:
        context = browser.new_context(viewport={"width": width, "height": 800}, **options)
        # With it in time on one page and too late on another, these would not be equally high.
        context.route("**/inter.woff2", lambda route: route.abort())
        watched = Watched(context, address)
        contexts.append((context, watched))
        page = watched.open(path)
        page.set_default_timeout(60_000)
        if options.get("java_script_enabled", True):
            page.wait_for_selector("[data-ready]")
        return page

    yield start
    for context, watched in contexts:
        wrong = watched.wrong
        context.close()
        # Without a script nothing uses what is preloaded for it.
        expected = ("preloaded using link preload", "inter.woff2")
        assert [each for each in wrong if not any(text in each for text in expected)] == []


ROWS = """() => [...document.querySelectorAll(".rows > .row")].map(row => [
    row.querySelector("a").href, row.innerText.replace(/\\s+/g, " ").trim(),
    [...row.querySelectorAll(".chip")].map(chip => chip.href),
    row.querySelector(".tile use").getAttribute("href").replace(/.*#/, ""), row.offsetHeight,
])"""


def rows(page: Page) -> list[Any]:
    """What is seen of each row, and how high it is."""
    return cast(list[Any], page.evaluate(ROWS))


def status(page: Page) -> str:
    return " ".join(page.locator("#_count").inner_text().split())


def query(page: Page) -> str:
    """What the address asks for, once it is written: that comes after what is seen."""
    page.wait_for_selector("[data-ready]")
    return cast(str, page.evaluate("location.search"))


def settle(page: Page, count: str) -> None:
    """Waits until the list says that it has so many."""
    page.locator("#_count", has_text=re.compile(rf"^{re.escape(count)} artifact")).wait_for()
    page.wait_for_selector("[data-ready]")


def tick(page: Page, facet: str, value: str) -> None:
    page.locator(f'[data-facet="{facet}"] input[value="{value}"]').click()


def total(made: Made, **wanted: str) -> str:
    """How many rows there are of what has these values, by going through all records."""
    found = [
        each["id"]
        for each in made.edition.artifacts.values()
        if all(
            value in (each[key] if isinstance(each[key], list) else [each[key]])
            for key, value in wanted.items()
        )
    ]
    return f"{len(made.edition.distinct(found)):,}"


def most_used(made: Made, count: int) -> list[str]:
    """Tags that at least one artifact carries together with the first of them."""
    together: dict[str, int] = {}
    used = made.edition.catalog.tagged
    first = max(used, key=lambda tag: len(used[tag]))
    for tag, ids in used.items():
        together[tag] = len(set(ids) & set(used[first]))
    return sorted(together, key=lambda tag: -together[tag])[:count]


# ---------------------------------------------------------------------- rows


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("path", ["", "skill/"])
def test_the_rows_are_the_same_with_and_without_a_script(
    path: str, width: int, made: Made, opened: Callable[..., Page]
) -> None:
    """Those in the file, those there when the script has come, and those that the script draws."""
    plain = rows(opened(path, width, java_script_enabled=False))
    page = opened(path, width)
    assert len(plain) == lists.MOST_ROWS
    assert rows(page) == plain
    before = status(page)
    page.get_by_role("combobox", name="Sort by").select_option("updated")
    page.wait_for_selector("[data-ready]")
    assert query(page) == "?sort=updated"
    assert rows(page) != plain
    page.get_by_role("combobox", name="Sort by").select_option("newest")
    page.wait_for_selector("[data-ready]")
    assert query(page) == ""
    assert rows(page) == plain
    assert status(page) == before


def test_other_pages_are_those_of_the_file(opened: Callable[..., Page]) -> None:
    plain = rows(opened("page/2/", java_script_enabled=False))
    page = opened()
    page.locator(".pager").get_by_role("link", name="Page 2").click()
    page.wait_for_url("**/?page=2")
    page.wait_for_selector("[data-ready]")
    assert rows(page) == plain
    assert page.evaluate("document.activeElement.id") == "_count"
    page.go_back()
    page.locator('.pager [aria-current="page"]', has_text=re.compile("Page 1$")).wait_for()
    page.wait_for_selector("[data-ready]")
    assert rows(page) == rows(opened(java_script_enabled=False))
    last = opened("?page=900")
    assert last.locator('.pager [aria-current="page"]').inner_text().split()[-1] != "900"
    assert last.locator(".rows > .row").count() > 0


def test_copies_are_one_row(made: Made, opened: Callable[..., Page]) -> None:
    """In the file and drawn; the others are behind it."""
    one, others = next(
        (each, [other for other in same if other != each])
        for each, same in made.edition.copies.items()
        if same[0] == each
    )
    name = made.edition.artifacts[one]["name"]
    page = opened(f"?q={'+'.join(re.findall('[A-Za-z0-9]+', name))}")
    row = page.locator(".row", has=page.locator(f'.row-title a[href$="/base/{one}/"]'))
    row.get_by_text(f"{len(others) + 1} copies").click()
    links = row.locator(".copies a")
    links.first.wait_for()
    assert [each.get_attribute("href") for each in links.all()] == [
        f"{page.url.partition('?')[0]}{each}/" for each in others
    ]
    for other in others:
        assert page.locator(f'.row-title a[href$="/base/{other}/"]').count() == 0
    page = opened("?q=pdf", java_script_enabled=False)
    text = page.locator("#_count").inner_text()
    copies = SIZE - len(made.edition.distinct(made.edition.artifacts))
    assert f"{SIZE - copies} artifacts" in text
    assert f"and {copies} copies" in text


# ------------------------------------------------------------------- address


def test_filters_are_in_the_address(made: Made, opened: Callable[..., Page]) -> None:
    """Ticked, told to others, gone back from, and forward to."""
    first = most_used(made, 1)[0]
    page = opened("?page=2")
    tick(page, "tags", first)
    settle(page, total(made, tags=first))
    assert query(page) == f"?tags={first}"
    page.get_by_role("button", name="Skills").click()
    both = total(made, tags=first, type="skill")
    settle(page, both)
    assert query(page) == f"?type=skill&tags={first}"
    shared = opened(query(page))
    assert rows(shared) == rows(page)
    assert status(shared) == status(page)
    page.go_back()
    settle(page, total(made, tags=first))
    assert page.get_by_role("button", name="Skills").get_attribute("aria-pressed") == "false"
    page.go_back()
    page.wait_for_url("**?page=2")
    assert page.locator('[data-facet="tags"] input:checked').count() == 0
    page.go_forward()
    page.go_forward()
    settle(page, both)
    assert page.locator(f'[data-facet="tags"] input[value="{first}"]').is_checked()


AT_ONCE = """async tag => {
    const links = () => [...document.querySelectorAll(".rows > .row .row-title a")].map(each => each.href);
    const before = links();
    document.querySelector(`[data-facet="tags"] input[value="${tag}"]`).click();
    const count = document.querySelector("#_count").innerText;
    const chips = document.querySelectorAll(".chosen li").length;
    const tops = [...document.querySelectorAll(".row")].map(each => each.getBoundingClientRect().top);
    const sight = tops.filter(top => top < innerHeight).length;
    const soon = links().slice(0, sight);
    while (!document.querySelector("[data-ready]")) await new Promise(done => setTimeout(done, 10));
    const all = links();
    const same = soon.join() === all.slice(0, sight).join();
    return {count, chips, same, changed: all.join() !== before.join(), sight, later: all.length - sight};
}"""


def test_what_is_in_sight_is_drawn_within_the_click(made: Made, opened: Callable[..., Page]) -> None:
    """The rest follows before the page says that it is ready, and so does the address."""
    first, second = most_used(made, 2)
    page = opened()
    tick(page, "tags", second)
    settle(page, total(made, tags=second))
    tick(page, "tags", second)
    settle(page, str(len(made.edition.distinct(made.edition.artifacts))))
    found = page.evaluate(AT_ONCE, first)
    assert found["count"].startswith(f"{total(made, tags=first)} artifact")
    assert found["chips"] == 2
    assert found["same"]
    assert found["changed"]
    assert found["sight"] > 3
    assert found["later"] > 3
    assert query(page) == f"?tags={first}"


def test_tags_are_any_or_all(made: Made, opened: Callable[..., Page]) -> None:
    first, second = most_used(made, 2)
    page = opened(f"?tags={first},{second}")
    used = made.edition.catalog.tagged
    either = made.edition.distinct(made.edition.in_order({*used[first], *used[second]}))
    both = made.edition.distinct(made.edition.in_order({*used[first]} & {*used[second]}))
    assert len(either) > len(both) > 0
    settle(page, str(len(either)))
    page.get_by_label("Match all").check()
    settle(page, str(len(both)))
    assert query(page) in (f"?tags={first},{second}&tagmode=all", f"?tags={second},{first}&tagmode=all")
    settle(opened(query(page)), str(len(both)))


def test_what_nobody_knows_is_ignored(made: Made, opened: Callable[..., Page]) -> None:
    page = opened("?type=nonsense&tags=none&sort=backwards&page=-3&tagmode=some&x=1")
    assert status(page) == status(opened())
    assert page.locator(".chosen button").count() == 0
    assert page.locator('link[rel="canonical"]').count() == 0 or "?" not in str(
        page.locator('link[rel="canonical"]').get_attribute("href")
    )


def test_counts_follow(made: Made, opened: Callable[..., Page]) -> None:
    """A facet's own choice does not change its counts; those of the others do."""
    first = most_used(made, 1)[0]
    page = opened(f"?tags={first}&trust=official")
    for kind in ("skill", "command", "agent"):
        name = {"skill": "Skills", "command": "Commands", "agent": "Agents"}[kind]
        shown = page.get_by_role("button", name=name).locator(".count").inner_text()
        assert shown == total(made, tags=first, type=kind, trust_level="official")
    levels = page.locator('[data-facet="trust"] li')
    for level in levels.all():
        value = str(level.locator("input").get_attribute("value"))
        assert level.locator(".count").inner_text() == total(made, tags=first, trust_level=value)


def test_a_type_keeps_its_page_and_the_filters_on_the_way_to_others(
    made: Made, opened: Callable[..., Page]
) -> None:
    first = most_used(made, 1)[0]
    page = opened(f"skill/?tags={first}")
    settle(page, total(made, tags=first, type="skill"))
    page.get_by_role("link", name="Agents").click()
    page.wait_for_url(f"**/agent/?tags={first}")
    page.wait_for_selector("[data-ready]")
    settle(page, total(made, tags=first, type="agent"))


def test_a_tag_is_searched_from_its_page(made: Made, opened: Callable[..., Page]) -> None:
    """A link leads to the list of everything, with the tag as its filter."""
    first = most_used(made, 1)[0]
    page = opened(f"tags/{first}/", java_script_enabled=False)
    link = page.locator(".within a")
    assert not link.is_visible(), "it needs a script"
    page = opened(str(link.get_attribute("href")).replace("../../", ""))
    assert query(page) == f"?tags={first}"
    settle(page, total(made, tags=first))
    assert page.locator(".chosen .kind").all_inner_texts() == ["Tag:"]


# -------------------------------------------------------------------- search


def test_words_are_searched_while_they_are_typed(opened: Callable[..., Page]) -> None:
    page = opened()
    entries = page.evaluate("history.length")
    page.get_by_role("searchbox", name="Search the catalog").press_sequentially("python")
    page.wait_for_url("**/?q=python")
    page.wait_for_function("() => CSS.highlights.get('found')?.size > 0")
    assert page.evaluate("history.length") == entries + 1
    marked = page.evaluate(
        "[...CSS.highlights.get('found')].map(r => r.startContainer.data.slice(r.startOffset, r.endOffset))"
    )
    assert {each.lower() for each in marked} == {"python"}
    assert page.get_by_role("combobox", name="Sort by").input_value() == "relevance"
    page.wait_for_selector("[data-keys]")
    page.keyboard.press("Escape")
    page.wait_for_url("**/base/")
    assert page.evaluate("document.activeElement.name") == "q"
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement === document.body")


def test_going_back_undoes_one_step(made: Made, opened: Callable[..., Page]) -> None:
    """A word is one step, however it was typed; so is each choice before and after it."""
    first, second = most_used(made, 2)
    page = opened(f"?tags={first}")
    box = page.get_by_role("searchbox", name="Search the catalog")
    asked = [query(page)]
    tick(page, "trust", "official")
    asked.append(query(page))
    for word, then in (("python", second), ("data", "")):
        box.fill("")
        box.press_sequentially(word)
        asked.append(query(page))
        assert asked[-1].startswith(f"?q={word}&")
        if then:
            tick(page, "tags", then)
            asked.append(query(page))
    assert len({*asked}) == len(asked) == 5
    for step in reversed(asked[:-1]):
        page.go_back()
        page.wait_for_function("asked => location.search === asked", arg=step)
        page.wait_for_selector("[data-ready]")
        assert box.input_value() == (re.findall(r"q=(\w+)", step) or [""])[0]
    assert page.locator('[data-facet="trust"] input:checked').count() == 0


def test_two_choices_before_a_paint_are_two_steps(made: Made, opened: Callable[..., Page]) -> None:
    """The address is written after what is seen, and no choice is lost by that."""
    first, second = most_used(made, 2)
    page = opened()
    entries = page.evaluate("history.length")
    page.evaluate(
        """tags => {
            for (const tag of tags) document.querySelector(`[name="tags"][value="${tag}"]`).click();
        }""",
        [first, second],
    )
    page.wait_for_function("() => location.search.includes(',')")
    page.wait_for_selector("[data-ready]")
    assert page.evaluate("history.length") == entries + 2
    page.go_back()
    settle(page, total(made, tags=first))
    assert query(page) == f"?tags={first}"
    page.go_back()
    page.wait_for_url("**/base/")
    page.wait_for_selector("[data-ready]")
    assert page.locator('[data-facet="tags"] input:checked').count() == 0


def test_a_misspelt_word_is_told(opened: Callable[..., Page]) -> None:
    page = opened("?q=pyhton")
    assert page.locator(".meant").inner_text() == "Nothing says “pyhton”. Showing results for python."
    assert page.locator(".rows > .row").count() > 0


def test_an_empty_result_names_what_to_drop(made: Made, opened: Callable[..., Page]) -> None:
    first = most_used(made, 1)[0]
    page = opened(f"?q=zzzzqqq&tags={first}")
    assert status(page) == "0 artifacts"
    page.get_by_role("button", name="Drop the word “zzzzqqq”").click()
    settle(page, total(made, tags=first))
    assert query(page) == f"?tags={first}"
    assert page.get_by_role("searchbox", name="Search the catalog").input_value() == ""
    assert page.get_by_text("Nothing matches").is_hidden()
    both = opened(f"?q=zzzzqqq+xxqqzz&tags={first}").locator(".empty button")
    assert [each.split("“")[0] for each in both.all_inner_texts()] == ["Drop the words ", "Clear everything"]
    alone = opened("?q=zzzzqqq").locator(".empty button")
    assert [each.split("“")[0] for each in alone.all_inner_texts()] == ["Drop the word "]
    assert page.evaluate("document.activeElement.id") == "_count"


# --------------------------------------------------------------------- focus


def test_the_focus_is_kept(made: Made, opened: Callable[..., Page]) -> None:
    """On a box that moves up because it is ticked, and on the next chip when one is taken off."""
    page = opened()
    box = page.locator('[data-facet="tags"] input[type="checkbox"][name]').nth(5)
    value = str(box.get_attribute("value"))
    box.focus()
    page.keyboard.press("Space")
    settle(page, total(made, tags=value))
    assert page.evaluate("document.activeElement.value") == value
    assert page.locator('[data-facet="tags"] li input').first.get_attribute("value") == value
    page.get_by_role("button", name="Skills").click()
    settle(page, total(made, tags=value, type="skill"))
    page.get_by_role("button", name="Remove Type: Skills").focus()
    page.keyboard.press("Enter")
    settle(page, total(made, tags=value))
    assert "Remove Tag" in page.evaluate("document.activeElement.textContent")
    page.keyboard.press("Enter")
    page.wait_for_url("**/base/")
    assert page.evaluate("document.activeElement.id") == "_count"
    assert page.locator(".chosen button").count() == 0


def test_all_filters_are_cleared_at_once(made: Made, opened: Callable[..., Page]) -> None:
    first = most_used(made, 1)[0]
    page = opened(f"?type=skill&tags={first}&trust=official")
    assert page.locator(".chosen li").count() == 4
    page.get_by_role("button", name="Clear all").click()
    page.wait_for_url("**/base/")
    assert status(page) == status(opened())


def test_long_facets_are_looked_through(made: Made, opened: Callable[..., Page]) -> None:
    page = opened()
    facet = page.locator('[data-facet="tags"]')
    assert facet.locator("li").count() == 8
    facet.get_by_role("button", name="Show more").click()
    assert facet.locator("li").count() == 48
    assert page.evaluate("document.activeElement.type") == "checkbox"
    rare = str(facet.locator("li input").last.get_attribute("value"))
    facet.get_by_role("searchbox").fill(rare)
    assert [each.get_attribute("value") for each in facet.locator("li input").all()] == [rare]
    facet.locator("li input").check()
    settle(page, total(made, tags=rare))
    facet.get_by_role("searchbox").fill("")
    assert facet.locator("li input").first.get_attribute("value") == rare
    assert facet.locator("li").count() == 8


# ---------------------------------------------------------------------- keys


def test_the_keys(made: Made, opened: Callable[..., Page]) -> None:
    page = opened()
    page.wait_for_selector("[data-keys]")
    ids = list(made.edition.distinct(made.edition.artifacts))
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.name") == "q"
    here = "document.activeElement.getAttribute('href') ?? document.activeElement.name"
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    assert page.evaluate(here) == f"./{ids[1]}/"
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    assert page.evaluate(here) == "q"
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/base/{ids[0]}/")


def test_single_keys_are_switched_off(opened: Callable[..., Page]) -> None:
    page = opened()
    page.wait_for_selector("[data-keys]")
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="Keyboard shortcuts")
    dialog.wait_for()
    dialog.get_by_role("checkbox").uncheck()
    page.keyboard.press("Escape")
    dialog.wait_for(state="hidden")
    for _ in ("now", "on the next page"):
        for key in ("/", "?"):
            page.keyboard.press(key)
        assert page.evaluate("document.activeElement.name") != "q"
        assert not dialog.is_visible()
        page.reload()
        page.wait_for_selector("[data-keys]")
    page.get_by_role("button", name="Keyboard shortcuts").click()
    dialog.get_by_role("checkbox").check()
    dialog.get_by_role("button", name="Close").click()
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.name") == "q"


# ------------------------------------------------------------- circumstances

SHIFTS = """
const shifts = [];
const note = entries => {
    for (const each of entries) if (!each.hadRecentInput) {
        const moved = each.sources.map(({node, previousRect: a, currentRect: b}) =>
            `${node?.className || node?.nodeName} from ${a.x},${a.y} to ${b.x},${b.y}`);
        shifts.push([each.value, moved.join("; ")]);
    }
};
const observer = new PerformanceObserver(list => note(list.getEntries()));
observer.observe({type: "layout-shift", buffered: true});
window.shifted = async () => {
    await document.fonts.ready;
    for (let frame = 0; frame < 3; frame++) await new Promise(requestAnimationFrame);
    await new Promise(done => setTimeout(done));
    note(observer.takeRecords());
    return shifts;
};
"""
SLOW: Mapping[str, float] = {
    "offline": 0,
    "latency": 150,
    "downloadThroughput": 200_000,
    "uploadThroughput": 90_000,
}


def throttle(page: Page) -> None:
    """A slow network and a slow processor."""
    session = page.context.new_cdp_session(page)
    session.send("Network.emulateNetworkConditions", {**SLOW, "offline": False})
    session.send("Emulation.setCPUThrottlingRate", {"rate": 4})


@pytest.mark.parametrize("late", ["nothing", "everything", "data and font"])
@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_shifts(width: int, late: str, browser: Browser, address: str) -> None:
    """CLS is at most 0.02, also for an address that asks for something, whatever comes late."""
    paths = ("", "skill/", "?type=skill,agent", "?q=python&sort=name")
    for path in paths[1::2] if late == "everything" else paths:
        context = browser.new_context(viewport={"width": width, "height": 800})
        context.add_init_script(SHIFTS)
        page = context.new_page()
        held: dict[str, Route] = {}
        if late == "everything":
            throttle(page)
        elif late == "data and font":
            for name in ("facets.gz", "inter.woff2"):
                page.route(f"**/{name}", partial(held.__setitem__, name))
        page.goto(address + path, wait_until="commit")
        if late == "data and font":
            page.wait_for_function("() => performance.getEntriesByName('first-contentful-paint').length > 0")
            while len(held) < 2:
                page.wait_for_timeout(20)
            held["facets.gz"].continue_()
            page.wait_for_selector("[data-ready]")
            held["inter.woff2"].continue_()
        page.wait_for_selector("[data-ready]")
        page.wait_for_load_state("load")
        page.wait_for_selector("[data-keys]", state="attached")
        shifts = page.evaluate("shifted()")
        assert sum(value for value, _ in shifts) <= 0.02, (path, shifts)
        context.close()


@pytest.mark.parametrize("lost", ["**/data/*", "**/engine.js*", "**/browse.js*"])
def test_without_the_data_the_page_is_what_it_was(lost: str, browser: Browser, address: str) -> None:
    """Links to lists, and nothing that would need the index; also where a script is lost."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    context.route(lost, lambda route: route.abort())
    page = context.new_page()
    page.goto(address + "?q=python")
    page.wait_for_selector(":root:not([data-asked])")
    assert page.locator(".rows > .row").first.is_visible()
    assert page.locator(".facet a").first.is_visible()
    if "browse" not in lost:
        page.wait_for_selector(".browse:not([data-live])")
        for gone in (".search", ".sort", ".tools >> nth=0"):
            assert not page.locator(gone).is_visible()
        assert page.locator(".order").is_visible()
    context.close()


@pytest.mark.parametrize("width", [390, 1280])
def test_without_a_script_it_is_said_and_there_are_links(width: int, opened: Callable[..., Page]) -> None:
    page = opened(width=width, java_script_enabled=False)
    said = page.locator(".hero .hint")
    assert said.is_visible()
    assert said.inner_text().startswith("Searching and filtering need JavaScript.")
    place, above = said.bounding_box(), page.locator(".hero .lead").bounding_box()
    assert place
    assert above
    assert place["height"] >= 19
    assert place["y"] >= above["y"] + above["height"] + 6
    assert place["y"] + place["height"] < 800, "without scrolling"
    assert [each.is_visible() for each in said.get_by_role("link").all()] == [True] * 3
    assert not opened(width=width).locator(".hero .hint").count()
    assert not page.locator(".search").is_visible()
    assert not page.locator("input:visible, select:visible, button:visible").count()
    tag = page.locator('[data-facet="tags"] a').first
    count = tag.locator(".count").inner_text()
    page.goto(page.url + str(tag.get_attribute("href")).removeprefix("./"))
    assert page.locator("#_count").inner_text().startswith(count)


def test_filters_are_a_sheet_on_a_phone(made: Made, opened: Callable[..., Page]) -> None:
    first = most_used(made, 1)[0]
    page = opened(width=390)
    page.locator(".rail > summary").click()
    tick(page, "tags", first)
    page.get_by_role("button", name=f"Show {total(made, tags=first)}").click()
    assert not page.locator(".facets").is_visible()
    assert page.locator(".rail > summary").inner_text().split() == ["Filters", "1"]
    settle(page, total(made, tags=first))


def test_only_what_is_seen_is_fetched_at_first(opened: Callable[..., Page]) -> None:
    page = opened()
    page.wait_for_load_state("networkidle")
    fetched = page.evaluate("performance.getEntriesByType('resource').map(e => new URL(e.name).pathname)")
    data = [each.partition("/base/data/")[2] for each in fetched if "/data/" in each]
    assert set(data) == {"facets.gz"}
