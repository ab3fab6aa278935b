"""What front matter holds, and how much of it is read."""

from __future__ import annotations

MAX_BYTES = 16 * 1024
MAX_DEPTH = 8

Value = str | list["Value"] | dict[str, "Value"]
