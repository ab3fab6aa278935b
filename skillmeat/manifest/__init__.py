"""Manifests: TOML text to records and back, leaving alone what a person wrote."""

from skillmeat.manifest.layout import laid_out
from skillmeat.manifest.position import position
from skillmeat.manifest.reading import MANIFEST_LIMIT, SETTINGS_PATH, explain, parse, read, read_settings
from skillmeat.manifest.writing import plain, render

__all__ = [
    "MANIFEST_LIMIT",
    "SETTINGS_PATH",
    "explain",
    "laid_out",
    "parse",
    "plain",
    "position",
    "read",
    "read_settings",
    "render",
]
