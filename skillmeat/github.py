"""What GitHub says of a repository: the one thing that Git cannot tell, its description."""

from __future__ import annotations

import os
import re

from skillmeat.errors import Unreachable
from skillmeat.text import block, one_line, shorten

API = "https://api.github.com"
_REPOSITORY = re.compile(
    r"^(?:https://github\.com/|(?:ssh://)?git@github\.com[:/])([\w.-]+)/([\w.-]+?)(?:\.git)?/?$"
)
_DESCRIPTION_LIMIT = 2000
_ANSWER_LIMIT = 1 << 20


def description(url: str, api: str = "") -> str | None:
    """The description of a repository on GitHub; None for one elsewhere or without a description.

    ``api`` is the address of the API (``SKILLMEAT_GITHUB_API`` without one). ``GITHUB_TOKEN`` is sent
    to that host alone: a redirect is not followed. Raises ``Unreachable``.
    """
    found = _REPOSITORY.match(url)
    if not found:
        return None
    import httpx

    host = (api or os.environ.get("SKILLMEAT_GITHUB_API") or API).rstrip("/")
    headers = {"Accept": "application/vnd.github+json", "User-Agent": "skillmeat"}
    if token := os.environ.get("GITHUB_TOKEN"):
        headers["Authorization"] = f"Bearer {token}"
    address = f"{host}/repos/{found[1]}/{found[2]}"
    try:
        with httpx.stream("GET", address, headers=headers, timeout=20, follow_redirects=False) as answer:
            body = b""
            for chunk in answer.iter_bytes():
                body += chunk
                if len(body) > _ANSWER_LIMIT:
                    raise _unreachable(url, "the answer is too long")
            if answer.status_code != 200:
                raise _unreachable(url, f"the answer was {answer.status_code}")
        told = httpx.Response(200, content=body).json()
    except (httpx.HTTPError, ValueError, RecursionError) as error:
        raise _unreachable(url, one_line(str(error))) from None
    text = told.get("description") if isinstance(told, dict) else None
    return (
        shorten(block(text.strip()), _DESCRIPTION_LIMIT) if isinstance(text, str) and text.strip() else None
    )


def _unreachable(url: str, why: str) -> Unreachable:
    return Unreachable(
        f"GitHub does not tell the description of {one_line(url)}: {why}.",
        code="UNREACHABLE",
        hint="Set GITHUB_TOKEN if it is private or asked too often, or take import_repo_description out.",
    )
