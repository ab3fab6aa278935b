"""Words of strangers in Markdown that we write."""

from __future__ import annotations

import re
from typing import Final

from skillmeat.text import one_line, shorten

_APART: Final = re.compile(r"@|#(?=\d)|:(?=//)|www(?=\.)|GH(?=-\d)")
"""What a forge makes a mention or a link of, however Markdown spells it: a space of no width follows it."""


def words(text: str) -> str:
    """A text in which nothing is markup, a mention or a link, on one line, also in a cell of a table."""
    plain = one_line(shorten(text, 1_000)).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    for sign in "\\`*_{}[]()+!|~":
        plain = plain.replace(sign, f"\\{sign}")
    return _APART.sub(lambda found: f"{found.group()}\u200b", plain)


def code(text: str) -> str:
    """A text as code, on one line, also in a cell of a table."""
    plain = one_line(shorten(text, 300)).replace("`", "'").replace("|", "\\|")
    return f"`{plain}`"
