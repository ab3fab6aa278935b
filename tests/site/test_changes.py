"""``/changes/`` tells what the store's history holds, a page at a time."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

from skillmeat import history
from skillmeat.history import Commit, Dates, Deed, Log
from skillmeat.site.build import build
from skillmeat.store import Store
from tests.site import store
from tests.sources.repository import commit, git


def test_a_day_tells_what_came_went_and_was_renamed(pages: dict[str, str]) -> None:
    page = pages["changes/index.html"]
    days = re.findall(r'<time datetime="([0-9-]+)">', page)
    assert days == ["2026-03-02", "2026-03-01"]
    parts = re.findall(r"</span>([^<]*)</h4>", page)
    assert parts == ["1 tag removed", "1 artifact renamed", "1 collection changed", "260 artifacts added"]
    assert '<a href="../skill/pdf-tools/">PDF tools</a> <span class="was">was skill/pdf</span>' in page
    assert '<span class="gone">old-tag</span>' in page
    assert "Rename &amp; &lt;tidy&gt;" in page
    assert (
        f'<a href="https://github.com/acme/catalog/commit/{"c" * 40}" rel="noopener">cccccccccc</a>' in page
    )
    assert "The clone is shallow." in page


def test_what_was_renamed_later_leads_to_where_it_is_now(pages: dict[str, str]) -> None:
    begun = pages["changes/index.html"].split("Begin")[1]
    assert '<a href="../skill/pdf-tools/">PDF tools</a>' in begun


def test_a_large_commit_is_folded_and_counted(pages: dict[str, str]) -> None:
    page = pages["changes/index.html"]
    assert "<summary>248 more</summary>" in page
    assert "And 60 more" in page
    assert page.count('<li class="named">') == 3 + 200


def test_a_commit_that_touched_no_record_is_not_shown(pages: dict[str, str]) -> None:
    assert "Say what the site is" not in pages["changes/index.html"]


def test_many_commits_are_paged_and_bounded(tmp_path: Path) -> None:
    start = datetime(2026, 1, 1, tzinfo=UTC)
    commits = [
        Commit(f"{number:040x}", start - timedelta(hours=number), f"No. {number}",
               (store.touched(Deed.CHANGED, "tags/pdf"),))
        for number in range(1010)
    ]  # fmt: skip
    build(store.catalog(), Dates(), store.contents, tmp_path / "out", log=Log(commits))
    found = []
    for number in range(1, 41):
        name = "changes/index.html" if number == 1 else f"changes/page/{number}/index.html"
        found += re.findall(r"<h3>No\. (\d+)</h3>", (tmp_path / "out" / name).read_text())
    assert found == [str(number) for number in range(1000)]
    assert not (tmp_path / "out/changes/page/41").exists()
    last = (tmp_path / "out/changes/page/40/index.html").read_text()
    assert (
        '<a href="https://github.com/acme/catalog/commits/main/manifests" rel="noopener">in the rep' in last
    )


def test_a_store_without_history_says_so(tmp_path: Path) -> None:
    build(store.catalog(), Dates(), store.contents, tmp_path / "out")
    assert "Nothing was committed yet" in (tmp_path / "out/changes/index.html").read_text()


def test_a_real_history_is_told_the_same_for_the_same_commit(tmp_path: Path) -> None:
    """Whoever builds, wherever, and whatever is not committed."""
    folder = tmp_path / "store"
    tag = 'name = "{}"\ndescription = "Long enough for Git to see that it is the same file."\n'.format
    commit(folder, {"manifests/skillmeat.toml": "format = 2\n", "manifests/tags/a.toml": tag("A")}, "Add A")
    commit(folder, {"manifests/tags/a.toml": None, "manifests/tags/b.toml": tag("A")}, "Rename A")
    git(tmp_path, "clone", "--quiet", str(folder), str(tmp_path / "clone"))
    made = []
    for root in (folder, tmp_path / "clone"):
        (root / "other.txt").write_text("x")
        out = root / "_site"
        build(Store(root).catalog, Dates(), lambda _: None, out, log=history.log(root))
        made.append((out / "changes/index.html").read_bytes())
    assert made[0] == made[1]
    text = made[0].decode()
    assert '<a href="../tags/b/">A</a> <span class="was">was a</span>' in text
    assert text.count('<a href="../tags/b/">A</a>') == 2
