"""``skillmeat build``"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from skillmeat.cli import options
from skillmeat.cli.progress import Tell, bar
from skillmeat.cli.session import Session
from skillmeat.errors import Refused
from skillmeat.store import Store
from skillmeat.text import one_line, plural

if TYPE_CHECKING:
    from skillmeat.history import Dates, Log
    from skillmeat.problem import Problem
    from skillmeat.site.build import Report
    from skillmeat.site.output import LeftOut
    from skillmeat.site.standing import Standing

_NAMED: Final = 3
"""How much of what was left out for one reason is named."""

_PAGES_TAKES: Final = 1_000_000_000
"""Bytes of a site; from GitHub's page on the limits of Pages."""


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
    start = time.monotonic()
    with bar(session, "Building") as tell:
        report = built(session.store, target, session.note, tell)
    seconds = time.monotonic() - start
    if as_json:
        left_out = [{"path": each.path, "reason": each.reason} for each in report.left_out]
        counts = {"pages": report.pages, "files": report.files, "bytes": report.bytes}
        session.data(
            {"data": {"out": str(target), **counts, "seconds": round(seconds, 3), "left_out": left_out}}
        )
        return
    others = report.files - report.pages
    begun = "Nothing changed:" if report.unchanged else "Built"
    session.say(
        f"{begun} {plural(report.pages, 'page')} and {plural(others, 'other file')}, "
        f"{report.bytes / 1_000_000:,.1f} MB, in {seconds:.1f} s: {one_line(str(target))}"
    )
    for line in left_out_lines(report.left_out, every=bool(session.verbose)):
        session.note(line)
    if report.bytes > _PAGES_TAKES:
        session.note("GitHub Pages takes sites of at most 1 GB; another host may take this one.")


def left_out_lines(left_out: Sequence[LeftOut], *, every: bool = False) -> Iterator[str]:
    """What was left out, by reason: how much, and the first of it or, with ``every``, all."""
    from skillmeat.site.output import ABSENT

    reasons: dict[str, list[str]] = {}
    for each in left_out:
        reasons.setdefault(each.reason, []).append(each.path.removesuffix("/"))
    for reason, paths in sorted(reasons.items(), key=lambda each: (-len(each[1]), each[0])):
        shown = paths if every or len(paths) <= _NAMED + 1 else paths[:_NAMED]
        more = f" and {len(paths) - len(shown):,} more" if len(shown) < len(paths) else ""
        yield f"left out: {reason.removesuffix('.')}: {', '.join(shown)}{more}"
    if ABSENT in reasons:
        yield "“skillmeat fetch” brings content to this machine."
    if not every and any(len(paths) > _NAMED + 1 for paths in reasons.values()):
        yield "-v names all of it."


def _refuse_inside(store: Store, out: Path) -> None:
    """A site must not be written over what it is made of, nor into Git's own folder."""
    root = store.root.resolve()
    above = {str(each) for each in (out, *out.parents)}
    same = {found for each in above if (found := _identity(each))}
    contents = (each.path for each in store.catalog.artifacts.values() if each.path and not each.source)
    for mine in ("manifests", "site_templates", *(path.partition("#")[0] for path in contents)):
        place = f"{root}/{mine}"
        inside = mine != "." and (place in above or _identity(place) in same)
        if inside or ".git" in out.parts or root.is_relative_to(out):
            raise Refused(
                f"{one_line(str(out))} is part of the store, so no site is written there.",
                code="OUTPUT_NOT_OURS",
                hint="Name another folder with --out.",
            )


def _identity(path: str) -> tuple[int, int] | None:
    """What one file or folder has under every name, symbolic links included; None when there is none."""
    try:
        found = os.stat(path)  # noqa: PTH116  # for every artifact: a Path costs more than the question
    except OSError:
        return None
    return found.st_dev, found.st_ino


def built(store: Store, out: Path, note: Callable[[str], None], tell: Tell | None = None) -> Report:
    """Build a store's site; what history cannot tell is noted, and ``tell`` told how far it is.

    Raises ``Refused`` (``CATALOG_HAS_PROBLEMS``) for a store that is not sound.
    """
    from skillmeat import processes
    from skillmeat.site.standing import standing

    templates = store.root / "site_templates"
    overrides = templates if templates.is_dir() else None
    with processes.ahead(partial(_past, store.root), partial(standing, out.resolve())) as [past, stands]:
        return _built(store, out, overrides, note, tell, past, stands)


def _past(root: Path) -> tuple[Dates, Log]:
    from skillmeat import history

    return history.dates(root), history.log(root)


def _compiled(overrides: Path | None) -> Mapping[str, bytes]:
    from skillmeat.site import templates

    return templates.compiled(overrides)


def _built(
    store: Store,
    out: Path,
    overrides: Path | None,
    note: Callable[[str], None],
    tell: Tell | None,
    past: Callable[[], tuple[Dates, Log]],
    stands: Callable[[], Standing],
) -> Report:
    from skillmeat import processes
    from skillmeat.site import branding
    from skillmeat.site.build import build
    from skillmeat.site.material import material
    from skillmeat.sources import Contents

    _refuse_inside(store, out.resolve())
    catalog = store.catalog
    contents = Contents(catalog, store.root)
    works = store.validate, partial(material, catalog, contents.version), partial(_compiled, overrides)
    with processes.ahead(*works) as [problems, made_of, codes]:
        dates, log = past()
        if dates.missing:
            note(dates.missing)
        return build(
            catalog,
            dates,
            contents,
            out,
            overrides,
            log,
            contents.version,
            tell=tell,
            refuse=lambda: _refuse_unsound(problems()),
            stands=stands,
            made_of=made_of,
            codes=codes,
            logo=branding.logo(store.root, catalog.settings.site),
        )


def _refuse_unsound(problems: Sequence[Problem]) -> None:
    if problems:
        first = "\n".join(f"  {each.where}: {each.message}" for each in problems[:5])
        raise Refused(
            f"The store has {plural(len(problems), 'problem')}, so no site is made of it:\n{first}",
            code="CATALOG_HAS_PROBLEMS",
            hint="“skillmeat validate” lists them all.",
        )
