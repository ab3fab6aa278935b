"""``skillmeat source``"""

from __future__ import annotations

from typing import Any

import click

from skillmeat.cli import options
from skillmeat.cli.later import model, sources, views
from skillmeat.cli.session import Session
from skillmeat.cli.source_entries import entries, import_, scan
from skillmeat.text import plural
from skillmeat.words import ArtifactType, TrustLevel

_SOURCE = click.argument("source", shell_complete=options.completing("source"))


_TAGS = click.argument("tags", nargs=-1, required=True, metavar="TAG...")


@click.group("source")
def command() -> None:
    """Add repositories, look into them and import from them.

    A source is manifests/sources/<source>.toml; what it was found to hold is in skillmeat.lock.
    """


@command.command()
@click.argument("url")
@click.option("--name", metavar="TEXT", help="Its name; owner/repository without one")
@click.option("--slug", metavar="SLUG", help="Its slug, when the name should not make it")
@click.option("--ref", metavar="REF", help="The branch, tag or commit to follow; HEAD without one")
@click.option("--root", metavar="PATH", help="Look only below this folder")
@click.option("--trust-level", type=options.one_of(TrustLevel), help="How far it is trusted")
@click.option("--tag", "tags", multiple=True, help="A tag for the source; repeat for more")
@click.option("--import-description", "import_repo_description", is_flag=True, help="Keep its description")
@click.option("--import-readme", "import_repo_readme", is_flag=True, help="Keep its README")
@options.editing
@click.pass_obj
def add(
    session: Session,
    /,
    url: str,
    tags: tuple[str, ...],
    as_json: bool,
    dry_run: bool,
    commit: bool,
    **values: Any,
) -> None:
    """Add a repository as a source

    Writes its manifest and asks nobody: "skillmeat lock" then resolves it.

    \b
    Example: skillmeat source add https://github.com/anthropics/skills --trust-level official
    """
    new = options.given(**values, tags=tags, created_at=options.now())
    session.edit(
        lambda catalog: sources.add(catalog, url, **new), as_json=as_json, dry_run=dry_run, commit=commit
    )


@command.command("list")
@click.option("--artifact-type", type=options.one_of(ArtifactType), help="Only those that hold this type")
@click.option("--tag", "tags", multiple=True, help="Only with this tag; repeat for more, all must be there")
@click.option("--trust-level", type=options.one_of(TrustLevel), help="Only of this trust level")
@click.option("--search", metavar="TEXT", help="Only where name, id, address or description hold TEXT")
@options.paging
@click.pass_obj
def list_(
    session: Session,
    /,
    artifact_type: str | None,
    tags: tuple[str, ...],
    trust_level: str | None,
    search: str | None,
    as_json: bool,
    **page: Any,
) -> None:
    """List sources, newest first

    \b
    Example: skillmeat source list --artifact-type skill --trust-level official
    """
    found = views.matching_sources(
        session.catalog, artifact_type=artifact_type, tags=tags, trust_level=trust_level, search=search
    )
    session.listed(
        session.views.sources(found, **options.page(**page)),
        as_json,
        ("source", "name", "trust", "commit", "entries", "in the catalog"),
        lambda each: (
            each["id"],
            each["name"],
            each["trust_level"],
            (each["commit"] or "not locked")[:10],
            each["entry_count"],
            each["artifact_count"],
        ),
        "There is no such source.",
    )


@command.command()
@_SOURCE
@options.reading
@click.pass_obj
def show(session: Session, /, source: str, as_json: bool) -> None:
    """Show a source, its pin and what it holds

    \b
    Example: skillmeat source show anthropics-skills
    """
    view = session.views.source(session.catalog.find(model.Source, source))
    counts = [plural(count, kind) for kind, count in view["counts_by_type"].items() if count]
    session.show(
        view,
        as_json,
        ("id", "name", "url", "ref", "root", "trust_level", "tags", "repo_description", "commit"),
        [
            ("entries", ", ".join(counts) if view["commit"] else "not locked; run “skillmeat lock”"),
            ("in the catalog", view["artifact_count"]),
            ("left alone", [each["path"] for each in view["exclude"]]),
        ],
    )


