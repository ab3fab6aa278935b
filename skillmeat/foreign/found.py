"""What a foreign file says, in words that belong to no format.

Everything here is as the file has it: nothing is validated, except that texts are texts. ``where`` is the way
to a value in the file, such as ``plugins[3].source``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

MOST = 10_000
"""So many things of a file are looked at."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where content is: ``url`` is empty for the repository, or folder, that the file itself is in.

    ``ref`` is None where the file names none. ``path`` is ``.`` for the root.
    """

    url: str
    ref: str | None
    path: str


@dataclass(frozen=True, slots=True)
class FoundArtifact:
    """An artifact. ``slug`` is what its slug is made from; ``values`` are further keys of its manifest."""

    where: str
    type: str
    slug: str
    name: str
    origin: Origin
    tags: tuple[str, ...] = ()
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FoundTag:
    """What is said of a tag beside its being used."""

    where: str
    name: str
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FoundGroup:
    """A part of a collection; its members are the ``where`` of artifacts."""

    where: str
    name: str
    members: tuple[str, ...]
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FoundCollection:
    """An ordered list of all that the file holds."""

    where: str
    name: str
    groups: tuple[FoundGroup, ...] = ()
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, order=True)
class Left:
    """Something that is not imported, and why: ``reason`` goes on after a colon."""

    where: str
    reason: str


@dataclass(frozen=True)
class Found:
    """All that one file says. ``format`` is the name of its reader, ``file`` what it is called.

    ``here`` is the folder of the store's own repository that its relative paths begin in, ``.`` for the
    root; None where the file is not in that repository.
    """

    format: str
    file: str = ""
    artifacts: tuple[FoundArtifact, ...] = ()
    tags: tuple[FoundTag, ...] = ()
    collection: FoundCollection | None = None
    left: tuple[Left, ...] = ()
    here: str | None = None


class Remainder:
    """Collects what is left: single things, and keys that many things have, counted."""

    def __init__(self) -> None:
        self._single: list[Left] = []
        self._counts: Counter[tuple[str, str]] = Counter()

    def add(self, where: str, reason: str) -> None:
        """One thing that is left."""
        self._single.append(Left(where, reason))

    def keys(self, table: Mapping[str, Any], where: str, known: Mapping[str, str] | set[str]) -> None:
        """Every key of a table that is not known, or known with the reason why it is left."""
        for key in table:
            reason = known.get(key, _NO_KEY) if isinstance(known, Mapping) else _NO_KEY
            if key not in known or (isinstance(known, Mapping) and reason):
                self._counts[f"{where}.{key}".lstrip("."), reason] += 1

    @property
    def all(self) -> tuple[Left, ...]:
        """What was collected."""
        counted = [
            Left(where, reason + (f" ({count} times)" if count > 1 else ""))
            for (where, reason), count in sorted(self._counts.items())
        ]
        return (*self._single, *counted)


_NO_KEY = "a manifest has no such key"


def text(value: object) -> str:
    """A text, or nothing where the value is none."""
    return value if isinstance(value, str) else ""


def texts(value: object) -> tuple[str, ...]:
    """The texts of a list; a text alone is a list of one."""
    if isinstance(value, str):
        return (value,)
    return tuple(each for each in value if isinstance(each, str)) if isinstance(value, list) else ()


def table(value: object) -> dict[str, Any]:
    """A table, or an empty one where the value is none."""
    return value if isinstance(value, dict) else {}


def given(**values: Any) -> dict[str, Any]:
    """The values that are there."""
    return {key: value for key, value in values.items() if value not in (None, "", ())}
