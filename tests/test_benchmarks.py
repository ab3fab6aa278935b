"""The benchmarks run; what they measure is looked at by people."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.__main__ import BENCHMARKS, main
from benchmarks.content import entries


@pytest.mark.parametrize("name", sorted(BENCHMARKS.keys() - {"merge", "browser"}))
def test_a_small_run_prints_its_table(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Every program that takes part succeeds, and has a line with its ratios."""
    assert main([name, "--n", "50", "--runs", "1", "--work", str(tmp_path)]) == 0
    printed = capsys.readouterr().out
    assert f"\n{name}" in printed
    assert "skillmeat" in printed
    assert "1 runs in turns" in printed


def test_our_merge_is_never_clean_and_wrong(capsys: pytest.CaptureFixture[str]) -> None:
    """Of 1,000 pairs of edits less than half as many conflict as under plain Git (R12)."""
    assert main(["merge"]) == 0
    total = next(line.split() for line in capsys.readouterr().out.splitlines() if line.startswith("  all "))
    count, by_git, by_us, _, wrong = map(int, total[1:])
    assert (count, wrong) == (1000, 0)
    assert by_us * 2 <= by_git


def test_the_same_number_makes_the_same_entries() -> None:
    """A ratio of today and one of next year are about the same content."""
    assert list(entries(30)) == list(entries(30))
    assert len({entry.id for entry in entries(30)}) == 30
