"""The API is what its description says, file by file, and what the command line prints."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

from skillmeat import lock, manifest
from skillmeat.catalog import Catalog
from skillmeat.history import Dates
from skillmeat.model import (
    Artifact,
    ArtifactType,
    Collection,
    Lock,
    LockedSource,
    RelationshipType,
    Settings,
    Site,
    Source,
    Tag,
    TrustLevel,
    kind_of,
)
from skillmeat.site import openapi
from skillmeat.site.build import build
from tests.command import succeed
from tests.site import store

PAGE = 5


def medium() -> Catalog:
    """Records with every key there or not, at random, and more of each than a page holds."""
    dice = Random(4)
    tags = [Tag(id=f"tag-{n}", name=f"Tag {n}", description=dice.choice([None, "x"])) for n in range(12)]
    sources = [
        Source(
            id=f"source-{n}",
            name=f"Source {n}",
            url=f"https://github.com/acme/s{n}",
            trust_level=dice.choice(list(TrustLevel)),
            root=dice.choice([None, "skills"]),
            import_repo_readme=n % 2 == 0,
            tags=("a_B",) * (n % 2),
            exclude=({"path": "old"}, {"path": "x/y", "reason": "r"})[: n % 3],
        )
        for n in range(8)
    ]
    artifacts = []
    for n in range(60):
        kind = dice.choice(list(ArtifactType))
        values: dict[str, Any] = {
            "description": "Does a thing.",
            "version": "1.0",
            "license": "MIT",
            "homepage": "https://acme.example/x",
            "deprecated": "Use another.",
            "aliases": (f"was-{n}",),
            "tags": tuple(each.id for each in dice.sample(tags, dice.randint(0, 4))),
            "created_at": datetime(2026, 1, 1 + n % 28, tzinfo=UTC),
        }
        for key in dice.sample(list(values), dice.randint(0, 6)):
            del values[key]
        where = dice.choice([{}, {"source": f"source-{dice.randrange(9)}", "path": f"skills/{n}"}])
        artifacts.append(Artifact(id=f"{kind}/entry-{n}", name=f"Entry {n}", **values, **where))
    ids = [each.id for each in artifacts]
    for n in range(0, 60, 3):
        links = [
            {
                "artifact": child,
                "relationship_type": dice.choice(list(RelationshipType)),
                "pinned_version_hash": dice.choice([None, f"sha256:{'0' * 64}"]),
            }
            for child in dice.sample(ids[n + 1 :], min(3, len(ids) - n - 1))
        ]
        artifacts[n] = artifacts[n].but(associations=tuple(links))
    collections = []
    for n in range(7):
        members = dice.sample(ids, dice.randint(0, 9))
        groups = [
            {"slug": f"group-{g}", "name": f"Group {g}", "artifacts": tuple(members[g::3])}
            for g in range(n % 4)
        ]
        noted = tuple({"artifact": each, "note": dice.choice([None, "Why."])} for each in members)
        collections.append(
            Collection(id=f"collection-{n}", name=f"Collection {n}", artifacts=noted, groups=tuple(groups))
        )
    locked = [
        LockedSource(
            id=each.id,
            url=each.url,
            ref=each.ref,
            commit=store.COMMIT,
            repo_description=dice.choice([None, "About."]),
            readme_hash=dice.choice([None, f"sha256:{'1' * 64}"]),
            artifact=tuple(
                store.found(entry.type, entry.slug, str(entry.path), problems=("no-description",) * (n % 2))
                for n, entry in enumerate(artifacts)
                if entry.source == each.id
            ),
        )
        for each in sources[:6]
    ]
    return Catalog(
        settings=Settings(site=Site(page_size=PAGE)),
        tags=store.by_id(*tags),
        artifacts=store.by_id(*artifacts),
        collections=store.by_id(*collections),
        sources=store.by_id(*sources),
        lock=Lock(source=tuple(locked)),
        readmes={"source-0": "# Read\n\n<script>"},
    )


@pytest.fixture(scope="module")
def larger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of the medium catalog."""
    out = tmp_path_factory.mktemp("larger") / "out"
    build(medium(), Dates(), lambda _: None, out)
    return out


