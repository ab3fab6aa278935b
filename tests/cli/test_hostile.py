"""No control character of anybody's reaches the terminal, wherever it came in (S6)."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.command import run, succeed

PAYLOADS = (
    "\x1b[31mred",
    "\x1b]0;title\x07",
    "\x1b]8;;https://evil.example/\x1b\\link",
    "\x1b]52;c;ZXZpbA==\x07",
    "\x9b2J",
    "\x07\x08\x7f",
    "over\rwritten",
    "two\n::error::lines",
    "\u202egnp.exe",
    "\u2066isolated\u2069",
    "zero\u200bwidth",
    "tag\U000e0041\U000e0042",
    "next\x85line",
    "line\u2028separator",
)
FORBIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028\u2029\u202a-\u202e\u2060-\u2069\ufeff"
    "\ud800-\udfff\U000e0000-\U000e007f]"
)


def toml(text: str) -> str:
    """A TOML string that holds the text, with what TOML forbids raw written as an escape."""
    return '"' + "".join(c if c.isprintable() and c not in '"\\' else f"\\U{ord(c):08x}" for c in text) + '"'


def hostile_store(root: Path, payload: str) -> Path:
    """A store where every text that a person writes holds the payload, beside what is fit to be shown."""
    evil = toml(payload)
    files = {
        "skillmeat.toml": "format = 2\n",
        "tags/web.toml": f"# {payload!r}\nname = {evil}\ndescription = {evil}\n",
        "tags/fine.toml": 'name = "Fine"\n',
        "sources/acme.toml": f'name = "Acme"\nurl = "https://git.example/a/b"\ntags = [{evil}]\n',
        "sources/zeta.toml": 'name = "Zeta"\nurl = "https://git.example/z/z"\nref = "main"\n',
        "artifacts/skill/a.toml": f"name = {evil}\nlicense = {evil}\n{evil} = 1\n",
        "artifacts/skill/b.toml": f'name = "B"\ndescription = "x"\npath = {evil}\ntags = ["fine"]\n',
        "collections/c.toml": f'name = "C"\nartifacts = [{{ artifact = "skill/b", note = {evil} }}]\n',
        "collections/d.toml": 'name = "D"\nartifacts = ["skill/b"]\n',
        "skillmeat.lock": "version = 2\n"
        '[[source]]\nid = "zeta"\nurl = "https://git.example/z/z"\nref = "main"\n'
        f'commit = "{"1" * 40}"\n'
        f'[[source.artifact]]\ntype = "skill"\nname = {evil}\npath = {evil}\n'
        f'hash = "sha256:{"a" * 64}"\ntree = "{"2" * 40}"\nproblems = [{evil}]\n',
    }
    for path, text in files.items():
        file = root / "manifests" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return root


def command_lines(payload: str) -> list[list[str]]:
    """Every text command, with the payload wherever an argument can hold it."""
    return [
        *([noun, "list"] for noun in ("tag", "artifact", "collection", "group", "source")),
        *([noun, "list", "--search", payload] for noun in ("tag", "artifact", "collection", "source")),
        *([noun, "list", "--after", payload] for noun in ("tag", "artifact", "collection", "source")),
        *([noun, "show", payload] for noun in ("tag", "artifact", "collection", "group", "source")),
        *([noun, "delete", payload] for noun in ("tag", "artifact", "collection", "group", "source")),
        *([noun, "create", payload] for noun in ("tag", "collection")),
        *([noun, "create", "x", "--slug", payload] for noun in ("tag", "collection")),
        ["tag", "create", "x", "--color", payload],
        ["tag", "create", "New", "--description", payload],
        ["tag", "edit", "fine", "--name", payload],
        ["tag", "merge", payload, "fine"],
        ["tag", "search", payload],
        ["tag", "stats"],
        ["tag", payload],
        [payload],
        ["tag", "list", f"--{payload}"],
        ["-C", payload, "tag", "list"],
        ["artifact", "show", "skill/b"],
        ["artifact", "create", "skill", payload],
        ["artifact", "create", payload, "x"],
        ["artifact", "create", "skill", "x", "--homepage", payload],
        ["artifact", "rename", "skill/b", payload],
        ["artifact", "tag", "add", "skill/b", payload, "nowhere"],
        ["artifact", "list", "--tag", payload],
        ["collection", "show", "d"],
        ["collection", "add", "d", payload],
        ["collection", "place", "d", "skill/b", payload],
        ["group", "create", "d", payload],
        ["group", "show", f"d/{payload}"],
        ["association", "create", "skill/b", payload, "--type", "contains"],
        ["association", "create", "skill/b", "skill/b", "--type", payload],
        ["association", "list", "skill/b", "--tree"],
        ["source", "add", payload],
        ["source", "add", f"https://git.example/{payload}/x"],
        ["source", "entries", "zeta"],
        ["source", "entries", "zeta", "--problems"],
        ["source", "import", "zeta", "--dry-run"],
        ["source", "import", "zeta", payload],
        ["source", "tag", "add", "zeta", payload],
        ["source", "exclude", "zeta", payload, "--dry-run"],
        ["source", "show", "zeta"],
        ["validate"],
    ]


@pytest.mark.parametrize("payload", PAYLOADS, ids=ascii)
def test_nothing_hidden_is_printed_to_a_pipe(payload: str, tmp_path: Path) -> None:
    """Neither as text nor as JSON; and no line of ours begins with what others wrote."""
    store = hostile_store(tmp_path, payload)
    for arguments in command_lines(payload):
        for more in ([], ["--json"]) if arguments != ["validate"] else ([],):
            ran = run(store, *arguments, *more)
            assert not FORBIDDEN.search(ran.out + ran.err), (arguments, ran)
            assert "\n::" not in f"\n{ran.out}\n{ran.err}", (arguments, ran)


def test_nothing_hidden_is_printed_to_a_terminal(tmp_path: Path) -> None:
    """On a terminal there is nothing but our own bold, dim, red and yellow; with NO_COLOR not even these."""
    store = hostile_store(tmp_path, PAYLOADS[0])
    script = "import sys; from skillmeat.cli.main import invoke\n"
    script += f"for line in {command_lines(PAYLOADS[0])!r}: invoke(['-C', sys.argv[1], *line])\n"
    for environment, ours in (({}, r"\x1b\[(0|1|2|31|33)m"), ({"NO_COLOR": "1"}, r"(?!)")):
        said = in_terminal([sys.executable, "-c", script, str(store)], environment)
        assert "There is no tag" in said
        left = re.sub(ours, "", said.replace("\r\n", "\n"))
        assert not FORBIDDEN.search(left), FORBIDDEN.search(left)


def in_terminal(arguments: list[str], environment: dict[str, str]) -> str:
    """What a program prints when all that it has is a terminal."""
    ours, theirs = pty.openpty()
    child = subprocess.Popen(
        arguments,
        stdin=subprocess.DEVNULL,
        stdout=theirs,
        stderr=theirs,
        env={**os.environ, "TERM": "xterm-256color", "COLUMNS": "200", **environment},
    )
    os.close(theirs)
    said = b""
    while True:
        try:
            chunk = os.read(ours, 65536)
        except OSError:
            break
        if not chunk:
            break
        said += chunk
    os.close(ours)
    assert child.wait() == 0
    return said.decode("utf-8", "surrogateescape")


@pytest.mark.parametrize("payload", PAYLOADS, ids=ascii)
def test_the_environment_and_the_folder_are_hostile_too(
    payload: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / payload.replace("/", "-")
    folder.mkdir()
    for name in ("SKILLMEAT_CACHE", "SOURCE_DATE_EPOCH", "XDG_CACHE_HOME", "COLUMNS"):
        monkeypatch.setenv(name, f"{folder}/{payload}" if "CACHE" in name else payload)
    lines = [
        ["tag", "list"],
        ["init"],
        ["init"],
        ["tag", "create", "x", "--commit"],
        ["tag", "create", "x"],
        ["source", "add", "https://git.invalid/a/b"],
        ["source", "scan", "a-b"],
        ["lock"],
        ["fetch"],
    ]
    for arguments in lines:
        ran = run(folder, *arguments)
        assert not FORBIDDEN.search(ran.out + ran.err), (arguments, ran)
        assert "\n::" not in f"\n{ran.out}\n{ran.err}", (arguments, ran)


def test_bytes_that_are_no_text_are_spelt_out(tmp_path: Path) -> None:
    """Arguments that are not UTF-8 are refused in words."""
    succeed(tmp_path, "init")
    done = subprocess.run(
        [sys.executable, "-m", "skillmeat", "-C", os.fsencode(tmp_path), "tag", "show", b"\xff\x9b"],
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (3, b"")
    assert done.stderr == "error: There is no tag “\\u{dcff}\\u{dc9b}”.\n".encode()
