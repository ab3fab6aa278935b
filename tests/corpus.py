"""The corpus of real repositories: bundles, and what each must yield. Absent in a user's clone."""

from __future__ import annotations

import json
import os
import tomllib
from dataclasses import dataclass
from pathlib import Path

import pytest

FOLDER = Path(os.environ.get("SKILLMEAT_CORPUS") or Path(__file__).parents[2] / "shared" / "corpus")

needed = pytest.mark.skipif(
    not (FOLDER / "index.toml").is_file(),
    reason="the corpus of real repositories is not here; SKILLMEAT_CORPUS says where it is",
)

_TYPES = {"hooks": "hook"}


@dataclass(frozen=True)
class Repository:
    """One repository of the corpus."""

    name: str
    url: str
    bundle: Path
    commit: str
    listing: Path

    def expected(self) -> set[tuple[str, str]]:
        """The entries that must be found: type and path of the file; an MCP file counts by its servers."""
        artifacts = json.loads(self.listing.read_text())["artifacts"]
        return {
            (_TYPES.get(each["type"], each["type"]), each["path"] + server)
            for each in artifacts
            if each["type"] != "marketplace"
            for server in ([f"#{name}" for name in each["servers"]] if each["type"] == "mcp" else [""])
        }


def repositories() -> list[Repository]:
    """Every repository of the corpus; none where it is absent."""
    if not (FOLDER / "index.toml").is_file():
        return []
    index = tomllib.loads((FOLDER / "index.toml").read_text())
    return [
        Repository(
            each["name"],
            each["url"],
            FOLDER / each["bundle"],
            each["pack_commit"],
            FOLDER / each["expected_listing"],
        )
        for each in index["repo"]
    ]
