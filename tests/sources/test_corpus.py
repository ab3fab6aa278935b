"""Real repositories, locked through the command line: what is found is exactly what was counted."""

from __future__ import annotations

from pathlib import Path

import pytest

from skillmeat.detect import file_of
from skillmeat.model import ArtifactType
from skillmeat.views import Json
from tests import corpus
from tests.command import succeed

pytestmark = corpus.needed


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with the whole corpus as its sources, under their real addresses, and locked."""
    root = tmp_path_factory.mktemp("corpus")
    config = root / "gitconfig"
    config.write_text(
        "".join(f'[url "{each.bundle}"]\n\tinsteadOf = {each.url}\n' for each in corpus.repositories())
    )
    with pytest.MonkeyPatch.context() as patch:
        _use(root, patch)
        succeed(root, "init")
        for each in corpus.repositories():
            succeed(root, "source", "add", each.url, "--slug", slug(each.name), "--ref", "main")
        succeed(root, "lock")
    return root


@pytest.fixture(autouse=True)
def _corpus_environment(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _use(store, monkeypatch)


def _use(root: Path, patch: pytest.MonkeyPatch) -> None:
    """The Git configuration and the cache that lead to the bundles."""
    patch.setenv("GIT_CONFIG_GLOBAL", str(root / "gitconfig"))
    patch.setenv("SKILLMEAT_CACHE", str(root / "cache"))


def slug(name: str) -> str:
    return name.lower().replace("/", "-")


@pytest.mark.parametrize("repository", corpus.repositories(), ids=lambda each: each.name)
def test_the_lock_lists_what_was_counted(store: Path, repository: corpus.Repository) -> None:
    """One entry for each type and path of the listing, at the bundle's commit."""
    source = slug(repository.name)
    assert succeed(store, "source", "show", source, "--json").data["commit"] == repository.commit
    entries = succeed(store, "source", "entries", source, "--json").data
    assert {(each["type"], _listed(each)) for each in entries} == repository.expected()
    assert len({(each["type"], each["path"]) for each in entries}) == len(entries)


def _listed(entry: Json) -> str:
    """The path as the listing spells it: that of the file, and of an MCP file with the server."""
    kind = ArtifactType(entry["type"])
    return entry["path"] if kind is ArtifactType.MCP else file_of(kind, entry["path"])


def test_locking_again_changes_nothing(store: Path) -> None:
    """The lock answers to the manifests, and the same commits give the same bytes."""
    lock = store / "manifests" / "skillmeat.lock"
    before = lock.read_bytes()
    succeed(store, "lock", "--check")
    lock.unlink()
    succeed(store, "lock")
    assert lock.read_bytes() == before
