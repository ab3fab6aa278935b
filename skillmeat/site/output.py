"""What generators yield."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html import escape
from typing import Any, Final

from pydantic_core import PydanticSerializationError, to_json


@dataclass(frozen=True, slots=True)
class Output:
    """A file of the site. ``path`` is relative to its root and written with ``/``."""

    path: str
    data: bytes


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Something that a reader might look for and that could not be made, with the reason as a sentence."""

    path: str
    reason: str


ABSENT: Final = "Its content is not on this machine."
"""Why the page of an artifact cannot show what it is made of, where fetching it would help."""

NOWHERE: Final = "It names no source and no path."
NO_PATH: Final = "It names no path in its source."
NOTHING_THERE: Final = "There is nothing at its path in this repository."
NO_CONTENT: Final = (ABSENT, NOWHERE, NO_PATH, NOTHING_THERE)
"""Every reason for that."""


@dataclass(frozen=True, slots=True)
class Planned:
    """Outputs that are made only if something they depend on changed since the last build.

    ``make`` gives them. ``key`` is a ``digest`` of everything in which two of its results can differ, but for
    what is the same for the whole site: the code, the templates, and ``[site]``. ``name`` tells the plan
    from the others of the build, and from build to build.

    Where it ``has_stages``, ``make`` gives None at the end of each, and no plan of a task goes on before all
    have come as far: processors do a hundred of the same thing sooner than a hundred different ones in turns.
    """

    name: str
    key: str
    make: Callable[[], Iterator[Output | LeftOut | None]]
    has_stages: bool = False


Made = Iterator[Output | LeftOut | Planned]


def digest(*values: Any) -> str:
    """A key of values: JSON data, and frozen dataclasses of such."""
    try:
        data = to_json(values, fallback=repr)
    except (PydanticSerializationError, UnicodeError):  # text that UTF-8 cannot hold
        data = repr(values).encode("utf-8", "surrogatepass")
    return hashlib.blake2b(data, digest_size=16).hexdigest()


def mark(*texts: str) -> str:
    """A key of texts without NUL: cheaper than ``digest``."""
    whole = "\0".join(texts).encode("utf-8", "surrogatepass")
    return hashlib.blake2b(whole, digest_size=16).hexdigest()


def as_json(value: Any) -> bytes:
    """One JSON document in UTF-8, ending with a line feed."""
    return to_json(value) + b"\n"


_NOT_XML = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def xml_text(text: str) -> str:
    """A text as it may stand in an element or attribute of XML 1.0; what that cannot hold becomes U+FFFD."""
    return escape(_NOT_XML.sub("\ufffd", text))
