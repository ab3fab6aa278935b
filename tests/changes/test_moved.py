"""A store that was moved to another folder says where its history goes on."""

from __future__ import annotations

from pathlib import Path

import pytest

from skillmeat import history
from skillmeat.history import past
from tests.command import run, succeed
from tests.validate.test_cases import make_store
from tests.validate.test_since import git


def moved(store: Path, before: str, after: str) -> Path:
    """The store moved in a commit of its own, and edited once more."""
    (store / after).mkdir(exist_ok=True)
    git(store, "mv", f"{before}manifests", f"{after}manifests")
    git(store, "commit", "-qm", "Move")
    home = store / after
    succeed(home, "tag", "edit", "pdf", "--description", "Files.", "--commit")
    return home


@pytest.mark.parametrize("reference", [(), ("tag/pdf",)])
def test_the_log_says_where_it_goes_on(store: Path, reference: tuple[str, ...]) -> None:
    home = moved(store, "", "cat alog/")
    move = past.resolve(home, "HEAD~1")[:10]
    told = run(home, "log", *reference, "--json").json
    assert [each["subject"] for each in told["data"]] == ["Changed the tag pdf", "Move"]
    sentence = f"{move} moved the store here; “git log -- :/manifests” tells what happened before."
    assert told["meta"] == {"count": 2, "missing": sentence}
    assert sentence in run(home, "log", *reference).err
    assert run(home, "log", *reference, "--limit", "1", "--json").json["meta"]["missing"] is None
    assert "Before 20" in history.log(home).missing
    assert "the store was at the top of the repository" in history.log(home).missing


def test_out_of_a_folder_to_the_top(tmp_path: Path) -> None:
    make_store(tmp_path / "deep", {})
    git(tmp_path, "init", "-q", "-b", "main")
    git(tmp_path, "add", "-A")
    git(tmp_path, "commit", "-qm", "Begin")
    home = moved(tmp_path, "deep/", "./")
    missing = run(home, "log", "--json").json["meta"]["missing"]
    assert missing.endswith("“git log -- :/deep/manifests” tells what happened before.")
    assert "the store was in “deep”" in history.log(home).missing


def test_a_store_that_was_never_moved_says_nothing(store: Path) -> None:
    succeed(store, "tag", "edit", "pdf", "--description", "Files.", "--commit")
    assert run(store, "log", "--json").json["meta"]["missing"] is None
    assert history.log(store).missing == ""
