"""A system that refuses: the command says what happened, and the store is before or after, never between."""

from __future__ import annotations

import errno
import os
import resource
import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from skillmeat import files
from skillmeat.errors import Refused, SkillmeatError

from . import stores
from .stores import BEFORE, EDITS, RESTING
from .system import KILLED, READS, WRITES, Failing, ReadOnly, in_child, intercepted, killing

NOTHING_CHANGED = ("EDIT_NOT_WRITTEN", "FILE_NOT_READABLE")


@pytest.mark.parametrize("code", ["ENOSPC", "EIO", "EACCES", "EROFS"])
@pytest.mark.parametrize("name", ["move a record", "make folders", "save one file"])
def test_any_call_may_fail(name: str, code: str, memory: Path) -> None:
    """R4: the error says whether nothing was changed or the edit will be completed, and that is true."""
    after = stores.after(EDITS[name])
    number = getattr(errno, code)
    outcomes: Counter[str] = Counter()
    while True:
        root = stores.lay(memory / "store")
        stores.settle(root)
        system = Failing(outcomes.total() + 1, number)
        detail, outcome = "", "done"
        try:
            with intercepted(system, (*READS, *WRITES)):
                stores.edit(root, EDITS[name])
        except SkillmeatError as error:
            detail, outcome = error.detail, error.code
        if system.count < system.at:
            break
        outcomes[outcome] += 1
        if outcome in NOTHING_CHANGED:
            assert stores.contents(root) == BEFORE, detail
            assert stores.state(root) == RESTING, detail
        elif outcome == "EDIT_WILL_BE_COMPLETED":
            assert stores.seen(root) == after
        else:
            assert outcome in ("done", "EDIT_NOT_CONFIRMED")
        stores.settle(root)
        found = {path: content for path, content in stores.contents(root).items() if not path.endswith("/")}
        assert found == (BEFORE if outcome in NOTHING_CHANGED else after), "an empty folder may stay"
        assert stores.state(root) == RESTING
        assert ("nothing was changed" in detail) == (outcome == "EDIT_NOT_WRITTEN")
        assert str(memory) not in detail
        assert outcome == "done" or os.strerror(number) in detail or "could not be compared" in detail
    print(f"{name}, {code}: {dict(outcomes)}")
    assert outcomes["EDIT_NOT_WRITTEN"] > 5


def refusal(root: Path, changes: stores.Changes, call: str, error: int) -> Refused:
    """What an edit is refused with when the first such call in ``Writer.write`` fails."""
    stores.settle(root)
    with files.writing(root) as writer:
        seen = {path: writer.read(path, 1000) for path in changes}
        with intercepted(Failing(1, error), (call,)), pytest.raises(Refused) as raised:
            writer.write(changes, seen)
    return raised.value


def test_what_is_said_when_a_file_cannot_be_written(memory: Path) -> None:
    """The sentence names the file, says why, and that nothing was changed."""
    root = stores.lay(memory / "store")
    refused = refusal(root, {"manifests/tags/web.toml": b"new"}, "write", errno.ENOSPC)
    assert refused.detail == (
        "“manifests/tags/web.toml” could not be written (No space left on device); nothing was changed."
    )


def test_what_is_said_when_an_edit_will_be_completed(memory: Path) -> None:
    """The sentence names the file, says why, and does not speak of failure."""
    root = stores.lay(memory / "store")
    refused = refusal(root, EDITS["move a record"], "unlink", errno.EACCES)
    assert refused.code == "EDIT_WILL_BE_COMPLETED"
    assert refused.detail == (
        "The edit is recorded but could not be completed "
        "(“manifests/artifacts/hook/check.toml”: Permission denied); the next command will complete it."
    )
    assert stores.seen(root) == stores.after(EDITS["move a record"])


