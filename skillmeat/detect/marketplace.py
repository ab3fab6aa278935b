"""Where plugins live: the folders whose ``commands/`` and ``agents/`` count."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from skillmeat.detect.found import PassedOver
from skillmeat.detect.jsonfile import load
from skillmeat.detect.layout import Layout
from skillmeat.detect.paths import parent, resolve

MARKETPLACE = (".claude-plugin", "marketplace.json")
PLUGIN = (".claude-plugin", "plugin.json")


def survey(layout: Layout) -> tuple[frozenset[str], tuple[PassedOver, ...]]:
    """R5: the repository's root, every plugin's folder, and every folder a marketplace says a plugin is in.

    The folder that the curator asked for is one too. Marketplaces outside it are heard as well: they say
    where plugins live, and are no entries themselves (R4). Those that cannot be read are passed over.
    """
    roots, passed = {"", layout.root}, []
    for entry in layout.ending(*PLUGIN):
        folder = parent(parent(entry.path))
        if entry.is_file and not layout.off_limits(entry.path, folder):
            roots.add(folder)
    for entry in layout.ending(*MARKETPLACE):
        folder = parent(parent(entry.path))
        reason = layout.against(entry, folder)
        if not reason:
            file = load(entry, layout.read)
            roots.update(_sources(folder, file.table))
            reason = "a marketplace that cannot be read" if not file.table and file.problems else ""
        if reason:
            passed.append(PassedOver(entry.path, reason))
    return frozenset(roots), tuple(passed)


def _sources(folder: str, marketplace: dict[str, Any]) -> Iterator[str]:
    """The folders that relative sources mean, with ``metadata.pluginRoot`` and without."""
    metadata = marketplace.get("metadata")
    bases = [folder]
    plugin_root = resolve(folder, metadata.get("pluginRoot")) if isinstance(metadata, dict) else None
    if plugin_root is not None:
        bases.append(plugin_root)
    plugins = marketplace.get("plugins")
    for plugin in plugins if isinstance(plugins, list) else ():
        source = plugin.get("source") if isinstance(plugin, dict) else None
        for base in bases:
            place = resolve(base, source)
            if place is not None:
                yield place
