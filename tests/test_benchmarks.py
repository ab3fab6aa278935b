"""The benchmarks run; what they measure is looked at by people."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path

import pytest

from benchmarks import hugo, likeness
from benchmarks.__main__ import BENCHMARKS, Bench, main
from benchmarks.content import TRUST, entries
from benchmarks.measure import anew, run, skillmeat


@pytest.mark.parametrize("name", sorted(BENCHMARKS.keys() - {"merge", "browser"}))
def test_a_small_run_prints_its_table(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Every program that takes part succeeds, and has a line with its ratios."""
    assert main([name, "--n", "50", "--runs", "1", "--work", str(tmp_path)]) == 0
    printed = capsys.readouterr().out
    assert f"\n{name}" in printed
    assert "skillmeat" in printed
    assert "1 runs in turns" in printed


def test_our_merge_is_never_clean_and_wrong(capsys: pytest.CaptureFixture[str]) -> None:
    """Of 1,000 pairs of edits less than half as many conflict as under plain Git (R12)."""
    assert main(["merge"]) == 0
    total = next(line.split() for line in capsys.readouterr().out.splitlines() if line.startswith("  all "))
    count, by_git, by_us, _, wrong = map(int, total[1:])
    assert (count, wrong) == (1000, 0)
    assert by_us * 2 <= by_git


def test_the_same_number_makes_the_same_entries() -> None:
    """A ratio of today and one of next year are about the same content."""
    assert list(entries(30)) == list(entries(30))
    assert len({entry.id for entry in entries(30)}) == 30


# --------------------------------------------------- the same pages for Hugo


