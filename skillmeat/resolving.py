"""Conflicts of a merge settled from the versions that Git's index holds, without any configuration."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from skillmeat import files, lock, manifest
from skillmeat.differences import unified
from skillmeat.errors import NotFound, SkillmeatError
from skillmeat.history.unmerged import BASE, OURS, THEIRS, Index, Unmerged, index
from skillmeat.merging import Outcome, merge, part_of
from skillmeat.model import KINDS, Kind
from skillmeat.problem import Problem
from skillmeat.text import one_line

_MARKERS = (b"<<<<<<<", b"=======", b">>>>>>>", b"|||||||")


@dataclass(frozen=True, slots=True)
class Resolution:
    """What becomes of one unmerged file.

    ``before`` is what is on disk, ``files`` what is written (None deletes). It is ``settled`` when nothing is
    left to be decided. ``reasons`` are sentences on what was done, or on what is left.
    """

    path: str
    settled: bool
    reasons: tuple[str, ...] = ()
    files: Mapping[str, bytes | None] = field(default_factory=dict)
    before: Mapping[str, bytes | None] = field(default_factory=dict)

    @property
    def marked(self) -> bool:
        """Whether a conflict is written between markers."""
        return not self.settled and any(b"<<<<<<<" in (after or b"") for after in self.files.values())

    @property
    def diff(self) -> str:
        """The unified diff of what is written."""
        changed = ((path, self.before[path], after) for path, after in sorted(self.files.items()))
        return "".join(unified(path, before, after) for path, before, after in changed if before != after)


def resolve(
    root: Path,
    only: Collection[str] = (),
    *,
    stage: bool = False,
    redo: bool = False,
    dry_run: bool = False,
) -> list[Resolution]:
    """Settle what can be of the manifests and the lock that a merge left in several versions.

    What is settled is written, and staged if that is asked; a true conflict is written with markers
    around just that value. No other file is touched, and no file that somebody has worked on since, or
    made one of the sides, unless ``redo`` has the merge made again over it.
    ``only`` narrows it to files and folders relative to ``root``. Raises as ``history.unmerged.index`` does,
    and ``NotFound`` (``NOT_UNMERGED``) for one of ``only`` below which nothing is unmerged.
    """
    if dry_run:
        with files.reading(root) as reader:
            return _resolutions(reader, index(root), only, redo)
    with files.writing(root) as writer:
        found = index(root)
        done = _resolutions(writer, found, only, redo)
        changes = {path: content for each in done for path, content in each.files.items()}
        before = {path: content for each in done for path, content in each.before.items()}
        writer.write(changes, before)
        paths = sorted({path for each in done if each.settled for path in (each.path, *each.files)})
        if stage and paths:
            found.stage(paths)
    return done


def _resolutions(reader: files.Reader, found: Index, only: Collection[str], redo: bool) -> list[Resolution]:
    wanted = [each for each in found.unmerged if _is_in(each.path, only)]
    for path in only:
        if not any(_is_in(each.path, [path]) for each in wanted):
            raise NotFound(f"Nothing is unmerged at “{one_line(path)}”.", code="NOT_UNMERGED")
    return [_resolution(reader, found, each, redo) for each in wanted]


def _is_ours(path: str) -> bool:
    return path == lock.LOCK_PATH or part_of(path) is not None


def _is_in(path: str, only: Collection[str]) -> bool:
    return not only or any(path == each or path.startswith(f"{each}/") for each in only)


def _resolution(reader: files.Reader, found: Index, file: Unmerged, redo: bool) -> Resolution:
    versions = file.versions
    if not _is_ours(file.path):
        return _left(file, "It is no manifest: merge it as any other file.")
    try:
        on_disk = reader.read(file.path, lock.LOCK_LIMIT)
    except SkillmeatError as error:
        return Resolution(file.path, False, (error.detail,))
    if OURS in versions and THEIRS in versions:
        base = versions.get(BASE, b"")
        outcome = merge(file.path, base, versions[OURS], versions[THEIRS])
        if not redo and (reason := _chosen(file, on_disk, outcome)):
            return _left(file, reason)
        told = () if BASE in versions else ("Both sides made it.",)
        written, before = {file.path: outcome.content}, {file.path: on_disk}
        return Resolution(file.path, outcome.clean, (*told, *outcome.reasons), written, before)
    if BASE not in versions:
        side = "ours" if OURS in versions else "theirs"
        return _left(
            file, f"Only {side} has it under this name: it was renamed differently. Keep one of the names."
        )
    if OURS not in versions and THEIRS not in versions:
        if on_disk is None:
            return Resolution(file.path, True, ("Both sides took it away.",))
        return _left(file, "Both sides took it away from here, or renamed it; a file is here all the same.")
    return _one_sided(reader, found, file, on_disk)


def _one_sided(reader: files.Reader, found: Index, file: Unmerged, on_disk: bytes | None) -> Resolution:
    """A file that one side took away, or renamed, and the other changed."""
    changer = OURS if OURS in file.versions else THEIRS
    taker, other = ("theirs", "ours") if changer == OURS else ("ours", "theirs")
    if on_disk is not None and _with_lf(on_disk) != _with_lf(file.versions[changer]):
        return _edited(file)
    target = _renamed_to(found, file)
    if target:
        there = found.content(target)
        target_on_disk = reader.read(target, manifest.MANIFEST_LIMIT)
        if target_on_disk is None or _with_lf(target_on_disk) != _with_lf(there):
            return _edited(file, target)
        sides = (there, file.versions[changer])
        outcome = merge(target, file.versions[BASE], *(sides if changer == THEIRS else sides[::-1]))
        told = f"{taker} renamed it to {target}, {other} changed it: the change is made there."
        return Resolution(
            file.path,
            outcome.clean,
            (told, *outcome.reasons),
            {file.path: None, target: outcome.content},
            {file.path: on_disk, target: target_on_disk},
        )
    if _means_the_same(file.path, file.versions[BASE], file.versions[changer]):
        told = f"{taker} took it away, {other} changed only its layout: it is gone."
        return Resolution(file.path, True, (told,), {file.path: None}, {file.path: on_disk})
    return _left(
        file,
        f"{taker} took it away, {other} changed it. "
        f"Keep it with “git add {file.path}”, or let it go with “git rm {file.path}”.",
    )


def _renamed_to(found: Index, file: Unmerged) -> str:
    """The settled manifest of the same kind that has the file's slug as an alias, as a rename leaves it."""
    part = part_of(file.path)
    kind = next((each for each in KINDS if each.record is part), None)
    if kind is None or "aliases" not in kind.keys:
        return ""
    folder, _, name = file.path.rpartition("/")
    slug = name.removesuffix(".toml").encode()
    targets = []
    for path in sorted(found.settled):
        if path.rpartition("/")[0] == folder and slug in (data := found.content(path)):
            record, _ = manifest.read(kind, _id(kind, path), data)
            if record is not None and slug.decode() in getattr(record, "aliases", ()):
                targets.append(path)
    return targets[0] if len(targets) == 1 else ""


