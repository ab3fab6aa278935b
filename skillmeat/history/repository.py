"""The repository itself, and what Git says."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from skillmeat.errors import Refused
from skillmeat.text import one_line, shorten

if TYPE_CHECKING:
    import git


def framed(*fields: str) -> str:
    """The argument with which ``git log -z`` writes what ``entries`` reads; the first is never empty."""
    return "--format=%x00%x00" + "%x00".join(fields)


def entries(output: str, fields: int) -> Iterator[tuple[list[str], list[str]]]:
    """Each commit's fields, and the names or statuses after them.

    Nothing in a commit or a name holds NUL, and no name is empty: two empty tokens begin a commit, whose
    fields, which may be empty, are counted.
    """
    tokens = output.split("\0")
    head: list[str] = []
    names: list[str] = []
    at = empty = 0
    while at < len(tokens):
        if not tokens[at]:
            empty += 1
            at += 1
            continue
        if empty >= 2:
            if head:
                yield head, names
            head, names = tokens[at : at + fields], []
            at += fields
        else:
            names.append(tokens[at].lstrip("\n"))
            at += 1
        empty = 0
    if len(head) == fields:
        yield head, names


def moment(stamp: str) -> datetime | None:
    """The date of seconds since 1970, in UTC; None for one that no calendar here holds (after 9999)."""
    try:
        return datetime.fromtimestamp(int(stamp), UTC)
    except (ValueError, OverflowError, OSError):
        return None


def said(error: Exception) -> str:
    """What Git says, on one line."""
    text = str(getattr(error, "stderr", "") or getattr(error, "stdout", "") or error).strip()
    text = text.removeprefix("stderr: ").removeprefix("stdout: ").strip("'")
    return one_line(shorten(" ".join(text.split()), 500))


@contextmanager
def asking(sentence: str, *, code: str, hint: str = "") -> Iterator[None]:
    """What Git cannot do within becomes ``Refused`` with this code: the sentence, and what Git says."""
    import git

    try:
        yield
    except (git.GitError, ValueError) as error:
        raise Refused(f"{sentence}: {said(error)}", code=code, hint=hint) from error


def has_commit(repository: git.Repo) -> bool:
    """Whether there is a commit at ``HEAD``, by whatever hash it is named.

    Raises ``Refused`` (``HISTORY_NOT_READABLE``) when Git cannot tell.
    """
    import git

    with asking("Git does not tell the history", code="HISTORY_NOT_READABLE"):
        try:
            repository.git.rev_parse("--verify", "--quiet", "HEAD^{commit}")
        except git.GitCommandError as error:
            if error.status == 1:
                return False
            raise
    return True


def repository_of(root: Path) -> git.Repo | None:
    """The repository that a store is in, with a folder of files; None where there is none.

    Raises ``Refused`` (``GIT_NOT_FOUND``) without the command ``git``.
    """
    import shutil

    if shutil.which(os.environ.get("GIT_PYTHON_GIT_EXECUTABLE") or "git") is None:
        raise _without_git()
    try:
        import git
    except ImportError as error:  # GitPython asks the command for its version
        raise _without_git() from error
    try:
        repository = git.Repo(root, search_parent_directories=True)
    except (git.InvalidGitRepositoryError, git.NoSuchPathError):
        return None
    return None if repository.bare else repository


def _without_git() -> Refused:
    return Refused("The command “git” is not there.", code="GIT_NOT_FOUND", hint="Install Git 2.34 or newer.")


def opened(root: Path) -> git.Git:
    """Git's commands, run at a store. Raises ``Refused`` (``REPOSITORY_NOT_FOUND``, ``GIT_NOT_FOUND``)."""
    if repository_of(root) is None:
        raise Refused(
            "This is not in a Git repository.", code="REPOSITORY_NOT_FOUND", hint="Run “git init” first."
        )
    import git

    return git.Git(root)


def prefix_of(repository: git.Repo, root: Path) -> str:
    """The way from the top of the repository to the store: empty, or ending in ``/``."""
    way = root.resolve().relative_to(Path(repository.working_dir).resolve()).as_posix()
    return "" if way == "." else f"{way}/"


def moved_from(repository: git.Repo, commit: str, prefix: str) -> str | None:
    """The folder, empty or ending in ``/``, that a commit moved the store from; None when it moved none.

    What Git says of the commit itself counts, so of a merge nothing does. Raises ``Refused``
    (``HISTORY_NOT_READABLE``).
    """
    settings = "manifests/skillmeat.toml"
    with asking("Git does not tell the history", code="HISTORY_NOT_READABLE"):
        names = ("-r", "-z", "-M", "-l1000", "--name-status", "--diff-filter=R", "--no-commit-id", commit)
        tokens = str(repository.git.diff_tree(*names)).split("\0")
    for before, after in zip(tokens[1::3], tokens[2::3], strict=False):
        if after == prefix + settings and (before == settings or before.endswith(f"/{settings}")):
            return before.removesuffix(settings)
    return None


def shallow_commits(repository: git.Repo) -> frozenset[str]:
    """The commits at which a shallow clone was cut off; none in a whole one."""
    file = Path(repository.common_dir) / "shallow"
    return frozenset(file.read_text().split()) if file.is_file() else frozenset()
