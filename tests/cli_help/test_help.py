"""The help of every command, and that each one is in the README."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from skillmeat.cli.main import COMMANDS, cli
from tests.command import run

ROOT = Path(__file__).resolve().parents[2]


def walk(command: click.Command, words: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Every command below one, with the words it is called by."""
    yield words, command
    if isinstance(command, click.Group):
        with click.Context(command) as context:
            for name in command.list_commands(context):
                found = command.get_command(context, name)
                assert found
                yield from walk(found, (*words, name))


EVERY = [(words, command) for words, command in walk(cli, ()) if words]
LEAVES = [(words, command) for words, command in EVERY if not isinstance(command, click.Group)]

NOT_VERBS = {"the", "a", "an", "this", "these", "prints", "lists", "shows", "creates", "deletes", "returns"}


def named(pairs: list[tuple[tuple[str, ...], click.Command]]) -> list[object]:
    return [pytest.param(*pair, id=" ".join(pair[0])) for pair in pairs]


@pytest.mark.parametrize(("words", "command"), named(EVERY))
def test_it_says_what_it_does(words: tuple[str, ...], command: click.Command) -> None:
    """The first line is an order, on one line, without a full stop."""
    first = (command.help or "").split("\n")[0]
    assert 8 <= len(first) <= 90, words
    if not isinstance(command, click.Group):
        assert not first.endswith("."), words
    verb = first.split()[0]
    assert verb[0].isupper()
    assert verb.lower() not in NOT_VERBS
    assert not verb.endswith("ed"), words


@pytest.mark.parametrize(("words", "command"), named(LEAVES))
def test_it_has_an_example_that_is_a_command(words: tuple[str, ...], command: click.Command) -> None:
    """An example begins with the command itself, and its options are ones that the command has."""
    examples = re.findall(r"^\s*Example: (.+)$", command.help or "", re.MULTILINE)
    assert examples, words
    options = {name for each in command.params for name in (*each.opts, *each.secondary_opts)}
    for example in examples:
        assert example.split()[: len(words) + 1] == ["skillmeat", *words], example
        assert not example.endswith("."), example
        for option in re.findall(r"(?<=\s)--?[a-z][a-z-]*", example):
            assert option in options, example


@pytest.mark.parametrize(("words", "command"), named(LEAVES))
def test_every_option_says_what_it_is_for(words: tuple[str, ...], command: click.Command) -> None:
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            assert parameter.help, f"{' '.join(words)} {parameter.opts}"
            assert not parameter.help.endswith("."), f"{' '.join(words)} {parameter.opts}"
            assert parameter.help[0].isupper() or not parameter.help[0].isalpha()


@pytest.mark.parametrize(("words", "command"), named(EVERY))
def test_it_can_be_read_in_80_columns(words: tuple[str, ...], command: click.Command) -> None:
    """Nothing is wider than the terminal but an example, which has to be one line."""
    ran = run(ROOT, *words, "--help")
    assert (ran.status, ran.err) == (0, "")
    assert ran.out.startswith(f"Usage: skillmeat {' '.join(words)} ")
    wide = [line for line in ran.out.splitlines() if len(line) > 100 and "Example: " not in line]
    assert wide == []


def test_the_first_lines_are_those_of_the_list() -> None:
    """The list of nouns is written without importing them, and says what each says of itself."""
    for name, (_, line) in COMMANDS.items():
        command = cli.get_command(click.Context(cli), name)
        assert command
        if not isinstance(command, click.Group):
            said = (command.help or "").split("\n")[0]
            assert line.split()[0] == said.split()[0], (name, line, said)
        assert not line.endswith(".")


def test_every_command_is_in_the_readme() -> None:
    """In its table of commands, by noun and verb."""
    table = re.search(r"^## Commands\n(.*?)^## ", (ROOT / "README.md").read_text() + "\n## ", re.S | re.M)
    assert table
    rows = [row.split("|") for row in table[1].splitlines() if row.startswith("| `")]
    listed = {name: row[2] for row in rows for name in re.findall(r"`([a-z-]+)`", row[1])}
    missing = [
        " ".join(words)
        for words, _ in EVERY
        if words[0] not in listed
        or not all(re.search(rf"\b{re.escape(word)}\b", listed[words[0]]) for word in words[1:])
    ]
    assert missing == [], missing
