"""This repository's own catalog: sound, real, and built without a network."""

from __future__ import annotations

import shutil
from collections import Counter
from pathlib import Path

import pytest

from skillmeat.model import ArtifactType
from skillmeat.store import Store
from skillmeat.validation import validate
from tests.command import run, succeed
from tests.site.whole import faults

ROOT = Path(__file__).resolve().parent.parent
URL = "https://catalog.example/base"
"""Where the site would stand: without an address it has no feeds and no sitemap."""


@pytest.fixture(scope="module")
def store() -> Store:
    return Store(ROOT)


def test_nothing_is_wrong_with_it(store: Store) -> None:
    assert validate(store).problems == ()


def test_it_is_locked_and_its_pins_match() -> None:
    assert run(ROOT, "lock", "--check").status == 0
    assert run(ROOT, "association", "outdated").status == 0


def test_it_is_a_catalog_and_not_a_sample(store: Store) -> None:
    """Sources, described artifacts of all six types, coloured tags, collections with groups, pins."""
    catalog = store.catalog
    assert len(catalog.sources) >= 12
    assert len(catalog.artifacts) >= 80
    assert {artifact.type for artifact in catalog.artifacts.values()} == set(ArtifactType)
    assert [each.id for each in catalog.artifacts.values() if not each.description] == []
    assert len(catalog.tags) >= 25
    colors = Counter(tag.color for tag in catalog.tags.values())
    assert colors.most_common(1)[0][1] == 1
    assert len(catalog.collections) >= 5
    assert [each.id for each in catalog.collections.values() if not each.groups] == []
    contained = [
        link
        for artifact in catalog.artifacts.values()
        if artifact.type is ArtifactType.PLUGIN
        for link in artifact.associations
        if link.relationship_type == "contains"
    ]
    assert contained
    assert [link.artifact for link in contained if not link.pinned_version_hash] == []


def test_it_builds_without_a_network(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No Git and no cache are needed: a page whose content is not here says how to fetch it."""
    copy = tmp_path / "store"
    shutil.copytree(ROOT / "manifests", copy / "manifests", ignore=shutil.ignore_patterns(".skillmeat"))
    shutil.copytree(ROOT / "skills", copy / "skills")
    settings = copy / "manifests/skillmeat.toml"
    settings.write_text(settings.read_text().replace("[site]\n", f'[site]\nurl = "{URL}"\n'))
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:9")
    built = succeed(copy, "build", "--out", str(tmp_path / "site"), "--json").data
    assert built["pages"] > 300
    page = (tmp_path / "site/skill/skill-creator/index.html").read_text()
    assert "skillmeat fetch" in page
    own = (tmp_path / "site/skill/skillmeat/index.html").read_text()
    assert "The path is the identity" in own or "path is the identity" in own
    assert faults(tmp_path / "site", URL) == []
