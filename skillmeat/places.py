"""Where things are kept on this machine, outside the store."""

from __future__ import annotations

import os
import sys
from pathlib import Path


def cache_folder() -> Path:
    """The folder for what can be made or fetched again: ``$SKILLMEAT_CACHE``, ``$XDG_CACHE_HOME/skillmeat``
    or the platform's own place. It need not exist.
    """
    chosen = os.environ.get("SKILLMEAT_CACHE")
    if chosen:
        return Path(chosen).expanduser().absolute()
    shared = os.environ.get("XDG_CACHE_HOME", "")
    if Path(shared).is_absolute():
        return Path(shared) / "skillmeat"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "skillmeat"
    local = os.environ.get("LOCALAPPDATA")
    if sys.platform == "win32" and local:
        return Path(local) / "skillmeat" / "Cache"
    return Path.home() / ".cache" / "skillmeat"
