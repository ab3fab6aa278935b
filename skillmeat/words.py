"""The closed lists of words that records hold. ``model`` passes them on; here they cost nothing to import."""

from __future__ import annotations

from enum import StrEnum


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
