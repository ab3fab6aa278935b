"""The records: one frozen class per manifest, every key stated once.

A record is what a file says plus ``id``, which is where the file stands (``tags/pdf.toml`` has the
id ``pdf``, ``artifacts/skill/pdf-tools.toml`` the id ``skill/pdf-tools``) and is never a key inside it.
The keys are those of DESIGN.md section 1; ``KINDS`` lists the files a store is made of.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Self

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
)
from pydantic_core import PydanticCustomError

from skillmeat.text import hidden, spell
from skillmeat.words import ArtifactType as ArtifactType
from skillmeat.words import RelationshipType as RelationshipType
from skillmeat.words import TrustLevel as TrustLevel

FORMAT = 2
"""The format of the manifests that this version reads and writes."""

LOCK_VERSION = 2
"""The newest version of ``skillmeat.lock`` that this version reads, and the one it writes."""

DEFAULT_COLOR = "#808080"


# ------------------------------------------------------------------ values

SLUG_PATTERN = r"^[a-z0-9]+(-[a-z0-9]+)*$"
ARTIFACT_ID_PATTERN = rf"^({'|'.join(ArtifactType)})/[a-z0-9]+(-[a-z0-9]+)*$"
COLOR_PATTERN = r"^#[0-9A-Fa-f]{6}$"
HASH_PATTERN = r"^sha256:[0-9a-f]{64}$"
OBJECT_ID_PATTERN = r"^[0-9a-f]{40}([0-9a-f]{24})?$"
SOURCE_TAG_PATTERN = r"^[A-Za-z0-9_-]{1,50}$"
WEB_URL_PATTERN = r"^https?://[^\s/?#@\\\"<>]+([/?#][^\s\\\"<>]*)?$"

_URL = re.compile(
    r"^(https://[A-Za-z0-9.-]+(:\d+)?/[^\s?#\\\"<>@]+"  # no user, query or fragment
    r"|ssh://([a-z_][a-z0-9_-]*@)?[A-Za-z0-9.-]+(:\d+)?/[^\s?#\\\"<>]+"
    r"|[a-z_][a-z0-9_-]*@[A-Za-z0-9][A-Za-z0-9.-]*:[^\s:\\\"<>-][^\s\\\"<>]*"  # git@host:owner/repo
    r"|file:///[^\s?#\\\"<>]+)$"
)
_REF = re.compile(r"^(?!-)(?!/)(?!.*(\.\.|//|@\{|/\.))(?!.*(\.lock|/|\.)$)[^\x00-\x20\x7f~^:?*\[\\]{1,255}$")


def _visible(text: str) -> str:
    found = hidden(text)
    if found or "\t" in text or "\n" in text:
        character = found.group() if found else "\n" if "\n" in text else "\t"
        raise PydanticCustomError(
            "hidden_character",
            "It holds {character}, which a reader cannot see; take it out.",
            {"character": spell(character)},
        )
    if not text.strip():
        raise PydanticCustomError("blank", "It is blank; write something.")
    return text


def _visible_block(text: str) -> str:
    found = hidden(text)
    if found:
        raise PydanticCustomError(
            "hidden_character",
            "It holds {character}, which a reader cannot see; take it out.",
            {"character": spell(found.group())},
        )
    return text


def _inside(path: str) -> str:
    parts = path.split("/")
    bad = path != "." and any(part in ("", ".", "..") for part in parts)
    if bad or "\\" in path or any(hidden(part) for part in parts) or re.match(r"^[A-Za-z]:", path):
        raise PydanticCustomError(
            "relative_path",
            "“{path}” is not a path inside the repository: "
            "write it with “/”, without a leading “/”, “.” or “..”.",
            {"path": path},
        )
    return path


def _git_url(url: str) -> str:
    if not _URL.fullmatch(url) or "/../" in url:
        raise PydanticCustomError(
            "git_url",
            "“{url}” is not the address of a Git repository: write https://host/owner/name or "
            "ssh://git@host/owner/name, without a user name, a password, “?” or “#”.",
            {"url": url},
        )
    return url


def _git_ref(ref: str) -> str:
    if not _REF.fullmatch(ref):
        raise PydanticCustomError(
            "git_ref", "“{ref}” is not the name of a branch, a tag or a commit.", {"ref": ref}
        )
    return ref


def _member(value: object) -> object:
    return {"artifact": value} if isinstance(value, str) else value


Slug = Annotated[str, StringConstraints(pattern=SLUG_PATTERN, max_length=64)]
ArtifactId = Annotated[str, StringConstraints(pattern=ARTIFACT_ID_PATTERN, max_length=72)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=255), AfterValidator(_visible)]
Line = Annotated[str, StringConstraints(min_length=1, max_length=500), AfterValidator(_visible)]
Description = Annotated[str, StringConstraints(max_length=2000), AfterValidator(_visible_block)]
Color = Annotated[str, StringConstraints(pattern=COLOR_PATTERN)]
Hash = Annotated[str, StringConstraints(pattern=HASH_PATTERN)]
ObjectId = Annotated[str, StringConstraints(pattern=OBJECT_ID_PATTERN)]
SourceTag = Annotated[str, StringConstraints(pattern=SOURCE_TAG_PATTERN)]
WebUrl = Annotated[str, StringConstraints(pattern=WEB_URL_PATTERN, max_length=2000)]
GitUrl = Annotated[str, StringConstraints(min_length=1, max_length=2000), AfterValidator(_git_url)]
GitRef = Annotated[str, StringConstraints(min_length=1, max_length=255), AfterValidator(_git_ref)]
InnerPath = Annotated[str, StringConstraints(min_length=1, max_length=1000), AfterValidator(_inside)]


# ----------------------------------------------------------------- records


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

    name: Name
    color: Color = DEFAULT_COLOR
    description: Description | None = None
    aliases: tuple[Slug, ...] = ()
    created_at: AwareDatetime | None = None


class Association(Part):
    """``[[associations]]`` in the parent artifact's file."""

    artifact: ArtifactId
    relationship_type: RelationshipType
    pinned_version_hash: Hash | None = None


