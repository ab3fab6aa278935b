"""Addresses of repositories and paths in them, as other tools write them."""

from __future__ import annotations

import re

from skillmeat.foreign.found import Origin

_SHORT = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,38}/[A-Za-z0-9._-]{1,100}")
_WEB = re.compile(r"https?://(github\.com|gitlab\.com)/(.+?)(?:\.git)?/?", re.IGNORECASE)
_TREE = re.compile(
    r"https?://(?P<host>github\.com|gitlab\.com)/(?P<name>.+?)/(?:-/)?(?:tree|blob)/(?P<ref>[^/]+)(?:/(?P<path>.+))?",
    re.IGNORECASE,
)
_PARTS = re.compile(
    r"(?:https?://|ssh://(?:[^@/]+@)?|[^@/:]+@)(?P<host>[^/:]+)(?::\d+(?=/))?[/:]+(?P<name>.+)"
)
COMMIT = re.compile(r"[0-9a-f]{40}([0-9a-f]{24})?")


def address(url: str, host: str = "github.com") -> str:
    """An address as a source has it: ``owner/name`` is a repository of ``host``, ``.git`` says nothing there.

    What is not known stays as it is, for the model to judge.
    """
    url = url.strip().removeprefix("git+")
    if _SHORT.fullmatch(url):
        return f"https://{host}/{url.removesuffix('.git')}"
    found = _WEB.fullmatch(url)
    return f"https://{found[1].lower()}/{found[2]}" if found else url


def sameness(url: str) -> str:
    """What two addresses of one repository have in common, however it is reached."""
    found = _PARTS.fullmatch(url)
    if not found:
        return url
    host, name = found["host"].lower(), found["name"].strip("/").removesuffix(".git")
    return f"{host}/{name.lower() if host in ('github.com', 'gitlab.com') else name}"


def inner(path: str) -> str:
    """A path as a manifest has it: without ``./`` before and ``/`` behind, ``.`` for the root.

    What leads out stays as it is, for the model to refuse.
    """
    path = path.strip()
    while path.startswith("./"):
        path = path[2:].lstrip("/")
    return path.rstrip("/") or ("/" if path.startswith("/") else ".")


def browsed(url: str) -> Origin | None:
    """What a page of GitHub or GitLab shows: ``https://github.com/o/r/tree/main/skills/pdf``."""
    found = _TREE.fullmatch(url.strip())
    if not found:
        return None
    return Origin(
        f"https://{found['host'].lower()}/{found['name']}", found["ref"], inner(found["path"] or ".")
    )
