"""The site on this machine, built anew whenever the store changes; open pages follow.

Only the loopback address is served. A browser elsewhere that is lured here under another host's name gets
nothing, since a preview may show what is not published yet.
"""

from __future__ import annotations

import errno
import io
import re
import threading
from collections.abc import Callable, Generator, Iterable
from contextlib import closing, suppress
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, BinaryIO, Final

from watchfiles import Change, DefaultFilter, watch
from watchfiles.main import FileChange

from skillmeat.errors import Refused, SkillmeatError
from skillmeat.site import reload
from skillmeat.site.build import Report
from skillmeat.site.reload import News

HOST: Final = "127.0.0.1"
PORTS_TRIED: Final = 20

_OURS: Final = r"(?i:127\.0\.0\.1|localhost)(:[0-9]{1,5})?"
"""The ``Host`` of a request that is meant for this server, by whatever name it came here."""


@dataclass(frozen=True, slots=True)
class Serving:
    """The site can be opened at ``url``."""

    url: str


@dataclass(frozen=True, slots=True)
class Built:
    """The site is what the store holds now."""

    report: Report


@dataclass(frozen=True, slots=True)
class Failed:
    """The store could not be built; the site is still what it was."""

    error: SkillmeatError


Event = Serving | Built | Failed


def serve(
    rebuild: Callable[[], Report],
    out: Path,
    watched: Iterable[Path],
    tell: Callable[[Event], None],
    *,
    port: int = 8000,
    stop: threading.Event | None = None,
) -> None:
    """Build the site, serve ``out``, and build again when something below ``watched`` changes.

    ``rebuild`` reads the store and builds it to ``out``. ``tell`` is called with what happens, always from
    this thread. Returns when ``stop`` is set or on Ctrl-C.

    Raises what the first ``rebuild`` raises, and ``Refused`` (``PORT_IN_USE``) when neither ``port`` nor one
    of those after it is free.
    """
    with closing(_changes(out, watched, stop or threading.Event())) as changes:
        next(changes, None)
        tell(Built(rebuild()))
        _serve(rebuild, out, changes, tell, port)


def _changes(out: Path, watched: Iterable[Path], stop: threading.Event) -> Generator[set[FileChange]]:
    """What changes from the first item on, which is empty, as others may be; ends with ``stop``."""
    return watch(
        *(path for path in watched if path.exists()),
        watch_filter=_Changes(out),
        debounce=400,
        step=100,
        rust_timeout=100,
        yield_on_timeout=True,
        stop_event=stop,
    )


def _serve(
    rebuild: Callable[[], Report],
    out: Path,
    changes: Iterable[set[FileChange]],
    tell: Callable[[Event], None],
    port: int,
) -> None:
    news = News()
    server = listen(out, port, news)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True)
    thread.start()
    try:
        tell(Serving(f"http://{HOST}:{server.server_address[1]}/"))
        for each in changes:
            if each:
                _rebuild(rebuild, tell, news)
    except KeyboardInterrupt:
        pass
    finally:
        news.close()
        server.shutdown()
        server.server_close()
        thread.join()


def listen(out: Path, port: int, news: News | None = None) -> ThreadingHTTPServer:
    """A server for a folder on the first free port from ``port`` on; 0 is any. Not yet serving.

    With ``news`` of builds the pages it serves follow them; without, they are to the byte what is there.

    Raises ``Refused`` (``PORT_IN_USE``).
    """
    handler = partial(_Handler, news=news, directory=str(out))
    for tried in range(port, min(port + (PORTS_TRIED if port else 1), 65536)):
        try:
            return _Server((HOST, tried), handler)
        except OSError as error:
            if error.errno not in (errno.EADDRINUSE, errno.EACCES):
                raise
    raise Refused(
        f"No port from {port} to {port + PORTS_TRIED - 1} is free.",
        code="PORT_IN_USE",
        hint="Name another one with --port.",
    )


def _rebuild(rebuild: Callable[[], Report], tell: Callable[[Event], None], news: News) -> None:
    try:
        report = rebuild()
    except SkillmeatError as error:
        tell(Failed(error))
    else:
        news.publish()
        tell(Built(report))


