"""A store in a Git repository."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.command import succeed
from tests.validate.test_cases import make_store
from tests.validate.test_since import git

Do = Callable[..., str]


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """The sound store, committed."""
    make_store(tmp_path, {})
    git(tmp_path, "init", "-q", "-b", "main")
    git(tmp_path, "add", "-A")
    git(tmp_path, "commit", "-qm", "Begin")
    return tmp_path


@pytest.fixture
def did(store: Path) -> Do:
    """Run an editing command and commit what it did."""

    def run(*arguments: str) -> str:
        succeed(store, *arguments)
        git(store, "add", "-A")
        git(store, "commit", "-qm", " ".join(arguments))
        return " ".join(arguments)

    return run
