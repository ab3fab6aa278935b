"""How alike the pages of two sites are: by kind, how many, how large, and which words both have.

``python -m benchmarks.likeness OURS THEIRS`` prints it. Words are those that people see: outside of tags,
scripts and styles, in any case, as often as they occur.
"""

from __future__ import annotations

import html
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from benchmarks.content import TYPES

SAMPLE: Final = 40
"""Of how many pages of a kind the words are counted."""

_UNSEEN: Final = re.compile(r"<(script|style)\b.*?</\1>|<!--.*?-->|<[^>]*>", re.DOTALL | re.IGNORECASE)
_WORD: Final = re.compile(r"\w+")
_NUMBERED: Final = re.compile(r"page/\d+/$")


@dataclass(frozen=True, slots=True)
class Kind:
    """The pages of one kind on two sites, ours first; bytes are of all, shares of words of a sample.

    ``alone`` counts the addresses that only one of them has. Of the words of a side, ``shares`` is the part
    that the other has on the page of the same address, from 0 to 1.
    """

    name: str
    pages: tuple[int, int]
    bytes: tuple[int, int]
    alone: tuple[int, int]
    shares: tuple[float, float]


def words(page: str) -> Counter[str]:
    """The words of an HTML page that people see, and how often."""
    return Counter(_WORD.findall(html.unescape(_UNSEEN.sub(" ", page)).casefold()))


def share(of: Counter[str], other: Counter[str]) -> float:
    """Which part of the words the other has as well, each at most as often as it has it."""
    return (of & other).total() / of.total() if of else 1.0


def kind(address: str) -> str:
    """What a page is, by its address: ``skill/name/`` is an artifact, ``skill/page/2/`` is of a list."""
    first, _, rest = _NUMBERED.sub("", address).partition("/")
    if first in TYPES:
        return "artifact" if rest else "type"
    if first == "sources" and rest.endswith("/entries/"):
        return "entries"
    if first in ("tags", "collections", "sources", "trust"):
        return first if not rest and first != "trust" else first.removesuffix("s")
    return "catalog" if not first else "other"


def compared(ours: Path, theirs: Path) -> list[Kind]:
    """The kinds of pages of two sites, in folders."""
    kinds = [_by_kind(ours), _by_kind(theirs)]
    return [
        _kind(name, kinds[0].get(name, {}), kinds[1].get(name, {})) for name in sorted({*kinds[0], *kinds[1]})
    ]


def _by_kind(site: Path) -> dict[str, dict[str, Path]]:
    """By kind, by address: the files of the pages."""
    found: dict[str, dict[str, Path]] = defaultdict(dict)
    for file in site.rglob("index.html"):
        parts = file.relative_to(site).parts[:-1]
        address = "".join(f"{part}/" for part in parts)
        found[kind(address)][address] = file
    return found


def _kind(name: str, ours: Mapping[str, Path], theirs: Mapping[str, Path]) -> Kind:
    both = sorted(ours.keys() & theirs.keys())
    seen = [Counter[str](), Counter[str]()]
    common = 0
    for address in _spread(both):
        pair = [words(files[address].read_text(encoding="utf-8")) for files in (ours, theirs)]
        common += (pair[0] & pair[1]).total()
        for total, found in zip(seen, pair, strict=True):
            total.update(found)
    return Kind(
        name,
        (len(ours), len(theirs)),
        (_bytes(ours.values()), _bytes(theirs.values())),
        (len(ours) - len(both), len(theirs) - len(both)),
        (common / max(1, seen[0].total()), common / max(1, seen[1].total())),
    )


def _spread(addresses: Sequence[str]) -> Iterator[str]:
    """At most ``SAMPLE`` of them, from first to last."""
    step = max(1.0, len(addresses) / SAMPLE)
    yield from (addresses[int(place * step)] for place in range(min(SAMPLE, len(addresses))))


def _bytes(files: Iterable[Path]) -> int:
    return sum(file.stat().st_size for file in files)


def table(kinds: Sequence[Kind], them: str) -> str:
    """The kinds as lines of text, and their sum; ``them`` is whose the other site is."""
    head = ("", "pages", "bytes a page", "on one side only", "words of ours", "of theirs")
    lines = [
        f"\nhow alike the pages are: skillmeat’s, {them}’s",
        "{:12} {:>15} {:>17} {:>17} {:>14} {:>10}".format(*head),
    ]
    for each in kinds:
        size = [total / max(1, count) for total, count in zip(each.bytes, each.pages, strict=True)]
        lines.append(
            f"{each.name:12} {each.pages[0]:7,} {each.pages[1]:7,} {size[0]:8,.0f} {size[1]:8,.0f} "
            f"{each.alone[0]:8,} {each.alone[1]:8,} {each.shares[0]:14.1%} {each.shares[1]:10.1%}"
        )
    pages, size = (
        [sum(getattr(each, what)[side] for each in kinds) for side in (0, 1)] for what in ("pages", "bytes")
    )
    lines.append(
        f"{'all':12} {pages[0]:7,} {pages[1]:7,} {size[0] / max(1, pages[0]):8,.0f} "
        f"{size[1] / max(1, pages[1]):8,.0f}"
    )
    note = (
        f"Words: the part of one side’s that the other has on the same page, of {SAMPLE} pages of each kind."
    )
    return "\n".join([*lines, f"  {note}"])


if __name__ == "__main__":
    print(table(compared(Path(sys.argv[1]), Path(sys.argv[2])), "Hugo"))
