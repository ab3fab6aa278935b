"""What a change of a file looks like."""

from __future__ import annotations

import difflib
import re

_MOST = 4_000_000
"""How many pairs of lines are compared at most: beyond that a file is shown as replaced."""


def unified(path: str, before: bytes | None, after: bytes | None) -> str:
    """The unified diff of a file as Git prints it; None is a file that is not there."""
    old, new = (
        re.findall(r"[^\n]*\n|[^\n]+", (text or b"").decode("utf-8", "replace")) for text in (before, after)
    )
    names = ("/dev/null" if before is None else f"a/{path}", "/dev/null" if after is None else f"b/{path}")
    if len(old) * len(new) <= _MOST or old == new:
        lines = list(difflib.unified_diff(old, new, *names))
    else:
        lines = [f"--- {names[0]}\n", f"+++ {names[1]}\n", f"@@ -1,{len(old)} +1,{len(new)} @@\n"]
        lines += [f"-{line}" for line in old] + [f"+{line}" for line in new]
    return "".join(
        line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines
    )