class _Changes(DefaultFilter):
    """Changes to the store: not to what Git, editors and this program keep beside it, nor to the site."""

    ignore_dirs = (*DefaultFilter.ignore_dirs, ".skillmeat")

    def __init__(self, out: Path) -> None:
        name = out.resolve().name
        self._site = out.resolve().parent
        self._names = (name, f".{name}.skillmeat-new", f".{name}.skillmeat-old")
        super().__init__()

    def __call__(self, change: Change, path: str) -> bool:
        try:
            below = Path(path).relative_to(self._site).parts
        except ValueError:
            below = ()
        return not (below and below[0] in self._names) and super().__call__(change, path)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 1024  # a client that installs skills asks for all archives at once

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A browser that went away is nothing to report."""


class _Handler(SimpleHTTPRequestHandler):
    """A folder as a static host serves it: ``index.html`` of a folder, ``404.html`` for what is missing."""

    protocol_version = "HTTP/1.1"
    server_version = "skillmeat"
    sys_version = ""
    extensions_map: Final = {  # type: ignore[misc]
        ".css": "text/css; charset=utf-8",
        ".csv": "text/csv; charset=utf-8",
        ".gz": "application/gzip",
        ".html": "text/html; charset=utf-8",
        ".js": "text/javascript; charset=utf-8",
        ".json": "application/json",
        ".md": "text/markdown; charset=utf-8",
        ".png": "image/png",
        ".sqlite": "application/vnd.sqlite3",
        ".svg": "image/svg+xml",
        ".txt": "text/plain; charset=utf-8",
        ".woff2": "font/woff2",
        ".xml": "application/xml",
        ".zip": "application/zip",
        "": "application/octet-stream",
    }

    def __init__(self, *args: Any, news: News | None = None, **more: Any) -> None:
        self._news = news
        super().__init__(*args, **more)

    def do_GET(self) -> None:
        """A file; or, in a preview, the module and the events that let a page follow the builds."""
        address = self.path.partition("?")[0]
        if self._news and address == reload.MODULE:
            self._send(HTTPStatus.OK, ".js", reload.SCRIPT.encode())
        elif self._news and address == reload.EVENTS:
            self._events(self._news)
        else:
            super().do_GET()

    def _events(self, news: News) -> None:
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        self.close_connection = True
        with suppress(BrokenPipeError, ConnectionResetError), closing(news.events()) as events:
            for event in events:
                self.wfile.write(event)
                self.wfile.flush()

    def send_head(self) -> io.BytesIO | BinaryIO | None:
        """The head of an answer, and the body that is to follow."""
        page = Path(self.translate_path(self.path))
        if page.is_dir() and self.path.partition("?")[0].endswith("/"):
            page /= "index.html"
        if self._news and page.suffix == ".html" and page.is_file():
            with suppress(OSError):  # between two builds
                return self._head(HTTPStatus.OK, ".html", page.read_bytes())
        return super().send_head()

    def _head(self, code: int, kind: str, data: bytes) -> io.BytesIO:
        if self._news and kind == ".html":
            data = reload.injected(data, self._news.build)
        self.send_response(code)
        self.send_header("Content-Type", self.extensions_map[kind])
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        return io.BytesIO(data)

    def _send(self, code: int, kind: str, data: bytes) -> None:
        body = self._head(code, kind, data)
        if self.command != "HEAD":
            self.copyfile(body, self.wfile)

    def parse_request(self) -> bool:
        if not super().parse_request():
            return False
        hosts = self.headers.get_all("Host", [])
        if len(hosts) == 1 and re.fullmatch(_OURS, hosts[0]):
            return True
        super().send_error(HTTPStatus.MISDIRECTED_REQUEST)
        return False

    def end_headers(self) -> None:
        self.send_header("Cache-Control", "no-cache")
        super().end_headers()

    def list_directory(self, path: Any) -> None:
        self.send_error(HTTPStatus.NOT_FOUND)

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        page = Path(self.directory) / "404.html"
        if code != HTTPStatus.NOT_FOUND or not page.is_file():
            super().send_error(code, message, explain)
            return
        self._send(code, ".html", page.read_bytes())

    def copyfile(self, source: Any, outputfile: Any) -> None:
        try:
            super().copyfile(source, outputfile)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # the name is the base class's
        """Requests are not reported."""
