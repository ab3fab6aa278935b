"""Where a key stands is found in every way of writing it."""

from __future__ import annotations

import time

import pytest

from skillmeat.manifest.position import position

TEXT = """\
# ä
name = "A"
  'tags' = ["é", "日", "b", # c
    "d" ]
site.title = "T"
site . "url" = "U"
inline = { a = 1, "b" = [1, { c = 2 }] }
text = \"\"\"
[[groups]]
slug = 1
\"\"\"

[table]
key = 1
dotted.inner = 2

[[groups]]
slug = "one"
artifacts = ["x", "y"]

  [[ groups ]]
  slug = "two"
  artifacts = [
    # one
    "x",
    { artifact = "y" }
  ]
  [[groups.inner]]
  deep = 1
  [groups.sub]
  z = 1
[[groups.inner]] # of the second
[a.b.c]
d = 1
"""


@pytest.mark.parametrize(
    ("key", "place"),
    [
        ("name", (2, 1)),
        ("tags", (3, 3)),
        ("tags[0]", (3, 13)),
        ("tags[1]", (3, 18)),
        ("tags[3]", (4, 5)),
        ("tags[9]", (3, 3)),
        ("site", (5, 1)),
        ("site.title", (5, 6)),
        ("site.url", (6, 8)),
        ("site.description", (5, 1)),
        ("inline.a", (7, 12)),
        ("inline.b", (7, 19)),
        ("inline.b[1]", (7, 29)),
        ("inline.b[1].c", (7, 31)),
        ("inline.c", (7, 1)),
        ("table", (13, 1)),
        ("table.key", (14, 1)),
        ("table.none", (13, 1)),
        ("table.dotted.inner", (15, 8)),
        ("groups", (17, 1)),
        ("groups[0]", (17, 1)),
        ("groups[0].slug", (18, 1)),
        ("groups[0].name", (17, 1)),
        ("groups[1]", (21, 3)),
        ("groups[1].name", (21, 3)),
        ("groups[1].slug", (22, 3)),
        ("groups[1].artifacts[0]", (25, 5)),
        ("groups[1].artifacts[1].artifact", (26, 7)),
        ("groups[1].inner[0].deep", (29, 3)),
        ("groups[1].sub.z", (31, 3)),
        ("groups[1].inner[1]", (32, 1)),
        ("groups[2]", (17, 1)),
        ("a", (33, 1)),
        ("a.b.c.d", (34, 1)),
        ("nothing", (1, 1)),
        ("", (1, 1)),
        ("[[", (1, 1)),
    ],
)
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_a_key_stands_where_it_is_written(key: str, place: tuple[int, int], newline: str) -> None:
    assert position(TEXT.replace("\n", newline), key) == place


@pytest.mark.parametrize(
    "text", ["", "name", "a = [", "\ufeffa = 1", "<<<<<<< x\na = 1", "a = {b = 1,\nc = 2}"]
)
def test_a_text_that_cannot_be_read_has_no_places(text: str) -> None:
    assert position(text, "a") == (1, 1)


@pytest.mark.parametrize(
    "text",
    [
        "a = " + "[" * 100_000 + "]" * 100_000,
        "a = " + "{a = " * 50_000 + "1" + "}" * 50_000,
        ".".join("a" * 32_000) + " = 1",
        "\n".join(f"a{number}" + ".b" * 49 + " = 1" for number in range(2_000)),
        "[[a]]\n" * 40_000,
        "a = [" + "1, " * 80_000 + "]",
        'a = "' + "é" * 120_000 + '"',
        "a" * 250_000 + " = 1",
    ],
    ids=len,
)
def test_no_text_takes_long(text: str) -> None:
    start = time.process_time()
    assert position(text, "a[3]") >= (1, 1)
    assert time.process_time() - start < 4
