"""What differs between two versions of one record."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from skillmeat.comparison.order import moved
from skillmeat.model import Artifact, Association, Collection, Group, Record, Settings, Source, Tag
from skillmeat.text import one_line, shorten

LONGEST: Final = 120
"""How much of a value is told."""


@dataclass(frozen=True, slots=True)
class Detail:
    """One difference: its kind (``tagged``, ``re-pinned``), a phrase, and both values as JSON data."""

    what: str
    text: str
    before: Any = None
    after: Any = None


def details(before: Record, after: Record) -> list[Detail]:
    """Everything that differs, in the order of the keys; the id is not looked at."""
    match before, after:
        case Tag(), Tag():
            return [
                *_values(before, after, ("name", "color", "description")),
                *_set("alias", before.aliases, after.aliases),
            ]
        case Artifact(), Artifact():
            return list(_artifact(before, after))
        case Collection(), Collection():
            return list(_collection(before, after))
        case Source(), Source():
            return list(_source(before, after))
    raise TypeError(f"{type(before).__name__} cannot be compared with {type(after).__name__}")


def settings(before: Settings, after: Settings) -> list[Detail]:
    """What differs in ``skillmeat.toml``."""
    one, two = before.model_dump(mode="json"), after.model_dump(mode="json")
    found = [
        Detail("set", _said(f"{table}.{key}", old, new), old, new)
        for table in ("site", "sources")
        for key in {**one[table], **two[table]}
        if (old := one[table].get(key)) != (new := two[table].get(key))
    ]
    for verb, waivers in (
        ("waives", [each for each in after.waivers if each not in before.waivers]),
        ("no longer waives", [each for each in before.waivers if each not in after.waivers]),
    ):
        for each in waivers:
            where = f" at {each.path}" if each.path else ""
            text = one_line(f"{verb} {each.rule}{where}: {each.reason}")
            found.append(Detail("waived", text, None, each.model_dump(mode="json")))
    rest = [key for key in two if key not in ("site", "sources", "waivers") and one[key] != two[key]]
    return found + [Detail("set", _said(key, one[key], two[key]), one[key], two[key]) for key in rest]


# ------------------------------------------------------------------ kinds


def _artifact(before: Artifact, after: Artifact) -> Iterator[Detail]:
    yield from _values(before, after, ("name", "description"))
    old, new = _place(before), _place(after)
    if old != new:
        if old and new:
            yield Detail("moved", f"moved from {old} to {new}", old, new)
        else:
            yield Detail("moved", f"now at {new}" if new else f"no longer at {old}", old, new)
    yield from _values(before, after, ("version", "license", "homepage"))
    yield from _set("tag", before.tags, after.tags)
    yield from _set("alias", before.aliases, after.aliases)
    if before.deprecated != after.deprecated:
        if after.deprecated and not before.deprecated:
            text = f"deprecated: {_quoted(after.deprecated)}"
        else:
            text = (
                _said("deprecated", before.deprecated, after.deprecated)
                if after.deprecated
                else "no longer deprecated"
            )
        yield Detail("deprecated", text, before.deprecated, after.deprecated)
    yield from _values(before, after, ("created_at",))
    yield from _associations(before.associations, after.associations)


def _associations(before: Sequence[Association], after: Sequence[Association]) -> Iterator[Detail]:
    old = {link.artifact: link for link in before}
    new = {link.artifact: link for link in after}
    for child, link in new.items():
        known = old.get(child)
        if known is None:
            pin = f" at {_short(link.pinned_version_hash)}" if link.pinned_version_hash else ""
            text = f"now {_VERB[link.relationship_type]} {child}{pin}"
            yield Detail("associated", text, None, link.model_dump(mode="json"))
            continue
        if known.relationship_type != link.relationship_type:
            text = f"{_VERB[link.relationship_type]} {child} instead of {known.relationship_type}"
            yield Detail("associated", text, str(known.relationship_type), str(link.relationship_type))
        if known.pinned_version_hash != link.pinned_version_hash:
            pins = (known.pinned_version_hash, link.pinned_version_hash)
            yield Detail("re-pinned", _pinned(child, *pins), *pins)
    for child, link in old.items():
        if child not in new:
            text = f"no longer {_VERB[link.relationship_type]} {child}"
            yield Detail("dissociated", text, link.model_dump(mode="json"), None)
    yield from _order("associations", list(old), list(new))


def _pinned(child: str, old: str | None, new: str | None) -> str:
    if old and new:
        return f"{child} re-pinned from {_short(old)} to {_short(new)}"
    return f"{child} pinned to {_short(new)}" if new else f"{child} no longer pinned"


def _collection(before: Collection, after: Collection) -> Iterator[Detail]:
    yield from _values(before, after, ("name", "description", "created_at"))
    old = {member.artifact: member.note for member in before.artifacts}
    new = {member.artifact: member.note for member in after.artifacts}
    yield from _members("", list(old), list(new))
    for artifact, note in new.items():
        if artifact in old and old[artifact] != note:
            yield Detail("note", _said(f"note on {artifact}", old[artifact], note), old[artifact], note)
    groups = {group.slug: group for group in before.groups}
    there = {group.slug: group for group in after.groups}
    renamed = _renamed(groups, there)
    for slug, group in there.items():
        known = groups.get(renamed.get(slug, slug))
        if known is None:
            held = f" with {', '.join(group.artifacts)}" if group.artifacts else ""
            text = f"new group {slug}, {_quoted(group.name)}{held}"
            yield Detail("group-added", text, None, group.model_dump(mode="json"))
            continue
        if known.slug != slug:
            yield Detail("group-renamed", f"group {known.slug} is now {slug}", known.slug, slug)
        for key in ("name", "description"):
            one, two = getattr(known, key), getattr(group, key)
            if one != two:
                yield Detail("group-changed", _said(f"{key} of group {slug}", one, two), one, two)
        yield from _members(slug, known.artifacts, group.artifacts)
    for slug, group in groups.items():
        if slug not in there and slug not in renamed.values():
            yield Detail("group-removed", f"group {slug} removed", group.model_dump(mode="json"), None)
    yield from _order("groups", [_now(slug, renamed) for slug in groups], list(there))


def _renamed(old: Mapping[str, Group], new: Mapping[str, Group]) -> dict[str, str]:
    """By new slug: the group that it was, where one of the same name or the same members went."""
    found: dict[str, str] = {}
    left = [slug for slug in old if slug not in new]
    for slug in (slug for slug in new if slug not in old):
        group = new[slug]
        same = [
            each
            for each in left
            if old[each].name == group.name or (group.artifacts and old[each].artifacts == group.artifacts)
        ]
        if same:
            found[slug] = same[0]
            left.remove(same[0])
    return found


def _now(slug: str, renamed: Mapping[str, str]) -> str:
    return next((new for new, old in renamed.items() if old == slug), slug)


def _members(group: str, before: Sequence[str], after: Sequence[str]) -> Iterator[Detail]:
    where = f" in group {group}" if group else ""
    for place, artifact in enumerate(after):
        if artifact not in before:
            yield Detail("member-added", f"now holds {artifact}{where}, at place {place + 1}", None, artifact)
    for artifact in before:
        if artifact not in after:
            yield Detail("member-removed", f"no longer holds {artifact}{where}", artifact, None)
    yield from _order(f"artifacts{where}", before, after)


def _source(before: Source, after: Source) -> Iterator[Detail]:
    yield from _values(before, after, ("name", "url", "ref", "root"))
    if before.trust_level != after.trust_level:
        text = f"trust level {before.trust_level} → {after.trust_level}"
        yield Detail("trusted", text, str(before.trust_level), str(after.trust_level))
    yield from _set("tag", before.tags, after.tags)
    yield from _values(before, after, ("import_repo_description", "import_repo_readme", "created_at"))
    old, new = ({each.path: each.reason for each in record.exclude} for record in (before, after))
    for path, reason in new.items():
        if path not in old:
            yield Detail(
                "excluded", f"leaves {_quoted(path)} alone" + (f": {reason}" if reason else ""), None, path
            )
        elif old[path] != reason:
            yield Detail(
                "excluded",
                _said(f"reason to leave {_quoted(path)} alone", old[path], reason),
                old[path],
                reason,
            )
    for path in old:
        if path not in new:
            yield Detail("included", f"no longer leaves {_quoted(path)} alone", path, None)


# ------------------------------------------------------------------ values


def _values(before: Record, after: Record, keys: Iterable[str]) -> Iterator[Detail]:
    one, two = before.model_dump(mode="json"), after.model_dump(mode="json")
    for key in keys:
        if one[key] != two[key]:
            yield Detail(
                "renamed" if key == "name" else "set", _said(key, one[key], two[key]), one[key], two[key]
            )


def _set(noun: str, before: Sequence[str], after: Sequence[str]) -> Iterator[Detail]:
    gained = [each for each in after if each not in before]
    lost = [each for each in before if each not in after]
    verb = {"tag": ("tagged", "no longer tagged"), "alias": ("also known as", "no longer known as")}[noun]
    if gained:
        yield Detail(
            "tagged" if noun == "tag" else "alias-added", f"{verb[0]} {', '.join(gained)}", None, gained
        )
    if lost:
        yield Detail(
            "untagged" if noun == "tag" else "alias-removed", f"{verb[1]} {', '.join(lost)}", lost, None
        )


def _order(what: str, before: Sequence[str], after: Sequence[str]) -> Iterator[Detail]:
    """That what is in both lists is in another order, and which items it takes to say so."""
    for item in moved(before, after):
        text = f"{what}: {item} moved from place {before.index(item) + 1} to {after.index(item) + 1}"
        yield Detail("re-ordered", text, before.index(item), after.index(item))


def _said(key: str, old: Any, new: Any) -> str:
    name = key.replace("_", " ")
    if old in (None, ""):
        return f"{name}: {_quoted(new)}"
    if new in (None, ""):
        return f"{name} taken out: {_quoted(old)}"
    return f"{name}: {_quoted(old)} → {_quoted(new)}"


def _quoted(value: Any) -> str:
    if isinstance(value, str):
        return f"“{one_line(shorten(value, LONGEST))}”"
    if isinstance(value, bool):
        return "true" if value else "false"
    return one_line(shorten(str(value), LONGEST))


def _place(artifact: Artifact) -> str:
    return (
        f"{artifact.source or 'this repository'}: {artifact.path}" if artifact.path else artifact.source or ""
    )


def _short(pin: str | None) -> str:
    return (pin or "")[: len("sha256:") + 12]


_VERB: Final[Mapping[str, str]] = {
    "contains": "contains",
    "requires": "requires",
    "extends": "extends",
    "replaces": "replaces",
    "related": "is related to",
}
