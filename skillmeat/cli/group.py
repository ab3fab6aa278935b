"""``skillmeat group``"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from skillmeat.cli import options
from skillmeat.cli.later import groups, making, model, views
from skillmeat.cli.session import Session

if TYPE_CHECKING:
    from skillmeat.catalog import Catalog, Edit
    from skillmeat.views import Views

_GROUP = click.argument("group", metavar="COLLECTION/GROUP", shell_complete=options.completing("group"))
_ARTIFACTS, _SOME_ARTIFACTS = (
    click.argument(
        "artifacts",
        nargs=-1,
        required=required,
        metavar="ARTIFACT..." if required else "[ARTIFACT]...",
        shell_complete=options.completing("artifact"),
    )
    for required in (True, False)
)


@click.group("group")
def command() -> None:
    """Create and arrange the groups of a collection.

    A group is called collection/group and holds artifacts of its collection.
    """


@command.command()
@click.argument("collection", shell_complete=options.completing("collection"))
@click.argument("name")
@click.option("--description", metavar="TEXT", help="What holds it together")
@click.option("--slug", metavar="SLUG", help="Its slug, when the name should not make it")
@options.editing
@click.pass_obj
def create(
    session: Session, /, collection: str, name: str, description: str | None, slug: str | None, **how: Any
) -> None:
    """Create a group at the end of a collection

    \b
    Example: skillmeat group create frontend-starter Design
    """
    values = options.given(slug=slug, description=description)
    session.edit(
        lambda catalog: groups.create(catalog, collection, name, **values),
        subject=_view(f"{collection}/{slug or making.slug_of(name, 'group')}"),
        **how,
    )


@command.command()
@_GROUP
@_ARTIFACTS
@click.option("--link", is_flag=True, help="Also add those that the collection lacks to the collection")
@options.editing
@click.pass_obj
def add(session: Session, /, group: str, artifacts: tuple[str, ...], link: bool, **how: Any) -> None:
    """Add artifacts to the end of a group

    Refused for an artifact outside the collection, unless --link adds it to both.

    \b
    Example: skillmeat group add frontend-starter/design skill/canvas
    """
    session.edit(
        lambda catalog: groups.add(catalog, group, artifacts, link=link), subject=_view(group), **how
    )


def _view(reference: str) -> Any:
    def view(views: Views) -> Any:
        return views.group(*views.catalog.find_group(reference))

    return view


@command.command("list")
@click.option("--collection", metavar="COLLECTION", help="Only of this collection")
@options.paging
@click.pass_obj
def list_(session: Session, /, collection: str | None, as_json: bool, **page: Any) -> None:
    """List groups, in the order of their collections

    \b
    Example: skillmeat group list --collection frontend-starter
    """
    from skillmeat.catalog import paginate_members

    catalog = session.catalog
    owners = (
        [catalog.find(model.Collection, collection)]
        if collection
        else [catalog.collections[each] for each in sorted(catalog.collections)]
    )
    rows = [session.views.group(owner, group) for owner in owners for group in owner.groups]
    shown = paginate_members(rows, lambda row: (row["collection"], row["slug"]), **options.page(**page))
    session.listed(
        views.listing(shown, shown),
        as_json,
        ("group", "name", "artifacts", "description"),
        lambda row: (row["id"], row["name"], row["artifact_count"], row["description"]),
        "There is no such group.",
    )


@command.command()
@_GROUP
@options.reading
@click.pass_obj
def show(session: Session, /, group: str, as_json: bool) -> None:
    """Show a group and its artifacts in their order

    \b
    Example: skillmeat group show frontend-starter/design
    """
    view = session.views.group(*session.catalog.find_group(group))
    members = [each["artifact"] for each in view["artifacts"]]
    session.show(view, as_json, ("id", "name", "description", "position"), [("artifacts", members)])


@command.command()
@_GROUP
@click.option("--name", metavar="TEXT", help="A new name; the slug stays")
@click.option("--slug", metavar="SLUG", help="A new slug")
@click.option("--description", metavar="TEXT", help="A new description")
@options.unsetting("description")
@options.editing
@click.pass_obj
def edit(session: Session, /, group: str, unset: tuple[str, ...], **given: Any) -> None:
    """Change a group; what is left out stays

    \b
    Example: skillmeat group edit frontend-starter/design --name "Design systems"
    """
    values, how = options.changes(given, unset)
    called: list[str] = []

    def plan(catalog: Catalog) -> Edit:
        owner, found = catalog.find_group(group)
        called[:] = [f"{owner.id}/{values.get('slug', found.slug)}"]
        return groups.edit(catalog, group, **values)

    session.edit(plan, subject=lambda views: _view(called[0])(views), **how)


@command.command()
@_GROUP
@options.editing
@click.pass_obj
def delete(session: Session, /, group: str, **how: Any) -> None:
    """Delete a group; its artifacts stay in the collection

    \b
    Example: skillmeat group delete frontend-starter/design
    """
    session.edit(lambda catalog: groups.delete(catalog, group), **how)


@command.command()
@_GROUP
@click.argument("position", type=int)
@options.editing
@click.pass_obj
def place(session: Session, /, group: str, position: int, **how: Any) -> None:
    """Move a group to a place in its collection; the first is 0

    \b
    Example: skillmeat group place frontend-starter/design 0
    """
    session.edit(lambda catalog: groups.place(catalog, group, position), subject=_view(group), **how)


@command.command()
@_GROUP
@_ARTIFACTS
@options.editing
@click.pass_obj
def remove(session: Session, /, group: str, artifacts: tuple[str, ...], **how: Any) -> None:
    """Take artifacts out of a group; they stay in the collection

    \b
    Example: skillmeat group remove frontend-starter/design skill/canvas
    """
    session.edit(lambda catalog: groups.remove(catalog, group, artifacts), subject=_view(group), **how)


@command.command("place-artifact")
@_GROUP
@click.argument("artifact", shell_complete=options.completing("artifact"))
@click.argument("position", type=int)
@options.editing
@click.pass_obj
def place_artifact(session: Session, /, group: str, artifact: str, position: int, **how: Any) -> None:
    """Move an artifact to a place in its group; the first is 0

    \b
    Example: skillmeat group place-artifact frontend-starter/design skill/canvas 0
    """
    session.edit(
        lambda catalog: groups.place_artifact(catalog, group, artifact, position),
        subject=_view(group),
        **how,
    )


@command.command()
@_GROUP
@_ARTIFACTS
@options.editing
@click.pass_obj
def reorder(session: Session, /, group: str, artifacts: tuple[str, ...], **how: Any) -> None:
    """Put all artifacts of a group into the order given

    \b
    Example: skillmeat group reorder frontend-starter/design skill/pdf-tools skill/canvas
    """
    session.edit(lambda catalog: groups.reorder(catalog, group, artifacts), subject=_view(group), **how)


@command.command()
@_GROUP
@_SOME_ARTIFACTS
@options.to("The group (collection/group) to copy them to, or a collection for the whole group")
@options.editing
@click.pass_obj
def copy(session: Session, /, group: str, artifacts: tuple[str, ...], to: str, **how: Any) -> None:
    """Put artifacts of a group, or all of it, somewhere else as well

    A collection that lacks an artifact is given it.

    \b
    Example: skillmeat group copy frontend-starter/design --to design
    """
    session.edit(lambda catalog: groups.copy(catalog, group, artifacts, to), **how)


@command.command()
@_GROUP
@_SOME_ARTIFACTS
@options.to("The group (collection/group) to move them to, or a collection for the whole group")
@options.editing
@click.pass_obj
def move(session: Session, /, group: str, artifacts: tuple[str, ...], to: str, **how: Any) -> None:
    """Move artifacts of a group, or all of it, somewhere else

    The artifacts stay in the collection they came from.

    \b
    Example: skillmeat group move frontend-starter/design skill/canvas --to frontend-starter/drawing
    """
    session.edit(lambda catalog: groups.move(catalog, group, artifacts, to), **how)
