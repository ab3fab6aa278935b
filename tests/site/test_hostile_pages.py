"""Other people's texts do nothing in a browser: the sanitiser alone sees to it, and so does the policy alone.

Each payload is hovered over, focused and clicked. A control with neither shows that it would be noticed.
"""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import comrak
import pytest

from skillmeat.cleaning import Place
from skillmeat.markdown import render
from skillmeat.site.templates import Page
from tests.site import dom, hostile

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Request
    from playwright.sync_api import Page as Tab

sync_api = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="There is no Chromium on this machine"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]

HOST = "https://raw.githubusercontent.com"
PLACE = Place("docs", "https://github.com/o/r/blob/c/", f"{HOST}/o/r/c/")
PAYLOADS = hostile.payloads()
PER_PAGE = 400
FRAMES = 60

NOTICE = """
if (window === top) {
  window.ran = [];
  addEventListener('message', (event) => { if (event.data?.ran) window.ran.push(event.data.ran); });
}
window.alert = () => top.postMessage({ ran: location.pathname }, '*');
"""
"""In every frame, before anything else: what runs calls ``alert``, and the outermost page hears of it."""

TOUCH = """
(root) => {
  const inert = (event) => {
    const link = event.target.closest?.('a[href], area[href]');
    if (link && /^(https?|mailto|ftp|file|data|blob):$/.test(link.protocol)) event.preventDefault();
  };
  root.addEventListener('click', inert, true);
  for (const each of root.querySelectorAll('*')) {
    for (const name of ['pointerover', 'mouseover', 'mouseenter', 'mousemove', 'pointerdown', 'mousedown'])
      each.dispatchEvent(new MouseEvent(name, { bubbles: true, cancelable: true }));
    each.focus?.();
    each.dispatchEvent(new MouseEvent('click', { bubbles: true, cancelable: true }));
  }
}
"""
"""Hovers over, focuses and clicks each element; links that only lead away are judged by their address."""

READ = """
(again) => [...document.querySelectorAll('body > article')].map((article) => {
  for (let time = 0; time < again; time += 1) article.innerHTML = article.innerHTML;
  const found = [];
  const walk = document.createTreeWalker(article, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_COMMENT);
  while (walk.nextNode()) {
    const node = walk.currentNode;
    if (node.nodeType === Node.COMMENT_NODE) { found.push(['!--', []]); continue; }
    const html = node.namespaceURI === 'http://www.w3.org/1999/xhtml' && !node.shadowRoot;
    const tag = (html ? '' : 'foreign:') + node.localName;
    found.push([tag, [...node.attributes].map((each) => [each.name, each.value])]);
  }
  return found;
})
"""
"""By article: its elements and their attributes, as the browser has them, after reading its HTML again."""


class _Handler(BaseHTTPRequestHandler):
    """Pages that are held in memory."""

    protocol_version = "HTTP/1.1"

    def __init__(self, pages: Mapping[str, bytes], *rest: Any) -> None:
        self.pages = pages
        super().__init__(*rest)

    def do_GET(self) -> None:
        data = self.pages.get(self.path, b"")
        self.send_response(200 if self.path in self.pages else 404)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # the name is the base class's
        """Requests are not reported."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A browser that went away is nothing to report."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One that finds no other host than this machine."""
    arguments = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    alone = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"
    with sync_api.sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=[*arguments, alone])
        yield started
        started.close()


@pytest.fixture(scope="module")
def pages() -> dict[str, bytes]:
    return {}


@pytest.fixture(scope="module")
def address(pages: dict[str, bytes]) -> Iterator[str]:
    server = _Server(("127.0.0.1", 0), partial(_Handler, pages))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()
    thread.join()


class Watched:
    """A tab, where scripts of payloads ran, and what was asked of other hosts: for a document (``led``), or
    for a document to use (``asked``). No other host is found, so every such request fails for want of one.
    What the policy or the browser itself stopped was not asked.
    """

    def __init__(self, browser: Browser, address: str) -> None:
        self.ran: list[str] = []
        self.led: set[str] = set()
        self.asked: set[str] = set()
        self.address = address
        context = browser.new_context()
        context.add_init_script(NOTICE)
        self.tab: Tab = context.new_page()
        self.open: set[Request] = set()
        self.tab.on("request", lambda request: self.open.add(request))
        self.tab.on("requestfinished", lambda request: self.open.discard(request))
        self.tab.on("requestfailed", self._asked)
        self._close = context.close

    def _asked(self, request: Request) -> None:
        self.open.discard(request)
        if (request.failure or "").startswith("net::") and not request.url.startswith(f"{self.address}/"):
            (self.led if request.is_navigation_request() else self.asked).add(request.url)

    def heed(self) -> None:
        """Take down what ran on the present page."""
        self.tab.wait_for_timeout(100)
        while self.open:  # one that fails may run a script too
            self.tab.wait_for_timeout(20)
        self.ran += self.tab.evaluate("window.ran")

    def close(self) -> None:
        self.heed()
        self._close()


def objections(found: Sequence[tuple[str, Sequence[tuple[str, str]]]]) -> list[str]:
    """What of the elements that a browser has is on no list of ours."""
    wrong = [f"<{tag}>" for tag, _ in found if tag not in dom.TAGS]
    return wrong + [
        f"<{tag} {name}={value!r}>"
        for tag, attributes in found
        for name, value in attributes
        if not dom.allowed(tag, name, value)
    ]


