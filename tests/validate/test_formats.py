"""Problems as programs read them: JSON, GitHub's annotations and summary, SARIF."""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from skillmeat.checks.rules import EXPLAINED
from tests.command import run
from tests.programs import MODULES
from tests.validate.test_cases import CASES, make_store, parts

MULTITOOL = MODULES / "@microsoft" / "sarif-multitool-linux" / "Sarif.Multitool"
HOSTILE = "Name, 100%: ::error::gone ![x](https://evil.example/x.png) <img src=x> @everyone | `code`"
COMMAND = re.compile(r"^::(error|warning) ([^:\n]*)::(.*)$")


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    """A store with fourteen errors, many warnings and hostile words."""
    body = {
        f"manifests/artifacts/skill/a{number}.toml": f'name = "A{number}"\ntags = ["t{number}"]\n'
        for number in range(13)
    }
    quoted = json.dumps(HOSTILE)
    body["manifests/tags/copy.toml"] = f"name = {quoted}\n"
    body["manifests/tags/twin.toml"] = f"name = {quoted}\n"
    make_store(tmp_path, body)
    return tmp_path


def test_json_tells_what_the_text_tells(broken: Path) -> None:
    found = run(broken, "validate", "--format", "json")
    assert found.status == 1
    assert found.json["meta"] == {"count": 56, "errors": 14, "warnings": 42, "waived": 0}
    row = next(each for each in found.data if each["rule"] == "unknown-tag")
    assert (row["line"], row["column"], row["severity"], row["key"]) == (2, 9, "error", "tags[0]")


def test_annotations_keep_to_githubs_limits_and_to_their_line(broken: Path) -> None:
    """Ten of a level are commands; foreign words neither end a command nor begin one."""
    lines = run(broken, "validate", "--format", "github").out.splitlines()
    commands = [COMMAND.match(line) for line in lines if line.startswith("::")]
    assert len(lines) == 56
    assert all(commands)
    levels = [each[1] for each in commands if each]
    assert (levels.count("error"), levels.count("warning")) == (10, 10)
    assert all(line.startswith("manifests/") for line in lines if not line.startswith("::"))
    for each in commands:
        assert each is not None
        properties = dict(pair.split("=", 1) for pair in each[2].split(","))
        assert {"file", "title"} <= properties.keys() <= {"file", "line", "col", "endColumn", "title"}
        assert properties["title"] in EXPLAINED
    twin = run(broken, "validate", "--format", "github", "--select", "same-name").out
    assert "100%25: ::error::gone" in twin
    assert twin.count("\n") == 1


