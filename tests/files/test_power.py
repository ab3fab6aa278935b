"""What the disk may hold after the power went: every state that a file system may leave is tried.

Two models. *Ordered*: changes of names reach the disk in the order in which they were made, as in the
journal of ext4 or XFS, and waiting for anything waits for all of them. *Weak*: any of them may be missing
unless its own folder was waited for. In both, what was written to a file and not waited for may be missing,
torn or zero; a rename is one change.
"""

from __future__ import annotations

import itertools
import os
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from skillmeat.errors import SkillmeatError

from . import stores
from .stores import BEFORE, EDITS
from .system import WRITES, Call, intercepted


@dataclass(frozen=True)
class Names:
    """Names that begin or cease to stand for something, all at once: (folder, name, number or None)."""

    changes: tuple[tuple[int, str, int | None], ...]


@dataclass(frozen=True)
class Content:
    """All that a file holds from now on."""

    number: int
    content: bytes


@dataclass(frozen=True)
class Sync:
    """The process waited until a file's content, or a folder's names, were on the disk."""

    number: int


@dataclass(frozen=True)
class Reported:
    """The command said that an edit was made."""


Operation = Names | Content | Sync | Reported
Disk = tuple[tuple[str, bytes | None, int], ...]
"""Path, content (None for a folder) and mode of everything below the root."""


