"""Everything that is wrong with a store, found without reading or judging anew what did not change.

A store is judged once as it streams by: each file is read, the rules that look at one file alone are asked,
and of the record no more is kept than the rules read that look across files (``checks.reads``). From one
judgement and what differs from it comes the next: that of a store of which most is remembered, and that of
the store as it was at a commit.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from skillmeat import files
from skillmeat.checks.reads import bare
from skillmeat.errors import NotFound
from skillmeat.finding import FOLDER
from skillmeat.history import past
from skillmeat.judging.incremental import again
from skillmeat.judging.judgement import KIND, Base, Change, by_path, changed
from skillmeat.judging.judgement import Judgement as Judgement
from skillmeat.judging.judgement import faults as faults
from skillmeat.judging.judgement import findings as findings
from skillmeat.judging.streaming import whole
from skillmeat.loading import (
    LOCK,
    READMES,
    SETTINGS,
    Texts,
    read_lock,
    read_readmes,
    read_settings,
    stray_names,
    taken,
)
from skillmeat.model import Settings
from skillmeat.problem import Problem
from skillmeat.remembered import Memory


def judge(root: Path, commit: str = "") -> Judgement:
    """A store judged, or as it was at a commit; its files are remembered, and what was found.

    Raises as ``Store.read`` does.
    """
    if commit:
        reader = files.Reader(root, past.differing(root, commit))
        if reader.ahead.get(SETTINGS, b"") is None:
            raise NotFound(f"There was no store here at {commit[:12]}.", code="STORE_NOT_FOUND")
        return _judged(reader)
    with files.reading(root) as reader:
        return _judged(reader)


def before(judgement: Judgement, root: Path, commit: str) -> Judgement:
    """A store as it was at a commit, told from a judgement of it as it is now.

    Raises ``NotFound`` (``STORE_NOT_FOUND``) for a commit that holds none, and as ``Store.read`` does.
    """
    ahead = past.differing(root, commit)
    reader = files.Reader(root, ahead)
    if SETTINGS in ahead:
        return judge(root, commit)
    changes = []
    for path, data in ahead.items():
        plural, _, rest = path.removeprefix(f"{FOLDER}/").partition("/")
        if plural in KIND and rest and rest.count("/") < KIND[plural].depth:
            found = (None, [], True) if data is None else taken(KIND[plural], path, data)
            changes.append(Change(path, judgement.record(path), *found))
    lock = read_lock(reader, Memory(root), bare) if LOCK in ahead else None
    made, _ = changed(judgement, changes, (lock[0], lock[2]) if lock else None)
    kept = {
        path: found
        for path, found in made.faults.items()
        if not (path in ahead and path.startswith(f"{READMES}/"))
        and not (path.count("/") == 1 and found[0].rule == "stray-file")
    }
    return replace(made, faults={**kept, **by_path(stray_names(reader))})


def _judged(reader: files.Reader) -> Judgement:
    faults: list[Problem] = []
    texts = Texts(reader.root)
    settings = read_settings(reader, faults, texts.read)
    memory = Memory(reader.root)
    text = texts.read[SETTINGS].decode("latin-1")  # each byte is a character: it is only compared
    base = Base(settings or Settings(), frozenset() if settings else frozenset({SETTINGS}), texts, text)
    found = again(reader, memory, base) or whole(reader, memory, base)
    for _ in read_readmes(reader, faults):
        pass
    faults += stray_names(reader)
    return replace(found, faults={**found.faults, **by_path(faults)})
