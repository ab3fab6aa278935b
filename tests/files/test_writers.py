"""Several writers, and people with editors: nobody's work is lost in silence."""

from __future__ import annotations

import errno
import fcntl
import os
import random
import signal
import time
from functools import partial
from pathlib import Path

import pytest

from skillmeat import files
from skillmeat.errors import Conflict

from . import stores
from .stores import EDITS
from .system import start, wait

COUNTERS = ("manifests/tags/a.toml", "manifests/tags/b.toml", "manifests/collections/c.toml")


def append(root: Path, writer: int, edits: int, paths: tuple[str, ...] = COUNTERS) -> None:
    """Add lines to the files, trying again when somebody else was faster."""
    for number in range(edits):
        while True:
            try:
                with files.writing(root, timeout=600) as store:
                    seen = {path: store.read(path, stores.LIMIT) or b"" for path in paths}
                    line = f"{writer}-{number}\n".encode()
                    store.write({path: content + line for path, content in seen.items()}, seen)
                break
            except Conflict as error:
                if error.code != "STORE_CHANGED":
                    raise


def lines(root: Path, path: str) -> list[str]:
    """The lines that writers added to a file."""
    return (root / path).read_text().splitlines()


@pytest.mark.parametrize("writers", [2, 4, 8, 16])
def test_no_edit_is_lost_among_writers(writers: int, memory: Path) -> None:
    """R7: of 2 to 16 processes with 50 edits each of three files, every edit is there."""
    root = stores.lay(memory / "store", dict.fromkeys(COUNTERS, b""))
    children = [start(partial(append, root, writer, 50)) for writer in range(writers)]
    assert [wait(child) for child in children] == [0] * writers
    expected = sorted(f"{writer}-{number}" for writer in range(writers) for number in range(50))
    for path in COUNTERS:
        assert sorted(lines(root, path)) == expected


def test_the_first_edits_of_a_store_may_meet(memory: Path) -> None:
    """Writers that find no folder for the lock make it together."""
    for _ in range(20):
        root = stores.lay(memory / "store", dict.fromkeys(COUNTERS, b""))
        children = [start(partial(append, root, writer, 1)) for writer in range(4)]
        assert [wait(child) for child in children] == [0] * 4
        assert sorted(lines(root, COUNTERS[0])) == ["0-0", "1-0", "2-0", "3-0"]


def test_the_holder_of_the_lock_is_named(memory: Path) -> None:
    """Who waits for the lock is told after a while which process and which command holds it."""
    root = stores.lay(memory / "store")
    with files.writing(root):
        begun = time.monotonic()
        with pytest.raises(Conflict) as raised, files.writing(root, timeout=0.2):
            raise AssertionError
        assert time.monotonic() - begun >= 0.2
        with pytest.raises(Conflict) as read, files.reading(root, timeout=0.0):
            raise AssertionError
    assert raised.value.code == read.value.code == "STORE_LOCKED"
    assert raised.value.exit_status == 4
    holder = f"The store is in use by process {os.getpid()} on {os.uname().nodename} ("
    assert raised.value.detail.startswith(holder)
    with files.writing(root, timeout=0):
        pass


def test_a_process_that_dies_gives_the_lock_back(memory: Path) -> None:
    """After ``kill -9`` nobody waits, and nothing has to be cleared away."""
    root = stores.lay(memory / "store")
    ready, tell = os.pipe()

    def hold() -> None:
        with files.writing(root):
            os.write(tell, b"!")
            time.sleep(60)

    child = start(hold)
    assert os.read(ready, 1) == b"!"
    os.kill(child, signal.SIGKILL)
    wait(child)
    with files.writing(root, timeout=0):
        pass
    os.close(ready)
    os.close(tell)


def test_readers_do_not_wait_for_one_another(memory: Path) -> None:
    """Any number of readers at once."""
    root = stores.lay(memory / "store")
    stores.settle(root)
    with files.reading(root), files.reading(root, timeout=0) as reader:
        assert reader.read("manifests/skillmeat.toml", 100) == b"format = 2\n"


def test_a_reader_leaves_no_trace(memory: Path) -> None:
    """Reading a fresh clone makes no folder."""
    root = stores.lay(memory / "store")
    assert stores.seen(root) == stores.BEFORE
    assert not (root / "manifests" / ".skillmeat").exists()


# ----------------------------------------------------------- without locking


@pytest.mark.parametrize("name", EDITS)
def test_a_stale_edit_is_noticed(name: str, memory: Path) -> None:
    """R8: of two writers without a lock that read the same store, the second is told so."""
    root = stores.lay(memory / "store")
    stores.settle(root)
    first, second = files.Writer(root), files.Writer(root)
    changes = EDITS[name]
    seen = {path: first.read(path, 1000) for path in changes}
    first.write(dict.fromkeys(changes, b"first\n"), seen)
    made = stores.contents(root)
    with pytest.raises(Conflict) as raised:
        second.write(changes, seen)
    assert raised.value.code == "STORE_CHANGED"
    assert raised.value.detail.startswith("Somebody saved “manifests/")
    assert raised.value.detail.endswith(" meanwhile; nothing was changed.")
    assert stores.contents(root) == made
    assert stores.state(root) == stores.RESTING


