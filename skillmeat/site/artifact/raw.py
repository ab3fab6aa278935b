"""A file as it was written, on a page: every letter of it, also those that are meant not to be seen."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape
from typing import Final

from skillmeat.site.artifact.cautions import smuggled
from skillmeat.text import block, spell, unseen

MAX_BYTES: Final = 50 * 1024
"""How much of a file is shown."""

MAX_FILE: Final = 256 * 1024
"""How large a file may be to be served beside its page."""

MOST_MARKS: Final = 2_000
"""How many invisible characters are spelled out, one by one."""

_COMMENT = re.compile(r"&lt;!--.*?(?:--&gt;|\Z)", re.DOTALL)


def as_written(data: bytes) -> str:
    """The beginning of a file as safe HTML: comments marked, invisible characters spelled out and marked.

    A blank at the end of a line, which means something in Markdown, is an entity: no tool takes it away.
    """
    text = data[:MAX_BYTES].decode("utf-8", "replace").replace("\r\n", "\n")
    shown = "".join(_spelled(text)).replace(" \n", "&#32;\n").replace("\t\n", "&#9;\n")
    return _COMMENT.sub(lambda found: f'<mark class="aside">{found.group()}</mark>', shown)


def _spelled(text: str) -> Iterator[str]:
    end = left = 0
    for run in unseen(text):
        if left >= MOST_MARKS:
            yield escape(block(text[end:]), quote=False)
            return
        left += len(run.group())
        yield escape(text[end : run.start()], quote=False)
        end = run.end()
        said = smuggled(run.group())
        if said:
            yield f'<mark class="unseen">{escape(said, quote=False)} in tag characters</mark>'
        else:
            yield "".join(f'<mark class="unseen">{spell(each)}</mark>' for each in run.group())
    yield escape(text[end:], quote=False)
