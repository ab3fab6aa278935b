"""What a click on a filter costs in Chromium: script, and the time until it is painted."""

from __future__ import annotations

import json
import shutil
import statistics
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from benchmarks.measure import Failed

CLICKS: Final = 40
BUDGETS: Final = {"script": 16.0, "painted": 50.0}
"""SITE.md and issue 4, in ms, without throttling."""

_MEASURE: Final = """async (clicks) => {
    const painted = () => new Promise(done => requestAnimationFrame(() => {
        const channel = new MessageChannel();
        channel.port1.onmessage = () => done(performance.now());
        channel.port2.postMessage(0);
    }));
    const found = [];
    let box;
    for (let i = 0; i < clicks; i++) {
        if (i % 2 === 0) {
            const inputs = [...document.querySelectorAll(".facet li input")];
            const boxes = inputs.filter(one => one.checkVisibility());
            box = boxes[(i * 7) % boxes.length];
        } // then the same one again, which takes it off
        await new Promise(done => setTimeout(done, 120));
        const start = performance.now();
        box.click();
        const script = performance.now() - start;
        found.push({script, painted: await painted() - start});
    }
    return found;
}"""


def pages(size: int, folder: Path) -> Path:
    """The list of a synthetic catalog of that size and what it loads; made once."""
    from skillmeat.site import extras, lists, search
    from skillmeat.site.output import Output
    from tests.site.made import outputs
    from tests.site.search import catalog

    done = folder / "done"
    if not done.exists():
        edition = catalog.made(size, body_words=20).edition
        first = next(each for each in outputs(lists.catalog(edition)) if isinstance(each, Output))
        for each in outputs(iter((first, *search.index(edition), *extras.assets(edition)))):
            if isinstance(each, Output):
                path = folder / each.path
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(each.data)
        done.touch()
    return folder


def clicks(folder: Path, slower: int) -> list[dict[str, float]]:
    """Clicks on filters one after another, in a browser whose processor is that many times slower.

    Raises ``Failed`` without Playwright or Chromium.
    """
    try:
        from playwright.sync_api import sync_playwright
    except ImportError as cause:
        raise Failed("Playwright is not installed.") from cause
    from tests.site.chromium import ARGUMENTS, hosted

    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        raise Failed("There is no Chromium on this machine.")
    with hosted(folder) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        page.goto(address)
        page.wait_for_selector("[data-ready]")
        page.mouse.move(400, 300)
        page.wait_for_load_state("networkidle")
        page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": slower})
        found: Any = page.evaluate(_MEASURE, CLICKS)
        browser.close()
    return json.loads(json.dumps(found))  # type: ignore[no-any-return]


def report(size: int, folder: Path) -> Iterator[str]:
    """The table, for the processor as it is and four times slower."""
    root = pages(size, folder)
    yield f"\nA click on a filter, {size:,} artifacts, {CLICKS} clicks"
    yield f"{'':24}{'median, ms':>12}{'95%':>8}{'most':>8}"
    for slower in (1, 4):
        found = clicks(root, slower)
        for what, budget in BUDGETS.items():
            values = sorted(each[what] for each in found)
            name = f"{what}{f', CPU 1/{slower}' if slower > 1 else f' (budget {budget:g})'}"
            late = values[int(len(values) * 0.95)]
            yield f"{name:24}{statistics.median(values):12.1f}{late:8.1f}{values[-1]:8.1f}"
