"""Transcripts: commands run one after the other on one store, and all that they say and do.

A transcript is a file: parts headed ``== path`` make the store, ``== commands`` holds the commands, each
``$ skillmeat …`` followed by what it printed, what it printed to stderr (``! ``), its exit status when
that is not 0 (``[3]``), and the change it made to the store's files, byte by byte (``| ``).
"""

from __future__ import annotations

import difflib
import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click

from skillmeat.cli.main import cli
from skillmeat.text import block
from tests.command import Ran, run, snapshot

Files = dict[str, bytes]


def parts(text: str) -> dict[str, str]:
    """The parts of a transcript by their headings."""
    found = {}
    for part in f"\n{text}".split("\n== ")[1:]:
        heading, _, body = part.partition("\n")
        found[heading] = body.strip("\n") + "\n"
    return found


def make_store(root: Path, files: dict[str, str]) -> None:
    """Write files; ``<CR>``, ``<TAB>`` and ``<END>`` (no line end here) stand for what cannot be seen."""
    for path, body in files.items():
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(body.replace("<CR>", "\r").replace("<TAB>", "\t").replace("<END>\n", "").encode())


def commands(body: str) -> list[str]:
    """The command lines of a transcript."""
    return [line[len("$ skillmeat ") :] for line in body.splitlines() if line.startswith("$ skillmeat ")]


def replayed(root: Path, lines: list[str]) -> Iterator[str]:
    """Run commands one after the other; gives what a transcript says of each.

    What holds for every command is asserted on the way: ``--dry-run`` writes nothing and prints the diff
    that is then made, ``--json`` says the same with the same status, and reading changes nothing.
    """
    for line in lines:
        arguments = shlex.split(line)
        before = snapshot(root)
        edits = is_edit(arguments)
        told = "--json" in arguments
        dry = run(root, *_with(arguments, "--dry-run")) if edits else None
        as_json = None if told else run(root, *_with(arguments, *["--dry-run"] * edits, "--json"))
        assert snapshot(root) == before, f"{line}: --dry-run or --json wrote something"
        ran = run(root, *arguments)
        after = snapshot(root)
        if not edits:
            assert after == before, f"{line}: reading wrote something"
        if as_json:
            assert as_json.status == ran.status, f"{line}: {as_json}"
            _check_json(line, ran, as_json, before, after, edits)
        if dry and not told:
            assert dry.status == ran.status, f"{line}: {dry}"
            if ran.status == 0:
                assert dry.out == block(diff(before, after)), f"{line}: --dry-run printed another diff"
            else:
                assert dry.err == ran.err, line
        if ran.status:
            assert after == before, f"{line}: failed, and wrote something"
        yield f"$ skillmeat {line}\n{said(ran)}{shown(before, after)}"


def is_edit(arguments: list[str]) -> bool:
    """Whether a command line is of a command that takes ``--dry-run``."""
    command: click.Command | None = cli
    with click.Context(cli) as context:
        for argument in arguments:
            if not isinstance(command, click.Group):
                break
            command = command.get_command(context, argument)
    return command is not None and any(each.name == "dry_run" for each in command.params)


def said(ran: Ran) -> str:
    """What a command printed, and its exit status."""
    errors = "".join(f"! {line}\n" for line in ran.err.splitlines())
    return ran.out + errors + (f"[{ran.status}]\n" if ran.status else "")


def shown(before: Files, after: Files) -> str:
    """What changed, with what cannot be seen spelt out, and no lines around it."""
    lines = diff(before, after, context=0).splitlines()
    return "".join(f"| {line}\n" for line in lines).replace("\r", "<CR>").replace("\t", "<TAB>")


def diff(before: Files, after: Files, context: int = 3) -> str:
    """The unified diff between two states of a store."""
    found = []
    for path in sorted(before.keys() | after.keys()):
        old, new = before.get(path), after.get(path)
        if old != new:
            found += _unified(path, old, new, context)
    return "".join(found)


def _unified(path: str, old: bytes | None, new: bytes | None, context: int) -> list[str]:
    texts = [re.split(r"(?<=\n)", (text or b"").decode()) for text in (old, new)]
    texts = [[line for line in lines if line] for lines in texts]
    names = ["/dev/null" if text is None else f"{side}/{path}" for side, text in (("a", old), ("b", new))]
    lines = difflib.unified_diff(*texts, *names, n=context)
    return [line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines]


def _with(arguments: list[str], *options: str) -> list[str]:
    """The command line with options that stand before a ``--``."""
    end = arguments.index("--") if "--" in arguments else len(arguments)
    return [*arguments[:end], *options, *arguments[end:]]


def _check_json(line: str, ran: Ran, as_json: Ran, before: Files, after: Files, edits: bool) -> None:
    if ran.err and not ran.out and ran.status:
        assert as_json.out == "", line
        error = as_json.error
        assert list(error) == ["error", "detail", "code"], line
        assert re.fullmatch(r"[A-Z]+(_[A-Z]+)+", error["code"]), line
        plain = " ".join(ran.err.removeprefix("error: ").split())
        assert " ".join(block(error["detail"]).split()) == plain, line
    elif edits:
        meta = as_json.json["meta"]
        assert meta["diff"] == diff(before, after), line
        assert meta["paths"] == sorted(
            p for p in before.keys() | after.keys() if before.get(p) != after.get(p)
        )
        assert ran.out == f"{meta['summary']}\n", line
    else:
        assert "data" in json.loads(as_json.out), line
