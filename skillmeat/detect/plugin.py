"""Plugins: a folder with ``.claude-plugin/plugin.json`` (R3; FORMATS.md 2.5 and 2.6)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from skillmeat.detect.found import Found, Key, PassedOver, line, paragraph
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
        *of_path(folder),
        *of_text(description if isinstance(description, str) else ""),
    }
    if given:
        problems.update(of_slug(given))
    elif not file.problems:
        problems.add("name-missing")
    return Found(
        ArtifactType.PLUGIN,
        name=line(given) or line(layout.folder_name(folder)) or "plugin",
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
    for kind, key, _ in PARTS:
        named = manifest.get(key)
        for path in named if isinstance(named, list) else [named]:
            place = resolve(folder, path)
            if place is not None:
                places.add((kind, shown(place)))
    return places


def contents(plugin: Found, found: Sequence[Found]) -> tuple[Key, ...]:
    """The entries that a plugin contains: what stands at its places, and a skill in its own folder.

    A skill counts at a place or directly below it, anything else at any depth.
    """
    places = frozenset(plugin.places)
    inside = (each for each in found if each.type != ArtifactType.PLUGIN)
    return tuple(each.key for each in inside if each.path == plugin.path or _placed(each, places))


def _placed(each: Found, places: frozenset[Key]) -> bool:
    candidates = [each.path, each.file, *ancestors(each.path)]
    if each.type == ArtifactType.SKILL:
        candidates = [each.path, shown(parent(each.path))]
    return any((each.type, place) in places for place in candidates)