def described(site: Path) -> Any:
    return json.loads((site / "api/v1/openapi.json").read_bytes())


def files(site: Path) -> Iterator[str]:
    for path in sorted((site / "api/v1").rglob("*")):
        if path.is_file():
            yield "/" + path.relative_to(site / "api/v1").as_posix()


def template_of(address: str, document: Any) -> list[str]:
    """The templates that an address fits, by the laws of their parameters; the plainest one first."""
    found = []
    for path, item in document["paths"].items():
        pattern = re.escape(path)
        for parameter in item["get"]["parameters"]:
            schema = parameter["schema"]
            law = {"integer": r"[2-9]|[1-9]\d+"}.get(schema["type"]) or "|".join(schema.get("enum", []))
            law = law or schema["pattern"].strip("^$")
            pattern = pattern.replace(re.escape(f"{{{parameter['name']}}}"), f"(?:{law})")
        if re.fullmatch(pattern, address):
            found.append(path)
    return sorted(found, key=lambda path: (len(re.sub(r"{\w+}", "", path)), path), reverse=True)


@pytest.mark.parametrize("size", ["small", "larger"])
def test_every_file_is_what_the_description_says(size: str, site: Path, larger: Path) -> None:
    """Each has a path and answers its schema, which allows no other key; each path has a file."""
    root = {"small": site, "larger": larger}[size]
    document = described(root)
    OpenAPIV31SpecValidator(document).validate()
    validators = {
        path: Draft202012Validator(
            {
                **item["get"]["responses"]["200"]["content"]["application/json"]["schema"],
                "components": document["components"],
            },
            format_checker=Draft202012Validator.FORMAT_CHECKER,
        )
        for path, item in document["paths"].items()
    }
    used = set()
    for address in files(root):
        templates = template_of(address, document)
        assert templates, f"{address} has no path"
        used.add(templates[0])
        body = json.loads((root / "api/v1" / address[1:]).read_bytes())
        faults = [f"{each.json_path}: {each.message}" for each in validators[templates[0]].iter_errors(body)]
        assert faults == [], address
    if size == "larger":
        assert set(document["paths"]) - used == set(), "no file has such a path"


def test_no_answer_may_hold_more_than_is_said(site: Path) -> None:
    """Every table of the description names its keys; the only free ones are counts by a name."""
    for name, schema in described(site)["components"]["schemas"].items():
        assert schema["additionalProperties"] is False, name
        for key, value in schema["properties"].items():
            if name != "OpenApi":
                assert value.get("description") or "$ref" in json.dumps(value), f"{name}.{key}"


def test_every_example_is_one(site: Path, larger: Path) -> None:
    """The answer shown is valid, and the parameters shown lead to a file."""
    for root in (site, larger):
        document = described(root)
        there = set(files(root))
        for path, item in document["paths"].items():
            operation = item["get"]
            content = operation["responses"]["200"]["content"]["application/json"]
            if "example" not in content:
                continue
            schema = {**content["schema"], "components": document["components"]}
            assert list(Draft202012Validator(schema).iter_errors(content["example"])) == [], path
            assert longest(content["example"]) <= openapi.MOST_EXAMPLES, "a collection may have thousands"
            address = path
            for each in operation["parameters"]:
                address = address.replace(f"{{{each['name']}}}", str(each["example"]))
            assert address in there
    shown = [path for path, item in document["paths"].items() if "example" in json.dumps(item)]
    assert set(document["paths"]) - set(shown) == {"/health.json", "/openapi.json"}


