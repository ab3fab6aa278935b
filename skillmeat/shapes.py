"""What ``views`` gives, key by key: the shapes of ``--json`` and of the site's API.

mypy holds the views to them and ``site.openapi`` makes the API's description of them. A key that is also one
of the manifest is described there (``model``) and not again here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Final, NotRequired

from pydantic import ConfigDict, Field, WithJsonSchema, with_config
from typing_extensions import TypedDict

from skillmeat import model, scalars
from skillmeat.words import ArtifactType, RelationshipType, TrustLevel

_STRICT: Final = ConfigDict(extra="forbid")

Type = Annotated[str, WithJsonSchema({"type": "string", "enum": [str(each) for each in ArtifactType]})]
Relationship = Annotated[
    str, WithJsonSchema({"type": "string", "enum": [str(each) for each in RelationshipType]})
]
Trust = Annotated[str, WithJsonSchema({"type": "string", "enum": [str(each) for each in TrustLevel]})]
Timestamp = Annotated[str, Field(pattern=r"Z$", json_schema_extra={"format": "date-time"})]
Count = Annotated[int, Field(ge=0)]
GroupId = Annotated[str, Field(pattern=r"^[a-z0-9-]+/[a-z0-9-]+$")]


@with_config(_STRICT)
class Dated(TypedDict):
    """When a record was made and last changed."""

    created_at: Annotated[
        Timestamp | None, Field(description="When it was added, in UTC; null when that is not known.")
    ]
    updated_at: Annotated[
        Timestamp | None, Field(description="When its file was last committed, in UTC; null before that.")
    ]


@with_config(_STRICT)
class Tag(Dated):
    """A tag, and how many artifacts carry it."""

    id: Annotated[scalars.Slug, Field(description="Its slug, which is the name of its file.")]
    slug: Annotated[scalars.Slug, Field(description="The same.")]
    name: scalars.Name
    color: scalars.Color
    description: scalars.Description | None
    aliases: list[scalars.Slug]
    artifact_count: Annotated[Count, Field(description="How many artifacts carry it.")]


@with_config(_STRICT)
class Association(TypedDict):
    """What one artifact has to do with another, and whether its pin is what the lock says now."""

    parent: Annotated[scalars.ArtifactId, Field(description="The artifact whose file says so.")]
    artifact: scalars.ArtifactId
    relationship_type: Relationship
    inverse: Annotated[str, Field(description="What the relationship is called from the child's side.")]
    position: Annotated[Count, Field(description="Its place among the parent's associations, from 0.")]
    pinned_version_hash: scalars.Hash | None
    locked_hash: Annotated[scalars.Hash | None, Field(description="The child's content by the lock.")]
    drifted: Annotated[bool, Field(description="Whether there is a pin and it is not that content.")]


@with_config(_STRICT)
class Artifact(Dated):
    """An artifact, its pin, and where it stands in the catalog."""

    id: Annotated[scalars.ArtifactId, Field(description="Its type and slug.")]
    type: Annotated[Type, Field(description="What it is to the agent that uses it.")]
    slug: Annotated[scalars.Slug, Field(description="The second half of its id.")]
    name: scalars.Name
    description: scalars.Description | None
    source: scalars.Slug | None
    path: scalars.InnerPath | None
    version: scalars.Line | None
    license: scalars.Line | None
    homepage: scalars.WebUrl | None
    tags: list[scalars.Slug]
    aliases: list[scalars.Slug]
    deprecated: scalars.Line | None
    trust_level: Annotated[Trust | None, Field(description="How far its source is trusted.")]
    commit: Annotated[scalars.ObjectId | None, Field(description="The commit its source is locked to.")]
    hash: Annotated[scalars.Hash | None, Field(description="The hash of its content at that commit.")]
    tree: Annotated[scalars.ObjectId | None, Field(description="Git's name of that content.")]
    associations: list[Association]
    used_by: Annotated[
        list[scalars.ArtifactId], Field(description="The artifacts that have an association with it.")
    ]
    collections: Annotated[list[scalars.Slug], Field(description="The collections it is in.")]
    groups: Annotated[list[GroupId], Field(description="The groups it is in.")]


@with_config(_STRICT)
class Member(TypedDict):
    """An artifact in a collection."""

    artifact: scalars.ArtifactId
    note: scalars.Line | None
    position: Annotated[Count, Field(description="Its place in the collection, from 0.")]


@with_config(_STRICT)
class GroupMember(TypedDict):
    """An artifact in a group."""

    artifact: Annotated[scalars.ArtifactId, Field(description="Its type and slug.")]
    position: Annotated[Count, Field(description="Its place in the group, from 0.")]


@with_config(_STRICT)
class Group(TypedDict):
    """A part of a collection, its members in their order."""

    id: Annotated[GroupId, Field(description="The collection's slug and its own.")]
    collection: Annotated[scalars.Slug, Field(description="The collection that it is a part of.")]
    slug: scalars.Slug
    name: scalars.Name
    description: scalars.Description | None
    position: Annotated[Count, Field(description="Its place in the collection, from 0.")]
    artifacts: list[GroupMember]
    artifact_count: Annotated[Count, Field(description="How many artifacts it holds.")]


@with_config(_STRICT)
class Collection(Dated):
    """A collection, its members and groups in their order."""

    id: Annotated[scalars.Slug, Field(description="Its slug, which is the name of its file.")]
    slug: Annotated[scalars.Slug, Field(description="The same.")]
    name: scalars.Name
    description: scalars.Description | None
    artifacts: list[Member]
    artifact_count: Annotated[Count, Field(description="How many artifacts it holds.")]
    groups: list[Group]
    group_count: Annotated[Count, Field(description="How many groups it has.")]


@with_config(_STRICT)
class Exclude(TypedDict):
    """A part of a source that is left alone."""

    path: scalars.InnerPath
    reason: scalars.Line | None


@with_config(_STRICT)
class Source(Dated):
    """A source, its pin, and what it was found to hold."""

    id: Annotated[scalars.Slug, Field(description="Its slug, which is the name of its file.")]
    slug: Annotated[scalars.Slug, Field(description="The same.")]
    name: scalars.Name
    url: scalars.GitUrl
    ref: scalars.GitRef
    root: scalars.InnerPath | None
    trust_level: Trust
    tags: list[scalars.SourceTag]
    import_repo_description: bool
    import_repo_readme: bool
    exclude: list[Exclude]
    commit: Annotated[scalars.ObjectId | None, Field(description="The commit it is locked to.")]
    locked: Annotated[bool, Field(description="Whether the lock answers what its manifest asks for now.")]
    repo_description: Annotated[
        scalars.Description | None, Field(description="The repository's own description, where it is kept.")
    ]
    readme_hash: Annotated[scalars.Hash | None, Field(description="The hash of its README, where kept.")]
    entry_count: Annotated[Count, Field(description="How much was found in it.")]
    counts_by_type: Annotated[dict[str, Count], Field(description="The same by type.")]
    artifact_count: Annotated[Count, Field(description="How many artifacts of the catalog come from it.")]


@with_config(_STRICT)
class Entry(TypedDict):
    """Something found in a source, and the artifacts made from it."""

    type: Annotated[Type, Field(description="What it is.")]
    name: Annotated[str, Field(description="What it calls itself.")]
    path: Annotated[str, Field(description="Where it stands in the source.")]
    hash: Annotated[scalars.Hash, Field(description="The hash of its content.")]
    tree: Annotated[scalars.ObjectId, Field(description="Git's name of its content.")]
    problems: Annotated[list[str], Field(description="What keeps it from being used as it is.")]
    imported_as: Annotated[
        list[scalars.ArtifactId], Field(description="The artifacts of the catalog that are made of it.")
    ]


@with_config(_STRICT)
class Readme(TypedDict):
    """A source's README, as Markdown that somebody else wrote: it may hold anything."""

    source: Annotated[scalars.Slug, Field(description="The source.")]
    commit: Annotated[scalars.ObjectId | None, Field(description="The commit it was read at.")]
    readme_hash: Annotated[scalars.Hash | None, Field(description="The hash of its text.")]
    text: Annotated[str, Field(description="The text, at most 50 KB of it.")]


