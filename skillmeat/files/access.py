"""A moment at which a store can be read, or changed, with nobody else changing it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from skillmeat.errors import Refused
from skillmeat.files import contents, journal
from skillmeat.files.locking import MANIFESTS, exclusive, shared

T = TypeVar("T")


@dataclass(frozen=True)
class Reader:
    """The files of a store at one moment.

    ``ahead`` holds the files that are to be seen otherwise than they are on disk (None: as if they were not
    there): those that an unfinished edit has still to change, or those that differed at a commit.
    """

    root: Path
    ahead: Mapping[str, bytes | None] = field(default_factory=dict)

    def read(self, path: str, limit: int) -> bytes | None:
        """As ``files.read``."""
        return self.ahead[path] if path in self.ahead else contents.read(self.root, path, limit)

    def read_folder(
        self, folder: str, depth: int, limit: int, suffix: str = ""
    ) -> Iterator[tuple[str, bytes | Refused]]:
        """As ``files.read_folder``."""
        listing = contents.read_folder(self.root, folder, depth, limit, suffix)
        if not self.ahead:
            return listing
        return self._overlaid(dict(listing), folder, depth, suffix)

    def stamp(self, path: str) -> contents.Stamp | None:
        """As ``files.contents.stamp``; None as well for a file that an unfinished edit has to change."""
        return None if path in self.ahead else contents.stamp(self.root, path)

    def changed_folder(
        self, folder: str, depth: int, limit: int, known: Callable[[str, contents.Stamp], bool]
    ) -> Iterator[tuple[str, tuple[contents.Stamp, bytes | Refused | None] | bytes | Refused]]:
        """As ``files.contents.changed_folder``; those of ``ahead`` have no stamp, only content."""
        ahead = self.ahead
        if not ahead:
            return contents.changed_folder(self.root, folder, depth, limit, known)
        listing = contents.changed_folder(
            self.root, folder, depth, limit, lambda path, stamp: path in ahead or known(path, stamp)
        )
        return self._overlaid(dict(listing), folder, depth, "")

    def names(self, folder: str) -> list[str]:
        """What stands directly in a folder, files and folders, sorted."""
        found = {each.name for each in (self.root / folder).iterdir()}
        for path, content in self.ahead.items():
            above, _, name = path.rpartition("/")
            if above == folder:
                found = found - {name} if content is None else found | {name}
        return sorted(found)

    def _overlaid(
        self, found: dict[str, T | Refused], folder: str, depth: int, suffix: str
    ) -> Iterator[tuple[str, T | bytes | Refused]]:
        mixed: dict[str, T | bytes | Refused] = {**found}
        for path, content in self.ahead.items():
            below = path.removeprefix(f"{folder}/")
            if content is None:
                mixed.pop(path, None)
            elif below != path and below.count("/") < depth and path.endswith(suffix):
                mixed[path] = content
        return iter(sorted(mixed.items(), key=lambda item: item[0].split("/")))


@dataclass(frozen=True)
class Writer(Reader):
    """The files of a store while nobody else can change them, except with an editor."""

    def write(self, changes: Mapping[str, bytes | None], seen: Mapping[str, bytes | None]) -> None:
        """Write every file of ``changes``, or none; None deletes.

        ``seen`` is what the caller read before it decided, None for a file that did not exist. It has every
        path of ``changes`` and may have more. A file that differs from it just before the edit is made means
        that somebody saved it meanwhile: ``Conflict`` STORE_CHANGED.

        Folders are made as needed; one that a deletion leaves empty goes, as it would in Git. A file that is
        replaced keeps its mode.

        Raises ``Invalid`` INVALID_PATH for a path that is not below ``manifests``, and ``Refused``:
        EDIT_NOT_WRITTEN when nothing was changed, EDIT_WILL_BE_COMPLETED when the edit is made but the next
        command has to complete it, EDIT_NOT_CONFIRMED when it is complete and a power cut might undo it.
        """
        unseen = changes.keys() - seen.keys()
        if unseen:
            raise ValueError(f"written without having been read: {sorted(unseen)}")
        from skillmeat.files import commit  # most commands only read

        real = {path: content for path, content in changes.items() if content != seen[path]}
        (path, content), *more = real.items() or [("", None)]
        if not real:
            commit.unchanged(self.root, seen)
        elif content is not None and not more and commit.has_folder(self.root, path):
            commit.write_one(self.root, path, content, seen)
        else:
            commit.write_many(self.root, real, seen)


@contextmanager
def reading(root: Path, timeout: float = 10.0) -> Iterator[Reader]:
    """The store as it is at one moment: no process of ours changes it meanwhile.

    Raises ``Conflict`` STORE_LOCKED when a writer does not end within ``timeout`` seconds, and ``Refused``
    EDIT_UNFINISHED when an interrupted edit must not be completed because a file was changed after it.
    """
    if contents.locate(root, journal.JOURNAL)[1] is not None:
        with suppress(OSError), exclusive(root, timeout):  # a read-only folder is read all the same
            journal.complete(root)
    with shared(root, timeout):
        unfinished = journal.load(root)
        due = journal.outstanding(root, unfinished) if unfinished else []
        yield Reader(root, {step.path: step.content for step in due})


@contextmanager
def writing(root: Path, timeout: float = 60.0) -> Iterator[Writer]:
    """The store with nobody else reading or writing it; read it through the writer, not through ``reading``.

    Makes ``manifests/.skillmeat`` and completes an edit that was interrupted. Raises as ``reading`` does, and
    ``Refused`` EDIT_NOT_WRITTEN when the folder cannot be written.
    """
    with ExitStack() as held:
        try:
            held.enter_context(exclusive(root, timeout))
        except OSError as error:
            raise Refused(
                f"“{MANIFESTS}” cannot be written ({contents.reason(error)}); nothing was changed.",
                code="EDIT_NOT_WRITTEN",
            ) from error
        try:
            journal.complete(root)
        except OSError as error:
            raise journal.unfinished(f"a file cannot be written ({contents.reason(error)})") from error
        yield Writer(root)
