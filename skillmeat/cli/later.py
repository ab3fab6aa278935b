"""Modules that a command needs when it runs, imported at the first use of something in them.

A command is imported, and not run, to print its help and to complete a name. The records and all that is
built on them are three quarters of what importing it would cost, so they wait here.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from skillmeat import model as model
    from skillmeat import views as views
    from skillmeat.edits import artifacts as artifacts
    from skillmeat.edits import associations as associations
    from skillmeat.edits import collections as collections
    from skillmeat.edits import entries as entries
    from skillmeat.edits import groups as groups
    from skillmeat.edits import making as making
    from skillmeat.edits import sources as sources
    from skillmeat.edits import tags as tags
else:

    class _Later:
        def __init__(self, name):
            self._name = name

        def __getattr__(self, attribute):
            return getattr(importlib.import_module(self._name), attribute)

    model, views = _Later("skillmeat.model"), _Later("skillmeat.views")
    artifacts, associations, collections, entries = (
        _Later(f"skillmeat.edits.{name}") for name in ("artifacts", "associations", "collections", "entries")
    )
    groups, making, sources, tags = (
        _Later(f"skillmeat.edits.{name}") for name in ("groups", "making", "sources", "tags")
    )
