"""What can be read and written, and what is said of the rest."""

from __future__ import annotations

import os
import socket
import stat
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from skillmeat import files
from skillmeat.errors import Conflict, Invalid, Refused, SkillmeatError

from . import stores
from .stores import BEFORE, EDITS, RESTING
from .system import Call, intercepted

STATE = "manifests/.skillmeat"
TAG = "manifests/tags/web.toml"


@pytest.fixture
def root(memory: Path) -> Path:
    """A store in which an edit was made before."""
    root = stores.lay(memory / "store")
    stores.settle(root)
    return root


# ------------------------------------------------------------------ reading


def test_a_file_that_exists_and_one_that_does_not(root: Path) -> None:
    """Content, or None; a missing folder is a missing file."""
    assert files.read(root, TAG, 100) == b'name = "Web"\n'
    assert files.read(root, "manifests/tags/none.toml", 100) is None
    assert files.read(root, "manifests/none/none.toml", 100) is None
    assert files.read(root, f"{TAG}/none", 100) is None


@pytest.mark.parametrize("size", [0, 1, 32 * 1024, 32 * 1024 + 1, 100_000])
def test_a_file_of_the_size_that_is_allowed(size: int, root: Path) -> None:
    """The limit is a number of bytes that is allowed; one more is refused."""
    (root / TAG).write_bytes(b"x" * size)
    assert files.read(root, TAG, size) == b"x" * size
    (root / TAG).write_bytes(b"x" * (size + 1))
    with pytest.raises(Refused) as raised:
        files.read(root, TAG, size)
    assert raised.value.code == "FILE_NOT_READABLE"
    assert raised.value.detail == f"“{TAG}” cannot be read: it holds more than {size:,} bytes."


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/etc/passwd",
        "..",
        "../x",
        "manifests/../../x",
        "manifests//x",
        "./x",
        "manifests/.",
        "a\0b",
        "x/",
    ],
)
def test_a_path_that_could_leave_the_store(path: str, root: Path) -> None:
    """Is refused before the system is asked, to be read and to be written."""
    for action in (
        lambda: files.read(root, path, 100),
        lambda: list(files.read_folder(root, path, 1, 100)),
        lambda: files.Writer(root).write({path: b"x"}, {path: None}),
        lambda: files.Writer(root).write({path: b"x", TAG: b"x"}, {path: None, TAG: BEFORE[TAG]}),
    ):
        with pytest.raises(Invalid) as raised:
            action()
        assert raised.value.code == "INVALID_PATH"
    assert stores.contents(root) == BEFORE
    assert stores.state(root) == RESTING


@pytest.mark.parametrize(
    "path",
    ["README.md", ".git/hooks/pre-commit", "manifests", STATE, f"{STATE}/lock", f"{STATE}/journal.json"],
)
def test_only_what_belongs_to_the_manifests_is_written(path: str, root: Path) -> None:
    """Not the rest of the repository, and not the lock or the journal."""
    with pytest.raises(SkillmeatError) as raised:
        files.Writer(root).write({path: b"x"}, {path: None})
    assert raised.value.code == "INVALID_PATH"
    assert stores.contents(root) == BEFORE


def test_a_folder(root: Path) -> None:
    """Every file once, in the order of names; what is too deep or begins with a dot is not read."""
    (root / "manifests/tags/.web.toml.swp").write_bytes(b"")
    (root / "manifests/artifacts/skill/notes").mkdir()
    (root / "manifests/artifacts/skill/notes/deep.toml").write_bytes(b"")
    (root / "manifests/artifacts/README.md").write_bytes(b"Hello")
    found = dict(files.read_folder(root, "manifests/artifacts", 2, 1000))
    deep = found.pop("manifests/artifacts/skill/notes")
    assert isinstance(deep, Refused)
    assert deep.detail == (
        "“manifests/artifacts/skill/notes” cannot be read: it is a folder where a file should be."
    )
    expected = {path: content for path, content in BEFORE.items() if "/artifacts/" in path}
    assert found == {**expected, "manifests/artifacts/README.md": b"Hello"}
    assert list(found) == sorted(found)
    assert dict(files.read_folder(root, "manifests/tags", 1, 1000)) == {
        path: content for path, content in BEFORE.items() if "/tags/" in path
    }
    markdown = [path for path, _ in files.read_folder(root, "manifests/artifacts", 2, 1000, ".md")]
    assert markdown == ["manifests/artifacts/README.md", "manifests/artifacts/skill/notes"]
    assert list(files.read_folder(root, "manifests/none", 1, 1000)) == []


