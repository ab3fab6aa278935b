"""The JSON Schemas of manifests: what they let through, in the tools that editors use, is what is valid."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from importlib.metadata import distribution
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from jsonschema import Draft202012Validator

from skillmeat import manifest, schemas
from skillmeat.model import KINDS, Record, Settings, kind_of
from tests.command import succeed
from tests.manifest.cases import data, read_cases
from tests.manifest.records import records
from tests.validate.test_cases import CASES, SOUND, parts

ROOT = Path(__file__).parents[2]
TOOLS = {"taplo": ("lint", "--colors", "never"), "tombi": ("lint", "--offline")}

OF_ONE_FILE = {
    "format",
    "invalid-value",
    "listed-twice",
    "missing-key",
    "not-utf8",
    "toml-syntax",
    "unknown-key",
    "unmerged",
}
"""The rules that judge a manifest by itself; the others need the rest of the store."""

UNSEEN = {
    "an unresolved merge inside a string": "a text is a text",
    "association-listed-twice": "tables are equal only when all of their keys are",
    "group-listed-twice": "tables are equal only when all of their keys are",
    "hidden-characters": "the pattern of them would be longer than the schema",
    "member-listed-twice": "a member is a text or a table",
}
"""The broken manifests that a schema cannot tell from sound ones, and why."""


class Manifest(NamedTuple):
    """``noun`` names its schema; ``sound`` says whether skillmeat finds nothing wrong with the file."""

    case: str
    noun: str
    text: bytes
    sound: bool


def manifests() -> Iterator[Manifest]:
    """Every manifest of the tests that are about what is wrong with one, and this repository's own."""
    for case in read_cases("broken.txt"):
        yield Manifest(case.name, case.kind, data(case.parts[0]), False)
    for path, body in parts(SOUND.read_text()).items():
        if noun := noun_at(path):
            yield Manifest("sound", noun, body.encode(), True)
    for file in CASES:
        case = parts(file.read_text())
        for path, body in case.items():
            if noun := noun_at(path):
                said = re.findall(rf"^{re.escape(path)}:.*\[([a-z0-9-]+)\]$", case["says"], re.MULTILINE)
                yield Manifest(file.stem, noun, data(body), not OF_ONE_FILE.intersection(said))
    for file in sorted((ROOT / "manifests").rglob("*.toml")):
        if noun := noun_at(file.relative_to(ROOT).as_posix()):
            yield Manifest("ours", noun, file.read_bytes(), True)


def noun_at(path: str) -> str:
    """The noun of the manifest at a path; none for a file that is not read."""
    if path == manifest.SETTINGS_PATH:
        return "settings"
    for kind in KINDS:
        if path.startswith(f"manifests/{kind.plural}/") and path.count("/") == kind.depth + 1:
            return kind.noun if path.endswith(".toml") else ""
    return ""


def program(tool: str) -> Path:
    """The tool as pip installed it, wherever that is."""
    files = distribution(tool).files or []
    return Path(str(next(each.locate() for each in files if each.name.partition(".")[0] == tool)))


def refused(tool: str, root: Path, texts: dict[str, bytes]) -> set[str]:
    """The files that a tool finds fault with, offline, each with the line that leads to its schema."""
    for path, text in {**texts, **schemas.files()}.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(text or b"")
    ran = subprocess.run(
        [program(tool), *TOOLS[tool], *texts], cwd=root, capture_output=True, timeout=300, check=False
    )
    said = (ran.stdout + ran.stderr).decode(errors="replace")
    found = {path for path in texts if f"{path}:" in said or f'{path}"' in said}
    assert bool(found) == (ran.returncode != 0), said
    return found


