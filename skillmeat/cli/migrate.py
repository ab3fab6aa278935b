"""``skillmeat migrate``"""

from __future__ import annotations

import click

from skillmeat.cli import options
from skillmeat.cli.session import Session
from skillmeat.migration import Migrated, Migration, migrate, planned
from skillmeat.text import block, plural


@click.command("migrate")
@click.option(
    "--to",
    "target",
    type=click.Choice(["1", "2"]),
    default="2",
    show_default=True,
    help="The format to reach",
)
@click.option(
    "--check", is_flag=True, help="Exit 1 if the store is not current, or would lose values; write nothing"
)
@click.option("--discard", is_flag=True, help="Give up the values that the older format cannot hold")
@options.editing
@click.pass_obj
def command(
    session: Session,
    /,
    target: str,
    check: bool,
    discard: bool,
    as_json: bool,
    dry_run: bool,
    commit: bool,
) -> int:
    """Bring the store to another format

    Format 2 is current. In format 1 tags were words on artifacts, without files of their own. All files are
    migrated or none; comments, the order of keys and spacing stay. On the way up nothing is lost. On the way
    down every value that format 1 cannot hold is named, and --discard is needed to give them up.

    \b
    Example: skillmeat migrate --check
    Example: skillmeat migrate --to 1 --discard --dry-run
    """
    if check:
        return _check(session, planned(session.store.root, int(target)), as_json)
    committed = None
    if commit and not dry_run:
        from skillmeat import history

        history.refuse_no_commit(session.store.root)
    done = migrate(session.store.root, int(target), discard=discard, dry_run=dry_run)
    if commit and not dry_run and done.paths:
        committed = history.commit(session.store.root, done.paths, done.migration.summary)
    _say(session, done, as_json=as_json, dry_run=dry_run, committed=committed)
    return 0


def _check(session: Session, migration: Migration, as_json: bool) -> int:
    behind = migration.after > migration.before
    if as_json:
        session.data({"data": {**_view(migration), "current": migration.before == migration.after}})
    else:
        for loss in migration.losses:
            click.echo(str(loss))
        session.note(_verdict(migration))
    return 1 if behind or migration.losses else 0


def _verdict(migration: Migration) -> str:
    if migration.before == migration.after:
        return f"The store is in format {migration.before}."
    if migration.after > migration.before:
        return f"The store is in format {migration.before}. Run “skillmeat migrate”."
    but = f" but {plural(len(migration.losses), 'value')}" if migration.losses else ""
    return f"Format {migration.after} can hold everything{but}."


def _say(session: Session, done: Migrated, *, as_json: bool, dry_run: bool, committed: str | None) -> None:
    migration = done.migration
    summary = migration.summary if done.paths else f"The store is in format {migration.before} already"
    if as_json:
        meta = {"summary": summary, "paths": list(done.paths), "dry_run": dry_run}
        meta |= {"diff": done.diff} if dry_run else {}
        meta |= {"commit": committed} if committed else {}
        session.data({"data": _view(migration), "meta": meta})
        return
    if dry_run:
        click.echo(block(done.diff), nl=False, color=session.colored)
    for line in migration.notes:
        session.note(line)
    if dry_run and done.paths:
        session.note(f"Would say: {summary}. Nothing was written.")
    else:
        session.say(summary + (f" in {committed[:10]}" if committed else ""))


def _view(migration: Migration) -> dict[str, object]:
    return {
        "format": migration.before,
        "to": migration.after,
        "losses": [
            {"path": each.path, "key": each.key or None, "value": each.value} for each in migration.losses
        ],
        "notes": list(migration.notes),
    }
