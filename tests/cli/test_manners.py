"""What holds for every command: nothing prompts, JSON where it is asked for, quiet, colour, -C."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from skillmeat.cli.main import cli
from tests.command import run, snapshot, succeed

NOUNS = ("tag", "artifact", "collection", "group", "association", "source")


def commands(
    group: click.Group, words: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Every command that is no group, with the words that call it."""
    with click.Context(group) as context:
        for name in group.list_commands(context):
            command = group.get_command(context, name)
            if isinstance(command, click.Group):
                yield from commands(command, (*words, name))
            elif command:
                yield (*words, name), command


COMMANDS = {words: command for words, command in commands(cli) if words[0] in NOUNS}
READING = {"list", "show", "search", "stats", "entries", "scan", "outdated"}


@pytest.fixture
def store(tmp_path: Path) -> Path:
    succeed(tmp_path, "init")
    succeed(tmp_path, "tag", "create", "Web")
    return tmp_path


def test_every_verb_of_the_design_is_there() -> None:
    """DESIGN.md section 3, by noun."""
    wanted = {
        "tag": "create list search show edit delete merge stats",
        "artifact": "create list show edit rename delete tag-add tag-remove tag-set tag-clear tag-list",
        "collection": "create list show edit delete add remove place reorder copy move",
        "group": "create list show edit delete place add remove place-artifact reorder copy move",
        "association": "create list edit delete outdated",
        "source": "add list show edit delete tag-add tag-remove tag-set entries scan import",
    }
    found = {noun: {"-".join(words[1:]) for words in COMMANDS if words[0] == noun} for noun in NOUNS}
    assert {noun: set(verbs.split()) - found[noun] for noun, verbs in wanted.items()} == {
        noun: set() for noun in NOUNS
    }


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_every_command_takes_json_and_every_edit_the_rest(words: tuple[str, ...]) -> None:
    """--json everywhere; --dry-run and --commit for what writes; an example in the help."""
    command = COMMANDS[words]
    options = {option for each in command.params for option in each.opts}
    edits = words[-1] not in READING
    assert "--json" in options
    assert ({"--dry-run", "--commit"} <= options) is edits
    assert f"Example: skillmeat {' '.join(words)}" in (command.help or "")
    assert not any(isinstance(each, click.Option) and each.prompt for each in command.params)


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_no_command_asks_anything(words: tuple[str, ...], store: Path) -> None:
    """With a terminal's worth of nonsense for arguments each ends by itself, in words or as one object."""
    count = len([each for each in COMMANDS[words].params if isinstance(each, click.Argument)])
    arguments = [*words, *["nothing"] * count]
    before = snapshot(store)
    for more in ([], ["--json"]):
        ran = (
            run(store, *arguments, *more, "--dry-run") if words[-1] not in READING else run(store, *arguments)
        )
        assert ran.status in (0, 1, 2, 3), ran
        assert "Traceback" not in ran.err
        if more and ran.status and words[-1] not in READING:
            assert list(ran.error) == ["error", "detail", "code"]
    assert snapshot(store) == before


@pytest.mark.parametrize(
    "arguments",
    [
        ["tag"],
        ["tag", "--json"],
        ["nonsense", "--json"],
        ["tag", "nonsense", "--json"],
        ["tag", "create", "--json"],
        ["tag", "create", "a", "b", "--json"],
        ["tag", "create", "--colour", "x", "--json"],
        ["tag", "list", "--limit", "x", "--json"],
        ["tag", "list", "--limit", "--json"],
        ["collection", "place", "c", "a", "x", "--json"],
        ["-C", "/nowhere/at/all", "tag", "list", "--json"],
    ],
    ids=" ".join,
)
def test_bad_arguments_are_said_like_any_error(arguments: list[str], store: Path) -> None:
    """One object with --json, two lines without; exit status 2 and nothing on stdout."""
    ran = run(store, *arguments)
    assert (ran.status, ran.out) == (2, "")
    if "--json" in arguments:
        assert list(ran.error) == ["error", "detail", "code"]
        assert (ran.error["error"], ran.error["code"]) == ("usage", "INVALID_ARGUMENTS")


def test_json_after_two_dashes_is_a_name(store: Path) -> None:
    assert run(store, "tag", "show", "--", "--json").err == "error: There is no tag “--json”.\n"


def test_quiet_leaves_data_and_errors(store: Path) -> None:
    assert succeed(store, "-q", "tag", "create", "New").out == ""
    assert succeed(store, "-q", "tag", "list", "--limit", "1").err == ""
    assert succeed(store, "-q", "tag", "list", "--limit", "1").out != ""
    dry = succeed(store, "-q", "tag", "create", "Newer", "--dry-run")
    assert dry.out.startswith("--- /dev/null\n")
    assert dry.err == ""
    assert run(store, "-q", "tag", "create", "New").err == 'error: Tag with name "New" already exists.\n'


