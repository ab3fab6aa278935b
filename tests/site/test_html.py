"""Every page is valid HTML, by html-validate with the rules of html-validate.mjs."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from skillmeat.catalog import Catalog
from skillmeat.history import Dates
from skillmeat.site.build import build
from tests.programs import NODE, package

CONFIG = Path(__file__).parent / "html-validate.mjs"


def faults(folder: Path) -> list[str]:
    """What html-validate finds in the pages of a folder; skips where it is not installed."""
    installed = package("html-validate")
    if installed is None:
        pytest.skip("html-validate is not installed: see tests/node/package.json")
    pages = [path.relative_to(folder).as_posix() for path in sorted(folder.rglob("*.html"))]
    assert pages
    command = [str(NODE), str(installed / "bin/html-validate.mjs"), "--formatter", "json", "--config"]
    done = subprocess.run(
        [*command, str(CONFIG), *pages], cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode in (0, 1), done.stderr
    return [
        f"{Path(page['filePath']).relative_to(folder.resolve())}:{fault['line']}: {fault['ruleId']}: "
        f"{fault['message']}"
        for page in json.loads(done.stdout)
        for fault in page["messages"]
    ]


def test_every_page_is_valid(site: Path) -> None:
    assert faults(site) == []


def test_an_empty_catalog_is_valid(tmp_path: Path) -> None:
    build(Catalog(), Dates(), lambda _: None, tmp_path / "out")
    assert faults(tmp_path / "out") == []


def test_an_invalid_page_is_found(tmp_path: Path) -> None:
    head = '<!doctype html>\n<html lang="en">\n<head><title>A page</title></head>\n<body>\n'
    wrong = (
        '<h1>One</h1>\n<p id="_a"><img src="a.png"></p>\n<p id="_a"><div>Two</div></p>\n</body>\n</html>\n'
    )
    (tmp_path / "page.html").write_text(head + wrong)
    found = {each.split(": ")[1] for each in faults(tmp_path)}
    assert {"wcag/h37", "no-dup-id", "close-order"} <= found
