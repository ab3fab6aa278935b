"""The API serves what ``views`` says, in pages that lead to each other."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from skillmeat.views import Views, data
from tests.site import store


def read(site: Path, name: str) -> Any:
    return json.loads((site / "api/v1" / f"{name}.json").read_bytes())


@pytest.mark.parametrize("plural", ["tags", "artifacts", "collections", "sources"])
def test_lists_are_those_of_views_page_by_page(plural: str, site: Path) -> None:
    catalog = store.catalog()
    views = Views(catalog, store.dates())
    records = getattr(catalog, plural).values()
    after, address, seen = None, f"{plural}.json", 0
    while True:
        expected = getattr(views, plural)(records, limit=store.SITE.page_size, after=after)
        made = json.loads((site / "api/v1" / address).read_bytes())
        following = made["meta"].pop("next", None)
        assert made == expected
        seen += made["meta"]["count"]
        after = made["meta"]["next_cursor"]
        if following is None:
            break
        address = (Path(address).parent / following).as_posix()
    assert (seen, after) == (len(records), None)


def test_records_are_those_of_views(site: Path) -> None:
    catalog = store.catalog()
    views = Views(catalog, store.dates())
    for tag in catalog.tags.values():
        assert read(site, f"tags/{tag.id}") == data(views.tag(tag))
    for artifact in catalog.artifacts.values():
        assert read(site, f"artifacts/{artifact.id}") == data(views.artifact(artifact))
    for collection in catalog.collections.values():
        assert read(site, f"collections/{collection.id}") == data(views.collection(collection))
    for source in catalog.sources.values():
        assert read(site, f"sources/{source.id}") == data(views.source(source))


def test_associations_are_listed_from_both_sides(site: Path) -> None:
    own = [
        (each["parent"], each["artifact"])
        for each in read(site, "artifacts/skill/pdf-tools/associations")["data"]
    ]
    assert own == [
        ("skill/pdf-tools", "agent/reviewer"),
        ("skill/pdf-tools", "skill/nested"),
        ("plugin/kit", "skill/pdf-tools"),
    ]


def test_a_source_has_its_readme_and_its_entries(site: Path) -> None:
    assert read(site, "sources/acme-skills/readme")["data"]["text"] == store.READMES["acme-skills"]
    entries = read(site, "sources/acme-skills/entries")
    assert entries["meta"] == {"count": 7, "total": 7, "next_cursor": None}
    assert not (site / "api/v1/sources/idle/readme.json").exists()
    assert read(site, "sources/idle/entries")["data"] == []


def test_every_link_of_the_index_leads_to_a_list(site: Path) -> None:
    for name, address in read(site, "index")["data"]["links"].items():
        listed = json.loads((site / "api/v1" / address).read_bytes())
        assert listed["meta"]["total"] == read(site, "index")["data"]["counts"][name]
