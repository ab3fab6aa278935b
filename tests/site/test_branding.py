"""A site takes on its curator's colours, logo, foot and templates, and nothing that is not a drawing."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from skillmeat.errors import Refused
from skillmeat.model import Site
from skillmeat.site import branding
from tests.command import succeed
from tests.site.chromium import MARKS, hosted
from tests.site.chromium import browser as browser  # a fixture

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = MARKS

README = (Path(__file__).parents[2] / "README.md").read_text()
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"><path fill="#c00" d="M0 0h8v8H0z"/></svg>\n'
OPEN = b"<svg xmlns='http://www.w3.org/2000/svg' xmlns:xlink='http://www.w3.org/1999/xlink'>"


def example(language: str) -> str:
    """The block of the README's section on themes in a language."""
    section = README.split("## Making the site yours")[1].split("\n## ")[0]
    return section.split(f"```{language}\n")[1].split("```")[0]


def make_store(root: Path, settings: str) -> Path:
    for path, text in {
        "manifests/skillmeat.toml": f"format = 2\n{settings}",
        "manifests/collections/first.toml": 'name = "First & last"\n',
    }.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    (root / "brand").mkdir(exist_ok=True)
    (root / "brand/logo.svg").write_bytes(SVG)
    subprocess.run(["git", "init", "-q", str(root)], check=True)
    return root


@pytest.fixture
def themed(tmp_path: Path) -> Path:
    """The site of the README's examples, as they stand there."""
    root = make_store(tmp_path / "store", example("toml"))
    for language, name in (("html", "collections.html"), ("css", "assets/shelf.css")):
        text = example(language)
        assert f"site_templates/{name}" in text
        (root / "site_templates" / name).parent.mkdir(parents=True, exist_ok=True)
        (root / "site_templates" / name).write_text(text)
    assert succeed(root, "validate", "--strict", "--ignore", "empty-collection").out == ""
    succeed(root, "build")
    return root / "_site"


def test_the_readmes_examples_make_a_site(themed: Path) -> None:
    page = (themed / "collections/index.html").read_text()
    assert "<h1>The shelf of skillmeat</h1>" in page
    assert '<a href="../collections/first/">First &amp; last</a> (0)' in page
    assert re.search(r'<link rel="stylesheet" href="\.\./assets/shelf\.css\?v=[0-9a-f]{8}">', page)
    assert (themed / "assets/shelf.css").read_text() == example("css")
    assert (themed / "assets/logo.svg").read_bytes() == SVG
    other = (themed / "tags/index.html").read_text()
    assert re.search(r'<img class="logo" src="\.\./assets/logo\.svg\?v=\w+" alt=""', other)
    assert re.search(r'<link rel="icon" href="\.\./assets/logo\.svg', other)
    assert '<a href="https://acme.example" rel="nofollow noopener ugc">Acme</a>' in other
    assert "made with skillmeat" not in other


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_browser_shows_the_colors(scheme: str, themed: Path, browser: Browser) -> None:
    """Under the policy of every page, which allows no inline style."""
    context = browser.new_context(color_scheme=scheme)  # type: ignore[arg-type]
    page, wrong = context.new_page(), []
    page.on("console", lambda message: wrong.append(message.text))
    with hosted(themed) as address:
        page.goto(f"{address}collections/")
        page.wait_for_load_state("networkidle")
        accent = page.evaluate(
            "() => { const e = document.createElement('p'); e.className = 'more';"
            " document.body.append(e); return getComputedStyle(e).color }"
        )
        assert page.locator(".logo").evaluate("each => each.complete && each.naturalWidth > 0")
        assert page.locator(".shelf").evaluate("each => getComputedStyle(each).columnCount") == "2"
    assert wrong == []
    assert accent == {"light": "rgb(29, 95, 168)", "dark": "rgb(66, 130, 206)"}[scheme]
    context.close()


def test_the_addresses_of_assets_change_with_the_colors(tmp_path: Path) -> None:
    """So that no browser keeps an old style."""
    versions = set()
    for number, accent in enumerate(("#1d5fa8", "#8a1c24")):
        root = make_store(tmp_path / str(number), f'[site]\naccent = "{accent}"\n')
        succeed(root, "build")
        page = (root / "_site/index.html").read_text()
        versions |= set(re.findall(r"theme\.css\?v=([0-9a-f]{8})", page))
    assert len(versions) == 2


