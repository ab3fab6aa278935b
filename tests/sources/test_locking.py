"""Sources through the command line: added, locked, fetched, imported, upgraded."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.command import run, snapshot, succeed
from tests.sources.repository import URL, commit, git, redirect, skill


@pytest.fixture
def upstream(tmp_path: Path, gitconfig: Path) -> Path:
    """A repository with two skills and a plugin, found at ``URL``."""
    folder = tmp_path / "upstream"
    redirect(gitconfig, folder)
    commit(
        folder,
        {
            "README.md": "# Skills of Acme\n",
            "skills/pdf/SKILL.md": skill("pdf"),
            "skills/pdf/scripts/run.py": "print('pdf')\n",
            "skills/ocr/SKILL.md": skill("ocr"),
            "plugins/office/.claude-plugin/plugin.json": '{"name": "office"}\n',
            "plugins/office/commands/print.md": "---\ndescription: Prints.\n---\nPrint it.\n",
        },
    )
    return folder


@pytest.fixture
def store(tmp_path: Path, upstream: Path) -> Path:
    """A store with that repository as its only source, not locked yet."""
    root = tmp_path / "store"
    root.mkdir()
    succeed(root, "init")
    succeed(root, "source", "add", URL, "--ref", "main")
    return root


def test_adding_asks_nobody(tmp_path: Path) -> None:
    """A source that does not exist can be added; only lock finds out."""
    succeed(tmp_path, "init")
    added = succeed(tmp_path, "source", "add", "https://git.invalid/nobody/nothing", "--tag", "new")
    assert added.out == "Added the source nobody-nothing\n"
    lines = (tmp_path / "manifests/sources/nobody-nothing.toml").read_text().splitlines()
    assert lines[:5] == [
        "#:schema ../.schemas/source.json",
        "",
        'name = "nobody/nothing"',
        'url = "https://git.invalid/nobody/nothing"',
        'tags = ["new"]',
    ]


def test_locking_records_commit_and_entries(store: Path, upstream: Path) -> None:
    locked = succeed(store, "lock")
    tip = git(upstream, "rev-parse", "HEAD")
    assert locked.err == f"acme-skills: locked at {tip[:10]}, 4 entries\n"
    entries = succeed(store, "source", "entries", "acme-skills", "--json").data
    assert [(each["type"], each["name"], each["path"]) for each in entries] == [
        ("command", "print", "plugins/office/commands/print.md"),
        ("plugin", "office", "plugins/office"),
        ("skill", "ocr", "skills/ocr"),
        ("skill", "pdf", "skills/pdf"),
    ]
    assert {each["path"]: each["tree"] for each in entries} == {
        path: git(upstream, "rev-parse", f"HEAD:{path}")
        for path in ("plugins/office/commands/print.md", "plugins/office", "skills/ocr", "skills/pdf")
    }


def test_the_hash_is_the_one_that_the_documentation_gives(store: Path, upstream: Path) -> None:
    """sha256 over lines of mode, sha256 of the content and path, sorted by path; the mode counts."""
    import hashlib

    def line(mode: str, name: str) -> bytes:
        content = (upstream / "skills/pdf" / name).read_bytes()
        return f"{mode} {hashlib.sha256(content).hexdigest()} {name}\0".encode()

    def listed() -> str:
        entries = succeed(store, "source", "entries", "acme-skills", "--json").data
        return next(each["hash"] for each in entries if each["path"] == "skills/pdf")

    succeed(store, "lock")
    plain = line("100644", "SKILL.md") + line("100644", "scripts/run.py")
    assert listed() == f"sha256:{hashlib.sha256(plain).hexdigest()}"
    git(upstream, "update-index", "--chmod=+x", "skills/pdf/scripts/run.py")
    git(upstream, "commit", "--quiet", "--message", "Make it a program")
    succeed(store, "lock", "--upgrade")
    program = line("100644", "SKILL.md") + line("100755", "scripts/run.py")
    assert listed() == f"sha256:{hashlib.sha256(program).hexdigest()}"


def test_a_lock_keeps_its_commit_until_it_is_upgraded(store: Path, upstream: Path) -> None:
    """A branch that moves on changes nothing; outdated says so; --upgrade follows."""
    first = succeed(store, "lock") and git(upstream, "rev-parse", "HEAD")
    second = commit(
        upstream, {"skills/new/SKILL.md": skill("new"), "skills/ocr/SKILL.md": skill("ocr", "Better.")}
    )
    before = snapshot(store)
    succeed(store, "lock")
    assert snapshot(store) == before
    moved = run(store, "outdated", "--json")
    assert (moved.status, moved.data) == (
        1,
        [{"source": "acme-skills", "ref": "main", "locked": first, "now": second}],
    )
    upgraded = succeed(store, "lock", "--upgrade")
    assert upgraded.err == (
        f"acme-skills: {first[:10]} → {second[:10]}, 5 entries: 1 added, 0 gone, 1 changed\n"
    )
    assert run(store, "outdated").status == 0


def test_check_compares_lock_and_manifests_without_a_network(store: Path, upstream: Path) -> None:
    assert run(store, "lock", "--check").out == "The source acme-skills is not locked.\n"
    succeed(store, "lock")
    upstream.rename(upstream.with_name("gone"))
    assert run(store, "lock", "--check").status == 0
    manifest = store / "manifests/sources/acme-skills.toml"
    manifest.write_text(manifest.read_text().replace('"main"', '"v2"'))
    stale = run(store, "lock", "--check")
    assert (stale.status, stale.out) == (1, "The source acme-skills has another ref than was locked.\n")
    manifest.unlink()
    stale = run(store, "lock", "--check")
    assert (stale.status, stale.out) == (1, "The lock holds acme-skills, which is not a source.\n")


def test_excluded_paths_and_other_roots_are_left_alone(store: Path) -> None:
    manifest = store / "manifests/sources/acme-skills.toml"
    manifest.write_text(
        manifest.read_text() + 'root = "skills"\nexclude = [{ path = "skills/ocr", reason = "old" }]\n'
    )
    succeed(store, "lock")
    entries = succeed(store, "source", "entries", "acme-skills", "--json").data
    assert [each["path"] for each in entries] == ["skills/pdf"]


def test_one_source_that_fails_does_not_stop_the_others(store: Path) -> None:
    succeed(store, "source", "add", "https://git.invalid/nobody/nothing")
    locked = run(store, "lock")
    assert locked.status == 5
    assert "nobody-nothing: https://git.invalid/nobody/nothing cannot be read" in locked.err
    assert succeed(store, "source", "show", "acme-skills", "--json").data["locked"] is True
    assert succeed(store, "source", "show", "nobody-nothing", "--json").data["locked"] is False


def test_importing_makes_artifacts_of_entries(store: Path) -> None:
    """By type and name, by path, or all that is left; descriptions are the entries' own."""
    succeed(store, "lock")
    succeed(store, "tag", "create", "Office")
    succeed(store, "source", "import", "acme-skills", "skill/pdf", "plugins/office", "--tag", "office")
    lines = (store / "manifests/artifacts/skill/pdf.toml").read_text().splitlines()
    assert lines[:-1] == [
        "#:schema ../../.schemas/artifact.json",
        "",
        'name = "pdf"',
        'description = "Does pdf."',
        'source = "acme-skills"',
        'path = "skills/pdf"',
        'tags = ["office"]',
    ]
    rest = succeed(store, "source", "import", "acme-skills", "--json")
    assert rest.json["meta"]["paths"] == [
        "manifests/artifacts/command/print.toml",
        "manifests/artifacts/skill/ocr.toml",
    ]
    imported = succeed(store, "source", "entries", "acme-skills", "--json").data
    assert [each["imported_as"] for each in imported] == [
        ["command/print"],
        ["plugin/office"],
        ["skill/ocr"],
        ["skill/pdf"],
    ]
    succeed(store, "validate")


