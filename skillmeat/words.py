"""The closed lists of words that records hold. ``model`` passes them on; here they cost nothing to import."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class ArtifactType(StrEnum):
    """What an artifact is to the agent that uses it."""

    SKILL = "skill"
    COMMAND = "command"
    AGENT = "agent"
    HOOK = "hook"
    MCP = "mcp"
    PLUGIN = "plugin"


class RelationshipType(StrEnum):
    """What a parent artifact has to do with its child."""

    CONTAINS = "contains"
    REQUIRES = "requires"
    EXTENDS = "extends"
    REPLACES = "replaces"
    RELATED = "related"


class TrustLevel(StrEnum):
    """How far the curator trusts a source, least first."""

    UNTRUSTED = "untrusted"
    BASIC = "basic"
    VERIFIED = "verified"
    OFFICIAL = "official"


class Images(StrEnum):
    """Whose images texts may show on the site: nobody's, their source's, or those of any host with https."""

    NONE = "none"
    SOURCE = "source"
    HTTPS = "https"


MEANINGS: Final[Mapping[str, str]] = {
    ArtifactType.SKILL: "Instructions that an agent reads when a task calls for them.",
    ArtifactType.COMMAND: "A prompt that people start by name.",
    ArtifactType.AGENT: "An assistant for one kind of job, called by another agent.",
    ArtifactType.HOOK: "A program that runs when an agent does something.",
    ArtifactType.MCP: "A server that gives an agent tools and data.",
    ArtifactType.PLUGIN: "Several artifacts that are installed as one.",
    RelationshipType.CONTAINS: "The child is a part of the parent and comes with it.",
    RelationshipType.REQUIRES: "The parent does not work without the child.",
    RelationshipType.EXTENDS: "The parent adds to the child.",
    RelationshipType.REPLACES: "The parent is to be used in place of the child.",
    RelationshipType.RELATED: "Who looks at one may want the other.",
    TrustLevel.UNTRUSTED: "Listed, and nobody vouches for it.",
    TrustLevel.BASIC: "Trusted to a degree.",
    TrustLevel.VERIFIED: "The curators have looked at it.",
    TrustLevel.OFFICIAL: "From the people who make the thing it is for.",
    Images.NONE: "No image: its description stands in its place.",
    Images.SOURCE: "Those in the repository that the text is from.",
    Images.HTTPS: "Those of any host with https, which then learns who reads the page.",
}
"""What the words that people choose from mean, for who writes a manifest."""
