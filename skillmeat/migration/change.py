"""What a migration would do, as a value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from skillmeat.text import one_line

FORMATS = (1, 2)
"""The formats that a store can be brought from and to, oldest first."""

OLD_SOURCE_KEYS = ("name", "url", "ref", "trust_level")
"""What a source could say in format 1."""


@dataclass(frozen=True, slots=True, order=True)
class Loss:
    """A value that the older format cannot hold: the file, the way to it in the file, and the value as TOML.

    ``key`` is ``slug`` for the name of a file that goes, ``comment`` for a comment in it, and empty where
    the whole file is meant.
    """

    path: str
    key: str
    value: str

    def __str__(self) -> str:
        said = self.value if self.key in ("", "comment") else f"{self.key} = {self.value}"
        return f"{self.path}: {one_line(said)}"


@dataclass(frozen=True)
class Migration:
    """From which format to which; the files to write (None deletes), and what they hold now.

    ``seen`` has every file that was looked at, None for one that does not exist. ``losses`` is not empty
    only on the way down.
    """

    before: int
    after: int
    contents: Mapping[str, bytes | None]
    seen: Mapping[str, bytes | None]
    losses: tuple[Loss, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def summary(self) -> str:
        """One line that says what is done."""
        return f"Migrated the store from format {self.before} to format {self.after}"
