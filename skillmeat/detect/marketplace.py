"""Where plugins live: the folders whose ``commands/`` and ``agents/`` count."""

from __future__ import annotations

from collections.abc import Iterator

from skillmeat.detect.jsonfile import load
from skillmeat.detect.layout import Layout
from skillmeat.detect.paths import is_text, parent, resolve

MARKETPLACE = (".claude-plugin", "marketplace.json")
PLUGIN = (".claude-plugin", "plugin.json")


def roots(layout: Layout) -> frozenset[str]:
    """R5: the repository's root, every plugin's folder, and every folder a marketplace says a plugin is in.

    The folder that the curator asked for is one too. Marketplaces outside it are heard as well: they say
    where plugins live, and are no entries themselves (R4).
    """
    return frozenset({"", layout.root, *_plugins(layout), *_marketplaces(layout)})


def _plugins(layout: Layout) -> Iterator[str]:
    for entry in layout.ending(*PLUGIN):
        folder = parent(parent(entry.path))
        if entry.is_file and not layout.off_limits(entry.path, folder):
            yield folder


def _marketplaces(layout: Layout) -> Iterator[str]:
    for entry in layout.ending(*MARKETPLACE):
        folder = parent(parent(entry.path))
        if not layout.against(entry, folder):
            marketplace = load(entry, layout.read).table
            metadata = marketplace.get("metadata")
            plugin_root = metadata.get("pluginRoot") if isinstance(metadata, dict) else None
            bases = {folder, resolve(folder, plugin_root)} - {None}
            plugins = marketplace.get("plugins")
            for plugin in plugins if isinstance(plugins, list) else ():
                source = plugin.get("source") if isinstance(plugin, dict) else None
                for base in bases:
                    place = resolve(base or "", source)
                    if place is not None and is_text(place):
                        yield place
