"""Symbolic links planted in a store: nothing outside it is read, written or shown (S9)."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.hostile.stores import CANARY, bounded, sound

Plant = Callable[[Path, Path], None]


def _replaced(path: Path, target: Path | str) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.symlink_to(target)


PLANTS: dict[str, Plant] = {
    "the folder of tags": lambda m, out: _replaced(m / "tags", out / "tags"),
    "the folder of artifacts": lambda m, out: _replaced(m / "artifacts", out),
    "a folder of a type": lambda m, out: _replaced(m / "artifacts/skill", out),
    "the folder of collections": lambda m, out: _replaced(m / "collections", out),
    "the folder of sources": lambda m, out: _replaced(m / "sources", out),
    "a manifest": lambda m, out: _replaced(m / "tags/pdf.toml", out / "tags/secret.toml"),
    "a new manifest": lambda m, out: _replaced(m / "tags/planted.toml", out / "tags/secret.toml"),
    "a manifest to the system": lambda m, out: _replaced(m / "tags/pdf.toml", "/etc/passwd"),
    "a relative link": lambda m, out: _replaced(
        m / "tags/pdf.toml", os.path.relpath(out / "tags/secret.toml", m / "tags")
    ),
    "a link to a link": lambda m, out: (
        _replaced(m / "tags/python.toml", out / "tags/secret.toml"),  # type: ignore[func-returns-value]
        _replaced(m / "tags/pdf.toml", "python.toml"),
    )[0],
    "a loop": lambda m, out: _replaced(m / "tags/pdf.toml", "pdf.toml"),
    "the state folder": lambda m, out: _replaced(m / ".skillmeat", out),
    "the state folder, dangling": lambda m, out: _replaced(m / ".skillmeat", out / "nowhere"),
    "the lock": lambda m, out: _replaced(m / "skillmeat.lock", out / "tags/secret.toml"),
    "the READMEs": lambda m, out: _replaced(m / "readmes", out),
    "a README": lambda m, out: _replaced(m / "readmes/acme.md", out / "secret.md"),
}

COMMANDS = (
    ["validate"],
    ["validate", "--json"],
    ["tag", "list", "--json"],
    ["tag", "show", "pdf"],
    ["tag", "show", "secret"],
    ["artifact", "list", "--json"],
    ["artifact", "show", "skill/ocr", "--json"],
    ["collection", "show", "starter", "--json"],
    ["source", "show", "acme", "--json"],
    ["tag", "edit", "pdf", "--color", "#000000"],
    ["tag", "create", "Made"],
    ["tag", "delete", "pdf", "--cascade"],
    ["artifact", "edit", "skill/ocr", "--name", "Other"],
    ["collection", "edit", "starter", "--name", "Other"],
    ["source", "edit", "acme", "--ref", "main"],
    ["source", "delete", "acme"],
    ["fmt"],
    ["lock", "--check"],
)


@pytest.mark.parametrize("plant", PLANTS)
def test_a_link_leads_nowhere(plant: str, tmp_path: Path) -> None:
    """The canary outside is the same afterwards, nothing is beside it, and no output holds what it says."""
    outside = tmp_path / "outside"
    (outside / "tags").mkdir(parents=True)
    (outside / "tags/secret.toml").write_text(f'name="{CANARY}"  # {CANARY}\n')
    (outside / "secret.md").write_text(f"{CANARY}\n")
    before = {path: path.read_bytes() for path in outside.rglob("*") if path.is_file()}
    folders = {path for path in outside.rglob("*") if path.is_dir()}
    passwd = Path("/etc/passwd").read_bytes()
    store = sound(tmp_path / "store")
    PLANTS[plant](store / "manifests", outside)
    shown = ""
    for command in COMMANDS:
        ran = bounded(store, *command)
        assert ran.status in (0, 1, 2, 3, 4), (command, ran)
        shown += ran.out + ran.err
    assert "root:" not in shown
    assert {path: path.read_bytes() for path in outside.rglob("*") if path.is_file()} == before
    assert {path for path in outside.rglob("*") if path.is_dir()} == folders
    assert Path("/etc/passwd").read_bytes() == passwd


@pytest.mark.parametrize("plant", [name for name in PLANTS if "state" not in name])
def test_validate_points_at_the_link(plant: str, tmp_path: Path) -> None:
    store = sound(tmp_path / "store")
    outside = tmp_path / "outside"
    (outside / "tags").mkdir(parents=True)
    (outside / "tags/secret.toml").write_text("name = 'x'")
    PLANTS[plant](store / "manifests", outside)
    ran = bounded(store, "validate")
    assert ran.status == 1
    assert "symbolic link" in ran.out


def test_settings_that_are_a_link(tmp_path: Path) -> None:
    """They are not read; a store is what holds them as a file."""
    store = sound(tmp_path / "store")
    secret = tmp_path / "secret.toml"
    secret.write_text(f'format = 2\n[site]\ntitle = "{CANARY}"\n')
    _replaced(store / "manifests/skillmeat.toml", secret)
    for command in (["validate"], ["tag", "list"], ["tag", "create", "X"], ["fmt"]):
        ran = bounded(store, *command)
        assert ran.status != 0
        assert "symbolic link" in ran.err
    assert CANARY in secret.read_text()
