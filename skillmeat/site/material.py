"""Digests of what a site is made of. A copy of this process can find them while the store is checked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from skillmeat.catalog import Catalog
from skillmeat.model import KINDS, Artifact
from skillmeat.site.output import digest


@dataclass(frozen=True)
class Material:
    """``digest`` changes whenever a record, the lock, a README or an artifact's content does; ``versions``
    are by artifact, as ``Versions`` gives them.
    """

    digest: str
    versions: Mapping[str, str]


def material(catalog: Catalog, version: Callable[[Artifact], str]) -> Material:
    """Of a catalog, whose contents ``version`` tells from changed ones."""
    versions = {each: version(record) for each, record in catalog.artifacts.items()}
    records = [list(catalog.of(kind).values()) for kind in KINDS]
    return Material(digest(records, catalog.lock, catalog.readmes, list(versions.values())), versions)
