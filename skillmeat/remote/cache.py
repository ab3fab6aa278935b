"""Where fetched commits are kept: one bare repository per address, only ever added to.

A fetch fills a repository of its own; when it is whole, its pack is moved here and a ref
``refs/skillmeat/<commit>`` says that the commit is complete. So two processes never disturb each other,
a killed one leaves nothing half-done, and whatever is damaged is replaced by fetching again. The
repository is a few files written here: nothing of a template, of the user or of the source is in it.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import stat
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from skillmeat.errors import Refused
from skillmeat.places import cache_folder
from skillmeat.remote.objects import Objects

_DAY = 86_400
_UNFINISHED = "new-"
_DAMAGED = "skillmeat-damaged"


def repository(url: str, commit: str) -> Path:
    """Where the commits of an address are kept, whether or not there are any."""
    name = hashlib.sha256(url.encode()).hexdigest()[:32]
    format_ = "" if len(commit) == 40 else "-sha256"
    return cache_folder() / "git" / f"{name}{format_}.git"


def has(url: str, commit: str) -> bool:
    """Whether the commit is in the cache and can be read without a network."""
    objects = opened(url, commit)
    if objects:
        objects.close()
    return objects is not None


def fetched(url: str, commit: str) -> str:
    """A text that says which fetch brought the commit; empty when none did, or what it brought is damaged.

    Cheaper than ``has``, and less sure: what is there is not looked into.
    """
    kept = repository(url, commit)
    try:
        if (kept / _DAMAGED).exists():
            return ""
        found = _ref(kept, commit).stat()
    except OSError:
        return ""
    return f"{found.st_mtime_ns} {found.st_ino}"


def opened(url: str, commit: str) -> Objects | None:
    """The objects of a commit that was fetched and can still be read.

    The commit and its root share a pack with everything else of the commit, so they tell whether that
    file was removed or cut.
    """
    kept = repository(url, commit)
    try:
        if (kept / _DAMAGED).exists() or _ref(kept, commit).read_text().strip() != commit:
            return None
    except (OSError, ValueError):
        return None
    _write_frame(kept, commit)
    objects = Objects(kept)
    found = objects.headers([commit, f"{commit}^{{tree}}"])
    if [header and header.type for header in found] == ["commit", "tree"]:
        return objects
    objects.close()
    return None


@contextlib.contextmanager
def unfinished(commit: str) -> Iterator[Path]:
    """An empty repository to fetch into, gone when the block ends."""
    folder = _private(cache_folder() / "git")
    for old in folder.glob(f"{_UNFINISHED}*"):
        with contextlib.suppress(OSError):
            if old.lstat().st_mtime < time.time() - _DAY:
                shutil.rmtree(old) if old.is_dir() else old.unlink()
    fresh = Path(tempfile.mkdtemp(prefix=_UNFINISHED, suffix=".git", dir=folder))
    try:
        _write_frame(fresh, commit)
        yield fresh
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def keep(fresh: Path, url: str, commit: str) -> None:
    """Move what ``fresh`` holds to where the commits of ``url`` are kept."""
    kept = repository(url, commit)
    _private(kept)
    if (kept / _DAMAGED).exists():
        shutil.rmtree(kept)
    _write_frame(kept, commit)
    packs = kept / "objects" / "pack"
    for found in sorted((fresh / "objects" / "pack").glob("pack-*.pack")):
        for ending in (".pack", ".idx"):  # in this order: an index says that its pack is there
            found.with_suffix(ending).replace(packs / f"{found.stem}{ending}")
    _write(_ref(kept, commit), f"{commit}\n")


def mark_damaged(kept: Path) -> None:
    """Have the next fetch make the repository anew."""
    with contextlib.suppress(OSError):
        (kept / _DAMAGED).touch()


def _ref(kept: Path, commit: str) -> Path:
    return kept / "refs" / "skillmeat" / commit


def _write_frame(kept: Path, commit: str) -> None:
    """See to it that ``kept`` is a bare repository, mending what is not as it must be."""
    config = "[core]\n\trepositoryformatversion = 0\n\tbare = true\n"
    if len(commit) == 64:
        config = config.replace("= 0", "= 1") + "[extensions]\n\tobjectFormat = sha256\n"
    try:
        for folder in (kept / "objects" / "pack", kept / "refs" / "skillmeat"):
            folder.mkdir(parents=True, exist_ok=True)
        for path, text in ((kept / "HEAD", "ref: refs/heads/none\n"), (kept / "config", config)):
            if not path.is_file() or path.read_bytes() != text.encode():
                _write(path, text)
    except OSError as error:
        raise _unusable(kept, error) from None


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=_UNFINISHED, dir=cache_folder() / "git")
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
    Path(name).replace(path)


def _private(folder: Path) -> Path:
    """Make ``folder`` for this user alone; refuse one that somebody else put there."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = folder.lstat()
    except OSError as error:
        raise _unusable(folder, error) from None
    if not stat.S_ISDIR(found.st_mode):
        raise Refused(f"The cache “{folder}” is not a folder.", code="CACHE_REFUSED")
    if sys.platform != "win32":
        if found.st_uid != os.geteuid():
            raise Refused(f"The cache “{folder}” belongs to another user.", code="CACHE_REFUSED")
        if found.st_mode & 0o077:
            folder.chmod(0o700)
    return folder


def _unusable(path: Path, error: OSError) -> Refused:
    return Refused(f"The cache “{path}” cannot be used: {error.strerror}.", code="CACHE_REFUSED")
