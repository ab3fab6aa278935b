"""What can be wrong with a store, said to a person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning"]
"""An error keeps a catalog from being published; a warning is a matter of taste, and can be waived."""


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing wrong in one place.

    ``path`` is relative to the store's root with ``/`` (``manifests/tags/pdf.toml``). ``line`` and
    ``column`` count from 1; 0 means the whole file. ``key`` is the way to the value
    (``associations[0].artifact``), or empty. ``message`` is a sentence that makes sense without
    the path; ``fix`` says what to do, or is empty. ``rule`` is the name of the rule that was broken
    (``checks.rules`` explains it).
    """

    path: str
    line: int
    column: int
    rule: str
    key: str
    message: str
    fix: str = ""
    severity: Severity = "error"

    @property
    def where(self) -> str:
        """``path:line:column``, as far as it is known."""
        return f"{self.path}:{self.line}:{self.column}" if self.line else self.path

    @property
    def sameness(self) -> tuple[str, str, str]:
        """What stays equal when lines above it move: used to tell an added problem from an old one."""
        return (self.path, self.rule, self.message)
