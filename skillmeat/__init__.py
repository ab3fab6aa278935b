"""A Git-backed store of TOML manifests and a generator of static catalogs."""

__version__ = "0.1.0"
