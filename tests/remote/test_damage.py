"""Whatever happens to a file of the cache, the next call works or says one thing (row R13)."""

from __future__ import annotations

import multiprocessing
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from skillmeat import remote
from skillmeat.errors import NotFound, SkillmeatError
from skillmeat.remote.cache import cache_folder, repository
from tests.remote.making import Content, Made

GOOD = b"good" * 500
CONTENT: dict[bytes, Content] = {b"SKILL.md": GOOD, b"a": {b"b": {b"c": os.urandom(5000)}}}


def read(url: str, commit: str) -> bytes:
    snapshot = remote.snapshot(url, commit)
    return b"".join(body for _, body in snapshot.read_many(entry.path for entry in snapshot.entries))


def damages(path: Path) -> list[tuple[str, bytes | None]]:
    """What can happen to a file: gone, emptied, cut, changed in the middle or at the end."""
    body = path.read_bytes()
    half = len(body) // 2
    found: list[tuple[str, bytes | None]] = [("gone", None), ("empty", b""), ("cut", body[:half])]
    found.append(("short", body[:-1]))
    if path.suffix in (".pack", ".idx"):
        found += [
            (f"flipped at {at}", body[:at] + bytes([body[at] ^ 0xFF]) + body[at + 1 :])
            for at in range(0, len(body), max(1, len(body) // 6))
        ]
    return found


def test_every_file_of_the_cache_may_be_damaged(made: Made) -> None:
    """After each damage reading works or says to fetch; fetching, at most twice, always mends it."""
    commits = [made.commit(CONTENT), made.commit({**CONTENT, b"SKILL.md": b"better"})]
    for commit in commits:
        remote.fetch(made.url, commit, allow_file=True)
    good = [read(made.url, commit) for commit in commits]
    kept = repository(made.url, commits[0])
    sound = kept.with_name("sound")
    shutil.copytree(kept, sound)
    outcomes: dict[str, int] = {}
    files = sorted(path for path in kept.rglob("*") if path.is_file())
    for path, name, body in [(file, name, body) for file in files for name, body in damages(file)]:
        shutil.rmtree(kept)
        shutil.copytree(sound, kept)
        path.unlink()
        if body is not None:
            path.write_bytes(body)
        whole = True
        for number, commit in enumerate(commits):
            try:
                outcome = "read" if read(made.url, commit) == good[number] else "WRONG"
            except SkillmeatError as error:
                outcome, whole = f"{error.code}: {error.hint}", False
            outcomes[outcome] = outcomes.get(outcome, 0) + 1
        if whole:
            continue
        for commit in commits * 2:  # the first round may notice that all has to be made anew
            remote.fetch(made.url, commit, allow_file=True)
        assert [read(made.url, commit) for commit in commits] == good, (path.name, name)
    print(outcomes)
    assert set(outcomes) == {"read", "CONTENT_NOT_FETCHED: Run `skillmeat fetch`."}


def test_damage_that_is_met_while_reading_is_one_sentence(made: Made) -> None:
    commit = remote.fetch(made.url, made.commit(CONTENT), allow_file=True)
    snapshot = remote.snapshot(made.url, commit)
    snapshot.close()
    for pack in repository(made.url, commit).rglob("*.pack"):
        pack.unlink()
    with pytest.raises(NotFound) as caught:
        snapshot.read("SKILL.md")
    assert (caught.value.detail, caught.value.code, caught.value.hint) == (
        f"What was fetched of {made.url} at commit {commit[:12]} is incomplete or damaged.",
        "CONTENT_NOT_FETCHED",
        "Run `skillmeat fetch`.",
    )
    assert not remote.has(made.url, commit)
    remote.fetch(made.url, commit, allow_file=True)
    assert remote.snapshot(made.url, commit).read("SKILL.md") == GOOD


def test_a_missing_folder_of_the_cache_is_made_again(made: Made) -> None:
    commit = remote.fetch(made.url, made.commit(CONTENT), allow_file=True)
    good = read(made.url, commit)
    for name in ("objects", "objects/pack", "refs", "refs/skillmeat", "."):
        shutil.rmtree(repository(made.url, commit) / name)
        assert not remote.has(made.url, commit)
        remote.fetch(made.url, commit, allow_file=True)
        assert read(made.url, commit) == good


def test_a_killed_fetch_leaves_nothing_in_the_way(made: Made) -> None:
    """The program and its Git are killed at twelve moments of a fetch."""
    commit = made.commit({**CONTENT, b"x": os.urandom(500_000)})
    program = "import sys; from skillmeat import remote; remote.fetch(*sys.argv[1:], allow_file=True)"
    for number in range(12):
        process = subprocess.Popen([sys.executable, "-c", program, made.url, commit])
        time.sleep(0.25 + number * 0.03)
        process.send_signal(signal.SIGKILL)
        process.wait()
        if remote.has(made.url, commit):
            assert len(read(made.url, commit)) == 507_000
            shutil.rmtree(repository(made.url, commit))
    remote.fetch(made.url, commit, allow_file=True)
    assert len(read(made.url, commit)) == 507_000


def test_what_a_killed_fetch_left_goes_after_a_day(made: Made) -> None:
    folder = cache_folder() / "git"
    (folder / "new-old.git" / "objects").mkdir(parents=True)
    (folder / "new-file").touch()
    (folder / "new-fresh.git").mkdir()
    for name in ("new-old.git", "new-file"):
        os.utime(folder / name, (0, 0))
    commit = remote.fetch(made.url, made.commit(CONTENT), allow_file=True)
    assert sorted(path.name for path in folder.iterdir()) == sorted(
        ["new-fresh.git", repository(made.url, commit).name]
    )


def _fetch_and_read(url: str, commit: str) -> bool:
    return remote.fetch(url, commit, allow_file=True) == commit and len(read(url, commit)) == 7000


def test_processes_share_the_cache(made: Made) -> None:
    commit = made.commit(CONTENT)
    with multiprocessing.get_context("spawn").Pool(4) as pool:
        assert pool.starmap(_fetch_and_read, [(made.url, commit)] * 8) == [True] * 8


def test_bytes_that_are_not_those_of_their_id_are_not_given_out(made: Made) -> None:
    """A sound object under the name of another: nothing but the id tells."""
    commit = remote.fetch(made.url, made.commit(CONTENT), allow_file=True)
    kept = repository(made.url, commit)
    (pack,) = kept.rglob("*.pack")
    packed = pack.read_bytes()
    shutil.rmtree(pack.parent)
    subprocess.run(["git", f"--git-dir={kept}", "unpack-objects", "-q"], input=packed, check=True)
    other = made.write("blob", b"evil" * 500)
    oid = made.git("rev-parse", "main:SKILL.md")
    place = kept / "objects" / oid[:2] / oid[2:]
    place.chmod(0o644)
    place.write_bytes((made.path / "objects" / other[:2] / other[2:]).read_bytes())
    with pytest.raises(NotFound) as caught:
        remote.snapshot(made.url, commit).read("SKILL.md")
    assert caught.value.code == "CONTENT_NOT_FETCHED"
    remote.fetch(made.url, commit, allow_file=True)
    assert remote.snapshot(made.url, commit).read("SKILL.md") == GOOD


def test_a_replacement_in_the_cache_is_not_followed(made: Made) -> None:
    commits = [made.commit({b"SKILL.md": text}) for text in (b"good", b"evil")]
    for commit in commits:
        remote.fetch(made.url, commit, allow_file=True)
    planted = repository(made.url, commits[0]) / "refs" / "replace" / commits[0]
    planted.parent.mkdir()
    planted.write_text(f"{commits[1]}\n")
    assert remote.snapshot(made.url, commits[0]).read("SKILL.md") == b"good"
