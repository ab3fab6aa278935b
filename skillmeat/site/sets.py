"""How to get everything in a collection or under a tag at once."""

from __future__ import annotations

import shlex
from collections.abc import Collection
from typing import Final

from skillmeat.model import ArtifactType
from skillmeat.site.edition import Edition
from skillmeat.site.install import Way

_IN_MARKETPLACES: Final = frozenset(
    {ArtifactType.SKILL, ArtifactType.COMMAND, ArtifactType.AGENT, ArtifactType.PLUGIN}
)


def ways(edition: Edition, address: str, artifacts: Collection[str]) -> list[Way]:
    """The commands for what is at an address of the site, best first.

    Clients must be able to reach it, so there are none while the site does not say where it is published.
    """
    url = edition.catalog.settings.site.url
    if not url:
        return []
    base = url.rstrip("/") + "/" + address
    kinds = {edition.catalog.artifacts[each].type for each in artifacts if each not in edition.absent}
    found = []
    if ArtifactType.SKILL in kinds:
        note = "Lets you choose among its skills, each exactly as shown here; --skill '*' takes all."
        found.append(Way("With npx skills", shlex.join(["npx", "skills", "add", base]), note))
    if kinds & _IN_MARKETPLACES:
        text = f"/plugin marketplace add {base}marketplace.json"
        note = "Then /plugin lists what there is to install, each pinned to the commit shown here."
        found.append(Way("In Claude Code", text, note))
    return found
