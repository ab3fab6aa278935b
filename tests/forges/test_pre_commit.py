"""pre-commit runs our hooks as it would for anybody: installed from a clone, in an environment of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.command import succeed
from tests.validate.test_since import git, write

ROOT = Path(__file__).resolve().parents[2]


def test_the_hooks_find_what_is_wrong_and_mend_the_layout(tmp_path: Path) -> None:
    program = shutil.which("pre-commit", path=str(Path(sys.executable).parent)) or shutil.which("pre-commit")
    if program is None or not (ROOT / ".git").exists():
        pytest.skip("pre-commit is not installed, or this is no clone")
    store = tmp_path / "store"
    store.mkdir()
    git(store, "init", "-q", "-b", "main")
    succeed(store, "init", "--forge", "none")
    write(store, "tags/pdf.toml", 'color   = "#112233"\nname = "PDF"\n')
    (store / "notes.txt").write_text("nothing of ours\n")
    git(store, "add", "-A")
    revision = subprocess.run(
        ["git", "-C", ROOT, "rev-parse", "HEAD"], capture_output=True, text=True, check=True
    ).stdout.strip()
    hooked = [f"      - id: {name}\n" for name in ("skillmeat-validate", "skillmeat-fmt")]
    config = f"repos:\n  - repo: {ROOT}\n    rev: {revision}\n    hooks:\n{''.join(hooked)}"
    (store / ".pre-commit-config.yaml").write_text(config)
    git(store, "add", "-A")
    environment = {**os.environ, "PRE_COMMIT_HOME": str(tmp_path / "home"), "GIT_CONFIG_COUNT": "0"}
    environment.pop("PYTHONPATH", None)

    def hooks(*files: str) -> str:
        words = [program, "run", "--color", "never", "--verbose", "--files", *files]
        done = subprocess.run(words, cwd=store, env=environment, capture_output=True, text=True, check=False)
        return done.stdout + done.stderr

    said = hooks("manifests/tags/pdf.toml")
    assert "judge the manifests" in said
    assert (store / "manifests/tags/pdf.toml").read_text().startswith('name = "PDF"\n')
    write(store, "tags/pdf.toml", 'name = "PDF"\ncolour = "#112233"\n')
    git(store, "add", "-A")
    said = hooks("manifests/tags/pdf.toml")
    assert "Did you mean color?" in said
    assert "Skipped" in hooks("notes.txt")
