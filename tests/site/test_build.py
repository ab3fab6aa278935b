"""A build writes the same bytes every time, the whole site or nothing, and only where it may."""

from __future__ import annotations

import itertools
import os
import subprocess
import sys
from pathlib import Path

import pytest

from skillmeat import schemas
from skillmeat.catalog import Catalog
from skillmeat.errors import Refused
from skillmeat.history import Dates
from skillmeat.model import Artifact
from skillmeat.site import build as building
from skillmeat.site import publish
from skillmeat.site.build import Report, build
from skillmeat.site.edition import Edition
from skillmeat.site.former import Stamp
from skillmeat.site.output import LeftOut, Made, Output
from tests.site import store


def tree(root: Path) -> dict[str, bytes]:
    return {
        path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()
    }


def small(out: Path, title: str = "One") -> Report:
    settings = store.catalog().settings
    return build(
        Catalog(settings=settings.but(site=settings.site.but(title=title))), Dates(), lambda _: None, out
    )


def test_the_same_store_gives_the_same_bytes(tmp_path: Path, site: Path) -> None:
    """Whatever the folder, the time, the order in which records were read and the seed of Python's hashes."""
    shuffled = store.catalog(
        tags=dict(reversed(store.TAGS.items())),
        artifacts=dict(reversed(store.ARTIFACTS.items())),
        collections=dict(reversed(store.COLLECTIONS.items())),
        sources=dict(reversed(store.SOURCES.items())),
    )
    build(shuffled, store.dates(), store.contents, tmp_path / "elsewhere" / "deep", log=store.log())
    assert tree(tmp_path / "elsewhere" / "deep") == tree(site)
    code = (
        "from pathlib import Path; from skillmeat.site.build import build; from tests.site import store;"
        f"out = Path({str(tmp_path / 'seeded')!r});"
        "build(store.catalog(), store.dates(), store.contents, out, log=store.log())"
    )
    environment = {**os.environ, "PYTHONHASHSEED": "7", "TZ": "Pacific/Auckland"}
    subprocess.run([sys.executable, "-c", code], check=True, env=environment, cwd=Path(__file__).parents[2])
    assert tree(tmp_path / "seeded") == tree(site)


def test_no_file_names_the_machine(site: Path, tmp_path: Path) -> None:
    for name, data in tree(site).items():
        assert str(site.parent).encode() not in data, name
        assert str(Path(__file__).parents[2]).encode() not in data, name


def test_the_report_counts_what_was_written_and_says_what_was_not(tmp_path: Path) -> None:
    settings = store.catalog().settings
    nowhere = store.catalog(settings=settings.but(site=settings.site.but(url=None)))
    report = build(nowhere, store.dates(), store.contents, tmp_path / "out")
    files = tree(tmp_path / "out")
    files.pop(publish.MARKER)
    headless = "Its SKILL.md has no front matter that clients can read."
    alone = "Claude Code installs it only with the plugin that it belongs to."
    assert report == Report(
        pages=sum(name.endswith(".html") for name in files),
        files=len(files),
        bytes=sum(map(len, files.values())),
        left_out=(
            LeftOut("skill/local/local.zip", headless),
            LeftOut("skill/nested/nested.zip", headless),
            LeftOut("skill/pdf-tools/pdf-tools.zip", "Its content is not what the lock says."),
            LeftOut("marketplace.json#hook/guard", alone),
            LeftOut("marketplace.json#mcp/docs", alone),
            LeftOut("marketplace.json#plugin/kit", "It has no .claude-plugin/plugin.json."),
            LeftOut(
                "sitemap.xml, opensearch.xml and every feed.xml",
                "They need absolute addresses: set “url” under [site] in skillmeat.toml.",
            ),
            LeftOut("skill/unfetched/", "Its content is not on this machine."),
        ),
    )
    assert "sitemap.xml" not in files
    assert b'rel="canonical"' not in files["index.html"]


def test_the_schemas_of_manifests_are_published(site: Path) -> None:
    assert {path.name: path.read_bytes() for path in (site / "schemas").iterdir()} == schemas.texts()


def test_two_outputs_with_one_path_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def other(edition: Edition) -> Made:
        yield Output("tags/index.html", b"")

    monkeypatch.setattr(building, "GENERATORS", (*building.GENERATORS, other))
    with pytest.raises(Refused) as refused:
        small(tmp_path / "out")
    assert refused.value.code == "OUTPUT_TWICE"
    assert refused.value.detail == (
        "Two outputs have the path “tags/index.html”: one from pages.tags, one from test_build.other."
    )
    assert list(tmp_path.iterdir()) == []


def test_a_tag_that_is_called_like_a_page_of_a_list_is_refused(tmp_path: Path) -> None:
    tags = {
        **store.TAGS,
        "page-2": store.TAGS["pdf"].but(id="page-2", aliases=()),
        "x": store.TAGS["web"].but(id="x"),
    }
    with pytest.raises(Refused, match=r"“api/v1/tags/page-2\.json”: one from api\.tags, one from api\.tags"):
        build(store.catalog(tags=tags), store.dates(), store.contents, tmp_path / "out")


