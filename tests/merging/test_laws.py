"""Whatever two people do to a manifest, the merge keeps both edits, or says where they clash."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, assume, given, seed, settings
from hypothesis import strategies as st

from skillmeat.errors import Refused
from skillmeat.manifest import parse
from skillmeat.manifest.editing import edit
from skillmeat.manifest.layout import comments
from skillmeat.manifest.matching import identity
from skillmeat.manifest.meaning import meaning
from skillmeat.merging import Outcome, merge
from skillmeat.model import Record, Settings, kind_of
from skillmeat.problem import Problem
from tests.manifest.records import edited, records
from tests.manifest.scribes import pages
from tests.manifest.test_edits_at_random import repeats

EXAMPLES = int(os.environ.get("SKILLMEAT_EXAMPLES", "1000"))
"""How many random merges: in parts, so that processes share them, each part with a seed of its own."""

PARTS = 8
MARKER = re.compile(r"^(<{7}|={7}|>{7})( ours| theirs)?\r?$", re.MULTILINE)


def at_random(test: Callable[..., None], examples: int, part: int = 0) -> None:
    """Run a test of Hypothesis, the same examples every time."""
    explored = settings(
        max_examples=examples,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        database=None,
        phases=[Phase.generate],  # to shrink a failure takes minutes
        report_multiple_bugs=False,
    )
    seed(part)(explored(test))()


def path_of(record: Record | Settings) -> str:
    return "manifests/skillmeat.toml" if isinstance(record, Settings) else kind_of(record).path(record.id)


def says(text: str, like: Record | Settings) -> dict[str, Any] | None:
    """What a file means; None when it cannot be read."""
    table = parse(text.encode(), "")
    return None if isinstance(table, Problem) else meaning(table, type(like))


def sided(text: str, side: int) -> str:
    """A text with markers, every conflict settled as on one side (0 is ours)."""
    out, here = [], -1
    for line in text.splitlines(keepends=True):
        if not (found := MARKER.match(line.rstrip("\n"))):
            out += [line] * (here in (-1, side))
        else:
            here = {"<": 0, "=": 1, ">": -1}[found[1][0]]
    return "".join(out)


class Case:
    """A base and two edits of it, as files that people wrote and changed."""

    def __init__(self, data: st.DataObject) -> None:
        self.before = data.draw(records())
        self.records = [data.draw(edited(self.before)) for _ in range(2)]
        assume(not any(map(repeats, (self.before, *self.records))))
        page = data.draw(pages(self.before))
        self.base = page.text
        self.notes: list[str] = []
        self.texts = []
        for name, record in zip(("ours", "theirs"), self.records, strict=True):
            try:
                text = edit(self.base, self.before, record)
            except Refused:
                assume(False)
                raise
            if data.draw(st.booleans()):
                text = self.annotated(text, f"# note of {name}", data.draw(st.integers(0, 30)))
            self.texts.append(text)
        self.path = path_of(self.before)

    def annotated(self, text: str, note: str, place: int) -> str:
        """A comment of one's own put above some line, where one may stand."""
        newline = "\r\n" if "\r\n" in text else "\n"
        lines = text.split(newline)
        for step in range(len(lines)):
            at = (place + step) % len(lines)
            changed = newline.join([*lines[:at], note, *lines[at:]])
            table = parse(changed.encode(), "")
            if says(changed, self.before) == says(text, self.before) and note in comments(changed):
                assert not isinstance(table, Problem)
                self.notes.append(note)
                return changed
        return text

    def merge(self, *, swapped: bool = False) -> Outcome:
        one, other = (each.encode() for each in (self.texts[::-1] if swapped else self.texts))
        return merge(self.path, self.base.encode(), one, other)


def leaves(data: Any, way: tuple[str, ...] = ()) -> dict[tuple[str, ...], Any]:
    """Every value by the way to it, through what items of lists are called; of a list that it is there."""
    if isinstance(data, dict):
        return {
            place: value for name, each in data.items() for place, value in leaves(each, (*way, name)).items()
        }
    if isinstance(data, list):
        found: dict[tuple[str, ...], Any] = {}
        for item in data:
            here = (*way, str(identity(item)))
            found[here] = True
            found |= leaves(item, here) if isinstance(item, dict) else {}
        return found
    return {way: data}


