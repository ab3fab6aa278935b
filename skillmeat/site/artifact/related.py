"""What somebody who looks at one artifact may want to see as well, for all artifacts at once."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence, Set
from typing import Final, NamedTuple

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
    members: dict[tuple[str, str], list[str]] = {}
    for artifact_id, artifact in artifacts.items():
        for key in _lists(artifact):
            members.setdefault(key, []).append(artifact_id)
    lists = {
        key: _List(
            _weight(key[0], len(found), len(artifacts)),
            found,
            {each: place for place, each in enumerate(found)},
        )
        for key, found in members.items()
        if len(found) > 1
    }
    types, copies = _by(artifacts, "type"), _by(artifacts, "hash")
    gone = {artifact_id for artifact_id, each in artifacts.items() if each["deprecated"] is not None}
    return {
        artifact_id: _nearest(
            artifact, lists, types[artifact["type"]], copies.get(artifact["hash"], frozenset()), gone
        )
        for artifact_id, artifact in artifacts.items()
    }


def _by(artifacts: Mapping[str, Json], key: str) -> Mapping[str, Set[str]]:
    """The artifacts that have the same there; not those that have nothing."""
    found: dict[str, set[str]] = {}
    for artifact_id, artifact in artifacts.items():
        if artifact[key] is not None:
            found.setdefault(artifact[key], set()).add(artifact_id)
    return found


class _List(NamedTuple):
    """What sharing it is worth, who is in it, and where."""

    weight: float
    members: Sequence[str]
    places: Mapping[str, int]


def _nearest(
    artifact: Json,
    lists: Mapping[tuple[str, str], _List],
    alike: Set[str],
    copies: Set[str],
    gone: Set[str],
) -> list[str]:
    """``alike`` are the artifacts of its type, ``copies`` those with its content, ``gone`` the deprecated."""
    here = artifact["id"]
    scores: dict[str, float] = {}
    for key in _lists(artifact):
        if found := lists.get(key):
            weight, members, places = found
            place = places[here]
            near = dict.fromkeys(members[max(0, place - NEAR) : place + NEAR + 1], weight)
            for again in scores.keys() & near.keys():  # few are in two lists
                near[again] += scores[again]
            scores |= near
    shown = (here, *artifact["used_by"], *(link["artifact"] for link in artifact["associations"]))
    for known in (*shown, *(scores.keys() & gone), *(scores.keys() & copies)):
        scores.pop(known, None)
    for each in scores.keys() & alike:
        scores[each] += _SAME_TYPE
    least = sorted(scores.values())[-MOST:][:1]  # so that only what may be among the first is put in order
    ranked = [(-score, each) for each, score in scores.items() if score >= least[0]]
    return [each for _, each in sorted(ranked)[:MOST]]


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
