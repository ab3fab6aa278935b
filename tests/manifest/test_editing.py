"""An edit changes what differs and leaves alone what a person wrote."""

from __future__ import annotations

import json
from typing import Any

import pytest

from skillmeat.errors import Refused
from skillmeat.manifest import plain, read, read_settings
from skillmeat.manifest.editing import edit, is_kept, rewritten
from skillmeat.model import KINDS, Artifact, Record, Settings, Tag
from tests.manifest.cases import Case, data, read_cases, shown, write_cases

KIND = {kind.noun: kind for kind in KINDS}
EDITS = read_cases("edits.txt")


def record(kind: str, text: bytes) -> Record | Settings:
    if kind == "settings":
        found: Record | Settings | None = read_settings(text)[0]
    else:
        found = read(KIND[kind], "skill/x" if kind == "artifact" else "x", text)[0]
    assert found is not None
    return found


def edited(case: Case) -> bytes:
    """What becomes of the manifest of a case."""
    text = data(case.parts[0])
    before = record(case.kind, text)
    fields: dict[str, Any] = {name: getattr(before, name) for name in type(before).model_fields}
    changed = json.loads(case.marks[0])
    kept = {name: value for name, value in fields.items() if name not in changed}
    after = type(before).model_validate({**kept, **{name: v for name, v in changed.items() if v is not None}})
    found = edit(text.decode(), before, after).encode()
    assert plain(record(case.kind, found)) == plain(after)
    return found


@pytest.mark.parametrize("case", EDITS, ids=lambda case: case.name)
def test_an_edit_leaves_the_rest_alone(case: Case, bless: bool) -> None:
    found = shown(edited(case))
    if bless and found != case.parts[1]:
        now = read_cases("edits.txt")
        write_cases(
            "edits.txt",
            [each._replace(parts=(each.parts[0], found)) if each.name == case.name else each for each in now],
        )
    assert case.parts[1] == found


@pytest.mark.parametrize("case", EDITS, ids=lambda case: case.name)
def test_no_change_is_no_change(case: Case) -> None:
    text = data(case.parts[0]).decode()
    before = record(case.kind, text.encode())
    assert edit(text, before, before.model_copy()) == text


def test_another_id_is_no_change_of_the_file() -> None:
    text = "name = 'PDF' # c\n"
    assert edit(text, Tag(id="a", name="PDF"), Tag(id="b", name="PDF")) == text


def test_a_file_that_somebody_else_changed_is_refused() -> None:
    with pytest.raises(Refused) as refused:
        edit('name = "other"\n', Tag(id="x", name="PDF"), Tag(id="x", name="Portable"))
    assert (refused.value.code, refused.value.detail, refused.value.hint) == (
        "EDIT_NOT_SAFE",
        "The file does not hold the record that was to be changed.",
        "Try again.",
    )


def test_an_edit_that_makes_the_file_too_large_is_refused() -> None:
    text = 'name = "A"\n#' + "x" * (256 * 1024 - 20) + "\n"
    before = Artifact(id="skill/x", name="A")
    with pytest.raises(Refused) as refused:
        edit(text, before, before.but(description="long " * 10))
    assert (refused.value.code, refused.value.detail) == (
        "EDIT_NOT_SAFE",
        "There is no safe way to change description in this file as it is written.",
    )


def test_tomlkit_does_the_same_where_it_can() -> None:
    text = 'name = "A" # name\n\n[[associations]]\nartifact = "skill/a"\nrelationship_type = "contains"\n'
    had = plain(record("artifact", text.encode()))
    wanted = {**had, "name": "B"}
    assert rewritten(text, had, wanted) == text.replace('"A"', '"B"')


HELD = {"name": "A", "tags": ["a", "b"], "associations": [{"artifact": "skill/a"}, {"artifact": "skill/b"}]}
OLD = """\
name = "A" # name
# own
tags = [
  # inside
  "a", # a
  "b",
]
[[associations]]
# in it
artifact = "skill/a"
[[associations]]
artifact = "skill/b"
"""


@pytest.mark.parametrize(
    ("wanted", "new", "kept"),
    [
        ({"tags": ["b"]}, OLD.replace('  "a", # a\n', ""), True),
        ({"tags": ["b"]}, OLD.replace('  # inside\n  "a", # a\n', ""), False),
        ({"tags": ["b"]}, OLD.replace('  "a", # a\n', "").replace("# own\n", ""), False),
        ({"tags": ["b"]}, OLD.replace('  "a", # a\n', "").replace('"A" # name', '"A"  # name'), False),
        ({"tags": ["b"]}, OLD.replace('  "a", # a\n', "").rstrip("\n"), False),
        ({"tags": ["b"]}, OLD.replace('  "a", # a\n', "").replace("  # inside\n", "  # inside\r\n"), False),
        ({"tags": ["a", "b", "c"]}, OLD.replace(" # a\n", "\n").replace('"b",', '"b", "c"'), False),
        ({"associations": [{"artifact": "skill/b"}]}, OLD[: OLD.index("[[")] + OLD[OLD.rindex("[[") :], True),
    ],
)
def test_what_was_written_is_compared_with_what_was_there(
    wanted: dict[str, Any], new: str, kept: bool
) -> None:
    """Comments behind what was taken away may go, comments on lines of their own only with their table."""
    assert is_kept(OLD, new, HELD, {**HELD, **wanted}) is kept
