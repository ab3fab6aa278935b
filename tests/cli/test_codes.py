"""The table of error codes in the README is the code's own."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import skillmeat
from skillmeat import errors
from skillmeat.model import KINDS

PACKAGE = Path(skillmeat.__file__).parent
README = PACKAGE.parent / "README.md"
EXITS = {
    each.__name__: each.exit_status
    for each in vars(errors).values()
    if isinstance(each, type) and issubclass(each, errors.SkillmeatError)
} | {"asking": errors.Refused.exit_status}
NOUNS = [*(kind.noun.upper() for kind in KINDS), "GROUP", "ASSOCIATION"]
OURS = {"INVALID_ARGUMENTS": 2, "FAILED": 1, "INTERRUPTED": 130}
"""What the command line says by itself (``cli.main``)."""


def raised() -> Iterator[tuple[str, int]]:
    """Every code that is raised, one for each noun where a noun fills it in, and its exit status."""
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call):
                name = getattr(node.func, "id", getattr(node.func, "attr", ""))
                for keyword in node.keywords:
                    if keyword.arg == "code" and name in EXITS:
                        yield from ((code, EXITS[name]) for code in _codes(keyword.value))


def _codes(value: ast.expr) -> Iterator[str]:
    match value:
        case ast.Constant(value=str(code)):
            yield code
        case ast.JoinedStr():
            parts = [part.value if isinstance(part, ast.Constant) else "…" for part in value.values]
            yield from ("".join(map(str, parts)).replace("…", noun) for noun in NOUNS)
        case ast.IfExp():
            yield from _codes(value.body)
            yield from _codes(value.orelse)


def table() -> list[tuple[str, set[int]]]:
    """The rows of the table: code and exit statuses."""
    section = README.read_text().partition("\n## Error codes\n")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| `([A-Z_]+)` \| (\d+(?: or \d+)*) \| \S.* \|$", section, re.MULTILINE)
    return [(code, {int(each) for each in status.split(" or ")}) for code, status in rows]


def test_the_table_holds_every_code_and_no_other() -> None:
    """Each once, sorted, with the exit status of the errors that carry it."""
    wanted: dict[str, set[int]] = {code: {status} for code, status in OURS.items()}
    for code, status in raised():
        wanted.setdefault(code, set()).add(status)
    assert table() == sorted(wanted.items())


def test_codes_are_made_of_nouns() -> None:
    """Upper-case words; each noun has its three."""
    codes = [code for code, _ in table()]
    assert [code for code in codes if not re.fullmatch(r"[A-Z]+(_[A-Z]+)*", code)] == []
    for noun in NOUNS:
        assert {f"{noun}_NOT_FOUND", f"{noun}_ALREADY_EXISTS", f"INVALID_{noun}"} <= set(codes)