class Artifact(Record):
    """``artifacts/<type>/<name>.toml``"""

    name: Name
    description: Description | None = None
    source: Slug | None = None
    path: InnerPath | None = None
    version: Line | None = None
    license: Line | None = None
    homepage: WebUrl | None = None
    tags: tuple[Slug, ...] = ()
    aliases: tuple[Slug, ...] = ()
    deprecated: Line | None = None
    created_at: AwareDatetime | None = None
    associations: tuple[Association, ...] = ()

    @property
    def type(self) -> ArtifactType:
        """What kind of artifact it is: the first half of its id."""
        return ArtifactType(self.id.partition("/")[0])

    @property
    def slug(self) -> str:
        """Its name in addresses: the second half of its id."""
        return self.id.partition("/")[2]


class Member(Part):
    """An artifact in a collection: a bare id in the file, or a table when there is a note."""

    artifact: ArtifactId
    note: Line | None = None


class Group(Part):
    """``[[groups]]`` in the collection's file."""

    slug: Slug
    name: Name
    description: Description | None = None
    artifacts: tuple[ArtifactId, ...] = ()


class Collection(Record):
    """``collections/<collection>.toml``"""

    name: Name
    description: Description | None = None
    created_at: AwareDatetime | None = None
    artifacts: tuple[Annotated[Member, BeforeValidator(_member)], ...] = ()
    groups: tuple[Group, ...] = ()


class Exclude(Part):
    """A part of a source that is left alone: the path and everything below it."""

    path: InnerPath
    reason: Line | None = None


class Source(Record):
    """``sources/<source>.toml``"""

    name: Name
    url: GitUrl
    ref: GitRef = "HEAD"
    root: InnerPath | None = None
    trust_level: TrustLevel = TrustLevel.UNTRUSTED
    tags: Annotated[tuple[SourceTag, ...], Field(max_length=20)] = ()
    import_repo_description: bool = False
    import_repo_readme: bool = False
    created_at: AwareDatetime | None = None
    exclude: tuple[Exclude, ...] = ()


class Site(Part):
    """``[site]`` in ``skillmeat.toml``."""

    title: Name = "skillmeat"
    url: WebUrl | None = None
    description: Description | None = None
    edit_url: WebUrl | None = None
    page_size: Annotated[int, Field(ge=1, le=1000)] = 50


class SourcePolicy(Part):
    """``[sources]`` in ``skillmeat.toml``."""

    allow_file: bool = False


class Settings(Part):
    """``skillmeat.toml``: the file that makes a folder a store."""

    format: int = FORMAT
    site: Site = Site.model_construct()
    sources: SourcePolicy = SourcePolicy.model_construct()


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