def _id(kind: Kind, path: str) -> str:
    return "/".join(path.removesuffix(".toml").split("/")[-kind.depth :])


def _means_the_same(path: str, base: bytes, changed: bytes) -> bool:
    """Whether two versions hold the same data and no comment is new."""
    from skillmeat.manifest.layout import comments
    from skillmeat.manifest.meaning import meaning

    tables = [manifest.parse(each, path) for each in (base, changed)]
    if any(isinstance(table, Problem) for table in tables):
        return False
    old, new = (meaning(table, part_of(path)) for table in tables if isinstance(table, dict))
    return old == new and not comments(changed.decode()) - comments(base.decode())


def _chosen(file: Unmerged, on_disk: bytes | None, outcome: Outcome) -> str:
    """Why what is on disk is not written over, or nothing.

    Git, and any driver that works, leaves a conflict with markers. One that fails leaves our side as it
    was, as somebody does who takes it: a clean merge keeps that and more, a conflict could take it back.
    """
    again = f"Is it right, “git add {file.path}”; else “skillmeat resolve --redo {file.path}” merges again."
    text = None if on_disk is None else _with_lf(on_disk)
    if text is not None and _is_as_merged(file, text, outcome):
        return ""
    if text == _with_lf(file.versions[OURS]):
        if outcome.clean:
            return ""
        return f"It is as ours, without markers: that was chosen, or a merge driver failed. {again}"
    if text == _with_lf(file.versions[THEIRS]):
        return f"It is as theirs, so that was chosen, and is left alone. {again}"
    return f"It was edited since the merge, and is left alone. {again}"


def _is_as_merged(file: Unmerged, text: bytes, outcome: Outcome) -> bool:
    """Whether a text is our merge, or a marked one with all that both sides added and nothing of its own."""
    if text == _with_lf(outcome.content):
        return True
    lines = set(text.split(b"\n"))
    base, ours, theirs, merged = (
        set(_with_lf(each).split(b"\n"))
        for each in (
            file.versions.get(BASE, b""),
            file.versions[OURS],
            file.versions[THEIRS],
            outcome.content,
        )
    )
    own = lines - base - ours - theirs - merged
    return b"<<<<<<<" in text and (ours | theirs) - base <= lines and all(map(_is_marker, own))


def _is_marker(line: bytes) -> bool:
    return line.startswith(_MARKERS)


def _with_lf(content: bytes) -> bytes:
    """What Git would store: on disk the lines may end otherwise (``core.autocrlf``)."""
    return content.replace(b"\r\n", b"\n")


def _edited(file: Unmerged, path: str = "") -> Resolution:
    told = f"{path or file.path} was edited since the merge, and is left alone. Finish it and “git add” it, "
    return _left(file, told + f"or begin again with “git checkout --merge {file.path}”.")


def _left(file: Unmerged, reason: str) -> Resolution:
    return Resolution(file.path, False, (reason,))
