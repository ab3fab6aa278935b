"""``skillmeat fmt``: what it writes, what it says, and what it leaves alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.command import run, snapshot, succeed
from tests.validate.test_cases import make_store

MESSY = "color=\"#c0392b\"   # red\nname = 'Messy'\r\n"
CLEAN = 'name = "Messy"\ncolor = "#c0392b" # red\n'
TAG = "manifests/tags/messy.toml"


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """A sound store in canonical form, with one tag that is not."""
    make_store(tmp_path, {})
    succeed(tmp_path, "fmt")
    (tmp_path / TAG).write_bytes(MESSY.encode())
    return tmp_path


def test_it_writes_what_differs_and_nothing_else(store: Path) -> None:
    before = snapshot(store)
    ran = succeed(store, "fmt")
    assert snapshot(store) == {**before, TAG: CLEAN.encode()}
    assert ran.out.startswith("Formatted 1 file; ")
    again = succeed(store, "fmt")
    assert (again.out, snapshot(store)[TAG]) == ("", CLEAN.encode())


def test_check_lists_what_would_change(store: Path) -> None:
    before = snapshot(store)
    ran = run(store, "fmt", "--check")
    assert (ran.status, ran.out, snapshot(store)) == (1, f"{TAG}\n", before)
    succeed(store, "fmt")
    assert run(store, "fmt", "--check").status == 0


def test_diff_prints_what_would_change(store: Path) -> None:
    before = snapshot(store)
    ran = run(store, "fmt", "--diff")
    assert (ran.status, snapshot(store)) == (1, before)
    assert ran.out == (
        f"--- a/{TAG}\n+++ b/{TAG}\n@@ -1,2 +1,2 @@\n"
        '-color="#c0392b"   # red\n-name = \'Messy\'\\u{000d}\n+name = "Messy"\n+color = "#c0392b" # red\n'
    ).replace("\\u{000d}", "\\r")


def test_json(store: Path) -> None:
    ran = run(store, "fmt", "--check", "--json")
    assert ran.status == 1
    assert ran.data == {"paths": [TAG], "problems": []}
    assert ran.json["meta"]["count"] == 1
    assert ran.json["meta"]["dry_run"] is True
    assert run(store, "fmt", "--json").status == 0


def test_a_file_that_cannot_be_read_is_reported_and_left(store: Path) -> None:
    """The others are formatted all the same."""
    broken = store / "manifests/tags/broken.toml"
    broken.write_bytes(b"name = \n")
    ran = run(store, "fmt")
    assert ran.status == 1
    assert ran.err.startswith("manifests/tags/broken.toml:1:8: ")
    assert broken.read_bytes() == b"name = \n"
    assert (store / TAG).read_text() == CLEAN


@pytest.mark.parametrize(
    "content", [b"\xef\xbb\xbfname = 'a'", b"name = '\xff'", b"name = '\x00'", b"[" * 999]
)
def test_hostile_bytes_are_reported_and_left(store: Path, content: bytes) -> None:
    (store / TAG).write_bytes(content)
    ran = run(store, "fmt")
    assert (ran.status, (store / TAG).read_bytes()) == (1, content)
    assert "Traceback" not in ran.err


def test_paths_narrow_it(store: Path) -> None:
    """A file, a folder, the manifests or the store; relative to -C, as everything."""
    other = store / "manifests/collections/office.toml"
    other.write_text('name = "Office"\n\n\n')
    assert run(store, "fmt", "--check", "manifests/tags").out == f"{TAG}\n"
    assert run(store, "fmt", "--check", TAG).out == f"{TAG}\n"
    assert run(store, "fmt", "--check", str(store / TAG)).out == f"{TAG}\n"
    assert len(run(store, "fmt", "--check", "manifests").out.splitlines()) == 2
    assert len(run(store, "fmt", "--check", ".", TAG).out.splitlines()) == 2
    assert run(store / "manifests", "fmt", "--check", "tags/messy.toml").out == f"{TAG}\n"


@pytest.mark.parametrize(
    "path", ["nowhere.toml", "manifests/skillmeat.lock", "/etc/hostname", "../x", "manifests/tags/no.toml"]
)
def test_what_is_no_manifest_is_refused(store: Path, path: str) -> None:
    before = snapshot(store)
    ran = run(store, "fmt", "--json", path)
    assert (ran.status, ran.error["code"], snapshot(store)) == (3, "MANIFEST_NOT_FOUND", before)


def test_the_settings_are_formatted_and_the_lock_is_not(store: Path) -> None:
    settings, lock = store / "manifests/skillmeat.toml", store / "manifests/skillmeat.lock"
    settings.write_text('site.title="T"\nformat=2\n')
    lock.write_text("version=2\n")
    succeed(store, "fmt")
    assert settings.read_text() == 'format = 2\n\n[site]\ntitle = "T"\n'
    assert lock.read_text() == "version=2\n"


def test_a_store_of_another_format_is_refused(store: Path) -> None:
    (store / "manifests/skillmeat.toml").write_text("format = 3\n")
    ran = run(store, "fmt", "--json")
    assert (ran.status, ran.error["code"]) == (1, "FORMAT_NOT_SUPPORTED")
    assert (store / TAG).read_bytes() == MESSY.encode()


def test_a_link_is_not_followed(store: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    outside = tmp_path_factory.mktemp("outside") / "canary.toml"
    outside.write_text("name='canary'")
    (store / "manifests/tags/link.toml").symlink_to(outside)
    ran = run(store, "fmt")
    assert (ran.status, outside.read_text()) == (1, "name='canary'")
    assert "canary" not in ran.out + ran.err


def test_new_files_are_canonical(tmp_path: Path) -> None:
    """What the commands write, fmt leaves."""
    succeed(tmp_path, "init", "--title", "T")
    succeed(tmp_path, "tag", "create", "A")
    succeed(tmp_path, "artifact", "create", "skill", "B", "--tag", "a", "--description", "x\ny")
    succeed(tmp_path, "artifact", "create", "agent", "C")
    succeed(tmp_path, "association", "create", "skill/b", "agent/c", "--type", "requires")
    succeed(tmp_path, "collection", "create", "D")
    succeed(tmp_path, "collection", "add", "d", "skill/b", "--note", "n")
    succeed(tmp_path, "group", "create", "d", "E")
    assert run(tmp_path, "fmt", "--check").out == ""


def test_the_sound_store_reads_the_same_afterwards(tmp_path: Path) -> None:
    make_store(tmp_path, {})
    before = [succeed(tmp_path, noun, "list", "--json").json for noun in ("artifact", "collection")]
    succeed(tmp_path, "fmt")
    assert [succeed(tmp_path, noun, "list", "--json").json for noun in ("artifact", "collection")] == before
    assert succeed(tmp_path, "validate").out == ""
