"""The lock merged by source: what one commit of a source holds is never mixed with what another does."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from skillmeat import lock
from skillmeat.manifest import plain
from skillmeat.merging import lines
from skillmeat.merging.data import MISSING, Clash, Data, merged, same
from skillmeat.model import Lock

Sources = Mapping[str, Data]
Key = tuple[str, str, str]


def merge_locks(locks: tuple[Lock, Lock, Lock], size: int) -> tuple[str, tuple[Clash, ...]] | None:
    """The text of the merge of base, ours and theirs, with markers around each source that clashes.

    What a side changed the other left alone is taken. Where both changed a source and mean the same
    commit of the same place, its keys merge, and so do its artifacts. A source that one side took away
    is gone: its manifest is. None when a lock names a source twice.
    """
    data = [plain(each) for each in locks]
    sources = [{each["id"]: each for each in lists} for lists in (table.get("source", []) for table in data)]
    if any(len(by_id) < len(table.get("source", [])) for by_id, table in zip(sources, data, strict=True)):
        return None
    heads = [{name: value for name, value in table.items() if name != "source"} for table in data]
    head = merged(*heads)
    clashes = list(head.clashes)
    found: tuple[list[Data], list[Data]] = ([], [])
    for name in sorted({name for by_id in sources for name in by_id}):
        before, one, other = (by_id.get(name, MISSING) for by_id in sources)
        pair = _source(before, one, other)
        if pair is None:
            clashes.append(Clash((name, "commit"), *(_commit(each) for each in (before, one, other))))
            pair = one, other
        for side, value in zip(found, pair, strict=True):
            if value is not MISSING:
                side.append(value)
    texts = [
        lock.render(Lock.model_validate({**table, "source": side}))
        for table, side in zip((head.ours, head.theirs), found, strict=True)
    ]
    return (_marked(texts[0], texts[1], size) if clashes else texts[0]), tuple(clashes)


def _source(base: Any, ours: Any, theirs: Any) -> tuple[Any, Any] | None:
    """A source as both variants of the merge have it; None when it clashes."""
    if same(ours, theirs) or same(base, theirs):
        return ours, ours
    if same(base, ours):
        return theirs, theirs
    if MISSING in (ours, theirs):
        return MISSING, MISSING
    if any(ours.get(key) != theirs.get(key) for key in ("url", "ref", "root", "commit")):
        return None
    before = {} if base is MISSING else base
    if any(before.get(key) != ours.get(key) for key in ("url", "ref", "root", "commit")):
        before = {}
    tables = [
        {name: value for name, value in each.items() if name != "artifact"} for each in (before, ours, theirs)
    ]
    keys = merged(*tables)
    artifacts = _artifacts(*(_by_key(each) for each in (before, ours, theirs)))
    if keys.clashes or artifacts is None:
        return None
    found = {**keys.ours, "artifact": list(artifacts.values())}
    left_out = [each["path"] for each in found.get("exclude", [])]
    if any(_is_below(each["path"], path) for each in artifacts.values() for path in left_out):
        return None
    return found, found


def _artifacts(
    base: dict[Key, Data], ours: dict[Key, Data], theirs: dict[Key, Data]
) -> dict[Key, Data] | None:
    found: dict[Key, Data] = {}
    for key in {**base, **ours, **theirs}:
        before, one, other = (each.get(key, MISSING) for each in (base, ours, theirs))
        if same(one, other) or same(before, other):
            taken: Any = one
        elif same(before, one):
            taken = other
        else:
            return None
        if isinstance(taken, dict):
            found[key] = taken
    return found


def _by_key(source: Data) -> dict[Key, Data]:
    return {(each["type"], each["path"], each["name"]): each for each in source.get("artifact", [])}


def _is_below(path: str, folder: str) -> bool:
    return path == folder or path.startswith((f"{folder}/", f"{folder}#"))


def _commit(source: Any) -> Any:
    return MISSING if source is MISSING else source["commit"]


def _marked(ours: str, theirs: str, size: int) -> str:
    """Both texts as one: what differs of a source is one conflict, from its first line to its last."""
    one, other = lines.lines_of(ours), lines.lines_of(theirs)
    blocks, blocks2 = _blocks(one), _blocks(other)
    hunks: list[lines.Hunk] = []
    block = -1
    for hunk in lines.differing(one, other):
        here = blocks[hunk.start] if hunk.start < hunk.end else -1
        here = here if here >= 0 else blocks2[hunk.start2]
        if hunks and here == block:
            hunks.append(hunks.pop().joined(hunk))
        else:
            hunks.append(hunk)
        block = here
    return lines.marked(one, other, hunks, size, "\n")


def _blocks(text: lines.Lines) -> list[int]:
    """For each line the number of the source that it is of."""
    found = []
    count = 0
    for line in text:
        count += line == "[[source]]\n"
        found.append(count)
    return found