def pipe(path: Path) -> None:
    os.mkfifo(path)


def listener(path: Path) -> None:
    here = Path.cwd()
    os.chdir(path.parent)
    try:
        with socket.socket(socket.AF_UNIX) as bound:
            bound.bind(path.name)
    finally:
        os.chdir(here)


@pytest.mark.parametrize("make", [pipe, listener, Path.mkdir])
def test_what_is_not_a_file(make: Callable[[Path], None], root: Path) -> None:
    """A pipe is not waited for, and no other thing is taken for a file."""
    (root / TAG).unlink()
    make(root / TAG)
    with pytest.raises(Refused):
        files.read(root, TAG, 100)
    assert isinstance(dict(files.read_folder(root, "manifests/tags", 1, 100))[TAG], Refused)
    with pytest.raises(Refused):
        files.Writer(root).write({TAG: b"x"}, {TAG: None})


# ------------------------------------------------------------------ writing


def test_a_file_that_is_replaced_keeps_its_mode(root: Path) -> None:
    """Alone, and among others; a new file has the mode that the system gives new files."""
    new = "manifests/tags/new.toml"
    (root / TAG).chmod(0o640)
    stores.edit(root, {TAG: b"one"})
    assert stat.S_IMODE((root / TAG).stat().st_mode) == 0o640
    stores.edit(root, {TAG: b"two", new: b"new"})
    assert stat.S_IMODE((root / TAG).stat().st_mode) == 0o640
    usual = root / "usual"
    usual.touch()
    assert (root / new).stat().st_mode == usual.stat().st_mode


def test_an_edit_that_changes_nothing_writes_nothing(root: Path) -> None:
    """Nor does a file that stays as it is among others that change."""
    before = {path: (root / path).stat() for path in BEFORE}
    stores.edit(root, BEFORE)
    stores.edit(root, {"manifests/tags/none.toml": None})
    stores.edit(root, {**BEFORE, "manifests/tags/pdf.toml": b"new"})
    now = {path: (root / path).stat() for path in BEFORE}
    assert {path for path in BEFORE if before[path] != now[path]} == {"manifests/tags/pdf.toml"}


def test_what_was_read_and_is_not_written_is_compared_too(root: Path) -> None:
    """A decision stands on all that was read for it."""
    with files.writing(root) as writer:
        seen = {path: writer.read(path, 1000) for path in BEFORE}
        (root / "manifests/tags/pdf.toml").write_bytes(b"saved meanwhile")
        with pytest.raises(Conflict) as raised:
            writer.write({TAG: b"new"}, seen)
    assert raised.value.detail == "Somebody saved “manifests/tags/pdf.toml” meanwhile; nothing was changed."
    assert (root / TAG).read_bytes() == BEFORE[TAG]


def test_what_was_not_read_cannot_be_written(root: Path) -> None:
    """The mistake of a caller, not of a user."""
    with pytest.raises(ValueError, match="written without having been read"):
        files.Writer(root).write({TAG: b"new"}, {})


def test_a_save_at_the_last_moment_withdraws_the_edit(root: Path) -> None:
    """When somebody saves a file just after the commit point the edit is taken back, and told so."""
    changes = EDITS["make folders"]

    def handler(name: str, call: Call, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        result = call(*args, **kwargs)
        if args[1].endswith("journal.json"):
            (root / TAG).write_bytes(b"saved")
        return result

    with intercepted(handler, ("replace",)), pytest.raises(Conflict) as raised:
        stores.edit(root, changes)
    assert raised.value.code == "STORE_CHANGED"
    assert stores.contents(root) == {**BEFORE, TAG: b"saved"}
    assert stores.state(root) == RESTING


def test_git_does_not_see_the_state(root: Path) -> None:
    """The folder ignores itself."""
    for command in ("init -q", "add -A"):
        subprocess.run(["git", *command.split()], cwd=root, check=True)
    listed = subprocess.run(["git", "ls-files"], cwd=root, check=True, capture_output=True, text=True)
    assert listed.stdout.split() == sorted(BEFORE)