class Recorder:
    """Lets the calls through and writes down what they ask of the disk. Files and folders are numbered."""

    def __init__(self, root: Path) -> None:
        self.root = str(root)
        self.operations: list[Operation] = []
        self.numbers: dict[str, int] = {}
        self.folders: set[int] = set()
        self.modes: dict[int, int] = {}
        self._opened: dict[int, int] = {}
        self._content: dict[int, bytes] = {}
        for path in [root, *sorted(root.rglob("*"))]:
            self._begin(str(path), path.is_dir())
            if path.is_file():
                self._hold(self.numbers[str(path)], path.read_bytes())
        self.operations += [Sync(number) for number in self.modes]
        self.existing = len(self.operations)

    def __call__(self, name: str, call: Call, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        result = call(*args, **kwargs)
        match name:
            case "open":
                if args[0] not in self.numbers:
                    self._begin(args[0], folder=False)
                self._opened[result] = self.numbers[args[0]]
            case "write":
                number = self._opened[args[0]]
                self._hold(number, self._content.get(number, b"") + bytes(args[1][:result]))
            case "ftruncate":
                self._hold(self._opened[args[0]], b"")
            case "fchmod":
                self.modes[self._opened[args[0]]] = args[1]
            case "fsync":
                self.operations.append(Sync(self._opened[args[0]]))
            case "replace":
                number = self.numbers.pop(args[0])
                self.numbers[args[1]] = number
                self._name((args[0], None), (args[1], number))
            case "unlink" | "rmdir":
                del self.numbers[args[0]]
                self._name((args[0], None))
            case "mkdir":
                self._begin(args[0], folder=True)
        return result

    def _begin(self, path: str, folder: bool) -> None:
        number = self.numbers[path] = len(self.modes)
        self.modes[number] = os.lstat(path).st_mode & 0o777
        if folder:
            self.folders.add(number)
        if path != self.root:
            self._name((path, number))

    def _name(self, *changes: tuple[str, int | None]) -> None:
        split = [(path.rpartition("/"), number) for path, number in changes]
        self.operations.append(
            Names(tuple((self.numbers[folder], name, number) for (folder, _, name), number in split))
        )

    def _hold(self, number: int, content: bytes) -> None:
        if number == self.numbers.get(f"{self.root}/manifests/.skillmeat/lock"):
            return  # its text is for people
        self._content[number] = content
        self.operations.append(Content(number, content))

    def disks(self, operations: Sequence[Operation], *, weak: bool) -> Iterator[Disk]:
        """Every state in which these operations may have left the disk."""
        synced = {step.number: at for at, step in enumerate(operations) if isinstance(step, Sync)}
        last = max(synced.values())
        certain: list[Names] = []
        open_to_chance: list[Names] = []
        for at, step in enumerate(operations):
            if isinstance(step, Names):
                waited = max(synced.get(folder, -1) for folder, _, _ in step.changes) if weak else last
                (certain if at < waited else open_to_chance).append(step)
        subsets = (
            itertools.chain.from_iterable(
                itertools.combinations(open_to_chance, size) for size in range(len(open_to_chance) + 1)
            )
            if weak
            else (tuple(open_to_chance[:size]) for size in range(len(open_to_chance) + 1))
        )
        held: dict[int, list[bytes]] = {}
        for at, step in enumerate(operations):
            if isinstance(step, Content):
                if at < synced.get(step.number, -1):
                    held[step.number] = [step.content]
                else:
                    half = step.content[: len(step.content) // 2]
                    zeros = bytes(len(step.content))
                    held[step.number] = [*held.get(step.number, [b""])[:1], half, zeros, step.content]
        for happened in subsets:
            for contents in itertools.product(*held.values()):
                yield self._disk([*certain, *happened], dict(zip(held, contents, strict=True)))

    def _disk(self, changes: Sequence[Names], contents: dict[int, bytes]) -> Disk:
        listing: dict[int, dict[str, int]] = {}
        for change in changes:
            for folder, name, number in change.changes:
                if number is None:
                    listing.setdefault(folder, {}).pop(name, None)
                else:
                    listing.setdefault(folder, {})[name] = number

        def below(number: int, path: str) -> Iterator[tuple[str, bytes | None, int]]:
            for name, each in sorted(listing.get(number, {}).items()):
                inner = f"{path}/{name}".lstrip("/")
                content = None if each in self.folders else contents.get(each, b"")
                yield inner, content, self.modes[each]
                if each in self.folders:
                    yield from below(each, inner)

        return tuple(below(self.numbers[self.root], ""))


def record(root: Path, *edits: stores.Changes) -> Recorder:
    """Make edits and write down what they ask of the disk."""
    recorder = Recorder(root)
    with intercepted(recorder, WRITES):
        for changes in edits:
            stores.edit(root, changes)
            recorder.operations.append(Reported())
    return recorder


def states(recorder: Recorder, *, weak: bool) -> Iterator[tuple[Disk, int]]:
    """Every state of the disk at every moment, once, and how many edits were reported by then."""
    met: set[tuple[Disk, int]] = set()
    for count in range(recorder.existing, len(recorder.operations) + 1):
        happened = recorder.operations[:count]
        reported = happened.count(Reported())
        for disk in recorder.disks(happened, weak=weak):
            if (disk, reported) not in met:
                met.add((disk, reported))
                yield disk, reported


def wrong(root: Path, disk: Disk, allowed: Sequence[stores.Tree]) -> str:
    """What is wrong with what the next commands make of a disk; empty when it is an allowed store."""
    shutil.rmtree(root, ignore_errors=True)
    root.mkdir()
    for path, content, mode in disk:
        if content is None:
            (root / path).mkdir()
        else:
            (root / path).write_bytes(content)
            (root / path).chmod(mode)
    try:
        read = stores.seen(root)
        stores.settle(root)
    except SkillmeatError as error:
        return error.code
    if stores.contents(root) != read or stores.state(root) != stores.RESTING:
        return "leftovers"
    return "" if read in allowed else "mixed or lost"


def tried(
    memory: Path, recorder: Recorder, history: Sequence[stores.Tree], *, weak: bool
) -> tuple[int, list[str]]:
    """How many states there are, and what is wrong with the bad ones.

    ``history`` is the store before the edits and after each. What was reported may not be lost.
    """
    found = [
        wrong(memory / "after", disk, history[reported:]) for disk, reported in states(recorder, weak=weak)
    ]
    return len(found), [each for each in found if each]


@pytest.mark.parametrize("weak", [False, True], ids=["ordered", "weak"])
@pytest.mark.parametrize("name", EDITS)
def test_power_fails_at_any_moment(name: str, weak: bool, memory: Path) -> None:
    """R5: every state leads to the store before or after, and to after once the edit was reported."""
    root = stores.lay(memory / "store")
    stores.settle(root)
    recorder = record(root, EDITS[name])
    count, bad = tried(memory, recorder, [BEFORE, stores.after(EDITS[name])], weak=weak)
    print(f"{name}: {count} states, {len(bad)} bad")
    assert bad == []
    assert count >= 7


MOVE = EDITS["move a record"]
MOVED = stores.after(MOVE)


def test_power_fails_during_the_first_edit(memory: Path) -> None:
    """R5: the same when the folder of the journal itself is new."""
    recorder = record(stores.lay(memory / "store"), MOVE)
    count, bad = tried(memory, recorder, [BEFORE, MOVED], weak=True)
    print(f"first edit: {count} states, {len(bad)} bad")
    assert bad == []
    assert count >= 200


@pytest.mark.parametrize("weak", [False, True], ids=["ordered", "weak"])
def test_an_edit_that_is_done_does_not_come_back(weak: bool, memory: Path) -> None:
    """R5: the record of an edit cannot reappear after a later edit of the same file."""
    root = stores.lay(memory / "store")
    stores.settle(root)
    path = "manifests/artifacts/command/check.toml"
    again: stores.Changes = {path: b'name = "Once more"\n'}
    recorder = record(root, MOVE, again, {path: MOVED[path]})
    history = [BEFORE, MOVED, stores.after(again, MOVED), MOVED]
    count, bad = tried(memory, recorder, history, weak=weak)
    print(f"three edits: {count} states, {len(bad)} bad")
    assert bad == []
    assert count >= 20


@pytest.mark.parametrize("dropped", ["files", "folders", "all"])
def test_the_model_notices_a_missing_sync(dropped: str, memory: Path) -> None:
    """The control: an edit that does not wait for files, for folders or for anything is found out."""
    root = stores.lay(memory / "store")
    stores.settle(root)
    recorder = record(root, MOVE)

    def is_dropped(step: Operation) -> bool:
        kind = "folders" if isinstance(step, Sync) and step.number in recorder.folders else "files"
        return isinstance(step, Sync) and dropped in (kind, "all")

    made = recorder.operations[recorder.existing :]
    recorder.operations[recorder.existing :] = [step for step in made if not is_dropped(step)]
    count, bad = tried(memory, recorder, [BEFORE, MOVED], weak=True)
    print(f"without waiting for {dropped}: {count} states, {len(bad)} bad: {sorted(set(bad))}")
    assert len(bad) > count // 2
