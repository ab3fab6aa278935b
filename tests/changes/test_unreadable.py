"""What cannot be read, as in the middle of a merge, is there all the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.command import run
from tests.merging.repositories import locked
from tests.validate.test_since import git

MARKED = "<<<<<<< ours\n=======\n>>>>>>> theirs\n"


@pytest.fixture
def files(store: Path) -> list[Path]:
    """A record of each kind, the settings and the lock."""
    folder = store / "manifests"
    (folder / "skillmeat.toml").write_text('format = 2\n\n[site]\ntitle = "Ours"\n')
    (folder / "skillmeat.lock").write_text(locked(acme="1"))
    git(store, "add", "-A")
    git(store, "commit", "-qm", "Name and lock it")
    kinds = ("artifacts/skill", "tags", "collections", "sources")
    found = [sorted((folder / kind).glob("*.toml"))[0] for kind in kinds]
    return [*found, folder / "skillmeat.toml", folder / "skillmeat.lock"]


def conflicted(file: Path) -> None:
    file.write_text(file.read_text() + MARKED)


@pytest.mark.parametrize(
    "which", range(6), ids=["artifact", "tag", "collection", "source", "settings", "lock"]
)
def test_diff_takes_it_for_neither_gone_nor_come(store: Path, files: list[Path], which: int) -> None:
    """From what can be read to what cannot, and back."""
    path = files[which].relative_to(store).as_posix()
    conflicted(files[which])
    there = run(store, "diff", "--json").data
    assert [(deed["noun"], deed["id"], deed["action"]) for deed in there["deeds"]] == [
        ("file", path, "changed")
    ]
    assert there["deeds"][0]["details"][0]["text"] == "cannot be read"
    assert there["summary"] == "1 file changed"
    assert there["needs"] == []
    assert not any(each for ways in there["reach"].values() for each in ways.values())
    assert f"~ {path}\n    cannot be read\n" in run(store, "diff").out
    assert path in run(store, "diff", "--format", "markdown").out
    git(store, "commit", "-qam", "With markers")
    git(store, "checkout", "-q", "HEAD~", "--", path)
    back = run(store, "diff", "--json").data
    assert [deed["details"][0]["text"] for deed in back["deeds"]] == ["could not be read before"]
    assert not any(each for ways in back["reach"].values() for each in ways.values())


def test_what_went_unread_is_said_to_be_gone(store: Path, files: list[Path]) -> None:
    conflicted(files[0])
    git(store, "commit", "-qam", "With markers")
    files[0].unlink()
    texts = [each["text"] for deed in run(store, "diff", "--json").data["deeds"] for each in deed["details"]]
    assert texts == ["went; it could not be read"]


def test_nothing_is_called_unused_while_something_cannot_be_read(store: Path) -> None:
    (store / "manifests/tags/lonely.toml").write_text('name = "Lonely"\n')
    assert "[unused-tag]" in run(store, "validate").out
    conflicted(sorted((store / "manifests/artifacts/skill").glob("*.toml"))[0])
    assert "[unused-tag]" not in run(store, "validate").out


def test_settings_that_cannot_be_read_forbid_nothing(store: Path) -> None:
    settings = store / "manifests/skillmeat.toml"
    settings.write_text("format = 2\n\n[sources]\nallow_file = true\n")
    (store / "manifests/sources/here.toml").write_text('name = "Here"\nurl = "file:///here"\nref = "main"\n')
    assert "[file-source]" not in run(store, "validate").out
    conflicted(settings)
    assert "[file-source]" not in run(store, "validate").out
    settings.write_text("format = 2\n")
    assert "[file-source]" in run(store, "validate").out
