"""The ``skillmeat`` command: finds the noun, and turns what goes wrong into output and exit status."""

from __future__ import annotations

import atexit
import gc
import importlib
import os
import sys
import threading
from collections.abc import Sequence
from contextlib import suppress
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NoReturn

import click

from skillmeat import __version__, observe
from skillmeat.cli import options
from skillmeat.cli.session import Session
from skillmeat.errors import Invalid, SkillmeatError
from skillmeat.text import one_line

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

COMMANDS: dict[str, tuple[str, str]] = {
    "init": ("skillmeat.cli.init", "Make a store in this folder, ready for a forge"),
    "tag": ("skillmeat.cli.tag", "Create, find, change and merge tags"),
    "artifact": ("skillmeat.cli.artifact", "Create, find and change artifacts and their tags"),
    "collection": ("skillmeat.cli.collection", "Create and arrange collections"),
    "group": ("skillmeat.cli.group", "Create and arrange the groups of a collection"),
    "association": ("skillmeat.cli.association", "Say what one artifact has to do with another"),
    "source": ("skillmeat.cli.source", "Add repositories, look into them and import from them"),
    "validate": ("skillmeat.cli.validate", "Report everything that is wrong with the store"),
    "diff": ("skillmeat.cli.diff", "Say what a change means"),
    "log": ("skillmeat.cli.log", "Show what happened to a record, or to the catalog"),
    "pr": ("skillmeat.cli.pr", "Open a pull request with what is edited"),
    "codeowners": ("skillmeat.cli.codeowners", "Write CODEOWNERS from data"),
    "fmt": ("skillmeat.cli.fmt", "Bring manifests to their canonical layout"),
    "schemas": ("skillmeat.cli.schemas", "Write the JSON Schemas of manifests, for editors"),
    "resolve": ("skillmeat.cli.resolve", "Settle the conflicts of a merge"),
    "git-setup": ("skillmeat.cli.git_setup", "Have Git merge manifests and the lock by meaning"),
    "merge-file": ("skillmeat.cli.merge_file", "Merge two changes of a file, as Git calls for"),
    "migrate": ("skillmeat.cli.migrate", "Bring the store to another format"),
    "import": ("skillmeat.cli.import_", "Import what other tools' files name"),
    "lock": ("skillmeat.cli.lock", "Resolve every source to a commit and record what it holds"),
    "fetch": ("skillmeat.cli.fetch", "Bring the content of locked commits to this machine"),
    "outdated": ("skillmeat.cli.outdated", "List the sources that have moved on since they were locked"),
    "build": ("skillmeat.cli.build", "Write the catalog as a static site"),
    "serve": ("skillmeat.cli.serve", "Build the site, serve it on this machine and follow changes"),
    "completions": ("skillmeat.cli.completions", "Print what makes a shell complete names"),
}
"""Every command: the module it is in, and its line in the help. Modules are imported when they are run."""