def test_verbose_names_the_files(store: Path) -> None:
    assert "manifests/tags/new.toml" in succeed(store, "-v", "tag", "create", "New").err


def test_the_store_is_found_from_anywhere_inside(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From a folder below, or with -C; several -C are not needed."""
    deep = store / "some/where"
    deep.mkdir(parents=True)
    assert succeed(deep, "tag", "list").out == "web\tWeb\t0\t\n"
    succeed(deep, "tag", "create", "Deep")
    assert (store / "manifests/tags/deep.toml").exists()
    outside = run(store.parent, "tag", "list", "--json")
    assert (outside.status, outside.error["code"]) == (3, "STORE_NOT_FOUND")


def test_creating_writes_the_date(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """To the second, in UTC, in every kind of file; an edit leaves it."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1800000000")
    succeed(store, "tag", "create", "Dated")
    succeed(store, "artifact", "create", "skill", "Dated")
    succeed(store, "collection", "create", "Dated")
    succeed(store, "source", "add", "https://git.example/dated/dated")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1900000000")
    succeed(store, "tag", "edit", "dated", "--description", "Later.")
    for name in ("tags/dated", "artifacts/skill/dated", "collections/dated", "sources/dated-dated"):
        text = (store / f"manifests/{name}.toml").read_text()
        assert re.findall(r"^created_at = (.*)$", text, re.MULTILINE) == ["2027-01-15T08:00:00Z"]
    shown = succeed(store, "tag", "show", "dated", "--json").data
    assert (shown["created_at"], shown["updated_at"]) == ("2027-01-15T08:00:00Z", None)


@pytest.mark.parametrize(
    ("environment", "options", "colored"),
    [
        ({}, [], False),
        ({"NO_COLOR": "1"}, [], False),
        ({}, ["--color", "always"], True),
        ({"NO_COLOR": "1"}, ["--color", "always"], True),
        ({}, ["--color", "never"], False),
    ],
)
def test_colour_is_for_those_who_want_it(
    environment: dict[str, str], options: list[str], colored: bool, store: Path
) -> None:
    """Never into a pipe, unless it is asked for by name."""
    done = subprocess.run(
        [sys.executable, "-m", "skillmeat", "-C", str(store), *options, "tag", "show", "web"],
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=True,
        text=True,
    )
    assert ("\x1b[" in done.stdout) is colored


def test_a_reader_that_goes_away_is_no_error_worth_a_trace(store: Path) -> None:
    """``skillmeat tag list | head -0``"""
    line = f"{sys.executable} -m skillmeat -C {store} tag list --json | true"
    done = subprocess.run(["bash", "-c", line], capture_output=True, check=False, text=True)
    assert (done.stdout, done.stderr) == ("", "")


def test_a_command_ends_with_what_was_to_be_done_last_and_all_that_it_printed() -> None:
    """Although nothing that it read is taken apart."""
    script = "import atexit, sys\nfrom skillmeat.cli.main import run\n"
    script += "atexit.register(print, 'last')\nsys.stderr.write('half a line')\nrun(sys.argv[1:])\n"
    done = subprocess.run(
        [sys.executable, "-c", script, "tag", "--help"], capture_output=True, check=True, text=True
    )
    assert done.stdout.startswith("Usage:")
    assert done.stdout.endswith("\nlast\n")
    assert done.stderr == "half a line"
    failed = subprocess.run(
        [sys.executable, "-c", script, "tag", "--nonsense"], capture_output=True, check=False
    )
    assert failed.returncode == 2


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no disk that is always full")
def test_what_cannot_be_printed_at_the_end_is_a_failure() -> None:
    script = "import atexit\nfrom skillmeat.cli.main import run\natexit.register(print, 'last')\n"
    line = f"{sys.executable} -c \"{script}run(['--version'])\" > /dev/full"
    assert subprocess.run(["bash", "-c", line], capture_output=True, check=False).returncode != 0


def test_names_that_nobody_can_read_are_one_line(store: Path) -> None:
    """A folder in the place of a file, and a name too long for the system, are said in a sentence."""
    (store / "manifests/tags/pdf.toml").mkdir()
    failed = run(store, "tag", "create", "PDF")
    assert failed.status in (1, 4)
    assert len(failed.err.splitlines()) <= 2
    long = run(store, "tag", "show", "x" * 5000)
    assert long.status == 3
    assert len(long.err) < 300
