"""Plugins: a folder with ``.claude-plugin/plugin.json`` (R3; FORMATS.md 2.5 and 2.6)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from skillmeat.detect.found import Found, Key, PassedOver, line, name, paragraph
from skillmeat.detect.jsonfile import load
from skillmeat.detect.layout import Layout
from skillmeat.detect.marketplace import PLUGIN
from skillmeat.detect.paths import ancestors, join, parent, resolve, shown
from skillmeat.detect.problems import of_path, of_slug, of_text
from skillmeat.model import ArtifactType
from skillmeat.tree import TreeEntry

PARTS = (
    (ArtifactType.SKILL, "skills", "skills"),
    (ArtifactType.COMMAND, "commands", "commands"),
    (ArtifactType.AGENT, "agents", "agents"),
    (ArtifactType.HOOK, "hooks", "hooks/hooks.json"),
    (ArtifactType.MCP, "mcpServers", ".mcp.json"),
)
"""What a plugin is made of: the type, the key that names further places, the place that always counts."""


def find(layout: Layout) -> Iterator[Found | PassedOver]:
    """Every plugin, the one in the repository's root included. Other vendors' manifests do not count."""
    for entry in layout.named(*PLUGIN):
        reason = layout.against(entry, parent(parent(entry.path)))
        yield PassedOver(entry.path, reason) if reason else _plugin(entry, layout)


def _plugin(entry: TreeEntry, layout: Layout) -> Found:
    folder = parent(parent(entry.path))
    file = load(entry, layout.read)
    given = file.table.get("name")
    given = given.strip() if isinstance(given, str) else ""
    description = file.table.get("description")
    problems = {
        *file.problems,
        *of_path(shown(folder)),
        *of_text(description if isinstance(description, str) else ""),
    }
    if given:
        problems.update(of_slug(given))
    elif not file.problems:
        problems.add("name-missing")
    return Found(
        ArtifactType.PLUGIN,
        name=name(given, layout.folder_name(folder), "plugin"),
        path=shown(folder),
        reason="a folder with a .claude-plugin/plugin.json",
        description=paragraph(description),
        problems=tuple(sorted(problems)),
        file=entry.path,
        version=line(file.table.get("version")),
        license=line(file.table.get("license")),
        places=tuple(sorted(_places(folder, file.table))),
    )


def _places(folder: str, manifest: dict[str, Any]) -> set[Key]:
    places = {(kind, join(folder, usual)) for kind, _, usual in PARTS}
    places.add((ArtifactType.SKILL, join(folder, "SKILL.md")))
    for kind, key, _ in PARTS:
        named = manifest.get(key)
        for path in named if isinstance(named, list) else [named]:
            place = resolve(folder, path)
            if place is not None:
                places.add((kind, shown(place)))
    return places


def contents(found: Sequence[Found]) -> Mapping[str, tuple[Key, ...]]:
    """The entries that each plugin contains, by the plugin's path.

    A skill counts in the plugin's own folder, at one of its places or directly below; anything else at
    a place or anywhere below it.
    """
    plugins = _plugins_by_place(found)
    inside: dict[str, list[Key]] = {}
    for each in found:
        for plugin in sorted({plugin.path for key in _places_of(each) for plugin in plugins.get(key, ())}):
            inside.setdefault(plugin, []).append(each.key)
    return {plugin: tuple(keys) for plugin, keys in inside.items()}


def unlisted(layout: Layout, found: Sequence[Found]) -> Iterator[PassedOver]:
    """Markdown files that a plugin names as its commands or agents, though they stand elsewhere."""
    plugins = _plugins_by_place(found)
    files = {each.file for each in found}
    for entry in layout.considered:
        if entry.path.endswith(".md") and entry.path not in files:
            for kind in (ArtifactType.COMMAND, ArtifactType.AGENT):
                for place in (entry.path, *ancestors(entry.path)):
                    for plugin in plugins.get((kind, place), ())[:1]:
                        reason = f"named by the plugin {plugin.name}, but not below {kind}s/"
                        yield PassedOver(entry.path, reason)


def _plugins_by_place(found: Sequence[Found]) -> dict[Key, list[Found]]:
    plugins: dict[Key, list[Found]] = {}
    for each in found:
        for place in each.places:
            plugins.setdefault(place, []).append(each)
    return plugins


def _places_of(each: Found) -> Iterator[Key]:
    """The places that an entry would belong to."""
    above = [parent(each.path)] if each.type is ArtifactType.SKILL else ancestors(each.path)
    for place in (each.path, each.file, *map(shown, above)):
        yield each.type, place