def test_a_summary_is_added_for_the_pull_request(
    broken: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Words of strangers are neither markup nor mentions in it."""
    summary = tmp_path / "summary.md"
    summary.write_text("before\n")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    run(broken, "validate", "--format", "github", "--select", "same-name")
    text = summary.read_text()
    assert text.startswith("before\n### Manifests: 1 error\n")
    row = next(line for line in text.splitlines() if "twin.toml" in line)
    assert len(re.findall(r"(?<!\\)\|", row)) == 5
    assert "<img" not in row
    assert "](" not in row.replace("\\](", "").replace("]\\(", "").replace("\\]\\(", "")
    assert "@everyone" not in row
    summary.write_text("")
    sound = tmp_path / "sound"
    make_store(sound, {})
    run(sound, "validate", "--format", "github")
    assert "Nothing is wrong" in summary.read_text()


def _sarif(root: Path) -> Any:
    return json.loads(run(root, "validate", "--format", "sarif").out)


@pytest.mark.parametrize("name", ["waivers", None])
def test_sarif_is_what_its_makers_validator_accepts(name: str | None, tmp_path: Path, broken: Path) -> None:
    root = broken
    if name:
        root = tmp_path / "case"
        make_store(root, parts(next(path for path in CASES if path.stem.endswith(name)).read_text()))
    log = _sarif(root)
    driver, results = log["runs"][0]["tool"]["driver"], log["runs"][0]["results"]
    assert [rule["id"] for rule in driver["rules"]] == list(EXPLAINED)
    for result in results:
        assert driver["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
        place = result["locations"][0]["physicalLocation"]
        assert (root / place["artifactLocation"]["uri"]).exists()
    assert len({json.dumps(each["partialFingerprints"]) for each in results}) == len(results)
    if name == "waivers":
        assert [each["suppressions"][0]["justification"] for each in results if "suppressions" in each]
    if not MULTITOOL.is_file():
        pytest.skip("The SARIF validator is not installed (tests/node)")
    MULTITOOL.chmod(0o755)
    file = tmp_path / "log.sarif"
    file.write_text(json.dumps(log))
    environment = {**os.environ, "DOTNET_SYSTEM_GLOBALIZATION_INVARIANT": "1"}
    done = subprocess.run(
        [MULTITOOL, "validate", file], capture_output=True, text=True, env=environment, check=False
    )
    assert "Analysis completed successfully" in done.stdout
    assert not re.findall(r": error .*", done.stdout)
    file.write_text(json.dumps(log).replace('"name": "skillmeat"', '"name": 1'))
    done = subprocess.run(
        [MULTITOOL, "validate", file], capture_output=True, text=True, env=environment, check=False
    )
    assert re.findall(r": error .*", done.stdout), "the validator notices nothing"


FAILURES = {
    "NO_STORE": (("validate",), "STORE_NOT_FOUND", 3),
    "NO_RULE": (("validate", "--select", "none"), "INVALID_ARGUMENTS", 2),
    "NO_OPTION": (("validate", "--none"), "INVALID_ARGUMENTS", 2),
    "NO_REVISION": (("validate", "--since", "none"), "REVISION_NOT_FOUND", 3),
}


@pytest.mark.parametrize("failure", FAILURES)
def test_an_error_is_told_in_the_form_that_is_asked_for(failure: str, tmp_path: Path) -> None:
    """JSON is one object on stderr; SARIF and GitHub's commands are on stdout, the sentence on stderr."""
    arguments, code, status = FAILURES[failure]
    if failure != "NO_STORE":
        make_store(tmp_path, {})
        subprocess.run(["git", "init", "-q", tmp_path], check=True)
    plain = run(tmp_path, *arguments)
    assert (plain.status, plain.out, plain.err.startswith("error: ")) == (status, "", True)
    for form in (("--json",), ("--format", "json"), ("--format=json",)):
        told = run(tmp_path, *arguments, *form)
        assert (told.status, told.out, told.error.keys()) == (status, "", {"error", "detail", "code"})
        assert told.error["code"] == code

    for form in (("--format", "sarif"), ("--format=sarif",)):
        told = run(tmp_path, *arguments, *form)
        assert (told.status, told.err) == (status, plain.err)
        (entry,) = told.json["runs"]
        assert "results" not in entry
        (invocation,) = entry["invocations"]
        assert invocation["executionSuccessful"] is False
        (notification,) = invocation["toolExecutionNotifications"]
        assert notification["descriptor"] == {"id": code}
        assert notification["message"]["text"].split() == plain.err.removeprefix("error: ").split()

    told = run(tmp_path, *arguments, "--format", "github")
    assert (told.status, told.err) == (status, plain.err)
    (line,) = told.out.splitlines()
    assert line.startswith(f"::error title={code}::")


def test_a_run_that_finds_something_was_successful_all_the_same(broken: Path) -> None:
    assert _sarif(broken)["runs"][0]["invocations"] == [{"executionSuccessful": True}]


def test_a_value_that_is_not_the_option_of_a_form_asks_for_none(tmp_path: Path) -> None:
    assert run(tmp_path, "log", "--", "--json").err.startswith("error: ")
    assert run(tmp_path, "diff", "--format", "markdown").err.startswith("error: ")
    assert run(tmp_path, "diff", "--format", "json").error["code"] == "STORE_NOT_FOUND"
