"""Sources resolved to commits, and whether the lock still says what they are."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from skillmeat import observe, remote
from skillmeat.catalog import Catalog, Edit, answers
from skillmeat.errors import SkillmeatError
from skillmeat.model import Exclude, LockedSource, Source
from skillmeat.sources.scanning import Scanned, scan
from skillmeat.text import plural

_AT_ONCE = 4

T = TypeVar("T")
Progress = Callable[[str], None]


@dataclass(frozen=True)
class Locking:
    """What locking would change: the edit, a line on each source, and the sources that failed."""

    edit: Edit
    notes: tuple[str, ...] = ()
    failed: tuple[tuple[str, SkillmeatError], ...] = ()


@dataclass(frozen=True)
class Outdated:
    """A locked source and the commit that its ref has moved on to."""

    source: str
    ref: str
    locked: str
    now: str


def lock(
    catalog: Catalog,
    *,
    upgrade: Callable[[Source], bool] = lambda source: False,
    only: Collection[str] = (),
    folder: Path | None = None,
    progress: Progress = lambda line: None,
) -> Locking:
    """Every source resolved to a commit, with what it holds there.

    A source whose lock still answers to its manifest keeps its commit unless ``upgrade`` says
    otherwise; ``only`` narrows it to some sources; one that cannot be reached keeps what it had.
    ``folder`` is where the user works, for what they configured there. Nothing is written:
    ``store.apply`` does that.
    """
    wanted = [
        source
        for _, source in sorted(catalog.sources.items())
        if (source.id in only or not only) and (upgrade(source) or not is_locked(catalog, source))
    ]
    scans, failed = _each(
        wanted, lambda source: _scan_for_lock(catalog, source, upgrade(source), folder), progress
    )
    kept = {each.id: each for each in catalog.lock.source if each.id in catalog.sources}
    notes, readmes = [], {}
    for source in wanted:
        if source.id in scans:
            locked = _locked(source, scans[source.id])
            notes.append(_moved(kept.get(source.id), locked))
            notes += _lost(catalog, kept.get(source.id), locked)
            kept[source.id] = locked
            readmes[source.id] = scans[source.id].readme
    notes += [
        f"{each.id}: no longer a source" for each in catalog.lock.source if each.id not in catalog.sources
    ]
    readmes |= {gone: None for gone in catalog.readmes if gone not in catalog.sources}
    new = catalog.lock.but(source=tuple(kept[each] for each in sorted(kept)))
    changed = {source: text for source, text in readmes.items() if catalog.readmes.get(source) != text}
    edit = Edit(
        f"Locked {plural(len(scans), 'source')}",
        lock=new if new != catalog.lock else None,
        readmes=changed,
    )
    return Locking(edit, tuple(notes), tuple(failed))


def stale(catalog: Catalog) -> list[str]:
    """Why the lock no longer answers to the manifests, a sentence each; nothing when it does."""
    found = []
    for name, source in sorted(catalog.sources.items()):
        locked = catalog.locked.get(name)
        if locked is None:
            found.append(f"The source {name} is not locked.")
        elif not answers(locked, source):
            keys = ("url", "ref", "root", "import_repo_description", "import_repo_readme")
            changed = [key for key in keys if getattr(locked, key) != getattr(source, key)]
            found.append(
                f"The source {name} has another {', '.join(changed or ['exclude'])} than was locked."
            )
    found += [
        f"The lock holds {name}, which is not a source."
        for name in sorted(catalog.locked)
        if name not in catalog.sources
    ]
    return found


def is_locked(catalog: Catalog, source: Source) -> bool:
    """Whether the lock says what this source's manifest asks for."""
    locked = catalog.locked.get(source.id)
    return locked is not None and answers(locked, source)


def outdated(
    catalog: Catalog, folder: Path | None = None, progress: Progress = lambda line: None
) -> tuple[list[Outdated], list[tuple[str, SkillmeatError]]]:
    """The locked sources whose ref now leads to another commit, and the sources that failed."""
    locked = [source for name, source in sorted(catalog.sources.items()) if name in catalog.locked]
    allow_file = catalog.settings.sources.allow_file
    tips, failed = _each(
        locked,
        lambda source: remote.resolve(source.url, source.ref, allow_file=allow_file, folder=folder),
        progress,
    )
    moved = [
        Outdated(source.id, source.ref, catalog.locked[source.id].commit, tips[source.id])
        for source in locked
        if source.id in tips and tips[source.id] != catalog.locked[source.id].commit
    ]
    return moved, failed


