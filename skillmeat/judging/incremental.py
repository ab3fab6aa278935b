"""A store judged of which most is remembered."""

from __future__ import annotations

from skillmeat import files
from skillmeat.checks.reads import bare
from skillmeat.errors import SkillmeatError
from skillmeat.judging.judgement import Base, Change, Judgement, changed, kind_at
from skillmeat.judging.remembering import recalled, to_remember
from skillmeat.loading import LOCK, listed, read_lock, taken
from skillmeat.model import KINDS, Lock, LockedSource
from skillmeat.problem import Problem
from skillmeat.remembered import Keeping, Memory, line


def again(reader: files.Reader, memory: Memory, base: Base) -> Judgement | None:
    """What was found before and what changed since, read and judged; None where that is not little."""
    known = recalled(reader, memory, base)
    if known is None:
        return None
    was, has_lock = known
    most = max(50, len(memory.paths) // 50)
    fresh: dict[str, tuple[files.Stamp | None, bytes | SkillmeatError]] = {}
    order: list[str] = []
    for kind in KINDS:
        for path, stamp, data in listed(reader, kind, memory.knows):
            order.append(path)
            if data is not None:
                fresh[path] = stamp, data
                if len(fresh) > most:
                    return None
    base.texts.unread.update(order)
    changes = []
    for path, (_, data) in fresh.items():
        changes.append(Change(path, memory.record(path), *taken(kind_at(path), path, data)))
        if isinstance(data, bytes):
            base.texts.unread.discard(path)
            base.texts.keep(path, data)
    listed_now = {*order, LOCK}
    gone = {*memory.paths, *was.unreadable} - listed_now - base.unreadable
    changes += [Change(path, memory.record(path), None, [], is_sound=True) for path in gone]
    if any(each.before is None and memory.line(each.path) is not None for each in changes):
        return None  # what is remembered is damaged
    with memory.keeping() as keeping:
        lock, stamp = _lock(reader, memory, keeping, has_lock=has_lock)
        made, is_far = changed(was, changes, lock)
        if not reader.ahead and is_far:
            if lock is None:
                keeping.copy(memory.locked, memory.stamp(LOCK))
            now = {each.path: each.after for each in changes}
            for path in order:
                if path not in fresh:
                    keeping.add(path, memory.stamp(path), memory.line(path) or b"")
                elif (record := now[path]) and (at := fresh[path][0]):
                    keeping.add(path, at, line(record))
            held = stamp is not None or bool(lock and lock[1]) if lock else has_lock
            keeping.finish(to_remember(made, base.text, has_lock=held))
    return made


def _lock(
    reader: files.Reader, memory: Memory, keeping: Keeping, *, has_lock: bool
) -> tuple[tuple[Lock | None, list[Problem]] | None, files.Stamp | None]:
    """The lock when it is not as it was, remembered as it is read; and its stamp."""
    try:
        stamp = reader.stamp(LOCK)
        is_same = memory.knows(LOCK, stamp) if stamp else not has_lock and LOCK not in reader.ahead
    except SkillmeatError:
        is_same = False
    if is_same:
        return None, None

    def keep(source: LockedSource) -> LockedSource:
        keeping.source(source)
        return bare(source)

    locked, stamp, found = read_lock(reader, memory, keep)
    keeping.lock(locked, stamp)
    return (locked, found), stamp
