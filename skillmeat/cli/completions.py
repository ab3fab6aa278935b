"""``skillmeat completions``"""

from __future__ import annotations

import click
from click.shell_completion import ShellComplete, get_completion_class

_INSTALL = {
    "bash": """\
# Completion of skillmeat for bash. Put this file where bash-completion looks:
#   mkdir -p ~/.local/share/bash-completion/completions
#   skillmeat completions bash > ~/.local/share/bash-completion/completions/skillmeat
# or, without bash-completion, add to ~/.bashrc:
#   eval "$(skillmeat completions bash)"
""",
    "zsh": """\
#compdef skillmeat
# Completion of skillmeat for zsh. Put this file into a folder of $fpath, before compinit runs:
#   mkdir -p ~/.zfunc
#   skillmeat completions zsh > ~/.zfunc/_skillmeat
# and have in ~/.zshrc:
#   fpath=(~/.zfunc $fpath); autoload -Uz compinit; compinit
""",
    "fish": """\
# Completion of skillmeat for fish. Put this file where fish looks:
#   skillmeat completions fish > ~/.config/fish/completions/skillmeat.fish
""",
}


@click.command("completions")
@click.argument("shell", type=click.Choice(list(_INSTALL)))
@click.pass_context
def command(ctx: click.Context, /, shell: str) -> None:
    """Print what makes a shell complete names

    Commands, options and the names of tags, artifacts, collections, groups and sources are then
    completed with the Tab key. The head of the script says where to put it.

    \b
    Example: skillmeat completions bash > ~/.local/share/bash-completion/completions/skillmeat
    """
    found = get_completion_class(shell)
    if found is None:  # a click without it
        raise click.UsageError(f"click knows no completion for {shell}.")
    root = ctx.find_root()
    complete = found(root.command, {}, "skillmeat", "_SKILLMEAT_COMPLETE")
    script = ShellComplete.source(complete).strip()  # bash's own would run bash to ask its version
    click.echo(_INSTALL[shell] + script.removeprefix("#compdef skillmeat").lstrip("\n"))
