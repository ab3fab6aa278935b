"""What the browser must fetch, and how long it computes (issue 4, demand 2)."""

from __future__ import annotations

import gzip
import random
import re
from pathlib import Path
from typing import Any

import pytest

from skillmeat.site import lists, search
from skillmeat.site.output import Output
from skillmeat.site.search import facets
from tests.site.made import outputs
from tests.site.search import catalog, node
from tests.site.search.catalog import VOCABULARY, WEIGHTS, Made

FIRST_LOAD, SHELL, QUERY = 100_000, 40_000, 64_000  # bytes
PASS = 5.0  # ms
LATER = {"cards.js", "missing.js", "query.js", "results.js", "rows.js", "shortcuts.js"}
"""The modules that are loaded at the first sign of use, or by other pages; all others count."""

IDLE = {"keys.js"}
"""What every page loads by itself, once it has nothing else to do: it counts, and is no part of the shell."""


@pytest.fixture(scope="module")
def made() -> Made:
    """Ten thousand artifacts of 2 KB, words as common and as rare as in English."""
    return catalog.made(10_000, body_words=260)


@pytest.fixture(scope="module")
def data(made: Made, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Their index."""
    return node.write(made.edition, tmp_path_factory.mktemp("search"))


def test_the_first_page_and_its_facets_are_small(made: Made, data: Path) -> None:
    """The page; every style, script, icon and font that it loads at once; the facets."""
    page = next(
        each
        for each in outputs(lists.catalog(made.edition))
        if isinstance(each, Output) and each.path == "index.html"
    )
    assets = made.edition.templates.assets
    loaded = {name for name in assets if name.endswith(".js")} - LATER
    loaded |= set(re.findall(r'(?:href|src)="\./assets/([\w.-]+)', page.data.decode()))
    sizes = {name: len(assets[name]) if name.endswith(".woff2") else packed(assets[name]) for name in loaded}
    sizes["index.html"] = packed(page.data)
    parts = (".html", ".css", ".js", ".woff2")
    shell = sum(size for name, size in sizes.items() if name.endswith(parts) and name not in IDLE)
    sizes["facets.gz"] = (data / "facets.gz").stat().st_size
    assert {"site.css", "theme.js", "site.js", "inter.woff2", "engine.js"} <= loaded
    assert shell <= SHELL, sizes
    assert sum(sizes.values()) <= FIRST_LOAD, sizes


def packed(data: bytes) -> int:
    """What a host that compresses sends."""
    return len(gzip.compress(data, 6))


@node.needed
def test_no_query_fetches_much(data: Path) -> None:
    """Of one to six words, whole, begun and misspelt, each in a browser that has nothing but the facets."""
    dice = random.Random(3)
    queries = [
        *"abcdefghijklmnopqrstuvwxyz0",
        "de",
        "co",
        "in",
        "re",
        "con",
        "程",
        "テスト",
        "pyhton kubernets",
    ]
    for _ in range(150):
        words = dice.choices(VOCABULARY, cum_weights=WEIGHTS, k=dice.randint(1, 6))
        begun = [word[: dice.randint(1, len(word))] if dice.random() < 0.4 else word for word in words]
        queries.append(" ".join(begun))
    queries += [misspelt(dice, dice.choice(VOCABULARY[40:4000])) + " the python" for _ in range(20)]
    costs = node.answers(data, [("cost", {"q": query}) for query in queries])
    worst = max(zip(costs, queries, strict=True))
    assert worst[0] <= QUERY, worst
    assert min(costs) > 1000


def misspelt(dice: random.Random, word: str) -> str:
    place = dice.randrange(len(word))
    return f"{word[:place]}q{word[place + 1 :]}"


@node.needed
def test_a_pass_over_all_facets_is_short(tmp_path: Path) -> None:
    """Twenty thousand records, every facet filtered by, copies in one row: the median of many passes.

    Or the processor's time for one, which is the same on a machine that does nothing else.
    """
    edition = catalog.made(20_000, body_words=6).edition
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "facets.gz").write_bytes(search.pack(facets.columns(edition, "0"), 0))
    [first] = node.answers(tmp_path / "data", [("open", {})])
    dice = random.Random(8)
    states: list[dict[str, Any]] = [{"copies": True}]
    for _ in range(20):
        filters = {
            each["key"]: [value["id"] for value in dice.sample(each["values"], min(3, len(each["values"])))]
            for each in first["facets"]
            if dice.random() < 0.6
        }
        states.append({"filters": filters, "copies": True, "tagmode": dice.choice(("any", "all"))})
    every = {each["key"]: [value["id"] for value in each["values"][:2]] for each in first["facets"]}
    for asked in (states, [{"filters": every, "copies": True}] * 20):
        taken = node.answers(tmp_path / "data", [("open", {}), ("time", {"states": asked, "passes": 12})])[1]
        assert min(taken["median"], taken["processor"]) <= PASS, taken