@command.command()
@_SOURCE
@click.option("--name", metavar="TEXT", help="A new name; the slug stays")
@click.option("--url", metavar="URL", help="A new address")
@click.option("--ref", metavar="REF", help="Another branch, tag or commit")
@click.option("--root", metavar="PATH", help="Look only below this folder")
@click.option("--trust-level", type=options.one_of(TrustLevel), help="How far it is trusted")
@click.option("--tag", "tags", multiple=True, help="The tags it has, all of them; repeat for more")
@click.option(
    "--import-description/--no-import-description",
    "import_repo_description",
    default=None,
    help="Keep its description, or not",
)
@click.option(
    "--import-readme/--no-import-readme", "import_repo_readme", default=None, help="Keep its README, or not"
)
@options.unsetting("ref", "root", "trust-level", "tags")
@options.editing
@click.pass_obj
def edit(session: Session, /, source: str, unset: tuple[str, ...], **given: Any) -> None:
    """Change a source; what is left out stays

    \b
    Example: skillmeat source edit anthropics-skills --ref v2 --trust-level verified
    """
    values, how = options.changes(given, unset)
    session.edit(lambda catalog: sources.edit(catalog, source, **values), **how)


@command.command()
@_SOURCE
@options.editing
@click.pass_obj
def delete(session: Session, /, source: str, **how: Any) -> None:
    """Delete a source and what the lock says of it

    Refused while an artifact comes from it.

    \b
    Example: skillmeat source delete anthropics-skills
    """
    session.edit(lambda catalog: sources.delete(catalog, source), **how)


@command.command()
@_SOURCE
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option("--reason", metavar="TEXT", help="Why they are left alone")
@options.editing
@click.pass_obj
def exclude(session: Session, /, source: str, paths: tuple[str, ...], reason: str | None, **how: Any) -> None:
    """Leave paths of a source alone, and everything below them

    \b
    Example: skillmeat source exclude anthropics-skills skills/old --reason superseded
    """
    session.edit(lambda catalog: sources.exclude(catalog, source, paths, reason=reason), **how)


@command.command()
@_SOURCE
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@options.editing
@click.pass_obj
def include(session: Session, /, source: str, paths: tuple[str, ...], **how: Any) -> None:
    """Let paths of a source in again that were left alone

    \b
    Example: skillmeat source include anthropics-skills skills/old
    """
    session.edit(lambda catalog: sources.include(catalog, source, paths), **how)


@command.group()
def tag() -> None:
    """Say which tags a source has; they are words, not records."""


@tag.command("add")
@_SOURCE
@_TAGS
@options.editing
@click.pass_obj
def add_tags(session: Session, /, source: str, tags: tuple[str, ...], **how: Any) -> None:
    """Add tags to a source

    \b
    Example: skillmeat source tag add anthropics-skills official
    """
    session.edit(lambda catalog: sources.add_tags(catalog, source, tags), **how)


@tag.command("remove")
@_SOURCE
@_TAGS
@options.editing
@click.pass_obj
def remove_tags(session: Session, /, source: str, tags: tuple[str, ...], **how: Any) -> None:
    """Take tags off a source

    \b
    Example: skillmeat source tag remove anthropics-skills official
    """
    session.edit(lambda catalog: sources.remove_tags(catalog, source, tags), **how)


@tag.command("set")
@_SOURCE
@click.argument("tags", nargs=-1, metavar="[TAG]...")
@options.editing
@click.pass_obj
def set_tags(session: Session, /, source: str, tags: tuple[str, ...], **how: Any) -> None:
    """Give a source exactly these tags, or none

    \b
    Example: skillmeat source tag set anthropics-skills official documents
    """
    session.edit(lambda catalog: sources.set_tags(catalog, source, tags), **how)


for each in (entries, import_, scan):
    command.add_command(each)
