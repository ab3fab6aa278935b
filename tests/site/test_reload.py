"""An open page of a preview shows the next build where the reader was; the site itself is as ever."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.request import urlopen

import pytest

from skillmeat.catalog import Catalog
from skillmeat.errors import Invalid
from skillmeat.model import Tag
from skillmeat.site import reload
from skillmeat.site.build import Report, build
from skillmeat.site.reload import News
from skillmeat.site.serve import Built, Event, Failed, Serving, serve
from tests.site import store
from tests.site.chromium import MARKS
from tests.site.chromium import browser as browser  # a fixture
from tests.site.dom import read

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Route

pytestmark = MARKS


class Preview:
    """``serve`` in a thread, on a store that is one file: the name of its tags."""

    def __init__(self, root: Path) -> None:
        self.name = root / "store" / "name.txt"
        self.name.parent.mkdir()
        self.name.write_text("One")
        self.out = root / "out"
        self.events: list[Event] = []
        self.told = threading.Condition()
        self.stop = threading.Event()
        self.thread = threading.Thread(target=self._run)

    def _run(self) -> None:
        watched = [self.name.parent]
        serve(self._rebuild, self.out, watched, self.tell, port=0, stop=self.stop)

    def _rebuild(self) -> Report:
        name = self.name.read_text()
        if not name:
            raise Invalid("There is no name.", code="INVALID_TAG")
        tags = {
            f"t{number}": Tag(id=f"t{number}", name=f"{name} {number}", description="x " * 200)
            for number in range(60)
        }
        return build(Catalog(tags=tags), store.dates(), lambda _: None, self.out)

    def tell(self, event: Event) -> None:
        with self.told:
            self.events.append(event)
            self.told.notify_all()

    def wait(self, count: int) -> Event:
        with self.told:
            self.told.wait_for(lambda: len(self.events) >= count, 120)
            return self.events[count - 1]

    @property
    def url(self) -> str:
        return next(event.url for event in self.events if isinstance(event, Serving))


@pytest.fixture
def preview(tmp_path: Path) -> Iterator[Preview]:
    made = Preview(tmp_path)
    made.thread.start()
    made.wait(2)
    yield made
    made.stop.set()
    made.thread.join(120)
    assert not made.thread.is_alive()


def test_an_open_page_shows_the_next_build_where_the_reader_was(preview: Preview, browser: Browser) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 600})
    page, wrong = context.new_page(), []
    page.on("console", lambda message: wrong.append(message.text))
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.goto(f"{preview.url}tags/")
    assert page.get_by_role("link", name="One 7", exact=True).count() == 1
    page.evaluate("scrollTo(0, 1234)")
    preview.name.write_text("Two")
    page.get_by_role("link", name="Two 7", exact=True).wait_for()
    page.wait_for_load_state("load")
    page.wait_for_function("() => scrollY === 1234")
    assert wrong == []

    preview.name.write_text("")
    assert isinstance(preview.wait(4), Failed)
    build_of_page = page.locator("script[data-build]").get_attribute("data-build")
    with urlopen(f"{preview.url}{reload.EVENTS[1:]}") as news:
        assert news.readline() == f"data: {build_of_page}\n".encode(), "the old page stays"
    assert page.get_by_role("link", name="Two 7", exact=True).count() == 1

    preview.name.write_text("Three")
    page.get_by_role("link", name="Three 7", exact=True).wait_for()
    assert isinstance(preview.wait(5), Built)
    context.close()


def test_the_page_of_a_wrong_address_follows_too(preview: Preview, browser: Browser) -> None:
    page = browser.new_page()
    page.goto(f"{preview.url}nowhere/")
    page.evaluate("document.body.dataset.old = ''")
    preview.name.write_text("Two")
    page.wait_for_selector("body:not([data-old])")
    page.close()


def test_a_page_of_an_earlier_build_is_renewed_at_once(preview: Preview, browser: Browser) -> None:
    """As one that was in the background, or open when the preview was started anew."""
    page = browser.new_page()
    stale = reload.injected((preview.out / "tags/index.html").read_bytes(), "earlier-0").decode()
    address, served = f"{preview.url}tags/", []

    def serve_stale(route: Route) -> None:
        served.append(route.request.url)
        route.fulfill(body=stale, content_type="text/html")

    page.route(address, serve_stale, times=1)
    page.goto(address, wait_until="commit")
    assert served == [address]
    page.wait_for_selector('script[data-build]:not([data-build="earlier-0"])', state="attached")
    page.close()


def test_nothing_of_it_is_in_the_site(preview: Preview) -> None:
    for path in preview.out.rglob("*"):
        assert not path.is_file() or reload.ADDRESS.encode() not in path.read_bytes(), path


def test_the_policy_of_a_page_stays_as_it_is() -> None:
    page = b"<html><head></head><body><p>x</p></body></html>"
    made = reload.injected(page, "a-1").decode()
    scripts = [values for tag, values in read(made).tags if tag == "script"]
    assert scripts == [{"type": "module", "src": reload.MODULE, "data-build": "a-1"}]
    assert made.replace(made[made.index("<script") : made.index("</body>")], "") == page.decode()


def test_whoever_waits_hears_of_every_build_and_of_the_end() -> None:
    news = News()
    events = news.events()
    first = next(events)
    news.publish()
    second = next(events)
    assert first != second
    assert second == f"data: {news.build}\n\n".encode()
    assert news.build != News().build, "a preview that was started anew has builds of its own"
    threading.Timer(0.1, news.close).start()
    assert list(events) == []
