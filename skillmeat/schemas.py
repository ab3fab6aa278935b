"""JSON Schemas of the manifests, made from the records, for editors that complete and check TOML.

A store keeps them in ``manifests/.schemas/``, so that they work offline and are those of the skillmeat that
reads it; the first line of a manifest (``#:schema``, which Taplo and Tombi read) leads there. A store without
that folder gets no such lines. Whatever a schema refuses, ``skillmeat validate`` refuses too; what a schema
cannot see, such as a character that nobody sees or a tag that does not exist, is for ``validate`` alone.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from skillmeat import manifest
from skillmeat.files import writing
from skillmeat.loading import Reading, load
from skillmeat.model import KINDS, Part, Record, Settings
from skillmeat.words import MEANINGS

Json = dict[str, Any]

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
PARTS: Final[Mapping[str, type[Part]]] = {**{kind.noun: kind.record for kind in KINDS}, "skillmeat": Settings}
"""What there is a schema of, by the schema's name."""


def schema(name: str) -> Json:
    """The schema of a manifest, or of ``skillmeat.toml``: whole in itself, without references."""
    part = PARTS[name]
    made = part.model_json_schema(schema_generator=_ForToml)
    parts = made.pop("$defs", {})
    made["properties"].pop("id", None)
    made["required"] = [key for key in made.get("required", ()) if key != "id"]
    whole = _inlined(made, parts)
    about = whole.pop("description")
    title = "The settings of a skillmeat catalog" if part is Settings else f"A {name} of a skillmeat catalog"
    return {
        "$schema": DIALECT,
        "title": title.replace("A artifact", "An artifact"),
        "description": f"manifests/{about}" if "/" in about else about,
        "x-tombi-toml-version": "v1.0.0",
        "x-tombi-table-keys-order": "schema",
        **{key: value for key, value in whole.items() if value != []},
    }


def texts() -> dict[str, bytes]:
    """Every schema as a file: ``tag.json``, ``skillmeat.json`` and so on."""
    return {
        f"{name}.json": (json.dumps(schema(name), indent=2, ensure_ascii=False) + "\n").encode()
        for name in PARTS
    }


class _ForToml(GenerateJsonSchema):
    """What pydantic says of a model, for a format that has no null and in which keys are their own titles."""

    def nullable_schema(self, schema: core_schema.NullableSchema) -> JsonSchemaValue:
        return self.generate_inner(schema["schema"])

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False


def _inlined(value: Json, parts: Json) -> Json:
    """A schema without references and empty defaults, and with what the words in it mean."""
    here = dict(value)
    if reference := here.pop("$ref", None):
        here = {**parts[reference.rpartition("/")[2]], **here}
    here.pop("title", None)
    if isinstance(here.get("default", {}), list | dict | None):
        here.pop("default", None)
    if "properties" in here:
        here["properties"] = {key: _inlined(each, parts) for key, each in here["properties"].items()}
    if "anyOf" in here:
        here["anyOf"] = [_inlined(each, parts) for each in here["anyOf"]]
    if "items" in here:
        here["items"] = _inlined(here["items"], parts)
        if here["items"].get("type") == "string":
            here["uniqueItems"] = True  # the rule “listed-twice”
    if "description" in here:
        here["description"] = here["description"].replace("``", "")
    if "enum" in here:
        meanings = [MEANINGS[word] for word in here["enum"]]
        lines = [f"- {word}: {meaning}" for word, meaning in zip(here["enum"], meanings, strict=True)]
        here["description"] = "\n".join([here["description"], "", *lines])
        here["x-taplo"] = {"docs": {"enumValues": meanings}}
    return here


def files() -> dict[str, bytes | None]:
    """The schemas as files of a store."""
    return {f"{manifest.SCHEMAS}/{name}": data for name, data in texts().items()}


def write(root: Path) -> list[str]:
    """Bring the schemas of the store at ``root`` up to date; gives the files that changed, sorted.

    Where there are none yet, the line that leads editors to them is put at the head of every manifest that
    can be read and has no such line. Raises what ``files.Writer.write`` raises.
    """
    with writing(root) as writer:
        reading = load(writer)
        contents = files()
        if not reading.has_schemas:
            contents.update(_pointed(reading))
        seen = {path: writer.read(path, manifest.MANIFEST_LIMIT) for path in contents}
        contents = {path: data for path, data in contents.items() if data != seen[path]}
        if contents:
            writer.write(contents, {path: seen[path] for path in contents})
    return sorted(contents)


def _pointed(reading: Reading) -> Iterator[tuple[str, bytes]]:
    """Every manifest without a line that names its schema, with one."""
    catalog = reading.catalog
    parts: dict[str, Record | Settings] = {
        kind.path(record.id): record for kind in KINDS for record in catalog.of(kind).values()
    }
    parts[manifest.SETTINGS_PATH] = catalog.settings
    for path, part in parts.items():
        text = reading.texts[path].decode()
        if not text.startswith(manifest.DIRECTIVE):
            newline = "\r\n" if "\r\n" in text else "\n"
            yield path, f"{manifest.directive(part)}{newline * 2}{text}".encode()
