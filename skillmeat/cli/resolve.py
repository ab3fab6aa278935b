"""``skillmeat resolve``"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from skillmeat.cli import options
from skillmeat.cli.fmt import in_store
from skillmeat.cli.session import Session
from skillmeat.resolving import Resolution, resolve
from skillmeat.text import one_line, plural


@click.command("resolve")
@click.argument("paths", nargs=-1, metavar="[PATH]...", type=click.Path(path_type=Path))
@click.option("--add", is_flag=True, help="Stage what is settled, as “git add” does")
@click.option("--redo", is_flag=True, help="Merge PATH again, whatever was made of it since")
@click.option("--dry-run", is_flag=True, help="Print the diff and write nothing")
@options.as_json
@click.pass_obj
def command(
    session: Session, /, paths: tuple[Path, ...], add: bool, redo: bool, dry_run: bool, as_json: bool
) -> int:
    """Settle the conflicts of a merge in manifests and in the lock

    Works from the versions that Git's index holds, so nothing need be set up beforehand. What can be settled
    is; a true conflict is left between markers around just that value, and explained. A file that was
    edited since the merge, or made one of the sides, is left alone. Exits 1 when anything is left. PATH
    is a file or a folder.

    \b
    Example: skillmeat resolve --add
    Example: skillmeat resolve manifests/collections --dry-run
    """
    if redo and not paths:
        raise click.UsageError("--redo writes over what was edited, so it needs a PATH.")
    root = session.store.root
    only = [in_store(root, session.directory / path) for path in paths]
    done = resolve(root, only if all(only) else (), stage=add, redo=redo, dry_run=dry_run)
    left = [each for each in done if not each.settled]
    if as_json:
        rows = [{"path": each.path, "settled": each.settled, "reasons": list(each.reasons)} for each in done]
        meta: dict[str, object] = {"count": len(done), "left": len(left), "dry_run": dry_run}
        meta |= {"diff": "".join(each.diff for each in done)} if dry_run else {}
        session.data({"data": rows, "meta": meta})
        return 1 if left else 0
    for each in done:
        if dry_run:
            session.diff(each.diff)
        _say(session, each)
    _conclude(session, done, add=add, dry_run=dry_run)
    return 1 if left else 0


def _say(session: Session, each: Resolution) -> None:
    session.say(one_line(f"{'settled' if each.settled else 'left'}  {each.path}"))
    for reason in each.reasons:
        session.note("  " + one_line(reason))


def _conclude(session: Session, done: Sequence[Resolution], *, add: bool, dry_run: bool) -> None:
    if not done:
        session.note("Nothing is unmerged.")
        return
    if dry_run:
        session.note("Nothing was written.")
        return
    left = [each for each in done if not each.settled]
    marked = sum(each.marked for each in left)
    if marked:
        what = plural(marked, "file")
        session.note(
            f"{what} to decide: edit between the markers, then “git add”; “skillmeat validate” checks."
        )
    if len(left) > marked:
        session.note(f"{plural(len(left) - marked, 'file')} to decide as said above.")
    if len(left) < len(done) and not add:
        session.note(
            "What is settled is not staged yet: “git add” it, or “skillmeat resolve --add”."
            if left
            else "Next: “skillmeat validate”, then “git add manifests” (or “skillmeat resolve --add”), "
            "and go on with the merge."
        )
