"""The records: one frozen class per manifest, every key stated once.

A record is what a file says plus ``id``, which is where the file stands (``tags/pdf.toml`` has the
id ``pdf``, ``artifacts/skill/pdf-tools.toml`` the id ``skill/pdf-tools``) and is never a key inside it.
The keys are those of DESIGN.md section 1; ``KINDS`` lists the files a store is made of.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Self

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from skillmeat.scalars import (
    ArtifactId,
    Color,
    Description,
    GitRef,
    GitUrl,
    Hash,
    InnerPath,
    Line,
    Name,
    ObjectId,
    Reviewer,
    Slug,
    SourceTag,
    WebUrl,
)
from skillmeat.words import ArtifactType as ArtifactType
from skillmeat.words import Images as Images
from skillmeat.words import RelationshipType as RelationshipType
from skillmeat.words import TrustLevel as TrustLevel

FORMAT = 2
"""The format of the manifests that this version reads and writes."""

LOCK_VERSION = 2
"""The newest version of ``skillmeat.lock`` that this version reads, and the one it writes."""

DEFAULT_COLOR = "#808080"

_ALIASES = "Former slugs: they still resolve, and lead to this record's page."
_CREATED = "When it was added; without it, when its file was first committed."


# ----------------------------------------------------------------- records


def _member(value: object) -> object:
    return {"artifact": value} if isinstance(value, str) else value


class Part(BaseModel):
    """A frozen table of a manifest. Unknown keys are errors."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True, use_enum_values=False)

    def but(self, **fields: Any) -> Self:
        """The same with other values, validated anew.

        Raises ``pydantic.ValidationError``.
        """
        values = {name: getattr(self, name) for name in type(self).model_fields}
        return type(self).model_validate({**(self.model_extra or {}), **values, **fields})


class Record(Part):
    """A manifest. ``id`` is where its file stands; everything else is a key in the file."""

    id: str


class Tag(Record):
    """``tags/<tag>.toml``"""

    name: Name = Field(description="What people call it; unique, whatever its case.", examples=["PDF"])
    color: Color = Field(DEFAULT_COLOR, description="# and six hexadecimal digits.", examples=["#c0392b"])
    description: Description | None = Field(None, description="What it is put on, in a sentence.")
    aliases: tuple[Slug, ...] = Field((), description=_ALIASES, examples=[["portable-document"]])
    created_at: AwareDatetime | None = Field(None, description=_CREATED)


class Association(Part):
    """``[[associations]]`` in the parent artifact's file."""

    artifact: ArtifactId = Field(description="The child, by its type and slug.", examples=["skill/ocr"])
    relationship_type: RelationshipType = Field(description="What the parent has to do with the child.")
    pinned_version_hash: Hash | None = Field(
        None,
        description="The content of the child that was meant; it has drifted when the lock has another.",
    )


_TYPES: dict[str, ArtifactType] = {each.value: each for each in ArtifactType}


class Artifact(Record):
    """``artifacts/<type>/<name>.toml``"""

    name: Name = Field(description="What people call it.", examples=["PDF tools"])
    description: Description | None = Field(None, description="What it is for, in a sentence or two.")
    source: Slug | None = Field(
        None,
        description="The source that holds it; without one the content is in this repository.",
        examples=["acme-skills"],
    )
    path: InnerPath | None = Field(
        None,
        description="Where it stands: the folder of a skill or plugin, the file of a command or agent, "
        "a hook's hooks.json, an MCP server's .mcp.json#server.",
        examples=["skills/pdf", "commands/ship.md", ".mcp.json#docs"],
    )
    version: Line | None = Field(None, description="The version its author gives.", examples=["1.2.0"])
    license: Line | None = Field(
        None, description="Its licence, as an SPDX expression.", examples=["Apache-2.0", "MIT"]
    )
    homepage: WebUrl | None = Field(None, description="Its own page on the web.")
    tags: tuple[Slug, ...] = Field((), description="Tags that exist, by their slugs.", examples=[["pdf"]])
    aliases: tuple[Slug, ...] = Field((), description=_ALIASES, examples=[["pdf"]])
    deprecated: Line | None = Field(
        None, description="Why not to use it any more; it stays listed.", examples=["Use skill/pdf-kit."]
    )
    created_at: AwareDatetime | None = Field(None, description=_CREATED)
    associations: tuple[Association, ...] = Field(
        (), description="What it has to do with other artifacts, in order; this one is the parent."
    )

    @property
    def type(self) -> ArtifactType:
        """What kind of artifact it is: the first half of its id."""
        return _TYPES.get(kind := self.id.partition("/")[0]) or ArtifactType(kind)

    @property
    def slug(self) -> str:
        """Its name in addresses: the second half of its id."""
        return self.id.partition("/")[2]


