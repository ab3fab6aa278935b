"""``skillmeat tag``"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from skillmeat.cli import options
from skillmeat.cli.later import model, tags, views
from skillmeat.cli.session import Session

if TYPE_CHECKING:
    from skillmeat.views import Json

_TAG = click.argument("tag", shell_complete=options.completing("tag"))


@click.group("tag")
def command() -> None:
    """Create, find, change and merge tags.

    A tag is manifests/tags/<tag>.toml; its slug is made from its name.
    """


@command.command()
@click.argument("name")
@click.option("--color", metavar="#RRGGBB", help="Its colour; #808080 without one")
@click.option("--description", metavar="TEXT", help="What it is for")
@click.option("--slug", metavar="SLUG", help="Its slug, when the name should not make it")
@options.editing
@click.pass_obj
def create(
    session: Session, /, name: str, color: str | None, description: str | None, slug: str | None, **how: Any
) -> None:
    """Create a tag

    \b
    Example: skillmeat tag create "Web design" --color "#7a3fb0"
    """
    values = options.given(slug=slug, color=color, description=description, created_at=options.now())
    session.edit(lambda catalog: tags.create(catalog, name, **values), **how)


@command.command("list")
@click.option("--search", metavar="TEXT", help="Only tags whose name or slug holds TEXT")
@options.paging
@click.pass_obj
def list_(session: Session, /, search: str | None, as_json: bool, **page: Any) -> None:
    """List tags, newest first

    \b
    Example: skillmeat tag list --search web
    """
    found = views.matching_tags(session.catalog, search)
    _print_tags(session, session.views.tags(found, **options.page(**page)), as_json)


@command.command()
@_TAG
@options.reading
@click.pass_obj
def show(session: Session, /, tag: str, as_json: bool) -> None:
    """Show a tag and what carries it

    \b
    Example: skillmeat tag show web-design
    """
    found = session.catalog.find(model.Tag, tag)
    session.show(
        session.views.tag(found),
        as_json,
        ("id", "name", "color", "description", "aliases", "created_at", "updated_at"),
        [("artifacts", session.catalog.tagged[found.id])],
    )


@command.command()
@_TAG
@click.option("--cascade", is_flag=True, help="Take it off every artifact first")
@options.editing
@click.pass_obj
def delete(session: Session, /, tag: str, cascade: bool, **how: Any) -> None:
    """Delete a tag

    Refused while an artifact carries it, unless --cascade takes it off.

    \b
    Example: skillmeat tag delete web-design --cascade
    """
    session.edit(lambda catalog: tags.delete(catalog, tag, cascade=cascade), **how)


def _print_tags(session: Session, /, page: Json, as_json: bool) -> None:
    session.listed(
        page,
        as_json,
        ("tag", "name", "artifacts", "description"),
        lambda tag: (tag["id"], tag["name"], tag["artifact_count"], tag["description"]),
        "There is no such tag.",
    )


@command.command()
@click.argument("query")
@click.option("--limit", type=click.IntRange(1, 1000), default=20, show_default=True, help="So many at most")
@options.reading
@click.pass_obj
def search(session: Session, /, query: str, limit: int, as_json: bool) -> None:
    """Find tags while typing: best match first

    Exact names come first, then names that begin so, words that begin so, names that hold it, and
    close spellings.

    \b
    Example: skillmeat tag search pyt
    """
    found = views.ranked(query, session.catalog.tags.values())[:limit]
    _print_tags(session, views.listing([session.views.tag(tag) for tag in found]), as_json)


@command.command()
@_TAG
@click.option("--name", metavar="TEXT", help="A new name: makes a new slug, and every use follows")
@click.option("--color", metavar="#RRGGBB", help="A new colour")
@click.option("--description", metavar="TEXT", help="A new description")
@click.option("--slug", metavar="SLUG", help="A new slug, when the name should not make it")
@click.option("--alias", "aliases", metavar="SLUG", multiple=True, help="Its former slugs, all of them")
@options.unsetting("color", "description", "aliases")
@options.editing
@click.pass_obj
def edit(session: Session, /, tag: str, unset: tuple[str, ...], **given: Any) -> None:
    """Change a tag, or rename it

    A renamed tag keeps its former slug as an alias.

    \b
    Example: skillmeat tag edit web-design --name "Web" --color "#7a3fb0"
    """
    values, how = options.changes(given, unset)
    session.edit(lambda catalog: tags.edit(catalog, tag, **values), **how)


@command.command()
@click.argument("from_tag", metavar="FROM", shell_complete=options.completing("tag"))
@click.argument("into_tag", metavar="INTO", shell_complete=options.completing("tag"))
@options.editing
@click.pass_obj
def merge(session: Session, /, from_tag: str, into_tag: str, **how: Any) -> None:
    """Move all uses of one tag to another

    The first tag goes; its slug becomes an alias of the second.

    \b
    Example: skillmeat tag merge javascript js
    """
    session.edit(lambda catalog: tags.merge(catalog, from_tag, into_tag), **how)


@command.command()
@options.reading
@click.pass_obj
def stats(session: Session, /, as_json: bool) -> None:
    """Count the artifacts of each tag, most used first

    \b
    Example: skillmeat tag stats
    """
    catalog = session.catalog
    rows = [
        {"tag": tag.id, "name": tag.name, "artifact_count": len(catalog.tagged[tag.id])}
        for tag in catalog.tags.values()
    ]
    rows.sort(key=lambda row: (-row["artifact_count"], row["tag"]))  # type: ignore[operator]
    if as_json:
        session.data(views.listing(rows))
        return
    session.table(
        ("tag", "artifacts"), ((row["tag"], row["artifact_count"]) for row in rows), "There are no tags."
    )