def test_a_reader_without_the_right_to_write_sees_the_edit_that_a_crash_left(memory: Path) -> None:
    """On a read-only disk an unfinished edit is read as if it were complete, and nothing is written."""
    changes = EDITS["make folders"]
    views = Counter[str]()
    for at in range(1, 1000):
        root = stores.lay(memory / "store")

        def action(root: Path = root, at: int = at) -> None:
            with intercepted(killing(at), WRITES):
                stores.edit(root, changes)

        if in_child(action) != KILLED:
            break
        before = stores.contents(root), stores.state(root)
        unfinished = "journal.json" in stores.state(root)
        with intercepted(ReadOnly(), WRITES):
            read = stores.seen(root)
            with files.reading(root) as reader:
                assert all(reader.read(path, 1000) == read.get(path) for path in {**BEFORE, **changes})
        assert (stores.contents(root), stores.state(root)) == before
        assert read == stores.seen(root)
        views["unfinished" if unfinished else "whole"] += 1
        assert not unfinished or read == stores.after(changes)
    assert views["unfinished"] > 10
    assert views["whole"] > 10


def test_a_writer_without_the_right_to_write_says_so(memory: Path) -> None:
    """A read-only store is one clear line, with or without an unfinished edit."""
    root = stores.lay(memory / "store")
    with pytest.raises(Refused) as raised, intercepted(ReadOnly(), WRITES), files.writing(root):
        raise AssertionError
    assert raised.value.detail == (
        "“manifests” cannot be written (Read-only file system); nothing was changed."
    )


# --------------------------------------------------------------- full disks

BIG: stores.Changes = {
    "manifests/sources/acme.toml": b"#",
    **{f"manifests/tags/tag-{n}.toml": b"#" * (n * 500) for n in range(1, 9)},
}
WHOLE = stores.after(BIG)


def outcome_of_a_big_edit(root: Path) -> str:
    """Whether it was made, after a check that there is nothing between."""
    try:
        stores.edit(root, BIG)
    except Refused as error:
        refused = error
    else:
        assert stores.contents(root) == WHOLE
        return "made"
    assert refused.code == "EDIT_NOT_WRITTEN", refused.detail
    assert "nothing was changed" in refused.detail
    assert stores.contents(root) == BEFORE
    assert stores.state(root) <= RESTING
    return "refused"


def test_no_file_may_grow_beyond_a_limit(memory: Path) -> None:
    """R6, without privileges: at 20 limits on the size of a file the edit is refused or whole."""
    outcomes: Counter[str] = Counter()
    for limit in range(0, 5000, 250):
        root = stores.lay(memory / "store")

        def action(root: Path = root, limit: int = limit) -> None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
            outcome_of_a_big_edit(root)

        assert in_child(action) == 0
        found = stores.contents(root)
        assert found in (BEFORE, WHOLE)
        outcomes["made" if found == WHOLE else "refused"] += 1
        stores.settle(root)
        assert stores.contents(root) == found
    print(f"file size limits: {dict(outcomes)}")
    assert outcomes.keys() == {"made", "refused"}


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 256 KB."""
    if os.geteuid() != 0:
        pytest.skip("only root can mount a small disk; the limit on file sizes is tried in its place")
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", tmp_path], capture_output=True, text=True
    )
    if mounted.returncode:
        pytest.skip(f"a small disk cannot be mounted here: {mounted.stderr.strip()}")
    yield tmp_path
    subprocess.run(["umount", tmp_path], check=True)


def test_a_full_disk(small_disk: Path) -> None:
    """R6: with 0 to 19 free blocks on the disk the edit is refused or whole."""
    outcomes: Counter[str] = Counter()
    filler = small_disk / "filler"
    for blocks in range(20):
        filler.unlink(missing_ok=True)
        root = stores.lay(small_disk / "store")
        stores.settle(root)
        room = os.statvfs(small_disk)
        filler.write_bytes(bytes(max(0, room.f_bavail - blocks) * room.f_bsize))
        outcomes[outcome_of_a_big_edit(root)] += 1
    filler.unlink()
    print(f"full disk: {dict(outcomes)}")
    assert outcomes.keys() == {"made", "refused"}
