"""What is made of other tools' files, and what is said of the rest.

A case is a file in ``cases/``: parts headed ``== path`` make a store and, below ``import/``, what is
imported; ``== arguments`` are those of the command. ``== says`` is what it prints, then come the files that
it makes or changes. ``pytest --bless`` writes those anew. Every case is imported twice: the second time
changes nothing.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.command import run, snapshot
from tests.validate.test_cases import parts

CASES = sorted((Path(__file__).parent / "cases").glob("*.txt"))


def escaped(text: str) -> str:
    return text.replace("<ESC>", "\x1b").replace("<RLO>", "\u202e").replace("<ZWSP>", "\u200b")


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_what_maps_is_imported_and_the_rest_is_said(
    path: Path, tmp_path: Path, bless: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1800000000")
    given, _, expected = path.read_text().partition("\n== says\n")
    store = tmp_path / "store"
    case = {"manifests/skillmeat.toml": "format = 2\n", **parts(given)}
    arguments = case.pop("arguments", "../import").split()
    for name, body in case.items():
        file = tmp_path / name if name.startswith("import/") else store / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(escaped(body))
    before = snapshot(store)
    ran = run(store, "import", *arguments)
    after = snapshot(store)
    said = [ran.out + ran.err.replace(str(tmp_path), "")]
    said += [
        f"\n== {name}\n{data.decode()}" for name, data in sorted(after.items()) if before.get(name) != data
    ]
    actual = "".join(said)
    if bless and actual != expected:
        path.write_text(f"{given}\n== says\n{actual}")
    assert actual == expected
    assert ran.status == (0 if not ran.err.startswith("error:") else ran.status)
    assert before.keys() - after.keys() == set()
    if ran.status == 0:
        assert run(store, "validate").status == 0
        assert run(store, "import", *arguments).out == "Nothing to change\n"
        assert snapshot(store) == after
