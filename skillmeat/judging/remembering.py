"""A judgement as it is remembered."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from skillmeat import files
from skillmeat.catalog import Catalog
from skillmeat.checks.reads import bare
from skillmeat.judging.judgement import Base, Found, Judgement, kind_at
from skillmeat.loading import LOCK, content_at, read_lock, taken
from skillmeat.model import KINDS, Lock, Record
from skillmeat.problem import Problem
from skillmeat.remembered import Memory


def to_remember(judgement: Judgement, settings: str, *, has_lock: bool) -> dict[str, Any]:
    def rows(found: Found) -> dict[str, list[tuple[object, ...]]]:
        return {
            key: [
                (
                    each.path,
                    each.line,
                    each.column,
                    each.rule,
                    each.key,
                    each.message,
                    each.fix,
                    each.severity,
                )
                for each in listed_
            ]
            for key, listed_ in found.items()
            if listed_
        }

    return {
        "settings": settings,
        "own": rows(judgement.own),
        "across": rows(judgement.across),
        "content": judgement.content,
        "counts": judgement.counts,
        "unreadable": sorted(judgement.unreadable),
        "has_lock": has_lock,
    }


def recalled(reader: files.Reader, memory: Memory, base: Base) -> tuple[Judgement, bool] | None:
    """What was found before, if the settings were the same; and whether there was a lock."""
    held = memory.judged
    try:
        if held is None or held["settings"] != base.text:
            return None
        counts = {kind.plural: int(held["counts"][kind.plural]) for kind in KINDS}
        own, across = _problems(held["own"]), _problems(held["across"])
        content = {_text(path): _text(where) for path, where in held["content"].items()}
        unreadable = frozenset(_text(path) for path in held["unreadable"])
        has_lock = bool(held["has_lock"])
    except (KeyError, TypeError, ValueError, AttributeError):
        return None
    if sum(counts.values()) != len([path for path in memory.paths if path != LOCK]):
        return None

    @cache
    def catalog(with_lock: bool) -> Catalog:
        records: dict[str, dict[str, Record]] = {kind.plural: {} for kind in KINDS}
        for path in memory.paths:
            if path != LOCK and (record := memory.record(path) or _read_now(reader, path)):
                records[kind_at(path).plural][record.id] = bare(record)
        lock = read_lock(reader, memory, bare)[0] if with_lock else None
        return Catalog(
            settings=base.settings,
            lock=lock or Lock(),
            unreadable=unreadable,
            **records,  # type: ignore[arg-type]  # each dict holds the records of its own kind
        )

    found = Judgement(
        base.settings, unreadable, {}, own, across, content, counts, memory.record, catalog, base.texts
    )
    return found, has_lock


def _problems(found: Mapping[str, Any]) -> dict[str, list[Problem]]:
    return {_text(key): [_problem(*row) for row in rows] for key, rows in found.items()}


def _problem(
    path: Any, row: Any, column: Any, rule: Any, key: Any, message: Any, fix: Any, how: Any
) -> Problem:
    if type(row) is not int or type(column) is not int:
        raise TypeError(row)
    severity = "warning" if how == "warning" else "error"
    return Problem(_text(path), row, column, *map(_text, (rule, key, message, fix)), severity)  # type: ignore[call-arg,arg-type]


def _text(value: Any) -> str:
    if type(value) is not str:
        raise TypeError(value)
    return value


def _read_now(reader: files.Reader, path: str) -> Record | None:
    return taken(kind_at(path), path, content_at(reader, path))[0]
