"""Three texts merged by their lines, and two variants of one text with markers around what differs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

_MOST = 1_000_000
"""How many pairs of lines are compared at most: beyond that a stretch counts as changed as a whole."""

Lines = list[str]
Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Chunk:
    """A stretch of a merge: ``ours`` and ``theirs`` differ where both sides changed it, differently."""

    ours: Lines
    theirs: Lines

    @property
    def settled(self) -> bool:
        """Whether there is nothing to choose."""
        return self.ours == self.theirs


@dataclass(frozen=True, slots=True)
class Hunk:
    """Where two lists of lines differ: ``start`` to ``end`` in one, ``start2`` to ``end2`` in the other."""

    start: int
    end: int
    start2: int
    end2: int

    def joined(self, other: Hunk) -> Hunk:
        """One from where this begins to where ``other``, which comes later, ends."""
        return Hunk(self.start, other.end, self.start2, other.end2)


def lines_of(text: str) -> Lines:
    """The lines of a text with their ends, which are LF or CRLF."""
    found = text.split("\n")
    return [f"{line}\n" for line in found[:-1]] + ([found[-1]] if found[-1] else [])


def merge3(base: str, ours: str, theirs: str) -> list[Chunk]:
    """The merge of two changes of ``base``, as diff3 makes it: changes of neighbouring lines meet.

    Exchanging the sides exchanges them in the chunks and changes nothing else.
    """
    b, o, t = lines_of(base), lines_of(ours), lines_of(theirs)
    if o == t or b == t:
        return [Chunk(o, o)]
    if b == o:
        return [Chunk(t, t)]
    chunks: list[Chunk] = []
    at = (0, 0, 0)
    for found in (*_common(b, o, t), (len(b), len(o), len(t), 0)):
        chunks += _between(b[at[0] : found[0]], o[at[1] : found[1]], t[at[2] : found[2]])
        if count := found[3]:
            same = o[found[1] : found[1] + count]
            chunks.append(Chunk(same, same))
        at = (found[0] + count, found[1] + count, found[2] + count)
    return chunks


def sides(chunks: Sequence[Chunk]) -> tuple[str, str]:
    """The merge with every chunk settled as on our side, and as on theirs."""
    return (
        "".join(line for chunk in chunks for line in chunk.ours),
        "".join(line for chunk in chunks for line in chunk.theirs),
    )


def differing(ours: Lines, theirs: Lines) -> list[Hunk]:
    """Where two texts differ, in order. What was put in begins at a table's header where it can."""
    head = _prefix(ours, theirs)
    tail = _prefix(ours[head:][::-1], theirs[head:][::-1])
    rest, rest2 = ours[head : len(ours) - tail], theirs[head : len(theirs) - tail]
    if len(rest) * len(rest2) > _MOST:
        return [Hunk(head, head + len(rest), head, head + len(rest2))]
    codes = SequenceMatcher(None, rest, rest2, autojunk=False).get_opcodes()
    return [
        _slid(Hunk(head + a, head + b, head + c, head + d), ours, theirs)
        for tag, a, b, c, d in codes
        if tag != "equal"
    ]


def marked(ours: Lines, theirs: Lines, hunks: Sequence[Hunk], size: int, newline: str) -> str:
    """The text with both sides of each hunk between lines of markers, ``size`` characters wide."""
    out: list[str] = []
    at = 0
    for hunk in hunks:
        out += ours[at : hunk.start]
        out.append("<" * size + " ours" + newline)
        out += _ended(ours[hunk.start : hunk.end], newline)
        out.append("=" * size + newline)
        out += _ended(theirs[hunk.start2 : hunk.end2], newline)
        out.append(">" * size + " theirs" + newline)
        at = hunk.end
    return "".join([*out, *ours[at:]])


def widened(hunks: Sequence[Hunk], grow: Callable[[Hunk], Hunk]) -> list[Hunk]:
    """The hunks, each grown, those that then meet made one."""
    found: list[tuple[Hunk, Hunk]] = []
    for hunk in hunks:
        grown = grow(hunk)
        while found and (grown.start < found[-1][1].end or grown.start2 < found[-1][1].end2):
            hunk = found.pop()[0].joined(hunk)
            grown = grow(hunk)
        found.append((hunk, grown))
    return [grown for _, grown in found]


def _between(b: Lines, o: Lines, t: Lines) -> Iterator[Chunk]:
    if o or t:
        if o in (b, t):
            yield Chunk(t, t)
        else:
            yield Chunk(o, o) if t == b else Chunk(o, t)


def _common(b: Lines, o: Lines, t: Lines) -> Iterator[tuple[int, int, int, int]]:
    """The stretches that are in all three, with their places and their length."""
    in_theirs = {}
    for place, place2, count in _matches(b, t):
        in_theirs.update({place + step: place2 + step for step in range(count)})
    for place, place2, count in _matches(b, o):
        run = 0
        for step in range(count + 1):
            there = in_theirs.get(place + step, -1) if step < count else -1
            if run and there != in_theirs[place + step - 1] + 1:
                first = step - run
                yield place + first, place2 + first, in_theirs[place + first], run
                run = 0
            run = run + 1 if there >= 0 else 0


def _matches(b: Lines, side: Lines) -> Iterator[tuple[int, int, int]]:
    head = _prefix(b, side)
    tail = _prefix(b[head:][::-1], side[head:][::-1])
    yield 0, 0, head
    rest, rest2 = b[head : len(b) - tail], side[head : len(side) - tail]
    if len(rest) * len(rest2) <= _MOST:
        for place, place2, count in SequenceMatcher(None, rest, rest2, autojunk=False).get_matching_blocks():
            yield head + place, head + place2, count
    yield len(b) - tail, len(side) - tail, tail


def _prefix(one: Lines, other: Lines) -> int:
    """How many lines two lists begin with alike."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((place for place, (a, b) in pairs if a != b), min(len(one), len(other)))


def _slid(hunk: Hunk, ours: Lines, theirs: Lines) -> Hunk:
    """A hunk that is empty on one side, moved up to where a header begins it, if it can be."""
    if (hunk.start == hunk.end) == (hunk.start2 == hunk.end2):
        return hunk
    lines, start, end = (
        (theirs, hunk.start2, hunk.end2) if hunk.start == hunk.end else (ours, hunk.start, hunk.end)
    )
    for step in range(min(hunk.start, hunk.start2, end - start) + 1):
        if lines[start - step].lstrip().startswith("["):
            return Hunk(hunk.start - step, hunk.end - step, hunk.start2 - step, hunk.end2 - step)
        if not start - step or lines[start - step - 1] != lines[end - step - 1]:
            break
    return hunk


def _ended(lines: Lines, newline: str) -> Lines:
    return [*lines[:-1], lines[-1] + newline] if lines and not lines[-1].endswith("\n") else lines
