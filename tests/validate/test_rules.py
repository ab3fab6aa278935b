"""Every rule is explained, and what can be mended without a guess is."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

import skillmeat
from skillmeat.checks.rules import EXPLAINED, MENDED
from skillmeat.store import Store
from tests.command import run
from tests.validate.test_cases import CASES, make_store, parts

PACKAGE = Path(skillmeat.__file__).parent


def test_every_rule_that_is_given_is_explained() -> None:
    """The rules in what validate says of the cases, and those that the code names, are those explained."""
    said = {
        rule
        for path in CASES
        for rule in re.findall(r"^manifests/.* \[([a-z-]+)\]$", path.read_text(), re.MULTILINE)
    }
    named = {rule for path in PACKAGE.rglob("*.py") for rule in _named(ast.parse(path.read_text()))}
    assert said | named <= EXPLAINED.keys()
    assert EXPLAINED.keys() <= said | named | {each.__name__.replace("_", "-") for each in _rules()}


def _rules() -> list[type]:
    from skillmeat.checks import RULES, TASTE

    return [*RULES, *TASTE]  # type: ignore[list-item]


def _named(tree: ast.AST) -> list[str]:
    """The rule of every ``Problem(…)`` and ``Fault(…)`` that gives it as a literal."""
    places = {"Problem": 3, "Fault": 0}
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in places:
            place = places[node.func.id]
            rule = node.args[place] if len(node.args) > place else None
            if isinstance(rule, ast.Constant):
                found.append(str(rule.value))
    return found


def test_the_explanations_are_sentences() -> None:
    for rule in EXPLAINED.values():
        assert rule.law.endswith("."), rule.name
        assert rule.why.endswith("."), rule.name
        assert "\n" not in rule.law + rule.why, rule.name


def test_a_rule_is_listed_and_explained(tmp_path: Path) -> None:
    listed = run(tmp_path, "validate", "--list-rules")
    assert [line.split("\t")[0] for line in listed.out.splitlines()].count("unknown-tag") == 1
    assert len(listed.out.splitlines()) == len(EXPLAINED)
    explained = run(tmp_path, "validate", "--explain", "unsorted-tags")
    assert "--fix" in explained.out
    assert "[[waivers]]" in explained.out
    slip = run(tmp_path, "validate", "--explain", "unknwn-tag")
    assert (slip.status, "Did you mean “unknown-tag”?" in slip.err) == (2, True)


@pytest.mark.parametrize(
    ("options", "wanted"),
    [
        (("--select", "unknown-tag"), {"unknown-tag"}),
        (("--select", "errors"), {"unknown-tag"}),
        (("--select", "warnings"), {"missing-license", "missing-description", "missing-source"}),
        (("--ignore", "missing-license,unknown-tag"), {"missing-description", "missing-source"}),
    ],
)
def test_rules_are_chosen(options: tuple[str, ...], wanted: set[str], tmp_path: Path) -> None:
    body = {"manifests/artifacts/skill/a.toml": 'name = "A"\ntags = ["none"]\n'}
    make_store(tmp_path, body)
    assert {each["rule"] for each in run(tmp_path, "validate", "--json", *options).data} == wanted


MENDABLE = [
    path for path in CASES if any(f"[{rule}]" in path.read_text().partition("== says")[2] for rule in MENDED)
]


@pytest.mark.parametrize("path", MENDABLE, ids=lambda path: path.stem)
def test_what_needs_no_guess_is_mended(path: Path, tmp_path: Path) -> None:
    """No comment goes, a second time there is nothing to do, and --diff writes nothing."""
    make_store(tmp_path, parts(path.read_text()))
    before = {each.relative_to(tmp_path): each.read_bytes() for each in tmp_path.rglob("*.toml")}
    rules = {each.rule for each in Store(tmp_path).problems()} - MENDED
    shown = run(tmp_path, "validate", "--fix", "--diff")
    assert {each.relative_to(tmp_path): each.read_bytes() for each in tmp_path.rglob("*.toml")} == before
    run(tmp_path, "validate", "--fix")
    after = {each.relative_to(tmp_path): each.read_bytes() for each in tmp_path.rglob("*.toml")}
    if path.stem not in LEFT:
        assert shown.status == 1
        assert after != before
        assert not MENDED & {each["rule"] for each in run(tmp_path, "validate", "--json").data}
    assert {each.rule for each in Store(tmp_path).problems()} - MENDED <= rules
    for name, data in before.items():
        assert data.count(b"#") == after[name].count(b"#"), name
    assert run(tmp_path, "validate", "--fix", "--diff").out == ""


LEFT = {
    "alias-is-a-slug",
    "alias-of-two",
    "association-listed-twice",
    "group-listed-twice",
    "taste-license-that-is-none",
}
"""A person has to say what is meant."""
