"""Bytes of a foreign file to a table, or to the reason why not. Never raises, whatever the bytes are."""

from __future__ import annotations

import json
from typing import Any

from skillmeat.manifest import parse
from skillmeat.problem import Problem
from skillmeat.text import one_line, plural, shorten

LIMIT = 8 * 1024 * 1024
"""The size in bytes above which a foreign file is not read: the largest marketplace known has 200 KB."""

_DEPTH = 32


def decoded(data: bytes, name: str) -> dict[str, Any] | str:
    """The object in a JSON file (``name`` ends in .json) or the table in a TOML file, or why there is none.

    Numbers in JSON become text. Of a key that stands twice the last counts.
    """
    if len(data) > LIMIT:
        return f"it has {plural(len(data), 'byte')}; at most {LIMIT:,} are read"
    if not name.endswith(".json"):
        table = parse(data, "", LIMIT)
        return _said(table) if isinstance(table, Problem) else table
    try:
        value = json.loads(
            data.decode("utf-8-sig"), strict=False, parse_int=str, parse_float=str, parse_constant=str
        )
    except RecursionError:
        return "it is nested too deep"
    except ValueError as error:
        return f"it is not JSON ({one_line(shorten(str(error), 100))})"
    if not isinstance(value, dict):
        return "it holds no object"
    return "it is nested too deep" if _is_deep(value, _DEPTH) else value


def _said(problem: Problem) -> str:
    where = f" in line {problem.line}" if problem.line else ""
    return f"it cannot be read{where} ({problem.message.rstrip('.')})"


def _is_deep(value: object, levels: int) -> bool:
    if isinstance(value, dict):
        value = list(value.values())
    if not isinstance(value, list):
        return False
    return not levels or any(_is_deep(each, levels - 1) for each in value if isinstance(each, dict | list))
