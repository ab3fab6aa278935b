"""Programs that some tests run, where they are: Node, and what ``tests/node/package.json`` names."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Final

NODE: Final = shutil.which("node")
MODULES: Final = Path(__file__).parent / "node" / "node_modules"


def package(name: str) -> Path | None:
    """The folder of an installed npm package, or None."""
    folder = MODULES / name
    return folder if NODE and folder.is_dir() else None
