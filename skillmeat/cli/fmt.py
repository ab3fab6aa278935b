"""``skillmeat fmt``"""

from __future__ import annotations

import os
from pathlib import Path

import click

from skillmeat.cli import options
from skillmeat.cli.session import Session
from skillmeat.errors import NotFound
from skillmeat.formatting import Formatted, format_manifests
from skillmeat.text import block, one_line, plural


@click.command("fmt")
@click.argument("paths", nargs=-1, metavar="[PATH]...", type=click.Path(path_type=Path))
@click.option("--check", is_flag=True, help="Write nothing; list what would change, and exit 1 if anything")
@click.option("--diff", is_flag=True, help="Write nothing; print what would change, and exit 1 if anything")
@options.as_json
@click.pass_obj
def command(session: Session, /, paths: tuple[Path, ...], check: bool, diff: bool, as_json: bool) -> int:
    """Bring manifests to their canonical layout

    Keys in the order of the documentation, one a line; lists on one line or in a column; an empty line
    above each table; LF line ends. Comments move with what they belong to, and what a file says never
    changes. PATH is a manifest or a folder of them; without any, every manifest is formatted. The lock is
    left alone, and so is a file that cannot be read: it is reported, and the exit status is 1.

    \b
    Example: skillmeat fmt --check
    Example: skillmeat fmt manifests/collections
    """
    root = session.store.root
    only = [in_store(root, session.directory / path) for path in paths]
    done = format_manifests(root, only if all(only) else (), dry_run=check or diff)
    if as_json:
        session.data(_as_json(done, check, diff))
    elif diff:
        click.echo(block(done.diff), nl=False, color=session.colored)
    elif check:
        for path in done.paths:
            click.echo(one_line(path))
    if not as_json:
        for each in done.problems:
            click.echo(one_line(f"{each.where}: {each.message} {each.fix}").rstrip(), err=True)
        _conclude(session, done, dry_run=check or diff)
    return 1 if done.problems or ((check or diff) and done.paths) else 0


def in_store(root: Path, path: Path) -> str:
    """Where a path is in the store, with ``/``; nothing for the store itself or its manifests."""
    whole = Path(os.path.normpath(path.absolute()))
    whole = whole.parent.resolve() / whole.name
    if whole in (root, root / "manifests"):
        return ""
    if not whole.is_relative_to(root):
        raise NotFound(f"“{one_line(str(path))}” is not in the store.", code="MANIFEST_NOT_FOUND")
    return whole.relative_to(root).as_posix()


def _as_json(done: Formatted, check: bool, diff: bool) -> dict[str, object]:
    problems = [
        {
            "path": each.path,
            "line": each.line or None,
            "column": each.column or None,
            "message": each.message,
            "rule": each.rule,
        }
        for each in done.problems
    ]
    meta: dict[str, object] = {"count": len(done.paths), "total": done.count, "dry_run": check or diff}
    meta |= {"diff": done.diff} if diff else {}
    return {"data": {"paths": list(done.paths), "problems": problems}, "meta": meta}


def _conclude(session: Session, done: Formatted, *, dry_run: bool) -> None:
    changed = plural(len(done.paths), "file")
    rest = done.count - len(done.paths) - len(done.problems)
    others = f"{plural(rest, 'file')} in canonical form already"
    if dry_run:
        session.note(f"{changed} would change, {others}.")
    elif done.paths:
        session.say(f"Formatted {changed}; {others}.")
    else:
        session.note(f"Nothing to change: {others}.")
    if done.problems:
        session.note(f"{plural(len(done.problems), 'file')} left as it is, for what is wrong with it.")
