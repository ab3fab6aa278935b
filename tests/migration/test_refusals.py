"""What migrate refuses and what it says; a store of another format is refused by every other command."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.command import run, snapshot, succeed
from tests.migration.old_store import write

COMMANDS = (
    ("tag", "list"), ("tag", "create", "New"), ("artifact", "list"), ("artifact", "create", "skill", "New"),
    ("collection", "list"), ("collection", "create", "New"), ("group", "list"),
    ("association", "list", "skill/a"), ("source", "list"), ("source", "add", "https://git.example/a/b"),
    ("validate",), ("lock",), ("lock", "--check"), ("fetch",), ("outdated",), ("build",),
)  # fmt: skip


@pytest.mark.parametrize("command", [*COMMANDS, ("migrate",), ("migrate", "--check")], ids=" ".join)
def test_a_newer_store_is_refused(command: tuple[str, ...], tmp_path: Path) -> None:
    """By every command, with what to do."""
    write(tmp_path, "skillmeat.toml", "format = 3\n")
    write(tmp_path, "artifacts/skill/a.toml", 'name = "A"\nfuture = 1\n')
    before = snapshot(tmp_path)
    ran = run(tmp_path, *command)
    assert (ran.status, ran.out) == (1, "")
    assert (
        "The store is in format 3; this skillmeat reads format 2.\n  Install a newer skillmeat.\n" in ran.err
    )
    assert snapshot(tmp_path) == before


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_an_older_store_is_refused(command: tuple[str, ...], tmp_path: Path) -> None:
    """By every command but migrate, which is what to run."""
    write(tmp_path, "skillmeat.toml", "format = 1\n")
    ran = run(tmp_path, *command)
    assert (ran.status, ran.out) == (1, "")
    assert "The store is in format 1, which is older than format 2.\n  Run `skillmeat migrate`.\n" in ran.err


REFUSALS = {
    "no such format": (
        {"skillmeat.toml": "format = 0\n"},
        (
            "error: manifests/skillmeat.toml:1:1: The store is in format 0, which is older than format 2.\n"
            "  Correct it by hand.\n"
        ),
    ),
    "a format that is no number": (
        {"skillmeat.toml": 'format = "one"\n'},
        "error: manifests/skillmeat.toml:1:",
    ),
    "files that are not TOML": (
        {
            "skillmeat.toml": "format = 1\n",
            "artifacts/skill/a.toml": "name = A\n",
            "artifacts/hook/b.toml": "x\n",
        },
        (
            "error: What is not TOML cannot be migrated (2 files):\n"
            "  manifests/artifacts/hook/b.toml:1:2: There is no “=” after the key.\n"
            "  manifests/artifacts/skill/a.toml:1:8: "
            "The value is not one that TOML knows; text needs quotes.\n"
            "  Correct it first. Nothing was changed.\n"
        ),
    ),
    "a tag in the way that cannot be read": (
        {
            "skillmeat.toml": "format = 1\n",
            "tags/pdf.toml": "nonsense = 1\n",
            "artifacts/skill/a.toml": 'name = "A"\ntags = ["PDF"]\n',
        },
        (
            "error: manifests/tags/pdf.toml is in the way: it is no tag that can be read.\n"
            "  Move it away: a store in format 1 has no tags/ folder.\n"
        ),
    ),
}


@pytest.mark.parametrize("title", REFUSALS)
def test_what_cannot_be_read_is_named_and_stays(title: str, tmp_path: Path) -> None:
    texts, message = REFUSALS[title]
    for path, text in texts.items():
        write(tmp_path, path, text)
    before = snapshot(tmp_path)
    ran = run(tmp_path, "migrate")
    assert (ran.status, ran.err[: len(message)]) == (1, message)
    assert snapshot(tmp_path) == before


def test_a_link_in_the_store_is_not_followed(tmp_path: Path) -> None:
    write(tmp_path, "skillmeat.toml", "format = 1\n")
    (tmp_path / "outside.toml").write_text('name = "A"\ntags = ["a"]\n')
    (tmp_path / "manifests/artifacts/skill").mkdir(parents=True)
    (tmp_path / "manifests/artifacts/skill/a.toml").symlink_to(tmp_path / "outside.toml")
    assert run(tmp_path, "migrate").err == (
        "error: 1 file cannot be read:\n"
        "  “manifests/artifacts/skill/a.toml” cannot be read: it is a symbolic link, which a store may not "
        "hold.\n"
        "  Correct what is wrong first. Nothing was changed.\n"
    )


def test_down_refuses_a_store_with_files_that_cannot_be_read(tmp_path: Path) -> None:
    write(tmp_path, "skillmeat.toml", "format = 2\n")
    write(tmp_path, "sources/a.toml", 'name = "A"\nurl = "https://git.example/a/b"\nfuture = 1\n')
    assert run(tmp_path, "migrate", "--to", "1", "--discard").err == (
        "error: 1 file cannot be read:\n"
        "  manifests/sources/a.toml:3:1: future: There is no key “future” here.\n"
        "  Correct what is wrong first. Nothing was changed.\n"
    )


def test_check_writes_nothing(tmp_path: Path) -> None:
    """It exits 1 for a store that is not current, 0 for one that is, and 0 for one that can go down."""
    write(tmp_path, "skillmeat.toml", "format = 1\n")
    write(tmp_path, "artifacts/skill/a.toml", 'name = "A"\ntags = ["A"]\n')
    before = snapshot(tmp_path)
    behind = run(tmp_path, "migrate", "--check")
    assert (behind.status, behind.err) == (1, "The store is in format 1. Run “skillmeat migrate”.\n")
    same = run(tmp_path, "migrate", "--check", "--to", "1")
    assert (same.status, same.err) == (0, "The store is in format 1.\n")
    assert snapshot(tmp_path) == before
    succeed(tmp_path, "migrate")
    current = run(tmp_path, "migrate", "--check", "--json")
    assert (current.status, current.data["current"]) == (0, True)
    down = run(tmp_path, "migrate", "--check", "--to", "1")
    assert (down.status, down.err) == (0, "Format 1 can hold everything.\n")
    assert succeed(tmp_path, "migrate").out == "The store is in format 2 already\n"


def test_a_dry_run_prints_the_diff_and_commit_makes_one_commit(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "--quiet", str(tmp_path)], check=True)
    write(tmp_path, "skillmeat.toml", "format = 1\n")
    write(tmp_path, "artifacts/skill/a.toml", 'name = "A"\ntags = ["PDF"] # one\n')
    before = snapshot(tmp_path)
    dry = succeed(tmp_path, "migrate", "--dry-run")
    assert dry.out == (
        "--- a/manifests/artifacts/skill/a.toml\n"
        "+++ b/manifests/artifacts/skill/a.toml\n"
        '@@ -1,2 +1,2 @@\n name = "A"\n-tags = ["PDF"] # one\n+tags = ["pdf"] # one\n'
        "--- a/manifests/skillmeat.toml\n"
        "+++ b/manifests/skillmeat.toml\n"
        "@@ -1 +1 @@\n-format = 1\n+format = 2\n"
        "--- /dev/null\n"
        "+++ b/manifests/tags/pdf.toml\n"
        '@@ -0,0 +1 @@\n+name = "PDF"\n'
    )
    assert dry.err == (
        "Made 1 tag of 1 word.\n"
        "Would say: Migrated the store from format 1 to format 2. Nothing was written.\n"
    )
    assert snapshot(tmp_path) == before
    done = succeed(tmp_path, "migrate", "--commit", "--json").json["meta"]
    shown = subprocess.run(
        ["git", "-C", str(tmp_path), "show", "--format=%s", "--name-only", done["commit"]],
        check=True, capture_output=True, text=True,
    ).stdout.split("\n")  # fmt: skip
    assert shown[0] == "Migrated the store from format 1 to format 2"
    assert shown[2:-1] == done["paths"]


def test_tags_that_are_no_words_are_left_for_validate(tmp_path: Path) -> None:
    write(tmp_path, "skillmeat.toml", "format = 1\n")
    write(tmp_path, "artifacts/skill/a.toml", 'name = "A"\ntags = ["PDF", 1, []]\n')
    write(tmp_path, "artifacts/skill/b.toml", 'name = "B"\ntags = "PDF"\n')
    succeed(tmp_path, "migrate")
    assert run(tmp_path, "validate").status == 1


def test_a_spelling_that_was_remembered_is_forgotten_when_the_tag_is_renamed(tmp_path: Path) -> None:
    """What people did in format 2 counts; words are given back only where they still mean the same."""
    write(tmp_path, "skillmeat.toml", "format = 1\n")
    write(tmp_path, "artifacts/skill/a.toml", 'name = "A"\ntags = ["PDF", "web"]\n')
    write(tmp_path, "artifacts/skill/b.toml", 'name = "B"\ntags = ["pdf", "Web", "PDF"]\n')
    write(tmp_path, "artifacts/skill/c.toml", 'name = "C"\ntags = ["PDF", "Web"]\n')
    succeed(tmp_path, "migrate")
    succeed(tmp_path, "tag", "edit", "pdf", "--name", "Documents")
    succeed(tmp_path, "migrate", "--to", "1", "--discard")
    assert [snapshot(tmp_path)[f"manifests/artifacts/skill/{each}.toml"] for each in "abc"] == [
        b'name = "A"\ntags = ["Documents", "web"]\n',
        b'name = "B"\ntags = ["Documents", "Web"]\n',
        b'name = "C"\ntags = ["Documents", "Web"]\n',
    ]
