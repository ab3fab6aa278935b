"""From format 1 to format 2: words become tags."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any, cast

from skillmeat import lock, manifest
from skillmeat.edits.spellings import tags_for
from skillmeat.errors import Refused
from skillmeat.loading import LOCK, SETTINGS
from skillmeat.migration.change import Migration
from skillmeat.migration.rewriting import with_number, with_tags
from skillmeat.model import KINDS, LOCK_VERSION, Tag
from skillmeat.text import one_line, plural, shorten

_TAG = next(kind for kind in KINDS if kind.record is Tag)
_TAGS = f"manifests/{_TAG.plural}/"
_ARTIFACTS = "manifests/artifacts/"


def up(texts: Mapping[str, bytes]) -> Migration:
    """How a store of format 1 becomes one of format 2. Nothing is lost.

    ``texts`` are the settings, the artifacts, the lock and whatever is in ``tags/`` already, by path.
    A word that a tag there has as its name or slug is that tag. What is wrong with a file in other ways
    stays as it is, for ``validate`` to report.

    Raises ``Refused`` (``STORE_NOT_READABLE``) that names every file that is not TOML.
    """
    tables = _tables(texts)
    present = dict(_present(texts))
    words = {path: _words(table) for path, table in tables.items() if path.startswith(_ARTIFACTS)}
    tags = tags_for((word for each in words.values() for word in each), present.values())
    contents: dict[str, bytes | None] = {}
    for path, had in words.items():
        new = [tags[word].id for word in had]
        named = list(dict.fromkeys(tags[word].name for word in had))
        if new != had or named != had:
            text = with_tags(path, texts[path].decode(), new, remember=named != had).encode()
            if len(text) > manifest.MANIFEST_LIMIT:
                raise Refused(
                    f"{path} has tags so long that there is no room to remember them; nothing was changed.",
                    code="STORE_NOT_READABLE",
                    hint="Shorten them.",
                )
            contents[path] = text
    made = {tag.id: tag for tag in tags.values() if tag.id not in present}
    for tag in made.values():
        path = _TAG.path(tag.id)
        if path in texts:
            raise Refused(
                f"{path} is in the way: it is no tag that can be read.",
                code="STORE_NOT_READABLE",
                hint="Move it away: a store in format 1 has no tags/ folder.",
            )
        contents[path] = manifest.render(tag).encode()
    contents[SETTINGS] = with_number(SETTINGS, texts[SETTINGS].decode(), "format", 2).encode()
    contents.update(_lock(texts))
    return Migration(
        1, 2, contents, {path: texts.get(path) for path in {**texts, **contents}}, (), _notes(tags, made)
    )


def _tables(texts: Mapping[str, bytes]) -> dict[str, dict[str, Any]]:
    """What the artifacts and the settings hold."""
    tables: dict[str, dict[str, Any]] = {}
    faults = []
    for path, data in sorted(texts.items()):
        if path == SETTINGS or path.startswith(_ARTIFACTS):
            table = manifest.parse(data, path)
            if isinstance(table, dict):
                tables[path] = table
            else:
                faults.append(f"  {table.where}: {table.message}")
    if faults:
        raise Refused(
            f"What is not TOML cannot be migrated ({plural(len(faults), 'file')}):\n" + "\n".join(faults),
            code="STORE_NOT_READABLE",
            hint="Correct it first. Nothing was changed.",
        )
    return tables


def _words(table: Mapping[str, Any]) -> list[str]:
    """The tags of an artifact; none where they are no list of words, which validate reports."""
    tags = table.get("tags")
    return tags if isinstance(tags, list) and all(isinstance(each, str) for each in tags) else []


def _present(texts: Mapping[str, bytes]) -> list[tuple[str, Tag]]:
    """The tags that are there though format 1 has none."""
    found = []
    for path, data in sorted(texts.items()):
        if path.startswith(_TAGS):
            slug = path.removeprefix(_TAGS).removesuffix(".toml")
            tag, _ = manifest.read(_TAG, slug, data)
            if tag:
                found.append((slug, cast("Tag", tag)))
    return found


def _lock(texts: Mapping[str, bytes]) -> dict[str, bytes | None]:
    """The lock with the version of today; one that cannot be read stays what it is."""
    locked, _ = lock.read(texts[LOCK]) if LOCK in texts else (None, [])
    if locked is None or locked.version == LOCK_VERSION:
        return {}
    return {LOCK: with_number(LOCK, texts[LOCK].decode(), "version", LOCK_VERSION).encode()}


def _notes(tags: Mapping[str, Tag], made: Mapping[str, Tag]) -> tuple[str, ...]:
    """How many tags were made, and every one that is not called what the artifacts say."""
    spelled: dict[str, list[str]] = defaultdict(list)
    for word, tag in tags.items():
        spelled[tag.id].append(word)
    notes = [f"Made {plural(len(made), 'tag')} of {plural(len(tags), 'word')}."]
    for slug, words in sorted(spelled.items()):
        name = tags[words[0]].name
        others = [word for word in sorted(words) if word != name]
        if others:
            shown = ", ".join(f"“{shorten(one_line(each), 80)}”" for each in others)
            notes.append(f"{slug}: “{shorten(name, 80)}”, also written {shown}")
    return tuple(notes)
