"""Every manifest becomes a record or everything that is wrong with it, in bounded time."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest

from skillmeat.manifest import MANIFEST_LIMIT, explain, parse, read, read_settings
from skillmeat.manifest.grammar import newer
from skillmeat.model import KINDS, Artifact, Association, Kind, Member, RelationshipType, Settings, Site
from skillmeat.problem import Problem
from tests.manifest.cases import Case, data, read_cases, write_cases

KIND = {kind.noun: kind for kind in KINDS}
BROKEN = read_cases("broken.txt")


def record_id(kind: Kind) -> str:
    return "skill/x" if kind.depth == 2 else "x"


def problems(kind: str, text: bytes) -> list[Problem]:
    if kind == "settings":
        return read_settings(text)[1]
    return read(KIND[kind], record_id(KIND[kind]), text)[1]


def said(case: Case) -> str:
    """Everything said of a broken manifest, two lines a problem."""
    found = problems(case.kind, data(case.parts[0]))
    return "".join(
        f"{each.line}:{each.column} {each.rule} {each.key}".rstrip()
        + f"\n  {each.message} {each.fix}".rstrip()
        + "\n"
        for each in found
    )


@pytest.mark.parametrize("case", BROKEN, ids=lambda case: case.name)
def test_a_broken_manifest_is_answered_with_all_that_is_wrong(case: Case, bless: bool) -> None:
    expected = said(case)
    if bless and expected != case.parts[1]:
        now = read_cases("broken.txt")
        write_cases(
            "broken.txt",
            [
                each._replace(parts=(each.parts[0], expected)) if each.name == case.name else each
                for each in now
            ],
        )
    assert case.parts[1] == expected


@pytest.mark.parametrize("case", BROKEN, ids=lambda case: case.name)
def test_problems_stand_in_the_file_of_the_record_and_are_sorted(case: Case) -> None:
    found = problems(case.kind, data(case.parts[0]))
    file = (
        "skillmeat.toml"
        if case.kind == "settings"
        else f"{KIND[case.kind].plural}/{record_id(KIND[case.kind])}.toml"
    )
    assert {each.path for each in found} == {f"manifests/{file}"}
    assert found == sorted(found)


def test_a_record_has_what_its_file_says() -> None:
    text = b"""
