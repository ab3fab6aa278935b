"""``skillmeat git-setup``"""

from __future__ import annotations

import click

from skillmeat.cli import options
from skillmeat.cli.session import Session


@click.command("git-setup")
@click.option("--check", is_flag=True, help="Write nothing; exit 1 if anything is missing")
@click.option("--undo", is_flag=True, help="Take away what this command writes")
@options.as_json
@click.pass_obj
def command(session: Session, /, check: bool, undo: bool, as_json: bool) -> int:
    """Have Git merge manifests and the lock by what they mean

    Writes two lines to .gitattributes, to be committed, and the merge driver to this repository's own
    configuration, which every clone has to do for itself. Where skillmeat is missing, or fails, Git merges
    the lines as ever. Doing it again changes nothing.

    \b
    Example: skillmeat git-setup
    Example: skillmeat git-setup --check
    """
    from skillmeat.history import driver

    if check and undo:
        raise click.UsageError("--check and --undo exclude each other.")
    root = session.store.root
    setup = driver.check(root) if check else driver.undo(root) if undo else driver.set_up(root)
    did = "Missing" if check else "Took away" if undo else "Wrote"
    rows = [(driver.ATTRIBUTES, line) for line in setup.lines] + [("git config", key) for key in setup.keys]
    on_path = driver.is_on_path()
    if as_json:
        data = {
            "attributes": list(setup.lines),
            "config": list(setup.keys),
            "complete": setup.complete,
            "on_path": on_path,
        }
        session.data({"data": data})
    else:
        for where, what in rows:
            session.say(
                f"{did} in {where}: {what}" if where == driver.ATTRIBUTES else f"{did}: {where} {what}"
            )
        if not rows:
            session.note("Nothing to take away." if undo else "Git merges manifests and the lock by meaning.")
        elif not check and not undo and setup.lines:
            session.note(f"Commit {driver.ATTRIBUTES}; in every other clone run “skillmeat git-setup” once.")
        if not on_path and not undo:
            session.note(_NOT_ON_PATH.format(place=driver.place()))
    return 1 if check and not setup.complete else 0


_NOT_ON_PATH = (
    "There is no “skillmeat” on PATH, where Git looks for it: until there is, Git merges by lines.\n"
    "  {place}; “skillmeat git-setup --check” looks again."
)
