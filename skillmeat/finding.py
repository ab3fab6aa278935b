"""Where a store is and what its records are called, told from the names of files alone.

A shell that completes a name asks this: no manifest is parsed, and nothing heavy is imported.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

FOLDER = "manifests"

_SLUG_LINE = re.compile(r"""^\s*slug\s*=\s*["']([a-z0-9-]{1,64})["']""", re.MULTILINE)
_LIMIT = 256 * 1024


def store_of(start: Path) -> Path | None:
    """The nearest folder from ``start`` upwards that holds ``manifests/skillmeat.toml``."""
    here = start.resolve()
    return next(
        (each for each in (here, *here.parents) if (each / FOLDER / "skillmeat.toml").is_file()), None
    )


def ids(root: Path, plural: str) -> Iterator[str]:
    """The ids of the records of a kind (``tags``), sorted. No link is followed."""
    return _ids(f"{root}/{FOLDER}/{plural}", "")


def groups(root: Path, collection: str) -> list[str]:
    """The groups of a collection as ``collection/group``, by the ``slug`` lines of its file."""
    file = root / FOLDER / "collections" / f"{collection}.toml"
    if "/" in collection or file.is_symlink() or not file.is_file() or file.stat().st_size > _LIMIT:
        return []
    text = file.read_text("utf-8", "replace")
    return [f"{collection}/{slug}" for slug in _SLUG_LINE.findall(text)]


def _ids(folder: str, prefix: str) -> Iterator[str]:
    try:
        with os.scandir(folder) as listing:
            entries = sorted(listing, key=lambda entry: entry.name)
    except OSError:
        return
    for entry in entries:
        if entry.name.endswith(".toml") and entry.is_file(follow_symlinks=False):
            yield prefix + entry.name.removesuffix(".toml")
        elif not prefix and not entry.name.startswith(".") and entry.is_dir(follow_symlinks=False):
            yield from _ids(entry.path, f"{entry.name}/")
