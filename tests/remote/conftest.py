"""A repository to read from."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.remote.making import Made


@pytest.fixture(autouse=True)
def _own_transport(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of how the machine's user gets to servers."""
    for name in (
        "GIT_SSH",
        "GIT_SSH_COMMAND",
        "GIT_SSH_VARIANT",
        "GIT_CONFIG_COUNT",
        "GIT_CONFIG_PARAMETERS",
    ):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("no_proxy", "127.0.0.1")


@pytest.fixture
def made(tmp_path: Path) -> Made:
    """An empty bare repository."""
    return Made(tmp_path / "source.git")
