"""The site of the small store, built once."""

from __future__ import annotations

from pathlib import Path

import pytest

from skillmeat.site.build import build
from tests.site import store


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that holds it."""
    out = tmp_path_factory.mktemp("site") / "out"
    build(store.catalog(), store.dates(), store.contents, out, log=store.log())
    return out


@pytest.fixture(scope="session")
def pages(site: Path) -> dict[str, str]:
    """Every page, by its file."""
    return {path.relative_to(site).as_posix(): path.read_text() for path in sorted(site.rglob("*.html"))}
