"""Every file of a store judged as it streams by."""

from __future__ import annotations

from typing import Final

from skillmeat import files
from skillmeat.catalog import Catalog
from skillmeat.checks.reads import READS, bare
from skillmeat.judging.judgement import Base, Judgement, findings_across, own_findings, record_in
from skillmeat.judging.remembering import to_remember
from skillmeat.loading import LOCK, content_at, listed, read_lock, taken
from skillmeat.model import KINDS, Lock, LockedSource, Record, kind_of
from skillmeat.problem import Problem
from skillmeat.remembered import WORTH_IT, Memory, line
from skillmeat.surroundings import contents_of

_BATCH: Final = 256 * 1024
"""How many bytes of manifests are held as whole records at once."""


def whole(reader: files.Reader, memory: Memory, base: Base) -> Judgement:
    """Every file read, or remembered, and judged."""
    faults: dict[str, list[Problem]] = {}
    own: dict[str, list[Problem]] = {}
    unreadable = set(base.unreadable)
    records: dict[str, dict[str, Record]] = {kind.plural: {} for kind in KINDS}
    content: dict[str, str] = {}
    batch: list[Record] = []
    weight = 0

    def judge_batch() -> None:
        own.update(own_findings(base, batch))
        for record in batch:
            records[kind_of(record).plural][record.id] = bare(record)
        content.update(contents_of(batch))
        batch.clear()

    with memory.keeping() as keeping:

        def keep(source: LockedSource) -> LockedSource:
            keeping.source(source)
            return bare(source)

        locked, stamp, found = read_lock(reader, memory, keep)
        keeping.lock(locked, stamp)
        if found:
            faults[LOCK] = found
        if locked is None:
            unreadable.add(LOCK)
        for kind in KINDS:
            for path, stamp, data in listed(reader, kind, memory.knows):
                record = memory.record(path) if data is None else None
                if record is None:
                    data = content_at(reader, path) if data is None else data
                    record, found, is_sound = taken(kind, path, data)
                    if found:
                        faults[path] = found
                    if not is_sound:
                        unreadable.add(path)
                    if isinstance(data, bytes):
                        base.texts.keep(path, data)
                else:
                    base.texts.unread.add(path)
                if record is not None:
                    batch.append(record)
                    text = line(record)
                    weight += len(text)
                    if stamp:
                        keeping.add(path, stamp, text)
                if weight >= _BATCH:
                    judge_batch()
                    weight = 0
        judge_batch()
        catalog = Catalog(
            settings=base.settings,
            lock=locked or Lock(),
            unreadable=frozenset(unreadable),
            **records,  # type: ignore[arg-type]  # each dict holds the records of its own kind
        )
        made = Judgement(
            settings=base.settings,
            unreadable=catalog.unreadable,
            faults=faults,
            own=own,
            across=findings_across(catalog, READS),
            content=content,
            counts={plural: len(held) for plural, held in records.items()},
            record=lambda path: record_in(catalog, path),
            catalog=lambda _: catalog,
            texts=base.texts,
        )
        if not reader.ahead and sum(made.counts.values()) >= WORTH_IT:
            keeping.finish(to_remember(made, base.text, has_lock=stamp is not None or bool(found)))
    return made
