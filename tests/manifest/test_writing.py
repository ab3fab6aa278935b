"""A new file is written in one way, and only what a reader needs is in it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
import tomli

from skillmeat.manifest import plain, render
from skillmeat.manifest.values import value
from skillmeat.model import (
    Artifact,
    Association,
    Collection,
    Exclude,
    Group,
    Member,
    Record,
    RelationshipType,
    Settings,
    Site,
    Source,
    SourcePolicy,
    Tag,
    TrustLevel,
)

TEN = datetime(2026, 1, 18, 10, tzinfo=UTC)

FILES: list[tuple[Record | Settings, str]] = [
    (Tag(id="pdf", name="PDF"), 'name = "PDF"\n'),
    (
        Tag(id="pdf", name="P\\D\"F'", color="#c0392b", aliases=("a", "b"), created_at=TEN),
        'name = "P\\\\D\\"F\'"\ncolor = "#c0392b"\naliases = ["a", "b"]\ncreated_at = 2026-01-18T10:00:00Z\n',
    ),
    (
        Artifact(
            id="skill/x",
            name="X",
            description='One.\n\nTwo\\ """three""".',
            tags=tuple(f"a-rather-long-tag-{number}" for number in range(5)),
            created_at=TEN.astimezone(timezone(timedelta(hours=5, minutes=30))),
            associations=(
                Association(artifact="skill/a", relationship_type=RelationshipType.CONTAINS),
                Association(
                    artifact="skill/b",
                    relationship_type=RelationshipType.RELATED,
                    pinned_version_hash="sha256:" + "0" * 64,
                ),
            ),
        ),
        '''\
name = "X"
description = """
One.

Two\\\\ \\"""three\\"""."""
tags = [
  "a-rather-long-tag-0",
  "a-rather-long-tag-1",
  "a-rather-long-tag-2",
  "a-rather-long-tag-3",
  "a-rather-long-tag-4",
]
created_at = 2026-01-18T15:30:00+05:30

[[associations]]
artifact = "skill/a"
relationship_type = "contains"

[[associations]]
artifact = "skill/b"
relationship_type = "related"
pinned_version_hash = "sha256:0000000000000000000000000000000000000000000000000000000000000000"
''',
    ),
    (
        Collection(
            id="c",
            name="C",
            artifacts=(Member(artifact="skill/a"), Member(artifact="skill/b", note="Start here.")),
            groups=(Group(slug="g", name="G", artifacts=("skill/a",)), Group(slug="h", name="H")),
        ),
        """\
name = "C"
artifacts = [
  "skill/a",
  { artifact = "skill/b", note = "Start here." },
]

[[groups]]
slug = "g"
name = "G"
artifacts = ["skill/a"]

[[groups]]
slug = "h"
name = "H"
""",
    ),
    (
        Source(
            id="s",
            name="S",
            url="https://example.org/a/b",
            ref="main",
            trust_level=TrustLevel.OFFICIAL,
            import_repo_readme=True,
            exclude=(Exclude(path="old", reason="superseded"), Exclude(path="x")),
        ),
        """\
name = "S"
url = "https://example.org/a/b"
ref = "main"
trust_level = "official"
import_repo_readme = true
exclude = [
  { path = "old", reason = "superseded" },
  { path = "x" },
]
""",
    ),
    (Settings(), "format = 2\n"),
    (
        Settings(site=Site(title="T", page_size=20), sources=SourcePolicy(allow_file=True)),
        'format = 2\n\n[site]\ntitle = "T"\npage_size = 20\n\n[sources]\nallow_file = true\n',
    ),
]


@pytest.mark.parametrize(("record", "text"), FILES, ids=[text.split("\n")[0] for _, text in FILES])
def test_a_new_file(record: Record | Settings, text: str) -> None:
    assert render(record) == text
    assert tomli.loads(text) == plain(record)


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ('tab\tquote" \x7f\x00', '"tab\\tquote\\" \\u007F\\u0000"'),
        ("\u202eb\U000e0041", '"\\u202Eb\\U000E0041"'),
        ([1, 2.5, True, "x", {"a b": []}], '[1, 2.5, true, "x", { "a b" = [] }]'),
        ({}, "{}"),
        (float("inf"), "inf"),
        (1e16, "1e+16"),
        (TEN.date(), "2026-01-18"),
        (TEN.replace(tzinfo=None), "2026-01-18T10:00:00"),
        (TEN.time(), "10:00:00"),
    ],
)
def test_a_value_on_one_line(data: Any, text: str) -> None:
    assert value(data) == text
    assert tomli.loads(f"a = {text}") == {"a": data}


def test_an_offset_with_seconds_is_written_in_utc() -> None:
    assert value(TEN.astimezone(timezone(timedelta(seconds=30)))) == "2026-01-18T10:00:00Z"


def test_there_is_no_form_for_none() -> None:
    with pytest.raises(TypeError, match="NoneType has no form in TOML"):
        value({"a": None})
