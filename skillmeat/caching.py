"""Files of the user's cache: written whole, and read only as they were written, for the key they were written
for. What is not there, damaged or of another key is as good as nothing.
"""

from __future__ import annotations

import hashlib
import os
from contextlib import suppress
from pathlib import Path


def read(file: Path, key: str) -> bytes | None:
    """What was written to a file for this key, if it is still as it was."""
    try:
        head, _, body = file.read_bytes().partition(b"\n")
    except OSError:
        return None
    return body if head == _head(body, key) else None


def write(file: Path, key: str, body: bytes) -> None:
    """Write a file that ``read`` gives for this key. Nothing is said when that is not possible."""
    with suppress(OSError):
        replace_file(file, _head(body, key), b"\n", body)


def replace_file(file: Path, *data: bytes) -> None:
    """Write a file of the cache, whole or not at all, given its parts. Raises ``OSError``."""
    import tempfile

    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=file.parent)
    try:
        with os.fdopen(handle, "wb") as target:
            target.writelines(data)
        Path(name).replace(file)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise


def _head(body: bytes, key: str) -> bytes:
    found = hashlib.sha256(key.encode() + b"\n", usedforsecurity=False)  # which processors do in hardware
    found.update(body)
    return found.hexdigest()[:32].encode()
