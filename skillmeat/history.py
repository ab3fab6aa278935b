"""The store's own repository, read through GitPython.

The repository is the user's and trusted; nothing foreign is ever passed to it (SECURITY.md 0.2).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from skillmeat.errors import Refused
from skillmeat.text import one_line

if TYPE_CHECKING:
    import git


@dataclass(frozen=True, slots=True)
class Dated:
    """When a file was first and last committed, in UTC; None where history does not reach."""

    created_at: datetime | None
    updated_at: datetime | None


@dataclass(frozen=True)
class Dates:
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


def dates(root: Path) -> Dates:
    """The dates of every file below ``manifests/``; none where there is no repository or no commit."""
    import git

    repository = _repository(root)
    if repository is None or not repository.head.is_valid():
        return Dates()
    prefix = root.resolve().relative_to(Path(repository.working_dir).resolve()).as_posix()
    prefix = "" if prefix == "." else f"{prefix}/"
    arguments = (
        "--format=%x01%H %ct",
        "--no-show-signature",
        "--name-only",
        "--no-renames",
        "--diff-merges=combined",  # of a merge, only what neither side had
        "-z",
        "--",
        f"{prefix}manifests",
    )
    try:
        output = repository.git.log(*arguments)
    except git.GitCommandError as error:
        return Dates(missing=f"Git does not tell the dates: {_said(error)}")
    boundary = _shallow_commits(repository)
    cut = "The clone is shallow: dates before its oldest commits are left out." if boundary else ""
    return Dates(_read_dates(output, prefix, boundary), cut)


def commit(root: Path, paths: Sequence[str], message: str) -> str:
    """Commit these files as they are on disk, and nothing else, whatever is staged; gives the commit.

    ``paths`` are relative to ``root``. Works in a worktree, on a detached head and without any
    commit before. Raises ``Refused`` (``COMMIT_FAILED``) with what Git says; the files stay edited.
    """
    import git

    repository = _repository(root)
    if repository is None:
        raise Refused(
            "The edit is written, but this is not a Git repository, so nothing was committed.",
            code="COMMIT_FAILED",
            hint="Run “git init” first.",
        )
    there = [path for path in paths if (root / path).exists()]
    command = git.Git(root)
    try:
        if there:
            command.add("--intent-to-add", "--", *there)
        command.commit("--only", "--quiet", "--message", message, "--", *paths)
    except git.GitCommandError as error:
        raise Refused(
            f"The edit is written, but Git did not commit it: {_said(error)}", code="COMMIT_FAILED"
        ) from None
    return str(command.rev_parse("HEAD"))


def _read_dates(output: str, prefix: str, boundary: frozenset[str]) -> dict[str, Dated]:
    found: dict[str, Dated] = {}
    for commit in output.split("\x01")[1:]:
        head, *names = commit.split("\0")
        oid, _, stamp = head.partition(" ")
        when = datetime.fromtimestamp(int(stamp), UTC)
        for name in names:
            path = name.lstrip("\n")
            if not path.startswith(prefix):
                continue
            path = path[len(prefix) :]
            known = found.get(path)
            if oid in boundary:  # the file may be older than what this clone holds
                found[path] = Dated(None, known.updated_at if known else None)
            elif known is None:
                found[path] = Dated(when, when)
            else:
                found[path] = Dated(min(when, known.created_at or when), max(when, known.updated_at or when))
    found.pop("", None)
    return found


def _shallow_commits(repository: git.Repo) -> frozenset[str]:
    """The commits at which a shallow clone was cut off; none in a whole one."""
    file = Path(repository.common_dir) / "shallow"
    return frozenset(file.read_text().split()) if file.is_file() else frozenset()


def _said(error: git.GitCommandError) -> str:
    return one_line((error.stderr or error.stdout or "").strip().removeprefix("stderr: ").strip("'"))


def _repository(root: Path) -> git.Repo | None:
    import git

    try:
        repository = git.Repo(root, search_parent_directories=True)
    except (git.InvalidGitRepositoryError, git.NoSuchPathError):
        return None
    return None if repository.bare else repository
