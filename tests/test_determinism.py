"""The same inputs give the same bytes, on every machine."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.command import succeed
from tests.sources.repository import URL, commit, git, redirect, skill


@pytest.fixture
def store(tmp_path: Path, gitconfig: Path) -> Path:
    """A committed store with content of its own and from a locked source, in every kind of record."""
    upstream = tmp_path / "upstream"
    redirect(gitconfig, upstream)
    commit(upstream, {"skills/pdf/SKILL.md": skill("pdf"), "skills/ocr/SKILL.md": skill("ocr")})
    root = tmp_path / "one place"
    root.mkdir()
    succeed(root, "init", "--title", "Same")
    succeed(root, "source", "add", URL)
    succeed(root, "lock")
    succeed(root, "tag", "create", "Documents", "--color", "#2e7d32")
    succeed(root, "source", "import", "acme-skills", "--tag", "documents")
    succeed(root, "collection", "create", "Office")
    succeed(root, "group", "create", "office", "Reading")
    succeed(root, "group", "add", "office/reading", "skill/ocr", "skill/pdf", "--link")
    succeed(root, "association", "create", "skill/pdf", "skill/ocr", "--type", "requires", "--pin")
    (root / "skills/own").mkdir(parents=True)
    (root / "skills/own/SKILL.md").write_text(skill("own"))
    succeed(root, "artifact", "create", "skill", "Own", "--path", "skills/own")
    commit(root, {".gitignore": "_site/\n"}, "Everything")
    return root


def tree(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_two_builds_in_two_clones_are_identical(store: Path, tmp_path: Path) -> None:
    """Another folder, another clone, another time zone, language, hash seed and working directory."""
    elsewhere = tmp_path / "another" / "place"
    git(tmp_path, "clone", "--quiet", str(store), str(elsewhere))
    first, second = tmp_path / "first", tmp_path / "second" / "site"
    succeed(store, "build", "--out", str(first))
    other = {**os.environ, "TZ": "Asia/Tokyo", "LC_ALL": "C", "PYTHONHASHSEED": "7", "COLUMNS": "40"}
    command = [sys.executable, "-m", "skillmeat", "-C", str(elsewhere), "build", "--out", str(second)]
    subprocess.run(command, check=True, cwd=tmp_path, env=other, capture_output=True)
    one, two = tree(first), tree(second)
    assert sorted(one) == sorted(two)
    assert [path for path in one if one[path] != two[path]] == []


def test_nothing_in_a_build_tells_of_this_machine(store: Path, tmp_path: Path) -> None:
    out = tmp_path / "site"
    succeed(store, "build", "--out", str(out))
    told = [path for path, data in tree(out).items() if str(tmp_path).encode() in data]
    assert told == []


def test_locking_twice_gives_the_same_bytes(store: Path) -> None:
    lock = store / "manifests/skillmeat.lock"
    before = lock.read_bytes()
    lock.unlink()
    succeed(store, "lock")
    assert lock.read_bytes() == before