@pytest.mark.parametrize(
    "drawing",
    [
        b"<script>alert(1)</script>",
        b"<x:script xmlns:x='http://www.w3.org/2000/svg'/>",
        b"<g onload='alert(1)'/>",
        b"<g\nONLOAD = 'alert(1)'/>",
        b"<a href='javascript:alert(1)'/>",
        b"<image href='https://evil.example/x.png'/>",
        b"<use xlink:href='//evil.example/x.svg#a'/>",
        b"<foreignObject><p>x</p></foreignObject>",
        b"<style>@import 'https://evil.example'</style>",
        b"<rect fill='url(https://evil.example/x)'/>",
        b"<rect style='fill:url( \"//evil.example/x\")'/>",
        b"<?xml-stylesheet href='x.css'?>",
        b"<animate attributeName='href' to='javascript:alert(1)'/>",
        b"<html><body>no drawing</body></html>",
        b"<a-b:script xmlns:a-b='http://www.w3.org/2000/svg'>alert(1)</a-b:script>",
        b"<x:script xmlns:x='http://www.w3.org/1999/xhtml'>alert(1)</x:script>",
        b"<style>p{background:u\\72l(//evil.example)}</style>",
        b"<style>p{background:image-set('//evil.example' 1x)}</style>",
        b"<g xml:base='https://evil.example/'/>",
        b"<?php x?>",
    ],
)
def test_an_svg_that_is_more_than_a_drawing_is_refused(drawing: bytes, tmp_path: Path) -> None:
    (tmp_path / "logo.svg").write_bytes(OPEN + drawing + b"</svg>")
    with pytest.raises(Refused, match="holds more than a drawing") as refused:
        branding.logo(tmp_path, Site(logo="logo.svg"))
    assert refused.value.code == "LOGO_NOT_USABLE"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (SVG.decode().encode("utf-16"), "is not in UTF-8"),
        (SVG.decode().encode("utf-16-le"), "is not in UTF-8"),
        (b"<?xml version='1.0' encoding='UTF-16'?>" + SVG, "is not in UTF-8"),
        (b"<?xml version='1.0' encoding='ISO-2022-JP'?>" + SVG, "is not in UTF-8"),
        (b"<!DOCTYPE svg [<!ENTITY a 'b'>]>" + SVG, "a document type"),
        (SVG.replace(b"2000/svg", b"1999/xhtml"), "is not in the namespace"),
        (b"<svg/>", "is not in the namespace"),
        (b"<html><body>no drawing</body></html>", "is not an SVG file"),
        (
            b"<a-b:script xmlns:a-b='http://www.w3.org/2000/svg'>alert(1)</a-b:script>",
            "is not an SVG file",
        ),
        (SVG + b"<svg/>", "is not well-formed XML"),
        (b"", "is not well-formed XML"),
    ],
)
def test_what_is_no_svg_is_refused(data: bytes, said: str, tmp_path: Path) -> None:
    (tmp_path / "logo.svg").write_bytes(data)
    with pytest.raises(Refused, match=said) as refused:
        branding.logo(tmp_path, Site(logo="logo.svg"))
    assert refused.value.code == "LOGO_NOT_USABLE"


def test_a_drawing_may_use_its_own_parts(tmp_path: Path) -> None:
    drawing = (
        b"<?xml version='1.0' encoding='utf-8'?><!-- drawn by us -->" + OPEN + b"<linearGradient id='g'/>"
        b"<rect fill='url(#g)'/><use xlink:href='#g'/><rect style=\"fill:url('#g')\"/></svg>"
    )
    (tmp_path / "logo.svg").write_bytes(drawing)
    assert branding.logo(tmp_path, Site(logo="logo.svg")) == drawing


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("gone.svg", "is not a file of this repository"),
        ("link.svg", "is not a file of this repository"),
        ("logo.gif", "is neither an SVG nor a PNG file"),
        ("fake.png", "is not a PNG file"),
        ("large.png", "is larger than 200 KB"),
    ],
)
def test_a_file_that_is_no_logo_is_refused(name: str, said: str, tmp_path: Path) -> None:
    root = tmp_path / "store"
    root.mkdir()
    (tmp_path / "outside.svg").write_bytes(SVG)
    (root / "link.svg").symlink_to(tmp_path / "outside.svg")
    (root / "logo.gif").write_bytes(b"GIF89a")
    (root / "fake.png").write_bytes(SVG)
    (root / "large.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(200_001))
    with pytest.raises(Refused, match=re.escape(said)):
        branding.logo(root, Site(logo=name))
