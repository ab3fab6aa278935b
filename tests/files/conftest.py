"""What the tests of ``skillmeat.files`` share. They fork, so they are for POSIX systems."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

if sys.platform == "win32":
    collect_ignore_glob = ["test_*.py"]

_MEMORY = Path("/dev/shm")


@pytest.fixture
def memory() -> Iterator[Path]:
    """A folder in memory where there is one: a thousand kills need no disk, on which each costs a wait."""
    place = _MEMORY if os.access(_MEMORY, os.W_OK) else None
    folder = Path(tempfile.mkdtemp(prefix="skillmeat-", dir=place))
    yield folder
    shutil.rmtree(folder)
