"""Paths inside a repository: components between slashes, the root is the empty string."""

from __future__ import annotations

import re
from collections.abc import Iterator


def parent(path: str) -> str:
    """The folder that a path stands in."""
    return path.rpartition("/")[0]


def basename(path: str) -> str:
    """The last component of a path."""
    return path.rpartition("/")[2]


def join(folder: str, path: str) -> str:
    """A path inside a folder."""
    return f"{folder}/{path}" if folder else path


def shown(folder: str) -> str:
    """A folder as an entry names it: ``.`` for the root."""
    return folder or "."


def meant(path: str) -> str:
    """The folder that a person names: ``.`` is the root, a ``./`` before or a ``/`` behind says nothing."""
    return "" if path in (".", "./") else path.removeprefix("./").rstrip("/")


def is_below(path: str, folder: str) -> bool:
    """Whether a path is the folder or inside it."""
    return not folder or path == folder or path.startswith(f"{folder}/")


def components(path: str, below: str = "") -> list[str]:
    """The components of a path after those of ``below``; none where it is not below."""
    inner = path[len(below) :] if is_below(path, below) else ""
    return [part for part in inner.split("/") if part]


def ancestors(path: str) -> Iterator[str]:
    """The folders that a path stands in, the nearest first, without the root."""
    while path := parent(path):
        yield path


def resolve(folder: str, path: object) -> str | None:
    """What a relative path in a manifest of ``folder`` means, or ``None`` where it is not inside.

    Such paths begin with ``./``, use ``/`` and never hold ``..`` (FORMATS.md 2.3 and 2.5).
    """
    if not isinstance(path, str) or path.startswith("/") or "\\" in path or ":" in path:
        return None
    steps = [step for step in path.split("/") if step not in ("", ".")]
    return None if ".." in steps else "/".join([folder, *steps] if folder else steps)


def is_text(path: str) -> bool:
    """Whether a path can be written in UTF-8."""
    return path.isascii() or not _SURROGATE.search(path)


_SURROGATE = re.compile("[\ud800-\udfff]")
