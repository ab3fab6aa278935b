"""A migration planned, and carried out: all files or none."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from skillmeat import files, manifest
from skillmeat.differences import unified
from skillmeat.errors import Invalid, NotFound, Refused
from skillmeat.finding import FOLDER
from skillmeat.loading import LOCK, READMES, SETTINGS, load
from skillmeat.lock import LOCK_LIMIT
from skillmeat.migration.change import FORMATS, Migration
from skillmeat.migration.down import down
from skillmeat.migration.up import up
from skillmeat.text import plural


@dataclass(frozen=True)
class Migrated:
    """What a migration did, or would do: the plan, the files it touched, and the unified diff."""

    migration: Migration
    paths: tuple[str, ...]
    diff: str


def planned(root: Path, to: int) -> Migration:
    """What bringing a store to a format would do. Writes nothing; raises as ``migrate`` does."""
    with files.reading(root) as reader:
        return _plan(reader, to)


def migrate(root: Path, to: int, *, discard: bool = False, dry_run: bool = False) -> Migrated:
    """Bring a store to a format, all files or none. A store that is of that format stays as it is.

    Raises ``Refused``: ``FORMAT_NOT_SUPPORTED`` for a store of a format that is not known,
    ``STORE_NOT_READABLE`` for one with files that cannot be read, ``MIGRATION_WOULD_LOSE`` with the list
    when values would be lost and ``discard`` is not given. Raises ``Conflict`` when somebody else is writing.
    """
    if to not in FORMATS:
        raise Invalid(f"There is no format {to}.", code="INVALID_FORMAT")
    if dry_run:
        migration = planned(root, to)
        _refuse_losses(migration, discard=discard)
    else:
        with files.writing(root) as writer:
            migration = _plan(writer, to)
            _refuse_losses(migration, discard=discard)
            if migration.contents:
                writer.write(migration.contents, migration.seen)
    paths = tuple(sorted(migration.contents))
    diff = "".join(unified(path, migration.seen[path], migration.contents[path]) for path in paths)
    return Migrated(migration, paths, diff if dry_run else "")


def _plan(reader: files.Reader, to: int) -> Migration:
    now = _format(reader)
    if now == to:
        return Migration(now, to, {}, {})
    if to == 2:
        return up(_texts(reader))
    listing = [*_lock(reader), *reader.read_folder(READMES, 1, LOCK_LIMIT, ".md")]
    return down(load(reader), _read(listing))


def _format(reader: files.Reader) -> int:
    data = reader.read(SETTINGS, manifest.MANIFEST_LIMIT)
    if data is None:
        raise NotFound(f"There is no {SETTINGS}.", code="STORE_NOT_FOUND")
    table = manifest.parse(data, SETTINGS)
    wanted = table.get("format", max(FORMATS)) if isinstance(table, dict) else None
    if type(wanted) is int and wanted in FORMATS:
        return wanted
    _, problems = manifest.read_settings(data)
    code = "FORMAT_NOT_SUPPORTED" if problems[0].rule == "format" else "STORE_NOT_READABLE"
    fix = problems[0].fix if not (type(wanted) is int and wanted < 1) else "Correct it by hand."
    raise Refused(f"{problems[0].where}: {problems[0].message}", code=code, hint=fix)


def _texts(reader: files.Reader) -> dict[str, bytes]:
    """The files of a store of format 1 that may change: settings, artifacts, the lock, and any tags."""
    listing = _lock(reader)
    for folder, depth in (("artifacts", 2), ("tags", 1)):
        listing += reader.read_folder(f"{FOLDER}/{folder}", depth, manifest.MANIFEST_LIMIT, ".toml")
    settings = reader.read(SETTINGS, manifest.MANIFEST_LIMIT)
    return {SETTINGS: settings or b"", **_read(listing)}


def _lock(reader: files.Reader) -> list[tuple[str, bytes | Refused]]:
    data = reader.read(LOCK, LOCK_LIMIT)
    return [] if data is None else [(LOCK, data)]


def _read(listing: Iterable[tuple[str, bytes | Refused]]) -> dict[str, bytes]:
    """The content of every file. Raises ``Refused`` that names every one that cannot be read."""
    found = dict(listing)
    faults = [f"  {data.detail}" for data in found.values() if isinstance(data, Refused)]
    if faults:
        raise Refused(
            f"{plural(len(faults), 'file')} cannot be read:\n" + "\n".join(faults),
            code="STORE_NOT_READABLE",
            hint="Correct what is wrong first. Nothing was changed.",
        )
    return {path: data for path, data in found.items() if isinstance(data, bytes)}


def _refuse_losses(migration: Migration, *, discard: bool) -> None:
    if migration.losses and not discard:
        lines = "\n".join(f"  {loss}" for loss in migration.losses)
        raise Refused(
            f"Format {migration.after} cannot hold {plural(len(migration.losses), 'value')}:\n{lines}",
            code="MIGRATION_WOULD_LOSE",
            hint="Nothing was changed. --discard gives them up.",
        )
