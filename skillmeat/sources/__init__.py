"""Sources resolved, looked into and locked; and the content of what was locked.

The network is reached by ``lock``, ``fetch`` and ``outdated`` alone, through ``remote`` and ``github``.
"""

from skillmeat.sources.content import Contents
from skillmeat.sources.locking import Locking, Outdated, fetch, is_locked, lock, outdated, stale
from skillmeat.sources.scanning import Scanned, sayings, scan

__all__ = [
    "Contents",
    "Locking",
    "Outdated",
    "Scanned",
    "fetch",
    "is_locked",
    "lock",
    "outdated",
    "sayings",
    "scan",
    "stale",
]
