"""What pydantic found, said to a person: what is wrong, with which value, and what to write instead."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple, get_args

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from skillmeat import model, scalars
from skillmeat.manifest.position import Layout, spelled
from skillmeat.model import ArtifactType, Part
from skillmeat.problem import Problem
from skillmeat.text import one_line, plural, shorten

LIMIT = 200
"""How many problems of one file are told: a file with more is not what it claims to be."""

_HOPELESS = 5_000  # with more than this pydantic takes longer to list them than to find them

_IDENTITY = ("id", "slug", "type")
_TYPES = ", ".join(ArtifactType)
_SLUG_FIX = "Write lower-case letters a–z and digits, in words joined by single hyphens, such as pdf-tools."

_PATTERNS: Mapping[str, tuple[str, str]] = {
    scalars.SLUG_PATTERN: ("is not a slug", _SLUG_FIX),
    scalars.ARTIFACT_ID_PATTERN: (
        "is not an artifact",
        f"Write its type and its slug, such as skill/pdf-tools; the types are {_TYPES}.",
    ),
    scalars.COLOR_PATTERN: ("is not a colour", "Write # and six hexadecimal digits, such as #c0392b."),
    scalars.HASH_PATTERN: ("is not a hash", "Write sha256: and 64 hexadecimal digits in lower case."),
    scalars.OBJECT_ID_PATTERN: (
        "is not the name of a Git object",
        "Write its 40 or 64 hexadecimal digits in lower case.",
    ),
    scalars.REVIEWER_PATTERN: (
        "is not a reviewer",
        "Write @user, @organisation/team or an e-mail address.",
    ),
    scalars.SOURCE_TAG_PATTERN: (
        "is not a tag of a source",
        "Write 1 to 50 letters a–z or A–Z, digits, “-” and “_”.",
    ),
    scalars.WEB_URL_PATTERN: (
        "is not the address of a web page",
        "Write https://host/path, without a user name and without spaces.",
    ),
}

_WANTED: Mapping[str, tuple[str, str]] = {
    "string": ("text", 'Write it in quotes: "…".'),
    "tuple": ("a list", "Put what it holds in square brackets: [ … ]."),
    "bool": ("true or false", "Write true or false, without quotes."),
    "int": ("a whole number", "Write digits, without quotes."),
    "datetime": ("a date with a time", "Write it without quotes, such as 2026-01-18T10:00:00Z."),
    "model": ("a table", "Write { key = value }."),
    "enum": ("text", 'Write it in quotes: "…".'),
}


class Fault(NamedTuple):
    """One thing wrong with one value: the rule, the way to the value, the sentence, and what to do."""

    rule: str
    way: tuple[str | int, ...]
    message: str
    fix: str = ""


def problems(
    part: type[Part], table: dict[str, Any], path: str, text: str, given: Mapping[str, Any]
) -> list[Problem]:
    """Everything that keeps ``table``, which ``text`` holds, from being a ``part``, sorted by place.

    ``given`` are values that belong to the record and not to its file: its id.
    """
    if not table:
        return [_empty(part, path)]
    errors, count = _errors(part, {**table, **given})
    faults = [_unknown_key(part, (key,)) for key in given if key in table]
    for error in errors[:LIMIT]:
        faults.append(_fault(part, error, _existing(table, error["loc"])))
    layout = Layout.of(text)
    found = []
    for fault in {(fault.rule, fault.way): fault for fault in reversed(faults)}.values():
        key = one_line(shorten(spelled(fault.way), 200))
        line, column = layout.place(fault.way)
        message = f"“{key}” {fault.message[3:]}" if fault.message.startswith("It ") else fault.message
        found.append(Problem(path, line, column, fault.rule, key, message, fault.fix))
    if count > len(errors[:LIMIT]):
        rest = f"The file has {plural(count - len(errors[:LIMIT]), 'more problem')}."
        found.append(Problem(path, 0, 0, "invalid-value", "", rest if errors else rest.replace(" more", "")))
    return sorted(found)


def explain(error: ValidationError) -> list[tuple[str, str]]:
    """For each value that was refused: the way to it, such as ``tags[0]``, and what is wrong with it."""
    faults = [_fault(None, each, each["loc"]) for each in error.errors(include_url=False)]
    return [(spelled(fault.way), f"{fault.message} {fault.fix}".rstrip()) for fault in faults]


def _empty(part: type[Part], path: str) -> Problem:
    """What is said of a file without any key."""
    wanted = [
        f'{name} = "{next(iter(field.examples or ["…"]))}"'
        for name, field in part.model_fields.items()
        if field.is_required() and name != "id"
    ]
    fix = f"Write at least {' and '.join(wanted)}."
    return Problem(path, 1, 1, "missing-key", "", "The file holds nothing.", fix)


def _errors(part: type[Part], values: dict[str, Any]) -> tuple[list[ErrorDetails], int]:
    """What pydantic refuses, and what it would take only by making a switch, number or date of a string.

    With how many there are; when those are hopelessly many, none is listed.
    """
    found: list[ErrorDetails] = []
    for strict in (False, True):
        try:
            part.model_validate(values, strict=strict)
        except ValidationError as error:
            if error.error_count() > _HOPELESS:
                return found, error.error_count()
            places = {each["loc"] for each in found}
            for each in error.errors(include_url=False):
                of_type = each["type"] in ("bool_type", "int_type", "datetime_type")
                if not strict or (of_type and each["loc"] not in places):
                    found.append(each)
    return found, len(found)


def _existing(table: object, way: tuple[str | int, ...]) -> tuple[str | int, ...]:
    """As much of the way as leads somewhere: a member ``"skill/x"`` has no key ``artifact``."""
    for depth, step in enumerate(way):
        if isinstance(table, str):
            return way[:depth]
        try:
            table = table[step]  # type: ignore[index]  # what cannot be indexed ends the way
        except (KeyError, IndexError, TypeError):
            break
    return way


def _fault(part: type[Part] | None, error: ErrorDetails, way: tuple[str | int, ...]) -> Fault:
    kind, value, context = error["type"], error["input"], error.get("ctx", {})
    if kind == "extra_forbidden":
        return _unknown_key(part and _part_at(part, way[:-1]), way)
    if kind == "missing":
        return Fault("missing-key", way, f"The key “{way[-1]}” is missing.", f"Add {way[-1]} = ….")
    message, fix = _said(kind, value, context, error["msg"])
    return Fault("invalid-value", way, message, fix)


def _said(kind: str, value: Any, context: Mapping[str, Any], otherwise: str) -> tuple[str, str]:
    shown = f"“{_shown(value)}”"
    wanted = kind.partition("_")[0]
    if kind == "string_pattern_mismatch" and context["pattern"] in _PATTERNS:
        what, fix = _PATTERNS[context["pattern"]]
        near = _repaired(context["pattern"], value)
        return f"{shown} {what}.", f"Did you mean {near}?" if near else fix
    if kind == "enum" and isinstance(value, str):
        allowed = re.findall(r"'([^']*)'", context["expected"])
        near = _nearest(value, allowed)
        hint = f"Did you mean {near}? " if near else ""
        return f"{shown} is not one of the values allowed here.", f"{hint}Write one of {', '.join(allowed)}."
    if kind in ("string_too_long", "string_too_short", "too_long"):
        return _length(kind, value, context)
    if kind == "timezone_aware":
        return f"{shown} does not say its time zone.", f"Write {_with_zone(value)}."
    if kind in ("greater_than_equal", "less_than_equal"):
        bound, word = next(iter(context.values())), "least" if kind.startswith("greater") else "most"
        return f"{_shown(value)} is out of range.", f"Write a number that is at {word} {bound}."
    if wanted in _WANTED and not otherwise.startswith("It "):
        what, fix = _WANTED[wanted]
        if wanted == "string" and isinstance(value, list):
            fix = "Take the square brackets away."
        elif wanted == "string" and isinstance(value, bool):
            fix = 'Write it in words, in quotes: "…".'
        return f"Here belongs {what}, not {_kind_of(value)}.", fix
    return one_line(_quoted_shorter(otherwise, value)), ""


def _length(kind: str, value: Any, context: Mapping[str, Any]) -> tuple[str, str]:
    if kind == "too_long":
        return f"It holds {len(value)} items; at most {context['max_length']} are allowed.", ""
    if kind == "string_too_short":
        return "It is blank; write something.", ""
    return (
        f"It has {len(value):,} characters; at most {context['max_length']:,} are allowed.",
        "Make it shorter.",
    )


def _unknown_key(part: type[Part] | None, way: tuple[str | int, ...]) -> Fault:
    key = str(way[-1])
    shown = _shown(key)
    known = (
        [name for name in part.model_fields if name != "id" or not issubclass(part, model.Record)]
        if part
        else []
    )
    if key in _IDENTITY and len(way) == 1:
        message = f"The key “{shown}” does not belong in the file: the file's path is the identity."
        return Fault("unknown-key", way, message, "Take it out; the name of the file says it already.")
    near = next(iter(difflib.get_close_matches(key[:100].lower(), known, 1, 0.7)), "")
    fix = f"Did you mean {near}?" if near else f"The keys here are {', '.join(known)}." if known else ""
    return Fault("unknown-key", way, f"There is no key “{shown}” here.", fix)


def _part_at(part: type[Part], way: Sequence[str | int]) -> type[Part] | None:
    """The class of the table at the end of a way."""
    for step in way:
        if isinstance(step, str):
            field = part.model_fields.get(step)
            inner = _part_in(field.annotation) if field else None
            if inner is None:
                return None
            part = inner
    return part


def _part_in(annotation: Any) -> type[Part] | None:
    if isinstance(annotation, type) and issubclass(annotation, Part):
        return annotation
    return next((found for each in get_args(annotation) if (found := _part_in(each))), None)


def _nearest(word: str, known: Iterable[str]) -> str:
    return next(iter(difflib.get_close_matches(word[:100].lower(), known, 1)), "")


def _repaired(pattern: str, value: str) -> str:
    """What was probably meant, when that is clear."""
    if len(value) > 200:
        return ""
    *types, name = value.strip().strip("/").split("/")
    slug = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
    if pattern == scalars.SLUG_PATTERN and not types and name.isascii():
        return slug
    if pattern == scalars.ARTIFACT_ID_PATTERN and len(types) == 1 and name.isascii():
        kind = _nearest(types[0], list(ArtifactType))
        return f"{kind}/{slug}" if kind and slug else ""
    if pattern == scalars.COLOR_PATTERN and re.fullmatch(r"[0-9A-Fa-f]{6}", value):
        return f"#{value}"
    if pattern == scalars.HASH_PATTERN and re.fullmatch(r"[0-9A-Fa-f]{64}", value.removeprefix("sha256:")):
        return f"sha256:{value.removeprefix('sha256:').lower()}"
    return ""


def _with_zone(value: object) -> str:
    if isinstance(value, datetime):
        return f"{value.isoformat()}Z"
    return f"{value.isoformat()}T00:00:00Z" if isinstance(value, date) else "2026-01-18T10:00:00Z"


def _kind_of(value: object) -> str:
    names = {
        str: "text",
        bool: "true or false",
        int: "a number",
        float: "a number",
        list: "a list",
        dict: "a table",
    }
    return names.get(type(value), "a date or time")


def _shown(value: object) -> str:
    return one_line(shorten(str(value)[:1000], 60))


def _quoted_shorter(message: str, value: object) -> str:
    """A sentence of the model's own, with the value in it cut, and without the password in an address."""
    if not isinstance(value, str) or not value:
        return message
    return message.replace(value, re.sub(r"//[^/@\s]+@", "//…@", shorten(value, 60)))
