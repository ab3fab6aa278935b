"""What generators yield."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Output:
    """A file of the site. ``path`` is relative to its root and written with ``/``."""

    path: str
    data: bytes


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Something that a reader might look for and that could not be made, with the reason as a sentence."""

    path: str
    reason: str


Made = Iterator[Output | LeftOut]


def as_json(value: Any) -> bytes:
    """One JSON document in UTF-8, ending with a line feed."""
    return (json.dumps(value, ensure_ascii=False, separators=(",", ":")) + "\n").encode()
