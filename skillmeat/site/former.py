"""What the last build wrote, so that the next one makes only what changed.

It is kept in the user's cache, by the folder that the site is in, and holds only for the very files that
were written then: their stamps are compared, and the folder's marker. Whatever is not there, damaged, of
other code, or of files that somebody touched is as good as nothing, and is made anew.
"""

from __future__ import annotations

import hashlib
import json
import os
import stat
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from skillmeat.places import cache_folder
from skillmeat.site.kept import replace_file
from skillmeat.site.output import LeftOut

_LAYOUT: Final = 1

Stamp = tuple[int, int, int, int]
"""Of a file: its size, when it was changed (ns), its inode and its mode. Of a folder the size is 0."""


@dataclass(frozen=True, slots=True)
class Written:
    """A file of a site: the digest of its bytes, and its stamp, in which the size comes first."""

    path: str
    digest: str
    stamp: Stamp


@dataclass(frozen=True, slots=True)
class Carried:
    """A plan that was carried out: what its key was, the files it made, and what it left out."""

    name: str
    key: str
    files: tuple[str, ...]
    left_out: tuple[LeftOut, ...]


@dataclass(frozen=True)
class Former:
    """What a build wrote.

    ``shared`` is a digest of what all keys leave out, ``inputs`` one of all that the site was made of;
    ``built`` is what its marker says. ``left_out`` is what was left out by the whole build.
    """

    shared: str = ""
    inputs: str = ""
    built: str = ""
    files: Mapping[str, Written] = field(default_factory=dict)
    folders: Mapping[str, Stamp] = field(default_factory=dict)
    plans: Mapping[str, Carried] = field(default_factory=dict)
    left_out: tuple[LeftOut, ...] = ()

    def sound(self, out: Path) -> Former:
        """The part of it that still stands in ``out`` as it was written; nothing was added if that is all."""
        root = str(out)
        files = {path: each for path, each in self.files.items() if stamp_of(f"{root}/{path}") == each.stamp}
        folders = {path: each for path, each in self.folders.items() if stamp_of(f"{root}/{path}") == each}
        if (len(files), len(folders)) == (len(self.files), len(self.folders)):
            return self
        return replace(self, inputs="", files=files, folders=folders)


NOTHING: Final = Former()
"""What is known when no build is remembered."""


def folders_of(out: Path, files: Iterable[str]) -> dict[str, Stamp]:
    """The folders of these files and their stamps, which change when something is added or replaced."""
    found: dict[str, Stamp] = {}
    above = {path.rpartition("/")[0] for path in files} | {""}
    while above:
        for path in sorted(above):
            known = stamp_of(f"{out}/{path}")
            if known:
                found[path] = known
        above = {path.rpartition("/")[0] for path in above} - found.keys()
    return found


def stamp_of(path: str) -> Stamp | None:
    """The stamp of a file or folder; None when it is neither."""
    try:
        found = os.lstat(path)
    except OSError:
        return None
    return stamp(found) if stat.S_ISREG(found.st_mode) or stat.S_ISDIR(found.st_mode) else None


def stamp(found: os.stat_result) -> Stamp:
    """The stamp that a status amounts to."""
    size = 0 if stat.S_ISDIR(found.st_mode) else found.st_size
    return size, found.st_mtime_ns, found.st_ino, found.st_mode


# ------------------------------------------------------------------ on disk


def recall(out: Path, built: str, shared: str) -> Former:
    """What the build that wrote ``out`` left to remember, if ``built`` is what the folder's marker says.

    Plans are forgotten when ``shared`` is not what it was.
    """
    if not built:
        return NOTHING
    try:
        head, _, body = _file(out).read_bytes().partition(b"\n")
        if head != _head(body):
            return NOTHING
        page = json.loads(body)
        if (page["layout"], page["out"], page["built"]) != (_LAYOUT, str(out), built):
            return NOTHING
        return _former(page, shared)
    except (OSError, ValueError, KeyError, TypeError, IndexError):
        return NOTHING


def remember(out: Path, former: Former) -> None:
    """Keep what a build wrote. Nothing is said when it cannot be kept."""
    places = {path: place for place, path in enumerate(former.files)}
    page = {
        "layout": _LAYOUT,
        "out": str(out),
        "shared": former.shared,
        "inputs": former.inputs,
        "built": former.built,
        "paths": list(former.files),
        "digests": [each.digest for each in former.files.values()],
        "stamps": [each.stamp for each in former.files.values()],
        "folders": former.folders,
        "plans": [
            (each.name, each.key, [places[path] for path in each.files], _left_out(each.left_out))
            for each in former.plans.values()
        ],
        "left_out": _left_out(former.left_out),
    }
    with suppress(OSError, ValueError):  # a path may hold what UTF-8 cannot
        body = json.dumps(page, ensure_ascii=False, separators=(",", ":")).encode()
        replace_file(_file(out), _head(body) + b"\n" + body)


def folder_of(out: Path) -> Path:
    """Where everything is that is kept for a site's next build."""
    name = hashlib.sha256(str(out).encode("utf-8", "surrogateescape")).hexdigest()[:32]
    return cache_folder() / "sites" / name


def _file(out: Path) -> Path:
    return folder_of(out) / "written"


def _head(body: bytes) -> bytes:
    return hashlib.blake2b(body, digest_size=16).hexdigest().encode()


def _former(page: Mapping[str, Any], shared: str) -> Former:
    paths: list[str] = page["paths"]
    rows = zip(paths, page["digests"], page["stamps"], strict=True)
    plans = page["plans"] if page["shared"] == shared else ()
    return Former(
        shared=page["shared"],
        inputs=page["inputs"] if page["shared"] == shared else "",
        built=page["built"],
        files={path: Written(path, digest, tuple(each)) for path, digest, each in rows},
        folders={path: tuple(each) for path, each in page["folders"].items()},
        plans={
            name: Carried(name, key, tuple(paths[each] for each in files), _read_left_out(left_out))
            for name, key, files, left_out in plans
        },
        left_out=_read_left_out(page["left_out"]),
    )


def _left_out(left_out: Iterable[LeftOut]) -> list[tuple[str, str]]:
    return [(each.path, each.reason) for each in left_out]


def _read_left_out(rows: Iterable[tuple[str, str]]) -> tuple[LeftOut, ...]:
    return tuple(LeftOut(path, reason) for path, reason in rows)
