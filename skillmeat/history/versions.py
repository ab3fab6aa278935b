"""The commits that touched some files, and what these held before and after."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from skillmeat.history.past import blobs, repository_or_refuse
from skillmeat.history.repository import asking, entries, framed, has_commit, moment, prefix_of
from skillmeat.history.repository import moved_from as repository_moved_from


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit, what it is compared with, and the files it touched there.

    ``parent`` is its first parent, empty for the first commit of all. ``paths`` are relative to the store.
    ``when`` is None for a date that is not known here (``repository.moment``).
    """

    id: str
    parent: str
    when: datetime | None
    author: str
    subject: str
    paths: tuple[str, ...]


def commits(root: Path, paths: Sequence[str], start: str = "HEAD", most: int | None = None) -> list[Commit]:
    """The commits up to ``start`` that touched the paths, newest first; renames are not followed.

    Of a merge only what neither side had counts. Raises ``Refused`` (``REPOSITORY_NOT_FOUND``,
    ``HISTORY_NOT_READABLE``).
    """
    repository = repository_or_refuse(root)
    if start == "HEAD" and not has_commit(repository):
        return []
    prefix = prefix_of(repository, root)
    limit = () if most is None else (f"--max-count={most}",)
    with asking("Git does not tell the history", code="HISTORY_NOT_READABLE"):
        output = repository.git.log(
            *limit,
            "-z",
            framed("%H", "%P", "%ct", "%an", "%s"),
            "--name-only",
            "--no-renames",
            "--no-show-signature",
            "--diff-merges=combined",
            start,
            "--",
            *(f":/{prefix}{path}" for path in paths),
        )
    return list(_read(output, prefix))


def moved_from(root: Path, commit: str) -> str | None:
    """The folder in the repository that a commit moved the store from, such as ``old``, or ``.`` for the top.

    None when it moved none. What happened there is not in ``commits``. Raises as ``commits`` does.
    """
    repository = repository_or_refuse(root)
    found = repository_moved_from(repository, commit, prefix_of(repository, root))
    return None if found is None else found.rstrip("/") or "."


def went(root: Path, commit: Commit, folder: str) -> list[str]:
    """The files below a folder, relative to the store's root, that a commit took away."""
    if not commit.parent:
        return []
    repository = repository_or_refuse(root)
    prefix = prefix_of(repository, root)
    with asking("Git does not tell the history", code="HISTORY_NOT_READABLE"):
        names = repository.git.diff_tree(
            "-r",
            "-z",
            "--name-only",
            "--no-renames",
            "--diff-filter=D",
            commit.parent,
            commit.id,
            "--",
            f"{prefix}{folder}",
        )
    return [name[len(prefix) :] for name in names.split("\0") if name]


def contents(root: Path, asked: Iterable[tuple[str, str]]) -> list[bytes | None]:
    """What each (commit, path) held, in order; None where there is nothing, or no commit is given."""
    repository = repository_or_refuse(root)
    prefix = prefix_of(repository, root)
    wanted = list(asked)
    names = [f"{commit}:{prefix}{path}" for commit, path in wanted if commit]
    found = iter(blobs(repository, names))
    return [next(found)[1] if commit else None for commit, _ in wanted]


def _read(output: str, prefix: str) -> Iterator[Commit]:
    for (oid, parents, stamp, author, subject), names in entries(output, 5):
        below = tuple(path[len(prefix) :] for path in names if path.startswith(prefix))
        yield Commit(oid, parents.partition(" ")[0], moment(stamp), author, subject, below)
