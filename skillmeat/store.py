"""A directory read into a catalog, and edited as one."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from skillmeat import files, lock, manifest
from skillmeat.catalog import Catalog, Change, Edit
from skillmeat.checks import RULES, Rule, check
from skillmeat.differences import unified
from skillmeat.errors import Conflict, NotFound, Refused
from skillmeat.loading import LOCK, READMES, SETTINGS, Reading, load
from skillmeat.model import Artifact, Settings, kind_of
from skillmeat.problem import Problem
from skillmeat.surroundings import contents_of, missing_content, unmerged
from skillmeat.text import one_line

_MOST = 500
"""How many problems of one file are told apart."""


@dataclass(frozen=True)
class Applied:
    """What an edit did, or would do: one line, the files it touched, and the unified diff.

    ``changes`` are the records that differ, ``catalog`` is what the store holds afterwards.
    """

    summary: str
    paths: tuple[str, ...]
    diff: str
    changes: tuple[Change, ...]
    catalog: Catalog


class Store:
    """A store in a directory. ``root`` is the directory that holds ``manifests/``.

    With ``commit``, in full, it is the store as it was at that commit, which can be read and not edited.
    """

    def __init__(self, root: Path, commit: str = "") -> None:
        self.root = root
        self.commit = commit

    @classmethod
    def discover(cls, start: Path) -> Store:
        """The store that ``start`` is in: the nearest parent that holds ``manifests/skillmeat.toml``.

        Raises ``NotFound`` (``STORE_NOT_FOUND``).
        """
        here = start.resolve()
        for folder in (here, *here.parents):
            if (folder / SETTINGS).is_file():
                return cls(folder)
        raise NotFound(
            f"There is no {SETTINGS} in {one_line(str(start))} or above it.",
            code="STORE_NOT_FOUND",
            hint="Run “skillmeat init” to make a store here, or say where one is with -C.",
        )

    @classmethod
    def create(cls, root: Path, settings: Settings) -> Store:
        """A new, empty store. Raises ``Conflict`` (``STORE_ALREADY_EXISTS``)."""
        if (root / SETTINGS).exists():
            raise Conflict(f"There is a store in {one_line(str(root))} already.", code="STORE_ALREADY_EXISTS")
        from skillmeat import schemas  # it takes more time to import than most commands do

        contents = {SETTINGS: manifest.render(settings, with_schema=True).encode(), **schemas.files()}
        with files.writing(root) as writer:
            writer.write(contents, {path: writer.read(path, lock.LOCK_LIMIT) for path in contents})
        return cls(root)

    # ------------------------------------------------------------- reading

    @cached_property
    def reading(self) -> Reading:
        """What the directory held when it was first asked for."""
        return self.read()

    @property
    def catalog(self) -> Catalog:
        """The catalog of ``reading``."""
        return self.reading.catalog

    def read(self) -> Reading:
        """What the directory holds now: every manifest read once, every problem of each collected.

        Raises ``Refused`` (``FORMAT_NOT_SUPPORTED``) for a store of another format, and ``NotFound``
        (``STORE_NOT_FOUND``) for a commit that holds none.
        """
        if self.commit:
            from skillmeat.history import past

            reader = files.Reader(self.root, past.differing(self.root, self.commit))
            if reader.ahead.get(SETTINGS, b"") is None:
                raise NotFound(f"There was no store here at {self.commit[:12]}.", code="STORE_NOT_FOUND")
            return load(reader)
        with files.reading(self.root) as reader:
            return load(reader)

    def validate(self) -> list[Problem]:
        """Every error in the store, sorted, with lines and columns."""
        return self.located(self.problems())

    def problems(self, rules: Sequence[Rule] = RULES) -> list[Problem]:
        """What is wrong with the files and what the rules find; not every line is known yet."""
        reading = self.reading
        content = dict(contents_of(reading.catalog.artifacts.values()))
        missing = missing_content(self.root, content, self.commit)
        of_index = () if self.commit else unmerged(self.root, reading.problems)
        return [*reading.problems, *of_index, *missing, *check(reading.catalog, rules)]

    def located(self, problems: Iterable[Problem]) -> list[Problem]:
        """Problems of this store, as ``located`` gives them."""
        return located(problems, self.reading.texts)

    # ------------------------------------------------------------- editing

    def apply(self, plan: Callable[[Catalog], Edit], *, dry_run: bool = False) -> Applied:
        """Carry out an edit, whole or not at all.

        ``plan`` is given the catalog as it is while no one else can write, so that what it decides
        still holds when the files are written. Raises what ``plan`` raises; ``Refused``
        (``CATALOG_WOULD_BREAK``) with the list when the edit adds a problem that was not there;
        ``Conflict`` (``STORE_CHANGED``, ``STORE_LOCKED``) when somebody else is writing.
        """
        if self.commit:
            raise ValueError("the past cannot be edited")
        if dry_run:
            with files.reading(self.root) as reader:
                return _prepare(reader, plan)[0]
        with files.writing(self.root) as writer:
            applied, contents, seen = _prepare(writer, plan)
            if contents:
                writer.write(contents, seen)
        self.__dict__.pop("reading", None)
        return applied


def _prepare(
    reader: files.Reader, plan: Callable[[Catalog], Edit]
) -> tuple[Applied, dict[str, bytes | None], dict[str, bytes | None]]:
    reading = load(reader)
    edit = plan(reading.catalog)
    after = reading.catalog.after(edit)
    if edit.changes:  # a lock alone says what is so, whatever that breaks
        _refuse_new_problems(reader.root, reading, edit, after)
    contents: dict[str, bytes | None] = {}
    for change in edit.changes:
        contents.update(_written(change, reading))
    contents.update(_generated(edit, reading))
    seen = {path: _text(reader, path, reading) for path in contents}
    contents = {path: data for path, data in contents.items() if data != seen[path]}
    seen = {path: seen[path] for path in contents}
    diff = "".join(unified(path, seen[path], contents[path]) for path in sorted(contents))
    applied = Applied(edit.summary, tuple(sorted(contents)), diff, edit.changes, after)
    return applied, contents, seen


def _generated(edit: Edit, reading: Reading) -> dict[str, bytes | None]:
    contents: dict[str, bytes | None] = {}
    if edit.lock is not None:
        if LOCK in reading.catalog.unreadable:
            problem = next(each for each in reading.problems if each.path == LOCK)
            raise Refused(problem.message, code="INVALID_LOCK", hint=problem.fix)
        contents[LOCK] = lock.render(edit.lock).encode()
    for source, text in edit.readmes.items():
        contents[f"{READMES}/{source}.md"] = None if text is None else text.encode()
    return contents


def _text(reader: files.Reader, path: str, reading: Reading) -> bytes | None:
    if path in reading.texts:
        return reading.texts[path]
    return reader.read(path, lock.LOCK_LIMIT)


def _refuse_new_problems(root: Path, reading: Reading, edit: Edit, after: Catalog) -> None:
    """An edit may leave a problem and may take one away; it may not add one."""
    touched = [change.after for change in edit.changes if isinstance(change.after, Artifact)]
    found = [*check(after), *missing_content(root, dict(contents_of(touched)))]
    if not found:
        return
    before = [change.before for change in edit.changes if isinstance(change.before, Artifact)]
    added = Counter(problem.sameness for problem in found)
    added.subtract(
        _renamed(problem, edit)
        for problem in (*check(reading.catalog), *missing_content(root, dict(contents_of(before))))
    )
    new = [problem for problem in found if added[problem.sameness] > 0]
    if new:
        lines = "\n".join(f"  {problem.path}: {problem.message}" for problem in new[:20])
        more = f"\n  and {len(new) - 20} more" if len(new) > 20 else ""
        raise Refused(
            f"This would break the catalog:\n{lines}{more}",
            code="CATALOG_WOULD_BREAK",
            hint=f"Nothing was changed. {edit.remedy}".strip(),
        )


def _renamed(problem: Problem, edit: Edit) -> tuple[str, str, str]:
    """What stays equal of a problem that was there before, when the edit renames what it is about."""
    path, rule, message = problem.sameness
    for change in edit.changes:
        if change.before and change.after and change.before.id != change.after.id:
            kind, old, new = kind_of(change.after), change.before.id, change.after.id
            path = kind.path(new) if path == kind.path(old) else path
            message = re.sub(rf"(?<![\w/-]){old}(?![\w/-])", new, message)
    return path, rule, message


def _written(change: Change, reading: Reading) -> Mapping[str, bytes | None]:
    """The files that a change writes or deletes."""
    before, after = change.before, change.after
    old = kind_of(before).path(before.id) if before else None
    new = kind_of(after).path(after.id) if after else None
    contents: dict[str, bytes | None] = {}
    if old and old != new:
        contents[old] = None
    if after and new:
        if old != new and new in reading.catalog.unreadable:
            raise Conflict(
                f"{new} is there already and cannot be read.",
                code=f"{kind_of(after).noun.upper()}_ALREADY_EXISTS",
                hint="“skillmeat validate” says what is wrong with it.",
            )
        if before and old:
            from skillmeat.manifest.editing import edit  # a tenth of what a command imports; many need none

            text = edit(reading.texts[old].decode(), before, after)
        else:
            text = manifest.render(after, with_schema=reading.has_schemas)
        contents[new] = text.encode()
    return contents


def located(problems: Iterable[Problem], texts: Mapping[str, bytes]) -> list[Problem]:
    """Problems, sorted, with their lines and columns in the manifests; of one file, at most ``_MOST``."""
    return sorted(_located(_told(problems), texts))


def _told(problems: Iterable[Problem]) -> Iterator[Problem]:
    """The first problems of each file; the others are counted, since no one mends them one by one."""
    counts: Counter[str] = Counter()
    for problem in problems:
        counts[problem.path] += 1
        if counts[problem.path] <= _MOST:
            yield problem
    for path, count in counts.items():
        if count > _MOST:
            yield Problem(path, 0, 0, "too-many", "", f"The file has {count - _MOST:,} more problems.")


def _located(problems: Iterable[Problem], texts: Mapping[str, bytes]) -> Iterator[Problem]:
    from skillmeat.manifest.position import position  # a store that is sound needs none

    decoded: dict[str, str] = {}
    for problem in problems:
        if problem.line or not problem.key or problem.path not in texts:
            yield problem
            continue
        if problem.path not in decoded:
            decoded[problem.path] = texts[problem.path].decode("utf-8", "replace")
        line, column = position(decoded[problem.path], problem.key)
        yield replace(problem, line=line, column=column)
