"""``validate`` of a store that is remembered says what ``validate`` of one that is not says."""

from __future__ import annotations

import os
import subprocess
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

from skillmeat import judging, lock, manifest
from skillmeat.errors import SkillmeatError
from skillmeat.judging import streaming
from skillmeat.model import KINDS, Artifact, kind_of
from skillmeat.problem import Problem
from skillmeat.store import Store
from skillmeat.validation import validate
from tests.validate import random_records

SETTINGS = (
    "format = 2\n",
    'format = 2\n\n[[waivers]]\nrule = "missing-license"\nreason = "Known."\n',
    'format = 2\n\n[[waivers]]\nrule = "unused-tag"\npath = "tags/*"\nreason = "Known."\n',
    'format = 2\nsources = { allow_file = true }\n\n[site]\nbackground = "#ffffff"\nink = "#fefefe"\n',
    "format = 2\nunknown = 1\n",
)


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """A list to which every store goes that is judged whole; small and new ones are remembered too."""
    seen: list[Path] = []
    monkeypatch.setattr(streaming, "WORTH_IT", 1)
    monkeypatch.setattr("skillmeat.remembered._TICK", 0)
    plain = judging.whole

    def counting(reader, *rest):  # type: ignore[no-untyped-def]
        seen.append(reader.root)
        return plain(reader, *rest)

    monkeypatch.setattr(judging, "whole", counting)
    return seen


def git(root: Path, *words: str) -> str:
    """Run Git in the store."""
    who = ["-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
    return subprocess.run(
        ["git", "-C", str(root), *who, *words], check=True, capture_output=True, text=True
    ).stdout.strip()


def plainly(root: Path, commit: str = "") -> list[Problem]:
    """What is wrong, from a store that is read whole; nothing is remembered of it."""
    store = Store(root, commit)
    assert store.reading
    return list(validate(store).problems)


def said(ask: Callable[[], list[Problem]]) -> list[Problem] | str:
    """What was found, or why nothing could be."""
    try:
        return ask()
    except SkillmeatError as error:
        return error.code


def write(root: Path, path: str, text: str | bytes | None) -> None:
    """A file of the store written, or deleted; what was in its place goes."""
    file = root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    if file.is_symlink() or file.is_file():
        file.unlink()
    elif file.is_dir():
        file.rmdir()
    if text is not None:
        file.write_bytes(text if isinstance(text, bytes) else text.encode())


def edit(random: Random, root: Path) -> None:
    """One change of one file, of nearly every kind that people make."""
    kind = random.choices(KINDS, (3, 6, 2, 2))[0]
    id_ = random_records.record_id(random, kind)
    path, how = kind.path(id_), random.random()
    made = random_records.record(random, kind, id_)
    if how < 0.55:
        if (root / path).is_file() and not (root / path).is_symlink():
            found, _ = manifest.read(kind, id_, (root / path).read_bytes())
            made = random_records.edited(random, kind, found) if found else made
        write(root, path, manifest.render(made))
    elif how < 0.65:
        write(root, path, None)
    elif how < 0.72:
        write(root, path, random.choice((b"name = \n", b"\xff", b'name = "A"\nnone = 1\n', b"<<<<<<< a\n")))
    elif how < 0.75:
        write(root, path, None)
        (root / path).symlink_to("nowhere")
    elif how < 0.78:
        write(root, path, None)
        (root / path).mkdir()
    elif how < 0.82:
        write(root, random.choice(("manifests/tags/Not a slug.toml", "manifests/tgas", "manifests/x/y")), "a")
    elif how < 0.85:
        write(root, "manifests/readmes/acme.md", random.choice(("Text.", "x" * 60_000, None)))
    elif how < 0.89:
        write(root, "manifests/skillmeat.toml", random.choice(SETTINGS))
    elif how < 0.94:
        text = lock.render(random_records.lock(random))
        write(root, "manifests/skillmeat.lock", random.choice((text, text, text, None, "version = 9\n", "x")))
    elif how < 0.97:
        os.utime(root / "manifests/skillmeat.toml")
        moved = kind.path(random_records.record_id(random, kind))
        if (root / path).is_file() and not (root / moved).is_dir():
            (root / moved).parent.mkdir(parents=True, exist_ok=True)
            (root / path).rename(root / moved)
    else:
        content = root / "skills/pdf/SKILL.md"
        content.parent.mkdir(parents=True, exist_ok=True)
        content.write_text("---\nname: pdf\n---\n")
        if isinstance(made, Artifact):
            write(root, kind_of(made).path(id_), manifest.render(made.but(source=None, path="skills/pdf")))


@pytest.mark.parametrize("seed", range(4))
def test_what_is_remembered_changes_nothing(seed: int, tmp_path: Path, counted: list[Path]) -> None:
    """Whatever is edited, and how often in between; also of what is new since a commit."""
    random = Random(seed)
    write(tmp_path, "manifests/skillmeat.toml", SETTINGS[0])
    for _ in range(60):
        edit(random, tmp_path)
    git(tmp_path, "init", "-q")
    commits: list[str] = []
    for _ in range(40):
        if commits and random.random() < 0.1:
            git(tmp_path, "clean", "-fdq")
            git(tmp_path, "reset", "-q", "--hard", random.choice(commits))
        for _ in range(random.choice((0, 1, 1, 2, 4))):
            edit(random, tmp_path)
        if random.random() < 0.2 or not commits:
            git(tmp_path, "add", "-A")
            git(tmp_path, "commit", "-q", "--allow-empty", "-m", "More")
            commits.append(git(tmp_path, "rev-parse", "HEAD"))
        now = said(lambda: plainly(tmp_path))
        assert said(lambda: list(validate(Store(tmp_path)).problems)) == now
        since = random.choice(commits)
        before = said(lambda commit=since: plainly(tmp_path, commit))  # type: ignore[misc]
        told = said(lambda commit=since: list(validate(Store(tmp_path), since=commit).problems))  # type: ignore[misc]
        assert told == (before if isinstance(before, str) else _added(before, now))
    assert len(counted) < 60


def _added(before: list[Problem], now: list[Problem] | str) -> list[Problem]:
    assert not isinstance(now, str)
    known = Counter(each.sameness for each in before)
    fresh = []
    for each in now:
        known[each.sameness] -= 1
        if known[each.sameness] < 0:
            fresh.append(each)
    return fresh
