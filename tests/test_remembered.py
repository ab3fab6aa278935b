"""What was read before is remembered, and is never believed against the files."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from skillmeat import loading, remembered
from skillmeat.judging import streaming
from skillmeat.places import cache_folder
from skillmeat.store import Store
from tests.command import run, snapshot, succeed


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A store of a few old files, each of them remembered."""
    monkeypatch.setattr(loading, "WORTH_IT", 1)
    monkeypatch.setattr(streaming, "WORTH_IT", 1)
    monkeypatch.setattr(remembered, "_TICK", 0)
    succeed(tmp_path, "init")
    for name in ("Alpha", "Beta", "Gamma"):
        succeed(tmp_path, "tag", "create", name)
    succeed(tmp_path, "artifact", "create", "skill", "PDF", "--tag", "alpha")
    succeed(tmp_path, "validate")
    assert memory().is_file()
    return tmp_path


def memory() -> Path:
    (found,) = (cache_folder() / "stores").iterdir()
    return found


def read(store: Path) -> tuple[loading.Reading, set[str]]:
    """What the store holds, and the manifests that had to be opened for it."""
    reading = Store(store).read()
    assert isinstance(reading.texts, loading.Texts)
    return reading, set(reading.texts.read) - {"manifests/skillmeat.toml"}


def test_what_did_not_change_is_not_read_again(store: Path) -> None:
    """The records are the same ones as without a memory."""
    remembered_, opened = read(store)
    memory().unlink()
    plain, everything = read(store)
    assert opened == set()
    assert len(everything) == 4
    assert remembered_.catalog == plain.catalog
    assert dict(remembered_.texts) == dict(plain.texts)


def test_a_changed_file_is_read_again(store: Path) -> None:
    """Also when its size stays, and when somebody set its time back."""
    file = store / "manifests/tags/alpha.toml"
    before = file.stat()
    file.write_text(file.read_text().replace("Alpha", "Alfas"))
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    reading, opened = read(store)
    assert opened == {"manifests/tags/alpha.toml"}
    assert reading.catalog.tags["alpha"].name == "Alfas"


def test_a_file_that_goes_or_comes_is_noticed(store: Path) -> None:
    (store / "manifests/tags/beta.toml").unlink()
    (store / "manifests/tags/delta.toml").write_text('name = "Delta"\n')
    reading, opened = read(store)
    assert sorted(reading.catalog.tags) == ["alpha", "delta", "gamma"]
    assert opened == {"manifests/tags/delta.toml"}


def test_a_replaced_file_is_read_again(store: Path) -> None:
    """Two files that change places are told apart, though size and time may be the same."""
    one, two = store / "manifests/tags/alpha.toml", store / "manifests/tags/gamma.toml"
    aside = one.with_name("aside")
    one.rename(aside)
    two.rename(one)
    aside.rename(two)
    reading, _ = read(store)
    assert (reading.catalog.tags["alpha"].name, reading.catalog.tags["gamma"].name) == ("Gamma", "Alpha")


def test_a_file_that_was_changed_just_now_is_not_remembered(
    store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another change in the same tick of the file system's clock would not show."""
    monkeypatch.setattr(remembered, "_TICK", 10**12)
    memory().unlink()
    read(store)
    _, opened = read(store)
    assert len(opened) == 4


@pytest.mark.parametrize(
    "damage",
    [
        "gone",
        "empty",
        "cut",
        "not json",
        "another version",
        "another store",
        "another record",
        "a finding more",
        "a folder",
    ],
)
def test_a_damaged_memory_is_as_good_as_none(store: Path, damage: str) -> None:
    """Whatever is in the cache, every command works and says the same (row R13)."""
    expected = succeed(store, "tag", "list", "--json", "--all").out
    judged = succeed(store, "validate", "--json").out
    file = memory()
    data = file.read_bytes()
    file.unlink()
    match damage:
        case "empty":
            file.write_bytes(b"")
        case "cut":
            file.write_bytes(data[: len(data) // 2])
        case "not json":
            file.write_bytes(b"\xff\x00{[")
        case "another version":
            file.write_bytes(data.replace(b'"version":"', b'"version":"x'))
        case "another store":
            file.write_bytes(data.replace(bytes(store), b"/elsewhere"))
        case "another record":
            file.write_bytes(data.replace(b'"name":"Alpha"', b'"name":"Alfas"'))
        case "a finding more":
            file.write_bytes(data.replace(b"unused-tag", b"unused-tug"))
        case "a folder":
            file.mkdir()
    assert succeed(store, "tag", "list", "--json", "--all").out == expected
    assert succeed(store, "validate", "--json").out == judged
    succeed(store, "tag", "create", "Delta")


def test_an_invalid_record_in_the_memory_is_not_believed(
    store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is validated when it comes back, whoever made the checksums right."""
    monkeypatch.setattr("zlib.crc32", lambda *_: 0)
    memory().unlink()
    succeed(store, "validate")
    planted = memory().read_bytes().replace(b'"name":"Alpha"', b'"name":"\\t"   ')
    memory().write_bytes(planted)
    assert read(store)[0].catalog.tags["alpha"].name == "Alpha"
    memory().write_bytes(planted)
    (store / "manifests/tags/beta.toml").write_text('name = "ALPHA"\n')
    assert "the name of the tag alpha, “Alpha”" in run(store, "validate").out


def test_edits_of_remembered_records_are_exact(store: Path) -> None:
    """An edit reads the file that it changes, and keeps what is in it."""
    file = store / "manifests/artifacts/skill/pdf.toml"
    file.write_text("# ours\n" + file.read_text())
    read(store)
    before = snapshot(store)
    succeed(store, "artifact", "tag", "add", "skill/pdf", "beta")
    after = snapshot(store)
    assert [path for path in after if after[path] != before.get(path)] == [
        "manifests/artifacts/skill/pdf.toml"
    ]
    assert file.read_text().startswith("# ours\n")


def test_a_broken_file_is_told_every_time(store: Path) -> None:
    """Only sound records are remembered."""
    (store / "manifests/tags/beta.toml").write_text("name = \n")
    first, second = run(store, "validate"), run(store, "validate")
    assert first == second
    assert first.status == 1
