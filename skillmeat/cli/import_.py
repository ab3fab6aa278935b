"""``skillmeat import``"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from skillmeat.catalog import Catalog, Edit
from skillmeat.cli import options
from skillmeat.cli.session import Session
from skillmeat.edits import imports
from skillmeat.foreign import Left
from skillmeat.foreign.opening import opened
from skillmeat.views import Views


@click.command("import")
@click.argument("path", metavar="FILE|DIR", type=click.Path(path_type=Path))
@click.option(
    "--source",
    "sources",
    multiple=True,
    metavar="SLUG",
    shell_complete=options.completing("source"),
    help="The source that relative paths are in; repeat to try several",
)
@click.option("--tag", "tags", multiple=True, help="A tag for every new artifact; repeat for more")
@options.editing
@click.pass_obj
def command(
    session: Session, /, path: Path, sources: tuple[str, ...], tags: tuple[str, ...], **how: Any
) -> None:
    """Import what the files of other tools list

    Read are .claude-plugin/marketplace.json of Claude Code, skills-lock.json of the skills command, and
    collection.toml of SkillMeat with the collection.lock beside it; in a folder, all that are there.
    What they list becomes sources, artifacts, tags and collections; the rest is listed with the reason.
    Nothing is fetched: "skillmeat lock" does that afterwards. A second import adds only what is new.

    \b
    Example: skillmeat import skills-lock.json --tag team
    Example: skillmeat import .claude-plugin/marketplace.json --source acme-plugins --dry-run
    """
    found = opened(session.directory / path, session.store.root)
    root, created_at = session.store.root, options.now()
    left: list[Left] = []

    def plan(catalog: Catalog) -> Edit:
        imported = imports.plan(
            catalog,
            found,
            sources=sources,
            tags=tags,
            is_there=lambda inner: (root / inner).exists(),
            created_at=created_at,
        )
        left[:] = imported.left
        return imported.edit

    def subject(views: Views) -> dict[str, object]:
        return {"left": [{"where": each.where, "reason": each.reason} for each in left]}

    session.edit(plan, subject=subject, **how)
    if not how["as_json"]:
        for each in left:
            session.note(f"left out: {each.where}: {each.reason}")
