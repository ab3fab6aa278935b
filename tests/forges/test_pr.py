"""``pr`` opens a pull request through gh; what cannot be done is said before anything is."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tests.command import run, succeed
from tests.validate.test_since import git, write


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A store with an origin, and a gh that tells what it was given."""
    root = tmp_path / "store"
    root.mkdir()
    git(root, "init", "-q", "-b", "main")
    git(root, "config", "user.name", "A")
    git(root, "config", "user.email", "a@example.org")
    succeed(root, "init")
    git(root, "add", "-A")
    git(root, "commit", "-qm", "Begin")
    subprocess.run(["git", "clone", "-q", "--bare", str(root), str(tmp_path / "origin.git")], check=True)
    git(root, "remote", "add", "origin", str(tmp_path / "origin.git"))
    gh = tmp_path / "bin" / "gh"
    gh.parent.mkdir()
    gh.write_text(
        f'#!/bin/sh\nprintf "%s\\n" "$@" > {tmp_path}/asked\ncat > {tmp_path}/body\n'
        'echo "https://github.com/acme/catalog/pull/7"\nexit ${GH_FAILS:-0}\n'
    )
    gh.chmod(0o755)
    monkeypatch.setenv("PATH", f"{gh.parent}{os.pathsep}{os.environ['PATH']}")
    return root


def text(root: Path, *words: str) -> str:
    """What git prints."""
    return subprocess.run(["git", "-C", str(root), *words], capture_output=True, text=True, check=True).stdout


def test_it_is_opened_with_what_the_change_means(store: Path, tmp_path: Path) -> None:
    write(store, "tags/pdf.toml", 'name = "PDF"\n')
    (store / "unrelated.txt").write_text("left alone\n")
    shown = run(store, "pr", "--dry-run", "--json").data
    assert (shown["title"], shown["paths"], shown["url"]) == (
        "Add the tag pdf",
        ["manifests/tags/pdf.toml"],
        None,
    )
    assert text(store, "branch", "--show-current").strip() == "main"
    done = succeed(store, "pr", "--draft", "--base", "main")
    assert done.out == "Opened https://github.com/acme/catalog/pull/7\n"
    branch = shown["branch"]
    asked = (tmp_path / "asked").read_text().splitlines()
    assert asked == [
        "pr",
        "create",
        "--title=Add the tag pdf",
        "--body-file=-",
        f"--head={branch}",
        "--base=main",
        "--draft",
    ]
    assert (tmp_path / "body").read_text() == shown["body"]
    assert text(tmp_path / "origin.git", "show", "--name-only", "--format=%s", branch).split("\n\n") == [
        "Add the tag pdf",
        "manifests/tags/pdf.toml\n",
    ]
    assert "?? unrelated.txt" in text(store, "status", "--porcelain")


def test_what_stands_in_the_way_is_said_first(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run(store, "pr", "--json").error["code"] == "NOTHING_TO_PROPOSE"
    write(store, "artifacts/skill/a.toml", 'name = "A"\ntags = ["none"]\n')
    assert run(store, "pr", "--json").error["code"] == "CATALOG_WOULD_BREAK"
    write(store, "artifacts/skill/a.toml", 'name = "A"\n')
    git(store, "branch", "taken")
    assert run(store, "pr", "--json", "--branch", "taken").error["code"] == "BRANCH_NOT_MADE"
    monkeypatch.setenv("PATH", os.environ["PATH"].partition(os.pathsep)[2])
    assert run(store, "pr", "--json").error["code"] == "GH_NOT_FOUND"
    assert text(store, "branch", "--show-current").strip() == "main"
    assert text(store, "log", "--format=%s").split() == ["Begin"]


def test_what_gh_or_git_says_is_passed_on(
    store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(store, "tags/pdf.toml", 'name = "PDF"\n')
    git(store, "remote", "set-url", "origin", str(tmp_path / "gone.git"))
    assert run(store, "pr", "--json", "--branch", "one").error["code"] == "NOT_PUSHED"
    git(store, "remote", "set-url", "origin", str(tmp_path / "origin.git"))
    write(store, "tags/web.toml", 'name = "Web"\n')
    monkeypatch.setenv("GH_FAILS", "1")
    assert run(store, "pr", "--json", "--branch", "two").error["code"] == "PULL_REQUEST_NOT_OPENED"
