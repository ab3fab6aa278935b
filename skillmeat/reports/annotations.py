"""Problems as GitHub shows them on a pull request: workflow commands, and a summary in Markdown.

The commands and their escapes are those of the Actions toolkit; GitHub shows ten errors and ten warnings of a
step at most, so the rest are plain lines and stand in the summary, which may have 1 MiB.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from skillmeat.problem import Problem
from skillmeat.reports.excerpt import place
from skillmeat.reports.markup import code, words
from skillmeat.text import one_line, plural, shorten

SHOWN: Final = 10
"""How many annotations of a level GitHub shows for a step."""

MOST_ROWS: Final = 500
LONGEST: Final = 4_000
_SIGNS: Final = {"error": "❌", "warning": "⚠️"}


def commands(problems: Sequence[Problem], texts: Mapping[str, bytes]) -> Iterator[str]:
    """A line for each problem: a workflow command for those that GitHub will show, plain for the others."""
    left = {"error": SHOWN, "warning": SHOWN}
    for problem in problems:
        if left[problem.severity]:
            left[problem.severity] -= 1
            yield _command(problem, texts)
        else:
            yield one_line(f"{problem.where}: {problem.severity}: {sentence(problem)} [{problem.rule}]")


def sentence(problem: Problem) -> str:
    """What is wrong and what to do, in one line."""
    key = f"{problem.key}:" if problem.key else ""
    return one_line(" ".join(part for part in (key, problem.message, problem.fix) if part))


def failed(code: str, text: str) -> str:
    """The workflow command for an error that kept anything from being judged."""
    lines = (one_line(line) for line in shorten(text, LONGEST).split("\n"))
    return f"::error title={_property(code)}::{_data(chr(10).join(lines))}"


def summary(problems: Sequence[Problem], good: str) -> str:
    """What goes to ``$GITHUB_STEP_SUMMARY``: a heading and a table, or that all is well."""
    if not problems:
        return f"### Manifests\n\n✅ {good}\n"
    counts = [
        plural(count, name)
        for name in ("error", "warning")
        if (count := sum(each.severity == name for each in problems))
    ]
    rows = [
        f"| {_SIGNS[each.severity]} | {code(each.where)} | {_words(each)} | `{each.rule}` |"
        for each in problems[:MOST_ROWS]
    ]
    more = [f"\nand {len(problems) - MOST_ROWS:,} more"] if len(problems) > MOST_ROWS else []
    return "\n".join(
        [
            f"### Manifests: {' and '.join(counts)}",
            "",
            "| | where | what | rule |",
            "|---|---|---|---|",
            *rows,
            *more,
            "",
        ]
    )


def _command(problem: Problem, texts: Mapping[str, bytes]) -> str:
    properties = {"file": problem.path}
    if problem.line:
        start, end = place(problem, texts)
        properties |= {"line": str(problem.line), "col": str(start)}
        if end > start:
            properties["endColumn"] = str(end)
    properties["title"] = problem.rule
    listed = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    return f"::{problem.severity} {listed}::{_data(shorten(sentence(problem), LONGEST))}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(one_line(text)).replace(":", "%3A").replace(",", "%2C")


def _words(problem: Problem) -> str:
    key = f"{code(problem.key)}: " if problem.key else ""
    return f"{key}{words(problem.message)} {words(problem.fix)}".strip()
