"""New records, and records with other values, with errors that people can read."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Any, Final, TypeVar

from pydantic import ValidationError

from skillmeat.catalog import Catalog
from skillmeat.errors import Conflict, Invalid
from skillmeat.manifest import explain
from skillmeat.model import Artifact, Part
from skillmeat.scalars import SLUG_LENGTH, SLUG_PATTERN
from skillmeat.text import fold, one_line, shorten

P = TypeVar("P", bound=Part)

_LETTERS: Final = ("Ll", "Lo", "Lt", "Lu", "Nd", "Nl", "No")


def made(part: type[P], noun: str, **values: Any) -> P:
    """A new record or part of one; values that are None are left out.

    Raises ``Invalid`` (``INVALID_<NOUN>``) that says what is wrong with each value.
    """
    given = {key: value for key, value in values.items() if value is not None}
    if "id" in given:
        _refuse_odd_slug(given["id"].partition("/")[2] if part is Artifact else given["id"], noun)
    try:
        return part.model_validate(given)
    except ValidationError as error:
        raise _invalid(noun, error) from None


def changed(part: P, noun: str, **values: Any) -> P:
    """The same with other values; None puts a key back to its default. Raises like ``made``."""
    kept = {key: getattr(part, key) for key in type(part).model_fields if key not in values}
    return made(type(part), noun, **kept, **values)


_LATIN: Final = str.maketrans(
    {"æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ħ": "h", "ı": "i", "ŋ": "n"}
)
"""Latin letters that are not a plain one with a mark."""


def slug_of(name: str, noun: str, *, part: bool = False) -> str:
    """The slug that a name makes: ``C++ tools`` gives ``c-tools``, ``Łódź`` gives ``lodz``.

    Raises ``Invalid`` when nothing is left of the name, or letters of other scripts would go, since half a
    name is another; with ``part`` the half is taken.
    """
    plain = "".join(map(_plain, name))
    lost = [each for each in name if unicodedata.category(each) in _LETTERS and not _plain(each)]
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:SLUG_LENGTH].rstrip("-")
    if slug and lost and not part:
        raise Invalid(
            f"“{shorten(one_line(name), 100)}” has letters that a slug cannot hold: "
            f"{shorten(one_line(''.join(dict.fromkeys(lost))), 20)}.",
            code=f"INVALID_{noun.upper()}",
            hint="Give one with --slug.",
        )
    if not slug:
        raise Invalid(
            f"No slug can be made from “{shorten(one_line(name), 100)}”: it needs a letter a–z or a digit.",
            code=f"INVALID_{noun.upper()}",
            hint="Give one with --slug.",
        )
    return slug


def _plain(sign: str) -> str:
    """A character by what is ASCII of it: small letters, and no marks."""
    parts = unicodedata.normalize("NFKD", sign.casefold().translate(_LATIN))
    return parts.encode("ascii", "ignore").decode().lower()


def _refuse_odd_slug(slug: str, noun: str) -> None:
    if not re.fullmatch(SLUG_PATTERN, slug) or len(slug) > SLUG_LENGTH:
        raise Invalid(
            f"“{shorten(one_line(slug), 100)}” is not a slug.",
            code=f"INVALID_{noun.upper()}",
            hint=f"Use lower-case letters a–z, digits and single hyphens, at most {SLUG_LENGTH} characters.",
        )


def occupied(catalog: Catalog, name: str) -> str:
    """Why no new artifact can have that id, as a part of a sentence; empty when one can."""
    if name in catalog.artifacts:
        return f"{name} is another artifact"
    owner = catalog.former["artifact"].get(name)
    return f"{name} is a former name of {owner}" if owner else ""


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


def taken(noun: str, name: str, owner: str = "", what: str = "name", hint: str = "") -> Conflict:
    """The error for a name, or a slug, that another record has."""
    whose = f" It is {owner}." if owner else ""
    return Conflict(
        f'{noun.capitalize()} with {what} "{one_line(name)}" already exists.{whose}',
        code=f"{noun.upper()}_ALREADY_EXISTS",
        hint=hint,
    )


def refuse_twin(noun: str, new: tuple[str, str], others: Iterable[tuple[str, str]]) -> None:
    """Raises ``Conflict`` when one of ``others`` has the name or the slug; each is (slug, name)."""
    slug, name = new
    for other_slug, other_name in others:
        if fold(other_name) == fold(name):
            raise taken(noun, name, "" if other_slug == slug else f"the {noun} {other_slug}")
        if other_slug == slug:
            raise taken(noun, slug, f"called “{other_name}”", "slug", "Give another with --slug.")


def _invalid(noun: str, error: ValidationError) -> Invalid:
    sentences = [f"{key}: {message}" if key else message for key, message in explain(error)]
    return Invalid(" ".join(sentences), code=f"INVALID_{noun.upper()}")


def in_order(before: Sequence[str], after: Iterable[str]) -> tuple[str, ...]:
    """The tags of an artifact with more of them: in alphabetical order, if they were before."""
    return tuple(sorted(after)) if list(before) == sorted(before) else tuple(after)
