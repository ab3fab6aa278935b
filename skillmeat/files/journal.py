"""The record of an edit of several files, and carrying it out.

Everything here is called by the holder of the exclusive lock, except ``load`` and ``outstanding``.
"""

# Calls are named as the system knows them, one by one, because it matters here which they are.
# ruff: noqa: PTH103, PTH105, PTH106, PTH108, PTH120, PTH208
from __future__ import annotations

import os
import stat
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import NamedTuple

from skillmeat.errors import Invalid, Refused, SkillmeatError
from skillmeat.files.contents import locate, read
from skillmeat.files.locking import MANIFESTS, STATE, sync_folder
from skillmeat.text import one_line

JOURNAL = f"{STATE}/journal.json"
DRAFT = f"{STATE}/journal.tmp"
STAGED = "staged-"
LIMIT = 64 * 1024 * 1024
"""No file that is written or compared is larger, in bytes; nor is the journal."""

# A journal is read-only, and Git always checks files out writable: so one that came with a clone or a
# pull request is told from one that was written here, and what it asks for is not done. (Windows does not
# delete a read-only file.)
MODE = 0o444 if sys.platform != "win32" else 0o666

_FORMAT = 1
_NOT_OURS = (ValueError, TypeError, KeyError, AttributeError, RecursionError, Invalid)


class Due(NamedTuple):
    """A step that is still to be done: the file, what it will hold, and where that is staged."""

    path: str
    content: bytes | None
    staged: str


@dataclass(frozen=True, slots=True)
class Step:
    """One file of an edit: the SHA-256 of its content before and after, None where it does not exist."""

    path: str
    old: str | None
    new: str | None


@dataclass(frozen=True, slots=True)
class Journal:
    """An edit of several files.

    The new content of step *i* is staged as ``<folder>/<i>`` in ``STATE``. ``made`` are the folders that
    are made for it, parents first.
    """

    folder: str
    made: tuple[str, ...]
    steps: tuple[Step, ...]

    def staged(self, number: int) -> str:
        """Where the new content of a step is."""
        return f"{STATE}/{self.folder}/{number}"

    def due(self, contents: Mapping[str, bytes | None]) -> list[Due]:
        """All its steps, of which none is done."""
        return [
            Due(step.path, contents[step.path], self.staged(number)) for number, step in enumerate(self.steps)
        ]

    def text(self) -> bytes:
        """What is written to the disk."""
        import json

        return json.dumps({"version": _FORMAT, **asdict(self)}, indent=1).encode()


# ---------------------------------------------------------------- recovery


def load(root: Path) -> Journal | None:
    """The edit that a crash left unfinished, if there is one.

    Raises ``Refused`` EDIT_UNFINISHED for a journal that is damaged or came from elsewhere.
    """
    _, found = locate(root, JOURNAL)
    text = read(root, JOURNAL, LIMIT)
    if found is None or text is None:
        return None
    if found.st_mode & stat.S_IWUSR and sys.platform != "win32":
        raise unfinished("its record was not written here")
    try:
        return _parse(root, text)
    except _NOT_OURS as error:
        raise unfinished("its record is damaged") from error


def outstanding(root: Path, journal: Journal) -> list[Due]:
    """The steps of an edit that are still to be done. Changes nothing.

    Raises ``Refused`` EDIT_UNFINISHED when a file is neither what it was nor what it was to be, or when a
    staged content is not what was recorded.
    """
    due: list[Due] = []
    strange: list[str] = []
    for number, step in enumerate(journal.steps):
        now = digest(read(root, step.path, LIMIT))
        if now == step.new:
            continue
        if now != step.old:
            strange.append(step.path)
            continue
        staged = journal.staged(number)
        content = read(root, staged, LIMIT) if step.new else None
        if digest(content) != step.new:
            raise unfinished(f"the new content of {names([step.path])} is damaged")
        due.append(Due(step.path, content, staged))
    if strange:
        raise unfinished(f"somebody changed {names(strange)} after it")
    return due


def complete(root: Path) -> None:
    """Complete the edit that a crash left unfinished, and take away what crashes left behind.

    Raises ``Refused`` EDIT_UNFINISHED, having changed nothing, when it must not be completed; and OSError
    when it cannot be: it stays recorded then.
    """
    journal = load(root)
    if journal:
        carry_out(root, journal, outstanding(root, journal))
    else:
        sweep(root)


def sweep(root: Path) -> None:
    """Take away what edits left behind that were never made, or are complete. Never raises.

    While a journal is there, nothing is touched.
    """
    with suppress(OSError, SkillmeatError):
        if locate(root, JOURNAL)[1] is not None:
            return
        _, draft = locate(root, DRAFT)
        if draft is not None:
            with suppress(Refused, *_NOT_OURS):
                _remove_empty(root, _parse(root, read(root, DRAFT, LIMIT) or b"").made)
            os.unlink(f"{root}/{DRAFT}")
        where, _ = locate(root, STATE)
        for name in os.listdir(where):
            if name.startswith(STAGED):
                _remove_staged(f"{where}/{name}")


