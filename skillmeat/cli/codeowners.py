"""``skillmeat codeowners``"""

from __future__ import annotations

from pathlib import Path

import click

from skillmeat import codeowners
from skillmeat.cli import options
from skillmeat.cli.session import Session
from skillmeat.errors import Refused
from skillmeat.files import beside
from skillmeat.history.past import top
from skillmeat.loading import SETTINGS
from skillmeat.text import one_line, plural


@click.command("codeowners")
@click.option("--check", is_flag=True, help="Write nothing; exit 1 when the file is not what it should be")
@click.option(
    "--out", metavar="FILE", type=click.Path(path_type=Path, dir_okay=False), help="Write it to FILE"
)
@options.as_json
@click.pass_obj
def command(session: Session, /, check: bool, out: Path | None, as_json: bool) -> int:
    """Write CODEOWNERS from the [[owners]] of skillmeat.toml

    Each says who is asked to review a change of which manifests: by path, type, tag, source or collection. Of
    several that fit, the last counts. A CODEOWNERS that we did not write is left alone.

    \b
    Example: skillmeat codeowners --check
    """
    root = session.store.root
    if any(each.path == SETTINGS for each in session.store.reading.problems):
        raise Refused(
            f"{SETTINGS} has problems, so nobody can tell who owns what.",
            code="CATALOG_HAS_PROBLEMS",
            hint="“skillmeat validate” lists them.",
        )
    above = top(root)
    prefix = "" if above == root else f"{root.relative_to(above).as_posix()}/"
    there = next((above / place for place in codeowners.PLACES if (above / place).is_file()), None)
    file = session.directory / out if out else there or above / codeowners.PLACES[0]
    now = file.read_text("utf-8", "replace") if file.is_file() else None
    wanted = codeowners.render(session.catalog, prefix) if session.catalog.settings.owners else None
    if now is not None and wanted is not None and not now.startswith(codeowners.HEADING):
        raise Refused(
            f"{one_line(str(file))} was not written by skillmeat.",
            code="OUTPUT_NOT_OURS",
            hint="Move what it says to [[owners]] in manifests/skillmeat.toml, and the file away.",
        )
    differs = wanted is not None and now != wanted
    if wanted is not None and differs and not check:
        if file.is_relative_to(above):
            beside.write(above, file.relative_to(above).as_posix(), wanted.encode())
        else:
            file.write_text(wanted, "utf-8")  # --out says where, and it is not in the repository
    lines = 0 if wanted is None else wanted.count("\n") - 1
    shown = file.relative_to(above).as_posix() if file.is_relative_to(above) else str(file)
    if as_json:
        session.data({"data": {"path": shown, "lines": lines, "differs": differs}})
    elif wanted is None:
        session.note("There are no [[owners]] in manifests/skillmeat.toml.")
    elif check:
        session.note(
            f"{one_line(shown)} {'is not what [[owners]] say' if differs else 'is as it should be'}."
        )
    else:
        session.say(
            f"{'Wrote' if differs else 'Nothing to change in'} {one_line(shown)}: {plural(lines, 'line')}."
        )
    return 1 if check and differs else 0
