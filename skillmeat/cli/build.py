"""``skillmeat build``"""

from __future__ import annotations

from pathlib import Path

import click

from skillmeat.cli import options
from skillmeat.cli.session import Session


@click.command("build")
@click.option(
    "--out",
    metavar="DIR",
    type=click.Path(path_type=Path, file_okay=False),
    help="Where to write it; _site beside manifests/ without one",
)
@options.as_json
@click.pass_obj
def command(session: Session, /, out: Path | None, as_json: bool) -> None:
    """Write the catalog as a static site

    Asks nobody: content that is not on this machine is left out, and its page says how to fetch it.
    A build that fails leaves the previous site as it was.

    \b
    Example: skillmeat build --out public
    """
    from skillmeat.site import build

    store = session.store
    report = build(store, session.catalog, session.views.dates, out or store.root / "_site")
    if as_json:
        session.data({"data": report})
    else:
        session.say(f"Built {report}")
