"""Names in other people's trees: which of them could hurt somebody."""

from __future__ import annotations

import re

from skillmeat.text import hidden, one_line, spell

MAX_NAME = 255
"""The most bytes of one name: what file systems bear."""

MAX_PATH = 1000
"""The most characters of a whole path: what a lock may hold (``model.InnerPath``)."""

# What HFS+ leaves out when it compares names, as Git's utf8.c lists it.
_IGNORED_BY_HFS = re.compile("[\u200c-\u200f\u202a-\u202e\u206a-\u206f\ufeff]")


def fault(name: bytes) -> str:
    """Why ``name`` cannot stand in a path, or an empty string when it can.

    Colons, spaces and letters of any script are fine. ``.git`` in each spelling that some file system
    takes for it is not.
    """
    try:
        text = name.decode()
    except UnicodeDecodeError:
        return "its name is not UTF-8"
    if text in ("", ".", "..") or "/" in text or "\\" in text:
        return "its name would lead elsewhere"
    if _is_git_folder(text):
        return "its name is one for Git's own folder"
    if "\n" in text or "\t" in text:
        return "its name holds a control character"
    unseen = hidden(text)
    if unseen:
        return f"its name holds {spell(unseen.group())}, which a reader cannot see"
    if len(name) > MAX_NAME:
        return f"its name is longer than {MAX_NAME} bytes"
    return ""


def spelled(path: bytes) -> str:
    """``path`` for people: on one line, nothing hidden, cut when long.

    Bytes that are not UTF-8 are written as ``\\xff``.
    """
    text = one_line(path.decode("utf-8", "backslashreplace"))
    return text if len(text) <= MAX_NAME else f"{text[: MAX_NAME - 1]}…"


def _is_git_folder(name: str) -> bool:
    seen = _IGNORED_BY_HFS.sub("", name).lower()
    return seen.partition(":")[0].rstrip(". ") in (".git", "git~1")