@pytest.mark.parametrize("tool", TOOLS)
def test_an_editors_tool_refuses_what_we_refuse(tool: str, tmp_path: Path) -> None:
    """Sound manifests pass; broken ones do not, but for those that only a program can tell."""
    found = list(manifests())
    heads = {kind.noun: f"#:schema ../.schemas/{kind.noun}.json\n" for kind in KINDS}
    heads["settings"] = "#:schema ../.schemas/skillmeat.json\n"
    texts = {
        f"manifests/{each.noun}/{place}.toml": heads[each.noun].encode() + each.text
        for place, each in enumerate(found)
    }
    faults = refused(tool, tmp_path, texts)
    told = {
        path: (each.case, path in faults) for path, each in zip(texts, found, strict=True) if not each.sound
    }
    assert [each.case for path, each in zip(texts, found, strict=True) if each.sound and path in faults] == []
    assert {case for case, seen in told.values() if not seen} == set(UNSEEN)
    assert sum(each.sound for each in found) > 200
    assert sum(not each.sound for each in found) > 60


@settings(max_examples=200)
@given(records())
def test_every_valid_record_passes(part: Record | Settings) -> None:
    name = "skillmeat" if isinstance(part, Settings) else kind_of(part).noun
    values = json.loads(json.dumps(manifest.plain(part), default=lambda moment: moment.isoformat()))
    assert [each.message for each in VALIDATORS[name].iter_errors(values)] == []


VALIDATORS = {
    name: Draft202012Validator(schemas.schema(name), format_checker=Draft202012Validator.FORMAT_CHECKER)
    for name in schemas.PARTS
}


def test_the_schemas_in_the_repository_are_those_of_the_models() -> None:
    """``make schemas`` writes them anew."""
    committed = {path.name: path.read_bytes() for path in (ROOT / "schemas").iterdir()}
    assert committed == schemas.texts()


@pytest.mark.parametrize("name", schemas.PARTS)
def test_a_schema_helps_whoever_writes_a_manifest(name: str) -> None:
    """It says what each key is for and allows no other; its examples and defaults are valid."""
    whole = schemas.schema(name)
    Draft202012Validator.check_schema(whole)
    assert "$ref" not in json.dumps(whole)
    keys = {key for key in schemas.PARTS[name].model_fields if key != "id"}
    assert set(whole["properties"]) == keys
    for table in tables(whole):
        assert table["additionalProperties"] is False
        for key, value in table["properties"].items():
            assert value.get("description"), f"{name}: {key} says nothing"
            checked = Draft202012Validator(value)
            for example in [*value.get("examples", []), *([value["default"]] if "default" in value else [])]:
                assert list(checked.iter_errors(example)) == [], f"{name}: {key}"


def tables(schema: Any) -> Iterator[dict[str, Any]]:
    """Every schema of a table, at whatever depth."""
    if isinstance(schema, dict):
        if "properties" in schema and "type" in schema:
            yield schema
        for each in schema.values():
            yield from tables(each)
    elif isinstance(schema, list):
        for each in schema:
            yield from tables(each)


def test_words_that_are_chosen_from_say_what_they_mean() -> None:
    trust = schemas.schema("source")["properties"]["trust_level"]
    assert trust["enum"] == ["untrusted", "basic", "verified", "official"]
    assert "- basic: Trusted to a degree." in trust["description"]
    assert len(trust["x-taplo"]["docs"]["enumValues"]) == 4


# ------------------------------------------------------------------- stores


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """A new store with one of everything, made on the command line."""
    succeed(tmp_path, "init")
    for line in (
        "tag create PDF",
        "source add https://github.com/acme/skills --name Acme",
        "artifact create skill PDF-tools --tag pdf",
        "artifact create skill OCR",
        "association create skill/pdf-tools skill/ocr --type requires",
        "collection create Starter",
        "collection add starter skill/ocr",
        "group create starter Design",
    ):
        succeed(tmp_path, *line.split())
    return tmp_path


def heads(root: Path) -> dict[str, str]:
    """The first line of every manifest."""
    found = sorted((root / "manifests").rglob("*.toml"))
    return {
        path.relative_to(root / "manifests").as_posix(): path.read_text().split("\n")[0] for path in found
    }


