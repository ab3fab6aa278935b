"""Every way in which a store can be broken, and what validate says of it.

A case is a file in ``cases/``: parts headed ``== path`` make a store (on top of a sound one), a part
headed ``== delete`` lists what to take out of it, and the part headed ``== says`` is what validate
prints. Cases whose names begin with ``taste`` are about warnings; in the others warnings are left out.
``pytest --bless`` writes the last part anew.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from skillmeat.cli.main import cli
from tests.command import run

CASES = sorted((Path(__file__).parent / "cases").glob("*.txt"))
SOUND = Path(__file__).parent / "sound.txt"


def parts(text: str) -> dict[str, str]:
    """The parts of a case by their headings."""
    found: dict[str, str] = {}
    for part in text.split("\n== ")[1:] if not text.startswith("== ") else ("\n" + text).split("\n== ")[1:]:
        heading, _, body = part.partition("\n")
        found[heading.strip()] = body.rstrip("\n") + "\n" if body.strip() else ""
    return found


def make_store(root: Path, case: dict[str, str]) -> None:
    """The sound store, changed as the case says."""
    written = {**parts(SOUND.read_text()), **case}
    gone = written.pop("delete", "").split()
    written.pop("says", None)
    for path, body in written.items():
        if path in gone:
            continue
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(
            body.encode()
            .replace(b"<ESC>", b"\x1b")
            .replace(b"<FF>", b"\xff")
            .replace(b"<RLO>", "\u202e".encode())
        )


def said(root: Path, *options: str) -> tuple[int, str]:
    """The exit status of validate and what it prints."""
    result = CliRunner().invoke(cli, ["-C", str(root), "validate", *options], standalone_mode=False)
    if result.exception:
        raise result.exception
    return result.return_value, result.stdout


def test_a_sound_store_has_nothing_wrong(tmp_path: Path) -> None:
    make_store(tmp_path, {})
    assert said(tmp_path) == (0, "")


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_a_broken_store_is_told_what_is_wrong(path: Path, tmp_path: Path, bless: bool) -> None:
    """Every problem is one line: where, which key, what, how to mend it, the rule; and the line."""
    text = path.read_text()
    case = parts(text)
    make_store(tmp_path, case)
    taste = path.name.startswith("taste")
    status, lines = said(tmp_path, *(["--strict"] if taste else ["--ignore", "warnings"]))
    if bless and case.get("says") != lines:
        path.write_text(text.partition("\n== says\n")[0].rstrip("\n") + "\n\n== says\n" + lines)
    assert (status, case.get("says")) == (1, lines)


@pytest.mark.parametrize(
    "path", [each for each in CASES if not each.stem.startswith("taste")], ids=lambda path: path.stem
)
def test_no_site_is_made_of_a_broken_store(path: Path, tmp_path: Path) -> None:
    """Its records are laid out while it is checked: however broken they are, it is the check that speaks."""
    root, out = tmp_path / "store", tmp_path / "site"
    make_store(root, parts(path.read_text()))
    ran = run(root, "build", "--out", str(out), "--json")
    assert (ran.status, ran.error["code"]) == (1, "CATALOG_HAS_PROBLEMS")
    assert not out.exists()
