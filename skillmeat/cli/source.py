"""``skillmeat source``"""

from __future__ import annotations

from typing import Any

import click

from skillmeat.cli import options
from skillmeat.cli.later import model, sources, views
from skillmeat.cli.session import Session
from skillmeat.text import one_line, plural
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
        for entry in sources.entries(catalog, source)
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


@command.command()
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


@command.command("import")
@_SOURCE
@click.argument("entries", nargs=-1, metavar="[ENTRY]...")
@click.option("--tag", "tags", multiple=True, help="A tag for each of them; repeat for more")
@click.option("--type", "artifact_type", type=options.one_of(ArtifactType), help="Only this type")
@options.editing
@click.pass_obj
def import_(
    session: Session,
    /,
    source: str,
    entries: tuple[str, ...],
    tags: tuple[str, ...],
    artifact_type: str | None,
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
            for entry in sources.choose(catalog, source, entries)
            if artifact_type is None or entry.type == artifact_type
        ]
        edit, left[:] = sources.import_entries(
            catalog,
            source,
            chosen,
            sayings=sayings(catalog, catalog.find(model.Source, source)),
            tags=tags,
            created_at=created_at,
        )
        return edit

    session.edit(plan, **how)
    for entry, reason in left:
        session.note(one_line(f"left out: {entry.type} {entry.path}: {reason}"))


def _said(problems: list[str]) -> str:
    from skillmeat.detect import PROBLEMS

    return " ".join(PROBLEMS.get(problem, problem) for problem in problems)


def _pair(passed: Any) -> tuple[str, str]:
    return passed if isinstance(passed, tuple) else (passed.path, passed.reason)


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
