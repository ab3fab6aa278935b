"""What each commit did to the manifests: one walk over the store's history."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from functools import cached_property, partial
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from skillmeat.errors import Refused
from skillmeat.history import known
from skillmeat.history.repository import (
    entries,
    framed,
    has_commit,
    moment,
    moved_from,
    prefix_of,
    repository_of,
    said,
    shallow_commits,
)
from skillmeat.text import one_line, shorten

if TYPE_CHECKING:
    import git

MOST_COMMITS = 20_000
"""How far back the walk goes."""

LATEST = datetime(9999, 12, 31, tzinfo=UTC)
"""The last day there is; Git allows later ones."""


class Deed(StrEnum):
    """What a commit did to a file."""

    ADDED = "added"
    REMOVED = "removed"
    RENAMED = "renamed"
    CHANGED = "changed"


_DEEDS: Final = {str(number): deed for number, deed in enumerate(Deed)}
_DIGITS: Final = {deed: digit for digit, deed in _DEEDS.items()}


class Touched(NamedTuple):
    """A file that a commit touched. Paths are relative to the store's root.

    ``before`` is where a renamed file stood, else empty. ``now`` is where the same file stands at the newest
    commit, after every later rename; empty when it is gone.
    """

    deed: Deed
    path: str
    before: str
    now: str


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit, its date in UTC, to the second, its message's first line, made safe to show, and what it
    touched.

    ``when`` is ``LATEST`` for a date after it.
    """

    id: str
    when: datetime
    subject: str
    files: tuple[Touched, ...]


@dataclass(frozen=True)
class Log(known.Told):
    """The commits that touched ``manifests/``, newest first.

    ``missing`` is a sentence on what is not known, or empty: what the oldest commits of a shallow clone did,
    and what came before them.
    """

    commits: Sequence[Commit] = ()
    missing: str = ""

    @cached_property
    def of(self) -> Mapping[str, Sequence[tuple[Commit, Touched]]]:
        """By path of a file that is there at the newest commit: what touched it, newest first."""
        found: dict[str, list[tuple[Commit, Touched]]] = defaultdict(list)
        for commit in self.commits:
            for touched in commit.files:
                if touched.now:
                    found[touched.now].append((commit, touched))
        return found

    def packed(self) -> list[Any]:
        """What ``unpacked`` makes the same of, as JSON has it: every path once, and where it stands in what
        the commits touched, one after the other.
        """
        heads = [
            (each.id, int(each.when.timestamp()), each.subject, len(each.files)) for each in self.commits
        ]
        touched = chain.from_iterable(each.files for each in self.commits)
        deeds, *columns = zip(*touched, strict=True) if any(head[3] for head in heads) else [()] * 4
        rows = {path: row for row, path in enumerate(dict.fromkeys(chain(*columns)))}
        digits = "".join(map(_DIGITS.__getitem__, deeds))
        return [self.missing, heads, digits, list(rows), *(list(map(rows.get, each)) for each in columns)]

    @classmethod
    def unpacked(
        cls,
        missing: str,
        heads: Sequence[tuple[str, int, str, int]],
        digits: str,
        paths: Sequence[str],
        *columns: Sequence[int],
    ) -> Log:
        """The log that was ``packed``."""
        deeds = map(_DEEDS.__getitem__, digits)
        named = (map(paths.__getitem__, column) for column in columns)
        touched = map(Touched._make, zip(deeds, *named, strict=True))
        return cls(
            tuple(
                Commit(oid, datetime.fromtimestamp(when, UTC), subject, tuple(islice(touched, count)))
                for oid, when, subject, count in heads
            ),
            missing,
        )


def log(root: Path) -> Log:
    """What each commit did to ``manifests/``; nothing where there is no repository or no commit."""
    return known.told(root, "log", partial(_log, root), _worth_keeping, Log.unpacked)


def _worth_keeping(log: Log) -> list[Any] | None:
    return log.packed() if log.commits else None  # Git may have refused to tell


