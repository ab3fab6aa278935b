"""Other people's repositories: what a ref points to, and the files of a commit as values.

The one place where the ``git`` command meets what is not the user's own. Nothing is ever checked out;
no link, submodule, hook, filter, attribute or configuration of a source has any effect.
"""

from skillmeat.places import cache_folder
from skillmeat.remote.cache import fetched, has
from skillmeat.remote.fetching import descends, fetch, resolve
from skillmeat.remote.snapshot import (
    MAX_BLOB,
    Snapshot,
    Target,
    commit_time,
    snapshot,
    snapshot_if_fetched,
)

__all__ = [
    "MAX_BLOB",
    "Snapshot",
    "Target",
    "cache_folder",
    "commit_time",
    "descends",
    "fetch",
    "fetched",
    "has",
    "resolve",
    "snapshot",
    "snapshot_if_fetched",
]
