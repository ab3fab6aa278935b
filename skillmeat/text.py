"""Foreign text made safe for a terminal, a log line or a comparison."""

from __future__ import annotations

import re
from collections.abc import Iterator

# C0 and C1 controls, DEL, bidirectional marks and overrides, zero-width characters, the
# line and paragraph separators, the U+E0000 tag block and lone surrogates (SECURITY.md 2.6, 2.7).
_UNSAFE = (
    "\x00-\x08\x0b-\x1f\x7f-\x9f"
    "\u061c\u200b\u200e\u200f\u2028\u2029\u202a-\u202e\u2060-\u2069\ufeff"
    "\ud800-\udfff\U000e0000-\U000e007f"
)
_UNSAFE_IN_LINE = f"[\t\n{_UNSAFE}]"  # compiled when first met: nearly every text is printable
_UNSAFE_IN_BLOCK = f"[{_UNSAFE}]"
_PLAIN = bytes((ord("\n"), *range(ord(" "), ord("~") + 1)))
_SHORT = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}


def one_line(text: str) -> str:
    """``text`` on one line with every control, bidirectional or invisible character spelled out."""
    return text if text.isprintable() else re.sub(_UNSAFE_IN_LINE, _spell, text)


def block(text: str) -> str:
    """The same, keeping line feeds and tabs."""
    return text if _is_plain(text) else re.sub(_UNSAFE_IN_BLOCK, _spell, text)


def hidden(text: str) -> re.Match[str] | None:
    """The first character in ``text`` that a reader cannot see or that reorders what they see."""
    return None if _is_plain(text) else re.search(_UNSAFE_IN_BLOCK, text)


def unseen(text: str) -> Iterator[re.Match[str]]:
    """Every such character in ``text``, those that stand together as one."""
    return iter(()) if _is_plain(text) else re.finditer(f"{_UNSAFE_IN_BLOCK}+", text)


def _is_plain(text: str) -> bool:
    """Whether all is printable, which none of those characters is, but for line feeds: quickly told."""
    if text.isascii():
        return not text.encode().translate(None, _PLAIN)
    return text.replace("\n", "").isprintable()


def spell(character: str) -> str:
    """The code point as people write it: ``U+202E``."""
    return f"U+{ord(character):04X}"


def fold(text: str) -> str:
    """The form in which two names that differ only by case or Unicode form are equal."""
    if text.isascii():
        return text.lower()
    import unicodedata

    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())


def shorten(text: str, limit: int) -> str:
    """``text`` cut at a word to at most ``limit`` characters, an ellipsis included."""
    if len(text) <= limit:
        return text
    head = text[: limit - 1]
    cut = head.rfind(" ")
    return (head[:cut] if cut > limit // 2 else head).rstrip(" ,.;:") + "…"


def plural(count: int, noun: str, nouns: str = "") -> str:
    """A count and its noun: ``1 tag``, ``3 tags``."""
    return f"{count:,} {noun if count == 1 else nouns or noun + 's'}"


def _spell(found: re.Match[str]) -> str:
    character = found.group()
    return _SHORT.get(character) or f"\\u{{{ord(character):04x}}}"
