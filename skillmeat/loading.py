"""A directory read into a catalog, with everything in it that cannot be read."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from skillmeat import files, lock, manifest
from skillmeat.catalog import Catalog, nearest
from skillmeat.errors import NotFound, Refused, SkillmeatError
from skillmeat.finding import FOLDER
from skillmeat.model import KINDS, ArtifactType, Kind, Lock, Record, Settings
from skillmeat.problem import Problem
from skillmeat.remembered import LOCK as LOCK
from skillmeat.remembered import WORTH_IT, Kept, Memory, line
from skillmeat.scalars import SLUG_PATTERN
from skillmeat.text import one_line

SETTINGS = f"{FOLDER}/skillmeat.toml"
READMES = f"{FOLDER}/readmes"
_KEPT = 8 * 1024 * 1024
README_LIMIT = 50 * 1024

_SLUG = re.compile(SLUG_PATTERN)
_PLACES = {
    kind.noun: re.compile(
        f"{FOLDER}/{kind.plural}/"
        + (f"(?:{'|'.join(ArtifactType)})/" if kind.depth == 2 else "")
        + rf"(?=[^/]{{1,64}}\.toml\Z){SLUG_PATTERN.strip('^$')}\.toml"
    )
    for kind in KINDS
}
"""What the path of a file is that stands where it should, as nearly all do."""

_TOP = {kind.plural for kind in KINDS} | {"readmes", "skillmeat.toml", "skillmeat.lock", "README.md"}


@dataclass(frozen=True)
class Reading:
    """What a directory holds: a catalog of what could be read, and what is wrong with the rest.

    ``texts`` are the bytes of every manifest, by path relative to the store's root. ``has_schemas`` says
    whether new manifests can name their schema.
    """

    catalog: Catalog
    problems: tuple[Problem, ...] = ()
    texts: Mapping[str, bytes] = field(default_factory=dict)
    has_schemas: bool = False


class Texts(Mapping[str, bytes]):
    """The bytes of every manifest by path; in a large store, or where its record was remembered, read when
    asked for.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self.read: dict[str, bytes] = {}
        self.unread: set[str] = set()
        self._size = 0

    def keep(self, path: str, data: bytes) -> None:
        """Keep what was read, as long as that is little; else it is read again when asked for."""
        self._size += len(data)
        if self._size > _KEPT:
            self.unread.add(path)
        else:
            self.read[path] = data

    def __getitem__(self, path: str) -> bytes:
        if path in self.unread:
            self.read[path] = files.read(self._root, path, manifest.MANIFEST_LIMIT) or b""
            self.unread.discard(path)
        return self.read[path]

    def __iter__(self) -> Iterator[str]:
        return iter([*self.read, *self.unread])

    def __len__(self) -> int:
        return len(self.read) + len(self.unread)

    def __contains__(self, path: object) -> bool:
        return path in self.read or path in self.unread


def load(reader: files.Reader) -> Reading:
    """Every manifest read once, every problem of each collected.

    Raises ``Refused`` (``FORMAT_NOT_SUPPORTED``) for a store of another format.
    """
    problems: list[Problem] = []
    texts = Texts(reader.root)
    settings = read_settings(reader, problems, texts.read)
    unreadable = {SETTINGS} if settings is None else set()
    memory = Memory(reader.root)
    records: dict[str, dict[str, Record]] = {kind.plural: {} for kind in KINDS}
    stamps: dict[str, files.Stamp] = {}
    fresh = 0
    for kind in KINDS:
        for path, stamp, data in listed(reader, kind, memory.knows):
            if stamp:
                stamps[path] = stamp
            if data is None and (known := memory.records.get(path)):
                records[kind.plural][known.id] = known
                texts.unread.add(path)
                continue
            if data is None:  # what is remembered of it is damaged
                data = content_at(reader, path)
            record, found, is_sound = taken(kind, path, data)
            problems += found
            if record:
                records[kind.plural][record.id] = record
            if not is_sound:
                unreadable.add(path)
            if isinstance(data, bytes) and (record or not is_sound):
                texts.keep(path, data)
                fresh += 1
    problems += stray_names(reader)
    locked, stamp, found = read_lock(reader, memory)
    problems += found
    if locked is None:
        unreadable.add(LOCK)
    locked = locked or Lock()
    if not reader.ahead and len(stamps) >= WORTH_IT and fresh > len(stamps) // 50:
        _keep(memory, records, locked, stamp, stamps)
    readmes = dict(read_readmes(reader, problems))
    catalog = Catalog(
        settings=settings or Settings(),
        lock=locked,
        readmes=readmes,
        unreadable=frozenset(unreadable),
        **records,  # type: ignore[arg-type]  # each dict holds the records of its own kind
    )
    has_schemas = (reader.root / manifest.SCHEMAS).is_dir()
    return Reading(catalog, tuple(sorted(problems)), texts, has_schemas)


def listed(
    reader: files.Reader, kind: Kind, knows: Callable[[str, files.Stamp], bool]
) -> Iterator[tuple[str, files.Stamp | None, bytes | SkillmeatError | None]]:
    """Every file of a kind: its stamp, and its content or why it cannot be read; None for what is known."""
    folder, limit = f"{FOLDER}/{kind.plural}", manifest.MANIFEST_LIMIT
    for path, found in reader.changed_folder(folder, kind.depth, limit, knows):
        if isinstance(found, SkillmeatError | bytes):
            yield path, None, found
        else:
            yield path, *found


