"""Programs that some tests run, where they are: Node, and what ``tests/node/package.json`` names."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Final

NODE: Final = shutil.which("node")
_FOLDERS: Final = (Path(__file__).parent / "node", Path(__file__).parent / "node" / "claude-code")
MODULES: Final = _FOLDERS[0] / "node_modules"


def package(name: str) -> Path | None:
    """The folder of an installed npm package, or None."""
    found = (folder / "node_modules" / name for folder in _FOLDERS)
    return next((folder for folder in found if NODE and folder.is_dir()), None)
