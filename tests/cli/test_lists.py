"""Lists are in a total order and page without repeating or skipping, whatever comes and goes meanwhile."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skillmeat.catalog import Catalog, paginate, paginate_members
from skillmeat.errors import Invalid
from skillmeat.model import Tag
from skillmeat.views import Views
from tests.command import run, succeed

DATES = st.one_of(
    st.none(), st.integers(0, 3).map(lambda day: datetime(2026, 1, 1 + day, 12, 30, 15, 123456, tzinfo=UTC))
)
RECORDS = st.dictionaries(st.from_regex(r"[a-d][0-9]?(-[ab])?", fullmatch=True), DATES, max_size=12)


def views(records: dict[str, datetime | None]) -> Views:
    return Views(Catalog(tags={slug: Tag(id=slug, name=slug, created_at=at) for slug, at in records.items()}))


@settings(max_examples=200, deadline=None)
@given(first=RECORDS, changes=st.lists(RECORDS, max_size=8), limit=st.integers(1, 4), data=st.data())
def test_paging_neither_repeats_nor_skips(
    first: dict[str, datetime | None],
    changes: list[dict[str, datetime | None]],
    limit: int,
    data: st.DataObject,
) -> None:
    """A record that is there throughout is seen exactly once, and no record twice."""
    records, born, cursor, seen = dict(first), dict(first), None, []
    throughout = set(first)
    while True:
        page = views(records).tags(views(records).catalog.tags.values(), limit, cursor)
        seen += [each["id"] for each in page["data"]]
        cursor = page["meta"]["next_cursor"]
        if cursor is None:
            break
        for slug, at in (changes.pop() if changes else {}).items():
            if slug in records and data.draw(st.booleans()):
                del records[slug]
                throughout.discard(slug)
            else:
                records.setdefault(slug, born.setdefault(slug, at))
    assert len(seen) == len(set(seen))
    now = views(records).tags(views(records).catalog.tags.values())["data"]
    assert [slug for slug in seen if slug in throughout] == [
        each["id"] for each in now if each["id"] in throughout
    ]


ORDERS = st.lists(st.sampled_from("abcdefgh"), unique=True)


@settings(max_examples=200, deadline=None)
@given(states=st.lists(st.tuples(ORDERS, ORDERS), min_size=1, max_size=8), limit=st.integers(1, 4))
def test_lists_that_people_order_page_alike(states: list[tuple[list[str], list[str]]], limit: int) -> None:
    """Members that are moved about, and come and go, are seen once; those there throughout exactly once."""
    throughout = {(o, name) for o in (0, 1) for name in "abcdefgh" if all(name in s[o] for s in states)}
    cursor, seen = None, []
    for state in [*states, *[states[-1]] * 20]:
        items = [(owner, name) for owner in (0, 1) for name in state[owner]]
        page = paginate_members(items, lambda each: (str(each[0]), each[1]), limit, cursor)
        assert page.total == len(items)
        seen += page
        cursor = page.next_cursor
        if cursor is None:
            break
    assert len(seen) == len(set(seen))
    assert {each for each in throughout if each not in seen} == set()


@given(records=RECORDS)
def test_the_order_is_total(records: dict[str, datetime | None]) -> None:
    """Newest first, then by id; what has no date comes last."""
    listed = views(records).tags(views(records).catalog.tags.values())["data"]
    keys = [(each["created_at"] or "", each["id"]) for each in listed]
    assert keys == sorted(sorted(keys, key=lambda key: key[1]), key=lambda key: key[0], reverse=True)


def _encoded(value: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


FOREIGN = [
    *("", "x", "nonsense", "💥", "\x1b[31m", "AAAA", "-1", "null", "[" * 100),
    *(_encoded(value) for value in (None, 1, [], ["a"], ["a", "b"], ["", "b", "c"], {"a": 1}, [1, 2])),
    _encoded(["2026-01-01T00:00:00Z", 7]),
    _encoded(["2026-01-01", "web"]),
    _encoded(["", "web"]) + "=",
    _encoded(["", "web"])[:-1],
    base64.urlsafe_b64encode(b"[" * 20_000).decode(),
]


@pytest.mark.parametrize("cursor", FOREIGN, ids=lambda cursor: ascii(cursor)[:20])
def test_a_foreign_cursor_is_an_invalid_value(cursor: str) -> None:
    with pytest.raises(Invalid) as caught:
        paginate(["web"], lambda name: ("", name), 1, cursor)
    assert (caught.value.code, caught.value.exit_status) == ("INVALID_CURSOR", 2)


def test_an_empty_page_knows_how_many_there_are(tmp_path: Path) -> None:
    succeed(tmp_path, "init")
    succeed(tmp_path, "tag", "create", "Web")
    after = _encoded(["", "zzz"])
    assert succeed(tmp_path, "tag", "list", "--json", "--after", after).json == {
        "data": [],
        "meta": {"count": 0, "total": 1, "next_cursor": None},
    }


def test_lists_show_fifty_and_go_on(tmp_path: Path) -> None:
    """The default is 50; the cursor of one page gives the next; --all gives everything at once."""
    succeed(tmp_path, "init")
    (tmp_path / "manifests/tags").mkdir()
    for number in range(53):
        (tmp_path / f"manifests/tags/t{number:02}.toml").write_text(f'name = "T{number}"\n')
    page = succeed(tmp_path, "tag", "list", "--json").json
    assert page["meta"] | {"next_cursor": ""} == {"count": 50, "total": 53, "next_cursor": ""}
    rest = succeed(tmp_path, "tag", "list", "--json", "--after", page["meta"]["next_cursor"]).json
    assert [each["id"] for each in rest["data"]] == ["t50", "t51", "t52"]
    assert rest["meta"] == {"count": 3, "total": 53, "next_cursor": None}
    whole = succeed(tmp_path, "tag", "list", "--json", "--all").json
    assert whole["data"] == page["data"] + rest["data"]
    foreign = run(tmp_path, "source", "list", "--after", "nonsense", "--json")
    assert (foreign.status, foreign.error) == (
        2,
        {
            "error": "invalid",
            "detail": "The cursor is not one of ours. Pass on “next_cursor” as the last page gave it.",
            "code": "INVALID_CURSOR",
        },
    )