@with_config(_STRICT)
class Case(TypedDict):
    """One record that a concern is about."""

    noun: Annotated[str, Field(description="What kind of record it is.")]
    id: Annotated[str, Field(description="Its id.")]
    said: Annotated[str | None, Field(description="What is the matter, in a sentence.")]
    remedy: Annotated[str | None, Field(description="What to do about this one.")]
    others: Annotated[list[str], Field(description="Records of the same noun that it has to do with.")]


@with_config(_STRICT)
class Concern(TypedDict):
    """Something for the curators to look after."""

    id: Annotated[str, Field(description="Its name for programs.")]
    title: Annotated[str, Field(description="What it is.")]
    advice: Annotated[str, Field(description="What to do about it.")]
    count: Annotated[Count, Field(description="How many records it is about; 0 when all is well.")]
    waived: Annotated[Count, Field(description="How many more the curators decided to live with.")]
    cases: list[Case]


@with_config(_STRICT)
class Index(TypedDict):
    """What the catalog is, how much it holds, and where."""

    title: Annotated[scalars.Name, Field(description="What the catalog is called.")]
    description: Annotated[scalars.Description | None, Field(description="What it is about.")]
    url: Annotated[scalars.WebUrl | None, Field(description="Where it is published.")]
    format: Annotated[int, Field(description="The format of its manifests.")]
    counts: Annotated[Counts, Field(description="How much it holds.")]
    links: Annotated[dict[str, str], Field(description="By noun: the list of all of them.")]


@with_config(_STRICT)
class Counts(TypedDict):
    """How much the catalog holds."""

    tags: Annotated[Count, Field(description="How many tags.")]
    artifacts: Annotated[Count, Field(description="How many artifacts.")]
    collections: Annotated[Count, Field(description="How many collections.")]
    sources: Annotated[Count, Field(description="How many sources.")]
    groups: Annotated[Count, Field(description="How many groups.")]
    artifacts_by_type: Annotated[dict[str, Count], Field(description="How many artifacts of each type.")]


@with_config(_STRICT)
class Meta(TypedDict):
    """How much of a list a document holds."""

    count: Annotated[Count, Field(description="How many there are in this document.")]
    total: Annotated[Count, Field(description="How many there are in all.")]
    next_cursor: Annotated[
        str | None, Field(description="What --after takes on the command line to go on; null at the end.")
    ]
    next: NotRequired[
        Annotated[
            str, Field(description="The address of the next page, relative to this one; not on the last.")
        ]
    ]


RECORDS: Final[Mapping[Any, type[model.Part]]] = {
    Tag: model.Tag,
    Association: model.Association,
    Artifact: model.Artifact,
    Member: model.Member,
    Group: model.Group,
    Collection: model.Collection,
    Exclude: model.Exclude,
    Source: model.Source,
}
"""By shape: the part of a manifest whose keys it has."""
