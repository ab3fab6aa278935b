"""Bytes of a manifest to a validated record, or to everything that is wrong with it.

Foreign files are read here, so every way in which a text can be hostile ends in a ``Problem``, never in
an exception (SECURITY.md 2.4). A clean file costs one parse and one validation; where a key stands and
what to say about it are worked out only when something is wrong.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

import tomli
from pydantic import ValidationError

from skillmeat.manifest.grammar import newer
from skillmeat.model import FORMAT, Kind, Owner, Part, Record, Settings, Waiver
from skillmeat.problem import Problem
from skillmeat.text import one_line, plural, shorten

MANIFEST_LIMIT = 256 * 1024
"""The size in bytes above which a manifest is not read."""

SETTINGS_PATH = f"{Kind.FOLDER}/skillmeat.toml"

_DEPTH = 16  # a lock needs 6; what nests deeper is not ours
_MARKER = re.compile(r"^(<<<<<<<|=======|>>>>>>>)[<=>]*(?= |\r?$)", re.MULTILINE)
_LONG_KEY = re.compile(r"""(?<![\w"'-])(?:[\w"'-]+[ \t]*\.[ \t]*){16,}""", re.ASCII)
_NUMBER = re.compile(r"[0-9a-fA-Fxob_]+")
_FURTHER = frozenset((dict, list, int))
_STRICT = (bool, int, datetime)  # pydantic would make these out of a string

UNMERGED = (
    "Run `skillmeat resolve`, or keep one side of each conflict and take out the lines that begin with "
    "<<<<<<<, ======= and >>>>>>>."
)

_SAID = {
    "Cannot overwrite a value": "The key stands here for the second time, or is a table and a value at once.",
    "Cannot declare": "The table stands here for the second time.",
    "Invalid value": "The value is not one that TOML knows; text needs quotes.",
    "Invalid statement": "This is neither “key = value”, nor a [table], nor a # comment.",
    "Unclosed array": "The array has no closing “]”.",
    "Illegal character '\\n'": "The text has no closing quote on its line.",
    "Unterminated string": "The text has no closing quote.",
    "Expected newline or end of document after a statement": "There is something after the end of the value.",
    "Expected '=' after a key in a key/value pair": "There is no “=” after the key.",
    "Unescaped '\\' in a string": "A “\\” in a text in double quotes is written twice.",
    "Invalid date or datetime": "There is no such date.",
}


def parse(
    data: bytes, path: str, limit: int = MANIFEST_LIMIT, *, unmerged: str = UNMERGED
) -> dict[str, Any] | Problem:
    """The table that the bytes hold, or the one reason why they cannot be read.

    The rules are ``too-large``, ``not-utf8``, ``unmerged`` (``unmerged`` is its fix) and ``toml-syntax``,
    which also takes what only TOML 1.1 allows, a byte order mark and tables nested without sense.
    Never raises, whatever the bytes are, and takes time in proportion to ``limit`` at most.
    """
    if len(data) > limit:
        return Problem(
            path, 0, 0, "too-large", "",
            f"The file has {plural(len(data), 'byte')}; at most {limit:,} are read.",
        )  # fmt: skip
    if data.startswith(b"\xef\xbb\xbf"):
        return Problem(
            path, 1, 1, "toml-syntax", "",
            "The file begins with a byte order mark.", "Save it as UTF-8 without one.",
        )  # fmt: skip
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        return _not_utf8(data, path, error.start)
    markers = list(_MARKER.finditer(text)) if "<<<<<<<" in text else []
    if len({marker[1] for marker in markers}) == 3:  # even inside a string they are no part of it
        return _conflict(text, path, markers[0].start(), unmerged)
    if _is_dotted(text):  # the parser takes quadratic time for keys of many parts
        return _too_deep(text, path)
    try:
        table = tomli.loads(text)
    except tomli.TOMLDecodeError as error:
        if markers:
            return _conflict(text, path, markers[0].start(), unmerged)
        return _no_toml(text, path, error)
    except RecursionError:
        return _too_deep(text, path)
    except (ValueError, ArithmeticError, LookupError, TypeError):
        return _huge_number(text, path)
    if fault := _unfit(table, _DEPTH):
        return fault(text, path)
    if found_newer := newer(text):
        line, column = line_and_column(text, found_newer.offset)
        message = f"Here is {found_newer.what}, which only TOML 1.1 allows: many programs cannot read it yet."
        return Problem(path, line, column, "toml-syntax", "", message, found_newer.fix)
    return table


def read(kind: Kind, record_id: str, data: bytes) -> tuple[Record | None, list[Problem]]:
    """The record that a file holds, or everything wrong with the file, sorted by place.

    Either the record is there and the list is empty, or the other way round. Beside the rules of
    ``parse`` these are ``unknown-key``, ``missing-key`` and ``invalid-value``. ``record_id`` is trusted.
    """
    path = kind.path(record_id)
    table = parse(data, path)
    if isinstance(table, Problem):
        return None, [table]
    if "id" not in table:
        try:
            record = kind.record.model_validate({**table, "id": record_id})
        except ValidationError:
            pass
        else:
            if not coerced(record, table):
                return record, []
    return None, _wrong(kind.record, table, path, data, {"id": record_id})


def read_settings(data: bytes) -> tuple[Settings | None, list[Problem]]:
    """What ``skillmeat.toml`` says, and everything wrong with it; of what is wrong, the rest where it stands.

    A store in another format is one problem, with the rule ``format``: nothing else in it can be judged.
    """
    table = parse(data, SETTINGS_PATH)
    if isinstance(table, Problem):
        return None, [table]
    wanted = table.get("format", FORMAT)
    if type(wanted) is int and wanted != FORMAT:
        return None, [_other_format(wanted, data)]
    try:
        settings = Settings.model_validate(table)
    except ValidationError:
        pass
    else:
        if not coerced(settings, table):
            return settings, []
    return _sound_part(table), _wrong(Settings, table, SETTINGS_PATH, data, {})


def _sound_part(table: dict[str, Any]) -> Settings | None:
    """The settings without the waivers and owners that are wrong: one slip does not undo the others."""
    kept = dict(table)
    for key, part in (("waivers", Waiver), ("owners", Owner)):
        if isinstance(kept.get(key), list):
            kept[key] = [each for each in kept[key] if _fits(part, each)]
    return Settings.model_validate(kept) if _fits(Settings, kept) else None


def _fits(part: type[Part], value: object) -> bool:
    try:
        return not isinstance(value, dict) or not coerced(part.model_validate(value), value)
    except ValidationError:
        return False


def explain(error: ValidationError) -> list[tuple[str, str]]:
    """For each value that pydantic refused: the way to it, such as ``tags[0]``, and what is wrong with it."""
    from skillmeat.manifest import sentences

    return sentences.explain(error)


def line_and_column(text: str, offset: int) -> tuple[int, int]:
    """The place of a character, both counted from 1."""
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)


def _wrong(
    part: type[Part], table: dict[str, Any], path: str, data: bytes, given: dict[str, Any]
) -> list[Problem]:
    from skillmeat.manifest.sentences import problems  # only for a broken file

    return problems(part, table, path, data.decode(), given)


def coerced(part: Part, table: dict[str, Any]) -> bool:
    """Whether a switch, a number or a date of ``part`` was written as something else, such as a string."""
    held = part.__dict__  # what else a lock may hold was not validated, so is as it was written
    for key, value in table.items():
        got = held.get(key)
        if type(got) is str:
            continue
        if type(got) is not type(value) and type(got) in _STRICT:
            return True
        if isinstance(got, Part) and coerced(got, value):
            return True
    return False


def _unfit(value: object, levels: int) -> Callable[[str, str], Problem] | None:
    """What makes a table one that is not looked at: depth, or a number that TOML need not know."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        if not levels:
            return _too_deep
        if not _FURTHER.isdisjoint(map(type, value)):
            for item in value:
                if type(item) in _FURTHER and (fault := _unfit(item, levels - 1)):
                    return fault
    elif isinstance(value, int) and value.bit_length() > 64:
        return _huge_number
    return None


def most_dots(size: int) -> int:
    """How many dots of long keys a text of this size may hold: the parser takes quadratic time for them."""
    return max(10_000, size // 16)


def _is_dotted(text: str) -> bool:
    """Whether so much of a text looks like keys of many parts that it cannot be a manifest."""
    limit = most_dots(len(text))
    if text.count(".") <= limit:
        return False
    return sum(found[0].count(".") for found in _LONG_KEY.finditer(text)) > limit


def _too_deep(_text: str, path: str) -> Problem:
    return Problem(path, 0, 0, "toml-syntax", "", f"Tables or arrays are nested more than {_DEPTH} deep.")


def _huge_number(text: str, path: str) -> Problem:
    longest = max(_NUMBER.finditer(text), key=lambda found: found.end() - found.start())
    line, column = line_and_column(text, longest.start())
    return Problem(path, line, column, "toml-syntax", "", "There is a number too long to be read.")


def _no_toml(text: str, path: str, error: tomli.TOMLDecodeError) -> Problem:
    if error.msg.startswith("Cannot") and (twice := _twice(text, path, error.pos)):
        return twice
    column = error.colno
    if error.msg.startswith("Cannot"):  # found out behind the statement; it is at the beginning of the line
        line = text.split("\n")[error.lineno - 1]
        column = len(line) - len(line.lstrip(" \t")) + 1
    said = (sentence for start, sentence in _SAID.items() if error.msg.startswith(start))
    otherwise = one_line(shorten(f"This is not TOML: {error.msg[:1].lower()}{error.msg[1:]}.", 120))
    return Problem(path, error.lineno, column, "toml-syntax", "", next(said, otherwise))


def _twice(text: str, path: str, end: int) -> Problem | None:
    """What is said of a key or a table that ends at ``end`` and stands further up already."""
    from skillmeat.manifest.position import repeated

    try:
        found = repeated(text[: (text + "\n").index("\n", end)])
    except RecursionError:  # a key of thousands of parts
        return None
    if found is None:
        return None
    name = one_line(shorten(found.name, 100))
    if found.was_table == found.is_table:
        what = f"table [{name}]" if found.is_table else f"key “{name}”"
        message = f"The {what} stands here for the second time; the first is in line {found.first}."
    else:
        was, is_now = ("table", "value") if found.was_table else ("value", "table")
        message = f"“{name}” is a {is_now} here, and a {was} in line {found.first}."
    return Problem(path, found.line, found.column, "toml-syntax", "", message, "Keep one of them.")


def _not_utf8(data: bytes, path: str, offset: int) -> Problem:
    line, column = line_and_column(data[:offset].decode(), offset=len(data[:offset].decode()))
    message = f"The byte {data[offset]:#04x} here is not UTF-8."
    return Problem(path, line, column, "not-utf8", "", message, "Save the file as UTF-8.")


def _conflict(text: str, path: str, offset: int, fix: str) -> Problem:
    line, column = line_and_column(text, offset)
    message = "The file holds an unresolved merge: two branches changed the same lines."
    return Problem(path, line, column, "unmerged", "", message, fix)


def _other_format(wanted: int, data: bytes) -> Problem:
    from skillmeat.manifest.position import position

    line, column = position(data.decode(), "format")
    if wanted > FORMAT:
        message = f"The store is in format {wanted}; this skillmeat reads format {FORMAT}."
        fix = "Install a newer skillmeat."
    else:
        message = f"The store is in format {wanted}, which is older than format {FORMAT}."
        fix = "Run `skillmeat migrate`."
    return Problem(SETTINGS_PATH, line, column, "format", "format", message, fix)
