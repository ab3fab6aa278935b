"""Three versions of a manifest or of the lock made into one, by what they mean.

Pure: bytes in, bytes out. What cannot be merged by meaning is merged by its lines, and never is one side
taken without the other.
"""

from __future__ import annotations

import re

from skillmeat import lock
from skillmeat.manifest import parse
from skillmeat.manifest.surgery import newline_of
from skillmeat.merging import lines
from skillmeat.merging.locks import merge_locks
from skillmeat.merging.manifests import Manifests, Texts
from skillmeat.merging.outcome import Outcome, explained
from skillmeat.model import FORMAT, KINDS, Lock, Part, Settings
from skillmeat.problem import Problem

__all__ = ["MARKER_SIZE", "Outcome", "merge", "part_of"]

MARKER_SIZE = 7
"""How wide conflict markers are when nobody says otherwise."""

MOST_LINES = 20_000
LONGEST_LINE = 40_000
"""Beyond these a manifest is merged by its lines: what keeping every comment costs grows with the square."""

_BOM = b"\xef\xbb\xbf"
_PATH = re.compile(r"(?:^|/)manifests/(?:(skillmeat\.(?:toml|lock))|([a-z]+)/.+\.toml)$")


def merge(path: str, base: bytes, ours: bytes, theirs: bytes, size: int = MARKER_SIZE) -> Outcome:
    """The merge of two changes of a file; ``base`` is empty when both sides made it.

    ``path`` says what kind of file it is (``manifests/tags/pdf.toml``, whatever stands before). A side that
    is equal to ``base`` gives the other one, byte for byte. Never raises, whatever the bytes are.
    """
    if ours == theirs or base == theirs:
        return Outcome(ours)
    if base == ours:
        return Outcome(theirs)
    marks = [each.startswith(_BOM) for each in (base, ours, theirs)]
    mark = _BOM if (marks[1] if marks[2] == marks[0] else marks[2]) else b""
    texts = _with_one_newline(
        Texts(*(each.removeprefix(_BOM).decode("utf-8", "surrogateescape") for each in (base, ours, theirs)))
    )
    merge_by_meaning = _merge_lock if path.endswith("/skillmeat.lock") else _merge_manifest
    outcome = merge_by_meaning(path, texts, size)
    return Outcome(mark + outcome.content, outcome.clean, outcome.reasons)


def part_of(path: str) -> type[Part] | None:
    """The class of what the file at a path holds; None for the lock and for what is no manifest."""
    found = _PATH.search(path)
    if found and found[1] == "skillmeat.toml":
        return Settings
    return next((kind.record for kind in KINDS if found and kind.plural == found[2]), None)


def _merge_manifest(path: str, texts: Texts, size: int) -> Outcome:
    part = part_of(path)
    reason = _unfit(texts, part)
    versions = None if reason else Manifests.of(texts, part)
    if versions is None:
        return _by_lines(texts, size, reason)
    text = versions.text(size)
    if text is None:
        return _by_lines(texts, size, "There is no safe way to write the merge into these files.", versions)
    clashes = versions.merged.clashes
    return Outcome(text.encode(), not clashes, tuple(explained(clashes)))


def _merge_lock(path: str, texts: Texts, size: int) -> Outcome:
    locks = []
    for side, text in zip(texts._fields, texts, strict=True):
        found, problems = lock.read(_encoded(text)) if text else (Lock(), [])
        if found is None:
            return _by_lines(texts, size, _said(side, problems[0]))
        locks.append(found)
    merged = merge_locks((locks[0], locks[1], locks[2]), size)
    if merged is None:
        return _by_lines(texts, size, "The lock names a source twice.")
    text, clashes = merged
    return Outcome(text.encode(), not clashes, tuple(explained(clashes)))


def _unfit(texts: Texts, part: type[Part] | None) -> str:
    """Why a version cannot be merged by meaning, or nothing."""
    for side, text in zip(texts._fields, texts, strict=True):
        found = text.split("\n")
        if len(found) > MOST_LINES or len(max(found, key=len)) > LONGEST_LINE:
            return (
                f"{side}: nobody writes a manifest this long, and merging it by meaning would take too long."
            )
        table = parse(_encoded(text), "")
        if isinstance(table, Problem):
            return _said(side, table)
        if part is Settings and text and table.get("format", FORMAT) != FORMAT:
            return f"{side}: the store is in format {str(table['format'])[:20]}, which is not known here."
    return ""


def _by_lines(texts: Texts, size: int, reason: str, versions: Manifests | None = None) -> Outcome:
    """The merge of the lines: clean only where it can be read and says what is meant, if that is known."""
    chunks = lines.merge3(*texts)
    ours, theirs = lines.sides(chunks)
    note = (f"Merged by lines only. {reason}",)
    if ours == theirs:
        readable = not isinstance(parse(_encoded(ours), "", lock.LOCK_LIMIT), Problem)
        meant = versions is None or versions.means(ours) == versions.merged.ours
        if readable and meant and not (versions and versions.merged.clashes):
            return Outcome(_encoded(ours), True, note)
        ours, theirs = texts.ours, texts.theirs
    one, other = lines.lines_of(ours), lines.lines_of(theirs)
    text = lines.marked(one, other, lines.differing(one, other), size, newline_of(ours))
    return Outcome(_encoded(text), False, note)


def _with_one_newline(texts: Texts) -> Texts:
    """The versions with the line end that a side changed to, where one changed it."""
    base, ours, theirs = map(newline_of, texts)
    if base == ours == theirs:
        return texts
    newline = ours if theirs == base or not texts.base else theirs
    return Texts(*(text.replace("\r\n", "\n").replace("\n", newline) for text in texts))


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def _said(side: str, problem: Problem) -> str:
    where = f", line {problem.line}" if problem.line else ""
    return f"{side}{where}: {problem.message}"
