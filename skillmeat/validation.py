"""Everything that is to be said of a store: errors and warnings, chosen, waived, and set against the past."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace

from skillmeat import judging
from skillmeat.checks import RULES, TASTE
from skillmeat.checks.rules import EXPLAINED, MENDED
from skillmeat.checks.waiving import Waived, waive
from skillmeat.judging import Judgement
from skillmeat.model import KINDS, Settings
from skillmeat.problem import Problem
from skillmeat.reports.excerpt import place
from skillmeat.store import Applied, Store, located
from skillmeat.surroundings import missing_content, unmerged


@dataclass(frozen=True)
class Verdict:
    """What is wrong, sorted and with lines and columns, and the warnings that are waived.

    ``texts``, ``unreadable`` and ``counts`` are the manifests, those that cannot be read, and how many
    records there are of each kind, by its plural.
    """

    problems: tuple[Problem, ...]
    waived: tuple[Waived, ...] = ()
    texts: Mapping[str, bytes] = field(default_factory=dict)
    unreadable: frozenset[str] = frozenset()
    counts: Mapping[str, int] = field(default_factory=dict)

    @property
    def errors(self) -> int:
        """How many of the problems are errors."""
        return sum(each.severity == "error" for each in self.problems)

    @property
    def warnings(self) -> int:
        """How many of the problems are warnings."""
        return len(self.problems) - self.errors


def validate(store: Store, *, rules: Collection[str] = frozenset(EXPLAINED), since: str = "") -> Verdict:
    """Judge a store by the rules of these names.

    With ``since``, a full commit of the store's repository, only what was not wrong there already is given: a
    problem is the same when it is in the same file, breaks the same rule and is said in the same words.
    """
    found = _judged(store)
    kept, waived = waive(found.problems, found.settings.waivers)
    kept = [each for each in kept if each.rule in rules]
    if since:
        known = Counter(each.sameness for each in _known(store, found, since, kept))
        fresh = []
        for problem in sorted(kept):
            known[problem.sameness] -= 1
            if known[problem.sameness] < 0:
                fresh.append(problem)
        kept, waived = fresh, []
    waived = [each for each in waived if each.problem.rule in rules]
    texts = found.texts
    told = sorted(replace(each, column=place(each, texts)[0]) for each in located(kept, texts))
    return Verdict(tuple(told), tuple(_located(texts, waived)), texts, found.unreadable, found.counts)


def fix(store: Store, rules: Collection[str], *, dry_run: bool = False) -> Applied:
    """Mend what the rules of these names find and what needs no guess. Raises as ``Store.apply`` does."""
    from skillmeat.edits import mending

    return store.apply(lambda catalog: mending.mend(catalog, MENDED & set(rules)), dry_run=dry_run)


@dataclass(frozen=True)
class _Found:
    """Everything that is wrong, and what tells what was wrong before."""

    problems: list[Problem]
    settings: Settings
    texts: Mapping[str, bytes]
    unreadable: frozenset[str]
    counts: Mapping[str, int]
    judgement: Judgement | None = None


def _judged(store: Store) -> _Found:
    if "reading" in store.__dict__:  # what was read whole already is not read again
        catalog = store.catalog
        counts = {kind.plural: len(catalog.of(kind)) for kind in KINDS}
        found = store.problems((*RULES, *TASTE))
        return _Found(found, catalog.settings, store.reading.texts, catalog.unreadable, counts)
    judgement = judging.judge(store.root, store.commit)
    faults = judging.faults(judgement)
    of_index = () if store.commit else unmerged(store.root, faults)
    missing = missing_content(store.root, judgement.content, store.commit)
    return _Found(
        [*faults, *of_index, *missing, *judging.findings(judgement)],
        judgement.settings,
        judgement.texts,
        judgement.unreadable,
        judgement.counts,
        judgement,
    )


def _known(store: Store, found: _Found, since: str, kept: Collection[Problem]) -> list[Problem]:
    """What was wrong at a commit, and is not waived; of missing content, only what is missing still."""
    if found.judgement is None or store.commit:
        past = _judged(Store(store.root, since))
        return waive(past.problems, past.settings.waivers)[0]
    before = judging.before(found.judgement, store.root, since)
    gone = {each.path for each in kept if each.rule == "missing-content"}
    content = {path: where for path, where in before.content.items() if path in gone}
    missing = missing_content(store.root, content, since) if content else ()
    problems = [*judging.faults(before), *missing, *judging.findings(before)]
    return waive(problems, before.settings.waivers)[0]


def _located(texts: Mapping[str, bytes], waived: list[Waived]) -> list[Waived]:
    places = located((each.problem for each in waived), texts)
    reasons = {each.problem.sameness: each.reason for each in waived}
    return [Waived(replace(each), reasons[each.sameness]) for each in places if each.sameness in reasons]
