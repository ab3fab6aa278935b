"""The repository itself, and what Git says."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from skillmeat.errors import Refused
from skillmeat.text import one_line, shorten

if TYPE_CHECKING:
    import git


def said(error: Exception) -> str:
    """What Git says, on one line."""
    text = str(getattr(error, "stderr", "") or getattr(error, "stdout", "") or error).strip()
    text = text.removeprefix("stderr: ").removeprefix("stdout: ").strip("'")
    return one_line(shorten(" ".join(text.split()), 500))


def repository_of(root: Path) -> git.Repo | None:
    """The repository that a store is in, with a folder of files; None where there is none."""
    import git

    try:
        repository = git.Repo(root, search_parent_directories=True)
    except (git.InvalidGitRepositoryError, git.NoSuchPathError):
        return None
    return None if repository.bare else repository


def opened(root: Path) -> git.Git:
    """Git's commands, run at a store. Raises ``Refused`` (``REPOSITORY_NOT_FOUND``)."""
    import git

    if repository_of(root) is None:
        raise Refused(
            "This is not in a Git repository.", code="REPOSITORY_NOT_FOUND", hint="Run “git init” first."
        )
    return git.Git(root)


def prefix_of(repository: git.Repo, root: Path) -> str:
    """The way from the top of the repository to the store: empty, or ending in ``/``."""
    way = root.resolve().relative_to(Path(repository.working_dir).resolve()).as_posix()
    return "" if way == "." else f"{way}/"


def shallow_commits(repository: git.Repo) -> frozenset[str]:
    """The commits at which a shallow clone was cut off; none in a whole one."""
    file = Path(repository.common_dir) / "shallow"
    return frozenset(file.read_text().split()) if file.is_file() else frozenset()
