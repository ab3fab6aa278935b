"""New records, and records with other values, with errors that people can read."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import Any, TypeVar

from pydantic import ValidationError

from skillmeat.errors import Conflict, Invalid
from skillmeat.manifest import explain
from skillmeat.model import Part
from skillmeat.text import one_line

P = TypeVar("P", bound=Part)


def made(part: type[P], noun: str, **values: Any) -> P:
    """A new record or part of one; values that are None are left out.

    Raises ``Invalid`` (``INVALID_<NOUN>``) that says what is wrong with each value.
    """
    given = {key: value for key, value in values.items() if value is not None}
    try:
        return part.model_validate(given)
    except ValidationError as error:
        raise _invalid(noun, error) from None


def changed(part: P, noun: str, **values: Any) -> P:
    """The same with other values; None puts a key back to its default. Raises like ``made``."""
    kept = {key: getattr(part, key) for key in type(part).model_fields if key not in values}
    return made(type(part), noun, **kept, **values)


def slug_of(name: str, noun: str) -> str:
    """The slug that a name makes: ``C++ tools`` gives ``c-tools``.

    Raises ``Invalid`` when nothing is left of the name.
    """
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:64].rstrip("-")
    if not slug:
        raise Invalid(
            f"No slug can be made from “{one_line(name)}”: it needs a letter a–z or a digit.",
            code=f"INVALID_{noun.upper()}",
            hint="Give one with --slug.",
        )
    return slug


def placed(items: Sequence[P], item: P, position: int, noun: str) -> tuple[P, ...]:
    """``items`` with ``item`` moved to a 0-based position. Raises ``Invalid`` when it is outside."""
    if not 0 <= position < len(items):
        raise Invalid(
            f"{position} is not a place in a list of {len(items)}.",
            code="INVALID_ORDER",
            hint=f"Places of a {noun} count from 0 to {len(items) - 1}.",
        )
    rest = [each for each in items if each != item]
    return (*rest[:position], item, *rest[position:])


def reordered(present: Sequence[str], wanted: Sequence[str]) -> tuple[str, ...]:
    """``wanted``, when it names every present id exactly once.

    Raises ``Invalid`` (``INVALID_ORDER``) that lists what is missing, extra and named twice.
    """
    faults = []
    if missing := [each for each in present if each not in wanted]:
        faults.append(f"missing: {', '.join(missing)}")
    if extra := [each for each in dict.fromkeys(wanted) if each not in present]:
        faults.append(f"extra: {', '.join(extra)}")
    if twice := sorted({each for each in wanted if wanted.count(each) > 1}):
        faults.append(f"named twice: {', '.join(twice)}")
    if faults:
        raise Invalid(f"An order names every member exactly once; {'; '.join(faults)}.", code="INVALID_ORDER")
    return tuple(wanted)


def taken(noun: str, name: str, owner: str = "") -> Conflict:
    """The error for a name that another record has."""
    whose = f" It is {owner}." if owner else ""
    return Conflict(
        f'{noun.capitalize()} with name "{one_line(name)}" already exists.{whose}',
        code=f"{noun.upper()}_ALREADY_EXISTS",
    )


def _invalid(noun: str, error: ValidationError) -> Invalid:
    sentences = [f"{key}: {message}" if key else message for key, message in explain(error)]
    return Invalid(" ".join(sentences), code=f"INVALID_{noun.upper()}")
