"""Whose images a page shows is the site's choice, and its policy says the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from skillmeat.model import Artifact, Settings
from skillmeat.site.build import build
from skillmeat.tree import FILE, Content, TreeEntry
from tests.site import store
from tests.site.dom import read

TEXT = b"![own](own.png) ![far](https://far.example/far.png) ![plain](http://far.example/plain.png)\n"
OWN = f"https://raw.githubusercontent.com/acme/skills/{store.COMMIT}/skills/pdf/own.png"
FAR = "https://far.example/far.png"


def contents(artifact: Artifact) -> Content | None:
    if artifact.id != "skill/pdf-tools":
        return None
    return Content((TreeEntry("SKILL.md", FILE, "", len(TEXT)),), lambda _: TEXT, "SKILL.md")


@pytest.mark.parametrize(
    ("images", "shown", "policy"),
    [
        ("none", [], "img-src 'self'; "),
        ("source", [OWN], "img-src 'self' https://raw.githubusercontent.com; "),
        ("https", [OWN, FAR], "img-src 'self' https:; "),
    ],
)
def test_images(images: str, shown: list[str], policy: str, tmp_path: Path) -> None:
    settings = Settings.model_validate({"site": {"images": images}})
    build(store.catalog(settings=settings), store.dates(), contents, tmp_path / "out")
    page = (tmp_path / "out/skill/pdf-tools/index.html").read_text()
    assert [values["src"] for tag, values in read(page).tags if tag == "img"] == shown
    assert policy in page
    assert page.count('class="no-image"') == 3 - len(shown)
