"""Branches of the store's repository: where it came from, and one more with what was edited."""

from __future__ import annotations

from pathlib import Path

from skillmeat.errors import Refused
from skillmeat.history.repository import repository_of, said
from skillmeat.text import one_line


def refuse_git_folder(root: Path) -> None:
    """Raises ``Refused`` (``FOLDER_REFUSED``) for a folder, there or not yet, in what is Git's own.

    That is a bare repository or a ``.git`` folder; a worktree that stands in one is a folder as any other.
    """
    for folder in (root, *root.parents):
        if (folder / ".git").exists():
            return
        if (folder / "HEAD").is_file() and (folder / "objects").is_dir() and (folder / "refs").is_dir():
            raise Refused(
                f"{one_line(str(folder))} is Git's own: what is there is in no commit.",
                code="FOLDER_REFUSED",
                hint="Make the store in a folder that Git checks files out to: “git clone” it first.",
            )


def origin(root: Path) -> tuple[str, str]:
    """The address of the remote ``origin`` and the branch that is checked out; empty without them, or Git."""
    try:
        repository = repository_of(root)
    except Refused:
        return "", ""
    if repository is None:
        return "", ""
    import git

    try:
        address = str(repository.remotes["origin"].url)
    except (IndexError, ValueError):
        address = ""
    try:
        return address, str(repository.git.symbolic_ref("--quiet", "--short", "HEAD"))
    except git.GitCommandError:  # no branch is checked out
        return address, ""


def edited(root: Path) -> list[str]:
    """The files below ``manifests/`` that differ from the last commit, relative to the store, sorted."""
    from skillmeat.history import past

    return sorted(past.differing(root, past.resolve(root, "HEAD")))


def start(root: Path, name: str) -> None:
    """Make a branch here and go to it with what is edited. Raises ``Refused`` (``BRANCH_NOT_MADE``)."""
    _git(root, "BRANCH_NOT_MADE", "switch", "--quiet", "--create", name)


def push(root: Path, name: str) -> None:
    """Bring a branch to ``origin``. Raises ``Refused`` (``NOT_PUSHED``) with what Git says."""
    _git(root, "NOT_PUSHED", "push", "--quiet", "--set-upstream", "origin", name)


def _git(root: Path, code: str, *arguments: str) -> None:
    import git

    try:
        git.Git(root).execute(["git", *arguments])
    except git.GitCommandError as error:
        raise _REFUSALS[code](said(error)) from error


def _not_made(why: str) -> Refused:
    return Refused(
        f"Git does not make the branch: {why}", code="BRANCH_NOT_MADE", hint="Nothing was changed."
    )


def _not_pushed(why: str) -> Refused:
    hint = "The branch is committed here: push it yourself, and open the pull request with “gh pr create”."
    return Refused(f"Git does not push: {why}", code="NOT_PUSHED", hint=hint)


_REFUSALS = {"BRANCH_NOT_MADE": _not_made, "NOT_PUSHED": _not_pushed}
