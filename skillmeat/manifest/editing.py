"""A changed record to a changed file: only what differs is written, and nothing is trusted.

Two ways are tried. Replacing ranges of bytes (``surgery``) keeps whatever it does not touch; tomlkit, which
knows nothing of ours, is asked when that gives up. What either gives is parsed again with tomli and must be
exactly the record intended, and every line that is not concerned must be there as it was.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from pydantic import ValidationError

from skillmeat.errors import Refused
from skillmeat.manifest.grammar import statements, tokens
from skillmeat.manifest.matching import identity
from skillmeat.manifest.ranges import Cannot
from skillmeat.manifest.reading import parse
from skillmeat.manifest.surgery import newline_of, patched
from skillmeat.manifest.writing import plain
from skillmeat.model import Record, Settings
from skillmeat.problem import Problem

R = TypeVar("R", Record, Settings)

Data = dict[str, Any]


def edit(text: str, before: R, after: R) -> str:
    """``text``, the file of ``before``, as the file of ``after``.

    Comments, order, spacing, the ends of lines and whether the last line has one stay as they are, and so
    does every line that says nothing of what differs. A comment behind an item goes where the item goes,
    and away with it; a comment on a line of its own goes where the item below it goes, and stays when that
    is taken away. What is inside a ``[[table]]`` goes away with it.

    Raises ``Refused`` (``EDIT_NOT_SAFE``) when ``text`` is not the file of ``before``, or when no way is
    found to change this and nothing else.
    """
    had, wanted = plain(before), plain(after)
    if _held(text, before) != had:
        raise _refused("The file does not hold the record that was to be changed.", "Try again.")
    changed = changed_to(text, had, wanted, lambda text: _held(text, after))
    if changed is not None:
        return changed
    keys = ", ".join(_differing(had, wanted))
    raise _refused(
        f"There is no safe way to change {keys} in this file as it is written.",
        "Change it by hand, or write that part in a simpler form first.",
    )


def changed_to(text: str, had: Data, wanted: Data, held: Callable[[str], Data | None]) -> str | None:
    """``text``, which holds ``had``, with as little changed as makes it hold ``wanted``, if a way is found.

    Both are in the form of ``writing.plain``, and so is what ``held`` gives for a text. What is kept is what
    ``edit`` keeps.
    """
    if had == wanted:
        return text
    for way in (patched, rewritten):
        changed = _attempt(way, text, had, wanted)
        if changed is not None and held(changed) == wanted and is_kept(text, changed, had, wanted):
            return changed
    return None


def is_kept(old: str, new: str, had: Data, wanted: Data) -> bool:
    """Whether every line that is not concerned is still there: both texts are valid TOML.

    Statements of keys that do not differ are the same lines in the same order, lines end as they did, and
    no comment is lost but behind what was taken away, or in a table that was.
    """
    keys, newline = _differing(had, wanted), newline_of(old)
    if _lines(old, keys, newline) != _lines(new, keys, newline) or old.endswith("\n") != new.endswith("\n"):
        return False
    if new and _odd_ends(new, newline) > _odd_ends(old, newline):
        return False
    lost = Counter(_comments(old)) - Counter(_comments(new))
    if lost and _commas_first(old):
        return False  # which comment belongs to which item is anybody's guess
    alone = any(own for _, own in lost)
    return not lost or (_is_less(had, wanted) and not (alone and not _loses_a_table(had, wanted)))


def _attempt(way: Callable[[str, Data, Data], str], text: str, had: Data, wanted: Data) -> str | None:
    try:
        return way(text, had, wanted)
    except Cannot:
        return None


def rewritten(text: str, had: Data, wanted: Data) -> str:
    """What ``patched`` gives, by tomlkit. Raises ``Cannot``."""
    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    try:
        document = tomlkit.parse(text)
        _assign(document, had, wanted)
        return tomlkit.dumps(document)
    except TOMLKitError as error:
        raise Cannot(str(error)) from error


def _assign(document: Any, had: Mapping[str, Any], wanted: Mapping[str, Any]) -> None:
    for name in {**had, **wanted}:
        old, new = had.get(name), wanted.get(name)
        if old == new:
            continue
        if isinstance(new, dict) and name in document:
            _assign(document[name], old or {}, new)
        elif new is None:
            document.pop(name, None)
        else:
            document[name] = new


def _held(text: str, like: Record | Settings) -> Data | None:
    """What the file says, as ``plain`` gives it; None when it is not a valid file of that kind."""
    table = parse(text.encode(), "")
    if isinstance(table, Problem):
        return None
    given = {"id": like.id} if isinstance(like, Record) else {}
    try:
        return plain(type(like).model_validate({**table, **given}))
    except ValidationError:
        return None


def _differing(had: Data, wanted: Data) -> list[str]:
    return [name for name in {**had, **wanted} if had.get(name) != wanted.get(name)]


def _lines(text: str, without: list[str], newline: str) -> list[str]:
    """The lines of every statement of a key not in ``without``; the last one ends with ``newline``."""
    lines = (text if text.endswith("\n") else text + newline).split("\n")
    return ["\n".join(lines[each.first : each.end]) for each in statements(text) if each.key not in without]


def _odd_ends(text: str, newline: str) -> int:
    """How many lines end otherwise."""
    return text.count("\n") - text.count("\r\n") if newline == "\r\n" else text.count("\r\n")


def _commas_first(text: str) -> bool:
    """Whether a line begins with the comma behind the item above it."""
    marks = (token.start for token in tokens(text) if token.text == ",")
    return any(not text[text.rfind("\n", 0, start) + 1 : start].strip() for start in marks)


def _comments(text: str) -> list[tuple[str, bool]]:
    """Every comment, and whether it has a line of its own."""
    found = []
    for token in tokens(text):
        if token.kind == "comment":
            before = text[text.rfind("\n", 0, token.start) + 1 : token.start]
            found.append((token.text.rstrip(), not before.strip()))
    return found


def _loses_a_table(had: Data, wanted: Data) -> bool:
    """Whether an item that is a table was taken away from a list."""
    for name, old in had.items():
        if isinstance(old, list) and any(isinstance(item, dict) for item in old):
            left = set(map(identity, wanted.get(name, [])))
            if any(identity(item) not in left for item in old):
                return True
    return False


def _is_less(had: Any, wanted: Any) -> bool:
    """Whether something was taken away, at whatever depth."""
    if isinstance(had, dict) and isinstance(wanted, dict):
        return any(name not in wanted or _is_less(had[name], wanted[name]) for name in had)
    if isinstance(had, list) and isinstance(wanted, list):
        return len(wanted) < len(had) or any(item not in wanted for item in had)
    return False


def _refused(detail: str, hint: str) -> Refused:
    return Refused(detail, code="EDIT_NOT_SAFE", hint=hint)