@pytest.fixture(scope="module")
def sites(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Our pages alone of 50 artifacts, and what Hugo is given to make the same."""
    bench = Bench(50, 1, tmp_path_factory.mktemp("sites"))
    folder, outputs = bench.stored(50, fetched=True), bench.work / "pages"
    words = ("build", "--out")
    run(skillmeat("pages", folder, *words, before=anew(outputs), module="benchmarks.pages"), 0)
    return outputs / "0", bench.hugo(50)


def test_every_page_of_ours_is_of_a_kind_that_hugo_makes(sites: tuple[Path, Path]) -> None:
    """What has no counterpart is not made, so that only equal pages are timed."""
    pages, site = sites
    kinds = Counter(each.name for each in likeness.compared(pages, pages) for _ in range(each.pages[0]))
    assert kinds["artifact"] == len(list(entries(50))) == 50
    assert kinds.keys() == {
        *("artifact", "catalog", "type", "tags", "tag", "trust"),
        *("collections", "collection", "sources", "source", "entries"),
    }
    beside = [file for file in pages.rglob("*") if file.is_file() and "assets" not in file.parts]
    assert {file.name for file in beside if not file.name.startswith(".")} == {"index.html"}
    assert {file.name for file in (pages / "assets").iterdir()} == {
        file.name for file in (site / "static/assets").iterdir()
    }


def test_hugo_is_given_a_page_for_each_address(sites: tuple[Path, Path]) -> None:
    """But for further pages of lists, which Hugo makes by itself."""
    pages, site = sites
    given = set()
    for file in (site / "content").rglob("*.md"):
        values, _ = json.JSONDecoder().raw_decode(file.read_text(encoding="utf-8"))
        if values.get("build", {}).get("render") != "never":
            path = file.relative_to(site / "content").with_suffix("").as_posix().removesuffix("_index")
            given.add(values.get("url", path).strip("/"))
    made = {file.relative_to(pages).parent.as_posix() for file in pages.rglob("index.html")}
    assert {re.sub(r"(^|/)page/\d+$|^\.$", "", each) for each in made} == given


def test_both_sides_are_given_the_same_words(sites: tuple[Path, Path]) -> None:
    """A part that is added to our pages, or taken away, has to be in Hugo's templates or not."""
    pages, site = sites
    ours = _letters(sum(map(likeness.words, _texts(pages, "index.html")), Counter[str]()))
    given = _letters(" ".join([*_texts(site / "layouts", "*.html"), *_texts(site / "content", "*.md")]))
    empty = {"nothing", "yet"}  # of lists of trust levels, which no larger catalog of these has
    assert sorted(ours - given - empty) == []
    fixed = re.sub(r"\{\{ else.*?\}\}", " ", "\n".join(hugo.layouts().values()))
    said = _letters(likeness.words(re.sub(r"\{\{.*?\}\}", "", fixed, flags=re.DOTALL)))
    assert len(said) > 200
    assert sorted(said - ours - set(TRUST)) == []  # 50 artifacts have one source, so one level of trust


def _texts(folder: Path, pattern: str) -> list[str]:
    return [file.read_text(encoding="utf-8") for file in folder.rglob(pattern)]


def _letters(words: Counter[str] | str) -> set[str]:
    """The words of letters only: numbers are written differently in templates."""
    found = re.findall(r"[^\W\d_]+", words.casefold()) if isinstance(words, str) else words
    return {word for word in found if word.isalpha() and len(word) > 1}


def test_hugo_is_given_what_the_lock_knows(sites: tuple[Path, Path]) -> None:
    """The facts on the two pages of an artifact are the same ones."""
    pages, site = sites
    for entry in entries(50):
        head, _, text = (site / f"content/{entry.id}.md").read_text(encoding="utf-8").partition("\n}\n\n")
        values = json.loads(f"{head}\n}}")
        assert text == entry.text
        page = (pages / entry.id / "index.html").read_text(encoding="utf-8")
        shown = [values[name] for name in ("title", "description", "path", "version", "size")]
        assert all(f">{each}<" in page or f">{each} <" in page for each in shown)
        assert (values.get("hash", "Content hash") in page) == bool(entry.source)


def test_templates_name_only_what_is_there() -> None:
    """Icons and buttons are written out, and every partial that is called is one of ours."""
    templates = hugo.layouts()
    whole = "\n".join(templates.values())
    assert "[icon" not in whole
    assert "[copy]" not in whole
    called = set(re.findall(r'partial(?:Cached)? "([^"]+)"', whole))
    assert called == {name.removeprefix("_partials/") for name in templates if name.startswith("_partials/")}


@pytest.mark.parametrize(
    ("address", "kind"),
    [
        ("", "catalog"),
        ("page/2/", "catalog"),
        ("skill/", "type"),
        ("skill/page/3/", "type"),
        ("skill/ba-do-000001/", "artifact"),
        ("tags/", "tags"),
        ("tags/ba/page/2/", "tag"),
        ("trust/basic/", "trust"),
        ("sources/ba-000/", "source"),
        ("sources/ba-000/entries/page/2/", "entries"),
        ("health/", "other"),
    ],
)
def test_kinds_are_told_by_address(address: str, kind: str) -> None:
    """Further pages of a list are pages of that list."""
    assert likeness.kind(address) == kind


def test_likeness_counts_words_that_are_seen(tmp_path: Path) -> None:
    """Words in tags and scripts are none, and a word twice is found twice only where it is there twice."""
    page = "<title>One two</title><script>three</script><p class='four'>Two&amp;five<!-- six --></p>"
    assert likeness.words(page) == {"one": 1, "two": 2, "five": 1}
    for side, texts in {
        "a": {"skill/x": page, "tags": "<p>t"},
        "b": {"skill/x": "<p>two two six six"},
    }.items():
        for address, text in texts.items():
            file = tmp_path / side / address / "index.html"
            file.parent.mkdir(parents=True)
            file.write_text(text, encoding="utf-8")
    artifact, tags = likeness.compared(tmp_path / "a", tmp_path / "b")
    assert (artifact.pages, artifact.alone, artifact.shares) == ((1, 1), (0, 0), (0.5, 0.5))
    assert (tags.pages, tags.alone, tags.bytes) == ((1, 0), (1, 0), (4, 0))
    printed = likeness.table([artifact, tags], "Hugo").splitlines()
    assert printed[3].split() == ["artifact", "1", "1", str(len(page)), "18", "0", "0", "50.0%", "50.0%"]
