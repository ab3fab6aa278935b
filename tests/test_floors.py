"""The package's floors: imports go down only, and each outside library has its one place (DESIGN.md 2)."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import skillmeat

PACKAGE = Path(skillmeat.__file__).parent

FLOORS = (
    (
        "alike",
        "caching",
        "errors",
        "files",
        "highlighting",
        "licenses",
        "cleaning",
        "text",
        "places",
        "differences",
        "finding",
        "observe",
        "problem",
        "processes",
        "tree",
        "words",
        "scalars",
        "colors",
        "model",
    ),
    ("catalog", "manifest", "lock", "theme"),
    (
        "history",
        "merging",
        "checks",
        "edits",
        "views",
        "shapes",
        "remote",
        "frontmatter",
        "markdown",
        "detect",
        "remembered",
        "loading",
        "foreign",
        "comparison",
        "codeowners",
        "gh",
    ),
    (
        "store",
        "judging",
        "surroundings",
        "formatting",
        "resolving",
        "schemas",
        "github",
        "migration",
        "reports",
        "health",
        "forges",
    ),
    ("sources", "site", "validation", "chronicle"),
    ("cli",),
)

HOMES = {
    "click": {"cli"},
    "jinja2": {"site"},
    "git": {"history"},
    "tomlkit": {"manifest", "lock"},
    "tomli": {"manifest", "lock"},
    "httpx": {"github"},
    "nh3": {"cleaning"},
    "comrak": {"markdown"},
    "packaging": {"licenses"},
    "pygments": {"highlighting"},
    "yaml": {"frontmatter"},
    "watchfiles": {"site"},
    "rich": {"cli"},
    "subprocess": {"remote", "gh", "history"},
    "opentelemetry": {"observe"},
}
"""The only top-level modules in which a library may be imported."""

MODULES = sorted(path for path in PACKAGE.rglob("*.py") if path.name not in ("__main__.py",))


def imported(path: Path) -> Iterator[str]:
    """Every module that a file imports, wherever in it, by its full name."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            yield from (f"{node.module}.{name.name}" for name in node.names)


def floor_of(module: str) -> int:
    found = [floor for floor, names in enumerate(FLOORS) if module in names]
    assert found, f"skillmeat.{module} stands on no floor: add it to FLOORS"
    return found[0]


def top(path: Path) -> str:
    return path.relative_to(PACKAGE).with_suffix("").parts[0]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_imports_go_down(path: Path) -> None:
    """A module imports from the floors below its own, from its own package, and as SIDEWAYS says."""
    if path == PACKAGE / "__init__.py":
        return
    here = top(path)
    for name in imported(path):
        parts = name.split(".")
        if parts[0] != "skillmeat" or len(parts) == 1 or parts[1] in (here, "__version__"):
            continue
        there = parts[1]
        assert floor_of(there) < floor_of(here) or (here, there) in SIDEWAYS, f"{here} imports {there}"


SIDEWAYS = {
    ("model", "scalars"),
    ("model", "words"),
    ("scalars", "text"),
    ("scalars", "words"),
    ("alike", "text"),
    ("cleaning", "text"),
    ("files", "errors"),
    ("files", "text"),
    ("tree", "errors"),
    ("observe", "text"),
    ("manifest", "catalog"),
    ("lock", "manifest"),
    ("loading", "remembered"),
    ("detect", "frontmatter"),
    ("views", "history"),
    ("views", "shapes"),
    ("edits", "checks"),
    ("store", "schemas"),
    ("store", "surroundings"),
    ("judging", "surroundings"),
    ("edits", "foreign"),
    ("site", "sources"),
    ("comparison", "views"),
    ("chronicle", "validation"),
}
"""The imports within a floor that there are; a new one is a decision, made here."""


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_a_library_stays_at_home(path: Path) -> None:
    """click is imported in cli/ alone, jinja2 in site/, GitPython in history, and so on."""
    for name in imported(path):
        library = name.split(".")[0]
        assert top(path) in HOMES.get(library, {top(path)}), f"{top(path)} imports {library}"


def test_no_module_has_two_purposes() -> None:
    """A file near 400 lines is split."""
    long = {str(path): count for path in MODULES if (count := len(path.read_text().splitlines())) > 400}
    assert long == {}


def test_the_readme_shows_the_floors() -> None:
    """The table of floors in the README names every module, on the floor where it stands."""
    rows = re.findall(r"^\| (\d) \| (.+) \|$", (PACKAGE.parent / "README.md").read_text(), re.MULTILINE)
    shown = {int(floor): set(re.findall(r"`(\w+)/?`", named)) for floor, named in rows}
    assert shown == {floor: set(names) for floor, names in enumerate(FLOORS)}