class Member(Part):
    """An artifact in a collection: a bare id in the file, or a table when there is a note."""

    artifact: ArtifactId = Field(description="Its type and slug.", examples=["skill/pdf-tools"])
    note: Line | None = Field(None, description="Why it is in the collection.", examples=["Start here."])


class Group(Part):
    """``[[groups]]`` in the collection's file."""

    slug: Slug = Field(description="Its name in addresses, unique in the collection.", examples=["design"])
    name: Name = Field(description="What people call it.", examples=["Design"])
    description: Description | None = Field(None, description="What is in it, in a sentence.")
    artifacts: tuple[ArtifactId, ...] = Field(
        (), description="Artifacts of the collection, in order.", examples=[["skill/canvas"]]
    )


class Collection(Record):
    """``collections/<collection>.toml``"""

    name: Name = Field(description="What people call it.", examples=["Frontend starter"])
    description: Description | None = Field(None, description="What it is for, in a sentence or two.")
    created_at: AwareDatetime | None = Field(None, description=_CREATED)
    artifacts: tuple[
        Annotated[Member, BeforeValidator(_member, json_schema_input_type=ArtifactId | Member)], ...
    ] = Field((), description="Its artifacts, in order: each an id, or a table with a note.")
    groups: tuple[Group, ...] = Field((), description="Parts of the collection, in order.")


class Exclude(Part):
    """A part of a source that is left alone: the path and everything below it."""

    path: InnerPath = Field(description="A folder or a file of the source.", examples=["skills/old"])
    reason: Line | None = Field(None, description="Why it is left alone.", examples=["superseded"])


class Source(Record):
    """``sources/<source>.toml``"""

    name: Name = Field(description="What people call it.", examples=["Acme skills"])
    url: GitUrl = Field(
        description="The address of its Git repository: https or ssh, without a user's password.",
        examples=["https://github.com/acme/skills", "git@example.org:acme/skills"],
    )
    ref: GitRef = Field("HEAD", description="A branch, a tag or a commit.", examples=["main", "v1.2.0"])
    root: InnerPath | None = Field(None, description="Look only below this folder.", examples=["skills"])
    trust_level: TrustLevel = Field(TrustLevel.UNTRUSTED, description="How far the curator trusts it.")
    tags: Annotated[tuple[SourceTag, ...], Field(max_length=20)] = Field(
        (), description="Words of letters, digits, “-” and “_”; they are no tags of artifacts."
    )
    import_repo_description: bool = Field(False, description="Keep the repository's own description.")
    import_repo_readme: bool = Field(False, description="Keep the repository's README and show it.")
    created_at: AwareDatetime | None = Field(None, description=_CREATED)
    exclude: tuple[Exclude, ...] = Field((), description="What to leave alone in it.")


class Site(Part):
    """``[site]`` in ``skillmeat.toml``."""

    title: Name = Field("skillmeat", description="What the catalog is called.")
    url: WebUrl | None = Field(
        None,
        description="Where the site is published: feeds, the sitemap and the like need it.",
        examples=["https://acme.github.io/catalog/"],
    )
    description: Description | None = Field(None, description="What the catalog is about.")
    edit_url: WebUrl | None = Field(
        None,
        description="Where the store's files are edited on the web.",
        examples=["https://github.com/acme/catalog/edit/main"],
    )
    page_size: Annotated[int, Field(ge=1, le=1000)] = Field(50, description="Records on a page of a list.")
    images: Images = Field(
        Images.SOURCE,
        description="Whose images other people's texts may show: nobody's, their source's, any host's.",
    )
    logo: InnerPath | None = Field(
        None,
        description="An SVG or PNG file of this repository that stands beside the title.",
        examples=["brand/logo.svg"],
    )
    footer: Description | None = Field(
        None,
        description="What stands at the foot of every page, as Markdown.",
        examples=["Kept by [Acme](https://acme.example). Write to skills@acme.example."],
    )
    accent: Color | None = Field(
        None,
        description="The colour of links and marks in the light theme; without accent_dark, in both.",
        examples=["#8a1c24"],
    )
    accent_dark: Color | None = Field(
        None, description="The colour of links and marks on a dark ground.", examples=["#ff9d92"]
    )
    background: Color | None = Field(
        None, description="What is behind everything, in the light theme.", examples=["#fdfbf7"]
    )
    background_dark: Color | None = Field(
        None, description="What is behind everything, in the dark theme.", examples=["#14110f"]
    )
    ink: Color | None = Field(
        None, description="The colour of text in the light theme.", examples=["#221c19"]
    )
    ink_dark: Color | None = Field(
        None, description="The colour of text in the dark theme.", examples=["#efeae6"]
    )


class SourcePolicy(Part):
    """``[sources]`` in ``skillmeat.toml``."""

    allow_file: bool = Field(False, description="Let sources have file:// addresses.")


