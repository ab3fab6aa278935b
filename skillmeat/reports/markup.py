"""Words of strangers in Markdown that we write."""

from __future__ import annotations

from skillmeat.text import one_line, shorten


def words(text: str) -> str:
    """A text in which nothing is markup, a mention or a link, on one line, also in a cell of a table."""
    plain = one_line(shorten(text, 1_000)).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    for sign in "\\`*_{}[]()#+!|~":
        plain = plain.replace(sign, f"\\{sign}")
    return plain.replace("@", "&#64;").replace("://", "&#58;//").replace("www.", "www&#46;")


def code(text: str) -> str:
    """A text as code, on one line, also in a cell of a table."""
    plain = one_line(shorten(text, 300)).replace("`", "'").replace("|", "\\|")
    return f"`{plain}`"
