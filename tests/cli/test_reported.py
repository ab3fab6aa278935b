"""What people who tried skillmeat for the first time ran into, held mended."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.command import run, snapshot, succeed
from tests.sources.repository import URL, commit, redirect, skill


@pytest.fixture
def store(tmp_path: Path, gitconfig: Path) -> Path:
    """A store with two skills of a locked source, one of which requires the other."""
    redirect(gitconfig, tmp_path / "upstream")
    commit(tmp_path / "upstream", {"skills/pdf/SKILL.md": skill("pdf"), "skills/ocr/SKILL.md": skill("ocr")})
    root = tmp_path / "store"
    root.mkdir()
    succeed(root, "init")
    succeed(root, "source", "add", URL)
    succeed(root, "lock")
    succeed(root, "source", "import", "acme-skills")
    succeed(root, "association", "create", "skill/pdf", "skill/ocr", "--type", "requires")
    return root


def refused(store: Path, code: str, *arguments: str) -> str:
    """Run a command that must fail with a code and change nothing; gives what it says."""
    before = snapshot(store)
    ran = run(store, *arguments, "--json")
    assert (ran.error["code"], snapshot(store)) == (code, before)
    return str(ran.error["detail"])


def test_pinning_a_child_pins_nothing(store: Path) -> None:
    refused(store, "ASSOCIATION_NOT_FOUND", "association", "pin", "skill/pdf", "skill/ocr")


def test_a_source_that_loses_an_artifact_says_which(store: Path, tmp_path: Path) -> None:
    commit(tmp_path / "upstream", {"skills/ocr/SKILL.md": None})
    said = succeed(store, "lock", "--upgrade").err.splitlines()
    assert said[1] == "acme-skills: skills/ocr is gone, which is skill/ocr in the catalog"
    problem = run(store, "validate").out
    assert "has no skill at “skills/ocr”. “skillmeat source entries acme-skills” lists" in problem


def test_leaving_a_path_alone_hides_no_problem(store: Path) -> None:
    """What is in the catalog cannot be left alone, and nothing else becomes sound by it."""
    refused(store, "CATALOG_WOULD_BREAK", "source", "exclude", "acme-skills", "skills/ocr")
    file = store / "manifests/artifacts/skill/ocr.toml"
    file.write_text(file.read_text().replace("skills/ocr", "skills/gone"))
    assert run(store, "validate").status == 1
    succeed(store, "source", "exclude", "acme-skills", "docs")
    assert run(store, "validate").status == 1
    succeed(store, "source", "include", "acme-skills", "docs")


def test_an_artifact_without_its_content_is_not_created(store: Path) -> None:
    refused(store, "CATALOG_WOULD_BREAK", "artifact", "create", "skill", "Mine", "--path", "skills/mine")
    (store / "skills/mine").mkdir(parents=True)
    succeed(store, "artifact", "create", "skill", "Mine", "--path", "skills/mine")


def test_a_page_of_a_repository_is_not_a_source(store: Path) -> None:
    said = refused(store, "INVALID_SOURCE", "source", "add", "https://github.com/acme/tools/tree/main/skills")
    assert "Write https://github.com/acme/tools --ref main --root skills." in said


def test_one_repository_is_one_source(store: Path) -> None:
    refused(store, "SOURCE_ALREADY_EXISTS", "source", "add", f"{URL}.git", "--name", "Again")


def test_a_root_that_is_not_there_is_an_error(store: Path) -> None:
    succeed(store, "source", "edit", "acme-skills", "--root", "nope")
    locked = run(store, "lock", "--json")
    assert (locked.status, locked.error["code"]) == (3, "SOURCE_ROOT_NOT_FOUND")


def test_a_site_is_not_written_over_what_it_is_made_of(store: Path) -> None:
    for where in ("manifests/site", "manifests/readmes", ".git/site", "."):
        refused(store, "OUTPUT_NOT_OURS", "build", "--out", str(store / where))


def test_a_site_is_not_written_over_an_artifact_of_the_store(store: Path) -> None:
    """Under whichever name its folder is meant."""
    (store / "skills/mine").mkdir(parents=True)
    (store / "kept").symlink_to("skills")
    (store / "skills/own").mkdir()
    succeed(store, "artifact", "create", "skill", "Mine", "--path", "skills/mine")
    succeed(store, "artifact", "create", "skill", "Own", "--path", "kept/own")
    for where in ("skills/mine", "skills/mine/site", "kept/mine/site", "skills/own/site"):
        refused(store, "OUTPUT_NOT_OURS", "build", "--out", str(store / where))
    succeed(store, "build", "--out", str(store / "skills/site"))


def test_what_somebody_put_into_a_site_is_kept(store: Path) -> None:
    out = store / "public"
    succeed(store, "build", "--out", str(out))
    succeed(store, "build", "--out", str(out))
    (out / "skill/CNAME").write_text("skills.example\n")
    refused(store, "OUTPUT_NOT_OURS", "build", "--out", str(out))
    assert (out / "skill/CNAME").is_file()


def test_the_diff_of_a_file_with_crlf_applies(store: Path) -> None:
    file = store / "manifests/tags/d.toml"
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(b'name = "D"\r\n# x\r\ncolor = "#ffffff"\r\n')
    diff = succeed(store, "tag", "edit", "d", "--color", "#123456", "--dry-run").out
    subprocess.run(["git", "apply", "-"], cwd=store, input=diff.encode(), check=True)
    assert file.read_bytes() == b'name = "D"\r\n# x\r\ncolor = "#123456"\r\n'


def test_no_comment_is_lost_where_commas_come_first(store: Path) -> None:
    file = store / "manifests/collections/q.toml"
    file.parent.mkdir(exist_ok=True)
    file.write_text('name = "Q"\nartifacts = [\n    "skill/pdf" # base\n  , "skill/ocr" # too\n]\n')
    refused(store, "EDIT_NOT_SAFE", "collection", "remove", "q", "skill/ocr")


def test_a_slug_spells_what_a_name_says(store: Path) -> None:
    succeed(store, "tag", "create", "Straße")
    assert (store / "manifests/tags/strasse.toml").is_file()
    succeed(store, "tag", "create", "PDF")
    found = succeed(store, "tag", "search", "pfd", "--json").data
    assert [each["id"] for each in found] == ["pdf"]
