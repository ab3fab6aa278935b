"""Manifests: TOML text to records and back, leaving alone what a person wrote."""

from skillmeat.manifest.reading import MANIFEST_LIMIT, SETTINGS_PATH, explain, parse, read, read_settings
from skillmeat.manifest.writing import DIRECTIVE, SCHEMAS, directive, plain, render

__all__ = [
    "DIRECTIVE",
    "MANIFEST_LIMIT",
    "SCHEMAS",
    "SETTINGS_PATH",
    "directive",
    "explain",
    "parse",
    "plain",
    "read",
    "read_settings",
    "render",
]