def test_every_new_manifest_leads_an_editor_to_its_schema(store: Path) -> None:
    assert heads(store) == {
        "artifacts/skill/ocr.toml": "#:schema ../../.schemas/artifact.json",
        "artifacts/skill/pdf-tools.toml": "#:schema ../../.schemas/artifact.json",
        "collections/starter.toml": "#:schema ../.schemas/collection.json",
        "skillmeat.toml": "#:schema ./.schemas/skillmeat.json",
        "sources/acme.toml": "#:schema ../.schemas/source.json",
        "tags/pdf.toml": "#:schema ../.schemas/tag.json",
    }
    texts = {f"manifests/{path}": (store / "manifests" / path).read_bytes() for path in heads(store)}
    assert {tool: refused(tool, store, texts) for tool in TOOLS} == {"taplo": set(), "tombi": set()}


@pytest.mark.parametrize("gap", ["\n\n", "\n"])
def test_the_line_stays_at_the_head(gap: str, store: Path) -> None:
    """Through edits, renames and ``fmt``, whether or not an empty line follows it."""
    for path in heads(store):
        file = store / "manifests" / path
        file.write_text(file.read_text().replace("\n\n", gap, 1))
    tag = store / "manifests/tags/pdf.toml"
    first, rest = tag.read_text().split("\n", 1)
    tag.write_text(f'{first}\ncolor = "#c0392b"\n{rest.lstrip()}')
    before = heads(store)
    succeed(store, "tag", "edit", "pdf", "--description", "x", "--unset", "color")
    succeed(store, "artifact", "edit", "skill/ocr", "--license", "MIT")
    succeed(store, "collection", "edit", "starter", "--description", "x")
    assert heads(store) == before
    tag.write_text(f'{first}\ncolor = "#c0392b"\nname = "PDF"\n')
    succeed(store, "fmt")
    succeed(store, "artifact", "rename", "skill/ocr", "skill/reader")
    moved = {path.replace("/ocr", "/reader"): line for path, line in before.items()}
    assert heads(store) == moved
    assert tag.read_text() == f'{first}\n\nname = "PDF"\ncolor = "#c0392b"\n'
    succeed(store, "fmt", "--check")
    succeed(store, "validate")


def test_a_store_without_schemas_has_no_such_lines(store: Path) -> None:
    for path in (store / "manifests/.schemas").iterdir():
        path.unlink()
    (store / "manifests/.schemas").rmdir()
    succeed(store, "tag", "create", "Web")
    assert (store / "manifests/tags/web.toml").read_text().startswith('name = "Web"\n')


def test_an_older_store_is_given_them(store: Path) -> None:
    """Once: afterwards a line that somebody took out stays out, and only the schemas are renewed."""
    whole = {path: (store / "manifests" / path).read_text() for path in heads(store)}
    for path in (store / "manifests/.schemas").iterdir():
        path.unlink()
    (store / "manifests/.schemas").rmdir()
    for path, text in whole.items():
        (store / "manifests" / path).write_text(text.partition("\n\n")[2])
    assert "Wrote 11 files" in succeed(store, "schemas").out
    assert {path: (store / "manifests" / path).read_text() for path in whole} == whole
    assert "up to date" in succeed(store, "schemas").out
    (store / "manifests/tags/pdf.toml").write_text('name = "PDF"\n')
    (store / "manifests/.schemas/tag.json").write_text("{}")
    assert "Wrote 1 file;" in succeed(store, "schemas").out
    assert (store / "manifests/tags/pdf.toml").read_text() == 'name = "PDF"\n'


def test_they_can_be_written_elsewhere(tmp_path: Path) -> None:
    succeed(tmp_path, "schemas", "--out", "there")
    assert {path.name: path.read_bytes() for path in (tmp_path / "there").iterdir()} == schemas.texts()
    assert "up to date" in succeed(tmp_path, "schemas", "--out", "there").out
