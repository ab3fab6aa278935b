"""A manifest merged by meaning, as text: what neither side changed stays byte for byte."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from skillmeat.manifest import parse
from skillmeat.manifest.editing import changed_to
from skillmeat.manifest.grammar import statements, tokens
from skillmeat.manifest.layout import comments
from skillmeat.manifest.meaning import Data, meaning
from skillmeat.manifest.ranges import Cannot
from skillmeat.manifest.surgery import newline_of
from skillmeat.merging import lines
from skillmeat.merging.comments import appended, carried, missing
from skillmeat.merging.data import MISSING, Merged, merged
from skillmeat.merging.lines import Hunk
from skillmeat.model import Collection, Part


class Texts(NamedTuple):
    """The three versions of a file."""

    base: str
    ours: str
    theirs: str


@dataclass(frozen=True, slots=True)
class Manifests:
    """Three versions of a manifest that can be read: their texts, what they mean, and the merge of that."""

    texts: Texts
    data: tuple[Data, Data, Data]
    merged: Merged
    means: Callable[[str], Data | None]

    @classmethod
    def of(cls, texts: Texts, part: type[Part] | None) -> Manifests | None:
        """The versions; None when one of them cannot be read."""

        def means(text: str) -> Data | None:
            table = parse(text.encode(), "")
            return meaning(table, part) if isinstance(table, dict) else None

        base, ours, theirs = map(means, texts)
        if base is None or ours is None or theirs is None:
            return None
        found = merged(base, ours, theirs)
        if part is Collection:
            found = _with_members(found, base, ours, theirs)
        found = Merged(meaning(found.ours, part), meaning(found.theirs, part), found.clashes)
        return cls(texts, (base, ours, theirs), found, means)

    def text(self, size: int) -> str | None:
        """The merged text, with markers around every clash; None when no safe way is found to write it."""
        pair = self._by_lines() or self._by_edits()
        if pair is None:
            return None
        if not self.merged.clashes:
            return pair[0]
        return conflicted(*pair, self._reordered(), size)

    def _by_lines(self) -> tuple[str, str] | None:
        """Both sides of the merge of the lines, where that means the same: it keeps the manner of both."""
        chunks = lines.merge3(*self.texts)
        ours, theirs = lines.sides(chunks)
        if not self._is_right(ours, theirs):
            return None
        settled = all(chunk.settled for chunk in chunks)
        if settled or (self.merged.clashes and comments(ours) == comments(theirs)):
            return ours, theirs
        return None

    def _by_edits(self) -> tuple[str, str] | None:
        """One side's text with the other's changes made in it, as the command line would make them."""
        base, _, theirs = self.data
        takes = [clash.ours is MISSING for clash in self.merged.clashes]
        begin_with_theirs = all(takes) if takes else base == theirs
        for swapped in (begin_with_theirs, not begin_with_theirs):
            try:
                pair = self._edited(swapped)
            except Cannot:
                continue
            if pair and self._is_right(*pair):
                return pair
        return None

    def _edited(self, swapped: bool) -> tuple[str, str] | None:
        start, other = self.texts[2 if swapped else 1], self.texts[1 if swapped else 2]
        first, second = self.merged.ours, self.merged.theirs
        if swapped:
            first, second = second, first
        text = changed_to(start, self.data[2 if swapped else 1], first, self.means)
        if text is None:
            return None
        for one, another in ((start, other), (other, start)):  # what the edit took away comes back, too
            text = self._commented(text, first, one, another)
        variant = changed_to(text, first, second, self.means)
        if variant is None:
            return None
        return (variant, text) if swapped else (text, variant)

    def _commented(self, text: str, wanted: Data, start: str, other: str) -> str:
        try:
            found = carried(text, self.texts.base, start, other)
        except Cannot:
            found = ""
        if self.means(found) == wanted and not missing(found, self.texts.base, start, other):
            return found
        return appended(text, self.texts.base, start, other)

    def _is_right(self, ours: str, theirs: str) -> bool:
        return self.means(ours) == self.merged.ours and self.means(theirs) == self.merged.theirs

    def _reordered(self) -> set[str]:
        """The keys at the top whose order clashes, at whatever depth."""
        return {clash.way[0] for clash in self.merged.clashes if clash.is_order}


def conflicted(ours: str, theirs: str, reordered: set[str], size: int) -> str:
    """Two variants of a manifest as one text with markers around what differs.

    A text of several lines is never cut in two, and neither is a list whose order differs.
    """
    one, other = lines.lines_of(ours), lines.lines_of(theirs)
    spans = [*_spans(ours, reordered)], [*_spans(theirs, reordered)]

    def grow(hunk: Hunk) -> Hunk:
        start, end = _around(hunk.start, hunk.end, spans[0])
        start2, end2 = _around(hunk.start2, hunk.end2, spans[1])
        up = max(hunk.start - start, hunk.start2 - start2)  # what stands around a hunk is alike
        down = max(end - hunk.end, end2 - hunk.end2)
        return Hunk(hunk.start - up, hunk.end + down, hunk.start2 - up, hunk.end2 + down)

    hunks = lines.widened(lines.differing(one, other), grow)
    return lines.marked(one, other, hunks, size, newline_of(ours))


def _around(start: int, end: int, spans: list[lines.Span]) -> lines.Span:
    for first, last in spans:
        if first < max(end, start + 1) and start < last and (start, end) != (first, first):
            start, end = min(start, first), max(end, last)
    return start, end


def _spans(text: str, reordered: set[str]) -> Iterator[lines.Span]:
    """The lines of what must not be cut in two, in order."""
    for token in tokens(text):
        if token.kind in ("block", "raw_block") and "\n" in token.text:
            yield text.count("\n", 0, token.start), text.count("\n", 0, token.end) + 1
    found: dict[str, lines.Span] = {}
    for statement in statements(text):
        if statement.key in reordered:
            first = found.get(statement.key, (statement.first, 0))[0]
            found[statement.key] = first, statement.end
    yield from found.values()


def _with_members(found: Merged, base: Data, ours: Data, theirs: Data) -> Merged:
    """The merge of a collection; a member that the other side's groups came to need is not taken away."""
    strays = _strays(found.ours) | _strays(found.theirs)
    strays -= _strays(ours) | _strays(theirs)
    if not strays:
        return found
    found = merged(base, ours, theirs, strays)
    return Merged(_without(found.ours, strays), _without(found.theirs, strays), found.clashes)


def _strays(data: Data) -> set[str]:
    """What groups hold and their collection does not."""
    held = {name for group in _tables(data, "groups") for name in _names(group)}
    return held - _names(data)


def _without(data: Data, strays: set[str]) -> Data:
    """The data with those of the strays that are no members taken out of the groups."""
    gone = strays - _names(data)
    groups = []
    for group in data.get("groups", []):
        if isinstance(group, dict) and _names(group) & gone:
            left = [each for each in group["artifacts"] if each not in gone]
            group = {**group, "artifacts": left}
        groups.append(group)
    return {**data, "groups": groups} if groups else data


def _names(table: Data) -> set[str]:
    items = table.get("artifacts", [])
    names = (
        (item.get("artifact") if isinstance(item, dict) else item)
        for item in (items if isinstance(items, list) else [])
    )
    return {name for name in names if isinstance(name, str)}


def _tables(data: Data, name: str) -> list[Any]:
    found = data.get(name)
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []
