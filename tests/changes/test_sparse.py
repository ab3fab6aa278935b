"""What a sparse checkout leaves out of the folder is never told as deleted."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.command import run, succeed
from tests.validate.test_since import git


@pytest.fixture
def hidden(store: Path) -> Path:
    git(store, "sparse-checkout", "set", "--no-cone", "/manifests/tags/", "/manifests/skillmeat.toml")
    assert not (store / "manifests/artifacts").exists()
    return store


@pytest.mark.parametrize("command", [("diff",), ("diff", "HEAD"), ("pr", "--dry-run")])
def test_a_comparison_with_the_folder_is_refused(hidden: Path, command: tuple[str, ...]) -> None:
    succeed(hidden, "tag", "create", "Fresh")
    refused = run(hidden, *command, "--json")
    assert (refused.status, refused.error["code"]) == (1, "STORE_NOT_READABLE")
    assert "leaves 5 manifests out of this folder, such as manifests/artifacts/" in refused.error["detail"]
    assert "git sparse-checkout add manifests" in refused.error["detail"]


def test_validate_says_why_so_much_is_missing(hidden: Path) -> None:
    git(hidden, "sparse-checkout", "add", "/manifests/collections/")
    judged = run(hidden, "validate")
    assert "There is no artifact" in judged.out
    assert "A sparse checkout leaves 4 manifests out of this folder" in judged.err
    assert run(hidden, "validate", "--at", "HEAD").err.startswith("Nothing is wrong")


def test_the_past_is_whole(hidden: Path) -> None:
    succeed(hidden, "tag", "edit", "pdf", "--description", "Files.", "--commit")
    told = succeed(hidden, "diff", "HEAD~1..HEAD", "--json").data["deeds"]
    assert [(each["action"], each["id"]) for each in told] == [("changed", "pdf")]
    assert len(succeed(hidden, "artifact", "list", "--at", "HEAD", "--json").data) == 3
    rows = succeed(hidden, "log", "skill/ocr", "--json").data
    assert [row["subject"] for row in rows] == ["Begin"]


def test_a_folder_that_has_all_manifests_is_compared(hidden: Path) -> None:
    git(hidden, "sparse-checkout", "add", "/manifests/")
    succeed(hidden, "tag", "create", "Fresh")
    told = succeed(hidden, "diff", "--json").data["deeds"]
    assert [(each["action"], each["id"]) for each in told] == [("added", "fresh")]