def _log(root: Path, tip: str) -> Log:
    try:
        repository = repository_of(root)
        if repository is None or not has_commit(repository):
            return Log()
    except Refused as error:
        return Log(missing=f"{error} Without it what changed is not known.")
    import git

    beneath = prefix_of(repository, root)
    try:
        output = repository.git.log(
            framed("%H", "%ct", "%s"),
            "--name-status",
            "-z",
            "-M",
            "-l1000",
            "--root",
            "--date-order",
            "--no-follow",
            "--no-show-signature",
            "--no-ext-diff",
            "--ignore-submodules=none",
            "--encoding=UTF-8",
            "-O/dev/null",  # the order in which files are told
            "--diff-merges=combined",  # of a merge, only what neither side had
            f"--max-count={MOST_COMMITS}",
            tip,
            "--",
            f":/{beneath}manifests",
        )
    except git.GitCommandError as error:
        return Log(missing=f"Git does not tell what changed: {said(error)}")
    boundary = shallow_commits(repository)
    commits = tuple(_followed(_read(output, beneath), boundary))
    missing = ""
    if boundary:
        missing = "The clone is shallow: what its oldest commits changed, and what came before, is not known."
    elif len(commits) == MOST_COMMITS:
        missing = f"Only the newest {MOST_COMMITS:,} commits are shown."
    elif commits and (moved := _moved(repository, commits[-1], beneath)):
        missing = moved
    return Log(commits, missing)


def _moved(repository: git.Repo, oldest: Commit, prefix: str) -> str:
    try:
        folder = moved_from(repository, oldest.id, prefix)
    except Refused:
        return ""
    if folder is None:
        return ""
    was = f"in “{folder.rstrip('/')}”" if folder else "at the top of the repository"
    return f"Before {oldest.when:%Y-%m-%d} the store was {was}: what changed there is not shown."


_Raw = tuple[str, datetime, str, list[tuple[str, str, str]]]


def _read(output: str, prefix: str) -> Iterator[_Raw]:
    """Each commit's id, date, subject, and for each file what Git calls it, where it was and where it is."""
    for (identity, stamp, subject), tokens in entries(output, 3):
        changes = []
        rest = iter(tokens)
        for status in rest:
            path = before = next(rest, "")
            if status[:1] in "RC" and status[1:].isdigit():  # of a merge, Git gives the new name alone
                path = next(rest, "")
            if path.startswith(prefix):
                before = before[len(prefix) :] if before.startswith(prefix) else ""
                changes.append((status, before, path[len(prefix) :]))
        yield identity, moment(stamp) or LATEST, subject, changes


def _followed(commits: Iterator[_Raw], boundary: frozenset[str]) -> Iterator[Commit]:
    """The commits, newest first, with where each file ended up.

    Walking back, ``later`` holds what became of the file that stood at a path at that time, for every path
    whose file was renamed or removed since.
    """
    later: dict[str, str] = {}
    for identity, when, subject, changes in commits:
        files = []
        for status, before, path in changes:
            deed = _deed(status, before, path)
            now = "" if deed is Deed.REMOVED else later.get(path, path)
            files.append(Touched(deed, path, before if deed is Deed.RENAMED else "", now))
        for touched in files:  # what stood at the path before this commit is another file, if any did
            if touched.deed is not Deed.CHANGED:
                later[touched.path] = ""
        for touched in files:
            if touched.deed is Deed.RENAMED:
                later[touched.before] = touched.now
        known = () if identity in boundary else tuple(files)
        yield Commit(identity, when, one_line(shorten(subject.strip(), 200)), known)


def _deed(status: str, before: str, path: str) -> Deed:
    if status.startswith("R") and before and before != path:
        return Deed.RENAMED
    if set(status) == {"A"} or status.startswith("C"):
        return Deed.ADDED
    return Deed.REMOVED if set(status) == {"D"} else Deed.CHANGED
