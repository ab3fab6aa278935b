"""The values that the keys of a manifest may have: each a type with its law and an example.

``skillmeat.manifest.sentences`` says what is wrong with one, ``skillmeat.schemas`` shows the law to editors.
"""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints
from pydantic.fields import FieldInfo
from pydantic_core import PydanticCustomError

from skillmeat.text import hidden, spell
from skillmeat.words import ArtifactType

SLUG_LENGTH = 64
SLUG_PATTERN = r"^[a-z0-9]+(-[a-z0-9]+)*$"
ARTIFACT_ID_PATTERN = rf"^({'|'.join(ArtifactType)})/[a-z0-9]+(-[a-z0-9]+)*$"
COLOR_PATTERN = r"^#[0-9A-Fa-f]{6}$"
HASH_PATTERN = r"^sha256:[0-9a-f]{64}$"
OBJECT_ID_PATTERN = r"^[0-9a-f]{40}([0-9a-f]{24})?$"
SOURCE_TAG_PATTERN = r"^[A-Za-z0-9_-]{1,50}$"
WEB_URL_PATTERN = r'^https?://[^\s/?#@\\"<>]+([/?#][^\s\\"<>]*)?$'
REVIEWER_PATTERN = r"^(@[A-Za-z0-9][\w.-]*(/[\w.-]+)*|[^\s@<>]+@[^\s@<>]+\.[^\s@<>]+)$"
TEXT_PATTERN = r"\S"
PATH_PATTERN = r"^(\.|(?!(.*/)?\.{0,2}(/|$))(?![A-Za-z]:)[^\\]+)$"

_URL = re.compile(
    r'^(https://[A-Za-z0-9.-]+(:[0-9]+)?/[^\s?#\\"<>@]+'  # no user, query or fragment
    r'|ssh://([a-z_][a-z0-9_-]*@)?[A-Za-z0-9.-]+(:[0-9]+)?/[^\s?#\\"<>]+'
    r'|[a-z_][a-z0-9_-]*@[A-Za-z0-9][A-Za-z0-9.-]*:[^\s:\\"<>-][^\s\\"<>]*'  # git@host:owner/repo
    r'|file:///[^\s?#\\"<>]+)$'
)
_PLAIN_PATH = re.compile(r"(?:\.?\w[\w.+@#-]*/)*\.?\w[\w.+@#-]*", re.ASCII)
_REF = re.compile(r"^(?!-)(?!/)(?!.*(\.\.|//|@\{|/\.))(?!.*(\.lock|/|\.)$)[^\x00-\x20\x7f~^:?*\[\\]{1,255}$")


def _visible(text: str) -> str:
    if text.isprintable() and not text.isspace():
        return text
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
    if _PLAIN_PATH.fullmatch(path):
        return path
    parts = path.split("/")
    bad = path != "." and any(part in ("", ".", "..") for part in parts)
    bad = bad or "\n" in path or "\t" in path
    if bad or "\\" in path or any(hidden(part) for part in parts) or re.match(r"^[A-Za-z]:", path):
        raise PydanticCustomError(
            "relative_path",
            "“{path}” is not a path inside the repository: "
            "write it with “/”, without a leading “/”, “.” or “..”.",
            {"path": path},
        )
    return path


def _git_url(url: str) -> str:
    if re.fullmatch(r"[\w.-]+/[\w.-]+", url):
        raise PydanticCustomError(
            "git_url",
            "“{url}” is not the address of a Git repository: did you mean https://github.com/{url}?",
            {"url": url},
        )
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


def _shown(pattern: str) -> FieldInfo:
    """A law that a function holds, as the pattern that comes nearest and lets all through that is valid."""
    found: FieldInfo = Field(json_schema_extra={"pattern": pattern})
    return found


Slug = Annotated[str, StringConstraints(pattern=SLUG_PATTERN, max_length=SLUG_LENGTH)]
ArtifactId = Annotated[str, StringConstraints(pattern=ARTIFACT_ID_PATTERN, max_length=72)]
Name = Annotated[
    str, StringConstraints(min_length=1, max_length=255), AfterValidator(_visible), _shown(TEXT_PATTERN)
]
Line = Annotated[
    str, StringConstraints(min_length=1, max_length=500), AfterValidator(_visible), _shown(TEXT_PATTERN)
]
Description = Annotated[str, StringConstraints(max_length=2000), AfterValidator(_visible_block)]
Color = Annotated[str, StringConstraints(pattern=COLOR_PATTERN)]
Hash = Annotated[str, StringConstraints(pattern=HASH_PATTERN)]
ObjectId = Annotated[str, StringConstraints(pattern=OBJECT_ID_PATTERN)]
Reviewer = Annotated[str, StringConstraints(pattern=REVIEWER_PATTERN, max_length=200)]
SourceTag = Annotated[str, StringConstraints(pattern=SOURCE_TAG_PATTERN)]
WebUrl = Annotated[str, StringConstraints(pattern=WEB_URL_PATTERN, max_length=2000)]
GitUrl = Annotated[
    str, StringConstraints(min_length=1, max_length=2000), AfterValidator(_git_url), _shown(_URL.pattern)
]
GitRef = Annotated[
    str, StringConstraints(min_length=1, max_length=255), AfterValidator(_git_ref), _shown(_REF.pattern)
]
InnerPath = Annotated[
    str, StringConstraints(min_length=1, max_length=1000), AfterValidator(_inside), _shown(PATH_PATTERN)
]
