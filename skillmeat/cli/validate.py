"""``skillmeat validate``"""

from __future__ import annotations

import click

from skillmeat.cli import options
from skillmeat.cli.session import Session
from skillmeat.model import KINDS
from skillmeat.text import one_line, plural


@click.command("validate")
@options.as_json
@click.pass_obj
def command(session: Session, /, as_json: bool) -> int:
    """Report everything that is wrong with the store

    One line each, sorted: file:line:column, key, sentence and [rule]. Exits 1 when there is anything.

    \b
    Example: skillmeat validate
    """
    problems = session.store.validate()
    if as_json:
        rows = [
            {
                "path": each.path,
                "line": each.line or None,
                "column": each.column or None,
                "key": each.key or None,
                "message": each.message,
                "fix": each.fix or None,
                "rule": each.rule,
            }
            for each in problems
        ]
        session.data({"data": rows, "meta": {"count": len(rows)}})
        return 1 if problems else 0
    for each in problems:
        sentence = " ".join(
            part for part in (f"{each.key}:" if each.key else "", each.message, each.fix) if part
        )
        click.echo(one_line(f"{each.where}: {sentence} [{each.rule}]"))
    if problems:
        files = len({each.path for each in problems})
        session.note(f"{plural(len(problems), 'problem')} in {plural(files, 'file')}.")
        return 1
    catalog = session.store.catalog
    counts = (plural(len(catalog.of(kind)), kind.noun) for kind in KINDS)
    session.note(f"Nothing is wrong: {', '.join(counts)}.")
    return 0
