"""``skillmeat source entries``, ``scan`` and ``import``: what a source holds, and what is made of it."""

from __future__ import annotations

from typing import Any

import click

from skillmeat.cli import options
from skillmeat.cli.later import entries as making
from skillmeat.cli.later import model, views
from skillmeat.cli.session import Session
from skillmeat.text import one_line, plural
from skillmeat.words import ArtifactType

_SOURCE = click.argument("source", shell_complete=options.completing("source"))


@click.command()
@_SOURCE
@click.option("--type", "artifact_type", type=options.one_of(ArtifactType), help="Only this type")
@click.option("--problems", is_flag=True, help="Only entries with problems, and what these are")
@options.reading
@click.pass_obj
def entries(
    session: Session, /, source: str, artifact_type: str | None, problems: bool, as_json: bool
) -> None:
    """List what the lock found in a source

    \b
    Example: skillmeat source entries anthropics-skills --type skill
    """
    catalog = session.catalog
    found = catalog.find(model.Source, source)
    chosen = [
        entry
        for entry in making.entries(catalog, source)
        if (artifact_type is None or entry.type == artifact_type) and (entry.problems or not problems)
    ]
    rows = [session.views.entry(found, entry) for entry in chosen]
    if as_json:
        session.data(views.listing(rows))
        return
    session.table(
        ("type", "name", "path", "imported as", "problems"),
        (
            (
                row["type"],
                row["name"],
                row["path"],
                ", ".join(row["imported_as"]),
                _said(row["problems"]) if problems else ", ".join(row["problems"]),
            )
            for row in rows
        ),
        "There is no such entry.",
    )


@click.command()
@_SOURCE
@click.option("--explain", is_flag=True, help="Say why each was found, and why others were not")
@options.as_json
@click.pass_obj
def scan(session: Session, /, source: str, explain: bool, as_json: bool) -> None:
    """Look at a source as it is now, and change nothing

    Fetches the tip of its ref.

    \b
    Example: skillmeat source scan anthropics-skills --explain
    """
    from skillmeat import remote
    from skillmeat.sources import scan as look

    catalog = session.catalog
    found = catalog.find(model.Source, source)
    commit = remote.fetch(
        found.url,
        found.ref,
        allow_file=catalog.settings.sources.allow_file,
        folder=session.store.root,
    )
    scanned = look(found, commit)
    passed = [*scanned.detection.passed, *scanned.refused] if explain else []
    if as_json:
        rows = [
            {**session.views.entry(found, entry), **({"reason": why.reason} if explain else {})}
            for entry, why in zip(scanned.entries, scanned.detection.found, strict=True)
        ]
        more = {"passed_over": [{"path": path, "reason": reason} for path, reason in map(_pair, passed)]}
        session.data({**views.listing(rows), "commit": commit, **(more if explain else {})})
        return
    session.note(f"{found.id} at {commit[:10]}: {plural(len(scanned.entries), 'entry', 'entries')}.")
    session.table(
        ("type", "name", "path", "because it is" if explain else "problems"),
        (
            (entry.type, entry.name, entry.path, why.reason if explain else ", ".join(entry.problems))
            for entry, why in zip(scanned.entries, scanned.detection.found, strict=True)
        ),
        "Nothing was found.",
    )
    for path, reason in map(_pair, passed):
        session.note(one_line(f"passed over: {path}: {reason}"))


@click.command("import")
@_SOURCE
@click.argument("entries", nargs=-1, metavar="[ENTRY]...")
@click.option("--tag", "tags", multiple=True, help="A tag for each of them; repeat for more")
@click.option("--type", "artifact_type", type=options.one_of(ArtifactType), help="Only this type")
@click.option("--slug", metavar="SLUG", help="The slug of a single entry, when its name should not make it")
@click.option("--qualify", is_flag=True, help="Where a slug is taken, put the source's slug before it")
@options.editing
@click.pass_obj
def import_(
    session: Session,
    /,
    source: str,
    entries: tuple[str, ...],
    tags: tuple[str, ...],
    artifact_type: str | None,
    slug: str | None,
    qualify: bool,
    **how: Any,
) -> None:
    """Make artifacts from entries of a source

    An ENTRY is a path, type/name or a name as "source entries" lists them; without any, everything
    that is not in the catalog yet is imported. Description, version and licence (an SPDX expression)
    are the entries' own, where the content is on this machine ("skillmeat fetch").

    \b
    Example: skillmeat source import anthropics-skills skill/pdf skill/docx --tag documents
    """
    from skillmeat.sources import sayings

    created_at = options.now()
    left: list[Any] = []

    def plan(catalog: Any) -> Any:
        chosen = [
            entry
            for entry in making.choose(catalog, source, entries)
            if artifact_type is None or entry.type == artifact_type
        ]
        edit, left[:] = making.import_entries(
            catalog,
            source,
            chosen,
            sayings=sayings(catalog, catalog.find(model.Source, source)),
            tags=tags,
            slug=slug,
            qualify=qualify,
            created_at=created_at,
        )
        return edit

    session.edit(plan, **how)
    for entry, reason, _ in left:
        session.note(one_line(f"left out: {entry.type} {entry.path}: {reason}"))
    if taken := sum(each.is_taken for each in left):
        session.note(
            f"{plural(taken, 'entry', 'entries')} left out because the slug is taken: --qualify puts the "
            "source's slug before it, --slug gives a single entry another."
        )


def _said(problems: list[str]) -> str:
    from skillmeat.detect import PROBLEMS

    return " ".join(PROBLEMS.get(problem, problem) for problem in problems)


def _pair(passed: Any) -> tuple[str, str]:
    return passed if isinstance(passed, tuple) else (passed.path, passed.reason)
