"""``skillmeat init``"""

from __future__ import annotations

from pathlib import Path

import click

from skillmeat import forges, schemas
from skillmeat.cli import options
from skillmeat.cli.session import Session
from skillmeat.edits.making import made
from skillmeat.files import beside
from skillmeat.forges import Forge
from skillmeat.history import branches
from skillmeat.loading import SETTINGS
from skillmeat.model import Settings, Site
from skillmeat.site import hosting
from skillmeat.store import Store
from skillmeat.text import one_line


@click.command("init")
@click.argument("directory", type=click.Path(path_type=Path, file_okay=False), required=False)
@click.option("--title", metavar="TEXT", help="The title of the catalog; the folder's name without one")
@click.option("--url", metavar="URL", help="Where the site will be published")
@click.option("--description", metavar="TEXT", help="What the catalog is about")
@click.option(
    "--forge",
    type=click.Choice([each.value for each in Forge]),
    help="Write workflows for it; without it, as the remote “origin” says, else GitHub",
)
@options.as_json
@click.pass_obj
def command(
    session: Session,
    /,
    directory: Path | None,
    title: str | None,
    url: str | None,
    description: str | None,
    forge: str | None,
    as_json: bool,
) -> None:
    """Make a store in this folder, or in DIRECTORY

    Beside the manifests come .gitattributes, .gitignore and workflows that judge pull requests, say below
    them what they mean, publish the site and lock every source anew each week. Files that are there stay
    as they are, but for lines that .gitattributes and .gitignore lack.

    \b
    Example: skillmeat init --title "Our skills"
    """
    root = (session.directory / (directory or Path())).resolve()
    branches.refuse_git_folder(root)
    root.mkdir(parents=True, exist_ok=True)
    origin, branch = branches.origin(root)
    home = hosting.repository(origin) if origin else None
    site = made(
        Site,
        "site",
        title=title or root.name or "skillmeat",
        url=url,
        description=description,
        edit_url=hosting.edit_address(home, branch) if home and branch else None,
    )
    store = Store.create(root, Settings(site=site))
    wrote, left = _beside(root, Forge(forge) if forge else forges.forge_of(origin))
    if as_json:
        meta = {"paths": [SETTINGS, *schemas.files(), *wrote], "left": left}
        session.data({"data": {"root": str(store.root), "title": site.title}, "meta": meta})
        return
    session.say(f"Made a store in {one_line(str(store.root))}: {', '.join([SETTINGS, *wrote])}")
    for path in left:
        session.note(f"{path} is there already and stays as it is.")
    session.note("Next: “skillmeat source add URL”, “skillmeat lock”, “skillmeat source import SOURCE”.")


def _beside(root: Path, forge: Forge) -> tuple[list[str], list[str]]:
    """Write what stands beside the manifests; gives what was written and what was left as it is."""
    wrote, left = [], []
    for path, data in forges.files(forge).items():
        file = root / path
        if file.exists() or file.is_symlink():
            left += [path] if file.is_symlink() or file.read_bytes() != data else []
            continue
        beside.write(root, path, data)
        wrote.append(path)
    for path, wanted in forges.lines().items():
        file = root / path
        if file.is_symlink():
            left.append(path)
            continue
        before = file.read_text("utf-8", "surrogateescape") if file.exists() else ""
        after = forges.with_lines(before, wanted)
        if after != before:
            beside.write(root, path, after.encode("utf-8", "surrogateescape"))
            wrote.append(path)
    return wrote, left
