"""Whatever a commit, a name or a machine is like, the history is told or said to be missing."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from skillmeat import history
from skillmeat.errors import Refused
from skillmeat.history import branches, past, versions
from skillmeat.history.commits import LATEST
from skillmeat.history.repository import entries
from tests.sources.repository import commit, git

FORGED = "0" * 40
ODD = f"manifests/tags/.n\x01{FORGED} 5\nx"
TAG = "manifests/tags/one.toml"
ZERO_DATE = datetime(2001, 9, 9, 1, 46, 40, tzinfo=UTC)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Names, subjects and authors with control characters, an empty subject, and a merge with changes."""
    monkeypatch.setenv("GIT_COMMITTER_DATE", "@1000000000 +0000")
    monkeypatch.setenv("GIT_AUTHOR_NAME", f"ev\x01{FORGED}il")
    folder = tmp_path / "store"
    commit(folder, {TAG: "a\nb\nc\n", ODD: "x"}, f"sub\x01{FORGED} 7\x01ject")
    git(folder, "switch", "--quiet", "--create", "side")
    commit(folder, {TAG: "side\nb\nc\n"}, "Side")
    git(folder, "switch", "--quiet", "main")
    commit(folder, {TAG: "main\nb\nc\n", "other.txt": "x"}, "Main")
    subprocess.run(["git", "-C", folder, "merge", "--quiet", "side"], check=False, capture_output=True)
    commit(folder, {TAG: "both\nb\nc\n"}, "Merge")
    git(folder, "mv", TAG, "manifests/tags/two.toml")
    git(folder, "commit", "--quiet", "--allow-empty-message", "--message", "")
    return folder


def test_control_characters_are_part_of_names_subjects_and_authors(folder: Path) -> None:
    two = "manifests/tags/two.toml"
    dates = history.dates(folder)
    assert set(dates.of) == {TAG, two, ODD}
    assert {each.created_at for each in dates.of.values()} == {ZERO_DATE}

    log = history.log(folder)
    told = {each.subject: sorted((str(file.deed), file.path) for file in each.files) for each in log.commits}
    assert told == {
        "": [("renamed", two)],
        "Merge": [("changed", TAG)],
        "Main": [("changed", TAG)],
        "Side": [("changed", TAG)],
        f"sub\\u{{0001}}{FORGED} 7\\u{{0001}}ject": [("added", ODD), ("added", TAG)],
    }

    found = versions.commits(folder, ["manifests"])
    assert [set(each.paths) for each in found if each.subject in ("", "Merge")] == [{TAG, two}, {TAG}]
    assert found[-1].subject == f"sub\x01{FORGED} 7\x01ject"
    assert set(found[-1].paths) == {TAG, ODD}
    assert found[-1].author == f"ev\x01{FORGED}il"
    assert {each.when for each in found} == {ZERO_DATE}
    asked = [(found[-1].id, ODD), (found[-1].id, TAG)]
    assert versions.contents(folder, asked) == [None, b"a\nb\nc\n"]
    assert past.holds(folder, found[-1].id, [ODD, TAG, "none"]) == {TAG}


def test_what_is_cut_off_is_left_out() -> None:
    assert list(entries("\0\0a\0b\0\nname\0\0\0c", 2)) == [(["a", "b"], ["name"])]
    assert list(entries("", 2)) == []


def test_a_date_after_every_calendar_is_not_known(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_COMMITTER_DATE", "@999999999999999 +0000")
    commit(tmp_path, {TAG: "x\n"}, "Late")
    assert history.dates(tmp_path).updated(TAG) is None
    assert [each.when for each in history.log(tmp_path).commits] == [LATEST]
    assert [each.when for each in versions.commits(tmp_path, [TAG])] == [None]


def test_without_git_dates_are_missing_and_the_rest_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit(tmp_path, {TAG: "x\n"}, "Add")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "“git” is not there" in history.dates(tmp_path).missing
    assert "“git” is not there" in history.log(tmp_path).missing
    assert branches.origin(tmp_path) == ("", "")
    for call in (
        lambda: past.resolve(tmp_path, "HEAD"),
        lambda: past.top(tmp_path),
        lambda: versions.commits(tmp_path, [TAG]),
    ):
        with pytest.raises(Refused) as refused:
            call()
        assert refused.value.code == "GIT_NOT_FOUND"


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["tag", "list"], 0),
        (["build", "--out", "site"], 0),
        (["log"], 1),
        (["diff", "HEAD"], 1),
        (["validate", "--since", "HEAD"], 1),
        (["codeowners"], 1),
        (["init", "new"], 0),
    ],
)
def test_no_command_fails_with_a_traceback_without_git(tmp_path: Path, words: list[str], code: int) -> None:
    commit(tmp_path, {"manifests/skillmeat.toml": "format = 2\n", TAG: 'name = "One"\n'}, "Add")
    done = subprocess.run(
        [sys.executable, "-m", "skillmeat", *words],
        cwd=tmp_path,
        env={**os.environ, "PATH": str(tmp_path)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    assert ("“git” is not there" in done.stderr) == (words[0] not in ("init", "tag"))
