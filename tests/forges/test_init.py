"""``init`` makes a store that works on a forge, and takes nothing away."""

from __future__ import annotations

from pathlib import Path

import pytest

from skillmeat.forges import ATTRIBUTES, IGNORED
from skillmeat.store import Store
from tests.command import run, succeed
from tests.validate.test_since import git, write


def made(root: Path) -> set[str]:
    """Every file that is not Git's."""
    return {
        each.relative_to(root).as_posix()
        for each in root.rglob("*")
        if each.is_file() and ".git/" not in each.as_posix()
    }


GITHUB = {f".github/workflows/{name}.yml" for name in ("validate", "comment", "publish", "upgrade")}


@pytest.mark.parametrize(
    ("origin", "options", "wanted", "edited"),
    [
        ("", (), GITHUB, None),
        ("git@github.com:acme/catalog.git", (), GITHUB, "https://github.com/acme/catalog/edit/main/"),
        (
            "https://gitlab.com/acme/catalog",
            (),
            {".gitlab-ci.yml"},
            "https://gitlab.com/acme/catalog/-/edit/main/",
        ),
        (
            "https://github.com/acme/catalog",
            ("--forge", "none"),
            set(),
            "https://github.com/acme/catalog/edit/main/",
        ),
    ],
)
def test_it_knows_the_forge(
    origin: str, options: tuple[str, ...], wanted: set[str], edited: str | None, tmp_path: Path
) -> None:
    git(tmp_path, "init", "-q", "-b", "main")
    if origin:
        git(tmp_path, "remote", "add", "origin", origin)
    succeed(tmp_path, "init", *options)
    found = {path for path in made(tmp_path) if path.startswith((".github/", ".gitlab-ci"))}
    assert found == wanted
    assert Store(tmp_path).catalog.settings.site.edit_url == edited
    assert (tmp_path / ".gitattributes").read_text().splitlines() == list(ATTRIBUTES)
    assert (tmp_path / ".gitignore").read_text().splitlines() == list(IGNORED)


@pytest.mark.parametrize("inside", ["bare.git", "bare.git/new", "work/.git", "work/.git/hooks/deep"])
def test_what_is_gits_own_holds_no_store(inside: str, tmp_path: Path) -> None:
    git(tmp_path, "init", "-q", "--bare", "bare.git")
    git(tmp_path, "init", "-q", "work")
    before = set(tmp_path.rglob("*"))
    refused = run(tmp_path, "init", inside, "--json")
    assert (refused.status, refused.error["code"]) == (1, "FOLDER_REFUSED")
    assert set(tmp_path.rglob("*")) == before