def carry_out(root: Path, journal: Journal, due: Iterable[Due]) -> None:
    """Do what is still to be done of a recorded edit, and strike it off.

    Raises OSError; the edit stays recorded then, and this can be repeated.
    """
    for step in due:
        where, _ = locate(root, step.path)
        if step.content is None:
            os.unlink(where)
        else:
            _bring(f"{root}/{step.staged}", where)
    _remove_empty(root, _above([step.path for step in journal.steps if step.new is None]))
    folders = {step.path.rpartition("/")[0] for step in journal.steps}
    for where in sorted({nearest_folder(root, folder) for folder in folders}):
        sync_folder(where)
    _strike_off(root)


def withdraw(root: Path, journal: Journal) -> None:
    """Take back a recorded edit of which no file was written yet. Raises OSError."""
    _remove_empty(root, journal.made)
    _strike_off(root)


# -------------------------------------------------------------------- parts


def own(path: str) -> str:
    """The path, which is below the folder of the manifests. Raises ``Invalid`` for any other."""
    if not path.startswith(f"{MANIFESTS}/") or f"{path}/".casefold().startswith(f"{STATE}/"):
        raise Invalid(f"“{one_line(path)}” is not a file of the store.", code="INVALID_PATH")
    return path


def digest(content: bytes | None) -> str | None:
    """The SHA-256 of a content; None of none."""
    if content is None:
        return None
    import hashlib  # it takes longer to load than most edits

    return hashlib.sha256(content).hexdigest()


def nearest_folder(root: Path, folder: str) -> str:
    """Where a folder is, or the nearest above it that exists."""
    while folder:
        where, found = locate(root, folder)
        if found is not None:
            return where
        folder = folder.rpartition("/")[0]
    return os.fspath(root)


if sys.platform == "win32":

    def replace(source: str, target: str) -> None:
        """Rename onto. A file that somebody has open refuses that, so it is tried for a second."""
        for _ in range(50):
            with suppress(PermissionError):
                os.replace(source, target)
                return
            time.sleep(0.02)
        os.replace(source, target)

else:

    def replace(source: str, target: str) -> None:
        """Rename onto, in one step."""
        os.replace(source, target)


def _bring(staged: str, where: str) -> None:
    """Rename a staged file onto its target, whose folder somebody may have removed since it was made."""
    try:
        replace(staged, where)
    except FileNotFoundError:
        os.makedirs(os.path.dirname(where), exist_ok=True)
        replace(staged, where)


def _strike_off(root: Path) -> None:
    os.unlink(f"{root}/{JOURNAL}")
    sync_folder(f"{root}/{STATE}")
    sweep(root)


def _above(paths: Sequence[str]) -> list[str]:
    """The folders below the one of the manifests in which files stood, parents first."""
    found = {"/".join(path.split("/")[:count]) for path in paths for count in range(2, path.count("/") + 1)}
    return sorted(found)


def _remove_empty(root: Path, folders: Sequence[str]) -> None:
    for folder in reversed(folders):
        with suppress(OSError):  # there is something in it, or it is gone
            os.rmdir(locate(root, folder)[0])


def _remove_staged(where: str) -> None:
    with suppress(OSError):
        if not stat.S_ISDIR(os.lstat(where).st_mode):
            os.unlink(where)
            return
        for name in os.listdir(where):
            os.unlink(f"{where}/{name}")
        os.rmdir(where)


def _parse(root: Path, text: bytes) -> Journal:
    """Raises ValueError, TypeError, KeyError or Invalid for what ``Journal.text`` did not write."""
    import json

    data = json.loads(text)
    if data["version"] != _FORMAT:
        raise ValueError("a journal of another version")
    journal = Journal(data["folder"], tuple(data["made"]), tuple(Step(**step) for step in data["steps"]))
    if not journal.folder.startswith(STAGED) or "/" in journal.folder:
        raise ValueError("not a staging folder")
    for path in (*journal.made, *(step.path for step in journal.steps)):
        locate(root, own(path))
    return journal


# ----------------------------------------------------------------- sentences


def unfinished(why: str) -> Refused:
    """The refusal to go on while an interrupted edit cannot be completed."""
    return Refused(
        f"An edit was interrupted and cannot be completed, because {why}.",
        code="EDIT_UNFINISHED",
        hint=f"Put that right, or delete {JOURNAL} to give the edit up and keep the files as they are now.",
    )


def names(paths: Sequence[str]) -> str:
    """The first few files of a list, for a sentence."""
    quoted = [f"“{one_line(path)}”" for path in paths[:5]]
    return ", ".join(quoted) + (f" and {len(paths) - 5} more" if len(paths) > 5 else "")
