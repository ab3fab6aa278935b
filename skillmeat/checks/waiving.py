"""Warnings that the curators decided to live with, each with a reason in ``skillmeat.toml``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from skillmeat.catalog import nearest
from skillmeat.checks.rules import EXPLAINED
from skillmeat.finding import FOLDER
from skillmeat.model import Waiver
from skillmeat.problem import Problem

SETTINGS = f"{FOLDER}/skillmeat.toml"


@dataclass(frozen=True, slots=True)
class Waived:
    """A warning that is not given, and the reason."""

    problem: Problem
    reason: str


def waive(problems: Iterable[Problem], waivers: Sequence[Waiver]) -> tuple[list[Problem], list[Waived]]:
    """The problems that stand, and the warnings that are waived.

    A waiver that names no rule, or a rule that cannot be waived, is an error among the first; one that
    waives nothing is a warning.
    """
    kept: list[Problem] = []
    waived: list[Waived] = []
    patterns = [(each, _pattern(each.path)) for each in waivers]
    used: set[Waiver] = set()
    for problem in problems:
        fitting = [
            each
            for each, pattern in patterns
            if each.rule == problem.rule and problem.severity == "warning" and pattern.fullmatch(problem.path)
        ]
        if fitting:
            used.update(fitting)
            waived.append(Waived(problem, fitting[0].reason))
        else:
            kept.append(problem)
    kept += [_fault(place, each) for place, each in enumerate(waivers) if each not in used]
    return kept, waived


def _fault(place: int, waiver: Waiver) -> Problem:
    """What is wrong with a waiver that waives nothing."""
    known = EXPLAINED.get(waiver.rule)
    key, taste = (
        f"waivers[{place}].rule",
        [name for name, each in EXPLAINED.items() if each.severity == "warning"],
    )
    if known is None:
        near = nearest(waiver.rule, taste, most=1)
        fix = f"Did you mean “{near[0]}”?" if near else "“skillmeat validate --list-rules” lists them."
        return Problem(SETTINGS, 0, 0, "unknown-rule", key, f"There is no rule “{waiver.rule}”.", fix)
    if known.severity == "error":
        message = f"“{waiver.rule}” cannot be waived: what breaks it cannot be published."
        return Problem(SETTINGS, 0, 0, "unknown-rule", key, message, "Mend what it finds, and take this out.")
    return Problem(
        SETTINGS, 0, 0, "unused-waiver", f"waivers[{place}]", "It waives nothing.", "Take it out.", "warning"
    )


def _pattern(path: str | None) -> re.Pattern[str]:
    if path is None:
        return re.compile(".*", re.DOTALL)
    parts = re.split(r"(\*\*/?|\*)", path.removeprefix(f"{FOLDER}/"))
    signs = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*"}
    return re.compile(re.escape(f"{FOLDER}/") + "".join(signs.get(each, re.escape(each)) for each in parts))