def test_version_and_licence_come_along_where_they_are_valid(store: Path, tmp_path: Path) -> None:
    """From plugin.json and front matter; two entries at one path each have their own."""
    head = "---\nname: {}\ndescription: Does it.\nlicense: {}\n---\n"
    about = {"name": "whole", "version": "2.1.0", "license": "apache 2.0", "description": "All of it."}
    commit(
        tmp_path / "upstream",
        {
            ".claude-plugin/plugin.json": json.dumps(about),
            "SKILL.md": head.format("root", "MIT OR Apache-2.0"),
            "skills/odd/SKILL.md": head.format("odd", "Complete terms in LICENSE.txt"),
            "skills/own/SKILL.md": head.format("own", "LicenseRef-Acme"),
        },
    )
    succeed(store, "lock", "--upgrade")
    succeed(store, "source", "import", "acme-skills")
    said = {
        each["id"]: (each["version"], each["license"])
        for each in succeed(store, "artifact", "list", "--all", "--json").data
    }
    assert said["plugin/whole"] == ("2.1.0", "Apache-2.0")
    assert said["skill/root"] == (None, "MIT OR Apache-2.0")
    assert said["skill/odd"] == (None, None)
    assert said["skill/own"] == (None, "LicenseRef-Acme")
    assert said["skill/pdf"] == (None, None)


