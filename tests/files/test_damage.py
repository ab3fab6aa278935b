"""A state folder that was damaged, or made by somebody who means harm."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from skillmeat import files
from skillmeat.errors import Refused

from . import stores
from .stores import BEFORE, EDITS, RESTING
from .system import KILLED, READS, WRITES, Call, in_child, intercepted, killing

STATE = "manifests/.skillmeat"
TAG = "manifests/tags/web.toml"


@pytest.fixture
def root(memory: Path) -> Path:
    """A store in which an edit was made before."""
    root = stores.lay(memory / "store")
    stores.settle(root)
    return root


# ---------------------------------------------------------- damage to the state


@pytest.fixture
def crashed(memory: Path) -> Path:
    """A store whose writer died when it had written one file of several."""
    root = memory / "crashed"
    for at in range(1, 1000):
        stores.lay(root)

        def action(at: int = at) -> None:
            with intercepted(killing(at), ("replace",)):
                stores.edit(root, RENAME)

        assert in_child(action) == KILLED
        if stores.contents(root) != BEFORE:
            break
    assert "journal.json" in stores.state(root)
    return root


RENAME = EDITS["rename a tag"]
DAMAGES = {
    "delete": None,
    "truncate": lambda content: b"",
    "cut in half": lambda content: content[: len(content) // 2],
    "garbage": lambda content: b'\xff{"x": [1',
}


def do_damage(path: Path, damage: str) -> None:
    """Delete a file, or replace its content and keep its mode."""
    content, mode = path.read_bytes(), path.stat().st_mode
    path.unlink()
    worse = DAMAGES[damage]
    if worse:
        path.write_bytes(worse(content))
        path.chmod(mode)


@pytest.mark.parametrize("damage", DAMAGES)
def test_damage_to_a_store_at_rest(damage: str, root: Path) -> None:
    """R13: every file in the folder of the lock may go or be emptied; nothing notices."""
    for name in sorted(RESTING):
        do_damage(root / STATE / name, damage)
        assert stores.seen(root) == BEFORE
        stores.edit(root, {TAG: damage.encode()})
        stores.edit(root, {TAG: BEFORE[TAG]})
        assert stores.state(root) == RESTING
        assert (root / STATE / ".gitignore").read_bytes() == b"*\n"


@pytest.mark.parametrize("damage", DAMAGES)
def test_damage_to_an_unfinished_edit(damage: str, crashed: Path, memory: Path) -> None:
    """R13: the edit is completed, or one line says why not, and no file is touched.

    To delete the record is to give the edit up.
    """
    root = memory / "store"
    mixed = stores.contents(crashed)
    after = stores.after(RENAME)
    names = [path.relative_to(crashed) for path in sorted((crashed / STATE).rglob("*")) if path.is_file()]
    assert len(names) > 6
    for name in names:
        shutil.rmtree(root, ignore_errors=True)
        shutil.copytree(crashed, root)
        do_damage(root / name, damage)
        if name.name in RESTING:
            assert stores.seen(root) == after
            continue
        if (name.name, damage) != ("journal.json", "delete"):
            with pytest.raises(Refused) as raised:
                stores.seen(root)
            assert raised.value.code == "EDIT_UNFINISHED"
            assert raised.value.detail.startswith("An edit was interrupted and cannot be completed, because ")
            assert raised.value.detail.endswith(" is damaged.")
            assert f"delete {STATE}/journal.json" in raised.value.hint
            with pytest.raises(Refused):
                stores.settle(root)
            assert stores.contents(root) == mixed
            (root / STATE / "journal.json").unlink()
        assert stores.seen(root) == mixed
        stores.settle(root)
        assert stores.contents(root) == mixed
        assert stores.state(root) == RESTING


def test_a_file_that_was_saved_after_the_crash(crashed: Path) -> None:
    """It is named, and nothing is overwritten; once it is as it was, the edit is completed."""
    path = "manifests/collections/start.toml"
    mixed = stores.contents(crashed)
    (crashed / path).write_bytes(b"saved")
    for action in (stores.seen, stores.settle):
        with pytest.raises(Refused) as raised:
            action(crashed)
        assert raised.value.code == "EDIT_UNFINISHED"
        assert raised.value.detail == (
            f"An edit was interrupted and cannot be completed, because somebody changed “{path}” after it."
        )
    assert stores.contents(crashed) == {**mixed, path: b"saved"}
    (crashed / path).write_bytes(BEFORE[path])
    assert stores.seen(crashed) == stores.after(RENAME)


# -------------------------------------------------------------------- malice


@pytest.fixture
def outside(memory: Path) -> Path:
    """A folder that no command has any business with."""
    folder = memory / "outside"
    folder.mkdir()
    (folder / "web.toml").write_bytes(b"secret")
    return folder


LINKS = [
    "manifests",
    "manifests/tags",
    TAG,
    "manifests/artifacts/skill",
    STATE,
    f"{STATE}/lock",
    f"{STATE}/.gitignore",
    f"{STATE}/journal.json",
    f"{STATE}/journal.tmp",
    f"{STATE}/staged-0",
    f"{STATE}/claim",
]


@pytest.mark.parametrize("folder", [True, False], ids=["folder", "file"])
@pytest.mark.parametrize("path", LINKS)
def test_links_out_of_the_store(path: str, folder: bool, outside: Path, memory: Path) -> None:
    """S9: what stands behind a symbolic link is not read, written, made or deleted."""
    root = stores.lay(memory / "store")
    (root / STATE).mkdir()
    place = root / path
    if place.is_dir():
        shutil.rmtree(place)
    place.unlink(missing_ok=True)
    place.symlink_to(outside if folder else outside / "web.toml")
    touched: list[str] = []

    def watch(name: str, call: Call, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        if args and isinstance(args[0], str) and name not in ("lstat", "unlink"):
            touched.extend(each for each in args[:2] if isinstance(each, str))
            assert name != "open" or args[1] & os.O_NOFOLLOW
        return call(*args, **kwargs)

    with intercepted(watch, (*READS, *WRITES)):
        for action in (
            lambda: files.read(root, TAG, 1000),
            lambda: stores.seen(root),
            lambda: stores.edit(root, {TAG: b"new"}),
            lambda: stores.edit(root, EDITS["make folders"]),
            lambda: stores.edit(root, RENAME),
        ):
            with suppress(Refused):
                assert action() != b"secret"
    real = [Path(each).parent.resolve() / Path(each).name for each in touched]
    assert [each for each in real if not each.is_relative_to(root)] == []
    assert {each.name: each.read_bytes() for each in outside.iterdir()} == {"web.toml": b"secret"}


def test_what_is_said_of_a_link(outside: Path, root: Path) -> None:
    """The sentence names the link."""
    (root / "manifests/tags/link.toml").symlink_to(outside / "web.toml")
    with pytest.raises(Refused) as raised:
        files.read(root, "manifests/tags/link.toml", 100)
    assert raised.value.detail == (
        "“manifests/tags/link.toml” cannot be read: it is a symbolic link, which a store may not hold."
    )


@pytest.mark.parametrize("umask", [0o022, 0o077, 0o002])
def test_a_record_that_came_with_a_clone(umask: int, crashed: Path, memory: Path) -> None:
    """S9: an unfinished edit that somebody committed is not carried out, so nobody can smuggle files in."""
    for command in ("init -q", "add -A -f", "-c user.name=x -c user.email=x@example.org commit -q -m x"):
        subprocess.run(["git", *command.split()], cwd=crashed, check=True)
    root = memory / "clone"
    before = os.umask(umask)
    try:
        subprocess.run(["git", "clone", "-q", crashed, root], check=True)
    finally:
        os.umask(before)
    assert "journal.json" in stores.state(root)
    for action in (stores.seen, stores.settle):
        with pytest.raises(Refused) as raised:
            action(root)
        assert raised.value.detail == (
            "An edit was interrupted and cannot be completed, because its record was not written here."
        )
    shutil.rmtree(root / ".git")
    shutil.rmtree(crashed / ".git")
    assert stores.contents(root) == stores.contents(crashed)


@pytest.mark.parametrize(
    "step",
    [
        {"path": "README.md"},
        {"path": "manifests/../../outside/web.toml"},
        {"path": f"{STATE}/lock"},
        {"path": 7},
        {"path": "manifests/tags/new.toml", "more": 1},
    ],
)
def test_a_forged_record(step: dict[str, Any], outside: Path, root: Path) -> None:
    """S9: a record that names any file outside the manifests is damaged."""
    content = b"forged"
    (root / STATE / "staged-1").mkdir()
    (root / STATE / "staged-1" / "0").write_bytes(content)
    steps = [{"old": None, "new": hashlib.sha256(content).hexdigest(), **step}]
    journal = {"version": 1, "folder": "staged-1", "made": [], "steps": steps}
    (root / STATE / "journal.json").write_text(json.dumps(journal))
    (root / STATE / "journal.json").chmod(0o444)
    with pytest.raises(Refused) as raised:
        stores.seen(root)
    assert raised.value.detail.endswith("because its record is damaged.")
    assert stores.contents(root) == BEFORE
    assert (outside / "web.toml").read_bytes() == b"secret"
