"""What ``resolve`` writes over, and what it leaves to the one who decided it."""

from __future__ import annotations

from pathlib import Path

import pytest

from skillmeat.history.unmerged import unmerged_paths
from tests.command import run, succeed
from tests.merging.repositories import attempt, diverged, without_program
from tests.merging.test_git import BASE, MERGED, OURS, SKILL, TAG, THEIRS
from tests.sources.repository import git


@pytest.fixture
def work(tmp_path: Path) -> Path:
    return tmp_path / "work"


@pytest.mark.parametrize("side", ["ours", "theirs"])
@pytest.mark.parametrize("clean", [True, False], ids=["clean", "conflict"])
def test_a_side_that_was_taken_is_not_taken_back(work: Path, side: str, clean: bool) -> None:
    """Our side stands where a driver failed, too: then only a merge that loses nothing is written."""
    if clean:
        diverged(work, BASE, OURS, THEIRS)
    else:
        diverged(work, *({SKILL: f'name = "{name}"\n'} for name in "ABC"))
    attempt(work, without_program(), "merge", "side")
    git(work, "checkout", f"--{side}", SKILL)
    taken = (work / SKILL).read_text()
    for arguments in ([], ["--add"]):
        ran = run(work, "resolve", *arguments)
        if clean and side == "ours":
            assert (ran.status, (work / SKILL).read_text()) == (0, MERGED)
        else:
            assert (ran.status, (work / SKILL).read_text()) == (1, taken)
            assert f"It is as {side}" in ran.err
            assert f"“git add {SKILL}”" in ran.err
            assert "markers, then" not in ran.err
            assert unmerged_paths(work) == [SKILL]
    if not clean:
        marked = run(work, "resolve", "--redo", SKILL)
        assert "<<<<<<< ours" in (work / SKILL).read_text()
        assert "1 file to decide: edit between the markers" in marked.err


def test_redo_needs_to_be_told_what(work: Path) -> None:
    diverged(work, BASE, OURS, THEIRS)
    attempt(work, without_program(), "merge", "side")
    (work / SKILL).write_text('name = "Mine"\n')
    assert run(work, "resolve", "--redo").status == 2
    assert (work / SKILL).read_text() == 'name = "Mine"\n'
    succeed(work, "resolve", "--redo", SKILL)
    assert (work / SKILL).read_text() == MERGED


def test_one_of_two_conflicts_decided_is_work(work: Path) -> None:
    """What stands between the other's markers does not have the first one made again."""
    rows = "".join(f'description = "{number}"\n' if number == 4 else f"# {number}\n" for number in range(9))
    diverged(work, *({TAG: f'name = "{name}"\n{rows}color = "#{name * 6}"\n'} for name in "ABC"))
    attempt(work, without_program(), "merge", "side")
    text = (work / TAG).read_text()
    assert text.count("<<<<<<<") == 2
    begun = 'name = "C"\n' + text.partition(">>>>>>>")[2].partition("\n")[2]
    (work / TAG).write_text(begun)
    assert "was edited since the merge" in run(work, "resolve").err
    assert (work / TAG).read_text() == begun


def test_what_is_next_is_said(work: Path) -> None:
    """What was settled is not staged yet; where nothing is marked, nobody is sent to markers."""
    diverged(work, {**BASE, TAG: 'name = "Web"\n'}, {**OURS, TAG: None}, {**THEIRS, TAG: 'name = "World"\n'})
    attempt(work, without_program(), "merge", "side")
    said = run(work, "resolve").err
    assert "edit between the markers" not in said
    assert f"“git rm {TAG}”.\n1 file to decide as said above.\n" in said
    assert "not staged yet: “git add” it, or “skillmeat resolve --add”" in said
    assert "not staged yet" not in run(work, "resolve", "--add").err
    git(work, "rm", "--quiet", TAG)
    assert unmerged_paths(work) == []
