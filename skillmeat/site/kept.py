"""Values that a build computed and the next one may want again, each as good as the key it was computed for.

They are in the user's cache, a file each, and hold whatever JSON does. What is not there, damaged or of
another key is computed anew, so nothing but time depends on them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar

from pydantic_core import from_json, to_json

from skillmeat import caching

T = TypeVar("T")


class Kept:
    """The values of one site. Without a folder nothing is kept.

    ``shared`` gives what all keys leave out: values of another are not found. Several processes may ask for
    the same; whoever writes last is right, since keys say what is in the values.
    """

    def __init__(self, folder: Path | None = None, shared: Callable[[], str] = str) -> None:
        self._folder = folder
        self._shared = shared

    def value(self, name: str, key: str, make: Callable[[], T]) -> T:
        """What ``make`` gives, or gave when it was last called for this key."""
        with self.values(name) as values:
            found: T = values.get("", key, make)
        return found

    @contextmanager
    def values(self, name: str) -> Iterator[Values]:
        """The values of many things, under one name; those that are not asked for are forgotten."""
        values = Values(_read_json(self.read(name)))
        yield values
        if values.has_changed:
            with suppress(ValueError):  # a text may hold what UTF-8 cannot
                self.write(name, to_json(values.now))

    def read(self, name: str) -> bytes | None:
        """What was written under a name, if it is still as it was."""
        return caching.read(self._folder / name, self._shared()) if self._folder else None

    def write(self, name: str, data: bytes) -> None:
        """Keep data under a name. Nothing is said when that is not possible."""
        if self._folder:
            caching.write(self._folder / name, self._shared(), data)


class Values:
    """The values under one name: as they were kept, and as they are now."""

    def __init__(self, kept: Mapping[str, Any]) -> None:
        self._kept = kept
        self.now: dict[str, Any] = {}
        self._new = False

    def get(self, item: str, key: str, make: Callable[[], T]) -> T:
        """The value of one thing, for a key that changes whenever it may."""
        known = self._kept.get(item)
        if not isinstance(known, list) or len(known) != 2 or known[0] != key:
            known = [key, make()]
            self._new = True
        self.now[item] = known
        found: T = known[1]
        return found

    @property
    def has_changed(self) -> bool:
        """Whether there is anything new, or anything was not asked for."""
        return self._new or len(self.now) != len(self._kept)


def _read_json(data: bytes | None) -> Mapping[str, Any]:
    try:
        found = from_json(data, cache_strings="none") if data else {}
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
