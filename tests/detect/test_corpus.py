"""What is found in real repositories is what was counted there by hand-checked rules."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from skillmeat.detect import Detection, detect, file_of
from skillmeat.detect.problems import PROBLEMS

from .trees import CORPUS, unbundle

EXPECTED = sorted(CORPUS.glob("expected/*.json"))
STATES = {"empty-fm": "empty"}

pytestmark = pytest.mark.skipif(not EXPECTED, reason="the corpus is not here (set SKILLMEAT_CORPUS)")


@pytest.fixture(scope="module", params=EXPECTED, ids=lambda path: path.stem)
def counted(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Detection, list[dict[str, Any]]]:
    """A repository of the corpus: what is detected, and the listing it is held against."""
    listing: Path = request.param
    bundle = CORPUS / f"{listing.stem}.bundle"
    entries, read = unbundle(bundle, tmp_path_factory.mktemp("corpus") / "repository.git")
    return detect(entries, read), json.loads(listing.read_text(encoding="utf-8"))["artifacts"]


def test_finds_exactly_what_was_counted(counted: tuple[Detection, list[dict[str, Any]]]) -> None:
    """Type and path of every entry agree, an MCP file by its servers."""
    detection, artifacts = counted
    expected = [entry for artifact in artifacts for entry in _entries(artifact)]
    assert [(str(each.type), each.path) for each in detection.found] == sorted(expected)


def test_reads_front_matter_as_it_was_counted(counted: tuple[Detection, list[dict[str, Any]]]) -> None:
    """States agree; names too, except where YAML does not parse and only the lenient reading gives one."""
    detection, artifacts = counted
    found = {each.file: each for each in detection.found if each.type in ("skill", "command", "agent")}
    for artifact in artifacts:
        if "fm" in artifact:
            entry = found[artifact["path"]]
            assert entry.state == STATES.get(artifact["fm"], artifact["fm"]), entry.path
            if artifact["name"] is not None:
                assert entry.name == artifact["name"], entry.path


def test_names_of_plugins_and_servers(counted: tuple[Detection, list[dict[str, Any]]]) -> None:
    """A plugin has its manifest's name, a server the name of its table."""
    detection, artifacts = counted
    plugins = {each.file: each.name for each in detection.found if each.type == "plugin"}
    assert plugins == {each["path"]: each["name"] for each in artifacts if each["type"] == "plugin"}
    servers = sorted((each.file, each.name) for each in detection.found if each.type == "mcp")
    assert servers == sorted(
        (each["path"], server) for each in artifacts if each["type"] == "mcp" for server in each["servers"]
    )


def test_every_entry_leads_back_to_its_file(counted: tuple[Detection, list[dict[str, Any]]]) -> None:
    """Type and path are enough to know which file an entry was read from."""
    detection, _ = counted
    for each in detection.found:
        assert file_of(each.type, each.path) == each.file


def test_every_problem_has_a_sentence(counted: tuple[Detection, list[dict[str, Any]]]) -> None:
    """Problems are codes of the table, sorted, once each."""
    detection, _ = counted
    for each in detection.found:
        assert list(each.problems) == sorted(set(each.problems) & set(PROBLEMS))


def _entries(artifact: dict[str, Any]) -> list[tuple[str, str]]:
    kind, path = artifact["type"], artifact["path"]
    match kind:
        case "skill" | "plugin":
            return [(kind, artifact["dir"] or ".")]
        case "mcp":
            return [("mcp", f"{path}#{server}") for server in artifact["servers"]]
        case "hooks":
            return [("hook", path)]
        case "marketplace":
            return []
        case _:
            return [(kind, path)]
