"""Skills as archives: what a client can install, and the same bytes for it on every machine.

The files are stored, not compressed: what zlib makes of the same bytes differs between its builds, and with
it the digest by which a client knows the archive. The limits are those of ``npx skills`` (FORMATS.md 3.3).
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping
from typing import Final

from skillmeat import frontmatter
from skillmeat.frontmatter import State
from skillmeat.tree import PROGRAM, Content

MOST_FILES: Final = 1000
MOST_BYTES: Final = 50 << 20
MAIN: Final = "SKILL.md"

_FIRST_DAY: Final = (1980, 1, 1, 0, 0, 0)
_UNIX: Final = 3
_UNSAFE: Final = re.compile(r"(^|/)\.{0,2}(/|$)|[\\\x00-\x1f\x7f]|^[A-Za-z]:")
_HEAD: Final = re.compile(r"---\r?\n(.*?)\r?\n---", re.DOTALL)
_NOT_TEXT: Final = re.compile(
    r"^(?:name|description):[ \t]*(?:|~|null|true|false|[-+]?\.inf|\.nan|0x[0-9a-f]+|0o[0-7]+"
    r"|[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:e[-+]?[0-9]+)?)[ \t]*(?:#.*)?$(?!\n[ \t])",
    re.IGNORECASE | re.MULTILINE,
)


def against_files(content: Content) -> str:
    """Why clients cannot install these files, as a sentence; empty when they can."""
    if not any(each.path == MAIN and each.is_file for each in content.files):
        return "It has no SKILL.md."
    if not all(each.is_file for each in content.files):
        return "It holds a symbolic link or a submodule, which clients do not install."
    if any(each.size is None for each in content.files):
        return "One of its files is too large to be fetched."
    if len(content.files) > MOST_FILES:
        return f"It has more than {MOST_FILES:,} files, the most that clients install."
    if sum(each.size or 0 for each in content.files) > MOST_BYTES:
        return f"It has more than {MOST_BYTES >> 20} MiB, the most that clients install."
    if any(_UNSAFE.search(each.path) or not _encodes(each.path) for each in content.files):
        return "One of its files has a name that clients do not take."
    return ""


def against_head(main: bytes) -> str:
    """Why clients would pass over a ``SKILL.md``, as a sentence; empty when they take it.

    They want front matter between two lines of three hyphens, with a name and a description that YAML
    takes for text, and they write the file anew from its characters.
    """
    try:
        text = main.decode("utf-8-sig")
    except UnicodeDecodeError:
        return "Its SKILL.md is not UTF-8, so clients would change it."
    head, found = _HEAD.match(text), frontmatter.parse(main)
    if head is None or found.state is not State.OK:
        return "Its SKILL.md has no front matter that clients can read."
    if not found.text("name") or not found.text("description") or _NOT_TEXT.search(head[1]):
        return "Its SKILL.md has no name or no description, which clients insist on."
    return ""


def archive(content: Content, files: Mapping[str, bytes]) -> bytes:
    """The files of a skill as a zip, ``SKILL.md`` at its root: the same files are the same bytes."""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_STORED) as target:
        for entry in sorted(content.files, key=lambda each: each.path.encode()):
            info = zipfile.ZipInfo(entry.path, _FIRST_DAY)
            info.create_system = _UNIX
            info.external_attr = (0o100755 if entry.mode == PROGRAM else 0o100644) << 16
            target.writestr(info, files[entry.path])
    return whole.getvalue()


def _encodes(path: str) -> bool:
    try:
        path.encode()
    except UnicodeEncodeError:
        return False
    return True
