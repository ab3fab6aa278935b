"""A store that is broken somewhere can be edited everywhere else, and repaired step by step."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.command import run, snapshot, succeed

SOUND = {
    "manifests/skillmeat.toml": "format = 2\n",
    "manifests/tags/web.toml": 'name = "Web"\n',
    "manifests/tags/pdf.toml": 'name = "PDF"\naliases = ["portable"]\n',
    "manifests/artifacts/skill/a.toml": 'name = "A"\ntags = ["web"]\n',
    "manifests/artifacts/skill/b.toml": 'name = "B"\ntags = ["pdf"]\n',
    "manifests/collections/c.toml": 'name = "C"\nartifacts = ["skill/a"]\n',
    "manifests/sources/s.toml": 'name = "S"\nurl = "https://git.example/s/s"\n',
}
BREAKS = {
    "syntax": b'name = "Broken\n',
    "unknown key": b'name = "Broken"\ncolour = "red"\n',
    "not utf-8": b'name = "Br\xff"\n',
    "merge": b'<<<<<<< ours\nname = "A"\n=======\nname = "B"\n>>>>>>> theirs\n',
    "empty": b"",
    "large": b"# " + b"x" * 300_000 + b'\nname = "Large"\n',
}


@pytest.fixture
def store(tmp_path: Path) -> Path:
    for path, text in SOUND.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    return tmp_path


@pytest.mark.parametrize("broken", BREAKS)
@pytest.mark.parametrize(
    "path", [path for path in SOUND if path.endswith(("web.toml", "a.toml", "c.toml", "s.toml"))]
)
def test_the_rest_can_be_edited(path: str, broken: str, store: Path) -> None:
    """Edits elsewhere work and leave the broken file alone; one of the broken file is refused by name."""
    (store / path).write_bytes(BREAKS[broken])
    succeed(store, "tag", "create", "Fresh")
    succeed(store, "artifact", "create", "skill", "Fresh", "--tag", "fresh", "--tag", "pdf")
    succeed(store, "tag", "edit", "pdf", "--name", "PDF files")
    succeed(store, "collection", "create", "Fresh")
    succeed(store, "collection", "add", "fresh", "skill/fresh", "skill/b")
    succeed(store, "source", "add", "https://git.example/fresh/fresh")
    assert (store / path).read_bytes() == BREAKS[broken]
    noun = path.split("/")[1].removesuffix("s")
    name = path.removeprefix(f"manifests/{noun}s/").removesuffix(".toml")
    before = snapshot(store)
    for verb in (["edit", name, "--name", "Other"], ["delete", name], ["show", name]):
        refused = run(store, noun, *verb, "--json")
        assert refused.status == 2, refused
        assert refused.error == {
            "error": "invalid",
            "detail": f"{path} cannot be read. “skillmeat validate” says what is wrong with it.",
            "code": f"INVALID_{noun.upper()}",
        }
    assert snapshot(store) == before


def test_a_new_record_does_not_take_the_place_of_a_broken_one(store: Path) -> None:
    """Neither by create nor by rename."""
    for path in ("manifests/tags/web.toml", "manifests/artifacts/skill/a.toml"):
        (store / path).write_text("broken")
    before = snapshot(store)
    for arguments, code in (
        (["tag", "create", "Web"], "TAG_ALREADY_EXISTS"),
        (["tag", "edit", "pdf", "--name", "Web"], "TAG_ALREADY_EXISTS"),
        (["artifact", "create", "skill", "A"], "ARTIFACT_ALREADY_EXISTS"),
        (["artifact", "rename", "skill/b", "a"], "ARTIFACT_ALREADY_EXISTS"),
    ):
        refused = run(store, *arguments, "--json")
        assert (refused.status, refused.error["code"]) == (4, code)
        assert "is there already and cannot be read." in refused.error["detail"]
    assert snapshot(store) == before


def test_readers_are_told_once_that_files_are_broken(store: Path) -> None:
    (store / "manifests/tags/web.toml").write_text("broken")
    for arguments in (["tag", "list"], ["tag", "show", "pdf"], ["tag", "stats"], ["artifact", "list"]):
        listed = succeed(store, *arguments)
        assert listed.err == "1 of the store's files has problems; “skillmeat validate” lists them.\n"
    assert succeed(store, "-q", "tag", "list").err == ""


@pytest.mark.parametrize(
    "arguments",
    [
        ["tag", "edit", "pdf", "--name", "Paper"],
        ["tag", "merge", "pdf", "web"],
        ["tag", "delete", "pdf", "--cascade"],
        ["artifact", "rename", "skill/a", "first"],
        ["artifact", "delete", "skill/a", "--cascade"],
        ["collection", "remove", "c", "skill/gone"],
        ["artifact", "edit", "skill/a", "--description", "Still here."],
    ],
    ids=" ".join,
)
def test_a_problem_that_was_there_stands_in_no_edits_way(arguments: list[str], store: Path) -> None:
    """Former names, missing tags and members: an edit may leave them, move them, mend them."""
    (store / "manifests/artifacts/skill/a.toml").write_text(
        'name = "A"\naliases = ["alpha"]\ntags = ["web", "portable", "missing"]\n'
        '[[associations]]\nartifact = "skill/b"\nrelationship_type = "requires"\n'
        '[[associations]]\nartifact = "skill/a"\nrelationship_type = "related"\n'
    )
    (store / "manifests/artifacts/skill/b.toml").write_text(
        'name = "B"\ntags = ["pdf"]\n'
        '[[associations]]\nartifact = "skill/gone"\nrelationship_type = "requires"\n'
    )
    (store / "manifests/collections/c.toml").write_text(
        'name = "C"\nartifacts = ["skill/alpha", "skill/gone"]\n'
        '[[groups]]\nslug = "g"\nname = "G"\nartifacts = ["skill/b"]\n'
    )
    problems = run(store, "validate")
    assert problems.status == 1
    succeed(store, *arguments)


def test_renaming_follows_former_names(store: Path) -> None:
    """Whoever still uses a former slug uses the new one afterwards."""
    (store / "manifests/artifacts/skill/a.toml").write_text('name = "A"\ntags = ["portable"]\n')
    succeed(store, "tag", "edit", "pdf", "--name", "Paper")
    assert (store / "manifests/artifacts/skill/a.toml").read_text() == 'name = "A"\ntags = ["paper"]\n'
    assert (store / "manifests/tags/paper.toml").read_text() == (
        'name = "Paper"\naliases = ["portable", "pdf"]\n'
    )
    succeed(store, "validate")


def test_planted_links_are_neither_read_nor_written(
    store: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """A symbolic link in the place of a manifest, or of a folder of them, is refused by name (S9)."""
    outside = tmp_path_factory.mktemp("outside") / "secret.toml"
    outside.write_text('name = "Secret"\n')
    (store / "manifests/tags/secret.toml").symlink_to(outside)
    (store / "manifests/artifacts/agent").symlink_to(outside.parent)
    assert "Secret" not in succeed(store, "tag", "list").out
    assert run(store, "tag", "show", "secret").status in (2, 3)
    for arguments in (
        ["tag", "create", "Secret"],
        ["tag", "edit", "pdf", "--name", "Secret"],
        ["artifact", "create", "agent", "Scout"],
    ):
        assert run(store, *arguments).status in (1, 4), arguments
    assert outside.read_text() == 'name = "Secret"\n'
    assert [path.name for path in outside.parent.iterdir()] == ["secret.toml"]
