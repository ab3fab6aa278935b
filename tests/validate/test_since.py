"""``--since``: what a change adds is told, and what was wrong before is not."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from skillmeat.history import past, quick
from tests.command import run
from tests.validate.test_cases import make_store

BROKEN = (
    'name = "Old"\ndescription = "Broken before."\nsource = "acme"\npath = "old"\n'
    'license = "MIT"\ntags = ["gone"]\n'
)


def git(root: Path, *words: str) -> None:
    """Run git in a store, as somebody."""
    who = ["-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", "-C", str(root), *who, *words], check=True, capture_output=True)


def write(root: Path, path: str, text: str) -> None:
    """A file of the store."""
    file = root / "manifests" / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """A store with one error, committed on main; the branch is called change."""
    make_store(tmp_path, {"manifests/artifacts/skill/old.toml": BROKEN})
    git(tmp_path, "init", "-q", "-b", "main")
    git(tmp_path, "add", "-A")
    git(tmp_path, "commit", "-qm", "First")
    git(tmp_path, "checkout", "-qb", "change")
    return tmp_path


def found(root: Path, since: str = "main") -> list[str]:
    """The rules that are broken since, with their files."""
    rows = run(root, "validate", "--json", "--since", since).data
    return [f"{row['path'].removeprefix('manifests/')} {row['rule']}" for row in rows]


def test_nothing_is_added_by_nothing(store: Path) -> None:
    assert found(store) == []
    assert run(store, "validate", "--since", "main").status == 0
    assert run(store, "validate").status == 1


def test_what_is_added_is_told_committed_or_not(store: Path) -> None:
    write(store, "artifacts/skill/new.toml", BROKEN.replace("gone", "nowhere"))
    assert found(store) == ["artifacts/skill/new.toml unknown-tag"]
    git(store, "add", "-A")
    git(store, "commit", "-qm", "Second")
    assert found(store) == ["artifacts/skill/new.toml unknown-tag"]
    assert run(store, "validate", "--since", "main").status == 1
    assert found(store, "HEAD") == []


def test_an_old_error_that_moves_to_another_line_is_not_new(store: Path) -> None:
    write(store, "artifacts/skill/old.toml", f"# a comment\n{BROKEN}")
    assert found(store) == []


def test_the_same_error_once_more_is_new(store: Path) -> None:
    write(store, "artifacts/skill/old.toml", BROKEN.replace('["gone"]', '["gone", "lost"]'))
    assert found(store) == ["artifacts/skill/old.toml unknown-tag"]


def test_what_a_deletion_breaks_elsewhere_is_told(store: Path) -> None:
    (store / "manifests/tags/pdf.toml").unlink()
    assert found(store) == ["artifacts/skill/pdf-tools.toml unknown-tag"]


def test_content_that_the_change_takes_away_is_told(store: Path) -> None:
    skill = 'name = "Own"\ndescription = "Is here."\nlicense = "MIT"\npath = "skills/own"\n'
    write(store, "artifacts/skill/own.toml", skill)
    write(store, "artifacts/skill/never.toml", skill.replace("skills/own", "skills/never"))
    (store / "skills/own").mkdir(parents=True)
    (store / "skills/own/SKILL.md").write_text("---\nname: own\n---\n")
    git(store, "add", "-A")
    git(store, "commit", "-qm", "Own")
    assert found(store, "HEAD") == []
    (store / "skills/own/SKILL.md").unlink()
    (store / "skills/own").rmdir()
    assert found(store, "HEAD") == ["artifacts/skill/own.toml missing-content"]


def test_what_main_did_meanwhile_is_not_this_changes_fault(store: Path) -> None:
    git(store, "checkout", "-q", "main")
    write(store, "artifacts/skill/old.toml", BROKEN.replace("gone", "pdf"))
    git(store, "commit", "-qam", "Mend it")
    git(store, "checkout", "-q", "change")
    assert found(store) == []


def test_a_revision_there_is_not(store: Path) -> None:
    ran = run(store, "validate", "--json", "--since", "nowhere")
    assert (ran.status, ran.error["code"]) == (3, "REVISION_NOT_FOUND")


@pytest.mark.parametrize("prefix", ["", "catalogs/ours/"])
def test_git_is_asked_quickly_for_what_gitpython_says(
    prefix: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Changed, added, deleted, renamed, ignored, left out and oddly named files, in a store at any depth."""
    root = tmp_path / prefix
    make_store(root, {"manifests/artifacts/skill/old.toml": BROKEN})
    for words in ("init -q -b main", "add -A", "commit -qm First", "checkout -qb change"):
        git(tmp_path, *words.split(" "))
    write(root, "artifacts/skill/old.toml", BROKEN.replace("gone", "lost"))
    for name in ("a name", "ümlaut", "ignored", ".hidden"):
        write(root, f"artifacts/skill/{name}.toml", BROKEN)
    write(root, ".skillmeat/a.toml", BROKEN)
    (root / ".gitignore").write_text("ignored.toml\n")
    (root / "manifests/tags/pdf.toml").rename(root / "manifests/tags/pdfs.toml")
    git(tmp_path, "update-index", "--skip-worktree", f"{prefix}manifests/collections/starter.toml")
    first = past.resolve(root, "main")
    quickly = past.differing(root, first)
    assert (quick.differing(root, first), quick.merge_base(root, "main", "HEAD")) == (quickly, first)
    assert quick.differing(root, "0" * 40) is quick.merge_base(root, "nowhere", "HEAD") is None
    monkeypatch.setattr(quick, "differing", lambda *_: None)
    monkeypatch.setattr(quick, "merge_base", lambda *_: None)
    assert (past.differing(root, first), past.merge_base(root, "main")) == (quickly, first)
    assert len(quickly) == 8
