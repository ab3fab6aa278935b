"""What one format can hold comes through the other."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from skillmeat.migration import planned
from tests.command import Ran, run, snapshot, succeed
from tests.migration.old_store import MANY, TYPES, WORDS, make, tags_of, write


@pytest.fixture(scope="module")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, bytes], Ran]:
    """A large store of format 1 brought to format 2: the store, what it was, and what was said."""
    root = tmp_path_factory.mktemp("old")
    make(root)
    before = snapshot(root)
    return root, before, succeed(root, "migrate", "--json")


def test_up_gives_a_store_in_which_nothing_is_wrong(migrated: tuple[Path, dict[str, bytes], Ran]) -> None:
    """Every artifact carries a tag for each of its words, and no file but those concerned is touched."""
    root, before, said = migrated
    assert run(root, "validate", "--ignore", "warnings").err == (
        "Nothing is wrong: 176 tags, 2,000 artifacts, 20 collections, 40 sources.\n"
    )
    after = snapshot(root)
    assert sorted(said.json["meta"]["paths"]) == sorted(
        path for path in {**before, **after} if before.get(path) != after.get(path)
    )
    assert not any("/collections/" in path or "/sources/" in path for path in said.json["meta"]["paths"])
    names = {
        path.rpartition("/")[2][: -len(".toml")]: tomllib.loads(data.decode())["name"]
        for path, data in after.items()
        if "/tags/" in path
    }
    for number in range(MANY):
        tags = tomllib.loads(after[f"manifests/artifacts/{TYPES[number % 6]}/item-{number}.toml"].decode())
        assert set(tags.get("tags", [])) <= set(names)
        if not tags_of(number):
            assert not tags.get("tags")
    assert {names["pdf"], names["machine-learning"], names["c"], names["index-tag"]} <= {*WORDS}


def test_there_and_back_gives_every_file_as_it_was(migrated: tuple[Path, dict[str, bytes], Ran]) -> None:
    """1 → 2 → 1 without --discard; the data of every file is the same, and nearly every byte."""
    root, before, _ = migrated
    second = snapshot(root)
    assert run(root, "migrate", "--to", "1", "--check").err == "Format 1 can hold everything.\n"
    succeed(root, "migrate", "--to", "1")
    back = snapshot(root)
    assert sorted(back) == sorted(before)
    differing = [path for path in before if back[path] != before[path]]
    for path in differing:
        assert tomllib.loads(back[path].decode()) == tomllib.loads(before[path].decode())
    assert differing == []
    again = planned(root, 2).contents
    assert {**dict.fromkeys(back), **again} == {
        path: second[path] if path in again else None for path in {**back, **again}
    }


def test_down_and_up_keeps_what_format_1_can_hold(tmp_path: Path) -> None:
    """2 → 1 → 2 with --discard: what is left is what was not named as lost."""
    write(tmp_path, "skillmeat.toml", "format = 2\n")
    write(tmp_path, "tags/pdf.toml", '# Ours.\nname = "PDF"\ncolor = "#c0392b"\naliases = ["portable"]\n')
    write(tmp_path, "tags/py.toml", 'name = "Python"\ncreated_at = 2026-01-18T10:00:00Z\n')
    write(tmp_path, "tags/unused.toml", 'name = "Unused"\n')
    write(
        tmp_path,
        "sources/acme.toml",
        'name = "Acme"  # ours\nurl = "https://git.example/a/b"\nroot = "skills" # here\nref = "main"\n'
        'tags = ["a", "b"]\nimport_repo_readme = true\nexclude = [{ path = "x" }, { path = "y" }]\n',
    )
    write(tmp_path, "readmes/acme.md", "Hello\n")
    write(
        tmp_path,
        "skillmeat.lock",
        'version = 2\n\n[[source]]\nid = "acme"\nurl = "https://git.example/a/b"\nref = "main"\n'
        f'root = "skills"\nimport_repo_readme = true\ncommit = "{1:040x}"\nreadme_hash = "sha256:{2:064x}"\n',
    )
    first = 'name = "A"\ntags = ["portable", "py"]  # two\n\n[[associations]]\nartifact = "skill/b"\n'
    write(tmp_path, "artifacts/skill/a.toml", f'{first}relationship_type = "requires"\n')
    write(tmp_path, "artifacts/skill/b.toml", 'name = "B"\n')
    before = snapshot(tmp_path)
    refused = run(tmp_path, "migrate", "--to", "1")
    assert (refused.status, refused.err) == (1, LOSSES)
    assert snapshot(tmp_path) == before
    checked = run(tmp_path, "migrate", "--to", "1", "--check", "--json")
    assert (checked.status, len(checked.data["losses"])) == (1, 15)
    assert checked.data["losses"][0] == {
        "path": "manifests/artifacts/skill/a.toml",
        "key": "associations[0]",
        "value": LINK,
    }
    succeed(tmp_path, "migrate", "--to", "1", "--discard")
    assert snapshot(tmp_path) == {
        "manifests/skillmeat.toml": b"format = 1\n",
        "manifests/artifacts/skill/a.toml": b'name = "A"\ntags = ["PDF", "Python"]  # two\n',
        "manifests/artifacts/skill/b.toml": before["manifests/artifacts/skill/b.toml"],
        "manifests/sources/acme.toml": (
            b'name = "Acme"  # ours\nurl = "https://git.example/a/b"\nref = "main"\n'
        ),
        "manifests/skillmeat.lock": (
            "# Generated by “skillmeat lock” from the files in sources/. Do not edit: run it again.\n"
            'version = 1\n\n[[source]]\nid = "acme"\nurl = "https://git.example/a/b"\nref = "main"\n'
            f'root = "skills"\ncommit = "{1:040x}"\n'
        ).encode(),
    }
    succeed(tmp_path, "migrate")
    again = snapshot(tmp_path)
    assert again["manifests/tags/pdf.toml"] == b'name = "PDF"\n'
    assert again["manifests/tags/python.toml"] == b'name = "Python"\n'
    assert again["manifests/artifacts/skill/a.toml"] == b'name = "A"\ntags = ["pdf", "python"]  # two\n'
    assert run(tmp_path, "lock", "--check").out == "The source acme has another root than was locked.\n"


LINK = '{ artifact = "skill/b", relationship_type = "requires" }'
LOSSES = f"""\
error: Format 1 cannot hold 15 values:
  manifests/artifacts/skill/a.toml: associations[0] = {LINK}
  manifests/readmes/acme.md: the whole file, 6 bytes
  manifests/skillmeat.lock: source.acme.import_repo_readme = true
  manifests/skillmeat.lock: source.acme.readme_hash = "sha256:{2:064x}"
  manifests/sources/acme.toml: root = "skills"
  manifests/sources/acme.toml: tags = ["a", "b"]
  manifests/sources/acme.toml: import_repo_readme = true
  manifests/sources/acme.toml: exclude[0] = {{ path = "x" }}
  manifests/sources/acme.toml: exclude[1] = {{ path = "y" }}
  manifests/tags/pdf.toml: color = "#c0392b"
  manifests/tags/pdf.toml: aliases = ["portable"]
  manifests/tags/pdf.toml: # Ours.
  manifests/tags/py.toml: created_at = 2026-01-18T10:00:00Z
  manifests/tags/py.toml: slug = "py"
  manifests/tags/unused.toml: name = "Unused"
  Nothing was changed. --discard gives them up.
"""
