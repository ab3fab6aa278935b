"""Merges to read: a new case needs no code.

A case is a file of parts: ``path``, ``base``, ``ours`` and ``theirs``; ``merged`` and ``says`` are written by
``pytest --bless``. ``<CR>`` and ``<BOM>`` stand for what cannot be seen.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from skillmeat.merging import merge
from tests.cli.transcript import parts

CASES = sorted((Path(__file__).parent / "cases").glob("*.txt"))
SIGNS = {"<CR>": "\r", "<BOM>": "\ufeff"}


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_a_merge_is_this_one(path: Path, bless: bool) -> None:
    """Byte for byte, with what is said of it; the sides exchanged it is clean or not just the same."""
    text = path.read_text()
    case = parts(text)
    versions = [case[name] if case[name].strip() else "" for name in ("base", "ours", "theirs")]
    for sign, meant in SIGNS.items():
        versions = [version.replace(sign, meant) for version in versions]
    base, ours, theirs = (version.encode() for version in versions)
    where = case["path"].strip()
    outcome = merge(where, base, ours, theirs)
    merged = outcome.content.decode()
    for sign, meant in SIGNS.items():
        merged = merged.replace(meant, sign)
    said = "".join(f"{reason}\n" for reason in outcome.reasons) or "Nothing.\n"
    if bless:
        path.write_text(f"{text.partition('== merged')[0].rstrip()}\n\n== merged\n{merged}\n== says\n{said}")
    assert (case.get("merged"), case.get("says")) == (merged.strip("\n") + "\n", said)
    turned = merge(where, base, theirs, ours)
    assert turned.clean == outcome.clean
