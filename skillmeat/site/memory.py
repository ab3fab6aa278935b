"""What is remembered of the last build, on disk: kept in the user's cache, by the folder that the site is in.

It holds only for the very files that were written then: their stamps are compared, and the folder's marker.
Whatever is not there, damaged, of other code, or of files that somebody touched is as good as nothing.
"""

from __future__ import annotations

import hashlib
import shutil
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from pydantic_core import from_json, to_json

from skillmeat.caching import replace_file
from skillmeat.places import cache_folder
from skillmeat.site.former import NOTHING, Columns, Former, Plans, Spare, Stretch
from skillmeat.site.output import LeftOut

_LAYOUT: Final = 6
_HEAD: Final = 32
_START: Final = _HEAD + 8
"""A digest of all that follows, and where the JSON ends that comes next, eight bytes."""

_OUT: Final = "out"
"""The file that says which folder a site is in."""


def recall(out: Path, built: str) -> Former:
    """What the build that wrote ``out`` left to remember, if ``built`` is what the folder's marker says."""
    if not built:
        return NOTHING
    try:
        data = memoryview(_file(out).read_bytes())  # of which no part is copied: it is large
        head, end = bytes(data[:_HEAD]), int.from_bytes(data[_HEAD:_START], "little")
        if head != _head(data[_HEAD:]):
            return NOTHING
        page = from_json(bytes(data[_START:end]))
        if (page["layout"], page["out"], page["built"]) != (_LAYOUT, str(out), built):
            return NOTHING
        return _former(page, list(_cut(data[end:], page["sizes"])), head.decode())
    except (OSError, ValueError, KeyError, TypeError, IndexError):
        return NOTHING


def record(out: Path) -> str:
    """What ``Former.record`` will be of what ``recall`` gives; something else if that is damaged."""
    try:
        with _file(out).open("rb") as file:
            return file.read(_HEAD).decode("ascii", "replace")
    except OSError:
        return ""


def remember(out: Path, former: Former) -> None:
    """Keep what a build wrote. Nothing is said when it cannot be kept."""
    lists = (former.files.paths, former.folders.paths, former.carried.names, former.carried.keys)
    numbers = (former.files.stamps, former.folders.stamps, former.spare.stamps, former.carried.counts)
    page = {
        "layout": _LAYOUT,
        "out": str(out),
        "shared": former.shared,
        "inputs": former.inputs,
        "built": former.built,
        "stretches": former.stretches,
        "left_out": {
            place: [(one.path, one.reason) for one in left_out]
            for place, left_out in former.carried.left_out.items()
        },
        "spare": [former.spare.built, sorted(former.spare.differs)],
    }
    with suppress(OSError, ValueError):  # a path may hold what UTF-8 cannot
        parts = [*map(_joined, lists), *(array("q", each).tobytes() for each in numbers), former.digests]
        first = to_json({**page, "sizes": [len(each) for each in parts]})
        body = [(_START + len(first)).to_bytes(_START - _HEAD, "little"), first, *parts]
        replace_file(_file(out), _head(*body), *body)
        replace_file(folder_of(out) / _OUT, str(out).encode())
        _sweep(folder_of(out).parent)


def _sweep(sites: Path) -> None:
    """Forget what is kept for folders that are gone: a spare would keep their files on the disk."""
    for each in sites.glob(f"*/{_OUT}"):
        if not Path(each.read_text("utf-8", "surrogateescape")).exists():
            shutil.rmtree(each.parent, ignore_errors=True)


def folder_of(out: Path) -> Path:
    """Where everything is that is kept for a site's next build."""
    name = hashlib.sha256(str(out).encode("utf-8", "surrogateescape")).hexdigest()[:32]
    return cache_folder() / "sites" / name


def _file(out: Path) -> Path:
    return folder_of(out) / "written"


def _head(*body: bytes | memoryview) -> bytes:
    digest = hashlib.sha256(usedforsecurity=False)
    for part in body:
        digest.update(part)
    return digest.hexdigest()[:_HEAD].encode()


def _joined(texts: Sequence[str]) -> bytes:
    """Texts without NUL, as bytes: much less to read than JSON."""
    return "\0".join([*texts, ""]).encode()


def _cut(data: memoryview, sizes: Iterable[int]) -> Iterator[memoryview]:
    for size in sizes:
        yield data[:size]
        data = data[size:]


def _former(page: Mapping[str, Any], parts: Sequence[memoryview], record: str) -> Former:
    files, folders, names, keys = (str(part, "utf-8").split("\0")[:-1] for part in parts[:4])
    of_files, of_folders, of_spare, counts = (array("q", bytes(part)) for part in parts[4:8])
    left_out: dict[int, Sequence[LeftOut]] = {
        int(place): tuple(LeftOut(path, reason) for path, reason in rows)
        for place, rows in page["left_out"].items()
    }
    return Former(
        shared=page["shared"],
        inputs=page["inputs"],
        built=page["built"],
        record=record,
        files=Columns(files, of_files),
        digests=bytes(parts[8]),
        folders=Columns(folders, of_folders),
        carried=Plans(names, keys, counts.tolist(), left_out),
        stretches={name: Stretch(*each) for name, each in page["stretches"].items()},
        spare=Spare(page["spare"][0], frozenset(page["spare"][1]), of_spare),
    )