def test_a_slug_that_is_taken_can_be_qualified(store: Path, tmp_path: Path) -> None:
    """By the source's slug, and a number; never twice for the same bytes, and spelled as what is there."""
    files = {
        ".agents/skills/ocr/SKILL.md": skill("ocr"),  # as skills/ocr
        "extra/skills/pdf/SKILL.md": skill("PDF", "Does more."),
        "more/skills/pdf/SKILL.md": skill("pdf", "Does the most."),
    }
    commit(tmp_path / "upstream", files)
    succeed(store, "lock", "--upgrade")
    succeed(store, "source", "import", "acme-skills", "skills/pdf")
    plain = succeed(store, "source", "import", "acme-skills", "--type", "skill", "--dry-run")
    assert "left out: skill extra/skills/pdf: skill/pdf is another artifact" in plain.err
    assert "3 entries left out because the slug is taken: --qualify puts" in plain.err
    done = succeed(store, "source", "import", "acme-skills", "--type", "skill", "--qualify")
    assert "left out: skill skills/ocr: it is the same as skill/ocr\n" in done.err
    made = {each["path"]: each for each in succeed(store, "artifact", "list", "--all", "--json").data}
    assert made["extra/skills/pdf"]["id"] == "skill/acme-skills-pdf"
    assert made["extra/skills/pdf"]["name"] == "pdf"
    assert made["more/skills/pdf"]["id"] == "skill/acme-skills-pdf-2"
    succeed(store, "validate")
    again = succeed(store, "source", "import", "acme-skills", "--type", "skill", "--qualify")
    assert again.out == "Nothing to change\n"


def test_a_single_entry_is_given_a_slug(store: Path) -> None:
    succeed(store, "lock")
    ran = ["source", "import", "acme-skills"]
    succeed(store, *ran, "skill/pdf", "--slug", "portable-documents")
    assert (store / "manifests/artifacts/skill/portable-documents.toml").exists()
    for slug, status, code in (
        ("portable-documents", 4, "ARTIFACT_ALREADY_EXISTS"),
        ("Not a slug", 2, "INVALID_ARTIFACT"),
    ):
        refused = run(store, *ran, "skill/ocr", "--slug", slug, "--json")
        assert (refused.status, refused.error["code"]) == (status, code)
    several = run(store, *ran, "--slug", "any", "--json")
    assert (several.status, several.error["code"]) == (2, "INVALID_ENTRY")


def test_importing_what_is_not_there_offers_the_nearest(store: Path) -> None:
    succeed(store, "lock")
    missing = run(store, "source", "import", "acme-skills", "skill/pfd", "--json")
    assert missing.status == 3
    assert missing.error["code"] == "ENTRY_NOT_FOUND"
    assert missing.error["detail"].endswith("Did you mean skill/pdf or skills/pdf or skill/ocr?")


def test_fetch_brings_the_content_of_locked_commits(
    store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a fresh clone the cache is empty: fetch fills it at the pins, though the branch has moved on."""
    succeed(store, "lock")
    monkeypatch.setenv("SKILLMEAT_CACHE", str(tmp_path / "another cache"))
    commit(tmp_path / "upstream", {"skills/pdf/SKILL.md": skill("pdf", "Changed.")})
    fetched = succeed(store, "fetch", "--json").data
    assert fetched == {"fetched": ["acme-skills"], "failed": [], "present": 0}
    assert succeed(store, "fetch", "--json").data == {"fetched": [], "failed": [], "present": 1}


def test_readme_and_lock_leave_with_their_source(store: Path) -> None:
    """An imported README is pinned with the rest, and goes when the source goes."""
    manifest = store / "manifests/sources/acme-skills.toml"
    manifest.write_text(manifest.read_text() + "import_repo_readme = true\n")
    succeed(store, "lock")
    assert (store / "manifests/readmes/acme-skills.md").read_text() == "# Skills of Acme\n"
    succeed(store, "source", "delete", "acme-skills")
    assert not (store / "manifests/readmes/acme-skills.md").exists()
    assert "[[source]]" not in (store / "manifests/skillmeat.lock").read_text()
