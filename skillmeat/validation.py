"""Everything that is to be said of a store: errors and warnings, chosen, waived, and set against the past."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, replace

from skillmeat.checks import RULES, TASTE
from skillmeat.checks.rules import EXPLAINED, MENDED
from skillmeat.checks.waiving import Waived, waive
from skillmeat.edits import mending
from skillmeat.problem import Problem
from skillmeat.reports.excerpt import place
from skillmeat.store import Applied, Store


@dataclass(frozen=True)
class Verdict:
    """What is wrong, sorted and with lines and columns, and the warnings that are waived."""

    problems: tuple[Problem, ...]
    waived: tuple[Waived, ...] = ()

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
    kept, waived = _judged(store)
    kept = [each for each in kept if each.rule in rules]
    if since:
        known = Counter(each.sameness for each in _judged(Store(store.root, since))[0])
        fresh = []
        for problem in sorted(kept):
            known[problem.sameness] -= 1
            if known[problem.sameness] < 0:
                fresh.append(problem)
        kept, waived = fresh, []
    waived = [each for each in waived if each.problem.rule in rules]
    texts = store.reading.texts
    found = sorted(replace(each, column=place(each, texts)[0]) for each in store.located(kept))
    return Verdict(tuple(found), tuple(_located(store, waived)))


def fix(store: Store, rules: Collection[str], *, dry_run: bool = False) -> Applied:
    """Mend what the rules of these names find and what needs no guess. Raises as ``Store.apply`` does."""
    return store.apply(lambda catalog: mending.mend(catalog, MENDED & set(rules)), dry_run=dry_run)


def _judged(store: Store) -> tuple[list[Problem], list[Waived]]:
    found = store.problems((*RULES, *TASTE))
    return waive(found, store.catalog.settings.waivers)


def _located(store: Store, waived: list[Waived]) -> list[Waived]:
    places = store.located(each.problem for each in waived)
    reasons = {each.problem.sameness: each.reason for each in waived}
    return [Waived(replace(each), reasons[each.sameness]) for each in places if each.sameness in reasons]
