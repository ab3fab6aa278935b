"""What a change means, for a terminal, for a pull request and for programs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from skillmeat.comparison.catalogs import Comparison, Deed
from skillmeat.reports.markup import code, words
from skillmeat.text import one_line, plural

SIGNS: Final = {"added": "+", "removed": "-", "renamed": ">", "changed": "~"}
MOST_IN_COMMENT: Final = 60_000
"""GitHub takes a comment of 65,536 characters."""

_HOW: Final = (("appear", "new"), ("change", "changed"), ("go", "gone"))


def lines(deeds: Iterable[Deed]) -> Iterator[str]:
    """A line for each record, and one below it for each difference, indented; safe to print."""
    for deed in deeds:
        yield one_line(f"{SIGNS[deed.action]} {headline(deed)}")
        yield from (one_line(f"    {detail.text}") for detail in deed.details)


def headline(deed: Deed) -> str:
    """Which record, and what it is called."""
    who = f"{deed.was} → {deed.id}" if deed.was else deed.id
    who = who if deed.noun in ("artifact", "file", "settings") else f"{deed.noun} {who}"
    return f"{who}  {deed.name}" if deed.name and deed.noun != "settings" else who


def text(found: Comparison, *, whole: bool = False) -> Iterator[str]:
    """The comparison for a terminal; ``whole`` lists every address."""
    yield from lines(found.deeds)
    if found.broken:
        yield ""
        yield f"Adds {plural(len(found.broken), 'problem')}:"
        for each in found.broken:
            yield one_line(f"  {each.where}: {each.severity}: {each.message} {each.fix} [{each.rule}]")
    if found.needs:
        yield ""
        yield "Needs:"
        yield from (one_line(f"  {need}") for need in found.needs)
    yield ""
    for what, name in (("pages", "Pages"), ("api", "API files")):
        counts = [f"{len(found.reach[what][how]):,} {said}" for how, said in _HOW if found.reach[what][how]]
        yield f"{name}: {', '.join(counts) or 'the same'}"
        if whole:
            yield from (
                f"  {sign} {address}"
                for (how, _), sign in zip(_HOW, "+~-", strict=True)
                for address in found.reach[what][how]
            )


def markdown(found: Comparison) -> str:
    """The comparison as a comment on a pull request: no word of a stranger is markup or a mention in it."""
    if not found.deeds and not found.broken:
        return "### Catalog\n\nNothing in the catalog changes.\n"
    parts = ["### Catalog\n", f"**{words(found.summary)}**\n"]
    if found.broken:
        parts.append(f"#### Adds {plural(len(found.broken), 'problem')}\n")
        parts += [
            f"- {code(each.where)}: {words(each.message)} {words(each.fix)} ({code(each.rule)})"
            for each in found.broken[:50]
        ]
        parts += [f"- and {len(found.broken) - 50} more"] * (len(found.broken) > 50) + [""]
    if found.mended:
        parts.append(f"Mends {plural(found.mended, 'problem')}.\n")
    if found.needs:
        parts += ["#### Needs\n", *(f"- {words(need)}" for need in found.needs), ""]
    for action in SIGNS:
        several = [deed for deed in found.deeds if deed.action == action]
        if several:
            parts += [f"#### {action.capitalize()}\n", *_listed(several), ""]
    return _cut("\n".join(parts), "\n".join(_reached(found)))


def as_json(found: Comparison) -> dict[str, Any]:
    """The comparison as data."""
    return {
        "summary": found.summary,
        "deeds": [deed_as_json(deed) for deed in found.deeds],
        "problems": [
            {
                "path": each.path,
                "line": each.line or None,
                "column": each.column or None,
                "severity": each.severity,
                "rule": each.rule,
                "message": each.message,
                "fix": each.fix or None,
            }
            for each in found.broken
        ],
        "mended": found.mended,
        "needs": list(found.needs),
        "reach": {
            what: {how: list(each) for how, each in ways.items()} for what, ways in found.reach.items()
        },
    }


def deed_as_json(deed: Deed) -> dict[str, Any]:
    """What happened to one record, as data."""
    return {
        "noun": deed.noun,
        "id": deed.id,
        "was": deed.was or None,
        "name": deed.name or None,
        "action": deed.action,
        "details": [
            {"what": each.what, "text": each.text, "before": each.before, "after": each.after}
            for each in deed.details
        ],
    }


def _listed(deeds: Sequence[Deed]) -> Iterator[str]:
    for deed in deeds:
        noun = "" if deed.noun == "artifact" else f"{deed.noun} "
        was = f"{code(deed.was)} → " if deed.was else ""
        name = f" {words(deed.name)}" if deed.name and deed.noun != "settings" else ""
        yield f"- {noun}{was}{code(deed.id)}{name}"
        yield from (f"  - {words(detail.text)}" for detail in deed.details[:30])
        if len(deed.details) > 30:
            yield f"  - and {len(deed.details) - 30} more"


def _reached(found: Comparison) -> Iterator[str]:
    for what, name in (("pages", "Pages"), ("api", "API files")):
        ways = found.reach.get(what, {})
        counts = [f"{len(ways[how]):,} {said}" for how, said in _HOW if ways.get(how)]
        if not counts:
            continue
        yield f"<details><summary>{name}: {', '.join(counts)}</summary>\n"
        for how, said in _HOW:
            shown = ways.get(how, ())
            yield from (f"- {said}: {code(address)}" for address in shown[:50])
            if len(shown) > 50:
                yield f"- and {len(shown) - 50:,} more {said}"
        yield "\n</details>\n"


def _cut(body: str, tail: str) -> str:
    if len(body) + len(tail) <= MOST_IN_COMMENT:
        return f"{body}\n{tail}"
    kept = body[:MOST_IN_COMMENT].rpartition("\n")[0]
    more = body.count("\n") - kept.count("\n")
    return f"{kept}\n\nand {plural(more, 'line')} more; “skillmeat diff” prints them all.\n" if more else body
