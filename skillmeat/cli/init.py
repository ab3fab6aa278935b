"""``skillmeat init``"""

from __future__ import annotations

from pathlib import Path

import click

from skillmeat import schemas
from skillmeat.cli import options
from skillmeat.cli.session import Session
from skillmeat.edits.making import made
from skillmeat.loading import SETTINGS
from skillmeat.model import Settings, Site
from skillmeat.store import Store
from skillmeat.text import one_line


@click.command("init")
@click.argument("directory", type=click.Path(path_type=Path, file_okay=False), required=False)
@click.option("--title", metavar="TEXT", help="The title of the catalog; the folder's name without one")
@click.option("--url", metavar="URL", help="Where the site will be published")
@click.option("--description", metavar="TEXT", help="What the catalog is about")
@options.as_json
@click.pass_obj
def command(
    session: Session,
    /,
    directory: Path | None,
    title: str | None,
    url: str | None,
    description: str | None,
    as_json: bool,
) -> None:
    """Make a store in this folder, or in DIRECTORY

    \b
    Example: skillmeat init --title "Our skills"
    """
    root = (session.directory / (directory or Path())).resolve()
    root.mkdir(parents=True, exist_ok=True)
    site = made(Site, "site", title=title or root.name or "skillmeat", url=url, description=description)
    store = Store.create(root, Settings(site=site))
    if as_json:
        paths = [SETTINGS, *schemas.files()]
        session.data({"data": {"root": str(store.root), "title": site.title}, "meta": {"paths": paths}})
        return
    session.say(f"Made a store in {one_line(str(store.root))}: {SETTINGS}")
    session.note("Next: “skillmeat source add URL”, “skillmeat lock”, “skillmeat source import SOURCE”.")
