"""``/api/``: the API's reference, made from the OpenAPI document at build time."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, Final

from skillmeat.schemas import PARTS
from skillmeat.site import addresses
from skillmeat.site.addresses import API
from skillmeat.site.downloads import TABLES
from skillmeat.site.edition import Edition
from skillmeat.site.output import Output
from skillmeat.site.templates import Page
from skillmeat.views import Json

ADDRESS: Final = "api/"


def page(edition: Edition, document: Json) -> Output:
    """The page. Where the site's own address is not known, the commands have ``$SITE`` in its place."""
    url = edition.catalog.settings.site.url
    frame = Page(
        ADDRESS,
        "API",
        "The catalog as JSON: every address, what it answers, and every field.",
        "api",
        json=f"{API}openapi.json",
    )
    data = edition.templates.page(
        "api.html",
        frame,
        groups=_grouped(list(_operations(document, url.rstrip("/") if url else "$SITE"))),
        shapes=list(_shapes(document)),
        knows_url=bool(url),
        tables=list(TABLES),
        schemas=[f"{name}.json" for name in PARTS],
    )
    return Output(addresses.file(ADDRESS), data)


def _operations(document: Json, site: str) -> Iterator[Json]:
    for path, item in document["paths"].items():
        operation = item["get"]
        content = operation["responses"]["200"]["content"]["application/json"]
        properties = content["schema"].get("properties", {})
        inner = properties.get("data", content["schema"])
        example = content.get("example")
        address = path
        for parameter in operation["parameters"]:
            if "example" in parameter:
                address = address.replace(f"{{{parameter['name']}}}", str(parameter["example"]))
        yield {
            "id": f"_{operation['operationId']}",
            "path": path,
            "summary": operation["summary"],
            "answer": _type(inner),
            "is_list": "meta" in properties,
            "parameters": [
                {
                    "name": each["name"],
                    "about": each["description"],
                    "type": _type(each["schema"]),
                    "laws": _laws(each["schema"]),
                }
                for each in operation["parameters"]
            ],
            "file": f"{API}{address[1:]}" if "{" not in address else "",
            "command": f"curl {_quoted(f'{site}/{API}{address[1:]}')}" if "{" not in address else "",
            "example": json.dumps(example, indent=2, ensure_ascii=False) if example is not None else "",
        }


def _grouped(operations: list[Json]) -> list[Json]:
    """The operations by the first part of their paths."""
    paths = {each["path"] for each in operations}
    found: dict[str, list[Json]] = {}
    for each in operations:
        name = re.split(r"[/.]", each["path"])[1]
        is_list = f"/{name}/page-{{page}}.json" in paths
        found.setdefault(name if is_list else "catalog", []).append(each)
    return [{"name": name.capitalize(), "id": f"_{name}", "operations": each} for name, each in found.items()]


def _shapes(document: Json) -> Iterator[Json]:
    for name, schema in document["components"]["schemas"].items():
        if name == "OpenApi":
            continue
        yield {
            "id": f"_shape-{name}",
            "name": name,
            "about": schema["description"],
            "fields": [
                {
                    "name": key,
                    "type": _type(each),
                    "laws": _laws(each),
                    "about": each.get("description", ""),
                    "optional": key not in schema["required"],
                }
                for key, each in schema["properties"].items()
            ],
        }


_TYPES: Final = {"string": "text", "integer": "number", "boolean": "true or false", "object": "table"}


def _type(schema: Json) -> Json:
    """What a value is: words, the shape to link to if it is one of ours, and whether it may be null."""
    if "anyOf" in schema:
        known = [each for each in schema["anyOf"] if each.get("type") != "null"]
        return {**_type(known[0]), "null": len(known) < len(schema["anyOf"])}
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return {"words": "", "shape": "" if name == "OpenApi" else name, "null": False}
    if schema.get("type") == "array":
        inner = _type(schema["items"])
        return {"words": f"list of {inner['words']}".strip(), "shape": inner["shape"], "null": False}
    if isinstance(of := schema.get("additionalProperties"), dict):
        return {"words": f"table of {_type(of)['words']}s", "shape": "", "null": False}
    words = "date and time" if schema.get("format") == "date-time" else _TYPES[schema["type"]]
    return {"words": words, "shape": "", "null": False}


def _laws(schema: Json) -> str:
    """The values that are allowed, where they are few."""
    for each in (schema, *schema.get("anyOf", ())):
        if "enum" in each:
            return ", ".join(each["enum"])
    return ""


def _quoted(address: str) -> str:
    """An address as a shell takes it, ``$SITE`` filled in."""
    plain: Any = re.fullmatch(r"[\w:/.~-]+", address)
    return address if plain else f'"{address}"'
