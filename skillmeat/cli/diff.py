"""``skillmeat diff``"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from skillmeat.cli import options
from skillmeat.cli.session import Session
from skillmeat.text import block

if TYPE_CHECKING:
    from skillmeat.store import Store


@click.command("diff")
@click.argument("revisions", metavar="[BASE[..HEAD]]", default="HEAD")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "markdown"]),
    default="text",
    help="How to print it",
)
@click.option("--exit-code", is_flag=True, help="Exit 1 when anything differs")
@options.as_json
@click.pass_obj
def command(session: Session, /, revisions: str, form: str, exit_code: bool, as_json: bool) -> int:
    """Say what a change means: records, members, order, pins, what breaks, what the site shows

    BASE is a commit, branch or tag, and is compared with the folder as it is; BASE..HEAD compares two of
    them, BASE...HEAD the second with where it left the first. Without either, what is not committed yet.
    Reads both sides from Git and changes nothing. -v lists every address that appears, changes or goes.

    \b
    Example: skillmeat diff
    Example: skillmeat diff origin/main...HEAD --format markdown
    """
    from skillmeat import chronicle
    from skillmeat.reports import changes

    before, after = _sides(session, revisions)
    found = chronicle.compare(before, after)
    if as_json or form == "json":
        session.data({"data": changes.as_json(found)})
    elif form == "markdown":
        click.echo(changes.markdown(found), nl=False)
    elif found.deeds or found.broken:
        for line in changes.text(found, whole=session.verbose > 0):
            hue = {"+": "green", "-": "red", ">": "cyan", "~": "yellow"}.get(line[:1])
            click.echo(click.style(block(line), fg=hue) if hue else block(line), color=session.colored)
        session.note(f"{found.summary[:1].upper()}{found.summary[1:]}.")
    else:
        session.note("Nothing in the catalog changes.")
    return 1 if exit_code and found.deeds else 0


def _sides(session: Session, revisions: str) -> tuple[Store, Store]:
    """The two states that are meant."""
    from skillmeat.history import past
    from skillmeat.store import Store

    root = session.store.root
    base, dots, head = revisions.partition("..")
    if not dots:
        past.refuse_hidden(root)
        return Store(root, past.resolve(root, base)), session.store
    tip = past.resolve(root, head.removeprefix(".") or "HEAD")
    if head.startswith("."):
        return Store(root, past.merge_base(root, base or "HEAD", tip)), Store(root, tip)
    return Store(root, past.resolve(root, base or "HEAD")), Store(root, tip)
