"""``skillmeat artifact``"""

from __future__ import annotations

from typing import Any

import click

from skillmeat.cli import options
from skillmeat.cli.later import artifacts, model, views
from skillmeat.cli.session import Session
from skillmeat.words import ArtifactType

_ARTIFACT = click.argument("artifact", shell_complete=options.completing("artifact"))
_TAGS = click.argument(
    "tags", nargs=-1, required=True, metavar="TAG...", shell_complete=options.completing("tag")
)


_SHOWN = (
    *("id", "name", "description", "deprecated", "source", "path", "trust_level", "commit", "hash"),
    *("version", "license", "homepage", "tags", "aliases", "collections", "groups"),
    *("created_at", "updated_at"),
)


@click.group("artifact")
def command() -> None:
    """Create, find and change artifacts and their tags.

    An artifact is manifests/artifacts/<type>/<name>.toml and is called by its id, such as
    skill/pdf-tools.
    """


def _values(function: Any) -> Any:
    """The keys of an artifact that take one value."""
    for option in (
        click.option("--deprecated", metavar="TEXT", help="Why not to use it, and what to use"),
        click.option("--homepage", metavar="URL", help="Where to read more"),
        click.option("--license", metavar="ID", help="Its licence, as an SPDX identifier"),
        click.option("--version", metavar="TEXT", help="What its author calls this version"),
        click.option(
            "--path", metavar="PATH", help="Its folder or file, in the source or in this repository"
        ),
        click.option(
            "--source",
            metavar="SOURCE",
            help="Where it comes from",
            shell_complete=options.completing("source"),
        ),
        click.option("--description", metavar="TEXT", help="What it does, and when to reach for it"),
    ):
        function = option(function)
    return function


@command.command()
@click.argument("artifact_type", metavar="TYPE", type=options.one_of(ArtifactType))
@click.argument("name")
@_values
@click.option("--tag", "tags", multiple=True, help="A tag it carries; repeat for more")
@click.option("--slug", metavar="SLUG", help="Its slug, when the name should not make it")
@options.editing
@click.pass_obj
def create(
    session: Session,
    /,
    artifact_type: ArtifactType,
    name: str,
    tags: tuple[str, ...],
    as_json: bool,
    dry_run: bool,
    commit: bool,
    **values: str | None,
) -> None:
    """Create an artifact

    \b
    Example: skillmeat artifact create skill "PDF tools" --source anthropic-skills --path skills/pdf
    """
    new = options.given(**values, created_at=options.now())
    session.edit(
        lambda catalog: artifacts.create(catalog, ArtifactType(artifact_type), name, tags=tags, **new),
        as_json=as_json,
        dry_run=dry_run,
        commit=commit,
    )


@command.command("list")
@click.option("--type", "artifact_type", type=options.one_of(ArtifactType), help="Only this type")
@click.option("--tag", "tags", multiple=True, help="Only with this tag; repeat for more, all must be there")
@click.option("--source", metavar="SOURCE", help="Only from this source")
@click.option("--collection", metavar="COLLECTION", help="Only in this collection")
@click.option("--search", metavar="TEXT", help="Only where name, id or description hold TEXT")
@options.paging
@click.pass_obj
def list_(
    session: Session,
    /,
    artifact_type: str | None,
    tags: tuple[str, ...],
    source: str | None,
    collection: str | None,
    search: str | None,
    as_json: bool,
    **page: Any,
) -> None:
    """List artifacts, newest first

    \b
    Example: skillmeat artifact list --type skill --tag pdf --tag python
    """
    found = views.matching_artifacts(
        session.catalog,
        artifact_type=artifact_type,
        tags=tags,
        source=source,
        collection=collection,
        search=search,
    )
    session.listed(
        session.views.artifacts(found, **options.page(**page)),
        as_json,
        ("artifact", "name", "source", "tags", "description"),
        lambda each: (each["id"], each["name"], each["source"], ", ".join(each["tags"]), each["description"]),
        "There is no such artifact.",
    )


@command.command()
@_ARTIFACT
@options.reading
@click.pass_obj
def show(session: Session, /, artifact: str, as_json: bool) -> None:
    """Show an artifact, where it comes from and what it is linked to

    \b
    Example: skillmeat artifact show skill/pdf-tools
    """
    view = session.views.artifact(session.catalog.find(model.Artifact, artifact))
    session.show(
        view,
        as_json,
        _SHOWN,
        [
            *((link["relationship_type"], link["artifact"]) for link in view["associations"]),
            ("used by", view["used_by"]),
        ],
    )