class Nouns(click.Group):
    """A group whose commands are imported only when one of them is run."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The commands in the order of ``COMMANDS``."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name; None when there is none."""
        if cmd_name not in COMMANDS:
            return None
        module, _ = COMMANDS[cmd_name]
        command: click.Command = importlib.import_module(module).command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The noun and the rest; the words of the whole command are kept, for it is called by them."""
        found = super().resolve_command(ctx, args)
        words, command = [], found[1]
        for word in args:
            words.append(word)
            rest = args[len(words) : len(words) + 1]
            command = command.get_command(ctx, *rest) if isinstance(command, click.Group) and rest else None
            if command is None:
                break
        ctx.meta["skillmeat.operation"] = ".".join(words)
        return found

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """The nouns, without importing any command."""
        from click.shell_completion import CompletionItem

        names = (CompletionItem(name, help=line) for name, (_, line) in COMMANDS.items())
        found = [each for each in names if each.value.startswith(incomplete)]
        return [*found, *click.Command.shell_complete(self, ctx, incomplete)]

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The help's list, written without importing any command."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])


@click.group(cls=Nouns, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="skillmeat", message="%(prog)s %(version)s")
@click.option(
    "-C",
    "directory",
    metavar="DIR",
    type=click.Path(exists=True, file_okay=False),
    default=".",
    help="Start looking for the store in DIR",
)
@click.option(
    "--color",
    type=click.Choice(["auto", "always", "never"]),
    default="auto",
    help="Colour the output; auto means on a terminal, and NO_COLOR is obeyed",
)
@click.option("-q", "--quiet", is_flag=True, help="Print nothing but data and errors")
@click.option("-v", "--verbose", count=True, help="Say more, and log what changes; twice for everything")
@click.option("--log-format", type=click.Choice(["text", "json"]), help="Log to stderr, a line an operation")
@click.pass_context
def cli(
    ctx: click.Context, directory: str, color: str, quiet: bool, verbose: int, log_format: str | None
) -> None:
    """Keep a catalog of agent skills, commands, agents, hooks, MCP servers and plugins in Git.

    A store is a repository that holds manifests/skillmeat.toml; every command finds it from the
    folder it is run in.

    \b
    Exit status: 0 done · 1 findings, or an edit refused · 2 bad arguments or values
                 3 not found · 4 conflict · 5 a remote could not be reached
    """
    from pathlib import Path  # with urllib.parse and more: the help does without

    ctx.obj = Session(Path(directory), color, quiet, verbose)
    ctx.color = ctx.obj.colored
    if verbose or log_format:
        from skillmeat.cli import observing

        level = observe.ERROR if quiet else observe.DEBUG if verbose > 1 else observe.INFO
        ctx.call_on_close(observing.silence)
        observing.listen(level, log_format or "text")
    name = ctx.meta.get("skillmeat.operation", "")
    ctx.obj.operation = ctx.with_resource(observe.operation(name, normal=(click.exceptions.Exit,)))


@cli.result_callback()
@click.pass_obj
def conclude(session: Session, /, result: Any, **_: Any) -> Any:
    """Say of the operation that it found something, when the exit status does."""
    if result == 1:
        session.operation.result = "findings"
    return result


def run(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit with the status that DESIGN.md section 3 gives."""
    gc.set_threshold(500_000, 50, 100)  # what a command reads lives as long as the command
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")  # looking for some costs 10 ms
    arguments = list(sys.argv[1:] if arguments is None else arguments)
    _end(invoke(arguments))


def _end(status: int) -> NoReturn:
    """Exit, without first taking apart all that was read: of a large store that is a second's work."""
    if threading.active_count() == 1:
        atexit._run_exitfuncs()  # what the interpreter does first, too
        with suppress(OSError, ValueError, AttributeError):  # a stream fails: the usual way says so
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(status)
    sys.exit(status)


def invoke(arguments: Sequence[str]) -> int:
    """Run one command and give its exit status. Prints to stdout and stderr."""
    form = _form(arguments)
    try:
        result: Any = cli.main(list(arguments), prog_name="skillmeat", standalone_mode=False)
    except SkillmeatError as error:
        Session.fail(error.kind, error.detail, error.code, error.hint, form=form)
        return error.exit_status
    except click.exceptions.NoArgsIsHelpError as error:
        if form == "json":
            Session.fail("usage", "A command is missing.", "INVALID_ARGUMENTS", "", form=form)
        else:
            click.echo(error.ctx.get_help() if error.ctx else "", err=True)
        return 2
    except click.UsageError as error:
        hint = f"“{error.ctx.command_path} --help” shows how to call it." if error.ctx else ""
        kind, code = _fault(error)
        said = one_line(" ".join(error.format_message().split()))
        Session.fail(kind, said, code, hint, form=form)
        return 2
    except click.ClickException as error:
        Session.fail("error", one_line(error.format_message()), "FAILED", "", form=form)
        return 1
    except OSError as error:
        if isinstance(error, BrokenPipeError):
            sys.stderr.close()
            return 1
        where = f"{one_line(str(error.filename))}: " if error.filename else ""
        Session.fail("error", f"{where}{error.strerror or error}.", "FAILED", "", form=form)
        return 1
    except (click.Abort, KeyboardInterrupt):
        Session.fail("interrupted", "Interrupted.", "INTERRUPTED", "", form=form)
        return 130
    return result if isinstance(result, int) else 0


def _form(arguments: Sequence[str]) -> str:
    """The form in which errors are asked for, told before the arguments are parsed, which may fail."""
    given = list(arguments)[: [*arguments, "--"].index("--")]
    if "--json" in given:
        return "json"
    forms = [value for option, value in pairwise([*given, ""]) if option == "--format"]
    forms += [each.partition("=")[2] for each in given if each.startswith("--format=")]
    return forms[-1] if forms else "text"


def _fault(error: click.UsageError) -> tuple[str, str]:
    """What is said of bad arguments; a value that no record could hold is the record's fault."""
    parameter = getattr(error, "param", None)
    noun = error.ctx.command_path.split()[1:2] if error.ctx else []
    missing = isinstance(error, click.MissingParameter)
    if parameter and noun and not missing and isinstance(parameter.type, options.OneOf):
        return Invalid.kind, f"INVALID_{noun[0].upper()}"
    return "usage", "INVALID_ARGUMENTS"
