"""From format 2 to format 1: tags become words again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from skillmeat import lock, manifest
from skillmeat.catalog import Catalog
from skillmeat.edits.spellings import is_written, tags_for
from skillmeat.errors import Refused
from skillmeat.loading import LOCK, SETTINGS, Reading
from skillmeat.manifest.grammar import tokens
from skillmeat.manifest.values import value
from skillmeat.migration.change import OLD_SOURCE_KEYS, Loss, Migration
from skillmeat.migration.rewriting import remembered, retagged, with_number, without
from skillmeat.model import KINDS, Artifact, Kind, Lock, LockedSource, Source, Tag, kind_of
from skillmeat.text import plural

_IMPORTED = ("import_repo_description", "import_repo_readme", "repo_description", "readme_hash")
"""What version 1 of the lock does not have."""

_FILES: Mapping[type, Kind] = {kind.record: kind for kind in KINDS}


def down(reading: Reading, generated: Mapping[str, bytes]) -> Migration:
    """How a store of format 2 becomes one of format 1, and every value that is lost on the way.

    ``generated`` are the lock and the READMEs, by path.
    Raises ``Refused`` (``STORE_NOT_READABLE``) that names every file that cannot be read: what is in it could
    not be said to be lost.
    """
    catalog = reading.catalog
    _refuse_unreadable(reading)
    words = _words(reading)
    contents: dict[str, bytes | None] = {kind_of(tag).path(tag.id): None for tag in catalog.tags.values()}
    for artifact in catalog.artifacts.values():
        path = _FILES[Artifact].path(artifact.id)
        text = retagged(path, reading.texts[path].decode(), *words[artifact.id])
        contents[path] = without(path, text, ["associations"]).encode()
    newer = [key for key in _FILES[Source].keys if key not in OLD_SOURCE_KEYS]
    for source in catalog.sources.values():
        path = _FILES[Source].path(source.id)
        contents[path] = without(path, reading.texts[path].decode(), newer).encode()
    contents |= {path: None for path in generated if path != LOCK}
    contents[SETTINGS] = with_number(SETTINGS, reading.texts[SETTINGS].decode(), "format", 1).encode()
    if LOCK in generated:
        contents[LOCK] = _lock(catalog.lock, generated[LOCK].decode())
    seen: dict[str, bytes | None] = {**reading.texts, **generated}
    differing = {path: data for path, data in contents.items() if seen[path] != data}
    notes = (f"Made words of {plural(len(catalog.tags), 'tag')}.",)
    losses = [*_losses(reading, words), *_generated_losses(catalog.lock, generated)]
    return Migration(2, 1, differing, seen, tuple(sorted(losses, key=lambda loss: loss.path)), notes)


def _refuse_unreadable(reading: Reading) -> None:
    if reading.catalog.unreadable:
        faults = [each for each in reading.problems if each.path in reading.catalog.unreadable]
        lines = "\n".join(
            f"  {each.where}: {each.key + ': ' if each.key else ''}{each.message}" for each in faults
        )
        raise Refused(
            f"{plural(len(reading.catalog.unreadable), 'file')} cannot be read:\n{lines}",
            code="STORE_NOT_READABLE",
            hint="Correct what is wrong first. Nothing was changed.",
        )


# ------------------------------------------------------------------- words


Words = tuple[list[str], list[str]]
"""A word for each tag of an artifact, and all that it is to have: the same, or more in between."""


def _words(reading: Reading) -> dict[str, Words]:
    """The tags of every artifact as words: those that were remembered where they mean the same tags."""
    catalog = reading.catalog
    before = {
        artifact.id: remembered(reading.texts[_FILES[Artifact].path(artifact.id)].decode())
        for artifact in catalog.artifacts.values()
    }
    found = {each.id: _of_one(catalog, each, before[each.id]) for each in catalog.artifacts.values()}
    again = _made_again(found)
    changed = {tag.id for tag in catalog.tags.values() if tag.name not in again}
    if not changed:
        return found
    return {each.id: _of_one(catalog, each, before[each.id], changed) for each in catalog.artifacts.values()}


def _of_one(
    catalog: Catalog,
    artifact: Artifact,
    before: Sequence[str],
    changed: frozenset[str] | set[str] = frozenset(),
) -> Words:
    tags = [_tag(catalog, each) for each in artifact.tags]
    by_word = {
        word: next((tag for tag in tags if tag.id not in changed and is_written(tag.name, word)), None)
        for word in before
    }
    meant = dict.fromkeys(tag.id for word in before if (tag := by_word[word]))
    firsts = [next((word for word in before if by_word[word] == tag), tag.name) for tag in tags]
    same = all(by_word.values()) and list(meant) == [tag.id for tag in tags]
    return firsts, list(before) if before and same else firsts


def _tag(catalog: Catalog, name: str) -> Tag:
    """The tag of that slug or former slug; one that does not exist is called what the artifact calls it."""
    tag = catalog.tags.get(name) or catalog.tags.get(catalog.former["tag"].get(name, ""))
    return tag or Tag(id=name, name=name)


def _made_again(words: Mapping[str, Words]) -> dict[str, str]:
    """What going up would make of the words: slugs by name."""
    tags = tags_for(word for each in words.values() for word in each[1])
    return {tag.name: tag.id for tag in tags.values()}


# ------------------------------------------------------------------ losses


def _losses(reading: Reading, words: Mapping[str, Words]) -> Iterator[Loss]:
    catalog = reading.catalog
    again = _made_again(words)
    for tag in catalog.tags.values():
        path = kind_of(tag).path(tag.id)
        for key, data in manifest.plain(tag).items():
            if key != "name" or tag.name not in again:
                yield Loss(path, key, value(data))
        if again.get(tag.name, tag.id) != tag.id:
            yield Loss(path, "slug", value(tag.id))
        for token in tokens(reading.texts[path].decode()):
            if token.kind == "comment":
                yield Loss(path, "comment", token.text.rstrip())
    for artifact in catalog.artifacts.values():
        if links := manifest.plain(artifact).get("associations"):
            yield from _each(_FILES[Artifact].path(artifact.id), "associations", links)
    for source in catalog.sources.values():
        for key, data in manifest.plain(source).items():
            if key not in OLD_SOURCE_KEYS:
                yield from _each(_FILES[Source].path(source.id), key, data)


def _generated_losses(locked: Lock, generated: Mapping[str, bytes]) -> Iterator[Loss]:
    for each in locked.source:
        for key, data in manifest.plain(each).items():
            if key in _IMPORTED:
                yield Loss(LOCK, f"source.{each.id}.{key}", value(data))
    for path, text in generated.items():
        if path != LOCK:
            yield Loss(path, "", f"the whole file, {plural(len(text), 'byte')}")


def _each(path: str, key: str, data: Any) -> Iterator[Loss]:
    """One loss for a value, or for each table of a list."""
    if isinstance(data, list) and any(isinstance(each, dict) for each in data):
        yield from (Loss(path, f"{key}[{index}]", value(each)) for index, each in enumerate(data))
    else:
        yield Loss(path, key, value(data))


def _lock(locked: Lock, text: str) -> bytes:
    """The lock as version 1: the same but for the version, where it imports nothing."""
    bare = tuple(_bare(each) for each in locked.source)
    if bare != locked.source:
        text = lock.render(locked.model_copy(update={"source": bare}))
    return with_number(LOCK, text, "version", 1).encode()


def _bare(locked: LockedSource) -> LockedSource:
    fields = LockedSource.model_fields
    return locked.model_copy(update={key: fields[key].default for key in _IMPORTED})
