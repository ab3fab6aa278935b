"""A preview is what a static host would show, follows the store, and outlives a broken one."""

from __future__ import annotations

import http.client
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from skillmeat.catalog import Catalog
from skillmeat.errors import Invalid, Refused
from skillmeat.history import Dates
from skillmeat.site.build import Report, build
from skillmeat.site.reload import EVENTS, News
from skillmeat.site.serve import Built, Event, Failed, Serving, listen, serve
from tests.site import store


class Preview:
    """``serve`` in a thread, on a store that is one file: its title."""

    def __init__(self, root: Path) -> None:
        self.title = root / "store" / "title.txt"
        self.title.parent.mkdir()
        self.title.write_text("One")
        self.out = root / "out"
        self.events: list[Event] = []
        self.told = threading.Condition()
        self.meanwhile: Callable[[], None] = lambda: None
        self.stop = threading.Event()
        self.thread = threading.Thread(target=self._run)

    def _run(self) -> None:
        watched = [self.title.parent, self.title.parent / "not-there"]
        serve(self.rebuild, self.out, watched, self.tell, port=0, stop=self.stop)

    def rebuild(self) -> Report:
        title = self.title.read_text()
        self.meanwhile()
        if not title:
            raise Invalid("The title is empty.", code="INVALID_SETTINGS")
        settings = store.catalog().settings
        catalog = Catalog(settings=settings.but(site=settings.site.but(title=title)))
        return build(catalog, Dates(), lambda _: None, self.out)

    def tell(self, event: Event) -> None:
        with self.told:
            self.events.append(event)
            self.told.notify_all()

    def wait(self, count: int) -> Event:
        with self.told:
            self.told.wait_for(lambda: len(self.events) >= count, 120)
            return self.events[count - 1]

    def get(self, path: str, host: str = "") -> tuple[int, str | None, str]:
        serving = next(event for event in self.events if isinstance(event, Serving))
        address = serving.url.removeprefix("http://").rstrip("/")
        connection = http.client.HTTPConnection(address, timeout=120)
        connection.request("GET", path, headers={"Host": host or address})
        answer = connection.getresponse()
        body = answer.read().decode("utf-8", "replace")
        connection.close()
        return answer.status, answer.getheader("Content-Type"), body


@contextmanager
def running(made: Preview) -> Iterator[Preview]:
    made.thread.start()
    try:
        made.wait(2)
        yield made
    finally:
        made.stop.set()
        made.thread.join(120)
    assert not made.thread.is_alive()


@pytest.fixture
def preview(tmp_path: Path) -> Iterator[Preview]:
    with running(Preview(tmp_path)) as made:
        yield made


def test_it_serves_what_a_static_host_would(preview: Preview) -> None:
    assert preview.get("/")[:2] == (200, "text/html; charset=utf-8")
    assert preview.get("/tags/")[0] == 200
    assert preview.get("/tags")[0] == 301
    assert preview.get("/api/v1/tags.json")[:2] == (200, "application/json")
    assert preview.get("/assets/site.js")[:2] == (200, "text/javascript; charset=utf-8")
    assert preview.get("/assets/inter.woff2")[:2] == (200, "font/woff2")
    assert preview.get("/assets/icons.svg")[:2] == (200, "image/svg+xml")
    for missing in ("/nowhere/", "/assets/", "/../../../etc/passwd"):
        status, _, body = preview.get(missing)
        assert (status, "There is nothing at this address" in body) == (404, True)


def test_a_page_under_another_hosts_name_is_not_shown(preview: Preview) -> None:
    assert preview.get("/", host="evil.example")[0] == 421
    for other in (
        "127.0.0.1.evil.example",
        "localhost.evil.example:80",
        "127.0.0.2",
        "[::1]:80",
        "a:b:localhost",
    ):
        assert preview.get("/", host=other)[0] == 421, other
    for ours in ("localhost:1", "LOCALHOST", "127.0.0.1"):
        assert preview.get("/", host=ours)[0] == 200, ours


def test_of_too_many_that_wait_for_builds_the_oldest_is_let_go(tmp_path: Path) -> None:
    """Also over the wire: its connection ends, and the others hear of the next build."""
    news = News(most=2)
    server = listen(tmp_path, 0, news)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    waiting = []
    try:
        for _ in range(3):
            connection = http.client.HTTPConnection(*server.server_address[:2], timeout=120)
            connection.request("GET", EVENTS)
            answer = connection.getresponse()
            assert answer.readline() == f"data: {news.build}\n".encode()
            waiting.append((connection, answer))
        assert waiting[0][1].read() == b"\n"
        news.publish()
        for _, answer in waiting[1:]:
            assert answer.readline() == b"\n"
            assert answer.readline() == f"data: {news.build}\n".encode()
    finally:
        news.close()
        for connection, _ in waiting:
            connection.close()
        server.shutdown()
        server.server_close()
        thread.join()


def test_who_went_away_no_longer_waits() -> None:
    news = News(most=1)
    first = news.events()
    next(first)
    first.close()
    second = news.events()
    next(second)
    news.publish()
    assert next(second) == f"data: {news.build}\n\n".encode()


def test_it_follows_the_store_and_outlives_a_broken_one(preview: Preview) -> None:
    assert isinstance(preview.events[0], Built)
    preview.title.write_text("Two")
    assert isinstance(preview.wait(3), Built)
    assert "<title>Two</title>" in preview.get("/")[2]
    preview.title.write_text("")
    failed = preview.wait(4)
    assert isinstance(failed, Failed)
    assert failed.error.detail == "The title is empty."
    assert "<title>Two</title>" in preview.get("/")[2]
    preview.title.write_text("Three")
    assert isinstance(preview.wait(5), Built)
    assert "<title>Three</title>" in preview.get("/")[2]


def test_a_change_during_the_first_build_is_followed_too(tmp_path: Path) -> None:
    """Or before anybody is told that the site is served."""
    preview = Preview(tmp_path)

    def change() -> None:
        preview.meanwhile = lambda: None
        preview.title.write_text("Two")

    preview.meanwhile = change
    with running(preview):
        assert isinstance(preview.wait(3), Built)
        assert "<title>Two</title>" in preview.get("/")[2]


@contextmanager
def taken(port: int = 0) -> Iterator[int]:
    with socket.socket() as held:
        held.bind(("127.0.0.1", port))
        held.listen()
        yield held.getsockname()[1]


def test_a_port_in_use_leads_to_the_next_free_one(tmp_path: Path) -> None:
    with taken() as port:
        server = listen(tmp_path, port)
        assert port < server.server_address[1] <= port + 20
        server.server_close()


def test_no_free_port_is_said_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("skillmeat.site.serve.PORTS_TRIED", 1)
    with taken() as port, pytest.raises(Refused) as refused:
        listen(tmp_path, port)
    assert refused.value.code == "PORT_IN_USE"


def test_a_store_that_cannot_be_built_at_first_is_an_error(tmp_path: Path) -> None:
    def broken() -> Report:
        raise Invalid("No.", code="INVALID_SETTINGS")

    with pytest.raises(Invalid):
        serve(broken, tmp_path, [], lambda _: None, port=0)
