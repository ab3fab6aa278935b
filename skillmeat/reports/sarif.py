"""Problems as SARIF 2.1.0 (OASIS), which code scanning takes.

Paths are relative to the store's root, ``%SRCROOT%``; columns count Unicode code points from 1. What is
waived is there as well, suppressed, with its reason.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any, Final
from urllib.parse import quote

from skillmeat import __version__
from skillmeat.checks.rules import EXPLAINED
from skillmeat.checks.waiving import Waived
from skillmeat.problem import Problem
from skillmeat.reports.annotations import sentence
from skillmeat.reports.excerpt import place
from skillmeat.text import block, one_line, shorten

MOST: Final = 25_000
"""GitHub takes so many results of a run; errors come first."""

Json = dict[str, Any]


def sarif(problems: Sequence[Problem], waived: Sequence[Waived], texts: Mapping[str, bytes]) -> Json:
    """One log with one run."""
    places = {name: place for place, name in enumerate(EXPLAINED)}
    ordered = sorted(problems, key=lambda each: each.severity)[:MOST]
    results = [_result(each, places, texts) for each in ordered]
    for each in waived[: MOST - len(results)]:
        suppression = {"kind": "external", "justification": one_line(each.reason)}
        results.append({**_result(each.problem, places, texts), "suppressions": [suppression]})
    return _log({"invocations": [{"executionSuccessful": True}], "results": results})


def failed(code: str, text: str) -> Json:
    """The log of a run that an error kept from judging anything; ``results`` are not known then."""
    notification = {
        "level": "error",
        "message": {"text": shorten(block(text), 4_000)},
        "descriptor": {"id": code},
    }
    return _log(
        {"invocations": [{"executionSuccessful": False, "toolExecutionNotifications": [notification]}]}
    )


def _log(run: Json) -> Json:
    return {
        "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": _driver()},
                "columnKind": "unicodeCodePoints",
                "originalUriBaseIds": {"%SRCROOT%": {"description": {"text": "The root of the store."}}},
                **run,
            }
        ],
    }


def _driver() -> Json:
    return {
        "name": "skillmeat",
        "version": __version__,
        "rules": [
            {
                "id": rule.name,
                "name": "".join(part.capitalize() for part in rule.name.split("-")),
                "shortDescription": {"text": rule.law},
                "fullDescription": {"text": f"{rule.law} {rule.why}"},
                "help": {"text": rule.why},
                "defaultConfiguration": {"level": rule.severity},
            }
            for rule in EXPLAINED.values()
        ],
    }


def _result(problem: Problem, places: Mapping[str, int], texts: Mapping[str, bytes]) -> Json:
    text = sentence(problem)
    text = text.replace("](", "] (")  # not a link: what is quoted may come from a stranger
    result: Json = {
        "ruleId": problem.rule,
        "level": problem.severity,
        "message": {"text": shorten(text, 4_000)},
    }
    if problem.rule in places:
        result["ruleIndex"] = places[problem.rule]
    location: Json = {"artifactLocation": {"uri": quote(problem.path), "uriBaseId": "%SRCROOT%"}}
    if problem.line:
        start, end = place(problem, texts)
        location["region"] = {"startLine": problem.line, "startColumn": max(start, 1)}
        if end > start:
            location["region"]["endColumn"] = end
    result["locations"] = [{"physicalLocation": location}]
    same = "\0".join((*problem.sameness, problem.key))
    result["partialFingerprints"] = {
        "sameness/v1": hashlib.sha256(same.encode("utf-8", "replace")).hexdigest()[:32]
    }
    return result
