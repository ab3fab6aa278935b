"""A file of a size that nobody writes does not keep a merge from ending, and loses nothing."""

from __future__ import annotations

import pytest

from skillmeat.merging import LONGEST_LINE, MOST_LINES, merge


def _tags(mark: str) -> bytes:
    names = ", ".join(f'"{mark}{number}"' for number in range(LONGEST_LINE // 6))
    return f'name = "A"\ntags = [{names}]\n'.encode()


def _blank(mark: str) -> bytes:
    return (f'name = "{mark}"\n' + "\n" * MOST_LINES).encode()


@pytest.mark.parametrize("made", [_tags, _blank])
def test_it_is_merged_by_its_lines(made: object) -> None:
    base, ours, theirs = (made(mark) for mark in ("base", "ours", "theirs"))  # type: ignore[operator]
    outcome = merge("manifests/artifacts/skill/a.toml", base, ours, theirs)
    assert not outcome.clean
    assert any("this long" in reason for reason in outcome.reasons)
    assert b"ours" in outcome.content
    assert b"theirs" in outcome.content
    assert b"<<<<<<<" in outcome.content
