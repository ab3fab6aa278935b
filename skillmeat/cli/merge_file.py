"""``skillmeat merge-file``"""

from __future__ import annotations

from pathlib import Path

import click

from skillmeat.cli.session import Session
from skillmeat.files import beside
from skillmeat.text import one_line


@click.command("merge-file")
@click.argument("base", type=click.Path(path_type=Path))
@click.argument("ours", type=click.Path(path_type=Path))
@click.argument("theirs", type=click.Path(path_type=Path))
@click.argument("path", required=False)
@click.option(
    "--marker-size",
    type=click.IntRange(1, 200),
    default=7,
    show_default=True,
    help="The width of conflict markers",
)
@click.option("-p", "--stdout", "to_stdout", is_flag=True, help="Print the result, and leave OURS alone")
@click.pass_obj
def command(
    session: Session,
    /,
    base: Path,
    ours: Path,
    theirs: Path,
    path: str | None,
    marker_size: int,
    to_stdout: bool,
) -> int:
    """Merge two changes of a manifest or of the lock by what they mean

    The result goes into the file OURS. PATH is where the file stands in the repository, which says what it
    is; OURS without it. Exits 0 when the merge is clean, 1 when a conflict is left between markers, and with
    something higher when nothing was done. Git calls this once “skillmeat git-setup” was run.

    \b
    Example: skillmeat merge-file base.toml ours.toml theirs.toml manifests/tags/pdf.toml
    """
    try:
        from skillmeat.merging import merge

        files = [session.directory / each for each in (base, ours, theirs)]
        where = path or ours.as_posix()
        before, one, other = (file.read_bytes() for file in files)
        outcome = merge(where, before, one, other, marker_size)
        if to_stdout:
            click.echo(outcome.content, nl=False)
        else:
            _replace(files[1], outcome.content)
    except Exception as error:  # 1 would be taken for a conflict that is marked in the file
        said = getattr(error, "strerror", None) or f"{type(error).__name__}: {error}"
        Session.fail("error", f"Nothing was merged: {one_line(str(said))}.", "FAILED", "")
        return 3
    for reason in outcome.reasons:
        click.echo(one_line(f"{where}: {reason}"), err=True)
    return 0 if outcome.clean else 1


def _replace(file: Path, content: bytes) -> None:
    """Whole or not at all: what is half written could be neither side."""
    beside.write(file.parent, file.name, content)
