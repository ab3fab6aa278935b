"""``CODEOWNERS`` made from ``[[owners]]``: who is asked to review a change of which manifests.

The format is GitHub's: a pattern and whom it belongs to, of which the last that matches counts. GitLab and
Gitea read the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from skillmeat.catalog import Catalog
from skillmeat.model import KINDS, Owner

HEADING: Final = "# Written by “skillmeat codeowners” from [[owners]] in manifests/skillmeat.toml."
PLACES: Final = (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS")
"""Where forges look for it."""


def render(catalog: Catalog, prefix: str = "") -> str:
    """The file. ``prefix`` is the way from the repository's top to the store: empty, or ending in ``/``."""
    lines = [HEADING]
    for owner in catalog.settings.owners:
        who = " ".join(owner.who)
        above = _escaped(prefix)
        lines += [f"/{above}manifests/{pattern} {who}" for pattern in _patterns(catalog, owner)]
    return "\n".join(lines) + "\n"


def _patterns(catalog: Catalog, owner: Owner) -> Iterator[str]:
    """What a table is about, below ``manifests/``: its pattern, or every manifest that it means, sorted."""
    if owner.path is not None:
        yield owner.path.replace(" ", "\\ ").replace("#", "\\#")
        return
    if not (owner.type or owner.tag or owner.source or owner.collection):
        yield ""
        return
    if owner.type and not (owner.tag or owner.source or owner.collection):
        yield f"artifacts/{owner.type}/"
        return
    found = [
        f"artifacts/{each.id}.toml"
        for each in catalog.artifacts.values()
        if (owner.type is None or each.type is owner.type)
        and (owner.tag is None or owner.tag in each.tags)
        and (owner.source is None or owner.source == each.source)
        and (owner.collection is None or owner.collection in catalog.collections_with[each.id])
    ]
    for kind in KINDS:
        record_id = getattr(owner, kind.noun, None)
        if record_id in catalog.of(kind):
            found.append(f"{kind.plural}/{record_id}.toml")
    yield from sorted(found)


def _escaped(path: str) -> str:
    """A path in which nothing is a pattern, or the end of one."""
    return re.sub(r"([\\ #\[\]*?!])", r"\\\1", path)
