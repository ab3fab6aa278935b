"""What each rule reads, so that a change of anything else leaves what it found as it was.

``OWN`` are the rules whose findings in a file depend on that file and the settings alone. The others look
across files: ``READS`` says at which keys of which kinds they look. Beside a key this is ``ID`` for whether a
record is there or cannot be read, and ``LOCK`` for the lock. What no rule says it reads, none of them is
given: ``bare`` takes it away (tests/validate/test_again.py holds all this against full runs).
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from typing import Any, Final, TypeVar, cast

from skillmeat.checks import RULES, TASTE, Rule
from skillmeat.checks.contents import file_source, missing_path, path_not_in_source
from skillmeat.checks.links import association_cycle, self_association
from skillmeat.checks.members import listed_twice, not_in_collection
from skillmeat.checks.names import reserved_name, same_name, taken_alias
from skillmeat.checks.references import unknown_artifact, unknown_source, unknown_tag
from skillmeat.checks.taste import (
    deprecated_member,
    empty_collection,
    invalid_license,
    look_alike_name,
    missing_description,
    missing_license,
    missing_source,
    near_duplicate_tag,
    repeated_name,
    unreadable_color,
    unsorted_tags,
    unused_tag,
)
from skillmeat.model import (
    KINDS,
    Association,
    Exclude,
    Group,
    LockedArtifact,
    LockedSource,
    Member,
    Part,
    Record,
    kind_of,
)

P = TypeVar("P", bound=Part)

ID: Final = "id"
LOCK: Final = ("lock", "")

Read = tuple[str, str]
"""A noun and a key, ``ID`` for the record itself."""

OWN: Final[tuple[Rule, ...]] = (
    reserved_name,
    listed_twice,
    not_in_collection,
    self_association,
    missing_path,
    file_source,
    empty_collection,
    missing_description,
    missing_source,
    repeated_name,
    unsorted_tags,
    missing_license,
    invalid_license,
)
"""Each of these finds in some records what it finds in them among all."""


def _reads(**keys: str) -> frozenset[Read]:
    return frozenset((noun, key) for noun, listed in keys.items() for key in [ID, *listed.split()])


READS: Final[Mapping[Rule, frozenset[Read]]] = {
    unknown_tag: _reads(artifact="tags", tag="aliases"),
    unknown_source: _reads(artifact="source", source=""),
    unknown_artifact: _reads(artifact="associations aliases", collection="artifacts"),
    same_name: _reads(tag="name", artifact="name", collection="name groups", source="name"),
    taken_alias: _reads(tag="aliases", artifact="aliases"),
    association_cycle: _reads(artifact="associations"),
    path_not_in_source: _reads(artifact="source path", source="url ref root exclude") | {LOCK},
    near_duplicate_tag: _reads(tag="name", artifact="tags"),
    unused_tag: _reads(tag="", artifact="tags"),
    deprecated_member: _reads(artifact="deprecated", collection="artifacts"),
    unreadable_color: frozenset(),
    look_alike_name: _reads(artifact="name source", source="trust_level"),
}
"""The rules that look across files, and what they read there."""


if {*OWN, *READS} != {*RULES, *TASTE}:
    raise TypeError("a rule does not say what it reads")


def _kept() -> dict[type[Part], tuple[str, ...]]:
    across = frozenset[Read]().union(*READS.values())
    whole: dict[type[Part], tuple[str, ...]] = {
        kind.record: (ID, *(key for key in kind.keys if (kind.noun, key) in across)) for kind in KINDS
    }
    return {
        **whole,
        Association: ("artifact", "relationship_type"),
        Member: ("artifact", "note"),
        Group: ("slug", "name"),
        Exclude: ("path", "reason"),
        LockedSource: ("id", "url", "ref", "root", "exclude", "artifact"),
        LockedArtifact: ("type", "path"),
    }


class _Bare:
    """What stands in for a record: some of its keys, without what pydantic keeps beside them."""

    __slots__: tuple[str, ...] = ()

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and all(
            getattr(self, key) == getattr(other, key) for key in type(self).__slots__
        )

    __hash__ = None  # type: ignore[assignment]


_KEPT: Final = _kept()
_BARE: Final[Mapping[type[Part], Callable[[], Any]]] = {
    part: type(
        f"Bare{part.__name__}",
        (_Bare,),
        {"__slots__": keys, **{name: vars(part)[name] for name in ("type", "slug") if name in vars(part)}},
    )
    for part, keys in _KEPT.items()
}


def bare(part: P) -> P:
    """What stands in for a record or a locked source where only rules look that look across files.

    It has the keys that these rules read and no others, in a fifth of the memory.
    """
    held = part.__dict__
    made = _BARE[type(part)]()
    for key in _KEPT[type(part)]:
        value = held[key]
        if type(value) is tuple and value:
            value = tuple(_shared(each) for each in value)
        elif key == "source" and value:
            value = sys.intern(value)
        setattr(made, key, value)
    return cast("P", made)


def _shared(item: Any) -> Any:
    return sys.intern(item) if type(item) is str else bare(item)


def differing(before: Record, after: Record) -> frozenset[Read]:
    """What a rule may read that two records of one kind have otherwise; the first may be bare."""
    kind, now = kind_of(after), bare(after)
    was = before if isinstance(before, _Bare) else bare(before)
    return frozenset((kind.noun, key) for key in _KEPT[kind.record] if getattr(was, key) != getattr(now, key))


def everything_of(noun: str) -> frozenset[Read]:
    """What a record of a kind that comes or goes may change."""
    return frozenset((kind.noun, key) for kind in KINDS if kind.noun == noun for key in _KEPT[kind.record])


def touched(reads: frozenset[Read]) -> tuple[Rule, ...]:
    """The rules that look at any of these, in the order in which they are listed."""
    return tuple(rule for rule in (*RULES, *TASTE) if not reads.isdisjoint(READS.get(rule, ())))
