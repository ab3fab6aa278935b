"""``api/v1/openapi.json``: the JSON API, described in OpenAPI 3.1.

Made of ``shapes`` and the table of ``ROUTES``. The examples are from the catalog itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import Any, Final

from pydantic import TypeAdapter

from skillmeat import shapes
from skillmeat.model import Part
from skillmeat.scalars import SLUG_PATTERN
from skillmeat.site import api, reference
from skillmeat.site.addresses import API
from skillmeat.site.edition import Edition
from skillmeat.site.output import Made, Output, Planned, as_json, digest
from skillmeat.text import shorten
from skillmeat.views import Json, listing
from skillmeat.words import ArtifactType

VERSION: Final = "3.1.0"
SHAPES: Final = (
    shapes.Tag,
    shapes.Artifact,
    shapes.Association,
    shapes.Collection,
    shapes.Group,
    shapes.Source,
    shapes.Entry,
    shapes.Readme,
    shapes.Concern,
    shapes.Index,
)
REF: Final = "#/components/schemas/"
MOST_EXAMPLES: Final = 2
"""So much of every list is shown in an example."""


@dataclass(frozen=True, slots=True)
class Route:
    """The files that a template of an address stands for. ``shape`` is what one holds, or a list of."""

    path: str
    summary: str
    shape: str
    many: bool = False

    @property
    def name(self) -> str:
        """The operation: ``getTagsPage``."""
        words = self.path.removesuffix(".json").replace("/", "-").replace("{", "by-").replace("}", "")
        return "get" + "".join(word.capitalize() for word in words.split("-") if word)


def _list(plural: str, shape: str, order: str) -> tuple[Route, Route]:
    return (
        Route(f"/{plural}.json", f"All {plural}, {order}; when there are many, the first page", shape, True),
        Route(f"/{plural}/page-{{page}}.json", f"A further page of the {plural}", shape, True),
    )


ROUTES: Final = (
    Route("/index.json", "What the catalog is, how much it holds, and where", "Index"),
    Route("/health.json", "What deserves a curator's attention", "Concern", True),
    Route("/openapi.json", "This description of the API", ""),
    *_list("artifacts", "Artifact", "newest first"),
    Route("/artifacts/{type}/{name}.json", "One artifact", "Artifact"),
    Route("/artifacts/{type}/{name}/tags.json", "The tags that an artifact carries", "Tag", True),
    Route(
        "/artifacts/{type}/{name}/associations.json",
        "An artifact's associations: as the parent, then as the child",
        "Association",
        True,
    ),
    *_list("tags", "Tag", "newest first"),
    Route("/tags/{tag}.json", "One tag", "Tag"),
    *_list("collections", "Collection", "newest first"),
    Route("/collections/{collection}.json", "One collection with its members and groups", "Collection"),
    Route("/collections/{collection}/groups.json", "The groups of a collection, in order", "Group", True),
    Route("/collections/{collection}/groups/{group}.json", "One group", "Group"),
    *_list("groups", "Group", "in the order of their collections"),
    *_list("sources", "Source", "newest first"),
    Route("/sources/{source}.json", "One source", "Source"),
    Route("/sources/{source}/entries.json", "What was found in a source", "Entry", True),
    Route("/sources/{source}/readme.json", "A source's README, where it is kept", "Readme"),
)

_SLUG: Final = {"type": "string", "pattern": SLUG_PATTERN, "maxLength": 64}

PARAMETERS: Final[Mapping[str, tuple[str, Json]]] = {
    "type": ("The artifact's type", {"type": "string", "enum": [str(each) for each in ArtifactType]}),
    "name": ("The artifact's slug, the second half of its id", _SLUG),
    "tag": ("The tag's slug", _SLUG),
    "collection": ("The collection's slug", _SLUG),
    "group": ("The group's slug", _SLUG),
    "source": ("The source's slug", _SLUG),
    "page": (
        "The number of the page; meta.next of the one before leads there",
        {"type": "integer", "minimum": 2},
    ),
}


def openapi(edition: Edition) -> Made:
    """``api/v1/openapi.json`` and ``/api/``, which shows it to people."""
    examples = _examples(edition)
    yield Planned(f"{API}openapi.json", digest(examples), partial(_both, edition, examples))


def _both(edition: Edition, examples: Sequence[Example]) -> Iterator[Output]:
    document = description(edition, examples)
    yield Output(f"{API}openapi.json", as_json(document))
    yield reference.page(edition, document)


def description(edition: Edition, examples: Sequence[Example]) -> Json:
    """The whole document, with an example of each route."""
    site = edition.catalog.settings.site
    about = f"{site.description}\n\n" if site.description else ""
    return {
        "openapi": VERSION,
        "info": {
            "title": site.title,
            "version": "1",
            "description": f"{about}Files on a static host: read them with GET, without a key. All are "
            "JSON in UTF-8. A long list is cut into pages; where one follows, meta.next is its address.",
        },
        "servers": [{"url": "."}],
        "security": [],
        "paths": {
            route.path: {"get": _operation(route, each)} for route, each in zip(ROUTES, examples, strict=True)
        },
        "components": {"schemas": _schemas()},
    }


def parameters(path: str) -> list[str]:
    """The names of the parameters in a template of an address."""
    return re.findall(r"{(\w+)}", path)


def _operation(route: Route, example_of: Example) -> Json:
    chosen, example = example_of
    content: Json = {"schema": _answer(route)}
    if example is not None:
        content["example"] = _cut(example)
    return {
        "operationId": route.name,
        "summary": route.summary,
        "parameters": [
            {
                "name": name,
                "in": "path",
                "required": True,
                "description": PARAMETERS[name][0],
                "schema": PARAMETERS[name][1],
                **({"example": chosen[name]} if name in chosen else {}),
            }
            for name in parameters(route.path)
        ],
        "responses": {"200": {"description": "The document", "content": {"application/json": content}}},
    }


def _answer(route: Route) -> Json:
    """The schema of what a route answers with: the envelope of ``views``."""
    if not route.shape:
        return {"$ref": f"{REF}OpenApi"}
    one: Json = {"$ref": f"{REF}{route.shape}"}
    properties: Json = {"data": {"type": "array", "items": one} if route.many else one}
    if route.many:
        properties["meta"] = {"$ref": f"{REF}Meta"}
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": properties,
        "required": list(properties),
    }


# ------------------------------------------------------------------ schemas


def _schemas() -> Json:
    adapters = [(shape.__name__, "serialization", TypeAdapter(shape)) for shape in SHAPES]
    _, made = TypeAdapter.json_schemas(
        [*adapters, ("Meta", "serialization", TypeAdapter(shapes.Meta))],  # type: ignore[list-item]
        ref_template=f"{REF}{{model}}",
    )
    found: Json = made["$defs"]
    parts = {shape.__name__: part for shape, part in shapes.RECORDS.items()}
    for name, schema in found.items():
        schema["properties"] = _described(schema["properties"], parts.get(name))
    found["OpenApi"] = {
        "type": "object",
        "description": "A document as the OpenAPI Specification describes it.",
        "additionalProperties": False,
        "properties": {
            "openapi": {"const": VERSION},
            **{name: {"type": "object"} for name in ("info", "paths", "components")},
            **{name: {"type": "array"} for name in ("servers", "security")},
        },
        "required": ["openapi", "info", "servers", "security", "paths", "components"],
    }
    return dict(sorted(found.items()))


def _described(properties: Json, part: type[Part] | None) -> Json:
    """The properties with what the manifest's own keys are for; dates come last."""
    found = {}
    for name, schema in sorted(properties.items(), key=lambda each: each[0].endswith("ed_at")):
        schema.pop("title", None)
        field = part.model_fields.get(name) if part else None
        if field and field.description and "description" not in schema:
            schema["description"] = field.description
        found[name] = schema
    return found


