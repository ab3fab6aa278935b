"""Whether a built site is whole: every address in it leads to a file, and to a place in it, that is there."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

HERE = "https://site.invalid/some/folder/"
"""Where the site is taken to stand: below a path, so that one step too many is seen to leave it."""

LEADING = ("href", "src", "action", "formaction", "poster", "cite", "ping")
NAMING = ("aria-labelledby", "aria-describedby", "aria-controls", "aria-owns", "for", "headers", "list")
REFRESH = re.compile(r"\d+\s*;\s*url=(.+)", re.IGNORECASE)
IN_STYLE = re.compile(r"""url\(["']?([^"')]+)""")
IN_MODULE = re.compile(r"""(?:from|import\()\s*"(\.{1,2}/[^"]+)\"""")


class Page(HTMLParser):
    """The ids in a page or a picture, what names them in it, and the addresses it leads to."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.named: list[str] = []
        self.addresses: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in ((name, value or "") for name, value in attrs):
            if name == "id":
                self.ids.append(value)
            elif name in LEADING:
                self.addresses.append(value)
            elif name == "srcset":
                self.addresses += [each.split()[0] for each in value.split(",")]
            elif name in NAMING:
                self.named += value.split()
            elif name == "content" and (refresh := REFRESH.fullmatch(value)):
                self.addresses.append(refresh[1])


def faults(site: Path, url: str | None) -> list[str]:
    """What is wrong with the ids and addresses of a site that will stand at ``url``, if that is known."""
    url = f"{url.rstrip('/')}/" if url else ""
    read = cache(lambda path: Page(path.read_text(encoding="utf-8")))  # of this site alone
    found = []
    for path in sorted(each for each in site.rglob("*") if each.is_file()):
        name = path.relative_to(site).as_posix()
        page = read(path) if path.suffix in (".html", ".svg") else Page("")
        found += [f"{name}: {n} have the id {each!r}" for each, n in Counter(page.ids).items() if n > 1]
        found += [f"{name}: there is no id {each!r}" for each in page.named if each not in page.ids]
        for address in dict.fromkeys([*page.addresses, *_in_file(path, name, url)]):
            target, fragment = urldefrag(urljoin(HERE + name, _moved(address, name, url)))
            if not target.startswith(HERE):
                if not urlsplit(address).scheme:
                    found.append(f"{name}: {address!r} leads out of the site")
                continue
            place = site / unquote(urlsplit(target.removeprefix(HERE)).path)
            if target.partition("?")[0].endswith("/"):
                place /= "index.html"
            if not place.is_file():
                found.append(f"{name}: {address!r} leads to nothing")
            elif fragment and unquote(fragment) not in read(place).ids:
                found.append(f"{name}: {address!r} leads to no place there")
    return found


def _moved(address: str, name: str, url: str) -> str:
    """An address below the site's own as one below ``HERE``; 404.html is shown at any depth."""
    if url and address.startswith(url):
        return HERE + address.removeprefix(url)
    root = urlsplit(url).path or "/"
    return HERE + address.removeprefix(root) if name == "404.html" and address.startswith(root) else address


def _in_file(path: Path, name: str, url: str) -> Iterator[str]:
    """The addresses in a file that is no page."""
    if path.suffix not in (".xml", ".json", ".txt", ".css", ".js"):
        return
    text = path.read_text(encoding="utf-8")
    if url:
        below = re.findall(re.escape(url) + r"[^\s\"'<>()\\]*", text)
        yield from (unescape(each).partition("?q=")[0].rstrip(".,:;") for each in below)
    if path.suffix == ".css":
        yield from IN_STYLE.findall(text)
    elif path.suffix == ".js":
        yield from IN_MODULE.findall(text)
    elif (path.suffix == ".json" and name.startswith(("api/", "data/"))) or path.name == "index.json":
        yield from _in_answer(json.loads(text), name)


def _in_answer(answer: Any, name: str) -> Iterator[str]:
    """Those of an answer of the API, of what lists the skills to be had, and of the list of all addresses."""
    if not isinstance(answer, dict):
        return
    if further := (answer.get("meta") or {}).get("next"):
        yield further
    if isinstance(data := answer.get("data"), dict):
        yield from data.get("links", {}).values()
    for skill in answer.get("skills", ()):
        yield from (
            [skill["url"]] if "url" in skill else (f"{skill['name']}/{file}" for file in skill["files"])
        )
    for folder, names in answer.get("folders", {}).items():
        yield from (f"{HERE}{folder}{each}/" for each in names)
    for former, now in answer.get("former", {}).items():
        yield from (HERE + former, HERE + now)