class Waiver(Part):
    """``[[waivers]]`` in ``skillmeat.toml``: warnings that are not to be given, and why.

    ``path`` is a file below ``manifests/``, with ``*`` for any part of a name and ``**`` for any folders;
    without it the rule is waived everywhere.
    """

    rule: Line = Field(description="The rule whose warnings are waived.", examples=["missing-license"])
    path: InnerPath | None = Field(
        None,
        description="A path below manifests/: * is any part of a name, ** any folders. Everywhere without.",
        examples=["artifacts/mcp/*"],
    )
    reason: Line = Field(description="Why the curators live with it.")


def _some(who: tuple[str, ...]) -> tuple[str, ...]:
    if not who:
        raise PydanticCustomError("nobody", "It names nobody.")
    return who


class Owner(Part):
    """``[[owners]]`` in ``skillmeat.toml``: who is asked to review a change of which manifests.

    ``path`` is a pattern of ``CODEOWNERS`` below ``manifests/``. The other keys narrow it to artifacts of a
    type, with a tag, from a source or in a collection, and to the manifests of these themselves.
    """

    who: Annotated[tuple[Reviewer, ...], AfterValidator(_some)] = Field(
        description="Users, teams or e-mail addresses.", examples=[["@acme/design", "@ada"]]
    )
    path: InnerPath | None = Field(
        None, description="A pattern below manifests/.", examples=["collections/frontend.toml"]
    )
    type: ArtifactType | None = Field(None, description="Artifacts of this type.")
    tag: Slug | None = Field(None, description="Artifacts with this tag, and the tag.")
    source: Slug | None = Field(None, description="Artifacts from this source, and the source.")
    collection: Slug | None = Field(None, description="Artifacts in this collection, and the collection.")


class Settings(Part):
    """``skillmeat.toml``: the file that makes a folder a store."""

    format: int = Field(FORMAT, description="The manifests' format.", json_schema_extra={"const": FORMAT})
    site: Site = Field(Site.model_construct(), description="What the site says of itself.")
    sources: SourcePolicy = Field(SourcePolicy.model_construct(), description="What sources may be.")
    waivers: tuple[Waiver, ...] = Field((), description="Warnings that are not to be given, and why.")
    owners: tuple[Owner, ...] = Field(
        (),
        description="Who reviews what, for “skillmeat codeowners”; of several that fit the last counts.",
    )


# -------------------------------------------------------------------- lock


class LockPart(Part):
    """A table of the lock. Keys that a later version added are kept as they are."""

    model_config = ConfigDict(extra="allow")


class LockedArtifact(LockPart):
    """``[[source.artifact]]``: one thing that a source held at the locked commit.

    ``path`` is a skill's or plugin's folder (``.`` for the root), a command's or agent's file, a
    hook's ``hooks.json``, an MCP server's ``.mcp.json#server``. ``hash`` is over the content
    (``sources.content_hash``), ``tree`` is the Git object id of the folder or file. ``problems``
    names what keeps the entry from being used as it is (``detect.PROBLEMS``).
    """

    type: ArtifactType
    name: str
    path: str
    hash: Hash
    tree: ObjectId
    problems: tuple[str, ...] = ()


class LockedSource(LockPart):
    """``[[source]]``: what a source's manifest asked for, and what that was resolved to."""

    id: Slug
    url: GitUrl
    ref: GitRef
    root: InnerPath | None = None
    import_repo_description: bool = False
    import_repo_readme: bool = False
    exclude: tuple[Exclude, ...] = ()
    commit: ObjectId
    repo_description: Description | None = None
    readme_hash: Hash | None = None
    artifact: tuple[LockedArtifact, ...] = ()


class Lock(LockPart):
    """``skillmeat.lock``"""

    version: int = LOCK_VERSION
    source: tuple[LockedSource, ...] = ()


# ------------------------------------------------------------------- kinds


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of record and where its files stand.

    ``depth`` is the number of path parts in an id: 2 for ``skill/pdf-tools``.
    """

    noun: str
    plural: str
    record: type[Record]
    depth: int = 1

    FOLDER: ClassVar[str] = "manifests"

    def path(self, record_id: str) -> str:
        """The file of a record, relative to the store's root."""
        return f"{self.FOLDER}/{self.plural}/{record_id}.toml"

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys a file of this kind may hold, in the order they are written."""
        return tuple(key for key in self.record.model_fields if key != "id")


KINDS = (
    Kind("tag", "tags", Tag),
    Kind("artifact", "artifacts", Artifact, depth=2),
    Kind("collection", "collections", Collection),
    Kind("source", "sources", Source),
)

_KIND_OF: Mapping[type[Record], Kind] = {kind.record: kind for kind in KINDS}


def kind_of(record: Record) -> Kind:
    """The kind that a record is of."""
    return _KIND_OF[type(record)]
