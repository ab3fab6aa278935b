"""How to get everything in a collection or under a tag at once."""

from __future__ import annotations

import shlex
from collections.abc import Collection

from skillmeat.site import marketplaces, wellknown
from skillmeat.site.edition import Edition
from skillmeat.site.install import Way


def ways(edition: Edition, address: str, artifacts: Collection[str]) -> list[Way]:
    """The commands for what is at an address of the site, best first.

    Clients must be able to reach it, so there are none while the site does not say where it is published;
    and each is there only where it finds something, since no skill or plugin may be fit for it.
    """
    url = edition.catalog.settings.site.url
    if not url:
        return []
    base = url.rstrip("/") + "/" + address
    found = []
    if address in edition.once(wellknown.offering):
        note = "Lets you choose among its skills, each exactly as shown here; --skill '*' takes all."
        found.append(Way("With npx skills", shlex.join(["npx", "skills", "add", base]), note))
    plugins = edition.once(marketplaces.plugin_names)
    if any(each in plugins for each in artifacts):
        text = f"/plugin marketplace add {base}marketplace.json"
        note = "Then /plugin lists what there is to install, each pinned to the commit shown here."
        found.append(Way("In Claude Code", text, note))
    return found
