"""What a rule yields."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that a rule does not allow, and where: ``Problem`` without the line.

    ``path`` and ``key`` are those of a ``Problem``; ``rule`` is only given where it is not the
    name of the generator that yields the finding.
    """

    path: str
    key: str
    message: str
    fix: str = ""
    rule: str = ""
