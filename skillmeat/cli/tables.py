"""Tables on a terminal: what one copies from them is whole, whatever the terminal's width."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal

WHOLE: Final = frozenset(
    {
        "tag",
        "artifact",
        "collection",
        "group",
        "source",
        "parent",
        "child",
        "rule",
        "path",
        "imported as",
        "ref",
    }
)
"""The columns, by their headings, that hold names for a command; the others give way and are cut."""

NARROWEST: Final = 8
"""How many characters of a longer text are shown at least, so that a column is not just dots."""

_GAP: Final = 2


def draw(
    headings: Sequence[str], rows: Sequence[Sequence[str]], colors: Literal["auto", "standard"] | None
) -> None:
    """Print a table to stdout. Wider than the terminal only when names and ``NARROWEST`` do not fit."""
    from rich.cells import cell_len
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(color_system=colors, highlight=False)
    natural = [max(map(cell_len, column)) for column in zip(headings, *rows, strict=True)]
    wide = widths(headings, natural, console.width)
    table = Table(box=None, pad_edge=False, padding=(0, _GAP, 0, 0), header_style="dim")
    for heading, width in zip(headings, wide, strict=True):
        table.add_column(heading, overflow="ellipsis", no_wrap=True, width=width)
    for row in rows:
        table.add_row(*(Text(cell, style="bold" if not index else "") for index, cell in enumerate(row)))
    console.width = max(console.width, sum(wide) + _GAP * len(wide))
    console.print(table)


def widths(headings: Sequence[str], natural: Sequence[int], room: int) -> list[int]:
    """How wide each column is: names as they are, and the others share what is left of ``room`` alike."""
    whole = [width for heading, width in zip(headings, natural, strict=True) if heading in WHOLE]
    others = sorted(width for heading, width in zip(headings, natural, strict=True) if heading not in WHOLE)
    left = room - _GAP * (len(natural) - 1) - sum(whole)
    share = 0
    for place, width in enumerate(others):
        share = max(left // (len(others) - place), NARROWEST)
        left -= min(width, share)
        if width > share:
            break
    return [
        width if heading in WHOLE else min(width, max(share, NARROWEST))
        for heading, width in zip(headings, natural, strict=True)
    ]
