"""One build, straight down: the catalog, generators of ``Output``, one path an output, a folder written."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from skillmeat.catalog import Catalog
from skillmeat.errors import Refused
from skillmeat.history import Dates, Log
from skillmeat.site import (
    api,
    branding,
    changes,
    contribute,
    downloads,
    extras,
    feeds,
    health,
    lists,
    marketplaces,
    missing,
    openapi,
    pages,
    robots,
    scopes,
    search,
    sources,
    templates,
    wellknown,
)
from skillmeat.site.artifact import page
from skillmeat.site.edition import Contents, Edition, Versions
from skillmeat.site.output import LeftOut, Made, Output, Planned
from skillmeat.site.publish import replacing
from skillmeat.views import Views

GENERATORS: Final[tuple[Callable[[Edition], Made], ...]] = (
    lists.catalog,
    lists.types,
    lists.trust,
    lists.tagged,
    pages.tags,
    pages.collections,
    sources.sources,
    changes.changes,
    health.health,
    contribute.contribute,
    api.index,
    api.tags,
    api.artifacts,
    api.collections,
    api.groups,
    api.sources,
    openapi.openapi,
    search.index,
    wellknown.skills,
    marketplaces.plugins,
    scopes.groups,
    extras.assets,
    extras.schemas,
    extras.redirects,
    missing.not_found,
    missing.known,
    feeds.feeds,
    downloads.table,
    downloads.database,
    robots.sitemap,
    robots.robots,
    robots.opensearch,
    robots.llms,
)
"""What the site is made of. A new page or export is a generator and its name here."""

OF_ARTIFACTS: Final[tuple[Callable[[Edition, Iterable[str]], Made], ...]] = (
    page.artifacts,
    api.artifact,
)
"""What there is of each artifact, made of some of them at a time: what is many files belongs here."""


CHUNK: Final = 100
"""How many of them at a time."""


@dataclass(frozen=True, slots=True)
class Report:
    """What a build wrote, and what it could not make."""

    pages: int
    files: int
    bytes: int
    left_out: tuple[LeftOut, ...]


def build(
    catalog: Catalog,
    dates: Dates,
    contents: Contents,
    out: Path,
    overrides: Path | None = None,
    log: Log | None = None,
    versions: Versions | None = None,
    logo: bytes | None = None,
    tell: Callable[[int, int], None] | None = None,
) -> Report:
    """Write the site of a catalog to ``out``, which is replaced whole or, if anything fails, not at all.

    ``contents`` gives what an artifact is made of, or None when that is not on this machine; its page then
    says what the manifest says. ``overrides`` is the store's ``site_templates/`` folder, whose templates
    and assets win over the shipped ones. ``log`` is what the commits did, for ``/changes/``. ``versions``
    tells changed contents from unchanged ones. ``logo`` is the file that the settings name.
    ``tell`` is called with how much of the work is done, and of how much.
    Uses neither the network nor a clock.

    Raises ``Refused``: ``OUTPUT_TWICE``, ``OUTPUT_NOT_OURS``, ``OUTPUT_NOT_WRITABLE``.
    """
    own = branding.assets(catalog.settings.site, logo)
    shown = templates.load(overrides, _site(catalog, own), own)
    edition = Edition(catalog, Views(catalog, dates), contents, shown, log or Log(), versions)
    left_out: list[LeftOut] = []
    number_of_pages = 0
    with replacing(out) as folder:
        for made in outputs(edition, tell):
            if isinstance(made, LeftOut):
                left_out.append(made)
                continue
            number_of_pages += made.path.endswith(".html")
            folder.write(made.path, made.data)
    return Report(number_of_pages, folder.files, folder.bytes, tuple(left_out))


def outputs(edition: Edition, tell: Callable[[int, int], None] | None = None) -> Iterator[Output | LeftOut]:
    """What the generators make, in their order.

    Raises ``Refused`` (``OUTPUT_TWICE``) when two outputs have one path.
    """
    makers: dict[str, str] = {}
    parts = list(_generated(edition))
    for done, (name, generated) in enumerate(parts):
        if tell:
            tell(done, len(parts))
        for made in _made(generated):
            if isinstance(made, Output):
                first = makers.setdefault(made.path, name) if made.path in makers else None
                if first:
                    raise Refused(
                        f"Two outputs have the path “{made.path}”: one from {first}, one from {name}.",
                        code="OUTPUT_TWICE",
                        hint="Rename the record that takes the place of the other.",
                    )
                makers[made.path] = name
            yield made


def _generated(edition: Edition) -> Iterator[tuple[str, Made]]:
    for generator in GENERATORS:
        yield _name(generator), generator(edition)
    for some in OF_ARTIFACTS:
        ids = list(edition.artifacts)
        for start in range(0, len(ids), CHUNK):
            yield _name(some), some(edition, ids[start : start + CHUNK])


def _name(generator: Callable[..., Made]) -> str:
    return f"{generator.__module__.rpartition('.')[2]}.{generator.__name__}"


def _made(generated: Made) -> Iterator[Output | LeftOut]:
    for each in generated:
        if isinstance(each, Planned):
            yield from each.make()
        else:
            yield each


def _site(catalog: Catalog, own: Mapping[str, bytes]) -> dict[str, Any]:
    """What every page says of the whole site."""
    site = catalog.settings.site
    return {
        "title": site.title,
        "description": site.description or "",
        "url": site.url.rstrip("/") + "/" if site.url else "",
        "style": branding.STYLE if branding.STYLE in own else "",
        "logo": next((name for name in own if name.startswith("logo.")), ""),
        "foot": branding.foot(site),
    }
