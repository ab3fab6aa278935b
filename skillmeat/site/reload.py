"""What makes an open page of a preview show the next build: news of builds, and a module that waits for it.

Both are served beside the site, below ``ADDRESS``, and are never written into it.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Generator
from typing import Final

ADDRESS: Final = "/.skillmeat/"
MODULE: Final = f"{ADDRESS}reload.js"
EVENTS: Final = f"{ADDRESS}builds"

_QUIET: Final = 15.0
"""After so many seconds without news something is sent, so that a page that is gone is noticed."""


MOST: Final = 64
"""So many may wait at once: each holds a thread, and a page that asks for ever more would take them all."""


class News:
    """Which build the site is of, and a way to wait for the next one. Safe for threads.

    Of more than ``most`` that wait, the one that has waited longest is let go.
    """

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._waiting: dict[object, None] = {}
        self._run = secrets.token_hex(4)  # a page of an earlier preview is old, whatever its number
        self._number = 0
        self._open = True
        self._changed = threading.Condition()

    @property
    def build(self) -> str:
        """The name of the present build."""
        return f"{self._run}-{self._number}"

    def publish(self) -> None:
        """Say that there is a new build."""
        with self._changed:
            self._number += 1
            self._changed.notify_all()

    def close(self) -> None:
        """Let everyone who waits go."""
        with self._changed:
            self._open = False
            self._changed.notify_all()

    def events(self) -> Generator[bytes]:
        """The present build and then every next one, as server-sent events, until ``close`` or let go."""
        told, place = "", object()
        with self._changed:
            self._waiting[place] = None
            if len(self._waiting) > self._most:
                del self._waiting[next(iter(self._waiting))]
                self._changed.notify_all()
        try:
            while True:
                with self._changed:
                    self._wait(place, told)
                    if self._is_over(place):
                        return
                    now = self.build
                yield f"data: {now}\n\n".encode() if now != told else b":\n\n"
                told = now
        finally:
            with self._changed:
                self._waiting.pop(place, None)

    def _wait(self, place: object, told: str) -> None:
        self._changed.wait_for(lambda: self._is_over(place) or told != self.build, _QUIET)

    def _is_over(self, place: object) -> bool:
        return not self._open or place not in self._waiting


def injected(page: bytes, build: str) -> bytes:
    """A page with the module that waits for the build after ``build``."""
    script = f'<script type="module" src="{MODULE}" data-build="{build}"></script>\n'.encode()
    head, end, tail = page.rpartition(b"</body>")
    return head + script + end + tail if end else page + script


SCRIPT: Final = """\
// Shows the next build as soon as there is one, at the place where the reader was.

const { build } = document.querySelector("script[data-build]").dataset;
const KEY = "skillmeat-place";
let events;

try {
  const [address, x, y] = JSON.parse(sessionStorage.getItem(KEY) ?? "[]");
  sessionStorage.removeItem(KEY);
  if (address === location.href) {
    history.scrollRestoration = "manual";
    const back = () => scrollTo({ left: x, top: y, behavior: "instant" });
    back();
    addEventListener("load", back, { once: true });
  }
} catch {
  // Storage is off: the browser finds the place by itself.
}

function reload() {
  events?.close();
  try {
    sessionStorage.setItem(KEY, JSON.stringify([location.href, scrollX, scrollY]));
  } catch {
    // As above.
  }
  location.reload();
}

// A page in the background does not wait: browsers keep only a few connections to one host.
function wait() {
  events?.close();
  events = undefined;
  if (document.hidden) return;
  events = new EventSource("ADDRESS");
  events.onmessage = ({ data }) => {
    if (data !== build) reload();
  };
}

document.addEventListener("visibilitychange", wait);
addEventListener("pagehide", () => events?.close());
addEventListener("pageshow", ({ persisted }) => persisted && wait());
wait();
""".replace("ADDRESS", EVENTS)
"""The module."""
