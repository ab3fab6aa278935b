"""``log`` tells the history of a record through its renames, and ``--at`` shows what was."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.changes.conftest import Do
from tests.command import run, succeed
from tests.validate.test_since import git, write


def told(store: Path, *arguments: str) -> list[tuple[str, list[str]]]:
    """The subject and the details of every entry."""
    rows = run(store, "log", "--json", *arguments).data
    return [(row["subject"], [d["text"] for deed in row["deeds"] for d in deed["details"]]) for row in rows]


def test_a_record_is_followed_through_its_renames(store: Path, did: Do) -> None:
    first = did("tag", "edit", "pdf", "--description", "Files.")
    second = did("tag", "edit", "pdf", "--name", "Documents")
    other = did("tag", "create", "Other")
    third = did("tag", "edit", "documents", "--name", "Papers", "--color", "#112233")
    wanted = [
        (third, ["name: “Documents” → “Papers”", "color: “#c0392b” → “#112233”", "also known as documents"]),
        (second, ["name: “PDF” → “Documents”", "also known as pdf"]),
        (first, ["description: “Files.”"]),
        ("Begin", []),
    ]
    assert told(store, "papers") == wanted
    assert told(store, "tag/pdf") == wanted  # by a former slug
    assert told(store, "manifests/tags/papers.toml") == wanted
    assert told(store, "papers", "--limit", "2") == wanted[:2]
    assert [subject for subject, _ in told(store)] == [third, other, second, first, "Begin"]
    assert told(store, "tag/pdf", "--at", "HEAD~3") == wanted[2:]


def test_what_is_not_committed_comes_first(store: Path) -> None:
    succeed(store, "artifact", "rename", "skill/ocr", "scans")
    assert told(store, "skill/scans") == [("Not committed yet", ["also known as ocr"]), ("Begin", [])]


def test_what_is_gone_has_its_history(store: Path, did: Do) -> None:
    gone = did("artifact", "delete", "skill/ocr", "--cascade")
    rows = run(store, "log", "skill/ocr", "--json").data
    assert [(row["subject"], row["deeds"][0]["action"]) for row in rows] == [
        (gone, "removed"),
        ("Begin", "added"),
    ]


def test_a_group_has_a_history_of_its_own(store: Path, did: Do) -> None:
    did("collection", "edit", "starter", "--description", "For beginners.")
    named = did("group", "edit", "starter/documents", "--name", "Papers")
    assert told(store, "group/starter/documents")[0][0] == named
    assert [subject for subject, _ in told(store, "starter/documents")] == [named, "Begin"]


def test_a_commit_that_only_lays_files_out_is_left_out(store: Path) -> None:
    write(
        store, "tags/pdf.toml", '# PDF\nname   = "PDF"\ncolor = "#c0392b"\naliases = ["portable-document"]\n'
    )
    git(store, "commit", "-qam", "Layout")
    assert [subject for subject, _ in told(store)] == ["Begin"]


def test_a_version_that_could_not_be_read_is_said_to_be_so(store: Path) -> None:
    write(store, "tags/pdf.toml", "name = \n")
    git(store, "commit", "-qam", "Break")
    write(store, "tags/pdf.toml", 'name = "PDF"\n')
    git(store, "commit", "-qam", "Mend")
    assert told(store, "tag/pdf")[:2] == [
        ("Mend", ["cannot be read before"]),
        ("Break", ["cannot be read since"]),
    ]


@pytest.mark.parametrize(
    ("reference", "status", "code"),
    [
        ("nothing", 3, "RECORD_NOT_FOUND"),
        ("skill/pdf-tool", 3, "ARTIFACT_NOT_FOUND"),
        ("tag/no", 3, "TAG_NOT_FOUND"),
    ],
)
def test_who_is_not_there(reference: str, status: int, code: str, store: Path) -> None:
    ran = run(store, "log", "--json", reference)
    assert (ran.status, ran.error["code"]) == (status, code)


def test_a_slug_that_fits_several(store: Path, did: Do) -> None:
    did("tag", "create", "Starter")
    assert run(store, "log", "--json", "starter").error["code"] == "INVALID_REFERENCE"


def _shown(store: Path, *arguments: str) -> Any:
    found = run(store, *arguments, "--json").json
    return _dateless(found)


def _dateless(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _dateless(each) for key, each in value.items() if not key.endswith("_at")}
    return [_dateless(each) for each in value] if isinstance(value, list) else value


READING = [
    ("tag", "list"),
    ("tag", "show", "pdf"),
    ("tag", "search", "p"),
    ("tag", "stats"),
    ("artifact", "list"),
    ("artifact", "show", "skill/pdf-tools"),
    ("artifact", "tag", "list", "skill/pdf-tools"),
    ("collection", "list"),
    ("collection", "show", "starter"),
    ("group", "list"),
    ("group", "show", "starter/documents"),
    ("association", "list", "skill/pdf-tools"),
    ("association", "outdated"),
    ("source", "list"),
    ("source", "show", "acme"),
    ("validate",),
]


def test_every_reading_command_shows_the_catalog_as_it_was(store: Path, did: Do) -> None:
    """Whatever was done since, and whatever lies in the folder."""
    before = {command: _shown(store, *command) for command in READING}
    did("tag", "edit", "pdf", "--name", "Documents")
    did("artifact", "delete", "skill/ocr", "--cascade")
    did("collection", "delete", "starter")
    write(store, "tags/loose.toml", "broken")
    write(store, "sources/acme.toml", "broken")
    assert {command: _shown(store, *command, "--at", "HEAD~3") for command in READING} == before


def test_where_there_was_no_store(store: Path) -> None:
    git(store, "checkout", "-q", "--orphan", "empty")
    git(store, "rm", "-rfq", "--cached", ".")
    git(store, "commit", "-qm", "Nothing", "--allow-empty")
    assert run(store, "tag", "list", "--at", "HEAD", "--json").error["code"] == "STORE_NOT_FOUND"


def test_outside_a_repository(tmp_path: Path) -> None:
    succeed(tmp_path, "init")
    for arguments in (("log",), ("diff",), ("tag", "list", "--at", "HEAD")):
        assert run(tmp_path, *arguments, "--json").error["code"] == "REPOSITORY_NOT_FOUND"
