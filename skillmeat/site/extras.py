"""What stands beside the pages: assets, schemas and redirects."""

from __future__ import annotations

from skillmeat.schemas import texts
from skillmeat.site import addresses
from skillmeat.site.addresses import ASSETS
from skillmeat.site.edition import Edition
from skillmeat.site.output import Made, Output
from skillmeat.site.templates import Page


def assets(edition: Edition) -> Made:
    """``assets/``: the style, the modules, the icons and the font."""
    for name, data in edition.templates.assets.items():
        yield Output(ASSETS + name, data)


def schemas(edition: Edition) -> Made:
    """``schemas/``: what editors complete and check manifests with."""
    for name, data in texts().items():
        yield Output(f"schemas/{name}", data)


def redirects(edition: Edition) -> Made:
    """A page at every former address that leads to the present one."""
    former = edition.catalog.former
    tags = {addresses.tag(old): edition.tags[new] for old, new in former["tag"].items()}
    artifacts = {addresses.artifact(old): edition.artifacts[new] for old, new in former["artifact"].items()}
    here = {*map(addresses.tag, edition.tags), *map(addresses.artifact, edition.artifacts)}
    for folder, moved in (("tags/", tags), ("", artifacts)):
        for old, record in sorted(moved.items()):
            if old in here:
                continue  # the record that has the name now wins, as it does on the command line
            target = f"{folder}{record['id']}/"
            page = Page(old, record["name"], canonical=target, listed=False)
            data = edition.templates.page("redirect.html", page, target=target, name=record["name"])
            yield Output(addresses.file(old), data)
