"""A sound store to break, and what every answer about a broken one has in common."""

from __future__ import annotations

import re
import time
from pathlib import Path

from tests.command import Ran, run
from tests.validate.test_cases import make_store

BOUND = 2.0
"""Seconds of processor time that a command may take on a small store: other programs do not count."""

CANARY = "canary-7f3a9c"

_SHOWN = re.compile(r"  +\d+ \| .{0,300}|  +\| *\^+")
_PLACED = re.compile(r"^manifests(/[^:\n]*)?(:\d+:\d+)?: .+ \[[a-z0-9-]+\]$")
_RAW = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028\u2029\u202a-\u202e\u2060-\u2069\ufeff]"
    "|[\U000e0000-\U000e007f]"
)


def sound(root: Path) -> Path:
    """The sound store."""
    make_store(root, {})
    return root


def bounded(store: Path, *arguments: str) -> Ran:
    """Run a command; it ends in time, without a traceback, and prints nothing that a terminal obeys."""
    start = time.process_time()
    ran = run(store, *arguments)
    took = time.process_time() - start
    assert took < BOUND, f"{arguments}: {took:.1f} s"
    assert "Traceback" not in ran.out + ran.err
    assert not _RAW.search(ran.out), repr(ran.out)
    assert not _RAW.search(ran.err), repr(ran.err)
    assert CANARY not in ran.out + ran.err
    return ran


def placed(ran: Ran) -> None:
    """Every line that validate printed says where, what and by which rule, or shows the place."""
    assert ran.status == 1
    assert ran.out
    for line in ran.out.splitlines():
        assert _PLACED.match(line) or _SHOWN.fullmatch(line), repr(line)