# ----------------------------------------------------------------- examples


Example = tuple[Mapping[str, Any], Json | None]
"""What to write for a route's parameters, and what is then answered; None where there is no such file."""


def _examples(edition: Edition) -> list[Example]:
    """Of every route.

    The example of a list has one item, as if that were the size of a page.
    """
    records: Mapping[str, Sequence[Json]] = {
        "artifacts": list(edition.artifacts.values()),
        "tags": list(edition.tags.values()),
        "collections": list(edition.collections.values()),
        "groups": api.all_groups(edition),
        "sources": list(edition.sources.values()),
    }
    fullest = {plural: sorted(found, key=_fullness, reverse=True) for plural, found in records.items()}
    return [_example(edition, route, records, fullest) for route in ROUTES]


def _fullness(record: Json) -> int:
    return sum(map(bool, record.values()))


def _example(
    edition: Edition,
    route: Route,
    records: Mapping[str, Sequence[Json]],
    fullest: Mapping[str, Sequence[Json]],
) -> Example:
    plural = route.path[1:].partition("/")[0].removesuffix(".json")
    if plural == "index":
        return {}, {"data": api.overview(edition)}
    if plural not in records:
        return {}, None
    if "{" not in route.path or "page" in parameters(route.path):
        further = "{page}" in route.path
        if further and len(records[plural]) <= edition.catalog.settings.site.page_size:
            return {}, None
        pages = api.pages(plural, records[plural], 1)
        return {"page": 2} if further else {}, next(islice(pages, further, None))[1]
    return _part(edition, route, fullest[plural])


def _cut(value: Any) -> Any:
    """An example without what is only more of the same: a collection may have thousands of members."""
    if isinstance(value, dict):
        return {key: _cut(each) for key, each in value.items()}
    return [_cut(each) for each in value[:MOST_EXAMPLES]] if isinstance(value, list | tuple) else value


def _part(edition: Edition, route: Route, fullest: Iterable[Json]) -> Example:
    """An example of one record, the first that is fit for it, or of what belongs to it."""
    record = next((each for each in fullest if _has(edition, route, each)), None)
    if record is None:
        return {}, None
    noun = parameters(route.path)[0]
    chosen = {noun: record["id"]}
    if noun == "type":
        chosen = {"type": record["type"], "name": record["slug"]}
    last = route.path.removesuffix(".json").rpartition("/")[2]
    match last:
        case "tags":
            return chosen, listing(edition.tags_of(record))
        case "associations":
            return chosen, listing(api.associations(edition, record))
        case "groups":
            return chosen, listing(record["groups"])
        case "{group}":
            return {**chosen, "group": record["groups"][0]["slug"]}, {"data": record["groups"][0]}
        case "entries":
            return chosen, listing(api.entries(edition, record["id"])[:1])
        case "readme":
            readme = api.readme(edition, record["id"])
            return chosen, {"data": {**readme, "text": shorten(readme["text"], 200)}} if readme else None
    return chosen, {"data": record}


def _has(edition: Edition, route: Route, record: Json) -> bool:
    """Whether a record has what a route is about."""
    if "{group}" in route.path:
        return bool(record["groups"])
    return not route.path.endswith("/readme.json") or record["id"] in edition.catalog.readmes
