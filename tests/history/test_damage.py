"""A repository that Git cannot read, or names otherwise than most: an error with a code, or the history."""

from __future__ import annotations

import logging
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.command import run, succeed
from tests.validate.test_cases import make_store
from tests.validate.test_since import git


def made(folder: Path, *options: str) -> Path:
    """A store with two commits, and an edit that is in neither."""
    make_store(folder, {})
    git(folder, "init", "-q", "-b", "main", *options)
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", "Begin")
    succeed(folder, "tag", "edit", "pdf", "--color", "#112233", "--commit")
    succeed(folder, "tag", "edit", "pdf", "--description", "Files.")
    return folder


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made(tmp_path_factory.mktemp("sound"))


def _write(name: str, data: bytes) -> Callable[[Path], object]:
    return lambda folder: (folder / name).write_bytes(data)


def _folder_as_index(folder: Path) -> None:
    (folder / "index").unlink()
    (folder / "index").mkdir()


def _no_objects(folder: Path) -> None:
    for each in (folder / "objects").glob("??"):
        shutil.rmtree(each)


DAMAGE: dict[str, Callable[[Path], object]] = {
    "index of rubbish": _write("index", b"garbage"),
    "empty index": _write("index", b""),
    "index cut off": lambda folder: (folder / "index").write_bytes((folder / "index").read_bytes()[:300]),
    "folder as index": _folder_as_index,
    "configuration": _write("config", b"[core\n"),
    "shallow": _write("shallow", b"\xffgarbage"),
    "no objects": _no_objects,
}
INDEX = ("index of rubbish", "empty index", "folder as index")
COMMANDS = (
    ("validate",),
    ("validate", "--since", "HEAD"),
    ("resolve",),
    ("diff",),
    ("log",),
    ("log", "pdf"),
    ("tag", "list", "--at", "HEAD"),
    ("tag", "show", "pdf"),
    ("pr", "--dry-run"),
    ("git-setup",),
    ("tag", "edit", "python", "--color", "#445566", "--commit"),
)
CODES = {
    "INDEX_NOT_READABLE",
    "HISTORY_NOT_READABLE",
    "GIT_MISCONFIGURED",
    "COMMIT_FAILED",
    "REVISION_NOT_FOUND",
    "REPOSITORY_NOT_FOUND",
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_what_git_cannot_read_is_an_error_with_a_code(
    damage: str, sound: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Every command goes on without Git, or says in one object what Git says."""
    caplog.set_level(logging.CRITICAL, "skillmeat")  # Git's bytes in a traceback: xdist takes UTF-8 alone
    store = tmp_path / "store"
    shutil.copytree(sound, store)
    DAMAGE[damage](store / ".git")
    said = {}
    for command in COMMANDS:
        ran = run(store, *command, "--json")
        if ran.status and not ran.out:
            said[command] = ran.error["code"]
    assert set(said.values()) <= CODES
    if damage in INDEX:
        assert said[("validate",)] == said[("resolve",)] == "INDEX_NOT_READABLE"
        assert said[("diff",)] == "INDEX_NOT_READABLE"
        assert said[("tag", "list", "--at", "HEAD")] == "HISTORY_NOT_READABLE"
    assert said


def test_a_repository_of_sha_256_has_its_history(tmp_path: Path) -> None:
    store = made(tmp_path / "store", "--object-format=sha256")
    told = run(store, "log", "--json").data
    assert [each["subject"] for each in told] == ["Changed the tag pdf", "Begin"]
    assert {len(each["commit"]) for each in told} == {64}
    assert [each["subject"] for each in run(store, "log", "pdf", "--json").data] == [
        "Not committed yet",
        "Changed the tag pdf",
        "Begin",
    ]
    shown = run(store, "tag", "show", "pdf", "--json").data
    assert shown["created_at"]
    assert shown["updated_at"]
    assert run(store, "tag", "show", "pdf", "--at", "HEAD~1", "--json").data["color"] == "#c0392b"
    assert [each["id"] for each in run(store, "diff", "--json").data["deeds"]] == ["pdf"]
    assert run(store, "validate", "--since", "HEAD~1").status == 0
    assert succeed(store, "tag", "create", "Fresh", "--commit", "--json").json["meta"]["commit"]
    git(store, "checkout", "-q", "--detach")
    git(store, "remote", "add", "origin", "https://git.example/a/b")
    succeed(store, "init", str(tmp_path / "store" / "inner"))


def test_a_repository_of_somebody_else_is_told_so(sound: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Git refuses to read it, which is not that a revision or a history were missing."""
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    for command in (("log",), ("diff",), ("validate", "--since", "HEAD"), ("tag", "list", "--at", "HEAD")):
        ran = run(sound, *command, "--json")
        assert ran.error["code"] in ("HISTORY_NOT_READABLE", "INDEX_NOT_READABLE"), command
        assert "dubious ownership" in ran.error["detail"]


@pytest.mark.parametrize("revision", ["", " ", "^HEAD", "HEAD..HEAD~1", "HEAD~1..HEAD", "--all", "HEAD HEAD"])
def test_a_revision_is_one_commit(revision: str, sound: Path) -> None:
    for command in (("tag", "list", f"--at={revision}"), ("validate", f"--since={revision}")):
        ran = run(sound, *command, "--json")
        assert (ran.status, ran.error["code"]) in ((2, "INVALID_ARGUMENTS"), (3, "REVISION_NOT_FOUND")), (
            command
        )
    if ".." not in revision:
        ran = run(sound, "diff", "--json", "--", revision)
        assert (ran.status, ran.error["code"]) in ((2, "INVALID_ARGUMENTS"), (3, "REVISION_NOT_FOUND"))


def test_the_history_of_nothing_is_refused(sound: Path) -> None:
    assert run(sound, "log", "", "--json").error["code"] == "RECORD_NOT_FOUND"