@command.group()
def tag() -> None:
    """Say which tags an artifact carries."""


@tag.command("add")
@_ARTIFACT
@_TAGS
@options.editing
@click.pass_obj
def add_tag(session: Session, /, artifact: str, tags: tuple[str, ...], **how: Any) -> None:
    """Add tags to an artifact

    \b
    Example: skillmeat artifact tag add skill/pdf-tools pdf documents
    """
    session.edit(lambda catalog: artifacts.add_tags(catalog, artifact, tags), **how)


@tag.command("remove")
@_ARTIFACT
@_TAGS
@options.editing
@click.pass_obj
def remove_tag(session: Session, /, artifact: str, tags: tuple[str, ...], **how: Any) -> None:
    """Take tags off an artifact

    \b
    Example: skillmeat artifact tag remove skill/pdf-tools documents
    """
    session.edit(lambda catalog: artifacts.remove_tags(catalog, artifact, tags), **how)


@command.command()
@_ARTIFACT
@click.option("--name", metavar="TEXT", help="A new title; the slug stays")
@_values
@click.option("--tag", "tags", multiple=True, help="The tags it carries, all of them; repeat for more")
@click.option("--alias", "aliases", metavar="SLUG", multiple=True, help="Its former slugs, all of them")
@options.unsetting(
    *("description", "source", "path", "version", "license", "homepage", "deprecated", "tags", "aliases")
)
@options.editing
@click.pass_obj
def edit(session: Session, /, artifact: str, unset: tuple[str, ...], **given: Any) -> None:
    """Change an artifact; what is left out stays

    \b
    Example: skillmeat artifact edit skill/pdf-tools --deprecated "Use skill/pdf-kit."
    """
    values, how = options.changes(given, unset)
    session.edit(lambda catalog: artifacts.edit(catalog, artifact, **values), **how)


@command.command()
@_ARTIFACT
@click.argument("slug")
@options.editing
@click.pass_obj
def rename(session: Session, /, artifact: str, slug: str, **how: Any) -> None:
    """Give an artifact another slug; every reference follows

    Its former slug stays as an alias.

    \b
    Example: skillmeat artifact rename skill/pdf-tools pdf-kit
    """
    session.edit(lambda catalog: artifacts.rename(catalog, artifact, slug), **how)


@command.command()
@_ARTIFACT
@click.option("--cascade", is_flag=True, help="Take it out of collections, groups and associations first")
@options.editing
@click.pass_obj
def delete(session: Session, /, artifact: str, cascade: bool, **how: Any) -> None:
    """Delete an artifact

    Refused while another manifest names it, unless --cascade takes it out there.

    \b
    Example: skillmeat artifact delete skill/pdf-tools --cascade
    """
    session.edit(lambda catalog: artifacts.delete(catalog, artifact, cascade=cascade), **how)


@tag.command("set")
@_ARTIFACT
@_TAGS
@options.editing
@click.pass_obj
def set_tags(session: Session, /, artifact: str, tags: tuple[str, ...], **how: Any) -> None:
    """Give an artifact exactly these tags

    \b
    Example: skillmeat artifact tag set skill/pdf-tools pdf forms
    """
    session.edit(lambda catalog: artifacts.set_tags(catalog, artifact, tags), **how)


@tag.command("clear")
@_ARTIFACT
@options.editing
@click.pass_obj
def clear_tags(session: Session, /, artifact: str, **how: Any) -> None:
    """Take every tag off an artifact

    \b
    Example: skillmeat artifact tag clear skill/pdf-tools
    """
    session.edit(lambda catalog: artifacts.set_tags(catalog, artifact, ()), **how)


@tag.command("list")
@_ARTIFACT
@options.reading
@click.pass_obj
def list_tags(session: Session, /, artifact: str, as_json: bool) -> None:
    """List the tags of an artifact, in their order

    \b
    Example: skillmeat artifact tag list skill/pdf-tools
    """
    catalog = session.catalog
    carried = catalog.find(model.Artifact, artifact).tags
    rows = [session.views.tag(catalog.tags[each]) for each in carried if each in catalog.tags]
    session.listed(
        views.listing(rows), as_json, ("tag", "name"), lambda row: (row["id"], row["name"]), "It has no tags."
    )
