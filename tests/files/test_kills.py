"""A process that dies at any moment leaves the former store or the next one, and nothing beside it."""

from __future__ import annotations

import os
import random
import shutil
import signal
import time
from functools import partial
from pathlib import Path

import pytest

from skillmeat import files

from . import stores
from .stores import BEFORE, EDITS, RESTING
from .system import KILLED, READS, WRITES, in_child, intercepted, killing, start, wait

ALL = (*READS, *WRITES)


def killed_edit(root: Path, changes: stores.Changes, at: int, names: tuple[str, ...] = ALL) -> bool:
    """Make an edit in a process that dies before its call number ``at``; whether it came so far."""

    def action() -> None:
        with intercepted(killing(at), names):
            stores.edit(root, changes)

    status = in_child(action)
    assert status in (0, KILLED)
    return status == KILLED


@pytest.mark.parametrize("name", EDITS)
def test_a_kill_before_any_call_and_within_any_write(name: str, memory: Path) -> None:
    """R1: a reader then sees the store before or after; a writer leaves nothing else in the folder.

    In the longest edit the calls that only read are passed over: the next one finds the same disk.
    """
    names = WRITES if name == "rename a tag" else ALL
    changes = EDITS[name]
    after = stores.after(changes)
    kills = 0
    outcomes = {"before": 0, "after": 0}
    while True:
        root = stores.lay(memory / "store")
        if not killed_edit(root, changes, kills + 1, names):
            break
        kills += 1
        read = stores.seen(root)
        assert read in (BEFORE, after), f"mixed after a kill at call {kills}"
        stores.settle(root)
        assert stores.contents(root) == read, f"leftovers after a kill at call {kills}"
        assert stores.state(root) == RESTING
        outcomes["before" if read == BEFORE else "after"] += 1
    assert stores.contents(root) == after
    print(f"{name}: {kills} kills, {outcomes}")
    assert kills >= 72, "seven of these make more than 500 kills"
    assert min(outcomes.values()) > 0


@pytest.mark.parametrize("name", ["make folders", "empty folders"])
def test_a_kill_while_recovering_from_a_kill(name: str, memory: Path) -> None:
    """R2: once an edit is recorded it is completed, however often that is interrupted."""
    changes = EDITS[name]
    after = stores.after(changes)
    store, crashed = memory / "store", memory / "crashed"
    pairs = first = 0
    while killed_edit(stores.lay(crashed), changes, (first := first + 1), WRITES):
        if "journal.json" not in stores.state(crashed):
            continue
        second = 0
        while True:
            shutil.rmtree(store, ignore_errors=True)
            shutil.copytree(crashed, store)
            second += 1

            def action(at: int = second) -> None:
                with intercepted(killing(at), WRITES):
                    stores.settle(store)

            if in_child(action) != KILLED:
                break
            pairs += 1
            assert stores.seen(store) == after
            stores.settle(store)
            assert stores.contents(store) == after
            assert stores.state(store) == RESTING
    print(f"{name}: {pairs} pairs")
    assert pairs >= 250, "two of these make more than 500 pairs"


COUNTERS = ("manifests/tags/a.toml", "manifests/tags/b.toml", "manifests/collections/c.toml")


def append_for_ever(root: Path, writer: int, acknowledge: int) -> None:
    """Add one line after the other to three files, telling each that is done."""
    for number in range(1_000_000):
        line = f"{writer}-{number}\n".encode()
        with files.writing(root, timeout=600) as store:
            read = {path: store.read(path, stores.LIMIT) for path in COUNTERS}
            store.write({path: (content or b"") + line for path, content in read.items()}, read)
        os.write(acknowledge, line)


def test_writers_killed_at_random_times(memory: Path) -> None:
    """R3: of 3 writers killed in 100 trials no acknowledged edit is lost, and none is torn."""
    chance = random.Random(20261121)
    acknowledged = 0
    for trial in range(100):
        root = stores.lay(memory / "store", dict.fromkeys(COUNTERS, b"# none\n"))
        output, acknowledge = os.pipe()
        writers = [start(partial(append_for_ever, root, writer, acknowledge)) for writer in range(3)]
        os.close(acknowledge)
        with os.fdopen(output, "rb", buffering=0) as told:
            heard = b""
            for writer in writers:
                wanted = heard.count(b"\n") + chance.randrange(1, 4)
                while heard.count(b"\n") < wanted:
                    heard += told.read(1000)
                time.sleep(chance.uniform(0, 0.01))
                os.kill(writer, signal.SIGKILL)
                assert wait(writer) == -signal.SIGKILL
            while more := told.read(1000):
                heard += more
        lines = heard.splitlines()
        acknowledged += len(lines)
        found = set(stores.seen(root).values())
        assert len(found) == 1, f"torn in trial {trial}"
        kept = found.pop().splitlines()
        assert len(kept) == len(set(kept))
        assert set(lines) <= set(kept), f"lost in trial {trial}"
        assert len(kept) - 1 - len(lines) <= 3, "an edit that nobody asked for"
    print(f"100 trials, {acknowledged} acknowledged")
    assert acknowledged >= 300


def test_a_reader_never_sees_half_an_edit(memory: Path) -> None:
    """While 2 writers work and are killed again and again, every reading finds the three files equal."""
    root = stores.lay(memory / "store", dict.fromkeys(COUNTERS, b"# none\n"))
    stores.settle(root)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for _ in range(10):
        writers = [start(partial(append_for_ever, root, writer, nowhere)) for writer in range(2)]
        states: set[bytes] = set()
        while len(states) < 4:
            found = set(stores.seen(root).values())
            assert len(found) == 1
            states |= found
        for writer in writers:
            os.kill(writer, signal.SIGKILL)
            wait(writer)
    os.close(nowhere)