def test_a_worktree_in_a_bare_repository_holds_one(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q", "work")
    git(tmp_path / "work", "commit", "-q", "--allow-empty", "-m", "Begin")
    git(tmp_path, "clone", "-q", "--bare", "work", "bare.git")
    git(tmp_path / "bare.git", "worktree", "add", "-q", "main-tree")
    succeed(tmp_path, "init", "bare.git/main-tree")


def test_what_is_there_stays(tmp_path: Path) -> None:
    """Lines are added where they lack, once; files that are there are left and named."""
    (tmp_path / ".gitignore").write_text("*.log\n/_site/")
    (tmp_path / ".gitattributes").write_text("*.png binary")
    (tmp_path / ".github/workflows").mkdir(parents=True)
    (tmp_path / ".github/workflows/validate.yml").write_text("on: push\n")
    ran = succeed(tmp_path, "init")
    assert (tmp_path / ".gitignore").read_text() == "*.log\n/_site/"
    assert (tmp_path / ".gitattributes").read_text() == "*.png binary\n" + "".join(
        f"{line}\n" for line in ATTRIBUTES
    )
    assert (tmp_path / ".github/workflows/validate.yml").read_text() == "on: push\n"
    assert ".github/workflows/validate.yml is there already" in ran.err
    assert run(tmp_path, "validate", "--strict").status == 0


OWNERS = """
format = 2

[[owners]]
who = ["@acme/curators"]

[[owners]]
who = ["@ada", "ada@example.org"]
tag = "pdf"

[[owners]]
who = ["@bob"]
type = "skill"
source = "acme"

[[owners]]
who = ["@eve"]
path = "collections/*.toml"
"""


def test_codeowners_are_made_from_data(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q", "-b", "main")
    root = tmp_path / "catalog"
    succeed(tmp_path, "init", "catalog")
    write(root, "skillmeat.toml", OWNERS)
    write(root, "tags/pdf.toml", 'name = "PDF"\n')
    write(root, "sources/acme.toml", 'name = "Acme"\nurl = "https://github.com/acme/skills"\n')
    write(root, "artifacts/skill/b.toml", 'name = "B"\nsource = "acme"\npath = "b"\ntags = ["pdf"]\n')
    write(root, "artifacts/skill/a.toml", 'name = "A"\nsource = "acme"\npath = "a"\n')
    write(root, "artifacts/agent/a.toml", 'name = "A"\nsource = "acme"\npath = "a.md"\n')
    assert run(root, "codeowners", "--check").status == 1
    assert not (tmp_path / ".github").exists()
    succeed(root, "codeowners")
    lines = (tmp_path / ".github/CODEOWNERS").read_text().splitlines()
    assert lines[1:] == [
        "/catalog/manifests/ @acme/curators",
        "/catalog/manifests/artifacts/skill/b.toml @ada ada@example.org",
        "/catalog/manifests/tags/pdf.toml @ada ada@example.org",
        "/catalog/manifests/artifacts/skill/a.toml @bob",
        "/catalog/manifests/artifacts/skill/b.toml @bob",
        "/catalog/manifests/sources/acme.toml @bob",
        "/catalog/manifests/collections/*.toml @eve",
    ]
    assert run(root, "codeowners", "--check").status == 0
    (tmp_path / ".github/CODEOWNERS").write_text("* @somebody\n")
    assert run(root, "codeowners", "--json").error["code"] == "OUTPUT_NOT_OURS"
    assert (tmp_path / ".github/CODEOWNERS").read_text() == "* @somebody\n"


def test_a_reviewer_is_no_sentence(tmp_path: Path) -> None:
    succeed(tmp_path, "init")
    write(tmp_path, "skillmeat.toml", 'format = 2\n[[owners]]\nwho = ["Ada Lovelace"]\n')
    found = run(tmp_path, "validate").out
    assert "is not a reviewer. Write @user" in found


def test_nothing_is_written_through_a_link(tmp_path: Path) -> None:
    """A pull request may bring links; neither init, codeowners nor git-setup writes where they lead."""
    victim = tmp_path / "victim"
    victim.mkdir()
    (victim / "rc").write_text("mine\n")
    store = tmp_path / "store"
    store.mkdir()
    git(store, "init", "-q", "-b", "main")
    succeed(store, "init", "--forge", "none")
    (store / ".gitattributes.skillmeat").symlink_to(victim / "rc")
    (store / ".gitattributes").write_text("*.png binary\n")
    succeed(store, "git-setup")
    assert (victim / "rc").read_text() == "mine\n"
    assert not (store / ".gitattributes").is_symlink()
    (store / ".github").symlink_to(victim)
    write(store, "skillmeat.toml", 'format = 2\n[[owners]]\nwho = ["@a"]\n')
    assert run(store, "codeowners", "--json").error["code"] == "LINK_IN_THE_WAY"
    assert sorted(each.name for each in victim.iterdir()) == ["rc"]
    other = tmp_path / "other"
    other.mkdir()
    (other / ".github").symlink_to(victim)
    assert run(other, "init", "--json").error["code"] == "LINK_IN_THE_WAY"
    assert sorted(each.name for each in victim.iterdir()) == ["rc"]


def test_a_pattern_is_one_line_and_one_path(tmp_path: Path) -> None:
    root = tmp_path / "my #store [x]"
    root.mkdir()
    git(tmp_path, "init", "-q", "-b", "main")
    succeed(root, "init")
    write(root, "skillmeat.toml", 'format = 2\n[[owners]]\nwho = ["@a"]\npath = "tags\\n* @evil"\n')
    assert run(root, "validate", "--ignore", "warnings").status == 1
    assert run(root, "codeowners", "--json").error["code"] == "CATALOG_HAS_PROBLEMS"
    write(root, "skillmeat.toml", 'format = 2\n[[owners]]\nwho = ["@a"]\npath = "tags/a b"\n')
    succeed(root, "codeowners")
    line = (tmp_path / ".github/CODEOWNERS").read_text().splitlines()[1]
    assert line == r"/my\ \#store\ \[x\]/manifests/tags/a\ b @a"
