"""Making an edit: everything that can fail before the moment at which it is made."""

# Calls are named as the system knows them, one by one, because it matters here which they are.
# ruff: noqa: PTH102, PTH108, PTH120
from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from skillmeat.errors import Conflict, Refused, SkillmeatError
from skillmeat.files.contents import PLAIN, locate, read, reason
from skillmeat.files.journal import (
    DRAFT,
    JOURNAL,
    LIMIT,
    MODE,
    STAGED,
    Journal,
    Step,
    carry_out,
    digest,
    names,
    nearest_folder,
    own,
    replace,
    sweep,
    withdraw,
)
from skillmeat.files.locking import STATE, sync_folder
from skillmeat.text import one_line


def has_folder(root: Path, path: str) -> bool:
    """Whether the folder of a file exists."""
    return locate(root, path.rpartition("/")[0])[1] is not None


def write_one(root: Path, path: str, content: bytes, seen: Mapping[str, bytes | None]) -> None:
    """Write one file into a folder that exists: one rename is the whole edit.

    Raises as ``Writer.write``.
    """
    staged = f"{root}/{STATE}/{STAGED}{os.urandom(8).hex()}"
    try:
        with _nothing_changed(path):
            where, found = _target(root, path)
            _stage(staged, content, 0o666, found)
        unchanged(root, seen)
        with _nothing_changed(path):
            replace(staged, where)
    except BaseException:
        with suppress(OSError):
            os.unlink(staged)
        raise
    try:
        sync_folder(os.path.dirname(where))
    except OSError as error:
        raise Refused(
            f"“{one_line(path)}” was written, but the disk did not confirm it ({reason(error)}).",
            code="EDIT_NOT_CONFIRMED",
            hint="Check the disk: without power now, the file might be the former one again.",
        ) from error


def write_many(root: Path, changes: Mapping[str, bytes | None], seen: Mapping[str, bytes | None]) -> None:
    """Write several files, all or none. Raises as ``Writer.write``."""
    try:
        journal = _prepare(root, changes, seen)
        unchanged(root, seen)
        with _nothing_changed(JOURNAL):
            _commit(root)
    except BaseException:
        sweep(root)
        raise
    try:
        sync_folder(f"{root}/{STATE}")
        try:
            unchanged(root, {path: seen[path] for path in changes})  # while none of them is written yet
        except SkillmeatError:
            withdraw(root, journal)
            raise
        try:
            carry_out(root, journal, journal.due(changes))
        except Refused as refused:
            raise _will_be_completed(refused.detail.removesuffix(".")) from refused
    except OSError as error:
        raise _will_be_completed(_why(root, error)) from error


def unchanged(root: Path, seen: Mapping[str, bytes | None]) -> None:
    """Raise ``Conflict`` STORE_CHANGED when a file is no longer what the caller saw."""
    changed = [path for path, content in seen.items() if read(root, path, LIMIT) != content]
    if changed:
        raise Conflict(
            f"Somebody saved {names(changed)} meanwhile; nothing was changed.",
            code="STORE_CHANGED",
            hint="Run the command again.",
        )


def _prepare(root: Path, changes: Mapping[str, bytes | None], seen: Mapping[str, bytes | None]) -> Journal:
    """Everything up to the commit point that can fail or needs room on the disk."""
    folder = f"{STAGED}{os.urandom(8).hex()}"
    parents = {path.rpartition("/")[0]: None for path, content in changes.items() if content is not None}
    journal = Journal(
        folder,
        tuple(_missing(root, parents)),
        tuple(Step(path, digest(seen[path]), digest(content)) for path, content in changes.items()),
    )
    state = f"{root}/{STATE}"
    with _nothing_changed(STATE):
        os.mkdir(f"{state}/{folder}")
    for number, step in enumerate(journal.steps):
        content = changes[step.path]
        with _nothing_changed(step.path):
            _, found = _target(root, step.path)
            if content is not None:
                _stage(f"{root}/{journal.staged(number)}", content, 0o666, found)
    with _nothing_changed(JOURNAL):
        _stage(f"{root}/{DRAFT}", journal.text(), MODE, None)
        sync_folder(f"{state}/{folder}")
        sync_folder(state)
    for made in journal.made:
        with _nothing_changed(made):
            os.mkdir(f"{root}/{made}")
            sync_folder(os.path.dirname(f"{root}/{made}"))
    return journal


def _commit(root: Path) -> None:
    """The commit point."""
    try:
        replace(f"{root}/{DRAFT}", f"{root}/{JOURNAL}")
    except OSError:
        if locate(root, JOURNAL)[1] is None:  # a network drive may fail after it has done it
            raise


def _target(root: Path, path: str) -> tuple[str, os.stat_result | None]:
    """Where a file will be written, having made sure that a rename can bring it there."""
    where, found = locate(root, own(path))
    folder = nearest_folder(root, path.rpartition("/")[0])
    if not os.access(folder, os.W_OK | os.X_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), where)
    if os.lstat(folder).st_dev != os.lstat(f"{root}/{STATE}").st_dev:
        raise OSError(errno.EXDEV, f"It is on another drive than {STATE}", where)
    if found is not None and not stat.S_ISREG(found.st_mode):
        raise FileExistsError(errno.EEXIST, "It is not a regular file", where)
    return where, found


def _stage(where: str, content: bytes, mode: int, like: os.stat_result | None) -> None:
    """Write a file that nobody sees yet, with the mode of the one that it will replace."""
    file = os.open(where, os.O_WRONLY | os.O_CREAT | os.O_EXCL | PLAIN, mode)
    try:
        rest = memoryview(content)
        while rest:
            rest = rest[os.write(file, rest) :]
        if like is not None and hasattr(os, "fchmod"):
            os.fchmod(file, stat.S_IMODE(like.st_mode))
        os.fsync(file)
    finally:
        os.close(file)


def _missing(root: Path, folders: Iterable[str]) -> Iterator[str]:
    """The folders that have to be made, parents first."""
    known: set[str] = set()
    for folder in folders:
        parts = folder.split("/")
        for count in range(1, len(parts) + 1):
            path = "/".join(parts[:count])
            if path not in known and locate(root, path)[1] is None:
                yield path
            known.add(path)


@contextmanager
def _nothing_changed(path: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise Refused(
            f"“{one_line(path)}” could not be written ({reason(error)}); nothing was changed.",
            code="EDIT_NOT_WRITTEN",
        ) from error


def _will_be_completed(why: str) -> Refused:
    return Refused(
        f"The edit is recorded but could not be completed ({why}); the next command will complete it.",
        code="EDIT_WILL_BE_COMPLETED",
        hint="Remove the obstacle and run any command, for example “skillmeat validate”.",
    )


def _why(root: Path, error: OSError) -> str:
    name = str(error.filename2 or error.filename or STATE)
    return f"“{one_line(name.removeprefix(f'{root}/'))}”: {reason(error)}"
