"""The manifests of a store in their canonical layout."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from skillmeat import files, manifest
from skillmeat.differences import unified
from skillmeat.errors import NotFound, Refused, SkillmeatError
from skillmeat.finding import FOLDER
from skillmeat.loading import SETTINGS, read_settings
from skillmeat.manifest.layout import laid_out
from skillmeat.model import KINDS, Part, Settings
from skillmeat.problem import Problem
from skillmeat.text import one_line


@dataclass(frozen=True)
class Formatted:
    """What was done, or would be: the files that differ; the files that were left, with why.

    ``count`` is how many manifests were looked at. ``before`` and ``after`` are the contents of those that
    differ.
    """

    problems: tuple[Problem, ...]
    count: int
    before: Mapping[str, bytes | None]
    after: Mapping[str, bytes | None]

    @property
    def paths(self) -> tuple[str, ...]:
        """The files that differ, sorted."""
        return tuple(sorted(self.after))

    @property
    def diff(self) -> str:
        """The unified diff."""
        return "".join(unified(path, self.before[path], self.after[path]) for path in self.paths)


def format_manifests(root: Path, only: Collection[str] = (), *, dry_run: bool = False) -> Formatted:
    """Bring the manifests of the store at ``root`` to their canonical layout, all or none.

    ``only`` narrows it to files and folders, relative to ``root``. The lock is not a manifest. A file that
    cannot be read, or cannot be laid out without changing what it says, is left as it is.
    Raises ``NotFound`` (``MANIFEST_NOT_FOUND``) for one of ``only`` at which there is none, ``Refused``
    (``FORMAT_NOT_SUPPORTED``) for a store of another format, and what ``files.Writer.write`` raises.
    """
    if dry_run:
        with files.reading(root) as reader:
            return _prepare(reader, only)
    with files.writing(root) as writer:
        done = _prepare(writer, only)
        if done.paths:
            writer.write(done.after, done.before)
    return done


def _prepare(reader: files.Reader, only: Collection[str]) -> Formatted:
    read_settings(reader, [], {})
    before: dict[str, bytes | None] = {}
    after: dict[str, bytes | None] = {}
    problems: list[Problem] = []
    missing = set(only)
    count = 0
    for path, part, data in _manifests(reader):
        asked = {each for each in only if path == each or path.startswith(f"{each}/")}
        if only and not asked:
            continue
        missing -= asked
        count += 1
        formatted = _formatted(path, part, data)
        if isinstance(formatted, Problem):
            problems.append(formatted)
        elif isinstance(data, bytes) and formatted != data:
            before[path], after[path] = data, formatted
    for path in sorted(missing):
        raise NotFound(
            f"There is no manifest at “{one_line(path)}”.",
            code="MANIFEST_NOT_FOUND",
            hint="The lock is generated, and other files are not ours." if "." in path else "",
        )
    return Formatted(tuple(problems), count, before, after)


def _manifests(reader: files.Reader) -> Iterator[tuple[str, type[Part], bytes | SkillmeatError]]:
    """Every manifest with its class; what only stands beside them is for ``validate`` to point out."""
    yield SETTINGS, Settings, reader.read(SETTINGS, manifest.MANIFEST_LIMIT) or b""
    for kind in KINDS:
        folder = f"{FOLDER}/{kind.plural}"
        for path, data in reader.read_folder(folder, depth=kind.depth, limit=manifest.MANIFEST_LIMIT):
            if path.endswith(".toml") and path.count("/") == folder.count("/") + kind.depth:
                yield path, kind.record, data


def _formatted(path: str, part: type[Part], data: bytes | SkillmeatError) -> bytes | Problem:
    if isinstance(data, SkillmeatError):
        return Problem(path, 0, 0, "unreadable-file", "", data.detail, data.hint)
    table = manifest.parse(data, path)
    if isinstance(table, Problem):
        return table
    try:
        return laid_out(data.decode(), part).encode()
    except Refused as refused:
        return Problem(path, 0, 0, "format", "", refused.detail, refused.hint)
