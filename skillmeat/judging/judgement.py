"""What is wrong with a store at one moment, and how a change makes it otherwise."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Final

from skillmeat.catalog import Catalog
from skillmeat.checks import Rule, check
from skillmeat.checks.reads import LOCK as THE_LOCK
from skillmeat.checks.reads import OWN, READS, Read, bare, differing, everything_of, touched
from skillmeat.finding import FOLDER
from skillmeat.loading import LOCK, SETTINGS, Texts
from skillmeat.model import KINDS, Kind, Lock, Record, Settings, kind_of
from skillmeat.problem import Problem
from skillmeat.surroundings import contents_of

Found = Mapping[str, list[Problem]]

KIND: Final = {kind.plural: kind for kind in KINDS}


@dataclass(frozen=True)
class Base:
    """What is known of a store before its records are: ``text`` is that of the settings."""

    settings: Settings
    unreadable: frozenset[str]
    texts: Texts
    text: str


@dataclass(frozen=True)
class Judgement:
    """What is wrong with a store at one moment, and what tells how a change would make it otherwise.

    By path: ``faults`` are of files that cannot be read or stand in the wrong place, ``own`` is what the
    rules find that look at one file. ``across`` is what the others find, by rule. ``content`` is where in
    this repository artifacts have their content, by their manifests. ``record`` gives one of the records,
    and ``catalog`` all, with what the rules of ``across`` read.
    """

    settings: Settings
    unreadable: frozenset[str]
    faults: Found
    own: Found
    across: Found
    content: Mapping[str, str]
    counts: Mapping[str, int]
    record: Callable[[str], Record | None]
    catalog: Callable[[bool], Catalog]
    texts: Texts


@dataclass(frozen=True, slots=True)
class Change:
    """A file that is otherwise: what it held, and what ``loading.taken`` gives for what it holds now."""

    path: str
    before: Record | None
    after: Record | None
    faults: list[Problem]
    is_sound: bool


def faults(judgement: Judgement) -> list[Problem]:
    """What is wrong with the files."""
    return sorted(each for found in judgement.faults.values() for each in found)


def findings(judgement: Judgement) -> list[Problem]:
    """What the rules found, in the order of ``checks.check``; not every line is known yet."""
    found = [*judgement.own.values(), *judgement.across.values()]
    return sorted(each for listed_ in found for each in listed_)


def changed(
    judgement: Judgement, changes: Collection[Change], lock: tuple[Lock | None, list[Problem]] | None = None
) -> tuple[Judgement, bool]:
    """The judgement of a store that differs in some files, and whether rules across files had to be asked.

    ``lock`` is what ``loading.read_lock`` gives for another lock.
    """
    paths = {each.path for each in changes}
    unreadable = (judgement.unreadable - paths) | {each.path for each in changes if not each.is_sound}
    reads: set[Read] = set()
    if lock:
        reads.add(THE_LOCK)
        paths.add(LOCK)
        unreadable = unreadable - {LOCK} if lock[0] else unreadable | {LOCK}
    for each in changes:
        if each.before and each.after:
            reads |= differing(each.before, each.after)
        elif each.before or each.after:
            reads |= everything_of(kind_at(each.path).noun)
    for path in (unreadable ^ judgement.unreadable) - {LOCK}:
        reads |= everything_of(kind_at(path).noun)
    after = {each.path: each.after for each in changes}
    there = [record for record in after.values() if record]
    counts = dict(judgement.counts)
    for each in changes:
        counts[kind_at(each.path).plural] += (each.after is not None) - (each.before is not None)
    faults = {path: found for path, found in judgement.faults.items() if path not in paths}
    faults |= {each.path: each.faults for each in changes if each.faults}
    if lock and lock[1]:
        faults[LOCK] = lock[1]

    @cache
    def catalog(with_lock: bool) -> Catalog:
        was = judgement.catalog(with_lock and lock is None)
        return _with(was, after, lock[0] or Lock() if lock and with_lock else was.lock, unreadable)

    rules = touched(frozenset(reads))
    across = dict(judgement.across)
    if rules:
        across |= findings_across(catalog(any(THE_LOCK in READS[rule] for rule in rules)), rules)
    own = {path: found for path, found in judgement.own.items() if path not in paths}
    content = {path: found for path, found in judgement.content.items() if path not in paths}
    made = replace(
        judgement,
        unreadable=frozenset(unreadable),
        faults=faults,
        own=own | own_findings(judgement, there),
        across=across,
        content=content | dict(contents_of(there)),
        counts=counts,
        record=lambda path: after[path] if path in after else judgement.record(path),
        catalog=catalog,
    )
    return made, bool(rules)


def _with(
    catalog: Catalog, after: Mapping[str, Record | None], lock: Lock, unreadable: frozenset[str]
) -> Catalog:
    """A catalog with other records, in the order in which files are listed."""
    held: dict[str, dict[str, Record]] = {}
    for path, record in after.items():
        kind = kind_at(path)
        records = held.setdefault(kind.plural, dict(catalog.of(kind)))
        if record:
            records[record.id] = bare(record)
        else:
            records.pop(id_at(path), None)
    for plural, records in held.items():
        if records.keys() - getattr(catalog, plural).keys():
            held[plural] = dict(sorted(records.items(), key=lambda item: f"{item[0]}.toml".split("/")))
    return replace(
        catalog,
        lock=lock,
        unreadable=frozenset(unreadable),
        **held,  # type: ignore[arg-type]  # each dict holds the records of its own kind
    )


def own_findings(base: Base | Judgement, records: Iterable[Record]) -> dict[str, list[Problem]]:
    """What the rules find that look at one file, by path."""
    held: dict[str, dict[str, Record]] = {kind.plural: {} for kind in KINDS}
    for record in records:
        held[kind_of(record).plural][record.id] = record
    unreadable = base.unreadable & {SETTINGS}
    catalog = Catalog(settings=base.settings, unreadable=unreadable, **held)  # type: ignore[arg-type]
    return by_path(check(catalog, OWN))


def findings_across(catalog: Catalog, rules: Iterable[Rule]) -> dict[str, list[Problem]]:
    return {rule.__name__: check(catalog, (rule,)) for rule in rules}


def by_path(found: Iterable[Problem]) -> dict[str, list[Problem]]:
    grouped: dict[str, list[Problem]] = defaultdict(list)
    for problem in found:
        grouped[problem.path].append(problem)
    return dict(grouped)


def record_in(catalog: Catalog, path: str) -> Record | None:
    return catalog.of(kind_at(path)).get(id_at(path))


def kind_at(path: str) -> Kind:
    return KIND[path.split("/", 2)[1]]


def id_at(path: str) -> str:
    return path.removeprefix(f"{FOLDER}/").partition("/")[2].removesuffix(".toml")
