"""What somebody who looks at one artifact may want to see as well, for all artifacts at once."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Final

from skillmeat.site.edition import Edition
from skillmeat.site.output import digest
from skillmeat.views import Json

MOST: Final = 6
NEAR: Final = 8
"""How many neighbours on either side are looked at in each list that an artifact is in.

So the work grows with the number of artifacts and not with its square, however many share a tag.
"""

_SAME_COLLECTION: Final = 1.5
_SAME_SOURCE: Final = 0.75
_SAME_TYPE: Final = 0.5


def of_edition(edition: Edition) -> Mapping[str, Sequence[str]]:
    """``related`` for a whole edition."""
    seen = ("type", "tags", "collections", "source", "used_by", "deprecated", "hash")
    key = digest(
        [
            (each["id"], *map(each.get, seen), [link["artifact"] for link in each["associations"]])
            for each in edition.artifacts.values()
        ]
    )
    found: Mapping[str, Sequence[str]] = edition.kept.value(
        "related", key, lambda: related(edition.artifacts)
    )
    return found


def related(artifacts: Mapping[str, Json]) -> Mapping[str, Sequence[str]]:
    """By artifact: the ids of at most ``MOST`` others, nearest first.

    They share tags, the rarer the better, a collection or a source. Copies are left out, and what it is
    associated with, since the page shows those anyway. The order of ``artifacts`` decides which of many
    are looked at, their ids between equals.
    """
    lists: dict[tuple[str, str], list[str]] = {}
    for artifact_id, artifact in artifacts.items():
        for key in _lists(artifact):
            lists.setdefault(key, []).append(artifact_id)
    places = {
        key: {each: place for place, each in enumerate(found)}
        for key, found in lists.items()
        if len(found) > 1
    }
    weights = {key: _weight(key[0], len(found), len(artifacts)) for key, found in lists.items()}
    return {
        artifact_id: _nearest(artifact, artifacts, lists, places, weights)
        for artifact_id, artifact in artifacts.items()
    }


def _nearest(
    artifact: Json,
    artifacts: Mapping[str, Json],
    lists: Mapping[tuple[str, str], Sequence[str]],
    places: Mapping[tuple[str, str], Mapping[str, int]],
    weights: Mapping[tuple[str, str], float],
) -> list[str]:
    here = artifact["id"]
    scores: dict[str, float] = {}
    for key in _lists(artifact):
        if key in places:
            weight, place = weights[key], places[key][here]
            for other in lists[key][max(0, place - NEAR) : place + NEAR + 1]:
                scores[other] = scores.get(other, 0.0) + weight
    for known in (here, *artifact["used_by"], *(link["artifact"] for link in artifact["associations"])):
        scores.pop(known, None)
    kind = f"{artifact['type']}/"
    ranked = sorted((-score - _SAME_TYPE * each.startswith(kind), each) for each, score in scores.items())
    fresh = (each for _, each in ranked if not _is_passed_over(artifacts[each], artifact))
    return list(islice(fresh, MOST))


def _is_passed_over(other: Json, artifact: Json) -> bool:
    return other["deprecated"] is not None or (
        artifact["hash"] is not None and other["hash"] == artifact["hash"]
    )


def _lists(artifact: Json) -> Iterator[tuple[str, str]]:
    """The lists that an artifact is in."""
    yield from (("tag", tag) for tag in artifact["tags"])
    yield from (("collection", each) for each in artifact["collections"])
    if artifact["source"]:
        yield "source", artifact["source"]


def _weight(what: str, count: int, total: int) -> float:
    if what == "tag":
        return math.log((total + 1) / count)
    return _SAME_COLLECTION if what == "collection" else _SAME_SOURCE
