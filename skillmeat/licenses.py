"""Licences as SPDX writes them (https://spdx.org/licenses/, SPDX 3 annex B for expressions)."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from functools import cache, lru_cache
from typing import Final

_PARTS: Final = re.compile(r"(\s+(?:and|or|with)\s+|[()])", re.IGNORECASE)
_APART: Final = re.compile(r"[\s_-]+")
_BESIDE: Final = re.compile(
    r"\b(?:the|open source|licen[cs]ed?|version)\b|\bv(?=\d)|(?<=gpl)v(?=\d)|,", re.IGNORECASE
)
_OTHER_DOCUMENT: Final = re.compile(r"\bDocumentRef-[A-Za-z0-9.-]+:(?=LicenseRef-)")


@lru_cache(1000)
def canonical(text: str) -> str | None:
    """A licence as SPDX writes it, or None for what is no SPDX expression.

    Only case and separators may differ: ``apache 2.0`` is ``Apache-2.0``.
    """
    if _OTHER_DOCUMENT.search(text):  # which packaging does not know
        return text if _judged(_OTHER_DOCUMENT.sub("", text)) else None
    return _judged(text) or _judged(_spelled(text))


@lru_cache(1000)
def near(text: str) -> tuple[str, ...]:
    """The SPDX expressions that were most probably meant by what is none, best first; mostly one."""
    plain = " ".join(_BESIDE.sub(" ", text.replace("/", " OR ")).split())
    if text.strip().lower() in ("proprietary", "unlicensed"):  # npm says so of what nobody may use
        return ("LicenseRef-Proprietary",)
    for each in (
        plain,
        f"{plain}.0",
        re.sub(r"(\d)$", r"-\1.0", plain),
        f"{plain}-Clause",
        f"{plain}-3-Clause",
    ):
        if meant := canonical(each):
            choices = tuple(f"{meant}-{end}" for end in ("only", "or-later"))
            known = "LicenseRef-" not in meant and all(map(_judged, choices))
            return choices if known else (meant,)
    letters = _APART.sub("", plain.lower())
    close = difflib.get_close_matches(letters, _spellings(), n=1, cutoff=0.8) if len(letters) > 3 else ()
    return tuple(_spellings()[each] for each in close)


def _judged(text: str) -> str | None:
    from packaging.licenses import InvalidLicenseExpression, canonicalize_license_expression

    try:
        return canonicalize_license_expression(text)
    except InvalidLicenseExpression:
        return None


def _spelled(text: str) -> str:
    """An expression with every identifier that differs only in its separators written as SPDX does."""
    return "".join(_spellings().get(_APART.sub("", part.lower()), part) for part in _PARTS.split(text))


@cache
def _spellings() -> Mapping[str, str]:
    """Every identifier by its letters, digits and dots; those that SPDX gave up only if no other has them."""
    from packaging import licenses

    known = getattr(licenses, "LICENSES", {})  # not promised: without it there are no hints
    listed = sorted(known.values(), key=lambda each: not each["deprecated"])
    return {_APART.sub("", each["id"].lower()): str(each["id"]) for each in listed}