@pytest.mark.parametrize("part", range(PARTS))
def test_a_merge_keeps_both_edits(part: int) -> None:
    """All the laws, on one random merge after the other."""

    @given(st.data())
    def holds(data: st.DataObject) -> None:
        case = Case(data)
        done, turned = case.merge(), case.merge(swapped=True)
        text = done.content.decode()
        ours, theirs = (says(each, case.before) for each in case.texts)
        base = says(case.base, case.before)
        assert ours is not None
        assert theirs is not None
        assert base is not None
        assert done.clean == turned.clean
        if done.clean:
            found = says(text, case.before)
            assert found is not None, text
            assert found == says(turned.content.decode(), case.before)
            assert lost(base, ours, theirs, found) == []
            for note in case.notes:
                assert note in text, (text, note)
            assert not MARKER.search(text)
            kept_comments(case, text)
        else:
            assert done.reasons
            assert isinstance(parse(done.content, ""), Problem)
            if not done.reasons[0].startswith("Merged by lines only"):
                first, second = (says(sided(text, side), case.before) for side in (0, 1))
                assert first is not None
                assert second is not None
                assert first != second
                clashing(base, ours, theirs, first, second)
                for note in case.notes:
                    assert note in text
        assert ends_alike(case, text)

    at_random(holds, EXAMPLES // PARTS, part)


def lost(base: Any, ours: Any, theirs: Any, found: Any) -> list[Any]:
    """What a side said anew, or took away, and the clean merge does not; and what nobody said."""
    b, o, t, f = map(leaves, (base, ours, theirs, found))
    faults: list[Any] = []
    for way in {*b, *o, *t, *f}:
        allowed = {repr(each.get(way)) for each in (o, t) if each.get(way) != b.get(way)}
        allowed = allowed or {repr(b.get(way))}
        if way[-1] == "created_at" or any(
            isinstance(each.get(way), str) and "\n" in each[way] for each in (b, o, t)
        ):
            continue
        if repr(f.get(way)) not in allowed and not (f.get(way) is None and gone(way, b, o, t)):
            faults.append((way, b.get(way), o.get(way), t.get(way), f.get(way)))
        if len(allowed) > 1 and not gone(way, b, o, t):
            faults.append((way, "should have clashed"))
    return faults


def gone(way: tuple[str, ...], *leaves_of: dict[tuple[str, ...], Any]) -> bool:
    """Whether the item that a value stands in was taken away by a side."""
    b, o, t = leaves_of
    return any(
        way[:depth] in b and (way[:depth] not in o or way[:depth] not in t)
        for depth in range(1, len(way) + 1)
    )


def clashing(base: Any, ours: Any, theirs: Any, first: Any, second: Any) -> None:
    """Outside what both sides changed, both variants are alike and hold every edit."""
    b, o, t, f, s = map(leaves, (base, ours, theirs, first, second))
    for way in {*o, *t, *b}:
        if b.get(way) == o.get(way) == t.get(way):
            continue
        if f.get(way) == s.get(way) or gone(way, b, o, t):
            continue
        used = way[0] in ("artifacts", "groups")
        assert used or (o.get(way) != b.get(way) and t.get(way) != b.get(way)), way
        assert used or (f.get(way), s.get(way)) == (o.get(way), t.get(way)), way


def kept_comments(case: Case, text: str) -> None:
    """A comment that both sides have is there, unless something was taken away with it."""
    both = comments(case.texts[0]) & comments(case.texts[1])
    away = any(
        set(leaves(says(case.base, case.before))) - set(leaves(says(each, case.before)))
        for each in case.texts
    )
    assert away or not both - comments(text)


def ends_alike(case: Case, text: str) -> bool:
    """Whether no line end is mixed in where all versions end their lines with CRLF."""
    mixed = not all("\r\n" in each for each in (case.base, *case.texts))
    return mixed or text.count("\n") == text.count("\r\n")


def test_a_side_that_changed_nothing_gives_the_other_one() -> None:
    """Byte for byte, and so do two equal edits."""

    @given(st.data())
    def holds(data: st.DataObject) -> None:
        case = Case(data)
        base, ours = case.base.encode(), case.texts[0].encode()
        assert merge(case.path, base, ours, base) == Outcome(ours)
        assert merge(case.path, base, base, ours) == Outcome(ours)
        assert merge(case.path, base, ours, ours) == Outcome(ours)

    at_random(holds, 100)
