"""What all pages of one build share: the catalog's records as data, in the order of every list."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Final, TypeVar

from skillmeat import frontmatter, markdown
from skillmeat.catalog import Catalog
from skillmeat.cleaning import Place
from skillmeat.errors import SkillmeatError
from skillmeat.finding import FOLDER
from skillmeat.history import Log
from skillmeat.model import KINDS, Artifact, ArtifactType, Images, TrustLevel
from skillmeat.site import hosting
from skillmeat.site.copies import copies
from skillmeat.site.hosting import Hosted
from skillmeat.site.kept import Kept
from skillmeat.site.rows import Rows
from skillmeat.site.templates import Templates
from skillmeat.text import shorten
from skillmeat.tree import Content
from skillmeat.views import Json, Views

T = TypeVar("T")
Contents = Callable[[Artifact], Content | None]
"""Gives an artifact's content, or None when it is not on this machine."""

Versions = Callable[[Artifact], str]
"""Gives a text that changes whenever an artifact's content does, or comes to this machine or goes."""


Before = Callable[[str, str], bytes | None]
"""Gives the one file that a plan of this name made for this key in the last build, where it stands."""


@dataclass(frozen=True, slots=True)
class TypeName:
    """What an artifact type is called on the site."""

    one: str
    many: str
    about: str


TYPES: Final[Mapping[str, TypeName]] = {
    ArtifactType.SKILL: TypeName(
        "Skill", "Skills", "Instructions that an agent reads when a task calls for them."
    ),
    ArtifactType.COMMAND: TypeName("Command", "Commands", "Prompts that people start by name."),
    ArtifactType.AGENT: TypeName(
        "Agent", "Agents", "Assistants for one kind of job, called by another agent."
    ),
    ArtifactType.HOOK: TypeName("Hook", "Hooks", "Programs that run when an agent does something."),
    ArtifactType.MCP: TypeName("MCP server", "MCP servers", "Servers that give an agent tools and data."),
    ArtifactType.PLUGIN: TypeName("Plugin", "Plugins", "Several artifacts that are installed as one."),
}

TRUST: Final[Mapping[str, str]] = {
    TrustLevel.OFFICIAL: "Official",
    TrustLevel.VERIFIED: "Verified",
    TrustLevel.BASIC: "Basic",
    TrustLevel.UNTRUSTED: "Untrusted",
}
"""The trust levels, most first, as they are written on the site."""

ROW_TEXT: Final = 200
MOST_COPIES: Final = 12
"""How many of a set of copies a row names."""


