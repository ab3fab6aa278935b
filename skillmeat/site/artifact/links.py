"""What an artifact has to do with the rest of the catalog: facts for its page, from the records alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Final

from skillmeat.site import addresses
from skillmeat.site.artifact.graph import Node, Relation
from skillmeat.site.edition import Edition
from skillmeat.text import one_line, shorten
from skillmeat.views import Json, timestamp

MOST_COMMITS: Final = 10
MOST_COPIES: Final = 20

_FORWARD: Final = {
    "contains": "Contains",
    "requires": "Requires",
    "extends": "Extends",
    "replaces": "Replaces",
    "related": "Related",
}


def links(edition: Edition, artifact: Json) -> list[Json]:
    """What it has to do with others, by kind: what uses it first, then what it uses, then its collections."""
    own = [
        (_FORWARD[link["relationship_type"]], link["artifact"], link["drifted"])
        for link in artifact["associations"]
    ]
    above = [
        (link["inverse"].capitalize(), parent, False)
        for parent in dict.fromkeys(artifact["used_by"])
        for link in edition.artifacts[parent]["associations"]
        if link["artifact"] == artifact["id"]
    ]
    inverses = sorted({label for label, _, _ in above} - set(_FORWARD.values()))
    order = [*inverses, *_FORWARD.values()]
    found = sorted([*own, *above], key=lambda link: order.index(link[0]))
    return [
        {
            "label": label,
            "above": label in inverses,
            "items": _items(edition, ((each, drifted) for _, each, drifted in group)),
        }
        for label, group in groupby(found, key=lambda link: link[0])
    ]


def _items(edition: Edition, found: Iterable[tuple[str, bool]]) -> list[Json]:
    shown: dict[str, Json] = {}
    for artifact_id, drifted in found:
        shown.setdefault(artifact_id, {**reference(edition, artifact_id), "drifted": drifted})
    return list(shown.values())


def reference(edition: Edition, artifact_id: str) -> Json:
    """An artifact as a link to its page; of one that is not in the catalog, its id."""
    other: Mapping[str, str] = edition.artifacts.get(artifact_id, {})
    return {
        "id": artifact_id,
        "name": other.get("name", artifact_id),
        "type": artifact_id.partition("/")[0],
        "known": bool(other),
        "drifted": False,
    }


def collections(edition: Edition, artifact: Json) -> list[Json]:
    """The collections it is in, and the groups it has there."""
    found = []
    for collection_id in artifact["collections"]:
        collection = edition.collections[collection_id]
        groups = [
            {"slug": group["slug"], "name": group["name"]}
            for group in collection["groups"]
            if group["id"] in artifact["groups"]
        ]
        found.append({"id": collection_id, "name": collection["name"], "groups": groups})
    return found


def relations(found: Sequence[Json], in_collections: Sequence[Json]) -> list[Relation]:
    """The same for the drawing."""
    shelves = tuple(
        Node(each["name"], "collection", addresses.collection(each["id"])) for each in in_collections
    )
    return [
        Relation("In collections" if len(shelves) > 1 else "In the collection", shelves, above=True),
        *(
            Relation(
                each["label"],
                tuple(
                    Node(
                        item["name"],
                        item["type"],
                        addresses.artifact(item["id"]) if item["known"] else "",
                        item["drifted"],
                    )
                    for item in each["items"]
                ),
                above=each["above"],
            )
            for each in found
        ),
    ]


def copies(edition: Edition) -> Mapping[str, Sequence[str]]:
    """By artifact: the others of its type that the lock gives the same content, in the order of lists."""
    alike: dict[tuple[str, str], list[str]] = {}
    for artifact_id, artifact in edition.artifacts.items():
        if artifact["hash"]:
            alike.setdefault((artifact["type"], artifact["hash"]), []).append(artifact_id)
    return {
        each: [other for other in ids[: MOST_COPIES + 1] if other != each][:MOST_COPIES]
        for ids in alike.values()
        if len(ids) > 1
        for each in ids
    }


def successors(edition: Edition, artifact: Json) -> list[Json]:
    """The artifacts that a deprecation names, by id, and those that say they replace this one."""
    words = (artifact["deprecated"] or "").replace("`", " ").split()
    named = [word.strip(".,;:()“”\"'") for word in words if "/" in word]
    ids = [each for each in named if each in edition.artifacts]
    ids += [
        parent
        for parent in artifact["used_by"]
        for link in edition.artifacts[parent]["associations"]
        if link["artifact"] == artifact["id"] and link["relationship_type"] == "replaces"
    ]
    return [reference(edition, each) for each in dict.fromkeys(ids) if each != artifact["id"]]


def commits(edition: Edition, path: str) -> Json:
    """The newest commits that touched a manifest, and whether there are more."""
    found = edition.log.of.get(path, ())
    return {
        "shown": [
            {
                "id": commit.id,
                "address": edition.commit_at(commit.id),
                "subject": shorten(one_line(commit.subject), 120) or "(no message)",
                "at": timestamp(commit.when),
            }
            for commit, _ in found[:MOST_COMMITS]
        ],
        "more": len(found) > MOST_COMMITS,
    }
