"""Hundreds of commands on stores, held to what they say and to every byte that they write.

The cases are ``transcripts/*.txt`` (``transcript.py`` says how to read one); a new one needs no code:
write the commands, run ``pytest --bless`` and read what it wrote.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.transcript import commands, make_store, parts, replayed
from tests.command import run

TRANSCRIPTS = sorted((Path(__file__).parent / "transcripts").glob("*.txt"))


@pytest.mark.parametrize("path", TRANSCRIPTS, ids=lambda path: path.stem)
def test_commands_say_and_do_exactly_this(
    path: Path, tmp_path: Path, bless: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Output, errors, exit status and files are those of the transcript; sound stores stay sound."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1800000000")
    text = path.read_text()
    store = parts(text)
    body = store.pop("commands")
    make_store(tmp_path, store)
    sound = run(tmp_path, "validate", "--ignore", "warnings").status == 0
    found = "\n".join(replayed(tmp_path, commands(body)))
    if bless:
        path.write_text(text.partition("\n== commands\n")[0] + f"\n== commands\n{found}")
    assert body == found.rstrip("\n") + "\n"
    if sound:
        assert run(tmp_path, "validate", "--ignore", "warnings").out == ""


def test_there_are_several_hundred_commands() -> None:
    """Every noun is in it, and every verb of each that asks no network."""
    lines = [line for path in TRANSCRIPTS for line in commands(path.read_text())]
    assert len(lines) >= 300
