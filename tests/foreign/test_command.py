"""``skillmeat import`` as a command: its options, its JSON, its errors."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tests.command import run, snapshot, succeed

LOCK = {
    "version": 1,
    "skills": {
        "pdf": {"source": "a/b", "sourceType": "github", "skillPath": "skills/pdf/SKILL.md"},
        "mine": {"source": "./mine", "sourceType": "local", "skillPath": "SKILL.md"},
    },
}


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """An empty store in a repository, and a project lock beside it."""
    root = tmp_path / "store"
    root.mkdir()
    subprocess.run(["git", "init", "--quiet", str(root)], check=True)
    succeed(root, "init")
    (tmp_path / "skills-lock.json").write_text(json.dumps(LOCK))
    return root


def test_json_says_what_is_left_and_which_files_were_written(store: Path) -> None:
    dry = succeed(store, "import", "..", "--dry-run", "--json").json
    assert dry["data"] == {
        "left": [
            {
                "where": "skills-lock.json: skills.mine",
                "reason": "it came from a folder of some machine",
            }
        ]
    }
    assert dry["meta"]["paths"] == ["manifests/artifacts/skill/pdf.toml", "manifests/sources/a-b.toml"]
    assert not (store / "manifests/sources").exists()
    done = succeed(store, "import", "../skills-lock.json", "--commit", "--json").json["meta"]
    assert done["summary"] == "Imported 1 artifact and 1 source from skills-lock.json"
    shown = subprocess.run(
        ["git", "-C", str(store), "show", "--format=%s", "--name-only", done["commit"]],
        check=True, capture_output=True, text=True,
    ).stdout.split("\n")  # fmt: skip
    assert (shown[0], shown[2:-1]) == (done["summary"], done["paths"])


def test_of_several_sources_the_one_that_has_it_is_meant(store: Path, tmp_path: Path) -> None:
    """By the lock; without one that knows, the first."""
    lock = ["version = 2\n"]
    for name in ("one", "two"):
        url = f"https://git.example/a/{name}"
        (store / "manifests/sources").mkdir(exist_ok=True)
        (store / f"manifests/sources/{name}.toml").write_text(f'name = "{name}"\nurl = "{url}"\n')
        lock.append(f'[[source]]\nid = "{name}"\nurl = "{url}"\nref = "HEAD"\ncommit = "{1:040x}"\n')
        lock.append(
            f'[[source.artifact]]\ntype = "plugin"\nname = "{name}"\npath = "plugins/{name}"\n'
            f'hash = "sha256:{1:064x}"\ntree = "{1:040x}"\n'
        )
    (store / "manifests/skillmeat.lock").write_text("".join(lock))
    plugins = [{"name": name, "source": f"./plugins/{name}"} for name in ("two", "one", "three")]
    (tmp_path / "marketplace.json").write_text(json.dumps({"plugins": plugins}))
    ran = succeed(store, "import", "../marketplace.json", "--source", "one", "--source", "two")
    assert ran.out == "Imported 2 artifacts from marketplace.json\n"
    assert ran.err == (
        "left out: marketplace.json: plugins[2] (three): The source “one” has no plugin at “plugins/three”\n"
    )
    assert 'source = "two"' in (store / "manifests/artifacts/plugin/two.toml").read_text()


def test_what_is_named_must_exist(store: Path) -> None:
    before = snapshot(store)
    for arguments, status, code in (
        (("../nothing.json",), 3, "FILE_NOT_FOUND"),
        (("..", "--source", "none"), 3, "SOURCE_NOT_FOUND"),
        (("..", "--tag", "none"), 3, "TAG_NOT_FOUND"),
        ((".git/HEAD",), 2, "INVALID_FILE"),
    ):
        ran = run(store, "import", *arguments, "--json")
        assert (ran.status, ran.error["code"]) == (status, code)
    assert snapshot(store) == before


def test_a_collection_may_be_named_by_its_lock(store: Path, tmp_path: Path) -> None:
    (tmp_path / "collection.toml").write_text('[collection]\nname = "Mine"\n')
    (tmp_path / "collection.lock").write_text('[lock.entries."a::skill"]\nupstream = "a/b/c"\n')
    assert succeed(store, "import", "../collection.lock").err == (
        "left out: collection.toml: collection.lock: a::skill: the collection does not hold it\n"
    )
