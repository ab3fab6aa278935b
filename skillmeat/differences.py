"""What a change of a file looks like."""

from __future__ import annotations

import difflib
import re


def unified(path: str, before: bytes | None, after: bytes | None) -> str:
    """The unified diff of a file as Git prints it; None is a file that is not there."""
    old, new = (
        re.findall(r"[^\n]*\n|[^\n]+", (text or b"").decode("utf-8", "replace")) for text in (before, after)
    )
    lines = difflib.unified_diff(
        old,
        new,
        "/dev/null" if before is None else f"a/{path}",
        "/dev/null" if after is None else f"b/{path}",
    )
    return "".join(
        line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines
    )
