"""MCP servers: each one that a file ``.mcp.json`` at any depth configures (R8; FORMATS.md 1.7)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from skillmeat.detect.found import Found, PassedOver, line, name
from skillmeat.detect.jsonfile import load
from skillmeat.detect.layout import Layout
from skillmeat.detect.paths import basename, parent
from skillmeat.detect.problems import of_path
from skillmeat.model import ArtifactType
from skillmeat.text import one_line
from skillmeat.tree import TreeEntry

FILE = ".mcp.json"
MAX_SERVERS = 500
MAX_KEY = 200


def find(layout: Layout) -> Iterator[Found | PassedOver]:
    """Every server of every ``.mcp.json``. A file that cannot be understood is an entry by itself."""
    for entry in layout.named(FILE):
        if basename(entry.path) == FILE:
            reason = layout.against(entry, parent(entry.path))
            if reason:
                yield PassedOver(entry.path, reason)
            else:
                yield from _servers(entry, layout)


def _servers(entry: TreeEntry, layout: Layout) -> Iterator[Found | PassedOver]:
    file = load(entry, layout.read)
    servers, problems = _table(file.table), set(file.problems)
    if servers is None:
        problems.add("no-servers")
    if not servers and problems - {"duplicate-key"}:
        yield Found(
            ArtifactType.MCP,
            name=name(layout.folder_name(parent(entry.path)), "mcp"),
            path=entry.path,
            reason=f"a file named {FILE}",
            problems=tuple(sorted({*problems, *of_path(entry.path)})),
            file=entry.path,
        )
    elif not servers:
        yield PassedOver(entry.path, "without any server")
    seen: set[str] = set()
    for key, server in (servers or {}).items():
        path = f"{entry.path}#{key if one_line(key) == key and len(key) <= MAX_KEY else line(key, MAX_KEY)}"
        reason = layout.left_out(path)
        if reason or path in seen or len(seen) == MAX_SERVERS:
            yield PassedOver(path, reason or "one of too many servers, or has the name of another")
            continue
        seen.add(path)
        yield _server(path, key, server, entry, problems)


def _table(file: dict[str, Any]) -> dict[str, Any] | None:
    """The servers by name: below ``mcpServers``, or a flat file's tables; ``None`` where that is no table."""
    if "mcpServers" in file:
        servers = file["mcpServers"]
        return servers if isinstance(servers, dict) else None
    return {key: value for key, value in file.items() if isinstance(value, dict)}


def _server(path: str, key: str, server: object, entry: TreeEntry, problems: set[str]) -> Found:
    """Its name is its key. Behind the ``#`` of the path that stands as it is, when it can be seen."""
    own = {*problems, *of_path(path)}
    description = ""
    if not isinstance(server, dict):
        own.add("not-an-object")
    else:
        description = _description(server)
        if not description:
            own.add("no-command-or-url")
    if not key.strip():
        own.add("name-missing")
    return Found(
        ArtifactType.MCP,
        name=name(key, "mcp"),
        path=path,
        reason=f"a server in a file named {FILE}",
        description=description,
        problems=tuple(sorted(own)),
        file=entry.path,
    )


def _description(server: dict[str, Any]) -> str:
    """How the server is reached. Arguments, headers and queries are left out: they may hold secrets."""
    command, url = server.get("command"), server.get("url")
    if isinstance(command, str) and command.strip():
        return line(f"Runs {re.split(_SLASH, command.split()[0])[-1]}.")
    if isinstance(url, str) and url.strip():
        try:
            host = urlsplit(url).hostname
        except ValueError:
            host = None
        return line(f"Served at {host}.") if host else "Served at an address of its own."
    return ""


def file_of(path: str) -> str:
    """The file in an entry's path: all before the ``#`` behind the first ``.mcp.json``."""
    match = _FILE.match(path)
    return match[1] if match else path


_SLASH = re.compile(r"[/\\]")
_FILE = re.compile(rf"((?:.*?/)?{re.escape(FILE)})#", re.DOTALL)
