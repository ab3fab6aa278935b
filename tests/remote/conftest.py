"""A repository to read from."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.remote.making import Made


@pytest.fixture
def made(tmp_path: Path) -> Made:
    """An empty bare repository."""
    return Made(tmp_path / "source.git")
