"""``collection.toml`` of upstream SkillMeat, with the ``collection.lock`` beside it.

The format is told from the repository miethe/skillmeat: what ``Collection``, ``Artifact``,
``ArtifactMetadata``, ``TagDefinition`` and ``GroupDefinition`` write (``skillmeat/core/collection.py`` and
``artifact.py``), what ``LockManager`` writes (``skillmeat/storage/lockfile.py``) and the examples in
``docs/dev/architecture``; an older form of the lock in the latter has its entries at the top.

``upstream`` is a page of GitHub (``…/tree/<ref>/<path>``) or ``owner/repo/path[@version]``. The ref that is
followed is ``version_spec``, or the page's; ``latest``, and a commit in a page, mean the default branch: they
say what was fetched, not what is wanted. Members of groups are ``type:name``.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from skillmeat.foreign.addresses import COMMIT, address, browsed, inner
from skillmeat.foreign.found import (
    MOST,
    Found,
    FoundArtifact,
    FoundCollection,
    FoundGroup,
    FoundTag,
    Origin,
    Remainder,
    given,
    table,
    text,
    texts,
)
from skillmeat.model import ArtifactType

NAMES = ("collection.toml",)
LOCK = "collection.lock"

_PINNED = "“skillmeat lock” records the commit anew"
_KNOWN = {
    **dict.fromkeys(("name", "type", "path", "origin", "origin_source", "upstream", "version_spec"), ""),
    **dict.fromkeys(("tags", "metadata", "added"), ""),
    **dict.fromkeys(("resolved_sha", "resolved_version"), _PINNED),
}
_METADATA = {
    **dict.fromkeys(("title", "description", "license", "version", "tags"), ""),
    "linked_artifacts": "say what they have to do with each other with “skillmeat association create”",
}
_LOCKED = {
    **dict.fromkeys(("name", "type", "upstream", "fetched"), ""),
    **dict.fromkeys(("resolved_sha", "resolved_version"), _PINNED),
    "content_hash": "“skillmeat lock” computes a hash of its own",
}


def fits(data: dict[str, Any]) -> bool:
    """Whether a table looks like a collection."""
    return isinstance(data.get("collection"), dict) and isinstance(data.get("artifacts", []), list)


def read(data: dict[str, Any], beside: dict[str, Any]) -> Found:
    """The artifacts, the tags and the groups of a collection, which is one itself."""
    left = Remainder()
    left.keys(data, "", {"collection", "artifacts", "tag_definitions", "groups", "mcp_servers"})
    head = data["collection"]
    left.keys(head, "collection", {"name", "description", "created", "updated"})
    pins = _pins(beside.get(LOCK), left)
    artifacts = list(_artifacts(data.get("artifacts", []), pins, left))
    for index, server in enumerate(_tables(data.get("mcp_servers"))):
        name = text(server.get("name"))
        left.add(f"mcp_servers[{index}] ({name})", "it does not say which .mcp.json the server is in")
    places = {f"{each.type}:{each.slug}": each.where for each in artifacts}
    name = text(head.get("name"))
    about = given(description=head.get("description"), created_at=_moment(head.get("created")))
    groups = tuple(_groups(_tables(data.get("groups")), places, left))
    collection = FoundCollection("collection", name, groups, about) if name else None
    tags = tuple(_tags(_tables(data.get("tag_definitions")), left))
    return Found("collection", artifacts=tuple(artifacts), tags=tags, collection=collection, left=left.all)


def _artifacts(
    entries: list[Any], pins: dict[tuple[str, str], dict[str, Any]], left: Remainder
) -> Iterator[FoundArtifact]:
    for index, entry in enumerate(entries[:MOST]):
        where = f"artifacts[{index}]"
        name, kind = text(table(entry).get("name")), text(table(entry).get("type"))
        shown = f"{where} ({name})"
        if not name:
            left.add(where, "it has no name")
        elif kind not in list(ArtifactType):
            left.add(shown, f"“{kind}” is not a type of artifact")
        else:
            pin = pins.pop((name, kind), None) or pins.pop((name, ""), None) or {}
            origin = _origin(entry, pin)
            if isinstance(origin, str):
                left.add(shown, origin)
            else:
                yield _artifact(entry, origin, where, left)
    for name, kind in pins:
        left.add(f"{LOCK}: {name}{'::' if kind else ''}{kind}", "the collection does not hold it")
    if len(entries) > MOST:
        left.add(f"artifacts[{MOST}]", f"only the first {MOST:,} are read")


def _artifact(entry: dict[str, Any], origin: Origin, where: str, left: Remainder) -> FoundArtifact:
    left.keys(entry, "artifacts[]", _KNOWN)
    metadata = table(entry.get("metadata"))
    left.keys(metadata, "artifacts[].metadata", _METADATA)
    values = {key: metadata.get(key) for key in ("description", "license", "version")}
    return FoundArtifact(
        where,
        entry["type"],
        entry["name"],
        text(metadata.get("title")) or entry["name"],
        origin,
        tuple(dict.fromkeys((*texts(entry.get("tags")), *texts(metadata.get("tags"))))),
        given(**values, created_at=_moment(entry.get("added"))),
    )


def _origin(entry: dict[str, Any], pin: dict[str, Any]) -> Origin | str:
    upstream = text(entry.get("upstream")) or text(pin.get("upstream"))
    if not upstream:
        path = text(entry.get("path"))
        return Origin("", None, inner(path)) if path else "it says neither upstream nor path"
    wanted = text(entry.get("version_spec"))
    found = browsed(upstream)
    if found:
        ref = found.ref if found.ref and not COMMIT.fullmatch(found.ref) else None
        return Origin(found.url, _ref(wanted) or ref, found.path)
    if "://" in upstream or upstream.startswith("git@"):
        return Origin(address(upstream), _ref(wanted), ".")
    spec, _, version = upstream.partition("@")
    owner, _, rest = spec.partition("/")
    repository, _, path = rest.partition("/")
    if not owner or not repository:
        return "its upstream is no address"
    return Origin(address(f"{owner}/{repository}"), _ref(wanted) or _ref(version), inner(path or "."))


def _ref(version: str) -> str | None:
    return None if version in ("", "latest") else version


def _pins(lock: object, left: Remainder) -> dict[tuple[str, str], dict[str, Any]]:
    """What the lock says, by name and type; the older form knows no type."""
    inside = table(lock).get("lock", lock)
    entries = table(table(inside).get("entries"))
    found = {}
    for key, entry in list(entries.items())[:MOST]:
        if isinstance(entry, dict):
            name, _, kind = key.partition("::")
            found[name, kind] = entry
            left.keys(entry, f"{LOCK}: entries[]", _LOCKED)
    return found


def _tags(definitions: Iterator[dict[str, Any]], left: Remainder) -> Iterator[FoundTag]:
    for index, each in enumerate(definitions):
        left.keys(each, "tag_definitions[]", {"name", "slug", "color", "description"})
        if text(each.get("name")):
            values = given(color=each.get("color"), description=each.get("description"))
            yield FoundTag(f"tag_definitions[{index}]", each["name"], values)


def _groups(
    definitions: Iterator[dict[str, Any]], places: dict[str, str], left: Remainder
) -> Iterator[FoundGroup]:
    ordered = sorted(enumerate(definitions), key=lambda item: (_number(item[1].get("position")), item[0]))
    for index, each in ordered:
        where = f"groups[{index}]"
        left.keys(each, "groups[]", {"name", "description", "members", "position"})
        if not text(each.get("name")):
            left.add(where, "it has no name")
            continue
        members = []
        for place, member in enumerate(texts(each.get("members"))[:MOST]):
            if member in places:
                members.append(places[member])
            else:
                left.add(f"{where}.members[{place}] ({member})", "no such artifact is imported")
        yield FoundGroup(where, each["name"], tuple(members), given(description=each.get("description")))


def _tables(value: object) -> Iterator[dict[str, Any]]:
    return iter([each for each in value if isinstance(each, dict)][:MOST] if isinstance(value, list) else ())


def _number(value: object) -> int:
    return value if isinstance(value, int) else 0


def _moment(value: object) -> object:
    """A moment, written as one or as text; without an offset it is in UTC, as upstream means it.

    What is no moment stays what it is.
    """
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            return value
    if not isinstance(value, datetime):
        return value
    return (value if value.tzinfo else value.replace(tzinfo=UTC)).replace(microsecond=0)
