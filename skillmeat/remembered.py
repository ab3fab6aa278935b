"""Records read before, so that a file which did not change since is not read again.

They are kept as JSON in the user's cache, never in the store, where somebody else could plant them, and
are validated again when they come back. A file is known by its stamp: when it changed, its size and its
inode. One that changed in the seconds before it was remembered is not, since another change in the same
tick would not show. What is not there, damaged or of another version is as good as nothing.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
import time
from collections.abc import Mapping
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from skillmeat import __version__
from skillmeat.files.contents import Stamp
from skillmeat.model import KINDS, Artifact, Collection, Lock, Record, Source, Tag
from skillmeat.places import cache_folder

WORTH_IT = 500
"""Stores of fewer files are read as fast without."""

_TICK = 2_000_000_000  # ns: the coarsest clock of a file system that is in use
_LAYOUT = 1


class _Page(BaseModel):
    """What is on disk. ``stamps`` are those of the files that the records and the lock were read from."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    version: str
    root: str
    stamps: dict[str, Stamp]
    tags: list[Tag]
    artifacts: list[Artifact]
    collections: list[Collection]
    sources: list[Source]
    lock: Lock | None = None


class Memory:
    """What was read of one store before, by path."""

    def __init__(self, root: Path) -> None:
        self._root = str(root.resolve())
        name = hashlib.sha256(self._root.encode("utf-8", "surrogateescape")).hexdigest()[:32]
        self._file = cache_folder() / "stores" / f"{name}.json"

    def knows(self, path: str, stamp: Stamp) -> bool:
        """Whether ``records`` has what a file of this stamp holds."""
        return self._page is not None and self._page.stamps.get(path) == stamp and path in self.records

    def lock(self, path: str, stamp: Stamp | None) -> Lock | None:
        """The lock, if its file had this stamp."""
        return self._page.lock if self._page and stamp and self._page.stamps.get(path) == stamp else None

    def keep(
        self, records: Mapping[str, Mapping[str, Record]], lock: Lock, stamps: Mapping[str, Stamp]
    ) -> None:
        """Remember what was read now. Nothing is said when it cannot be written."""
        newest = time.time_ns() - _TICK
        settled = {path: stamp for path, stamp in stamps.items() if max(stamp[:2]) < newest}
        made: dict[str, Any] = {
            kind.plural: [each for id_, each in records[kind.plural].items() if kind.path(id_) in settled]
            for kind in KINDS
        }
        page = _Page.model_construct(version=_version(), root=self._root, stamps=settled, lock=lock, **made)
        text = page.model_dump_json(exclude_defaults=True)
        if not _has_more(lock) or _comes_back(page, text):
            self._write(text)

    @cached_property
    def _page(self) -> _Page | None:
        try:
            page = _Page.model_validate_json(self._file.read_bytes())
        except (OSError, ValueError):  # a validation error is a ValueError
            return None
        return page if (page.version, page.root) == (_version(), self._root) else None

    @cached_property
    def records(self) -> dict[str, Record]:
        """What each file held when it was remembered, by path."""
        if self._page is None:
            return {}
        return {kind.path(record.id): record for kind in KINDS for record in getattr(self._page, kind.plural)}

    def _write(self, text: str) -> None:
        with suppress(OSError):
            self._file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=self._file.parent)
            try:
                with os.fdopen(handle, "w", encoding="utf-8") as file:
                    file.write(text)
                Path(name).replace(self._file)
            except OSError:
                Path(name).unlink(missing_ok=True)


def _has_more(lock: Lock) -> bool:
    """Whether a lock holds keys of a later version. What they may be JSON does not always know."""
    parts = (lock, *lock.source, *(each for source in lock.source for each in source.artifact))
    return any(part.__pydantic_extra__ for part in parts)


def _comes_back(page: _Page, text: str) -> bool:
    try:
        return _Page.model_validate_json(text) == page
    except ValidationError:
        return False


def _version() -> str:
    """What must be the same for records to be what they were: the code that read them."""
    fields = [(kind.plural, sorted(kind.record.model_fields)) for kind in KINDS]
    return f"{__version__}/{_LAYOUT}/{hashlib.sha256(repr(fields).encode()).hexdigest()[:8]}"
