"""The store's own repository, read through GitPython.

The repository is the user's and trusted; nothing foreign is ever passed to it (SECURITY.md 0.2).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from skillmeat.errors import Refused
from skillmeat.history import known
from skillmeat.history.commits import Commit as Commit
from skillmeat.history.commits import Deed as Deed
from skillmeat.history.commits import Log as Log
from skillmeat.history.commits import Touched as Touched
from skillmeat.history.commits import log as log
from skillmeat.history.repository import (
    entries,
    framed,
    has_commit,
    moment,
    prefix_of,
    repository_of,
    said,
    shallow_commits,
)


class Dated(NamedTuple):
    """When a file was first and last committed, in UTC, to the second; None where history does not reach."""

    created_at: datetime | None
    updated_at: datetime | None


@dataclass(frozen=True)
class Dates(known.Told):
    """The dates of every manifest, by path relative to the store's root.

    ``missing`` is a sentence on why some are not known, or empty: in a shallow clone, what its
    oldest commits say of a file is left out.
    """

    of: Mapping[str, Dated] = field(default_factory=dict)
    missing: str = ""

    def created(self, path: str) -> datetime | None:
        """When the file was first committed."""
        found = self.of.get(path)
        return found.created_at if found else None

    def updated(self, path: str) -> datetime | None:
        """When the file was last changed in a commit."""
        found = self.of.get(path)
        return found.updated_at if found else None

    def packed(self) -> list[Any]:
        """What ``unpacked`` makes the same of, as JSON has it: few files have dates of their own."""
        dated = dict.fromkeys(self.of.values())
        row = {each: number for number, each in enumerate(dated)}
        seconds = [[when and int(when.timestamp()) for when in each] for each in dated]
        return [self.missing, list(self.of), seconds, [row[each] for each in self.of.values()]]

    @classmethod
    def unpacked(
        cls, missing: str, paths: list[str], seconds: list[list[int | None]], rows: list[int]
    ) -> Dates:
        """The dates that were ``packed``."""
        dated = [
            Dated(*(None if each is None else datetime.fromtimestamp(each, UTC) for each in both))
            for both in seconds
        ]
        return cls(dict(zip(paths, map(dated.__getitem__, rows), strict=True)), missing)


def dates(root: Path, commit: str = "") -> Dates:
    """The dates of every file below ``manifests/``; none where there is no repository or no commit.

    With ``commit``, what was known then.
    """
    if commit:
        return _dates(root, commit)
    return known.told(root, "dates", partial(_dates, root), _worth_keeping, Dates.unpacked)


def _worth_keeping(dates: Dates) -> list[Any] | None:
    return dates.packed() if dates.of else None  # Git may have refused to tell


def _dates(root: Path, commit: str) -> Dates:
    try:
        repository = repository_of(root)
        if repository is None or not has_commit(repository):
            return Dates()
    except Refused as error:
        return Dates(missing=f"{error} Without it no dates are known.")
    import git

    prefix = prefix_of(repository, root)
    arguments = (
        framed("%H", "%ct"),
        "--no-show-signature",
        "--name-only",
        "--no-renames",
        "--no-follow",
        "--ignore-submodules=none",
        "--root",
        "--diff-merges=combined",  # of a merge, only what neither side had
        "-z",
        commit,
        "--",
        f"{prefix}manifests",
    )
    try:
        output = repository.git.log(*arguments)
    except git.GitCommandError as error:
        return Dates(missing=f"Git does not tell the dates: {said(error)}")
    boundary = shallow_commits(repository)
    cut = "The clone is shallow: dates before its oldest commits are left out." if boundary else ""
    return Dates(_read_dates(output, prefix, boundary), cut)


def refuse_no_commit(root: Path) -> None:
    """Raises ``Refused`` (``COMMIT_FAILED``) when ``commit`` could not succeed, before anything is edited."""
    repository = repository_of(root)
    if repository is None:
        raise Refused(
            "This is not in a Git repository, so nothing can be committed. Nothing was changed.",
            code="COMMIT_FAILED",
            hint="Run “git init” first, or leave --commit out.",
        )
    folder = Path(repository.git_dir)
    for sign, state in (("MERGE_HEAD", "a merge"), ("CHERRY_PICK_HEAD", "a cherry-pick")):
        if (folder / sign).exists():
            raise Refused(
                f"Git is in the middle of {state}, so nothing else can be committed. Nothing was changed.",
                code="COMMIT_FAILED",
                hint=f"Finish {state.removeprefix('a ')} first, or leave --commit out.",
            )


def commit(root: Path, paths: Sequence[str], message: str) -> str | None:
    """Commit these files as they are on disk, and nothing else, whatever is staged; gives the commit.

    ``paths`` are relative to ``root``; None when none of them differs from the last commit. Works in
    a worktree, on a detached head and without any commit before. Raises ``Refused``
    (``COMMIT_FAILED``) with what Git says; the files stay edited and the index stays as it was.
    """
    repository = repository_of(root)
    if repository is None:
        raise Refused("This is not in a Git repository.", code="COMMIT_FAILED")
    import git

    try:
        with _index(Path(repository.git_dir)) as index:
            command = git.Git(root)
            command.update_environment(GIT_INDEX_FILE=str(index))
            there = [path for path in paths if (root / path).exists()]
            if there:
                command.add("--sparse", "--intent-to-add", "--", *there)
            head = ("--with-tree=HEAD",) if has_commit(repository) else ()
            known = [path for path in command.ls_files("-z", *head, "--", *paths).split("\0") if path]
            if not known or not command.status("--porcelain", "-z", "--", *known):
                return None
            command.commit("--only", "--quiet", "--message", message, "--", *known)
            return str(command.rev_parse("HEAD"))
    except FileExistsError:
        why = f"another Git process holds {_LOCKED_INDEX}."
    except (git.GitCommandError, OSError) as error:
        why = said(error)
    except Refused as error:
        why = error.detail
    raise Refused(
        f"The edit is written, but Git did not commit it: {why}",
        code="COMMIT_FAILED",
        hint="Commit these files yourself: " + " ".join(paths[:10]) + (" …" if len(paths) > 10 else ""),
    )


_LOCKED_INDEX = "index.lock"


@contextmanager
def _index(folder: Path) -> Iterator[Path]:
    """A copy of the index to work on, in the place of the index afterwards when nothing was raised.

    Meanwhile Git's own lock is held. Raises FileExistsError when another process holds it.
    """
    lock, index, copy = folder / _LOCKED_INDEX, folder / "index", folder / "index.skillmeat"
    lock.touch(exist_ok=False)
    try:
        if index.exists():
            import shutil

            shutil.copy2(index, copy)
        yield copy
        if copy.exists():
            copy.replace(index)
    finally:
        copy.unlink(missing_ok=True)
        lock.unlink(missing_ok=True)


def _read_dates(output: str, prefix: str, boundary: frozenset[str]) -> dict[str, Dated]:
    found: dict[str, Dated] = {}
    for (oid, stamp), names in entries(output, 2):
        when = moment(stamp)
        once = Dated(when, when)  # one for all files of a commit: there are many, and they are sent on
        for path in names:
            if not path.startswith(prefix):
                continue
            path = path[len(prefix) :]
            known = found.get(path)
            if oid in boundary:  # the file may be older than what this clone holds
                found[path] = Dated(None, known.updated_at if known else None)
            elif when is None:
                continue
            elif known is None:
                found[path] = once
            else:
                found[path] = Dated(min(when, known.created_at or when), max(when, known.updated_at or when))
    found.pop("", None)
    return found
