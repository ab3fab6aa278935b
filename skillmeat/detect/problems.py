"""What keeps an entry of a source from being used as it is, or should be known to the curator."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from types import MappingProxyType

from pydantic import TypeAdapter, ValidationError

from skillmeat.scalars import SLUG_PATTERN, InnerPath
from skillmeat.text import hidden

PROBLEMS: Mapping[str, str] = MappingProxyType(
    {
        "description-missing": "It has no description, so an agent cannot tell when to use it.",
        "description-too-long": "Its description is longer than 1,024 characters.",
        "duplicate-key": "Its JSON gives a key twice; the last one counts.",
        "duplicate-name": "Another entry of this source has the same type and name.",
        "empty-file": "The file is empty.",
        "front-matter-empty": "The front matter between its “---” lines is empty.",
        "front-matter-not-a-mapping": "The front matter is not made of “key: value” lines.",
        "front-matter-not-yaml": "The front matter is not YAML that can be read; it was read line by line.",
        "front-matter-unterminated": "The front matter is opened with “---” and never closed.",
        "hidden-characters": "It holds control, bidirectional or tag characters that a reader cannot see.",
        "name-differs-from-file": "The name in its front matter is not the name of its file, which counts.",
        "name-differs-from-folder": "The name in its front matter is not the name of its folder.",
        "name-missing": "It gives no name; the name is taken from its path.",
        "name-not-a-slug": "Its name is not made of lower-case letters, digits and single hyphens.",
        "name-too-long": "Its name is longer than 64 characters.",
        "no-command-or-url": "The server has neither a command to run nor an address.",
        "no-front-matter": "The file has no front matter, so it gives neither name nor description.",
        "no-hooks": "The file has no table of hooks.",
        "no-servers": "The file has no table of servers.",
        "not-an-object": "Its JSON is not an object where one is expected.",
        "not-json": "It is not JSON that can be read.",
        "not-utf-8": "It is not UTF-8; what could not be read was replaced.",
        "path-not-portable": "Its path holds characters that a manifest cannot hold.",
        "too-large": "The file is too large to be read.",
        "unknown-event": "It has a hook for an event that is not known.",
        "unreadable": "The file could not be read.",
        "zero-width-characters": "It holds characters without width, which a reader cannot see.",
    }
)
"""Every code that ``Found.problems`` may hold, and the sentence that says it to people."""


def of_path(path: str) -> Iterator[str]:
    """Whether a manifest could hold an entry's path (``model.InnerPath``)."""
    try:
        _inner_path().validate_python(path)
    except ValidationError:
        yield "path-not-portable"


def of_slug(name: str) -> Iterator[str]:
    """What is wrong with a name that has to be a slug of at most 64 characters (FORMATS.md 1.1)."""
    if not _SLUG.fullmatch(name):
        yield "name-not-a-slug"
    if len(name) > 64:
        yield "name-too-long"


def of_text(text: str) -> Iterator[str]:
    """Characters that a reader cannot see (SECURITY.md 2.7): those without width are named apart."""
    if hidden(text):
        visible = _ZERO_WIDTH.sub("", text)
        if len(visible) < len(text):
            yield "zero-width-characters"
        if hidden(visible):
            yield "hidden-characters"


_SLUG = re.compile(SLUG_PATTERN)
_ZERO_WIDTH = re.compile("[\u200b\u2060-\u2064\ufeff]")


@cache
def _inner_path() -> TypeAdapter[str]:
    return TypeAdapter(InnerPath)
