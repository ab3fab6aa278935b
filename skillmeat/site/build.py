"""One build, straight down: the catalog, generators of ``Output``, one path an output, a folder written."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache, partial
from pathlib import Path
from typing import Any, Final

from skillmeat import processes
from skillmeat.catalog import Catalog
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
    marks,
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
from skillmeat.site.artifact import links, page, related
from skillmeat.site.edition import Contents, Edition, Versions
from skillmeat.site.former import (
    NO_SPARE,
    NOTHING,
    Former,
    Result,
    Spare,
    differing,
    folders_of,
    joined,
    made_before,
)
from skillmeat.site.kept import Kept
from skillmeat.site.making import Task, chunks, made, make, stood
from skillmeat.site.material import Material, material
from skillmeat.site.memory import folder_of, recall, record, remember
from skillmeat.site.output import Made, digest
from skillmeat.site.publish import Folder, Known, replacing
from skillmeat.site.rail import rail
from skillmeat.site.search.cards import PER_FILE
from skillmeat.site.standing import Report as Report
from skillmeat.site.standing import Standing, report, standing
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

CHUNK: Final = 100


@dataclass(frozen=True, slots=True)
class OfArtifacts:
    """What there is of each artifact, made of ``CHUNK`` times ``many`` of them at a time: what is many files.

    ``basis`` tells what it is made of. They are taken in the order of lists, or ``by_source``, so that few
    processes read one source.
    """

    make: Callable[[Edition, Iterable[str]], Made]
    basis: Callable[[Edition], marks.Basis]
    by_source: bool = True
    many: int = 1


OF_ARTIFACTS: Final = (
    OfArtifacts(page.artifacts, page.basis),
    OfArtifacts(api.artifact, api.basis),
    OfArtifacts(search.cards_of, search.basis, by_source=False, many=PER_FILE),
)

SHARED: Final[tuple[Callable[[Edition], Any], ...]] = (
    marks.names,
    marks.entries,
    marks.origins,
    marks.shelves,
    marks.locked,
    links.copies,
    marketplaces.plugin_names,
    wellknown.offering,
)
"""What many parts need, computed before the work is spread."""

ASIDE: Final[tuple[Callable[[Edition], Any], ...]] = (marks.since, related.of_edition, rail)
"""As ``SHARED``, but computed by a copy of this process at the same time."""

FIRST: Final[tuple[Callable[[Edition], Any], ...]] = (
    marks.artifacts,
    marks.chips,
    marks.own,
    marks.rows,
)
"""What both need."""

EARLY: Final = (
    downloads.table,
    downloads.database,
    api.artifact,
    lists.catalog,
    lists.types,
    lists.trust,
    pages.tags,
    sources.sources,
)
"""What needs next to nothing of ``SHARED`` and ``ASIDE`` and takes long: that copy goes on with it."""

NEEDING: Final[tuple[Callable[[Edition], Made], ...]] = (
    lists.tagged,
    pages.collections,
    marketplaces.plugins,
)
"""What beside the parts of artifacts needs the dear parts of ``SHARED``."""

SPARED: Final = 4
"""The site that was there is kept for the next build, if less than one file in this many changed."""

WORTH_A_COPY: Final = 1_000
"""With fewer artifacts a second process takes longer than what it does."""

AT_ONCE: Final = 8
"""Of so many at most the process that finds them changed makes them too."""


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
    refuse: Callable[[], None] = lambda: None,
    stands: Callable[[], Standing] | None = None,
    made_of: Callable[[], Material] | None = None,
    codes: Callable[[], Mapping[str, bytes]] = dict,
) -> Report:
    """Write the site of a catalog to ``out``, which is replaced whole or, if anything fails, not at all.

    ``contents`` gives what an artifact is made of, or None when that is not on this machine; its page then
    says what the manifest says. ``overrides`` is the store's ``site_templates/`` folder, whose templates
    and assets win over the shipped ones. ``log`` is what the commits did, for ``/changes/``. ``versions``
    tells changed contents from unchanged ones; with it, what a build made is remembered, and the
    next one makes only what changed. ``logo`` is the file that the settings name. ``tell`` is called with
    how much of the work is done, and of how much. ``refuse`` is called before anything is written and raises
    when nothing may be. ``stands`` gives what ``standing`` found in ``out`` since the command began,
    ``made_of`` what ``material`` gives, and ``codes`` what ``templates.compiled`` does; copies of this
    process may be at them. Uses neither the network nor a clock.

    Raises what ``refuse`` does, and ``Refused``: ``OUTPUT_TWICE``, ``OUTPUT_NOT_OURS`` and
    ``OUTPUT_NOT_WRITABLE``.
    """
    own = branding.assets(catalog.settings.site, logo)
    shown = templates.load(overrides, _site(catalog, own), own)
    out = out.resolve()
    log = log or Log()
    stood_then = cache(stands or partial(standing, out))

    @cache
    def shared() -> str:
        code = stood_then().code if versions else ""
        return digest(code, shown.digest, catalog.settings.model_dump_json())

    kept = Kept(folder_of(out) if versions else None, shared)
    found = made_of or cache(lambda: material(catalog, versions or (lambda _: "")))
    edition = Edition(
        catalog,
        Views(catalog, dates),
        contents,
        shown,
        log,
        (lambda each: found().versions[each.id]) if versions else None,
        kept,
        lambda name, key: made_before(out, was, name, key),
    )
    inputs = cache(lambda: digest(shared(), found().digest, dates.digest, log.digest) if versions else "")
    was, there = NOTHING, Standing()

    def known(built: str) -> Known | None:
        nonlocal was, there
        if not versions or not built:
            return None
        there = stood_then()
        if (there.built, there.record) != (built, record(out)):  # another build wrote it meanwhile
            there = standing(out)
        if not there.record:
            return None
        if there.whole and (there.shared, there.inputs) == (shared(), inputs()):
            return Known((), whole=True, same=True)
        was = recall(out, built).standing(there.touched, shared())
        return Known(was.files.paths, there.whole, spare=was.spare)

    tasks = _tasks(edition)
    refuse()
    with replacing(out, known, folder_of(out) / "spare" if versions else None) as folder:
        if folder.unchanged:
            return replace(there.report, unchanged=True)
        all_in = inputs()  # before there are copies of this process, which may not ask other copies
        done = _prepared(edition, codes, tasks, folder, was)
        results = make(tasks, folder, was, tell, done)
        now = joined(results, was)
        now = replace(now, shared=shared(), inputs=all_in, built=_built(now))
        differs = differing(results, was)
        folder.files, folder.built = now.files.paths, now.built
        folder.sparing = len(differs) * SPARED < len(now.files.paths)
    if versions:
        folders = folders_of(out, now.files.paths, was, differs if folder.was_spare else None)
        stamps = was.folders.stamps if was.folders.paths == folders.paths else NO_SPARE.stamps
        spare = Spare(was.built, differs, stamps) if folder.has_left_spare else NO_SPARE
        marks.keep(edition)
        remember(out, replace(now, folders=folders, spare=spare))
    return report(now)


def _prepared(
    edition: Edition,
    codes: Callable[[], Mapping[str, bytes]],
    tasks: Sequence[Task],
    folder: Folder,
    was: Former,
) -> Mapping[int, Result]:
    """Compute what many parts need, while a copy of this process begins with the tasks that need nothing of
    it; what came of those, by their numbers.
    """
    for each in FIRST:
        edition.once(each)
    was.ready()
    copies = processes.available() if len(edition.artifacts) >= WORTH_A_COPY else 1
    with suppress(Exception):  # a template with a mistake says so where it is used
        edition.templates.adopt(codes())
    prepared = _again if was.stretches else _anew
    return prepared(edition, tasks, folder, was, copies)


def _again(
    edition: Edition, tasks: Sequence[Task], folder: Folder, was: Former, copies: int
) -> dict[int, Result]:
    """``_prepared`` where most is as it was. What many parts need is mostly needed to tell that, which this
    process does alone; tasks that have no key are done meanwhile, those that take longest first.
    """
    first: tuple[Callable[..., Made], ...] = (search.index, *EARLY)
    order = {_name(generator): place for place, generator in enumerate(first)}
    needing = [_name(generator) for generator in NEEDING]
    own = [number for number, task in enumerate(tasks) if task.generator in needing]
    others = [number for number, task in enumerate(tasks) if not task.key and number not in own]
    others.sort(key=lambda number: order.get(tasks[number].generator, len(order)))
    done: dict[int, Result] = {}

    def here() -> None:
        for each in (*SHARED, related.of_edition):
            edition.once(each)
        known = [number for number, task in enumerate(tasks) if task.key]
        found = {number: stood(tasks[number], folder, was) for number in known}
        done.update({number: result for number, result in found.items() if result})
        left = [number for number in known if number not in done]
        for number in [*own, *(left if len(left) <= AT_ONCE else ())]:
            done[number] = made(tasks[number], folder, was)

    def work(number: int) -> Result:
        return made(tasks[others[number]], folder, was)

    results = processes.beside(here, work, len(others), len(others), copies)
    return done | dict(zip(others, results, strict=True))


def _anew(
    edition: Edition, tasks: Sequence[Task], folder: Folder, was: Former, copies: int
) -> dict[int, Result]:
    """``_prepared`` where most is to be made, and needs what is computed first."""
    names = [_name(generator) for generator in EARLY]
    early = [number for number, task in enumerate(tasks) if task.generator in names]

    def here() -> None:
        edition.templates.compile()
        for each in SHARED:
            edition.once(each)

    def work(number: int) -> Any:
        if number < len(ASIDE):
            return edition.once(ASIDE[number])
        return made(tasks[early[number - len(ASIDE)]], folder, was)

    results = processes.beside(here, work, len(ASIDE) + len(early), len(ASIDE), copies)
    edition.put(dict(zip(ASIDE, results, strict=False)))
    return dict(zip(early, results[len(ASIDE) :], strict=False))


def _tasks(edition: Edition) -> list[Task]:
    """What has to be made, in the order in which it is begun."""
    tasks = [Task(_name(generator), partial(generator, edition)) for generator in GENERATORS]
    by_source = sorted(edition.artifacts, key=lambda each: edition.artifacts[each]["source"] or "")
    for each in OF_ARTIFACTS:
        name, ordered = _name(each.make), by_source if each.by_source else list(edition.artifacts)
        for number, ids in enumerate(chunks(ordered, CHUNK * each.many)):
            key = partial(_key_of, edition, each.basis, ids)
            tasks.append(Task(name, partial(each.make, edition, ids), f"{name} {number}", key))
    return tasks


def _key_of(edition: Edition, basis: Callable[[Edition], marks.Basis], ids: Sequence[str]) -> str:
    return edition.once(basis).key_of(ids)


def _name(generator: Callable[..., Made]) -> str:
    return f"{generator.__module__.rpartition('.')[2]}.{generator.__name__}"


def _built(site: Former) -> str:
    """What tells a site from others: a digest of its paths, in the order of the tasks, and of the files."""
    found = hashlib.blake2b("\0".join(site.files.paths).encode(), digest_size=16)
    found.update(site.digests)
    return found.hexdigest()


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