# ------------------------------------------------------------ the sanitiser


def test_there_are_enough_of_them() -> None:
    assert len(PAYLOADS) == len(set(PAYLOADS)) >= 600


@pytest.mark.parametrize("start", range(0, len(PAYLOADS), PER_PAGE))
def test_the_sanitiser_alone_leaves_nothing_that_acts(
    start: int, browser: Browser, address: str, pages: dict[str, bytes]
) -> None:
    """On a page without a policy, as it is and after being read and written twice."""
    some = PAYLOADS[start : start + PER_PAGE]
    articles = "".join(f"<article>{render(each, PLACE).html}</article>\n" for each in some)
    pages[f"/safe-{start}.html"] = f"<!doctype html><title>x</title><body>{articles}".encode()
    watched = Watched(browser, address)
    watched.tab.goto(f"{address}/safe-{start}.html")
    for again in (0, 2):
        found = watched.tab.evaluate(READ, again)
        assert len(found) == len(some)
        wrong = {some[place]: bad for place, each in enumerate(found) if (bad := objections(each))}
        assert wrong == {}
        watched.tab.evaluate(f"({TOUCH})(document.body)")
        watched.heed()
    watched.close()
    assert watched.ran == []
    assert watched.led == set()
    assert {each for each in watched.asked if not each.startswith(f"{HOST}/o/r/c/")} == set()


# ------------------------------------------------------------ the policy, and neither


def frames(
    payloads: Mapping[int, str], head: str, kind: str, browser: Browser, address: str, pages: dict[str, bytes]
) -> tuple[Watched, list[int]]:
    """Each payload raw in a document of its own, many of them in frames of one page.

    Gives what was noticed, and which payloads were there to be touched.
    """
    options = comrak.RenderOptions()
    options.unsafe_ = True
    extensions = comrak.ExtensionOptions()
    extensions.table = extensions.footnotes = extensions.autolink = extensions.alerts = True
    extensions.tasklist = True
    for number, text in payloads.items():
        raw = comrak.render_markdown(text, extensions, None, options)
        pages[f"/{kind}/{number}.html"] = f"<!doctype html>{head}<title>x</title><body>{raw}".encode()
    watched = Watched(browser, address)
    pages["/frames.html"] = b"<!doctype html><title>x</title><body>"
    touched: list[int] = []
    numbers = list(payloads)
    for start in range(0, len(numbers), FRAMES):
        watched.tab.goto(f"{address}/frames.html")
        touched += watched.tab.evaluate(OPEN, [kind, numbers[start : start + FRAMES]])
        watched.heed()
    watched.close()
    return watched, touched


OPEN = f"""
async ([kind, numbers]) => {{
  const touch = {TOUCH};
  const opened = numbers.map((number) => new Promise((resolve) => {{
    const frame = document.createElement('iframe');
    frame.sandbox = 'allow-scripts allow-same-origin allow-forms allow-modals';
    frame.addEventListener('load', () => resolve([number, frame]), {{ once: true }});
    setTimeout(() => resolve([number, frame]), 60000);
    frame.src = `/${{kind}}/${{number}}.html`;
    document.body.append(frame);
  }}));
  const touched = [];
  for (const [number, frame] of await Promise.all(opened)) {{
    try {{ touch(frame.contentDocument.documentElement); touched.push(number); }} catch {{ }}
  }}
  return touched;
}}
"""
"""Opens payloads in frames, waits for all of them, touches what is in them; gives those it could."""


def test_the_policy_alone_lets_no_script_run(browser: Browser, address: str, pages: dict[str, bytes]) -> None:
    """Nor a document fetch anything from elsewhere; two of five payloads, which is more than 600."""
    policy = Page("skill/x/", "x", images_from=HOST).policy
    head = f'<meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="{policy}">'
    some = {place: each for place, each in enumerate(PAYLOADS) if place % 5 in (0, 2)}
    assert len(some) >= 600
    watched, touched = frames(some, head, "policy", browser, address, pages)
    assert watched.ran == []
    assert {each for each in watched.asked if not each.startswith(f"{HOST}/")} == set()
    assert len(touched) > 0.97 * len(some)


def test_without_both_it_would_be_noticed(browser: Browser, address: str, pages: dict[str, bytes]) -> None:
    """The control: raw, without a policy, and read as the sanitiser's output is."""
    some = dict(enumerate((*hostile.ELEMENTS, *hostile.MUTANTS)))
    watched, _ = frames(some, '<meta charset="utf-8">', "control", browser, address, pages)
    assert len(set(watched.ran)) >= 20
    assert len(watched.asked) >= 5
    pages["/read.html"] = b"<!doctype html><title>x</title><body>"
    watched = Watched(browser, address)
    watched.tab.goto(f"{address}/read.html")
    articles = "".join(f"<article>{each}</article>\n" for each in hostile.ELEMENTS)
    watched.tab.evaluate(INSERT, articles)
    found = watched.tab.evaluate(READ, 0)
    watched.close()
    assert sum(bool(objections(each)) for each in found) >= 20


INSERT = """
(html) => document.body.append(...new DOMParser().parseFromString(html, 'text/html').body.children)
"""