def longest(value: Any) -> int:
    """How long the longest list in it is."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return max([len(value) if isinstance(value, list) else 0, *map(longest, inner)])


def test_an_empty_catalog_is_described_too(tmp_path: Path) -> None:
    build(Catalog(), Dates(), lambda _: None, tmp_path / "out")
    OpenAPIV31SpecValidator(described(tmp_path / "out")).validate()
    assert "$SITE/api/v1/tags.json" in (tmp_path / "out/api/index.html").read_text()


# -------------------------------------------------------------- command line


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The medium catalog as a store with a history, and its site as the command builds it."""
    root = tmp_path_factory.mktemp("published") / "store"
    catalog = medium()
    texts = {manifest.SETTINGS_PATH: manifest.render(catalog.settings)}
    for records in (catalog.tags, catalog.artifacts, catalog.collections, catalog.sources):
        for record in records.values():
            if isinstance(record, Artifact) and record.source not in catalog.sources:
                record = record.but(source=None, path=None)
            texts[kind_of(record).path(record.id)] = manifest.render(record)
    texts["manifests/skillmeat.lock"] = lock.render(catalog.lock)
    texts["manifests/readmes/source-0.md"] = catalog.readmes["source-0"]
    for path, text in texts.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    for command in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "All"]):
        name = ["-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
        subprocess.run(["git", *name, *command], cwd=root, check=True)
    succeed(root, "build", "--out", str(root / "_site"))
    return root, root / "_site"


COMMANDS = {
    "/tags.json": "tag list",
    "/artifacts.json": "artifact list",
    "/collections.json": "collection list",
    "/sources.json": "source list",
    "/groups.json": "group list",
    "/tags/{}.json": "tag show {}",
    "/artifacts/{}/{}.json": "artifact show {}/{}",
    "/artifacts/{}/{}/tags.json": "artifact tag list {}/{}",
    "/artifacts/{}/{}/associations.json": "association list {}/{} --all",
    "/collections/{}.json": "collection show {}",
    "/collections/{}/groups.json": "group list --collection {} --all",
    "/collections/{}/groups/{}.json": "group show {}/{}",
    "/sources/{}.json": "source show {}",
    "/sources/{}/entries.json": "source entries {}",
}
"""The command that prints what a file holds."""


def commands(site: Path) -> Iterator[tuple[str, str]]:
    """Every file that a command prints, and the command."""
    document = described(site)
    for address in files(site):
        path = template_of(address, document)[0]
        command = COMMANDS.get(re.sub(r"{\w+}", "{}", path))
        if command is not None:
            found = re.fullmatch(re.sub(r"{\w+}", "([^/]+)", path), address)
            assert found
            yield address, command.format(*found.groups())


def test_every_file_of_one_record_is_what_the_command_prints(published: tuple[Path, Path]) -> None:
    """``show --json``, and ``list --json`` of what belongs to one record: of every kind, one file in four."""
    root, site = published
    of_kind: dict[str, list[tuple[str, str]]] = {}
    for address, command in commands(site):
        if address.count("/") > 1:
            of_kind.setdefault(" ".join(command.split()[:2]), []).append((address, command))
    assert len(of_kind) == len([path for path in COMMANDS if path.count("/") > 1])
    for found in of_kind.values():
        for address, command in found[::4]:
            served = json.loads((site / "api/v1" / address[1:]).read_bytes())
            assert succeed(root, *command.split(), "--json").json == served, command


@pytest.mark.parametrize("noun", ["tag", "artifact", "collection", "group", "source"])
def test_every_list_is_what_the_command_prints_page_by_page(noun: str, published: tuple[Path, Path]) -> None:
    root, site = published
    address, after, count = f"{noun}s.json", [], 1
    while True:
        served = json.loads((site / "api/v1" / address).read_bytes())
        following = served["meta"].pop("next", None)
        assert succeed(root, noun, "list", "--limit", str(PAGE), *after, "--json").json == served, after
        if following is None:
            break
        address = (Path(address).parent / following).as_posix()
        after, count = ["--after", served["meta"]["next_cursor"]], count + 1
    assert served["meta"]["next_cursor"] is None
    assert count > 1


def test_a_list_of_one_page_is_the_file_to_the_letter(site: Path) -> None:
    """Nothing is in it that the command does not print: there is no next page to lead to."""
    meta = json.loads((site / "api/v1/tags.json").read_bytes())["meta"]
    assert meta == {"count": 3, "total": 3, "next_cursor": None}
