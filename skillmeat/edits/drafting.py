"""Records made from foreign things one after another, each beside those that are there already."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

from skillmeat import licenses
from skillmeat.catalog import Catalog, Change
from skillmeat.edits.making import made, occupied, slug_of
from skillmeat.edits.spellings import tags_for
from skillmeat.errors import Invalid
from skillmeat.foreign import Found, FoundArtifact, FoundCollection, FoundTag, Left
from skillmeat.foreign.addresses import sameness
from skillmeat.model import KINDS, Artifact, ArtifactType, Collection, Group, Part, Source, Tag
from skillmeat.text import fold, one_line, shorten

P = TypeVar("P", bound=Part)

_PATH = {kind.record: kind.path for kind in KINDS}
_DESCRIPTION = 2_000
_LICENSE = 500
_TAGS = 50


class Draft:
    """What an import makes of a catalog. ``refused`` are files that must not be made, and why.

    ``left`` grows with everything that is not made.
    """

    def __init__(
        self,
        catalog: Catalog,
        own: Sequence[Source],
        tags: Sequence[str],
        refused: Mapping[str, str],
        is_there: Callable[[str], bool],
        created_at: datetime | None,
    ) -> None:
        self.catalog = catalog
        self.left: list[Left] = []
        self._own = own
        self._carried = tags
        self._refused = refused
        self._is_there = is_there
        self._created_at = created_at
        self._file = ""
        self._sources: dict[str, Source] = {}
        self._artifacts: dict[str, Artifact] = {}
        self._words: dict[str, tuple[str, ...]] = {}
        self._tags: list[FoundTag] = []
        self._collections: dict[str, Collection] = {}
        self._spelling = {(each.type, fold(each.name)): each.name for each in catalog.artifacts.values()}
        self._made_from = {
            (each.source or "", str(each.type), each.path or ""): each.id
            for each in catalog.artifacts.values()
        }
        self._by_address: dict[str, list[Source]] = {}
        for _, source in sorted(catalog.sources.items()):
            self._by_address.setdefault(sameness(source.url), []).append(source)

    def take(self, found: Found) -> None:
        """Draft what one file says."""
        self._file = found.file
        ids: dict[str, str] = {}
        for each in found.artifacts:
            name = self._artifact(each, found.here)
            if name:
                ids[each.where] = name
        self._tags += found.tags
        if found.collection and ids:
            self._collection(found.collection, ids)

    def changes(self) -> tuple[Change, ...]:
        """Every record that is made or changed: tags, sources, artifacts, collections, by id."""
        tags, artifacts = self._tagged()
        found = [Change(None, tags[each]) for each in sorted(tags)]
        found += [Change(None, self._sources[each]) for each in sorted(self._sources)]
        found += [Change(None, artifacts[each]) for each in sorted(artifacts)]
        for name, collection in sorted(self._collections.items()):
            before = self.catalog.collections.get(name)
            if collection != before:
                found.append(Change(before, collection))
        return tuple(found)

    def _leave(self, where: str, reason: str) -> None:
        self.left.append(Left(f"{self._file}: {where}", reason.rstrip(".")))

    # ------------------------------------------------------------ artifacts

    def _artifact(self, found: FoundArtifact, here: str | None) -> str | None:
        """The artifact that is made of a thing, or that it is already; None when it is left."""
        shown = f"{found.where} ({shorten(found.slug, 80)})"
        try:
            return self._made(found, here, shown)
        except Invalid as error:
            self._leave(shown, error.detail)
        return None

    def _made(self, found: FoundArtifact, here: str | None, shown: str) -> str | None:
        name = f"{found.type}/{slug_of(found.slug, 'artifact')}"
        source, path = self._source(found, here)
        key = (source.id if source else "", found.type, path)
        already = self._made_from.get(key)
        if already:
            self._leave(shown, f"it is {already} already")
            return already
        self._refuse_taken(name)
        values = {key: value for key, value in found.values.items() if key != "aliases"}
        artifact = self._fitting(
            Artifact,
            shown,
            {
                "id": name,
                "name": self._spelling.get((ArtifactType(found.type), fold(found.name)), found.name),
            },
            {"created_at": self._created_at, **values, "aliases": self._aliases(found) or None},
            {"path": path, "source": source.id if source else None},
        )
        self._artifacts[name] = artifact
        self._words[name] = found.tags
        self._spelling.setdefault((artifact.type, fold(artifact.name)), artifact.name)
        self._made_from[key] = name
        if source and source.id not in self.catalog.sources and source.id not in self._sources:
            self._sources[source.id] = source
            self._by_address.setdefault(sameness(source.url), []).append(source)
        return name

    def _refuse_taken(self, name: str) -> None:
        path = _PATH[Artifact](name)
        reason = occupied(self.catalog, name)
        if not reason and name in self._artifacts:
            reason = f"{name} is another artifact"
        elif not reason and path in self.catalog.unreadable:
            reason = f"{path} is there and cannot be read"
        reason = reason or self._refused.get(path, "")
        if reason:
            raise Invalid(reason, code="INVALID_ARTIFACT")

    def _aliases(self, found: FoundArtifact) -> tuple[str, ...]:
        """Former slugs; which of them another artifact has is seen in the end."""
        slugs = []
        for word in found.values.get("aliases", ()):
            try:
                slugs.append(slug_of(word, "artifact"))
            except Invalid as error:
                self._leave(f"{found.where}.aliases", error.detail)
        return tuple(dict.fromkeys(slugs))

    # -------------------------------------------------------------- sources

    def _source(self, found: FoundArtifact, here: str | None) -> tuple[Source | None, str]:
        """The source of a thing and its path there. Raises ``Invalid`` when there can be none."""
        origin = found.origin
        if not origin.url:
            return self._of_the_file(found, here)
        for source in self._by_address.get(sameness(origin.url), ()):
            inside = source.root in (None, origin.path) or origin.path.startswith(f"{source.root}/")
            if inside and origin.ref in (None, source.ref):
                return source, origin.path
        return self._new_source(origin.url, origin.ref), origin.path

    def _of_the_file(self, found: FoundArtifact, here: str | None) -> tuple[Source | None, str]:
        path = found.origin.path
        for source in self._own:
            locked = self.catalog.locked.get(source.id)
            if locked and any(each.path == path and each.type == found.type for each in locked.artifact):
                return source, path
        if self._own:
            return self._own[0], path
        if here is None:
            reason = "it is in the repository of the file itself; say with --source which one that is"
            raise Invalid(reason, code="INVALID_SOURCE")
        whole = path if here == "." else here if path == "." else f"{here}/{path}"
        made(Artifact, "artifact", id="skill/any", name="any", path=whole)
        if not self._is_there(whole):
            raise Invalid(f"there is nothing at “{one_line(whole)}”", code="INVALID_ARTIFACT")
        return None, whole

    def _new_source(self, url: str, ref: str | None) -> Source:
        tail = "/".join(url.rstrip("/").removesuffix(".git").replace(":", "/").rsplit("/", 2)[-2:])
        reasons = []
        for name in _names(tail, ref):
            source = made(
                Source,
                "source",
                id=slug_of(name, "source"),
                name=name,
                url=url,
                ref=ref,
                created_at=self._created_at,
            )
            path = _PATH[Source](source.id)
            if path in self._refused:
                reasons.append(self._refused[path])
                break
            if not self._is_known(source):
                return source
        raise Invalid("; ".join(reasons) or "its source has no name left", code="INVALID_SOURCE")

    def _is_known(self, source: Source) -> bool:
        others = {**self.catalog.sources, **self._sources}
        return (
            source.id in others
            or _PATH[Source](source.id) in self.catalog.unreadable
            or any(fold(each.name) == fold(source.name) for each in others.values())
        )

    # ----------------------------------------------------------------- tags

    def _tagged(self) -> tuple[dict[str, Tag], dict[str, Artifact]]:
        """The new tags, and the artifacts with theirs."""
        words = [word for each in self._words.values() for word in each[:_TAGS]]
        meant = self._meant([*words, *(each.name for each in self._tags)])
        tags = {tag.id: tag for tag in meant.values() if tag.id not in self.catalog.tags}
        for each in self._tags:
            tag = meant.get(each.name)
            if tag and tag.id in tags:
                tags[tag.id] = self._fitting(Tag, each.where, {"id": tag.id, "name": tag.name}, each.values)
        artifacts = {}
        ids = {**self.catalog.artifacts, **self._artifacts}.keys() | self.catalog.former["artifact"].keys()
        for name, artifact in self._artifacts.items():
            carried = [meant[word].id for word in self._words[name][:_TAGS] if word in meant]
            aliases = tuple(each for each in artifact.aliases if f"{artifact.type}/{each}" not in ids)
            tagged = tuple(dict.fromkeys((*self._carried, *carried)))
            artifacts[name] = artifact.but(tags=tagged, aliases=aliases)
        return tags, artifacts

    def _meant(self, words: Sequence[str]) -> dict[str, Tag]:
        """The tag of every word that can be one; words that differ only in how they are joined have one."""
        known = {
            _joined(word): tag
            for _, tag in sorted(self.catalog.tags.items(), reverse=True)
            for word in (*tag.aliases, tag.id, tag.name)
        }
        counts = Counter(words)
        first: dict[str, str] = {}
        for word in sorted(counts, key=lambda word: (-counts[word], word)):
            if _joined(word) not in known and self._is_tag(word):
                first.setdefault(_joined(word), word)
        present = self.catalog.tags.values()
        new = tags_for(first.values(), present)
        found = {word: known.get(_joined(word)) or new.get(first.get(_joined(word), "")) for word in counts}
        paths = {word: _PATH[Tag](tag.id) for word, tag in found.items() if tag}
        for word, path in paths.items():
            if path in self._refused or path in self.catalog.unreadable:
                self._leave(
                    f"the tag “{shorten(one_line(word), 80)}”",
                    self._refused.get(path, f"{path} cannot be read"),
                )
                found[word] = None
        return {word: tag for word, tag in found.items() if tag}

    def _is_tag(self, word: str) -> bool:
        try:
            made(Tag, "tag", id="any", name=word)
        except Invalid as error:
            self._leave(f"the tag “{shorten(one_line(word), 80)}”", error.detail)
            return False
        return True

    # ---------------------------------------------------------- collections

    def _collection(self, found: FoundCollection, ids: Mapping[str, str]) -> None:
        """A collection of all that the file holds; one that is there gets only what is new."""
        try:
            slug = slug_of(found.name, "collection")
            path = _PATH[Collection](slug)
            if path in self._refused or path in self.catalog.unreadable:
                raise Invalid(self._refused.get(path, f"{path} cannot be read"), code="INVALID_COLLECTION")
            collections = {**self.catalog.collections, **self._collections}
            alike = [each for each in collections.values() if fold(each.name) == fold(found.name)]
            before = alike[0] if alike else collections.get(slug)
            values = {"created_at": self._created_at, **found.values}
            collection = before or self._fitting(
                Collection, found.where, {"id": slug, "name": found.name}, values
            )
        except Invalid as error:
            self._leave(found.where, error.detail)
            return
        new = [each for each in dict.fromkeys(ids.values()) if before is None or each in self._artifacts]
        present = [each.artifact for each in collection.artifacts]
        members = (*collection.artifacts, *({"artifact": each} for each in new if each not in present))
        held = {*present, *new}
        groups = list(collection.groups)
        for each in found.groups:
            wanted = [ids[where] for where in each.members if ids.get(where) in held and ids[where] in new]
            self._grouped(groups, each.name, each.values, list(dict.fromkeys(wanted)), each.where)
        self._collections[collection.id] = collection.but(artifacts=members, groups=tuple(groups))

    def _grouped(
        self, groups: list[Group], name: str, values: Mapping[str, Any], members: list[str], where: str
    ) -> None:
        if not members:
            return
        try:
            slug = slug_of(name, "group")
            for index, group in enumerate(groups):
                if group.slug == slug or fold(group.name) == fold(name):
                    added = (each for each in members if each not in group.artifacts)
                    groups[index] = group.but(artifacts=(*group.artifacts, *added))
                    return
            group = self._fitting(Group, where, {"slug": slug, "name": name}, values)
            groups.append(group.but(artifacts=tuple(members)))
        except Invalid as error:
            self._leave(where, error.detail)

    # --------------------------------------------------------------- values

    def _fitting(
        self,
        part: type[P],
        where: str,
        needed: Mapping[str, Any],
        values: Mapping[str, Any],
        more: Mapping[str, Any] | None = None,
    ) -> P:
        """A part with those of ``values`` that it can hold; the others are left. ``more`` is needed too.

        Raises ``Invalid`` when what is needed does not fit.
        """
        noun = part.__name__.lower()
        needed = {**needed, **(more or {})}
        values = dict(values)
        about = values.get("description")
        if isinstance(about, str) and len(about) > _DESCRIPTION:
            values["description"] = shorten(about, _DESCRIPTION)
            self._leave(f"{where}.description", f"it was cut to {_DESCRIPTION:,} characters")
        stated = values.get("license")
        if isinstance(stated, str) and 0 < len(stated.strip()) <= _LICENSE:
            values["license"] = licenses.canonical(stated)
            if values["license"] is None:
                meant = " or ".join(licenses.near(stated))
                hint = f"; it may be {meant}" if meant else ""
                self._leave(f"{where}.license", f"“{shorten(stated, 60)}” is no SPDX expression{hint}")
        try:
            return made(part, noun, **needed, **values)
        except Invalid:
            made(part, noun, **needed)
        kept = {}
        for key, value in values.items():
            try:
                made(part, noun, **needed, **{key: value})
                kept[key] = value
            except Invalid as error:
                self._leave(f"{where}.{key}", error.detail.removeprefix(f"{key}: "))
        return made(part, noun, **needed, **kept)


def _names(tail: str, ref: str | None) -> Iterator[str]:
    """Names for a source, best first."""
    yield tail
    if ref:
        yield f"{tail} at {ref[:12]}"
        yield f"{tail} at {ref}"
    yield from (f"{tail} {number}" for number in range(2, 100))


def _joined(word: str) -> str:
    return re.sub(r"[\s_-]+", "-", fold(word))
