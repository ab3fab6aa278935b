"""``skillmeat serve``"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import click

from skillmeat import observe
from skillmeat.cli.build import built, left_out_lines
from skillmeat.cli.session import Session
from skillmeat.store import Store
from skillmeat.text import plural

if TYPE_CHECKING:
    from skillmeat.site.build import Report
    from skillmeat.site.serve import Event


@click.command("serve")
@click.option(
    "--out",
    metavar="DIR",
    type=click.Path(path_type=Path, file_okay=False),
    help="Where to build it; a folder of its own that goes afterwards without one",
)
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8000,
    show_default=True,
    help="The port, or the next one that is free",
)
@click.pass_obj
def command(session: Session, /, out: Path | None, port: int) -> None:
    """Build the site, serve it on this machine and follow changes

    Serves on 127.0.0.1 only, until Ctrl-C. Open pages show the next build by themselves. A store that is
    not sound keeps the site as it was.

    \b
    Example: skillmeat serve --port 8080
    """
    if out:
        _serve(session, out, port)
        return
    with tempfile.TemporaryDirectory(prefix="skillmeat-") as folder:
        _serve(session, Path(folder, "site"), port)


def _serve(session: Session, out: Path, port: int) -> None:
    from skillmeat.site import output, serve

    root = session.store.root
    notes: set[str] = set()

    def note_once(line: str) -> None:
        if line not in notes:
            notes.add(line)
            session.note(line)

    def tell(event: Event) -> None:
        match event:
            case serve.Serving(url):
                session.say(f"Serving {url} — Ctrl-C stops it.")
            case serve.Built(report):
                session.say(f"Built {plural(report.pages, 'page')}.")
                missing = [each for each in report.left_out if each.reason in output.NO_CONTENT]
                for line in left_out_lines(missing, every=bool(session.verbose)):
                    note_once(line)
            case serve.Failed(error):
                session.note(
                    f"The site is as it was: {error.detail}" + (f"\n  {error.hint}" if error.hint else "")
                )

    logo = session.store.catalog.settings.site.logo
    watched = [root / "manifests", root / "site_templates", *_local_content(session.store)]
    watched += [root / logo] if logo else []

    def build() -> Report:
        with observe.operation("build"):
            return built(Store(root), out, note_once)

    serve.serve(build, out, watched, tell, port=port)


def _local_content(store: Store) -> list[Path]:
    """Where the content of artifacts without a source stands."""
    paths = (
        each.path.partition("#")[0]
        for each in store.catalog.artifacts.values()
        if each.path and not each.source
    )
    return [store.root / path for path in sorted(set(paths))]
