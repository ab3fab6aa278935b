"""``/contribute/``: a valid manifest of each kind to begin with, in the form of the forge that holds it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from skillmeat import manifest
from skillmeat.model import Artifact, ArtifactType, Collection, Record, Source, Tag, kind_of
from skillmeat.site import addresses, hosting
from skillmeat.site.edition import TYPES, Edition
from skillmeat.site.output import Made
from skillmeat.site.templates import Page

ADDRESS: Final = "contribute/"

_PATHS: Final = {
    ArtifactType.SKILL: "skills/my-skill",
    ArtifactType.COMMAND: "commands/my-command.md",
    ArtifactType.AGENT: "agents/my-agent.md",
    ArtifactType.HOOK: "hooks/hooks.json",
    ArtifactType.MCP: ".mcp.json#my-server",
    ArtifactType.PLUGIN: "plugins/my-plugin",
}
"""Where each type usually stands in a source."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A manifest to begin with: whose place, its text, and the form for it, empty where no forge is known."""

    anchor: str
    name: str
    about: str
    path: str
    text: str
    address: str


def contribute(edition: Edition) -> Made:
    """The page."""
    about = "How to add something to this catalog: one small file, and a pull request."
    page = Page(ADDRESS, "Contribute", about, "contribute")
    shown = {"drafts": list(drafts(edition)), "settings": edition.edit_settings}
    yield edition.templates.planned(addresses.file(ADDRESS), "contribute.html", page, **shown)


def drafts(edition: Edition) -> Iterator[Draft]:
    """A manifest of every kind, artifacts first."""
    for kind, names in TYPES.items():
        slug = "my-server" if kind == "mcp" else f"my-{kind}"
        artifact = Artifact(
            id=f"{kind}/{slug}",
            name=f"My {names.one if names.one.startswith('MCP') else names.one.lower()}",
            description="What it does, and when to reach for it.",
            license="MIT",
        )
        hint = (
            f'# source = "…"  # one of manifests/sources\n# path = "{_PATHS[ArtifactType(kind)]}"  # in it\n'
        )
        yield _draft(edition, kind, names.one, names.about, artifact, hint)
    tag = Tag(id="my-tag", name="My tag", color="#3b7a57", description="What it is put on.")
    yield _draft(edition, "tag", "Tag", "A word that brings artifacts together.", tag)
    collection = Collection(id="my-collection", name="My collection", description="What it is for.")
    hint = '# artifacts = ["skill/pdf-tools", { artifact = "plugin/office", note = "Start here." }]\n'
    yield _draft(
        edition, "collection", "Collection", "Artifacts that belong together, in an order.", collection, hint
    )
    source = Source(id="my-source", name="My source", url="https://github.com/owner/name", ref="main")
    yield _draft(edition, "source", "Source", "A repository that artifacts are taken from.", source)


def _draft(edition: Edition, anchor: str, name: str, about: str, record: Record, hint: str = "") -> Draft:
    path = kind_of(record).path(record.id)
    text = manifest.render(record) + hint
    address = hosting.new_file(edition.catalog.settings.site.edit_url, path, text)
    return Draft(anchor, name, about, path, text, address)
