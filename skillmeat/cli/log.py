"""``skillmeat log``"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING

import click

from skillmeat.cli import options
from skillmeat.cli.session import Session
from skillmeat.text import one_line

if TYPE_CHECKING:
    from skillmeat.chronicle import Entry


@click.command("log")
@click.argument("reference", metavar="[REF]", required=False)
@click.option(
    "--limit", type=click.IntRange(1, 10_000), default=20, show_default=True, help="So many commits"
)
@click.option("--all", "everything", is_flag=True, help="Go back to the beginning")
@options.reading
@click.pass_obj
def command(session: Session, /, reference: str | None, limit: int, everything: bool, as_json: bool) -> None:
    """Show what happened to a record over time, or to the whole catalog

    REF is skill/pdf-tools, tag/pdf, collection/starter, group/starter/design, source/acme, a slug that only
    one record has, or the path of a manifest. Renames are followed; what is gone has its history still.

    \b
    Example: skillmeat log skill/pdf-tools
    Example: skillmeat log --limit 5
    """
    from skillmeat import chronicle
    from skillmeat.reports.changes import deed_as_json, lines

    store, start = session.store, session.store.commit
    most = None if everything else limit
    entries: Iterator[Entry]
    if reference is not None:
        whom = chronicle.subject(store, reference)
        entries = chronicle.of_record(store, whom, start)
    else:
        entries = chronicle.of_store(store, start)
    found = list(islice(entries, most))
    if reference is not None and not found and whom.id not in store.catalog.of(whom.kind):
        store.catalog.find(whom.kind.record, whom.id)  # which offers the nearest names
    missing = _before(session, found[-1].commit) if found and (most is None or len(found) < most) else ""
    if as_json:
        rows = [
            {
                "commit": each.commit or None,
                "date": each.when.isoformat().replace("+00:00", "Z") if each.when else None,
                "author": each.author or None,
                "subject": each.subject,
                "deeds": [deed_as_json(deed) for deed in each.deeds],
            }
            for each in found
        ]
        session.data({"data": rows, "meta": {"count": len(rows), "missing": missing or None}})
        return
    for each in found:
        day = f"{each.when:%Y-%m-%d}" if each.when else "at no date"
        when = f"{day}  {each.commit[:10]}  {each.author}  " if each.commit else ""
        click.echo(click.style(one_line(f"{when}{each.subject}"), bold=True), color=session.colored)
        for line in lines(each.deeds):
            click.echo(f"  {line}")
    if not found:
        session.note("Git has no history of it yet.")
    if missing:
        session.note(missing)


def _before(session: Session, oldest: str) -> str:
    """A sentence on where the history goes on, when the store was moved by the oldest commit that is told."""
    from skillmeat.history import versions

    folder = versions.moved_from(session.store.root, oldest) if oldest else None
    if folder is None:
        return ""
    below = "manifests" if folder == "." else f"{folder}/manifests"
    return f"{oldest[:10]} moved the store here; “git log -- :/{below}” tells what happened before."
