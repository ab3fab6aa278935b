"""``skillmeat lock``"""

from __future__ import annotations

import click

from skillmeat.cli import options
from skillmeat.cli.later import model
from skillmeat.cli.session import Session


@click.command("lock")
@click.argument("sources", nargs=-1, metavar="[SOURCE]...", shell_complete=options.completing("source"))
@click.option("--upgrade", is_flag=True, help="Move on to the tips of the refs")
@click.option("--check", is_flag=True, help="Exit 1 if the lock does not answer to the manifests")
@options.editing
@click.pass_obj
def command(
    session: Session,
    /,
    sources: tuple[str, ...],
    upgrade: bool,
    check: bool,
    as_json: bool,
    dry_run: bool,
    commit: bool,
) -> int:
    """Resolve every source to a commit and record what it holds

    Named sources only, or all. One that is locked keeps its commit until its manifest changes or
    --upgrade moves it. --check asks nobody: it compares the lock with the manifests.

    \b
    Example: skillmeat lock --upgrade anthropics-skills
    """
    from skillmeat.sources import lock, stale

    if check:
        reasons = stale(session.catalog)
        if as_json:
            session.data({"data": {"stale": bool(reasons), "reasons": reasons}})
        else:
            for reason in reasons:
                click.echo(reason)
            session.note("Run “skillmeat lock”." if reasons else "The lock answers to the manifests.")
        return 1 if reasons else 0
    locking = lock(
        session.catalog,
        upgrade=lambda _: upgrade,
        only={session.catalog.find(model.Source, each).id for each in sources},
        folder=session.store.root,
        progress=session.progress,
    )
    for line in () if as_json else locking.notes:
        session.note(line)
    session.edit(lambda _: locking.edit, as_json=as_json, dry_run=dry_run, commit=commit)
    return session.failures(locking.failed, as_json=as_json)
