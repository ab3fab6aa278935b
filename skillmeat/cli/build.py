"""``skillmeat build``"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from skillmeat.cli import options
from skillmeat.cli.session import Session
from skillmeat.errors import Refused
from skillmeat.store import Store
from skillmeat.text import one_line, plural

if TYPE_CHECKING:
    from skillmeat.site.build import Report


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
    target = out or session.store.root / "_site"
    report = built(session.store, target, session.note)
    if as_json:
        left_out = [{"path": each.path, "reason": each.reason} for each in report.left_out]
        counts = {"pages": report.pages, "files": report.files, "bytes": report.bytes}
        session.data({"data": {"out": str(target), **counts, "left_out": left_out}})
        return
    session.say(
        f"Built {plural(report.pages, 'page')} in {plural(report.files, 'file')}, "
        f"{report.bytes / 1_000_000:,.1f} MB, in {one_line(str(target))}"
    )
    for each in report.left_out if session.verbose else report.left_out[:10]:
        session.note(f"left out: {each.path}: {each.reason}")
    if len(report.left_out) > 10 and not session.verbose:
        session.note(f"and {len(report.left_out) - 10} more; -v lists them.")


def _refuse_inside(store: Store, out: Path) -> None:
    """A site must not be written over what it is made of, nor into Git's own folder."""
    contents = (each.path for each in store.catalog.artifacts.values() if each.path and not each.source)
    for mine in ("manifests", "site_templates", *(path.partition("#")[0] for path in contents)):
        inside = out.is_relative_to((store.root / mine).resolve()) if mine != "." else False
        if inside or ".git" in out.parts or store.root.resolve().is_relative_to(out):
            raise Refused(
                f"{one_line(str(out))} is part of the store, so no site is written there.",
                code="OUTPUT_NOT_OURS",
                hint="Name another folder with --out.",
            )


def built(store: Store, out: Path, note: Callable[[str], None]) -> Report:
    """Build a store's site; what history cannot tell is noted.

    Raises ``Refused`` (``CATALOG_HAS_PROBLEMS``) for a store that is not sound.
    """
    from skillmeat import history
    from skillmeat.site import branding
    from skillmeat.site.build import build
    from skillmeat.sources import Contents

    _refuse_inside(store, out.resolve())
    problems = store.validate()
    if problems:
        first = "\n".join(f"  {each.where}: {each.message}" for each in problems[:5])
        raise Refused(
            f"The store has {plural(len(problems), 'problem')}, so no site is made of it:\n{first}",
            code="CATALOG_HAS_PROBLEMS",
            hint="“skillmeat validate” lists them all.",
        )
    catalog, templates = store.catalog, store.root / "site_templates"
    dates = history.dates(store.root)
    if dates.missing:
        note(dates.missing)
    return build(
        catalog,
        dates,
        Contents(catalog, store.root),
        out,
        templates if templates.is_dir() else None,
        history.log(store.root),
        logo=branding.logo(store.root, catalog.settings.site),
    )
