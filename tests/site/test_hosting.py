"""Addresses on the hosts whose forms are known."""

from __future__ import annotations

import pytest

from skillmeat.site.hosting import edited_at, repository


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://github.com/a/b", ("github.com", "a/b")),
        ("https://github.com/a/b.git", ("github.com", "a/b")),
        ("https://GitHub.com/a/b/", ("github.com", "a/b")),
        ("git@github.com:a/b.git", ("github.com", "a/b")),
        ("ssh://git@gitlab.com/a/b/c.git", ("gitlab.com", "a/b/c")),
        ("https://codeberg.org/a/b", ("codeberg.org", "a/b")),
        ("https://gitlab.gnome.example/a/b/c", ("gitlab.gnome.example", "a/b/c")),
        ("https://github.com/a", None),
        ("https://github.com/a/../b", None),
        ("https://github.com.example/a/b", None),
        ("https://git.example/a/b", None),
        ("file:///a/b", None),
    ],
)
def test_what_a_sources_address_names(url: str, expected: tuple[str, str] | None) -> None:
    found = repository(url)
    assert (found and (found.host, found.name)) == expected


@pytest.mark.parametrize(
    ("url", "file", "raw", "folder"),
    [
        (
            "https://github.com/a/b",
            "https://github.com/a/b/blob/c0/x%20y.md",
            "https://raw.githubusercontent.com/a/b/c0/x%20y.md",
            "https://github.com/a/b/tree/c0/",
        ),
        (
            "https://gitlab.com/a/b",
            "https://gitlab.com/a/b/-/blob/c0/x%20y.md",
            "https://gitlab.com/a/b/-/raw/c0/x%20y.md",
            "https://gitlab.com/a/b/-/tree/c0/",
        ),
        (
            "https://gitlab.gnome.example/a/b",
            "https://gitlab.gnome.example/a/b/-/blob/c0/x%20y.md",
            "https://gitlab.gnome.example/a/b/-/raw/c0/x%20y.md",
            "https://gitlab.gnome.example/a/b/-/tree/c0/",
        ),
        (
            "https://codeberg.org/a/b",
            "https://codeberg.org/a/b/src/commit/c0/x%20y.md",
            "https://codeberg.org/a/b/raw/commit/c0/x%20y.md",
            "https://codeberg.org/a/b/src/commit/c0/",
        ),
    ],
)
def test_where_a_file_is_shown(url: str, file: str, raw: str, folder: str) -> None:
    found = repository(url)
    assert found
    hosted = found.at("c0")
    assert (hosted.file("x y.md"), hosted.raw("x y.md"), hosted.folder(".")) == (file, raw, folder)


def test_the_stores_own_repository_is_told_from_where_it_is_edited() -> None:
    found = edited_at("https://codeberg.org/a/b/_edit/main/sub/")
    assert found
    hosted, folder = found
    assert hosted.history("x.toml") == "https://codeberg.org/a/b/commits/branch/main/x.toml"
    assert folder == "sub"
    found = edited_at("https://git.example/a/b/c/-/edit/main/sub")
    assert found
    assert found[0].commit_page("c0") == "https://git.example/a/b/c/-/commit/c0"
    assert found[0].history("sub/x.toml") == "https://git.example/a/b/c/-/commits/main/sub/x.toml"
    assert edited_at("https://git.example/a/b/edit/main") is None
    assert edited_at("https://github.com/edit/main") is None
    assert edited_at(None) is None
