"""The walk over a store's history says what each commit did, and what became of every file."""

from __future__ import annotations

from pathlib import Path

import pytest

from skillmeat import history
from skillmeat.history import Deed, Log
from tests.sources.repository import commit, git

LONG = "\n".join(f"line {number}" for number in range(20)) + "\n"


def made(log: Log) -> list[tuple[str, list[tuple[str, str, str, str]]]]:
    return [
        (each.subject, [(str(file.deed), file.path, file.before, file.now) for file in each.files])
        for each in log.commits
    ]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A tag is added, renamed, changed and taken away, and its first name given to another one."""
    folder = tmp_path / "store"
    commit(folder, {"manifests/tags/one.toml": LONG, "other.txt": "x"}, "Add one")
    commit(
        folder,
        {"manifests/tags/one.toml": None, "manifests/tags/two.toml": LONG, "other.txt": "y"},
        "Rename one",
    )
    commit(folder, {"other.txt": "z"}, "Touch nothing of ours")
    commit(folder, {"manifests/tags/one.toml": "new\n", "manifests/tags/two.toml": LONG + "more\n"}, "Both")
    commit(folder, {"manifests/tags/gone é.toml": "x\n"}, "Add what will go")
    commit(folder, {"manifests/tags/gone é.toml": None}, "\u202eTake\x1b it away")
    return folder


def test_every_deed_is_told_with_what_became_of_the_file(folder: Path) -> None:
    one, two, gone = (f"manifests/tags/{name}.toml" for name in ("one", "two", "gone é"))
    log = history.log(folder)
    assert made(log) == [
        ("\\u{202e}Take\\u{001b} it away", [("removed", gone, "", "")]),
        ("Add what will go", [("added", gone, "", "")]),
        ("Both", [("added", one, "", one), ("changed", two, "", two)]),
        ("Rename one", [("renamed", two, one, two)]),
        ("Add one", [("added", one, "", two)]),
    ]
    assert log.missing == ""
    assert [(found.subject, touched.deed) for found, touched in log.of[two]] == [
        ("Both", Deed.CHANGED),
        ("Rename one", Deed.RENAMED),
        ("Add one", Deed.ADDED),
    ]
    assert [found.subject for found, _ in log.of[one]] == ["Both"]


def test_a_store_below_the_top_of_its_repository_has_its_own_paths(tmp_path: Path) -> None:
    top = tmp_path / "top"
    commit(top, {"a/manifests/tags/x.toml": LONG, "manifests/tags/y.toml": "other store\n"}, "Add")
    commit(top, {"a/manifests/tags/x.toml": None, "a/manifests/tags/z.toml": LONG}, "Rename")
    z = "manifests/tags/z.toml"
    assert made(history.log(top / "a")) == [
        ("Rename", [("renamed", z, "manifests/tags/x.toml", z)]),
        ("Add", [("added", "manifests/tags/x.toml", "", z)]),
    ]


def test_a_merge_tells_only_what_neither_side_had(folder: Path) -> None:
    git(folder, "switch", "--quiet", "--create", "side", "HEAD~2")
    commit(folder, {"manifests/tags/side.toml": "x\n"}, "On the side")
    git(folder, "switch", "--quiet", "main")
    git(folder, "merge", "--quiet", "--no-edit", "side")
    log = history.log(folder)
    assert [
        subject
        for subject, files in made(log)
        if ("added", *["manifests/tags/side.toml"]) in [each[:2] for each in files]
    ] == ["On the side"]
    assert all(files for _, files in made(log))


def test_a_shallow_clone_says_what_it_cannot_tell(folder: Path, tmp_path: Path) -> None:
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "--quiet", "--depth=2", f"file://{folder}", str(clone))
    log = history.log(clone)
    assert "shallow" in log.missing
    assert [(subject, len(files)) for subject, files in made(log)] == [
        ("\\u{202e}Take\\u{001b} it away", 1),
        ("Add what will go", 0),
    ]


def test_what_people_configured_for_their_own_logs_changes_nothing(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit(folder, {"manifests/tags/a.toml": "a\n", "manifests/tags/b.toml": "b\n"}, "Façade")
    expected = history.log(folder)
    (tmp_path / "order").write_text("*b.toml\n")
    for key, value in {
        "log.showRoot": "false",
        "log.follow": "true",
        "diff.renames": "false",
        "log.showSignature": "true",
        "log.date": "relative",
        "diff.noprefix": "true",
        "core.quotePath": "true",
        "log.diffMerges": "off",
        "i18n.logOutputEncoding": "ISO-8859-1",
        "diff.orderFile": str(tmp_path / "order"),
    }.items():
        git(folder, "config", key, value)
    monkeypatch.setenv("SKILLMEAT_CACHE", str(tmp_path / "cache"))
    assert history.log(folder) == expected
    assert set(history.dates(folder).of) >= {"manifests/tags/one.toml", "manifests/tags/two.toml"}


def test_without_a_repository_or_a_commit_there_is_nothing_to_tell(tmp_path: Path) -> None:
    assert history.log(tmp_path) == Log()
    git(tmp_path, "init", "--quiet")
    assert history.log(tmp_path) == Log()
