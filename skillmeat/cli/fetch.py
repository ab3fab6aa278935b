"""``skillmeat fetch``"""

from __future__ import annotations

import click

from skillmeat.cli import options
from skillmeat.cli.session import Session
from skillmeat.text import plural


@click.command("fetch")
@options.as_json
@click.pass_obj
def command(session: Session, /, as_json: bool) -> int:
    """Bring the content of locked commits to this machine

    It goes to a cache outside the repository, and is read by "build" and "source import".

    \b
    Example: skillmeat fetch
    """
    from skillmeat.sources import fetch

    catalog = session.catalog
    done, failed = fetch(catalog, session.store.root, session.progress)
    here = len([each for each in catalog.locked if each in catalog.sources]) - len(done) - len(failed)
    if as_json:
        session.data({"data": {"fetched": done, "failed": [source for source, _ in failed], "present": here}})
    else:
        session.say(f"Fetched {plural(len(done), 'source')}; {here} already here.")
    return session.failures(failed, as_json=as_json)
