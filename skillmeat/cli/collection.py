"""``skillmeat collection``"""

from __future__ import annotations

from typing import Any

import click

from skillmeat.cli import options
from skillmeat.cli.later import collections, model, views
from skillmeat.cli.session import Session

_COLLECTION = click.argument("collection", shell_complete=options.completing("collection"))
_ARTIFACT = click.argument("artifact", shell_complete=options.completing("artifact"))
_ARTIFACTS = click.argument(
    "artifacts",
    nargs=-1,
    required=True,
    metavar="ARTIFACT...",
    shell_complete=options.completing("artifact"),
)


@click.group("collection")
def command() -> None:
    """Create and arrange collections.

    A collection is manifests/collections/<collection>.toml; its groups live inside.
    """


@command.command()
@click.argument("name")
@click.option("--description", metavar="TEXT", help="Whom it is for, and what for")
@click.option("--slug", metavar="SLUG", help="Its slug, when the name should not make it")
@options.editing
@click.pass_obj
def create(session: Session, /, name: str, description: str | None, slug: str | None, **how: Any) -> None:
    """Create a collection

    \b
    Example: skillmeat collection create "Frontend starter"
    """
    values = options.given(slug=slug, description=description, created_at=options.now())
    session.edit(lambda catalog: collections.create(catalog, name, **values), **how)


@command.command()
@_COLLECTION
@options.reading
@click.pass_obj
def show(session: Session, /, collection: str, as_json: bool) -> None:
    """Show a collection, its artifacts and its groups

    \b
    Example: skillmeat collection show frontend-starter
    """
    view = session.views.collection(session.catalog.find(model.Collection, collection))
    members = [
        each["artifact"] + (f" — {each['note']}" if each["note"] else "") for each in view["artifacts"]
    ]
    groups = [
        f"{group['slug']}: {', '.join(each['artifact'] for each in group['artifacts']) or 'empty'}"
        for group in view["groups"]
    ]
    session.show(
        view,
        as_json,
        ("id", "name", "description", "created_at", "updated_at"),
        [("artifacts", members), ("groups", groups)],
    )


@command.command()
@_COLLECTION
@_ARTIFACTS
@click.option("--note", metavar="TEXT", help="A remark shown beside them")
@options.editing
@click.pass_obj
def add(
    session: Session, /, collection: str, artifacts: tuple[str, ...], note: str | None, **how: Any
) -> None:
    """Add artifacts to the end of a collection

    \b
    Example: skillmeat collection add frontend-starter skill/canvas --note "Start here."
    """
    session.edit(lambda catalog: collections.add(catalog, collection, artifacts, note=note), **how)


@command.command()
@_COLLECTION
@_ARTIFACTS
@options.editing
@click.pass_obj
def remove(session: Session, /, collection: str, artifacts: tuple[str, ...], **how: Any) -> None:
    """Take artifacts out of a collection and its groups

    \b
    Example: skillmeat collection remove frontend-starter skill/canvas
    """
    session.edit(lambda catalog: collections.remove(catalog, collection, artifacts), **how)


@command.command()
@_COLLECTION
@_ARTIFACT
@click.option("--note", metavar="TEXT", help="A remark shown beside it; none takes it away")
@options.editing
@click.pass_obj
def annotate(session: Session, /, collection: str, artifact: str, note: str | None, **how: Any) -> None:
    """Change the note beside an artifact of a collection

    \b
    Example: skillmeat collection annotate frontend-starter skill/canvas --note "Start here."
    """
    session.edit(lambda catalog: collections.annotate(catalog, collection, artifact, note), **how)


@command.command()
@_COLLECTION
@_ARTIFACT
@click.argument("position", type=int)
@options.editing
@click.pass_obj
def place(session: Session, /, collection: str, artifact: str, position: int, **how: Any) -> None:
    """Move an artifact to a place in its collection; the first is 0

    \b
    Example: skillmeat collection place frontend-starter skill/canvas 0
    """
    session.edit(lambda catalog: collections.place(catalog, collection, artifact, position), **how)


@command.command()
@_COLLECTION
@_ARTIFACTS
@options.editing
@click.pass_obj
def reorder(session: Session, /, collection: str, artifacts: tuple[str, ...], **how: Any) -> None:
    """Put all artifacts of a collection into the order given

    \b
    Example: skillmeat collection reorder frontend-starter skill/pdf-tools skill/canvas
    """
    session.edit(lambda catalog: collections.reorder(catalog, collection, artifacts), **how)


@command.command()
@_COLLECTION
@_ARTIFACTS
@options.to("The collection to copy them to")
@options.editing
@click.pass_obj
def copy(session: Session, /, collection: str, artifacts: tuple[str, ...], to: str, **how: Any) -> None:
    """Put artifacts of a collection into another one as well

    \b
    Example: skillmeat collection copy frontend-starter skill/canvas --to design
    """
    session.edit(lambda catalog: collections.copy(catalog, collection, artifacts, to), **how)


@command.command()
@_COLLECTION
@_ARTIFACTS
@options.to("The collection to move them to")
@options.editing
@click.pass_obj
def move(session: Session, /, collection: str, artifacts: tuple[str, ...], to: str, **how: Any) -> None:
    """Move artifacts to another collection, out of this one and its groups

    \b
    Example: skillmeat collection move frontend-starter skill/canvas --to design
    """
    session.edit(lambda catalog: collections.move(catalog, collection, artifacts, to), **how)


@command.command("list")
@click.option("--search", metavar="TEXT", help="Only where name, slug or description hold TEXT")
@options.paging
@click.pass_obj
def list_(session: Session, /, search: str | None, as_json: bool, **page: Any) -> None:
    """List collections, newest first

    \b
    Example: skillmeat collection list
    """
    found = views.matching_collections(session.catalog, search)
    session.listed(
        session.views.collections(found, **options.page(**page)),
        as_json,
        ("collection", "name", "artifacts", "groups", "description"),
        lambda each: (
            each["id"],
            each["name"],
            each["artifact_count"],
            each["group_count"],
            each["description"],
        ),
        "There is no such collection.",
    )


@command.command()
@_COLLECTION
@click.option("--name", metavar="TEXT", help="A new name; the slug stays")
@click.option("--description", metavar="TEXT", help="A new description")
@options.unsetting("description")
@options.editing
@click.pass_obj
def edit(session: Session, /, collection: str, unset: tuple[str, ...], **given: Any) -> None:
    """Change a collection; what is left out stays

    \b
    Example: skillmeat collection edit frontend-starter --name "Frontend"
    """
    values, how = options.changes(given, unset)
    session.edit(lambda catalog: collections.edit(catalog, collection, **values), **how)


@command.command()
@_COLLECTION
@options.editing
@click.pass_obj
def delete(session: Session, /, collection: str, **how: Any) -> None:
    """Delete a collection, its groups and its memberships; no artifact

    \b
    Example: skillmeat collection delete frontend-starter
    """
    session.edit(lambda catalog: collections.delete(catalog, collection), **how)
