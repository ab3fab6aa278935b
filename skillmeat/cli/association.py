"""``skillmeat association``"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import click

from skillmeat.cli import options
from skillmeat.cli.later import associations, model, views
from skillmeat.cli.session import Session
from skillmeat.words import RelationshipType

if TYPE_CHECKING:
    from skillmeat.catalog import Catalog
    from skillmeat.views import Json, Views

_CHILD = click.argument("child", shell_complete=options.completing("artifact"))
_PARENT = click.argument("parent", shell_complete=options.completing("artifact"))


_PIN = click.option(
    "--pin",
    metavar="[HASH]",
    is_flag=False,
    flag_value=associations.PIN_TO_LOCK,
    help="Pin to a hash, or without one to what the lock says now",
)


_BINDING = (RelationshipType.CONTAINS, RelationshipType.REQUIRES, RelationshipType.EXTENDS)


@click.group("association")
def command() -> None:
    """Say what one artifact has to do with another.

    An association stands in the parent's manifest. Its type is one of contains, requires, extends,
    replaces and related; a pin says which content of the child is meant.
    """


@command.command()
@_PARENT
@_CHILD
@click.option(
    "--type",
    "relationship_type",
    type=options.one_of(RelationshipType),
    required=True,
    help="What the parent does with the child",
)
@_PIN
@options.editing
@click.pass_obj
def create(
    session: Session, /, parent: str, child: str, relationship_type: str, pin: str | None, **how: Any
) -> None:
    """Associate an artifact with another

    \b
    Example: skillmeat association create plugin/office skill/pdf-tools --type contains --pin
    """
    kind = RelationshipType(relationship_type)
    session.edit(
        lambda catalog: associations.create(catalog, parent, child, kind, pin=pin),
        subject=_view(parent, child),
        **how,
    )


def _view(parent: str, child: str) -> Callable[[Views], Json]:
    def view(views: Views) -> Json:
        owner = views.catalog.find(model.Artifact, parent)
        known = {link.artifact for link in owner.associations}
        wanted = child if child in known else views.catalog.find(model.Artifact, child).id
        return next(link for link in views.artifact(owner)["associations"] if link["artifact"] == wanted)

    return view


@command.command("list")
@click.argument("artifact", shell_complete=options.completing("artifact"))
@click.option("--parents", "which", flag_value="parents", help="Only those in which it is the child")
@click.option("--children", "which", flag_value="children", help="Only those in which it is the parent")
@click.option(
    "--tree", "which", flag_value="tree", help="What it contains, requires and extends, all the way"
)
@options.paging
@click.pass_obj
def list_(session: Session, /, artifact: str, which: str | None, as_json: bool, **page: Any) -> None:
    """List what an artifact is associated with

    \b
    Example: skillmeat association list plugin/office --tree
    """
    from skillmeat.catalog import paginate_members

    catalog = session.catalog
    found = catalog.find(model.Artifact, artifact)
    if which == "tree":
        tree = _tree(session.views, found.id, ())
        if as_json:
            session.data({"data": tree})
        else:
            for line in _drawn(tree):
                click.echo(line)
        return
    links = paginate_members(
        _links(session.views, found, which),
        lambda link: (
            ("child", link["artifact"]) if link["parent"] == found.id else ("parent", link["parent"])
        ),
        **options.page(**page),
    )
    session.listed(
        views.listing(links, links),
        as_json,
        ("relationship", "artifact", "pin"),
        lambda link: _row(found.id, link),
        f"{found.id} is associated with nothing.",
    )


def _links(views: Views, artifact: model.Artifact, which: str | None) -> list[Json]:
    children = views.artifact(artifact)["associations"] if which != "parents" else []
    parents = []
    if which != "children":
        for parent, link in views.catalog.parents.get(artifact.id, ()):
            position = views.catalog.artifacts[parent].associations.index(link)
            parents.append(views.association(parent, link, position))
    return [*children, *parents]


def _row(artifact: str, link: Json) -> tuple[str, str, str]:
    pin = "" if not link["pinned_version_hash"] else "drifted" if link["drifted"] else "pinned"
    if link["parent"] == artifact:
        return link["relationship_type"], link["artifact"], pin
    return views.INVERSE[RelationshipType(link["relationship_type"])], link["parent"], pin


def _tree(views: Views, artifact: str, above: tuple[str, ...]) -> Json:
    """An artifact and all below it; one that is above itself is named and not followed."""
    catalog: Catalog = views.catalog
    record = catalog.artifacts.get(artifact)
    links = record.associations if record and artifact not in above else ()
    links = tuple(link for link in links if link.relationship_type in _BINDING)
    return {
        "artifact": artifact,
        "children": [
            {
                "relationship_type": str(link.relationship_type),
                **_tree(views, link.artifact, (*above, artifact)),
            }
            for link in links
        ],
    }


def _drawn(tree: Json, margin: str = "") -> Iterator[str]:
    if not margin:
        yield tree["artifact"]
    for position, child in enumerate(tree["children"]):
        last = position == len(tree["children"]) - 1
        yield f"{margin}{'└─' if last else '├─'} {child['relationship_type']} {child['artifact']}"
        yield from list(_drawn(child, margin + ("   " if last else "│  ")))


@command.command()
@_PARENT
@_CHILD
@click.option("--type", "relationship_type", type=options.one_of(RelationshipType), help="A new type")
@_PIN
@options.unsetting("pin")
@options.editing
@click.pass_obj
def edit(
    session: Session,
    /,
    parent: str,
    child: str,
    unset: tuple[str, ...],
    **given: Any,
) -> None:
    """Change the type or the pin of an association

    \b
    Example: skillmeat association edit plugin/office skill/pdf-tools --pin
    """
    values, how = options.changes(given, unset)
    session.edit(
        lambda catalog: associations.edit(catalog, parent, child, **values),
        subject=_view(parent, child),
        **how,
    )


@command.command()
@_PARENT
@_CHILD
@options.editing
@click.pass_obj
def delete(session: Session, /, parent: str, child: str, **how: Any) -> None:
    """Delete an association

    \b
    Example: skillmeat association delete plugin/office skill/pdf-tools
    """
    session.edit(lambda catalog: associations.delete(catalog, parent, child), **how)


@command.command()
@click.argument("artifacts", nargs=-1, metavar="[ARTIFACT]...", shell_complete=options.completing("artifact"))
@click.option(
    "--type",
    "types",
    type=options.one_of(RelationshipType),
    multiple=True,
    help="Only this type; repeat for more",
)
@options.editing
@click.pass_obj
def pin(session: Session, /, artifacts: tuple[str, ...], types: tuple[str, ...], **how: Any) -> None:
    """Pin every association of these parents, or of all, to what the lock says

    To pin a single one: skillmeat association edit PARENT CHILD --pin

    \b
    Example: skillmeat association pin plugin/office --type contains
    """
    kinds = [RelationshipType(each) for each in types]
    session.edit(lambda catalog: associations.pin_all(catalog, artifacts, kinds), **how)


@command.command()
@options.reading
@click.pass_obj
def outdated(session: Session, /, as_json: bool) -> int:
    """List the pins that no longer match what the lock says

    Exits 1 when there are any.

    \b
    Example: skillmeat association outdated
    """
    drifted = [
        link
        for _, artifact in sorted(session.catalog.artifacts.items())
        for link in _links(session.views, artifact, "children")
        if link["drifted"]
    ]
    session.listed(
        views.listing(drifted),
        as_json,
        ("parent", "child", "pinned", "locked"),
        lambda link: (
            link["parent"],
            link["artifact"],
            link["pinned_version_hash"][:17],
            (link["locked_hash"] or "not locked")[:17],
        ),
        "Every pin is what the lock says.",
    )
    return 1 if drifted else 0
