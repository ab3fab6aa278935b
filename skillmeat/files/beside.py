"""Files that stand beside the manifests: written whole, and never through a link that somebody committed."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from skillmeat.errors import Refused
from skillmeat.text import one_line


def write(root: Path, path: str, data: bytes) -> None:
    """Put a file in its place below ``root``, making folders; its mode stays what it was.

    Raises ``Refused`` (``LINK_IN_THE_WAY``) where the file or a folder on the way is a symbolic link.
    """
    place = root
    for part in Path(path).parts:
        place = place / part
        if place.is_symlink():
            raise Refused(
                f"{one_line(str(place.relative_to(root)))} is a symbolic link, so nothing is written there.",
                code="LINK_IN_THE_WAY",
                hint="Put a plain file or folder in its place.",
            )
    place.parent.mkdir(parents=True, exist_ok=True)
    mode = place.stat().st_mode & 0o777 if place.exists() else 0o666 & ~_umask()
    handle, staged = tempfile.mkstemp(dir=place.parent, prefix=".skillmeat-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        Path(staged).chmod(mode)
        Path(staged).replace(place)
    except OSError:
        Path(staged).unlink(missing_ok=True)
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
