"""Foreign text on a terminal and in a pipe: no byte that either obeys (S6)."""

from __future__ import annotations

import os
import pty
import select
import subprocess
import sys
from pathlib import Path

import pytest

from tests.hostile.stores import bounded, sound

PAYLOADS = {
    "colour": "\x1b[31mred",
    "clear": "\x1b[2J\x1b[H",
    "title": "\x1b]0;title\x07",
    "link": "\x1b]8;;https://evil.example\x1b\\x\x1b]8;;\x1b\\",
    "clipboard": "\x1b]52;c;ZXZpbA==\x07",
    "one-byte CSI": "\x9b31m",
    "one-byte OSC": "\x9d0;x\x9c",
    "bell and backspace": "a\x07\x08\x08b",
    "carriage return": "good\rbad",
    "bidirectional": "a\u202eb\u2066c\u2069",
    "zero width": "a\u200bb\ufeff",
    "tag characters": "a\U000e0041\U000e007f",
    "delete": "a\x7fb",
    "line separators": "a\u2028b\u2029c\x85d",
    "workflow command": "x\n::error::injected",
    "nul": "a\0b",
}


def _escaped(text: str) -> str:
    return "".join(f"\\U{ord(character):08X}" for character in text)


def poisoned(store: Path, payload: str) -> None:
    """The payload wherever a file can hold text, sound or not."""
    manifests = sound(store) / "manifests"
    text = _escaped(payload)
    (manifests / "tags/pdf.toml").write_text(f'name = "{text}"\n"{text}" = "{text}"\n')
    (manifests / "tags/raw.toml").write_bytes(f'name = "{payload}"\n'.encode())
    (manifests / "artifacts/skill/ocr.toml").write_text(
        f'name = "OCR"\npath = "{text}"\nsource = "{text}"\ntags = ["{text}"]\n'
    )
    (manifests / "artifacts/skill/plain.toml").write_text(f'name = "P"\ndescription = "a\\n{text}"\n')
    (manifests / "sources/acme.toml").write_text(f'name = "A"\nurl = "https://x/{text}"\nref = "{text}"\n')
    (manifests / "skillmeat.lock").write_text(
        f'version = 2\n[[source]]\nid = "acme"\nurl = "https://x/y"\nref = "main"\ncommit = "{"a" * 40}"\n'
        f'repo_description = "{text}"\n[[source.artifact]]\ntype = "skill"\n'
        f'name = "{text}"\npath = "{text}"\n'
        f'hash = "sha256:{"0" * 64}"\ntree = "{"a" * 40}"\n'
    )
    if "\0" not in payload and "/" not in payload:
        (manifests / f"tags/{payload}.toml").write_text('name = "x"\n')
        (manifests / payload).write_text("x")


COMMANDS = (
    ["validate"],
    ["validate", "--json"],
    ["tag", "list"],
    ["tag", "stats"],
    ["artifact", "list"],
    ["artifact", "show", "skill/plain"],
    ["artifact", "show", "skill/plain", "--json"],
    ["artifact", "show", "skill/pdf-tools"],
    ["collection", "show", "starter"],
    ["source", "list"],
    ["source", "show", "acme"],
    ["source", "entries", "acme"],
    ["lock", "--check"],
    ["fmt", "--check"],
    ["fmt", "--diff"],
    ["tag", "create", "X", "--dry-run"],
)


@pytest.mark.parametrize("name", PAYLOADS)
def test_a_pipe_gets_no_control_byte(name: str, tmp_path: Path) -> None:
    """Nor does any line begin with foreign text."""
    poisoned(tmp_path, PAYLOADS[name])
    for command in COMMANDS:
        ran = bounded(tmp_path, *command)
        for line in (ran.out + ran.err).splitlines():
            assert not line.startswith("::"), (command, line)


@pytest.mark.parametrize("name", PAYLOADS)
def test_what_was_typed_is_said_safely(name: str, tmp_path: Path) -> None:
    sound(tmp_path)
    typed = PAYLOADS[name].replace("\0", "")
    for command in (
        ["tag", "show", typed],
        ["-vv", "tag", "create", typed, "--color", typed],
        ["tag", "search", typed],
        ["artifact", "create", typed, "x"],
        [typed],
        ["fmt", typed],
        ["tag", "list", "--after", typed],
        ["-vv", "--log-format", "json", "tag", "delete", typed],
    ):
        ran = bounded(tmp_path, *command)
        for line in (ran.out + ran.err).splitlines():
            assert not line.startswith("::"), (command, line)


def on_a_terminal(*arguments: str) -> bytes:
    """What a command writes to a terminal."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "skillmeat", *arguments],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env={**os.environ, "TERM": "xterm-256color", "NO_COLOR": "1"},
    )
    os.close(theirs)
    found = b""
    while select.select([ours], [], [], 300)[0]:
        try:
            data = os.read(ours, 65_536)
        except OSError:
            break
        if not data:
            break
        found += data
    process.wait(timeout=300)
    os.close(ours)
    return found


def test_a_terminal_gets_no_control_byte(tmp_path: Path) -> None:
    """Every payload at once; the terminal itself turns LF into CR LF."""
    poisoned(tmp_path, "".join(PAYLOADS.values()).replace("/", "").replace("\0", "")[:60])
    for command in (["validate"], ["tag", "list"], ["artifact", "show", "skill/plain"]):
        found = on_a_terminal("-C", str(tmp_path), *command).decode().replace("\r\n", "\n")
        bad = [sign for sign in found if not sign.isprintable() and sign != "\n"]
        assert bad == [], (command, found)
