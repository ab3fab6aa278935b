"""``diff`` says what a change means, and all of it."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from skillmeat.catalog import Catalog
from skillmeat.history import Dates
from skillmeat.site import api
from skillmeat.site.edition import Edition
from skillmeat.site.output import Output
from skillmeat.site.templates import load
from skillmeat.store import Store
from skillmeat.views import Views
from tests.changes.conftest import Do
from tests.command import run, succeed
from tests.site.made import outputs
from tests.validate.test_since import git, write


def said(store: Path, *arguments: str) -> list[str]:
    """The lines about records."""
    lines = run(store, "diff", *arguments).out.split("\nAdds ")[0].split("\nNeeds")[0].split("\nPages")[0]
    return [line for line in lines.splitlines() if line]


EDITS = [
    (("tag", "create", "Web"), ["+ tag web  Web"]),
    (("tag", "edit", "pdf", "--color", "#00ff00"), ["~ tag pdf  PDF", "    color: “#c0392b” → “#00ff00”"]),
    (
        ("tag", "edit", "pdf", "--name", "Portable documents"),
        [
            "> tag pdf → portable-documents  Portable documents",
            "    name: “PDF” → “Portable documents”",
            "    also known as pdf",
        ],
    ),
    (("artifact", "tag", "add", "skill/ocr", "pdf"), ["~ skill/ocr  OCR", "    tagged pdf"]),
    (("artifact", "tag", "clear", "skill/ocr"), ["~ skill/ocr  OCR", "    no longer tagged python"]),
    (
        ("artifact", "edit", "skill/ocr", "--description", "Reads scans."),
        ["~ skill/ocr  OCR", "    description: “Reads scanned pages.” → “Reads scans.”"],
    ),
    (
        ("artifact", "edit", "skill/ocr", "--path", "skills/scan"),
        ["~ skill/ocr  OCR", "    moved from acme: skills/ocr to acme: skills/scan"],
    ),
    (
        ("artifact", "rename", "skill/ocr", "scans"),
        ["> skill/ocr → skill/scans  OCR", "    also known as ocr"],
    ),
    (
        ("artifact", "delete", "skill/ocr", "--cascade"),
        [
            "- skill/ocr  OCR",
            "~ skill/pdf-tools  PDF tools",
            "    no longer requires skill/ocr",
            "~ collection starter  Starter",
            "    no longer holds skill/ocr",
            "    no longer holds skill/ocr in group documents",
        ],
    ),
    (
        ("collection", "add", "starter", "plugin/office"),
        ["~ collection starter  Starter", "    now holds plugin/office, at place 3"],
    ),
    (
        ("collection", "place", "starter", "skill/ocr", "0"),
        ["~ collection starter  Starter", "    artifacts: skill/ocr moved from place 2 to 1"],
    ),
    (
        ("group", "edit", "starter/documents", "--name", "Papers"),
        ["~ collection starter  Starter", "    name of group documents: “Documents” → “Papers”"],
    ),
    (
        ("association", "create", "plugin/office", "skill/ocr", "--type", "contains"),
        ["~ plugin/office  Office", "    now contains skill/ocr"],
    ),
    (
        ("source", "edit", "acme", "--trust-level", "verified"),
        ["~ source acme  Acme", "    trust level untrusted → verified"],
    ),
]


@pytest.mark.parametrize(("edit", "wanted"), EDITS, ids=lambda each: " ".join(each)[:40] if each else "")
def test_an_edit_is_said_as_what_it_means(edit: tuple[str, ...], wanted: list[str], store: Path) -> None:
    """The same before and after it is committed, and nothing is touched by asking."""
    succeed(store, *edit)
    assert said(store) == wanted
    git(store, "add", "-A")
    git(store, "commit", "-qm", "Edit")
    assert said(store) == []
    assert said(store, "HEAD~1..HEAD") == wanted
    assert said(store, "HEAD~1") == wanted
    state = subprocess.run(
        ["git", "-C", store, "status", "--porcelain"], capture_output=True, check=True
    ).stdout
    assert state == b""


def test_both_sides_come_from_git(store: Path, did: Do) -> None:
    """What lies in the folder, broken or not, does not count between two commits."""
    did("tag", "create", "Web")
    did("tag", "create", "Data")
    wanted = ["+ tag data  Data", "+ tag web  Web"]
    assert said(store, "HEAD~2..HEAD") == wanted
    write(store, "tags/data.toml", "name = \n<<<<<<< broken")
    write(store, "tags/loose.toml", 'name = "Loose"\n')
    assert said(store, "HEAD~2..HEAD") == wanted
    assert said(store, "HEAD~1..HEAD~2") == ["- tag web  Web"]


def test_three_dots_leave_out_what_the_other_side_did(store: Path, did: Do) -> None:
    git(store, "checkout", "-qb", "topic")
    did("tag", "create", "Topic")
    git(store, "checkout", "-q", "main")
    did("tag", "create", "Main")
    assert said(store, "main..topic") == ["+ tag topic  Topic", "- tag main  Main"]
    assert said(store, "main...topic") == ["+ tag topic  Topic"]


def test_what_breaks_and_what_is_needed_is_said(store: Path) -> None:
    (store / "manifests/tags/pdf.toml").unlink()
    write(store, "sources/more.toml", 'name = "More"\nurl = "https://github.com/more/skills"\n')
    found = run(store, "diff", "--json").data
    assert [each["rule"] for each in found["problems"]] == ["unknown-tag"]
    assert found["needs"] == ["“skillmeat lock”: the lock does not know more as it is now."]
    assert run(store, "diff", "--exit-code").status == 1


def test_a_comment_says_it_without_a_strangers_markup(store: Path) -> None:
    evil = "@everyone <img src=x> ![x](https://evil.example) [a](b) `c` | **d** www.evil.example a/b#1 GH-7"
    write(store, "tags/evil.toml", f"name = {json.dumps(evil)}\n")
    text = run(store, "diff", "--format", "markdown").out
    assert "tag `evil`" in text
    for piece in ("@everyone", "<img", "![x]", "[a](b)", "**d**", "https://evil", "www.evil", "#1", "GH-7"):
        assert piece not in text
    assert "Nothing in the catalog changes" in run(store, "diff", "HEAD..HEAD", "--format", "markdown").out


def test_a_huge_change_fits_a_comment(store: Path) -> None:
    for number in range(1500):
        write(store, f"tags/tag-{number}.toml", f'name = "Tag number {number} of very many"\n')
    text = run(store, "diff", "--format", "markdown").out
    assert len(text) < 65_536
    assert "**1,500 tags added**" in text
    assert "lines more" in text


@pytest.mark.parametrize("edit", [each for each, _ in EDITS], ids=lambda each: " ".join(each)[:40])
def test_the_addresses_are_those_that_a_build_has_otherwise(edit: tuple[str, ...], store: Path) -> None:
    """Of every record's pages and API files; lists of the whole catalog go without saying."""
    before = _files(Store(store).catalog)
    succeed(store, *edit)
    after = _files(Store(store).catalog)
    told = run(store, "diff", "--json").data["reach"]["api"]
    assert set(told["appear"]) == after.keys() - before.keys()
    assert set(told["go"]) == before.keys() - after.keys()
    differ = {path for path in before.keys() & after.keys() if before[path] != after[path]}
    assert differ == set(told["change"])


def _files(catalog: Catalog) -> dict[str, bytes]:
    edition = Edition(catalog, Views(catalog, Dates()), lambda _: None, load(None, {}))
    whole = {f"api/v1/{each}.json" for each in ("tags", "artifacts", "collections", "sources")}
    found = [made for generator in (api.tags, api.collections, api.sources) for made in generator(edition)]
    made = outputs(iter([*found, *api.artifact(edition, catalog.artifacts)]))
    return {each.path: each.data for each in made if isinstance(each, Output) and each.path not in whole}