@pytest.mark.parametrize("what", ["a folder with files", "a file", "a folder of a name we use"])
def test_what_is_not_ours_is_not_replaced(what: str, tmp_path: Path) -> None:
    out = tmp_path / "out"
    if what == "a file":
        out.write_text("x")
    else:
        out.mkdir()
        (out / "keep.txt").write_text("x")
    before = tree(tmp_path)
    with pytest.raises(Refused) as refused:
        small(out)
    assert refused.value.code == "OUTPUT_NOT_OURS"
    assert tree(tmp_path) == before


def test_an_empty_folder_and_a_former_site_are_replaced(tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    small(out)
    (out / "index.html").write_text("x")
    small(out, "Two")
    assert "<title>Two</title>" in (out / "index.html").read_text()
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_a_link_to_a_folder_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "out").symlink_to("real")
    small(tmp_path / "out")
    assert (tmp_path / "out").is_symlink()
    assert (tmp_path / "real/index.html").is_file()


def test_a_build_that_fails_leaves_the_old_site(tmp_path: Path) -> None:
    out = tmp_path / "out"
    small(out)
    before = tree(tmp_path)

    def broken(artifact: Artifact) -> None:
        raise RuntimeError(artifact.id)

    with pytest.raises(RuntimeError):
        build(store.catalog(), store.dates(), broken, out)
    assert tree(tmp_path) == before


@pytest.mark.parametrize("exchange", [True, False])
@pytest.mark.parametrize("after", [0, 3, 12, "swap", "moved"])
def test_a_build_that_is_killed_leaves_a_whole_site(after: int | str, exchange: bool, tmp_path: Path) -> None:
    """Killed while it writes, before the swap, and between the two renames where they cannot be one."""
    out = tmp_path / "out"
    small(out, "Old")
    old = tree(out)
    child = os.fork()
    if child == 0:
        _die(out, after, exchange)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) in (-9, 0)
    if out.exists():
        assert tree(out) == old
    small(tmp_path / "other")  # beside it, without a recovery
    assert out.exists() or (after == "moved" and not exchange)
    small(out, "New")
    assert "<title>New</title>" in (out / "index.html").read_text()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["other", "out"]


def _die(out: Path, after: int | str, exchange: bool) -> None:
    """In a child: build, and be killed on the way."""

    def kill(*_: object) -> None:
        os.kill(os.getpid(), 9)

    if not exchange:
        publish._exchange = lambda one, other: False
    if after == "swap":
        publish._swap = kill  # type: ignore[assignment]
    elif after == "moved":
        rename = Path.rename
        Path.rename = lambda self, target: kill() if self.name.endswith("-new") else rename(self, target)  # type: ignore
        if exchange:
            publish._exchange = kill  # type: ignore[assignment]
    else:
        write = publish.Folder.write
        left = itertools.count(int(after), -1)

        def count(self: publish.Folder, path: str, data: bytes) -> Stamp:
            if next(left) < 0:
                kill()
            return write(self, path, data)

        publish.Folder.write = count  # type: ignore[method-assign]
    try:
        small(out, "Lost")
    finally:
        os._exit(0)


def test_a_killed_build_between_two_renames_is_undone(tmp_path: Path) -> None:
    out = tmp_path / "out"
    small(out, "Old")
    out.rename(tmp_path / ".out.skillmeat-old")
    (tmp_path / ".out.skillmeat-new").mkdir()
    with pytest.raises(RuntimeError), publish.replacing(out):
        raise RuntimeError
    assert "<title>Old</title>" in (out / "index.html").read_text()
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


@pytest.mark.parametrize("path", ["../x", "/x", "a/../../x", "a//x"])
def test_nothing_is_written_elsewhere(path: str, tmp_path: Path) -> None:
    with (
        pytest.raises(ValueError, match="not a path below the site"),
        publish.replacing(tmp_path / "out") as folder,
    ):
        folder.write(path, b"")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_written_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(Refused) as refused:
        small(tmp_path / "file" / "out")
    assert refused.value.code == "OUTPUT_NOT_WRITABLE"


@pytest.fixture
def overrides(tmp_path: Path) -> Path:
    folder = tmp_path / "site_templates"
    (folder / "assets").mkdir(parents=True)
    return folder


def test_a_stores_own_templates_and_assets_win(tmp_path: Path, overrides: Path) -> None:
    (overrides / "404.html").write_text('{% extends "base.html" %}{% block main %}Ours{% endblock %}')
    (overrides / "assets/theme.js").write_text("// ours")
    (overrides / "assets/extra.css").write_text("p{}")
    (overrides / "assets/secret").symlink_to("/etc/passwd")
    (overrides / ".hidden").write_text("x")
    out = tmp_path / "out"
    build(store.catalog(), store.dates(), store.contents, out, overrides)
    assert "Ours" in (out / "404.html").read_text()
    assert (out / "assets/theme.js").read_text() == "// ours"
    assert (out / "assets/extra.css").is_file()
    assert not (out / "assets/secret").exists()
    assert "Find the right" in (out / "index.html").read_text()
