"""Where each page stands, relative to the root of the site.

A page is a folder and its address ends in ``/``; the root is ``""``. Links are relative, so that the site
works below any path: templates write ``ROOT`` before an address, and ``to_root`` takes its place once it is
known how deep the page is. ``ROOT`` is a character that no record and no rendered text can hold.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

T = TypeVar("T")

ROOT: Final = "\0"
ASSETS: Final = "assets/"
API: Final = "api/v1/"
FEED: Final = "feed.xml"


def to_root(address: str) -> str:
    """The way from a page to the root: ``./``, ``../``, ``../../``."""
    return "../" * address.count("/") or "./"


def file(address: str) -> str:
    """The file that a static host serves for a page."""
    return f"{address}index.html"


def artifact(artifact_id: str) -> str:
    """The page of an artifact."""
    return f"{artifact_id}/"


def tag(tag_id: str) -> str:
    """The page of a tag."""
    return f"tags/{tag_id}/"


def collection(collection_id: str, group: str = "") -> str:
    """The page of a collection, or the place on it where a group begins."""
    return f"collections/{collection_id}/" + (f"#{group}" if group else "")


def source(source_id: str) -> str:
    """The page of a source."""
    return f"sources/{source_id}/"


def entries(source_id: str) -> str:
    """The list of everything that was found in a source."""
    return f"sources/{source_id}/entries/"


def trust(level: str) -> str:
    """The list of what comes from sources of a trust level."""
    return f"trust/{level}/"


def numbered(address: str, number: int) -> str:
    """A page of a list."""
    return address if number == 1 else f"{address}page/{number}/"


@dataclass(frozen=True, slots=True)
class Stretch(Generic[T]):
    """One page of a list: what is on it, and the way to the others.

    ``steps`` are page numbers to offer, with None where some are left out.
    """

    address: str
    number: int
    last: int
    items: Sequence[T]
    first_item: int
    total: int
    base: str

    @property
    def steps(self) -> list[int | None]:
        """First, last and the nearest pages."""
        near = {1, 2, self.last - 1, self.last, self.number - 1, self.number, self.number + 1}
        steps: list[int | None] = []
        for number in sorted(each for each in near if 1 <= each <= self.last):
            previous = steps[-1] if steps else 0
            if previous is not None and number - previous == 2:
                steps.append(number - 1)
            elif previous is not None and number - previous > 2:
                steps.append(None)
            steps.append(number)
        return steps

    def at(self, number: int) -> str:
        """The address of another page of the list."""
        return numbered(self.base, number)

    @property
    def previous(self) -> str:
        """The address of the page before; empty on the first."""
        return self.at(self.number - 1) if self.number > 1 else ""

    @property
    def next(self) -> str:
        """The address of the page after; empty on the last."""
        return self.at(self.number + 1) if self.number < self.last else ""


def stretches(base: str, items: Sequence[T], size: int) -> list[Stretch[T]]:
    """A list cut into pages; an empty list is one empty page."""
    last = max(1, -(-len(items) // size))
    return [
        Stretch(
            address=numbered(base, number),
            number=number,
            last=last,
            items=items[(number - 1) * size : number * size],
            first_item=(number - 1) * size + 1,
            total=len(items),
            base=base,
        )
        for number in range(1, last + 1)
    ]