def content_at(reader: files.Reader, path: str) -> bytes | SkillmeatError:
    """What a manifest holds, or why it cannot be read; nothing when it went meanwhile."""
    try:
        return reader.read(path, manifest.MANIFEST_LIMIT) or b""
    except SkillmeatError as error:
        return error


def taken(kind: Kind, path: str, data: bytes | SkillmeatError) -> tuple[Record | None, list[Problem], bool]:
    """The record that a file holds, what is wrong with the file, and False when a record may be there that
    cannot be read. A file in a wrong place is no record.
    """
    if isinstance(data, SkillmeatError):  # before all else: a link in place of a folder, too
        return None, [Problem(path, 0, 0, "unreadable-file", "", data.detail, data.hint)], False
    record_id = path[len(FOLDER) + len(kind.plural) + 2 : -len(".toml")]
    if not _PLACES[kind.noun].fullmatch(path) and (stray := _stray(kind, path, record_id)):
        return None, [stray], True
    record, found = manifest.read(kind, record_id, data)
    return record, found, record is not None


def _keep(
    memory: Memory,
    records: Mapping[str, Mapping[str, Record]],
    locked: Lock,
    locked_at: files.Stamp | None,
    stamps: Mapping[str, files.Stamp],
) -> None:
    with memory.keeping() as keeping:
        for source in locked.source:
            keeping.source(source)
        keeping.lock(locked, locked_at)
        for kind in KINDS:
            for record_id, record in records[kind.plural].items():
                if stamp := stamps.get(path := kind.path(record_id)):
                    keeping.add(path, stamp, line(record))
        keeping.finish(None)


def read_settings(reader: files.Reader, problems: list[Problem], texts: dict[str, bytes]) -> Settings | None:
    """What ``skillmeat.toml`` says, None when it cannot be read.

    What is wrong with it goes to ``problems``, its bytes to ``texts``. Raises as ``load`` does.
    """
    data = reader.read(SETTINGS, manifest.MANIFEST_LIMIT)
    if data is None:
        raise NotFound(f"There is no {SETTINGS}.", code="STORE_NOT_FOUND")
    texts[SETTINGS] = data
    settings, found = manifest.read_settings(data)
    for problem in found:
        if problem.rule == "format":
            raise Refused(problem.message, code="FORMAT_NOT_SUPPORTED", hint=problem.fix)
    problems += found
    return settings


def read_lock(
    reader: files.Reader, memory: Memory, keep: Kept = lambda source: source
) -> tuple[Lock | None, files.Stamp | None, list[Problem]]:
    """The lock, an empty one when there is none and None when it cannot be read; its stamp; what is wrong.

    ``keep`` is given each source, as for ``lock.read``.
    """
    stamp = None
    try:
        stamp = reader.stamp(LOCK)
        if known := memory.lock(stamp, keep):
            return known, stamp, []
        data = reader.read(LOCK, lock.LOCK_LIMIT)
    except SkillmeatError as error:
        return None, None, [Problem(LOCK, 0, 0, "unreadable-file", "", error.detail, error.hint)]
    if data is None:
        return Lock(), None, []
    locked, found = lock.read(data, keep)
    return locked, stamp if locked else None, found


def read_readmes(reader: files.Reader, problems: list[Problem]) -> Iterator[tuple[str, str]]:
    """The READMEs by source; what is wrong with them goes to ``problems``."""
    for path, data in reader.read_folder(READMES, limit=README_LIMIT, depth=1, suffix=".md"):
        if isinstance(data, SkillmeatError):
            problems.append(Problem(path, 0, 0, "unreadable-file", "", data.detail, data.hint))
        elif path.endswith(".md"):
            yield path[len(READMES) + 1 : -3], data.decode("utf-8", "replace")


def stray_names(reader: files.Reader) -> Iterator[Problem]:
    """What stands directly in ``manifests/`` and is read by nothing."""
    for name in reader.names(FOLDER):
        if name not in _TOP and not name.startswith("."):
            near = nearest(name, _TOP, most=1)
            fix = f"Did you mean “{near[0]}”?" if near else "Move it away."
            yield Problem(f"{FOLDER}/{one_line(name)}", 0, 0, "stray-file", "", "Nothing reads this.", fix)


def _stray(kind: Kind, path: str, record_id: str) -> Problem | None:
    """What is wrong with where a file stands, if anything is."""
    if not path.endswith(".toml"):
        return Problem(
            path, 0, 0, "stray-file", "", "Nothing reads this file.", "Name it <slug>.toml, or move it away."
        )
    parts = record_id.split("/")
    if len(parts) != kind.depth:
        where = f"{FOLDER}/{kind.plural}/" + ("<type>/<name>.toml" if kind.depth == 2 else "<name>.toml")
        return Problem(
            path, 0, 0, "stray-file", "", f"A file of this kind stands at {where}.", "Move it there."
        )
    if kind.depth == 2 and parts[0] not in list(ArtifactType):
        return Problem(
            path,
            0,
            0,
            "stray-file",
            "",
            f"“{one_line(parts[0])}” is not a type of artifact.",
            f"Move it to one of {', '.join(ArtifactType)}.",
        )
    if not _SLUG.fullmatch(parts[-1]) or len(parts[-1]) > 64:
        return Problem(
            path,
            0,
            0,
            "file-name",
            "",
            f"“{one_line(parts[-1])}” is not a slug.",
            "Use lower-case letters a–z, digits and single hyphens, at most 64 characters.",
        )
    return None
