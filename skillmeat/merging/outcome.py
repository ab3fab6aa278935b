"""What a merge gives, and why it stopped where it did."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from skillmeat.merging.data import MISSING, Clash
from skillmeat.text import one_line, shorten


@dataclass(frozen=True, slots=True)
class Outcome:
    """A merged file. ``content`` has conflict markers when it is not ``clean``.

    ``reasons`` are sentences on what clashes, or on why the file was merged by its lines only.
    """

    content: bytes
    clean: bool = True
    reasons: tuple[str, ...] = ()


def explained(clashes: tuple[Clash, ...]) -> Iterator[str]:
    """A sentence for each clash."""
    for clash in clashes:
        key = one_line(shorten(" / ".join(clash.way), 200))
        if clash.is_order:
            yield f"{key}: both sides moved the same items, to different places."
        elif clash.ours is MISSING or clash.theirs is MISSING:
            taker, other = ("ours", "theirs") if clash.ours is MISSING else ("theirs", "ours")
            kept = clash.theirs if clash.ours is MISSING else clash.ours
            did = "still needs it" if kept == clash.base else "changed it"
            yield f"{key}: {taker} took it away, {other} {did}."
        elif clash.base is MISSING:
            yield f"{key}: ours says {_shown(clash.ours)}, theirs {_shown(clash.theirs)}; it is new."
        else:
            said = f"ours says {_shown(clash.ours)}, theirs {_shown(clash.theirs)}"
            yield f"{key}: {said}; it was {_shown(clash.base)}."


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return f"“{one_line(shorten(str(value), 60))}”"
