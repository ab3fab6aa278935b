"""A directory read into a catalog, with everything in it that cannot be read."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from skillmeat import files, lock, manifest
from skillmeat.catalog import Catalog, nearest
from skillmeat.errors import NotFound, Refused, SkillmeatError
from skillmeat.finding import FOLDER
from skillmeat.model import KINDS, ArtifactType, Kind, Lock, Record, Settings
from skillmeat.problem import Problem
from skillmeat.remembered import WORTH_IT, Memory
from skillmeat.scalars import SLUG_PATTERN
from skillmeat.text import one_line

SETTINGS = f"{FOLDER}/skillmeat.toml"
LOCK = f"{FOLDER}/skillmeat.lock"
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
        for path, data in _listed(reader, kind, memory, stamps):
            record_id = path[len(FOLDER) + len(kind.plural) + 2 : -len(".toml")]
            if isinstance(data, Record):
                records[kind.plural][record_id] = data
                texts.unread.add(path)
                continue
            if isinstance(data, SkillmeatError):  # before all else: a link in place of a folder, too
                problems.append(Problem(path, 0, 0, "unreadable-file", "", data.detail, data.hint))
                unreadable.add(path)
                continue
            if not _PLACES[kind.noun].fullmatch(path) and (stray := _stray(kind, path, record_id)):
                problems.append(stray)
                continue
            record, found = manifest.read(kind, record_id, data)
            if record is None:
                unreadable.add(path)
            else:
                records[kind.plural][record_id] = record
            texts.keep(path, data)
            fresh += 1
            problems += found
    problems += _stray_names(reader)
    locked = _read_lock(reader, memory, problems, unreadable, stamps)
    if not reader.ahead and len(stamps) >= WORTH_IT and fresh > len(stamps) // 50:
        for path in unreadable & stamps.keys():
            del stamps[path]
        memory.keep(records, locked, stamps)
    catalog = Catalog(
        settings=settings or Settings(),
        lock=locked,
        readmes=_read_readmes(reader, problems),
        unreadable=frozenset(unreadable),
        **records,  # type: ignore[arg-type]  # each dict holds the records of its own kind
    )
    has_schemas = (reader.root / manifest.SCHEMAS).is_dir()
    return Reading(catalog, tuple(sorted(problems)), texts, has_schemas)


def _listed(
    reader: files.Reader, kind: Kind, memory: Memory, stamps: dict[str, files.Stamp]
) -> Iterator[tuple[str, Record | bytes | SkillmeatError]]:
    """Every file of a kind: its record, if it is remembered, else its content, or why it cannot be read."""
    folder, limit = f"{FOLDER}/{kind.plural}", manifest.MANIFEST_LIMIT
    for path, found in reader.changed_folder(folder, kind.depth, limit, memory.knows):
        if isinstance(found, SkillmeatError | bytes):
            yield path, found
            continue
        stamps[path], data = found
        yield path, memory.records[path] if data is None else data


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


def _read_lock(
    reader: files.Reader,
    memory: Memory,
    problems: list[Problem],
    unreadable: set[str],
    stamps: dict[str, files.Stamp],
) -> Lock:
    try:
        stamp = reader.stamp(LOCK)
        if stamp:
            stamps[LOCK] = stamp
            if known := memory.lock(LOCK, stamp):
                return known
        data = reader.read(LOCK, lock.LOCK_LIMIT)
    except SkillmeatError as error:
        problems.append(Problem(LOCK, 0, 0, "unreadable-file", "", error.detail, error.hint))
        unreadable.add(LOCK)
        return Lock()
    if data is None:
        return Lock()
    locked, found = lock.read(data)
    problems += found
    if locked is None:
        unreadable.add(LOCK)
    return locked or Lock()


def _read_readmes(reader: files.Reader, problems: list[Problem]) -> dict[str, str]:
    found = {}
    for path, data in reader.read_folder(READMES, limit=README_LIMIT, depth=1, suffix=".md"):
        if isinstance(data, SkillmeatError):
            problems.append(Problem(path, 0, 0, "unreadable-file", "", data.detail, data.hint))
        elif path.endswith(".md"):
            found[path[len(READMES) + 1 : -3]] = data.decode("utf-8", "replace")
    return found


def _stray_names(reader: files.Reader) -> Iterator[Problem]:
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
