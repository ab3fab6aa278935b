"""``skillmeat pr``"""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

import click

from skillmeat.cli import options
from skillmeat.cli.session import Session
from skillmeat.errors import Refused
from skillmeat.text import one_line, plural, shorten

if TYPE_CHECKING:
    from skillmeat.comparison.catalogs import Comparison


@click.command("pr")
@click.option("--title", metavar="TEXT", help="Its title; without one, what the change is in a line")
@click.option(
    "--base", metavar="BRANCH", help="The branch to merge into; the repository's default without one"
)
@click.option("--branch", metavar="NAME", help="The branch to make")
@click.option("--draft", is_flag=True, help="Open it as a draft")
@click.option("--dry-run", is_flag=True, help="Print the branch, the title and the text, and do nothing")
@options.as_json
@click.pass_obj
def command(
    session: Session,
    /,
    title: str | None,
    base: str | None,
    branch: str | None,
    draft: bool,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Open a pull request with what is edited and not committed

    Makes a branch, commits the manifests and nothing else, pushes it to “origin” and opens a pull request
    through GitHub's “gh”, whose text says what the change means. Refused when the change breaks the catalog.

    \b
    Example: skillmeat pr --dry-run
    Example: skillmeat pr --title "Add the PDF tools"
    """
    from skillmeat import chronicle, gh, history
    from skillmeat.history import branches, past
    from skillmeat.reports import changes
    from skillmeat.store import Store

    root = session.store.root
    past.refuse_hidden(root)
    found = chronicle.compare(Store(root, past.resolve(root, "HEAD")), session.store)
    paths = branches.edited(root)
    if not paths:
        raise Refused("Nothing is edited that is not committed.", code="NOTHING_TO_PROPOSE")
    errors = [each for each in found.broken if each.severity == "error"]
    if errors:
        raise Refused(
            f"The change adds {plural(len(errors), 'error')}.",
            code="CATALOG_WOULD_BREAK",
            hint="“skillmeat validate --since HEAD” says where.",
        )
    title = title or _title(found)
    body = changes.markdown(found)
    branch = branch or _branch(title, body)
    if not dry_run:
        gh.find()
        history.refuse_no_commit(root)
        branches.start(root, branch)
        history.commit(root, paths, title)
        branches.push(root, branch)
        address = gh.open_pull_request(
            root, title=title, body=body, branch=branch, base=base or "", draft=draft
        )
    if as_json:
        shown = {"branch": branch, "title": title, "body": body, "paths": paths}
        session.data({"data": {**shown, "url": None if dry_run else address}, "meta": {"dry_run": dry_run}})
    elif dry_run:
        session.say(f"{branch}\n{title}\n\n{body}")
    else:
        session.say(f"Opened {one_line(address)}")


def _title(found: Comparison) -> str:
    """What the change is, in a line; of one record, with its name."""
    if len(found.deeds) == 1:
        deed = found.deeds[0]
        verb = {"added": "Add", "removed": "Remove", "renamed": "Rename", "changed": "Change"}[deed.action]
        noun = "" if deed.noun == "artifact" else f"the {deed.noun} "
        return f"{verb} {noun}{f'{deed.was} to ' if deed.was else ''}{deed.id}"
    return f"{found.summary[:1].upper()}{found.summary[1:]}"


def _branch(title: str, body: str) -> str:
    """A name for the branch: the title's words, and what tells two such changes apart."""
    words = re.sub(r"[^a-z0-9]+", "-", shorten(title, 40).lower()).strip("-") or "change"
    return f"skillmeat/{words}-{hashlib.sha256(body.encode()).hexdigest()[:6]}"