@dataclass(frozen=True)
class Edition:
    """One build of the site."""

    catalog: Catalog
    views: Views
    contents: Contents
    templates: Templates
    log: Log = field(default_factory=Log)
    versions: Versions | None = None
    kept: Kept = field(default_factory=Kept)
    before: Before = lambda name, key: None
    _made: dict[Any, Any] = field(default_factory=dict, init=False, repr=False, compare=False)

    # ------------------------------------------------------------- records

    @cached_property
    def tags(self) -> Mapping[str, Json]:
        """Every tag by id, newest first."""
        tags = self.catalog.tags
        return {each.id: self.views.tag(tags[each.id]) for each in self.views.ordered(tags.values())}

    @cached_property
    def artifacts(self) -> Mapping[str, Json]:
        """Every artifact by id, newest first."""
        records = self.views.ordered(self.catalog.artifacts.values())
        return {each.id: self.views.artifact(each) for each in records}

    @cached_property
    def collections(self) -> Mapping[str, Json]:
        """Every collection by id, newest first."""
        records = self.views.ordered(self.catalog.collections.values())
        return {each.id: self.views.collection(each) for each in records}

    @cached_property
    def sources(self) -> Mapping[str, Json]:
        """Every source by id, newest first."""
        records = self.views.ordered(self.catalog.sources.values())
        return {each.id: self.views.source(each) for each in records}

    @cached_property
    def places(self) -> Mapping[str, int]:
        """By artifact: its place in the order of every list."""
        return {artifact_id: place for place, artifact_id in enumerate(self.artifacts)}

    def in_order(self, ids: Iterable[str]) -> list[str]:
        """Artifacts in the order of every list."""
        return sorted(ids, key=self.places.__getitem__)

    @cached_property
    def of_type(self) -> Mapping[str, Sequence[str]]:
        """By type: its artifacts, newest first."""
        found: dict[str, list[str]] = {each: [] for each in TYPES}
        for artifact_id, artifact in self.artifacts.items():
            found[artifact["type"]].append(artifact_id)
        return found

    @cached_property
    def of_trust(self) -> Mapping[str, Sequence[str]]:
        """By trust level: the artifacts from such sources, newest first."""
        found: dict[str, list[str]] = {each: [] for each in TRUST}
        for artifact_id, artifact in self.artifacts.items():
            if artifact["trust_level"]:
                found[artifact["trust_level"]].append(artifact_id)
        return found

    @cached_property
    def copies(self) -> Mapping[str, Sequence[str]]:
        """By artifact that is not the only one of its kind: all that are the same thing, newest first."""
        ids = list(self.artifacts)
        sets = [[ids[place] for place in places] for places in self.places_of_copies]
        return {each: same for same in sets for each in same}

    @cached_property
    def places_of_copies(self) -> Sequence[Sequence[int]]:
        """Of each set of artifacts that are the same thing: their places in the order of every list."""
        return copies(list(self.artifacts.values()))

    def distinct(self, ids: Iterable[str]) -> list[str]:
        """Of artifacts that are the same thing only the first."""
        found: dict[str, str] = {}
        for each in ids:
            found.setdefault(self._same_as.get(each, each), each)
        return list(found.values())

    def rows_in(self, ids: Iterable[str]) -> int:
        """How many artifacts there are among these, those that are the same thing counted once."""
        return len({*map(self._same_as.get, ids)} - {None})

    @cached_property
    def _same_as(self) -> Mapping[str, str]:
        return {each: each for each in self.artifacts} | {each: same[0] for each, same in self.copies.items()}

    # ------------------------------------------------------------- hosting

    @cached_property
    def _own(self) -> tuple[Hosted, str] | None:
        return hosting.edited_at(self.catalog.settings.site.edit_url)

    @cached_property
    def hosted(self) -> Mapping[str, Hosted]:
        """By source: where it is shown at the locked commit, on hosts whose addresses are known."""
        found: dict[str, Hosted] = {}
        for locked in self.catalog.lock.source:
            source = self.catalog.sources.get(locked.id)
            repository = hosting.repository(source.url) if source and source.url == locked.url else None
            if repository:
                found[locked.id] = repository.at(locked.commit)
        return found

    @cached_property
    def skills_at_root(self) -> frozenset[str]:
        """The sources whose root is itself a skill."""
        return frozenset(
            locked.id
            for locked in self.catalog.lock.source
            if any(each.path == "." and each.type is ArtifactType.SKILL for each in locked.artifact)
        )

    def where(self, artifact: Json) -> tuple[Hosted | None, str]:
        """Where an artifact's content is shown, and its path there (of an MCP server, its file)."""
        path = str(artifact["path"] or ".").partition("#")[0]
        if artifact["source"]:
            return self.hosted.get(artifact["source"]), path
        if self._own:
            hosted, folder = self._own
            return hosted, f"{folder}/{path}" if folder else path
        return None, path

    def place(self, hosted: Hosted | None, folder: str) -> Place:
        """What relative addresses mean in a text that stands in ``folder``, and whose images it may show."""
        images = self.catalog.settings.site.images
        place = hosted.place(folder) if hosted else Place()
        if images is Images.SOURCE:
            return place
        return replace(
            place, images="" if images is Images.NONE else place.images, any_image=images is Images.HTTPS
        )

    def images_from(self, hosted: Hosted | None, html: str) -> str:
        """The origins that the images of a rendered text come from, for the page's policy."""
        if "<img" not in html:
            return ""
        if self.catalog.settings.site.images is Images.HTTPS:
            return "https:"
        return hosted.images_from if hosted else ""

    def once(self, make: Callable[[Edition], T]) -> T:
        """What a function makes of this edition, made when it is first asked for."""
        if make not in self._made:
            self._made[make] = make(self)
        found: T = self._made[make]
        return found

    def put(self, made: Mapping[Callable[[Edition], Any], Any]) -> None:
        """Have ``once`` give what a copy of this process made of this edition."""
        self._made.update(made)

    @property
    def own_host(self) -> str:
        """What runs where the store is kept, as in ``Edit on GitHub``; empty when that is not known."""
        return self._own[0].repository.forms.name if self._own else ""

    def edit(self, noun: str, record_id: str) -> str:
        """Where a record's manifest is edited; empty when the site does not say."""
        edit_url = self.catalog.settings.site.edit_url
        kind = next(kind for kind in KINDS if kind.noun == noun)
        return f"{edit_url.rstrip('/')}/{kind.path(record_id)}" if edit_url else ""

    @property
    def edit_settings(self) -> str:
        """Where ``skillmeat.toml`` is edited; empty when the site does not say."""
        edit_url = self.catalog.settings.site.edit_url
        return f"{edit_url.rstrip('/')}/{FOLDER}/skillmeat.toml" if edit_url else ""

    def history(self, noun: str, record_id: str) -> str:
        """The commits that touched a record's manifest, on hosts whose addresses are known."""
        if not self._own:
            return ""
        hosted, folder = self._own
        kind = next(kind for kind in KINDS if kind.noun == noun)
        return hosted.history(f"{folder}/{kind.path(record_id)}" if folder else kind.path(record_id))

    def commit_at(self, commit: str) -> str:
        """Where a commit of the store's own repository is shown, on hosts whose addresses are known."""
        return self._own[0].repository.at(commit).commit if self._own else ""

    @property
    def past(self) -> str:
        """The commits that touched the store, on hosts whose addresses are known."""
        return self._own[0].history(f"{self._own[1]}/manifests".lstrip("/")) if self._own else ""

    @cached_property
    def absent(self) -> frozenset[str]:
        """The artifacts whose content is not on this machine."""
        records = [each for each in self.catalog.artifacts.values() if each.path]
        if self.versions:
            return frozenset(each.id for each in records if not self.version(each.id))
        return frozenset(each.id for each in records if self.contents(each) is None)

    def version(self, artifact_id: str) -> str:
        """What goes into the key of everything that shows an artifact's content."""
        return self._versions.get(artifact_id, "")

    @cached_property
    def _versions(self) -> Mapping[str, str]:
        versions = self.versions
        return {each: versions(record) for each, record in self.catalog.artifacts.items()} if versions else {}

    def body(self, artifact_id: str) -> str:
        """The text that people read first, without front matter, at most ``markdown.MAX_BYTES`` of it; empty
        when it is not on this machine."""
        content = self.contents(self.catalog.artifacts[artifact_id])
        if content is None or not content.main:
            return ""
        try:
            data = content.read(content.main)
        except (SkillmeatError, OSError):
            return ""
        return frontmatter.body(data[: markdown.MAX_BYTES])

    # ---------------------------------------------------------------- parts

    @cached_property
    def repository_names(self) -> Mapping[str, str]:
        """By source: ``owner/name`` where that is known, else its id."""
        found = {each.id: hosting.repository(each.url) for each in self.catalog.sources.values()}
        return {source: repository.name if repository else source for source, repository in found.items()}

    def tags_of(self, artifact: Json) -> list[Json]:
        """The tags of an artifact."""
        return [self.tags[tag] for tag in artifact["tags"] if tag in self.tags]

    def chips(self, artifact: Json) -> list[Json]:
        """The same as pages show them: ``named``."""
        return [self.named_tags[tag] for tag in artifact["tags"] if tag in self.tags]

    @cached_property
    def named_tags(self) -> Mapping[str, Json]:
        """By tag: what pages of artifacts may show of it."""
        return {tag_id: named(tag) for tag_id, tag in self.tags.items()}

    @cached_property
    def rows(self) -> Rows:
        """By artifact: its row in any list."""
        template = self.templates.environment.get_template("row.html").module
        return Rows(self.artifacts, self._row, template.row)  # type: ignore[attr-defined]

    def _row(self, artifact_id: str) -> tuple[Any, ...]:
        artifact = self.artifacts[artifact_id]
        return (
            artifact,
            shorten(" ".join((artifact["description"] or "").split()), ROW_TEXT),
            self.repository_names.get(artifact["source"] or "", ""),
            self.chips(artifact),
            TYPES[artifact["type"]].one,
            TRUST.get(artifact["trust_level"] or "", ""),
            self.others(artifact_id),
        )

    def others(self, artifact_id: str) -> Json | None:
        """What an artifact's row says of those that are the same thing."""
        same = self.copies.get(artifact_id)
        if same is None:
            return None
        named = [each for each in same[: MOST_COPIES + 1] if each != artifact_id][:MOST_COPIES]
        return {
            "count": len(same),
            "named": [
                {"id": each, "name": self.repository_names.get(self.artifacts[each]["source"] or "") or each}
                for each in named
            ],
            "left_out": len(same) - 1 - len(named),
        }


def named(record: Json) -> Json:
    """A tag or source without how many artifacts it has: else one more would change the pages of all."""
    return {key: value for key, value in record.items() if key != "artifact_count"}


def counts(edition: Edition) -> Counter[str]:
    """How many artifacts there are of each type."""
    return Counter({kind: len(ids) for kind, ids in edition.of_type.items()})
