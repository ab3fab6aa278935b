"""Edits in every state that a Git repository can be in, and the commits that ``--commit`` makes."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.command import run, snapshot, succeed
from tests.sources.repository import commit, git

MANIFEST = "manifests/tags/web.toml"


def plain(folder: Path) -> Path:
    """A repository that holds a store: three commits on two branches, and a file beside it."""
    commit(
        folder,
        {
            "manifests/skillmeat.toml": "format = 2\n",
            "manifests/tags/web.toml": 'name = "Web"\ncreated_at = 2026-01-01T00:00:00Z\n',
            "manifests/tags/pdf.toml": 'name = "PDF"\ncreated_at = 2026-01-01T00:00:00Z\n',
            "other.txt": "one\n",
        },
    )
    commit(folder, {"other.txt": "two\n"})
    git(folder, "switch", "--quiet", "--create", "side", "HEAD~1")
    commit(folder, {"other.txt": "three\n"})
    git(folder, "switch", "--quiet", "main")
    return folder


def dirty(folder: Path) -> Path:
    (plain(folder) / "other.txt").write_text("changed\n")
    (folder / "new.txt").write_text("new\n")
    return folder


def staged(folder: Path) -> Path:
    git(dirty(folder), "add", "--all")
    (folder / "other.txt").write_text("changed again\n")
    return folder


def detached(folder: Path) -> Path:
    git(plain(folder), "checkout", "--quiet", "--detach", "HEAD~1")
    return folder


def mid_rebase(folder: Path) -> Path:
    plain(folder)
    with pytest.raises(Exception, match="rebase"):
        git(folder, "rebase", "--quiet", "side")
    return folder


def mid_merge(folder: Path) -> Path:
    plain(folder)
    with pytest.raises(Exception, match="merge"):
        git(folder, "merge", "--quiet", "side")
    return folder


def worktree(folder: Path) -> Path:
    tree = folder.with_name("worktree")
    git(plain(folder), "worktree", "add", "--quiet", str(tree), "side")
    return tree


def submodule(folder: Path) -> Path:
    inner, outer = plain(folder.with_name("inner")), folder
    commit(outer, {"README.md": "Outer.\n"})
    git(outer, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(inner), "store")
    return outer / "store"


def shallow(folder: Path) -> Path:
    origin = plain(folder.with_name("origin"))
    git(folder.parent, "clone", "--quiet", "--depth=1", f"file://{origin}", str(folder))
    return folder


def index_lock(folder: Path) -> Path:
    (plain(folder) / ".git/index.lock").touch()
    return folder


def sparse(folder: Path) -> Path:
    git(plain(folder), "sparse-checkout", "set", "--no-cone", "/manifests/tags/", "/manifests/skillmeat.toml")
    return folder


def autocrlf(folder: Path) -> Path:
    plain(folder)
    git(folder, "config", "core.autocrlf", "true")
    (folder / MANIFEST).write_bytes((folder / MANIFEST).read_bytes().replace(b"\n", b"\r\n"))
    return folder


def subfolder(folder: Path) -> Path:
    commit(
        folder, {"catalog/manifests/skillmeat.toml": "format = 2\n", f"catalog/{MANIFEST}": 'name = "Web"\n'}
    )
    return folder / "catalog"


def without_commits(folder: Path) -> Path:
    folder.mkdir()
    git(folder, "init", "--quiet")
    return without_repository(folder)


def without_repository(folder: Path) -> Path:
    for path, text in (("manifests/skillmeat.toml", "format = 2\n"), (MANIFEST, 'name = "Web"\n')):
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    return folder


STATES: tuple[Callable[[Path], Path], ...] = (
    *(plain, dirty, staged, detached, mid_rebase, mid_merge, worktree, submodule, shallow, index_lock),
    *(sparse, autocrlf, subfolder, without_commits, without_repository),
)


def bookkeeping(top: Path) -> dict[str, bytes]:
    """Every file by which Git knows what is committed, staged and checked out, of all repositories below."""
    found = {}
    for folder, _, names in os.walk(top):
        for name in names:
            path = Path(folder, name)
            inside = path.relative_to(top).as_posix()
            if ".git" in path.relative_to(top).parts and "/objects/" not in inside:
                found[inside] = path.read_bytes()
    return found


def working_files(top: Path) -> dict[str, bytes]:
    """Every file that is not Git's own or the store's state."""
    return {
        path.relative_to(top).as_posix(): path.read_bytes()
        for path in top.rglob("*")
        if path.is_file() and not {".git", ".skillmeat"} & set(path.relative_to(top).parts)
    }


@pytest.mark.parametrize("state", STATES, ids=lambda state: state.__name__)
def test_an_edit_changes_the_intended_files_only(state: Callable[[Path], Path], tmp_path: Path) -> None:
    """HEAD, the index, the refs and every other file are byte-identical (R10)."""
    store = state(tmp_path / "repository")
    git_before, files_before = bookkeeping(tmp_path), working_files(tmp_path)
    succeed(store, "tag", "create", "Fresh")
    succeed(store, "tag", "edit", "web", "--color", "#123456")
    succeed(store, "tag", "list")
    succeed(store, "validate")
    files_after = working_files(tmp_path)
    touched = {path for path in files_after if files_after[path] != files_before.get(path)}
    inside = store.relative_to(tmp_path).as_posix()
    assert bookkeeping(tmp_path) == git_before
    assert touched == {f"{inside}/manifests/tags/fresh.toml", f"{inside}/{MANIFEST}"}
    assert files_before.keys() <= files_after.keys()


COMMITTING = [state for state in STATES if state not in (mid_merge, index_lock, without_repository)]


@pytest.mark.parametrize("state", COMMITTING, ids=lambda state: state.__name__)
def test_a_commit_holds_the_files_of_the_edit_only(state: Callable[[Path], Path], tmp_path: Path) -> None:
    """New, changed and deleted files, whatever else is staged or dirty; what is staged stays staged."""
    store = state(tmp_path / "repository")
    others = git(store, "status", "--porcelain", "-uall", "--", ":/", ":!manifests/tags").splitlines()
    for arguments, message, files in (
        (["tag", "create", "Fresh"], "Created the tag fresh", ["A\tmanifests/tags/fresh.toml"]),
        (["tag", "edit", "web", "--color", "#123456"], "Changed the tag web", None),
        (
            ["tag", "edit", "fresh", "--name", "Fresher"],
            "Renamed the tag fresh to fresher",
            ["D\tmanifests/tags/fresh.toml", "A\tmanifests/tags/fresher.toml"],
        ),
        (["tag", "delete", "fresher"], "Deleted the tag fresher", ["D\tmanifests/tags/fresher.toml"]),
    ):
        done = succeed(store, *arguments, "--commit", "--json")
        assert done.json["meta"]["commit"] == git(store, "rev-parse", "HEAD")
        assert git(store, "log", "-1", "--format=%B") == message
        shown = git(store, "show", "--relative", "--no-renames", "--format=", "--name-status").splitlines()
        assert sorted(shown, key=lambda line: line[1:]) == (files or [f"{shown[0][0]}\t{MANIFEST}"])
        assert git(store, "status", "--porcelain", "--", *done.json["meta"]["paths"]) == ""
    assert git(store, "status", "--porcelain", "-uall", "--", ":/", ":!manifests/tags").splitlines() == others


def test_commit_is_said_in_one_line(tmp_path: Path) -> None:
    store = plain(tmp_path / "repository")
    done = succeed(store, "tag", "create", "Fresh", "--commit")
    assert done.out == f"Created the tag fresh in {git(store, 'rev-parse', 'HEAD')[:10]}\n"
    assert succeed(store, "tag", "edit", "fresh", "--name", "Fresh", "--commit").out == "Nothing to change\n"


def test_what_is_as_committed_makes_no_commit(tmp_path: Path) -> None:
    """A change that takes back another, and a file that came and went, leave nothing to commit."""
    store = plain(tmp_path / "repository")
    head = git(store, "rev-parse", "HEAD")
    succeed(store, "tag", "edit", "web", "--color", "#123456")
    assert succeed(store, "tag", "edit", "web", "--unset", "color", "--commit").out == "Changed the tag web\n"
    succeed(store, "tag", "create", "Fresh")
    assert succeed(store, "tag", "delete", "fresh", "--commit", "--json").json["meta"]["commit"] is None
    assert git(store, "rev-parse", "HEAD") == head
    assert git(store, "status", "--porcelain") == ""


@pytest.mark.parametrize(
    "arguments", [["create", "Fresh"], ["edit", "web", "--name", "Net"], ["delete", "web"]]
)
def test_a_hook_that_fails_leaves_the_edit_and_the_index(arguments: list[str], tmp_path: Path) -> None:
    """The edit stays on disk; the index is byte for byte what it was, with what was staged."""
    store = staged(tmp_path / "repository")
    hook = store / ".git/hooks/pre-commit"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\nprintf 'not \\033[31mtoday\\n' >&2\nexit 1\n")
    hook.chmod(0o755)
    before, files = bookkeeping(store), snapshot(store)
    failed = run(store, "tag", *arguments, "--commit")
    assert failed.status == 1
    assert failed.err.startswith(
        "error: The edit is written, but Git did not commit it: not \\u{001b}[31mtoday\n"
        "  Commit these files yourself: manifests/tags/"
    )
    assert snapshot(store) != files
    assert bookkeeping(store) == before


@pytest.mark.parametrize(
    ("state", "detail"),
    [
        (without_repository, "This is not in a Git repository, so nothing can be committed."),
        (mid_merge, "Git is in the middle of a merge, so nothing else can be committed."),
    ],
    ids=["without_repository", "mid_merge"],
)
def test_what_cannot_be_committed_is_not_edited(
    state: Callable[[Path], Path], detail: str, tmp_path: Path
) -> None:
    (tmp_path / "repository").mkdir(exist_ok=state is not without_repository)
    store = state(tmp_path / "repository")
    before = snapshot(store)
    refused = run(store, "tag", "create", "Fresh", "--commit", "--json")
    assert (refused.status, refused.error["code"]) == (1, "COMMIT_FAILED")
    assert refused.error["detail"].startswith(f"{detail} Nothing was changed.")
    assert snapshot(store) == before


def test_an_index_that_another_process_holds_is_left_to_it(tmp_path: Path) -> None:
    store = index_lock(tmp_path / "repository")
    before = bookkeeping(store)
    failed = run(store, "tag", "create", "Fresh", "--commit", "--json")
    assert failed.status == 1
    assert failed.error == {
        "error": "refused",
        "detail": "The edit is written, but Git did not commit it: another Git process holds index.lock. "
        "Commit these files yourself: manifests/tags/fresh.toml",
        "code": "COMMIT_FAILED",
    }
    assert bookkeeping(store) == before


def test_dry_run_neither_writes_nor_commits(tmp_path: Path) -> None:
    store = plain(tmp_path / "repository")
    before, files = bookkeeping(store), snapshot(store)
    dry = succeed(store, "tag", "create", "Fresh", "--dry-run", "--commit")
    assert dry.out.startswith("--- /dev/null\n+++ b/manifests/tags/fresh.toml\n@@ -0,0 +1,2 @@\n")
    assert (bookkeeping(store), snapshot(store)) == (before, files)
    assert not (store / "manifests/.skillmeat").exists()
