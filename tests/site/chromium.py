"""The browser that tests of the site share, and a host for what they built."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from skillmeat.site.serve import listen

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page, Response

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
MARKS = [
    pytest.mark.skipif(CHROMIUM is None, reason="There is no Chromium on this machine"),
    # Playwright leaves its event loop's sockets to the garbage collector.
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]
ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium, started once for a module."""
    sync_api = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
    with sync_api.sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield started
        started.close()


@contextmanager
def hosted(root: Path) -> Iterator[str]:
    """The address at which a folder is served meanwhile."""
    server = listen(root, 0)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class Watched:
    """A page, and everything that went wrong on it. Nothing is asked of any other host."""

    def __init__(self, context: BrowserContext, address: str) -> None:
        self.address = address
        self.wrong: list[str] = []
        self.page: Page = context.new_page()
        self.page.on(
            "console", lambda said: self.wrong.append(f"console: {said.text} {said.location['url']}")
        )
        self.page.on("pageerror", lambda error: self.wrong.append(f"error: {error}"))
        self.page.on("response", self._response)
        context.route(lambda url: not url.startswith(address), lambda route: route.abort("blockedbyclient"))

    def _response(self, response: Response) -> None:
        if response.status >= 400:
            self.wrong.append(f"{response.status}: {response.url}")

    def open(self, path: str) -> Page:
        self.wrong.clear()
        self.page.goto(self.address + path)
        self.page.wait_for_load_state("load")
        return self.page
