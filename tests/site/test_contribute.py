"""``/contribute/`` gives manifests that are valid as they are, in forms that hold them already."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from skillmeat.history import Dates
from skillmeat.site import hosting
from skillmeat.site.contribute import drafts
from skillmeat.site.edition import Edition
from skillmeat.site.templates import load
from skillmeat.views import Views
from tests.command import run, succeed
from tests.site import store


@pytest.fixture(scope="module")
def edition() -> Edition:
    catalog = store.catalog()
    return Edition(catalog, Views(catalog, Dates()), store.contents, load(None, {}))


def test_every_draft_is_valid_where_it_is_meant_to_be(edition: Edition, tmp_path: Path) -> None:
    succeed(tmp_path, "init", "--forge", "none")
    for draft in drafts(edition):
        file = tmp_path / draft.path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(draft.text)
        assert run(tmp_path, "validate", "--ignore", "warnings").out == ""
        assert run(tmp_path, "fmt", "--check").status == 0
    assert run(tmp_path, "artifact", "list", "--all", "--json").json["meta"]["total"] == 6


def test_the_form_holds_the_draft(edition: Edition) -> None:
    """GitHub's form is told the folder, the name and the text."""
    for draft in drafts(edition):
        address = urlsplit(draft.address)
        folder, _, name = draft.path.rpartition("/")
        assert unquote(address.path) == f"/acme/catalog/new/main/{folder}"
        assert parse_qs(address.query) == {"filename": [name], "value": [draft.text]}


@pytest.mark.parametrize(
    ("edit_url", "wanted"),
    [
        (None, ""),
        ("https://wiki.example/edit/x/", ""),
        (
            "https://gitlab.com/a/b/-/edit/main/",
            "https://gitlab.com/a/b/-/new/main/manifests/tags?file_name=x.toml",
        ),
        (
            "https://codeberg.org/a/b/_edit/main/sub/",
            "https://codeberg.org/a/b/_new/main/sub/manifests/tags?filename=x.toml",
        ),
    ],
)
def test_other_forges_are_told_what_they_take(edit_url: str | None, wanted: str) -> None:
    assert hosting.new_file(edit_url, "manifests/tags/x.toml", 'name = "X"\n') == wanted


def test_every_record_leads_to_its_manifest_and_every_page_to_the_forms(
    site: Path, pages: dict[str, str]
) -> None:
    base = f"{store.SITE.edit_url}/manifests"
    catalog = store.catalog()
    for path, address in [
        *((f"{each}/index.html", f"{base}/artifacts/{each}.toml") for each in catalog.artifacts),
        *((f"tags/{each}/index.html", f"{base}/tags/{each}.toml") for each in catalog.tags),
        *(
            (f"collections/{each}/index.html", f"{base}/collections/{each}.toml")
            for each in catalog.collections
        ),
        *((f"sources/{each}/index.html", f"{base}/sources/{each}.toml") for each in catalog.sources),
    ]:
        assert f'href="{address}"' in pages[path], path
    for path, text in pages.items():
        if 'http-equiv="refresh"' not in text:
            assert 'contribute/"' in text, path


def test_without_a_forge_the_manifests_are_there_to_copy(edition: Edition) -> None:
    settings = edition.catalog.settings
    catalog = replace(edition.catalog, settings=settings.but(site=settings.site.but(edit_url=None)))
    bare = Edition(catalog, Views(catalog, Dates()), store.contents, load(None, {}))
    assert {draft.address for draft in drafts(bare)} == {""}
    assert bare.edit_settings == ""
