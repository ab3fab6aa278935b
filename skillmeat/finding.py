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


def ids(root: Path, plural: str, start: str) -> Iterator[str]:
    """The ids of the records of a kind (``tags``) that begin with ``start``, sorted. No link is followed."""
    return _ids(f"{root}/{FOLDER}/{plural}", "", start)


def groups(root: Path, collection: str) -> list[str]:
    """The groups of a collection as ``collection/group``, by the ``slug`` lines of its file."""
    file = root / FOLDER / "collections" / f"{collection}.toml"
    if "/" in collection or file.is_symlink() or not file.is_file() or file.stat().st_size > _LIMIT:
        return []
    text = file.read_text("utf-8", "replace")
    return [f"{collection}/{slug}" for slug in _SLUG_LINE.findall(text)]


def _ids(folder: str, prefix: str, start: str) -> Iterator[str]:
    wanted = start[len(prefix) :]
    try:
        with os.scandir(folder) as listing:
            names = {
                entry.name: entry.is_file(follow_symlinks=False)
                for entry in listing
                if entry.name.startswith(wanted.partition("/")[0]) and not entry.is_symlink()
            }
    except OSError:
        return
    for name in sorted(names):
        if names[name] and name.endswith(".toml"):
            if (found := prefix + name.removesuffix(".toml")).startswith(start):
                yield found
        elif not names[name] and not prefix and not name.startswith("."):
            yield from _ids(f"{folder}/{name}", f"{name}/", start)
