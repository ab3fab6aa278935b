"""``skillmeat outdated``"""

from __future__ import annotations

import click

from skillmeat.cli import options
from skillmeat.cli.session import Session
from skillmeat.text import plural
from skillmeat.views import listing


@click.command("outdated")
@options.as_json
@click.pass_obj
def command(session: Session, /, as_json: bool) -> int:
    """List the sources that have moved on since they were locked

    Exits 1 when there are any.

    \b
    Example: skillmeat outdated
    """
    from skillmeat.sources import outdated

    moved, failed = outdated(session.catalog, session.store.root, session.progress)
    unlocked = [each for each in session.catalog.sources if each not in session.catalog.locked]
    if unlocked and not as_json:
        session.note(f"Not locked, so not asked: {', '.join(sorted(unlocked))}.")
    if as_json:
        rows = [
            {"source": each.source, "ref": each.ref, "locked": each.locked, "now": each.now} for each in moved
        ]
        session.data(listing(rows))
    else:
        session.table(
            ("source", "ref", "locked", "now"),
            ((each.source, each.ref, each.locked[:10], each.now[:10]) for each in moved),
            "No source has moved on." if failed or unlocked else "Every source is where it was locked.",
        )
        if moved:
            session.note(f"{plural(len(moved), 'source')} moved on; “skillmeat lock --upgrade” follows.")
    return session.failures(failed, as_json=as_json) or (1 if moved else 0)
