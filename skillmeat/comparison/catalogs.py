"""What differs between two catalogs: records, contents at their sources, what breaks, what is needed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final, Literal

from skillmeat.catalog import Catalog, answers
from skillmeat.comparison.details import Detail, details, settings
from skillmeat.model import (
    KINDS,
    Artifact,
    Collection,
    Kind,
    LockedArtifact,
    LockedSource,
    Record,
    Tag,
    kind_of,
)
from skillmeat.problem import Problem
from skillmeat.text import plural

Action = Literal["added", "removed", "renamed", "changed"]
ACTIONS: Final[tuple[Action, ...]] = ("added", "removed", "renamed", "changed")


@dataclass(frozen=True, slots=True)
class Deed:
    """What happened to one record. ``was`` is its id before, where that was another."""

    noun: str
    id: str
    name: str
    action: Action
    details: tuple[Detail, ...] = ()
    was: str = ""


@dataclass(frozen=True)
class Comparison:
    """What the second of two catalogs has otherwise.

    ``broken`` are the problems that it adds, ``mended`` how many it takes away, ``needs`` sentences on what
    is to be done, ``reach`` the addresses on the site: pages and API files that appear, change or go.
    """

    deeds: tuple[Deed, ...]
    broken: tuple[Problem, ...] = ()
    mended: int = 0
    needs: tuple[str, ...] = ()
    reach: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)

    @property
    def summary(self) -> str:
        """One line: what happened to how many of what."""
        counts = Counter((deed.action, deed.noun) for deed in self.deeds)
        nouns = [*(kind.noun for kind in KINDS), "lock", "settings", "file"]
        parts = [
            f"{plural(counts[action, noun], noun) if noun != 'settings' else noun} {action}"
            for action in ACTIONS
            for noun in nouns
            if counts[action, noun]
        ]
        return ", ".join(parts) or "nothing changed"


def deeds(before: Catalog, after: Catalog) -> tuple[Deed, ...]:
    """What happened to every record, in the order of kinds and ids; then the lock and the settings.

    A record that differs only by naming another one by its new slug is left out.
    """
    now = {kind.noun: _renames(kind, before, after) for kind in KINDS}
    found = [deed for kind in KINDS for deed in _of_kind(kind, before, after, now)]
    found += _lock(before, after)
    changed = settings(before.settings, after.settings)
    if changed:
        found.append(Deed("settings", "skillmeat.toml", after.settings.site.title, "changed", tuple(changed)))
    return tuple(found)


def between(before: Record | None, after: Record | None) -> Deed | None:
    """What happened to one record; None when nothing did."""
    if before is None or after is None:
        record = after or before
        return None if record is None else _deed(record, "added" if after else "removed")
    changed = tuple(details(before, after))
    if before.id != after.id:
        return _deed(after, "renamed", changed, before.id)
    return _deed(after, "changed", changed) if changed else None


def successor(old: Record, candidates: Iterable[Record]) -> Record | None:
    """Which of the records that came is the one that went: it says so in its aliases, or says the same."""
    others = list(candidates)
    slug = old.id.rpartition("/")[2]
    for each in others:
        named = isinstance(each, Tag | Artifact) and slug in each.aliases
        if named and each.id.rpartition("/")[0] == old.id.rpartition("/")[0]:
            return each
    alike = [
        each for each in others if each.model_dump(exclude=_IDENTITY) == old.model_dump(exclude=_IDENTITY)
    ]
    return alike[0] if len(alike) == 1 else None


_IDENTITY: Final = {"id", "aliases"}


def needs(before: Catalog, after: Catalog) -> Iterator[str]:
    """What is to be done after the change that was not before."""
    stale = set(_unlocked(after)) - set(_unlocked(before))
    if stale:
        yield f"“skillmeat lock”: the lock does not know {', '.join(sorted(stale))} as it is now."
    drifted = sorted(set(_drifted(after)) - set(_drifted(before)))
    for parent, child in drifted:
        yield f"A look at {child}: {parent} is pinned to other content than the lock has."


# ------------------------------------------------------------------- parts


def _renames(kind: Kind, before: Catalog, after: Catalog) -> dict[str, str]:
    """By the id that a record had: the id it has now, for those that have another."""
    old, new = before.of(kind), after.of(kind)
    came = {record_id: record for record_id, record in new.items() if record_id not in old}
    found: dict[str, str] = {}
    for record_id in sorted(old.keys() - new.keys()) if came else ():
        heir = successor(old[record_id], came.values())
        if heir:
            found[record_id] = came.pop(heir.id).id
    return found


def _of_kind(
    kind: Kind, before: Catalog, after: Catalog, now: Mapping[str, Mapping[str, str]]
) -> Iterator[Deed]:
    old, new = before.of(kind), after.of(kind)
    was = {present: former for former, present in now[kind.noun].items()}
    found = [_deed(old[each], "removed") for each in old.keys() - new.keys() - now[kind.noun].keys()]
    for record_id, record in new.items():
        known = old.get(was.get(record_id, record_id))
        if known is None:
            found.append(_deed(record, "added"))
        elif known is not record and known != record and (deed := between(_following(known, now), record)):
            found.append(
                deed if record_id not in was else replace(deed, action="renamed", was=was[record_id])
            )
    yield from sorted(found, key=lambda deed: (ACTIONS.index(deed.action), deed.id))


def _following(record: Record, now: Mapping[str, Mapping[str, str]]) -> Record:
    """A record as renames alone would leave it: what only follows a rename is no news."""
    tags, artifacts = now["tag"], now["artifact"]
    if isinstance(record, Artifact) and (tags or artifacts):
        return record.but(
            tags=tuple(tags.get(each, each) for each in record.tags),
            associations=tuple(
                link.but(artifact=artifacts.get(link.artifact, link.artifact)) for link in record.associations
            ),
        )
    if isinstance(record, Collection) and artifacts:
        return record.but(
            artifacts=tuple(
                member.but(artifact=artifacts.get(member.artifact, member.artifact))
                for member in record.artifacts
            ),
            groups=tuple(
                group.but(artifacts=tuple(artifacts.get(each, each) for each in group.artifacts))
                for group in record.groups
            ),
        )
    return record


def _deed(record: Record, action: Action, changed: tuple[Detail, ...] = (), was: str = "") -> Deed:
    return Deed(kind_of(record).noun, record.id, str(getattr(record, "name", "")), action, changed, was)


def _lock(before: Catalog, after: Catalog) -> Iterator[Deed]:
    old, new = before.locked, after.locked
    for source in sorted({**old, **new}):
        one, two = old.get(source), new.get(source)
        name = str(getattr(after.sources.get(source) or before.sources.get(source), "name", source))
        if one is None and two is not None:
            told = Detail("locked", f"at {two.commit[:12]}, {_count(two)}", None, two.commit)
            yield Deed("lock", source, name, "added", (told,))
        elif one is not None and two is None:
            yield Deed("lock", source, name, "removed", (Detail("unlocked", f"was at {one.commit[:12]}"),))
        elif one and two and one != two:
            yield Deed("lock", source, name, "changed", tuple(_relocked(one, two, after)))


def _relocked(one: LockedSource, two: LockedSource, after: Catalog) -> Iterator[Detail]:
    if one.commit != two.commit:
        text = f"re-pinned from {one.commit[:12]} to {two.commit[:12]}"
        yield Detail("re-pinned", text, one.commit, two.commit)
    old, new = _entries(one), _entries(two)
    for what, keys in (
        ("entries that came", [key for key in new if key not in old]),
        ("entries that went", [key for key in old if key not in new]),
        ("entries with other content", [key for key in new if key in old and new[key].hash != old[key].hash]),
    ):
        if keys:
            artifacts = sorted({each for key in keys for each in after.imported[(two.id, *key)]})
            of_ours = f", of them here: {', '.join(artifacts)}" if artifacts else ""
            names: list[Any] = [f"{kind}/{path}" for kind, path in keys]
            yield Detail("content", f"{len(keys)} {what}{of_ours}", None, names)
    inputs = [
        key
        for key in ("url", "ref", "root", "import_repo_description", "import_repo_readme", "exclude")
        if getattr(one, key) != getattr(two, key)
    ]
    if inputs:
        yield Detail("set", f"made from another {', '.join(inputs)}", None, inputs)
    for key in ("repo_description", "readme_hash"):
        if getattr(one, key) != getattr(two, key):
            yield Detail("set", f"another {key.replace('_', ' ')}", getattr(one, key), getattr(two, key))


def _entries(locked: LockedSource) -> dict[tuple[str, str], LockedArtifact]:
    return {(str(entry.type), entry.path): entry for entry in locked.artifact}


def _count(locked: LockedSource) -> str:
    return plural(len(locked.artifact), "entry", "entries")


def _unlocked(catalog: Catalog) -> Iterator[str]:
    for source in catalog.sources.values():
        locked = catalog.locked.get(source.id)
        if locked is None or not answers(locked, source):
            yield source.id


def _drifted(catalog: Catalog) -> Iterator[tuple[str, str]]:
    for artifact in catalog.artifacts.values():
        for link in artifact.associations:
            if link.pinned_version_hash:
                child = catalog.artifacts.get(link.artifact)
                entry = catalog.entry(child) if child else None
                if entry is None or entry.hash != link.pinned_version_hash:
                    yield artifact.id, link.artifact