@pytest.mark.parametrize("paths", [COUNTERS[:1], COUNTERS], ids=["one file", "three files"])
def test_no_edit_is_lost_where_locks_do_nothing(
    paths: tuple[str, ...], memory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R8: on a drive whose locks anybody can have, the edits of 4 processes are all there."""
    monkeypatch.setattr(fcntl, "flock", lambda file, how: None)
    root = stores.lay(memory / "store", dict.fromkeys(COUNTERS, b""))
    children = [start(partial(append, root, writer, 50, paths)) for writer in range(4)]
    assert [wait(child) for child in children] == [0] * 4
    assert {len(set(lines(root, path))) for path in paths} == {200}
    assert stores.state(root) == stores.RESTING


def test_a_drive_without_locks(memory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where locking is not supported the claim of a live process holds, and that of a dead one does not."""

    def unsupported(file: int, how: int) -> None:
        raise OSError(errno.ENOTSUP, os.strerror(errno.ENOTSUP))

    monkeypatch.setattr(fcntl, "flock", unsupported)
    root = stores.lay(memory / "store")
    with (
        files.writing(root),
        files.reading(root),
        pytest.raises(Conflict) as raised,
        files.writing(root, timeout=0.1),
    ):
        raise AssertionError
    assert raised.value.code == "STORE_LOCKED"
    assert raised.value.detail.startswith(
        f"The store is in use by process {os.getpid()} on {os.uname().nodename} ("
    )
    assert "manifests/.skillmeat/claim" in raised.value.hint

    def die() -> None:
        with files.writing(root):
            os.kill(os.getpid(), signal.SIGKILL)

    assert wait(start(die)) == -signal.SIGKILL
    assert "claim" in stores.state(root)
    with files.writing(root, timeout=0):
        pass
    assert stores.state(root) == stores.RESTING


# --------------------------------------------------------------- the editor


MINE, OTHER = "manifests/tags/web.toml", "manifests/tags/pdf.toml"


def keep_saving(path: Path, stop: Path, result: Path, pace: float) -> None:
    """Save a file again and again, as editors do, which know nothing of locks.

    The first line is the number of the save, the rest is the writer's; a writer keeps the first line.
    It does so in less than two of ``pace`` seconds, which an edit takes on this machine.
    A save was overwritten when what the file holds next was made from an earlier one.
    """
    chance = random.Random(9)
    saves = overwritten = 0
    while not stop.exists():
        first, rest = path.read_bytes().splitlines()
        overwritten += int(first) != saves
        saves += 1
        draft = path.with_name(".draft")
        draft.write_bytes(b"%d\n%s\n" % (saves, rest))
        draft.replace(path)
        time.sleep(chance.uniform(0, 2 * pace))
    result.write_text(f"{saves} {overwritten}")


def save_meanwhile(root: Path, commits: int, *, compare: bool) -> tuple[int, int, int]:
    """An editor against a writer that makes so many edits.

    Gives the number of saves, of those that were overwritten, and of the edits that were refused.
    """
    stores.lay(root, {MINE: b"0\nnone\n", OTHER: b"none\n"})
    stores.settle(root)
    stop, result = root / "stop", root / "result"
    begun = time.monotonic()
    for _ in range(20):
        stores.edit(root, {MINE: b"0\nnone\n", OTHER: b"none\n"})
    pace = (time.monotonic() - begun) / 20 + 0.001
    editor = start(partial(keep_saving, root / MINE, stop, result, pace))
    refused: list[str] = []
    made = 0
    while made < commits:
        with files.writing(root) as writer:
            seen = {path: writer.read(path, 1000) for path in (MINE, OTHER)}
            first, _rest = (seen[MINE] or b"").splitlines()
            time.sleep(0.001)  # the catalog is read and checked
            if not compare:
                seen = {path: writer.read(path, 1000) for path in seen}
            number = b"%d\n" % made
            try:
                writer.write({MINE: first + b"\n" + number, OTHER: number}, seen)
                made += 1
            except Conflict as conflict:
                refused.append(conflict.code)
    stop.touch()
    assert wait(editor) == 0
    assert set(refused) <= {"STORE_CHANGED"}
    saves, overwritten = map(int, result.read_text().split())
    return saves, overwritten, len(refused)


def test_an_editor_that_saves_all_the_time(memory: Path) -> None:
    """R9: next to no save is overwritten, and every refusal is reported; without the comparison many are."""
    saves, overwritten, refused = save_meanwhile(memory / "compared", 600, compare=True)
    print(f"compared: {overwritten} of {saves} saves overwritten, {refused} refusals")
    blind_saves, blindly, _ = save_meanwhile(memory / "blind", 600, compare=False)
    print(f"not compared: {blindly} of {blind_saves} saves overwritten")
    assert refused > 50
    assert overwritten <= 600 * 31 / 450
    assert blindly > 2 * overwritten
