"""``.claude-plugin/marketplace.json`` of Claude Code.

The format is that of the published marketplace reference (autumn 2026; FORMATS.md 2.1 to 2.3), checked
against the marketplaces of anthropics/claude-plugins-official and anthropics/skills. A plugin whose entry is
its whole manifest (``"strict": false``) and lists skills, commands or agents is these, grouped under its
name: there is no ``plugin.json`` for a plugin to be found by.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from skillmeat.foreign.addresses import COMMIT, address, inner
from skillmeat.foreign.found import (
    MOST,
    Found,
    FoundArtifact,
    FoundCollection,
    FoundGroup,
    Origin,
    Remainder,
    given,
    table,
    text,
    texts,
)

NAMES = ("marketplace.json",)

_PARTS = {"skills": "skill", "commands": "command", "agents": "agent"}
_TOP = {"$schema", "name", "description", "plugins", "metadata", "renames"}
_KNOWN = {
    **dict.fromkeys(
        (
            "name",
            "displayName",
            "source",
            "description",
            "version",
            "license",
            "homepage",
            "tags",
            "keywords",
        ),
        "",
    ),
    **dict.fromkeys(("category", "strict"), ""),
    **dict.fromkeys(
        ("skills", "commands", "agents", "hooks", "mcpServers", "lspServers", "outputStyles"),
        "it is part of the plugin",
    ),
}
_KINDS = {
    "npm": "a package is not a Git repository",
    "archive": "an archive is not a Git repository",
    "command": "a command is not a Git repository",
}


def fits(data: dict[str, Any]) -> bool:
    """Whether a table looks like a marketplace."""
    return isinstance(data.get("plugins"), list)


def read(data: dict[str, Any], beside: dict[str, Any]) -> Found:
    """What a marketplace lists. Relative sources are in the repository that it is in."""
    left = Remainder()
    left.keys(data, "", _TOP)
    metadata = table(data.get("metadata"))
    left.keys(metadata, "metadata", {"description", "pluginRoot"})
    former = table(data.get("renames"))
    artifacts: list[FoundArtifact] = []
    groups: list[FoundGroup] = []
    plugins = data["plugins"]
    for index, entry in enumerate(plugins[:MOST]):
        where = f"plugins[{index}]"
        if not isinstance(entry, dict) or not text(entry.get("name")):
            left.add(where, "it has no name")
            continue
        origin = _origin(entry.get("source"), text(metadata.get("pluginRoot")), where, left)
        if isinstance(origin, str):
            left.add(f"{where} ({entry['name']})", origin)
            continue
        parts = list(_parts(entry, origin, where)) if entry.get("strict") is False else []
        known = {**_KNOWN, **dict.fromkeys(_PARTS, "")} if parts else _KNOWN
        left.keys(entry, "plugins[]", known)
        aliases = tuple(old for old, new in former.items() if new == entry["name"])
        artifacts += parts or [_plugin(entry, origin, where, aliases)]
        if parts:
            groups.append(_group(entry, where, parts))
    if len(plugins) > MOST:
        left.add(f"plugins[{MOST}]", f"only the first {MOST:,} plugins are read")
    about = text(data.get("description")) or text(metadata.get("description"))
    name = text(data.get("name"))
    collection = FoundCollection("name", name, tuple(groups), given(description=about)) if name else None
    return Found("marketplace", artifacts=tuple(artifacts), collection=collection, left=left.all)


def _plugin(entry: dict[str, Any], origin: Origin, where: str, aliases: tuple[str, ...]) -> FoundArtifact:
    values = {key: entry.get(key) for key in ("description", "version", "license", "homepage")}
    name = text(entry.get("displayName")) or entry["name"]
    return FoundArtifact(
        where, "plugin", entry["name"], name, origin, _tags(entry), given(**values, aliases=aliases)
    )


def _parts(entry: dict[str, Any], origin: Origin, where: str) -> Iterator[FoundArtifact]:
    """The skills, commands and agents that an entry lists by path."""
    for key, kind in _PARTS.items():
        for index, path in enumerate(texts(entry.get(key))):
            full = inner(f"{origin.path}/{inner(path)}")
            name = full.rpartition("/")[2].removesuffix(".md")
            place = Origin(origin.url, origin.ref, full)
            if name not in ("", "."):
                values = given(license=entry.get("license"))
                yield FoundArtifact(f"{where}.{key}[{index}]", kind, name, name, place, _tags(entry), values)


def _group(entry: dict[str, Any], where: str, parts: list[FoundArtifact]) -> FoundGroup:
    about = given(description=entry.get("description"))
    name = text(entry.get("displayName")) or entry["name"]
    return FoundGroup(where, name, tuple(each.where for each in parts), about)


def _tags(entry: dict[str, Any]) -> tuple[str, ...]:
    words = (*texts(entry.get("category")), *texts(entry.get("tags")), *texts(entry.get("keywords")))
    return tuple(dict.fromkeys(words))


def _origin(source: object, root: str, where: str, left: Remainder) -> Origin | str:
    """Where a plugin is, or why it is nowhere that can be named."""
    if isinstance(source, str):
        bare = not source.startswith(".")
        return Origin("", None, inner(f"{root}/{source}" if bare and root else source))
    if not isinstance(source, dict):
        return "it has no source"
    kind = source.get("source")
    where_to = text(source.get("repo")) if kind == "github" else text(source.get("url"))
    if kind not in ("github", "url", "git-subdir"):
        return _KINDS.get(text(kind), "there is no such kind of source")
    if not where_to:
        return "its source has no address"
    left.keys(source, "plugins[].source", {"source", "repo", "url", "path", "ref", "sha"})
    sha = text(source.get("sha"))
    if sha and not COMMIT.fullmatch(sha):
        return "its sha is not that of a commit"
    if sha and source.get("ref"):
        left.keys({"ref": 1}, "plugins[].source", {"ref": "the commit that sha names is followed"})
    if kind == "git-subdir" and not text(source.get("path")):
        return "its source has no path"
    return Origin(
        address(where_to), sha or text(source.get("ref")) or None, inner(text(source.get("path")) or ".")
    )
