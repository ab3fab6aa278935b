"""200 stores, each broken in one way: validate says where and what, in time, and nothing falls over (S10)."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from tests.command import run, snapshot
from tests.hostile.mutations import EITHER, FINE, ILL, MUTATIONS, files, judge, mutated
from tests.hostile.stores import bounded, placed, sound

STORES = 216  # eight of each way


@pytest.mark.parametrize("number", range(STORES))
def test_validate_says_what_is_wrong(number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And asks nobody, and changes nothing."""

    def connect(*_: object) -> None:
        raise AssertionError("validate reached for the network")

    monkeypatch.setattr(socket.socket, "connect", connect)
    store = sound(tmp_path)
    way, expected = mutated(store, number)
    before = {path: path.lstat().st_mtime_ns for path in files(store)}
    ran = bounded(store, "validate")
    assert ran.status in (0, 1), f"{way}: {ran}"
    if expected == ILL or (expected == EITHER and not judge(store)):
        assert ran.status == 1, f"{way}: {ran}"
    if expected == FINE:
        assert (ran.status, ran.out) == (0, ""), f"{way}: {ran}"
    if ran.status and "manifests/skillmeat.toml" not in ran.err:
        placed(ran)
    assert {path: path.lstat().st_mtime_ns for path in files(store)} == before


@pytest.mark.parametrize("number", range(len(MUTATIONS)))
def test_every_other_command_answers(number: int, tmp_path: Path) -> None:
    """Lists, edits, fmt and the JSON of validate: no traceback, in time, nothing that a terminal obeys."""
    store = sound(tmp_path)
    mutated(store, number)
    for arguments in (
        ["tag", "list"],
        ["tag", "stats"],
        ["artifact", "list", "--json"],
        ["artifact", "show", "skill/ocr"],
        ["collection", "show", "starter"],
        ["source", "list"],
        ["validate", "--json"],
        ["lock", "--check"],
        ["fmt", "--check"],
        ["tag", "create", "Beside"],
        ["fmt"],
        ["tag", "list", "--json"],
    ):
        ran = bounded(store, *arguments)
        assert ran.status in (0, 1, 2, 3, 4), (arguments, ran)


def test_many_at_once(tmp_path: Path) -> None:
    """Every problem of every file is told in one run."""
    store = sound(tmp_path)
    for number in range(60):
        if MUTATIONS[number % len(MUTATIONS)].__name__ in ("pipe", "link"):
            continue  # whoever breaks the store next would read them
        try:
            mutated(store, number)
        except (OSError, IndexError, UnicodeDecodeError, ValueError):
            continue  # the file that it wanted to break is broken in another way already
    (store / "manifests/skillmeat.toml").write_text("format = 2\n")
    placed(bounded(store, "validate"))


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is unreadable for root")
def test_a_file_that_may_not_be_read(tmp_path: Path) -> None:
    store = sound(tmp_path)
    path = store / "manifests/tags/pdf.toml"
    path.chmod(0)
    ran = bounded(store, "validate")
    path.chmod(0o644)
    placed(ran)
    assert ran.out.startswith("manifests/tags/pdf.toml: ")


def test_a_refusal_changes_nothing(tmp_path: Path) -> None:
    """An edit of the file that is broken is refused, and says which file it is."""
    store = sound(tmp_path)
    (store / "manifests/tags/pdf.toml").write_text('name = "PDF\n')
    before = snapshot(store)
    ran = run(store, "tag", "edit", "pdf", "--color", "#000000", "--json")
    assert (ran.status, ran.error["code"]) == (2, "INVALID_TAG")
    assert "manifests/tags/pdf.toml" in ran.error["detail"]
    assert snapshot(store) == before
