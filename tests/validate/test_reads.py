"""A rule reads no more than it says: judging what changed gives what judging everything gives."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from random import Random

import pytest

from skillmeat.catalog import Catalog
from skillmeat.checks import RULES, TASTE, Rule, check, reads, references, taste
from skillmeat.finding import FOLDER
from skillmeat.judging import judgement as judging
from skillmeat.judging.judgement import Change, Judgement, changed, findings
from skillmeat.loading import LOCK
from skillmeat.model import KINDS, Kind, Lock, Record
from tests.validate import random_records


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """What holds for large catalogs and many wrong names holds for a few here."""
    monkeypatch.setattr(taste, "LARGE", 8)
    monkeypatch.setattr(references, "_COMPARED", 60)


def judged(catalog: Catalog) -> Judgement:
    """A catalog judged whole."""
    records = {kind.path(each.id): each for kind in KINDS for each in catalog.of(kind).values()}
    bare = replace(
        catalog,
        **{kind.plural: {id_: reads.bare(each) for id_, each in catalog.of(kind).items()} for kind in KINDS},
    )
    return Judgement(
        settings=catalog.settings,
        unreadable=catalog.unreadable,
        faults={},
        own=judging.by_path(check(catalog, reads.OWN)),
        across={rule.__name__: check(bare, (rule,)) for rule in reads.READS},
        content={},
        counts={kind.plural: len(catalog.of(kind)) for kind in KINDS},
        record=records.get,
        catalog=lambda _: bare,
        texts=None,  # type: ignore[arg-type]
    )


def edits(random: Random, catalog: Catalog) -> Iterator[tuple[Catalog, list[Change], Lock | None]]:
    """One catalog after the other, each with what is otherwise in it."""
    while True:
        changes: dict[str, Change] = {}
        unreadable = set(catalog.unreadable)
        records = {kind: dict(catalog.of(kind)) for kind in KINDS}
        for _ in range(random.choice((1, 1, 1, 2, 5))):
            kind = random.choices(KINDS, (3, 6, 2, 2))[0]
            path, change = _change(random, kind, records[kind])
            if path in changes:
                continue
            changes[path] = change
            records[kind].pop(_id(kind, path), None)
            unreadable.discard(path)
            if change.after:
                records[kind][change.after.id] = change.after
            elif not change.is_sound:
                unreadable.add(path)
        lock = random_records.lock(random) if random.random() < 0.1 else None
        unreadable -= {LOCK} if lock else set()
        catalog = Catalog(
            settings=catalog.settings,
            lock=lock or catalog.lock,
            unreadable=frozenset(unreadable),
            **{kind.plural: _in_order(held) for kind, held in records.items()},  # type: ignore[arg-type]
        )
        yield catalog, list(changes.values()), lock


def _change(random: Random, kind: Kind, records: dict[str, Record]) -> tuple[str, Change]:
    if records and random.random() < 0.7:
        before = random.choice(list(records.values()))
        path, how = kind.path(before.id), random.random()
        if how < 0.9:
            return path, Change(path, before, random_records.edited(random, kind, before), [], is_sound=True)
        return path, Change(path, before, None, [], is_sound=how < 0.97)
    id_ = random_records.record_id(random, kind)
    path = kind.path(id_)
    return path, Change(path, records.get(id_), random_records.record(random, kind, id_), [], is_sound=True)


def _in_order(records: dict[str, Record]) -> dict[str, Record]:
    return dict(sorted(records.items(), key=lambda item: f"{item[0]}.toml".split("/")))


def _id(kind: Kind, path: str) -> str:
    return path.removeprefix(f"{FOLDER}/{kind.plural}/").removesuffix(".toml")


def first_difference(seed: int, steps: int, rules: Sequence[Rule] = (*RULES, *TASTE)) -> str:
    """Where judging what changed first says something else than judging all; empty when it never does."""
    random = Random(seed)
    known = judged(Catalog())
    for step, (catalog, changes, lock) in zip(range(steps), edits(random, Catalog()), strict=False):
        known, _ = changed(known, changes, (lock, []) if lock else None)
        expected = check(catalog, rules)
        if findings(known) != expected:
            only = set(findings(known)) ^ set(expected)
            return f"{seed}/{step}: {sorted(each.rule for each in only)} after {changes}"
        assert known.unreadable == catalog.unreadable
        assert known.counts == {kind.plural: len(catalog.of(kind)) for kind in KINDS}
    return ""


@pytest.mark.parametrize("seed", range(8))
def test_what_did_not_change_need_not_be_judged_again(seed: int) -> None:
    assert first_difference(seed, 200) == ""


def test_every_rule_says_what_it_reads() -> None:
    assert {*reads.OWN, *reads.READS} == {*RULES, *TASTE}
    assert not reads.READS.keys() & set(reads.OWN)


def narrowed() -> Iterator[tuple[Rule, reads.Read]]:
    """Every rule with one of the keys that it reads; of a record itself only where it reads no more of it."""
    for rule, read in reads.READS.items():
        nouns = [noun for noun, key in read if key != reads.ID]
        yield from ((rule, each) for each in sorted(read) if each[1] != reads.ID or each[0] not in nouns)


@pytest.mark.parametrize(("rule", "read"), [*narrowed()], ids=lambda each: getattr(each, "__name__", None))
def test_a_rule_that_says_too_little_is_noticed(
    rule: Rule, read: reads.Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    _only(monkeypatch, {rule: reads.READS[rule] - {read}}, ())
    assert any(first_difference(seed, 300, [rule]) for seed in range(20))


@pytest.mark.parametrize("rule", [each for each, read in reads.READS.items() if read])
def test_a_rule_that_looks_across_files_is_not_one_of_one_file(
    rule: Rule, monkeypatch: pytest.MonkeyPatch
) -> None:
    _only(monkeypatch, {}, (rule,))
    assert any(first_difference(seed, 300, [rule]) for seed in range(20))


def _only(
    monkeypatch: pytest.MonkeyPatch,
    across: dict[Rule, frozenset[reads.Read]],
    own: tuple[Rule, ...],
) -> None:
    for module in (reads, judging):
        monkeypatch.setattr(module, "READS", across)
        monkeypatch.setattr(module, "OWN", own)
