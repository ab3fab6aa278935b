"""Whatever a manifest looks like and whatever is changed in it, nothing else changes."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from skillmeat.errors import Refused
from skillmeat.manifest import plain, read, read_settings, render
from skillmeat.manifest.editing import edit
from skillmeat.model import Record, Settings, kind_of
from tests.manifest.records import edited, records
from tests.manifest.scribes import Page, pages

EXAMPLES = int(os.environ.get("SKILLMEAT_EXAMPLES", "10000"))
"""How many random edits: in parts, so that processes share them, each part with a seed of its own."""

PARTS = 8
EDITS = 4
"""So many of them are of one page, each of the page as it was: making a page takes longer than an edit."""

FEWER = 400
"""How many examples for what the edits rest on."""


def at_random(test: Callable[..., None], examples: int, part: int = 0) -> None:
    """Run a test of Hypothesis, the same examples every time."""
    explored = settings(
        max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck), database=None
    )
    seed(part)(explored(test))()


def held(text: str, like: Record | Settings) -> Record | Settings | list[Any]:
    """What the reader makes of a file."""
    data = text.encode()
    record, problems = (
        read_settings(data) if isinstance(like, Settings) else read(kind_of(like), like.id, data)
    )
    return record or problems


def test_a_new_file_holds_its_record() -> None:
    @given(records())
    def holds(record: Record | Settings) -> None:
        text = render(record)
        assert held(text, record) == record
        assert render(held(text, record)) == text  # type: ignore[arg-type]

    at_random(holds, FEWER)


@pytest.mark.parametrize("part", range(PARTS))
def test_an_edit_changes_what_differs_and_nothing_else(part: int) -> None:
    """The result is exactly the intended record, and every line not concerned is byte-identical.

    Only where a list holds two tables of one name, which no catalog may, is it refused now and then.
    """

    @given(st.data())
    def holds(data: st.DataObject) -> None:
        before = data.draw(records())
        page = data.draw(pages(before))
        assert held(page.text, before) == before
        for _ in range(EDITS):
            after = data.draw(edited(before))
            try:
                text = edit(page.text, before, after)
            except Refused:
                assert repeats(before) or repeats(after)
            else:
                assert held(text, after) == after
                assert unfaithful(page, text, before, after) == []

    at_random(holds, -(-EXAMPLES // PARTS // EDITS), part)


def test_an_edit_and_its_opposite_give_the_record_back() -> None:
    """Or the second is refused, which only an odd layout of the settings has been seen to cause."""

    @given(st.data())
    def holds(data: st.DataObject) -> None:
        before = data.draw(records())
        page = data.draw(pages(before))
        after = data.draw(edited(before))
        try:
            back = edit(edit(page.text, before, after), after, before)
        except Refused:
            assert isinstance(before, Settings) or repeats(before) or repeats(after)
        else:
            assert held(back, before) == before

    at_random(holds, FEWER)


def unfaithful(page: Page, text: str, before: Record | Settings, after: Record | Settings) -> list[str]:
    """What an edit did that it should not have done."""
    faults = []
    if page.text.endswith("\n") != text.endswith("\n"):
        faults.append("the end of the last line changed")
    newline = page.newline if "\n" in page.text else "\n"
    if text.count("\n") != text.count(newline) or (newline == "\n" and "\r" in text):
        faults.append("the ends of lines are mixed")
    present = Counter(text.replace("\r\n", "\n").split("\n"))
    plain_text = "\n" + text.replace("\r\n", "\n") + "\n"
    had, wanted = plain(before), plain(after)
    at = 0
    for line in page.lines:
        found_comment = re.search(r"#[ \t]*comment \d+.*", line.text)
        comment = found_comment[0].strip() if found_comment else ""
        if not line.text:
            continue
        if not line.about:
            if _gone(line.inside, had, wanted):
                continue
            if not present[line.text]:
                faults.append(f"lost: {line.text!r}")
        elif _same(line.about, had, wanted):
            whole = f"\n{line.text}\n"
            if line.movable and not _same(line.about[:1], had, wanted):
                if comment not in text:
                    faults.append(f"lost a comment: {line.text!r}")
            elif whole not in plain_text:
                faults.append(f"changed: {line.text!r}")
            elif _same(line.about[:1], had, wanted):
                found = plain_text.find(whole, at)
                if found < 0:
                    faults.append(f"out of order: {line.text!r}")
                at = max(at, found + len(whole) - 1)
        elif comment and not _gone(line.about, had, wanted) and not line.movable and comment not in text:
            faults.append(f"lost a comment: {line.text!r}")
    return faults


def repeats(record: Record | Settings) -> bool:
    """Whether a list of tables names something twice."""
    lists = [each for each in plain(record).values() if isinstance(each, list)]
    names = [[_name(item) for item in each] for each in lists if any(isinstance(item, dict) for item in each)]
    return any(len(set(each)) < len(each) for each in names)


def _find(way: tuple[str, ...], data: Any) -> Any:
    """What a way of names leads to, None when it is not there."""
    for step in way:
        if isinstance(data, dict):
            data = data.get(step)
        elif isinstance(data, list):
            data = next((item for item in data if _name(item) == step), None)
        elif data != step:
            return None
    return data


def _name(item: Any) -> Any:
    return next(iter(item.values())) if isinstance(item, dict) else item


def _same(way: tuple[str, ...], had: Any, wanted: Any) -> bool:
    return bool(_find(way, had) == _find(way, wanted))


def _gone(way: tuple[str, ...], had: Any, wanted: Any) -> bool:
    """Whether the table or the item is no longer there."""
    return any(
        _find(way[:depth], wanted) is None and _find(way[:depth], had) is not None
        for depth in range(1, len(way) + 1)
    )