def fetch(
    catalog: Catalog, folder: Path | None = None, progress: Progress = lambda line: None
) -> tuple[list[str], list[tuple[str, SkillmeatError]]]:
    """The content of every locked commit brought into the cache: the sources fetched, and the failures."""
    locked = [source for name, source in sorted(catalog.sources.items()) if name in catalog.locked]
    missing = [
        source
        for source in locked
        if not remote.has(catalog.locked[source.id].url, catalog.locked[source.id].commit)
    ]
    allow_file = catalog.settings.sources.allow_file

    def bring(source: Source) -> str:
        pin = catalog.locked[source.id]
        return remote.fetch(pin.url, pin.commit, branch=pin.ref, allow_file=allow_file, folder=folder)

    done, failed = _each(missing, bring, progress)
    return sorted(done), failed


def _scan_for_lock(catalog: Catalog, source: Source, upgrade: bool, folder: Path | None) -> Scanned:
    with observe.operation("scan", {"source.id": source.id}):
        return _scan(catalog, source, upgrade, folder)


def _scan(catalog: Catalog, source: Source, upgrade: bool, folder: Path | None) -> Scanned:
    allow_file = catalog.settings.sources.allow_file
    locked = catalog.locked.get(source.id)
    moved = locked is None or (locked.url, locked.ref) != (source.url, source.ref)
    if upgrade or moved or locked is None:
        commit = remote.fetch(source.url, source.ref, allow_file=allow_file, folder=folder)
    else:
        commit = remote.fetch(
            source.url, locked.commit, branch=source.ref, allow_file=allow_file, folder=folder
        )
    scanned = scan(source, commit)
    if not source.import_repo_description:
        return scanned
    from skillmeat import github

    return replace(scanned, description=github.description(source.url))


def _locked(source: Source, scanned: Scanned) -> LockedSource:
    readme = scanned.readme
    return LockedSource(
        id=source.id,
        url=source.url,
        ref=source.ref,
        root=source.root,
        import_repo_description=source.import_repo_description,
        import_repo_readme=source.import_repo_readme,
        exclude=tuple(Exclude(path=each.path) for each in source.exclude),
        commit=scanned.commit,
        repo_description=scanned.description,
        readme_hash=f"sha256:{hashlib.sha256(readme.encode()).hexdigest()}" if readme else None,
        artifact=scanned.entries,
    )


def _moved(before: LockedSource | None, after: LockedSource) -> str:
    """A line on what locking a source changed."""
    what = plural(len(after.artifact), "entry", "entries")
    if before is None:
        return f"{after.id}: locked at {after.commit[:10]}, {what}"
    if before == after:
        return f"{after.id}: still {after.commit[:10]}, {what}"
    old = {(each.type, each.path): each.hash for each in before.artifact}
    new = {(each.type, each.path): each.hash for each in after.artifact}
    added, gone = len(new.keys() - old.keys()), len(old.keys() - new.keys())
    changed = sum(old[key] != new[key] for key in old.keys() & new.keys())
    commits = dict.fromkeys((before.commit[:10], after.commit[:10]))
    return f"{after.id}: {' → '.join(commits)}, {what}: {added} added, {gone} gone, {changed} changed"


def _lost(catalog: Catalog, before: LockedSource | None, after: LockedSource) -> Iterator[str]:
    """A line for each artifact of the catalog whose content the source no longer has."""
    held = {(each.type, each.path) for each in after.artifact}
    for each in before.artifact if before else ():
        if (each.type, each.path) not in held:
            for artifact in catalog.imported[after.id, str(each.type), each.path]:
                yield f"{after.id}: {each.path} is gone, which is {artifact} in the catalog"


def _each(
    sources: Sequence[Source], work: Callable[[Source], T], progress: Progress
) -> tuple[dict[str, T], list[tuple[str, SkillmeatError]]]:
    """The result of ``work`` for each source, some at once; one that fails does not stop the others."""
    done: dict[str, T] = {}
    failed: list[tuple[str, SkillmeatError]] = []
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        for source, future in [(source, pool.submit(copy_context().run, work, source)) for source in sources]:
            progress(source.id)
            try:
                done[source.id] = future.result()
            except SkillmeatError as error:
                failed.append((source.id, error))
    return done, failed