name = 'PDF tools'
tags = ["pdf"]
created_at = 2026-01-18T10:00:00Z
[[associations]]
artifact = "skill/ocr"
relationship_type = "contains"
"""
    assert read(KIND["artifact"], "skill/pdf-tools", text) == (
        Artifact(
            id="skill/pdf-tools",
            name="PDF tools",
            tags=("pdf",),
            created_at=datetime(2026, 1, 18, 10, tzinfo=UTC),
            associations=(Association(artifact="skill/ocr", relationship_type=RelationshipType.CONTAINS),),
        ),
        [],
    )


def test_members_are_strings_or_tables() -> None:
    record, found = read(
        KIND["collection"], "x", b'name = "X"\nartifacts = ["skill/a", { artifact = "skill/b", note = "N" }]'
    )
    assert found == []
    assert record is not None
    assert getattr(record, "artifacts") == (Member(artifact="skill/a"), Member(artifact="skill/b", note="N"))  # noqa: B009


def test_settings_have_defaults() -> None:
    assert read_settings(b"") == (Settings(), [])
    assert read_settings(b'format = 2\nsite = { title = "T" }') == (Settings(site=Site(title="T")), [])


def test_a_conflict_shown_in_a_comment_or_a_sentence_is_none() -> None:
    text = b'# <<<<<<< HEAD\nname = "PDF"\ndescription = "Finds <<<<<<< and ======= and >>>>>>>"\n'
    assert read(KIND["tag"], "pdf", text)[1] == []


def test_a_file_that_is_too_large_is_not_read() -> None:
    text = b'name = "PDF"\n' + b"#" * MANIFEST_LIMIT
    assert read(KIND["tag"], "pdf", text)[1] == [
        Problem(
            "manifests/tags/pdf.toml",
            0,
            0,
            "too-large",
            "",
            "The file has 262,157 bytes; at most 262,144 are read.",
        )
    ]


def test_explain_says_what_pydantic_refused() -> None:
    with pytest.raises(ValueError, match="color") as refused:
        Artifact.model_validate({"id": "skill/x", "name": "", "tags": ["A B"], "color": "red"})
    assert explain(refused.value) == [  # type: ignore[arg-type]
        ("name", "It is blank; write something."),
        ("tags[0]", "“A B” is not a slug. Did you mean a-b?"),
        ("color", "There is no key “color” here."),
    ]


def filled(unit: str) -> str:
    """As much of something, numbered, as a manifest may hold."""
    return "".join(unit.replace("#", str(number)) for number in range(MANIFEST_LIMIT // (len(unit) + 5)))


BOMBS = {
    "a dotted key of 32,000 parts": ".".join("a" * 32_000) + " = 1",
    "2,000 keys of 50 parts": "\n".join(f"a{number}" + ".b" * 49 + " = 1" for number in range(2_000)),
    "quoted keys of 900 parts": "\n".join(f"a{number}" + '."b"' * 900 + " = 1" for number in range(60)),
    "140 headers of 900 parts": "\n".join(f"[a{number}{'.b' * 899}]" for number in range(140)),
    "keys of 12 parts": "\n".join(f"a{number}" + ".b" * 11 + " = 1" for number in range(7_000)),
    "5,000 interleaved tables": "\n".join(f"[a.b{number}]\n[c.d{number}]" for number in range(5_000)),
    "nested arrays": "a = " + "[" * 130_000 + "]" * 130_000,
    "open arrays": "a = " + "[" * 260_000,
    "nested inline tables": "a = " + "{a = " * 50_000,
    "arrays nested 300 deep": "a = " + "[" * 300 + "]" * 300,
    "a long number": "a = " + "9" * 260_000,
    "a long hexadecimal number": "a = 0x" + "f" * 260_000,
    "numbers just short enough": "\n".join(f"a{number} = {'9' * 4_200}" for number in range(60)),
    "a long float": "a = 1." + "9" * 260_000,
    "a long fraction of a second": "a = 2026-01-01T00:00:00." + "1" * 260_000 + "Z",
    "100,000 wrong items": "name = 'x'\ntags = [" + "1," * 120_000 + "]",
    "unknown keys": filled("key# = 1\n"),
    "empty tables": filled("[[associations]]\n"),
    "inline tables": filled("key# = { a = { b = [{ c = 1 }] } }\n"),
    "braces in a comment": "#" + "{" * 260_000,
    "braces in strings": filled("key# = '{{'\n"),
    "backslashes": 'name = "' + "\\\\" * 130_000 + '"',
    "quotes in a literal": "name = '''" + "''x" * 85_000 + "'''",
    "quotes without an end": 'name = """' + '\\"""' * 65_000,
    "escapes": 'name = "' + "\\u0041" * 43_000 + '"',
    "an inline table of line feeds": "a = {" + "\n" * 260_000 + "}",
    "a comment a line in an array": "tags = [" + "#\n" * 130_000 + "]",
    "times": 'name = "' + "10:10" * 52_000 + '"',
    "conflict markers": "<<<<<<< x\n" * 26_000,
    "half a conflict in a string": 'a = """\n' + "<<<<<<< x\n=======\n" * 14_000 + '"""',
    "a long alias": 'name = "x"\naliases = ["' + "a-" * 130_000 + '"]',
    "a long key": '"' + "k" * 260_000 + '" = 1',
    "dots": 'name = "' + "." * 260_000 + '"',
    "words and dots": 'name = "' + "a. " * 87_000 + '"',
    "spaces": "name = 'x'" + " " * 260_000,
    "zeros": "\0" * 260_000,
    "carriage returns": "\r" * 260_000,
}


@pytest.mark.parametrize("bomb", BOMBS.values(), ids=BOMBS.keys())
def test_a_bomb_is_answered_in_bounded_time(bomb: str) -> None:
    """Half a second is the aim; the bound leaves room for a machine that does other things."""
    start = time.process_time()
    record, found = read(KIND["artifact"], "skill/x", bomb.encode()[:MANIFEST_LIMIT])
    assert time.process_time() - start < 4
    assert (record is None) == bool(found)
    assert len(found) <= 201
    assert all(len(each.message) < 400 and each.message.isprintable() for each in found)


@pytest.mark.parametrize("byte", range(256))
def test_no_byte_anywhere_makes_it_raise(byte: int) -> None:
    sound = b'name = "PDF" # c\naliases = ["a"]\n'
    for place in range(len(sound)):
        found = parse(sound[:place] + bytes([byte]) + sound[place + 1 :], "p")
        assert isinstance(found, dict | Problem)


@pytest.mark.parametrize(
    "array",
    [
        '{ artifact = "skill/a",\n note = "B" }',
        '{ artifact = "skill/a", }',
        '{ artifact = "skill/a", note = "}" },\n{ artifact = "skill/b"\n}',
        '"{", {"}"=1,\n b="{"}]#"}',
        '{ artifact = "skill/a" }, {\n artifact = "skill/b" }',
        '{ artifact = "skill/a" }, # {\n { artifact = "skill/b", note = "\\e" }',
    ],
)
def test_tables_of_toml_1_1_are_told_from_plain_ones(array: str) -> None:
    """However they hide behind braces in strings and comments."""
    before = "a = [\n  { artifact = \"skill/a\" },\n  { artifact = 'skill/b' },\n"
    assert newer(f"{before}  {array},\n]\n")
    plain = 'a = [\n  { artifact = "skill/a", note = "{" },\n{artifact="skill/b"}\n]\nb = "{\'"\n'
    assert newer(plain) is None
