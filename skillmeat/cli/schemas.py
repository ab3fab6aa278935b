"""``skillmeat schemas``"""

from __future__ import annotations

from pathlib import Path

import click

from skillmeat import manifest, schemas
from skillmeat.cli import options
from skillmeat.cli.session import Session
from skillmeat.text import one_line, plural


@click.command("schemas")
@click.option(
    "--out",
    metavar="DIR",
    type=click.Path(path_type=Path, file_okay=False),
    help="Write the schemas alone, to another folder",
)
@options.as_json
@click.pass_obj
def command(session: Session, /, out: Path | None, as_json: bool) -> None:
    """Write the JSON Schemas of manifests, for editors

    They go to manifests/.schemas, where the first line of each manifest leads; a store that had none gets
    those lines too. Editors with Taplo or Tombi then complete keys and check values as you type. Run it
    again after an upgrade of skillmeat. Remove the folder and no new manifest gets the line.

    \b
    Example: skillmeat schemas
    """
    if out is None:
        paths = schemas.write(session.store.root)
        where = manifest.SCHEMAS
    else:
        folder = session.directory / out
        folder.mkdir(parents=True, exist_ok=True)
        paths = []
        for name, data in schemas.texts().items():
            if not (folder / name).is_file() or (folder / name).read_bytes() != data:
                (folder / name).write_bytes(data)
                paths.append(name)
        where = str(out)
    if as_json:
        session.data({"data": {"folder": where}, "meta": {"paths": paths}})
        return
    session.say(
        f"Wrote {plural(len(paths), 'file')}; the schemas are in {one_line(where)}"
        if paths
        else f"The schemas in {one_line(where)} are up to date"
    )
