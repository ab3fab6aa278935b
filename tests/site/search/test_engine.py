"""The engine, in Node, answers what the records say."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest

from skillmeat.site.search import cards
from tests.site.search import catalog, node
from tests.site.search.catalog import FOREIGN, VOCABULARY, Made
from tests.site.search.reference import Reference, is_cjk, split

pytestmark = node.needed

SIZE = 600
SELECTIONS = 1000


@pytest.fixture(scope="module")
def reference() -> Reference:
    """A catalog with a thousand records or so."""
    return Reference(catalog.made(SIZE))


@pytest.fixture(scope="module")
def data(reference: Reference, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its index."""
    return node.write(reference.made.edition, tmp_path_factory.mktemp("search"))


def state(**changes: Any) -> dict[str, Any]:
    first = {
        "q": "",
        "filters": {},
        "tagmode": "any",
        "sort": "newest",
        "page": 1,
        "size": 30,
        "copies": False,
    }
    return {**first, **changes}


def any_state(dice: random.Random, reference: Reference) -> dict[str, Any]:
    """What somebody may ask for."""
    filters = {}
    for facet, known in reference.known.items():
        if dice.random() < 0.25:
            filters[facet] = [
                *dice.sample(sorted(known), dice.randint(1, 3)),
                *["no-such"] * dice.randint(0, 1),
            ]
    query = any_query(dice, reference) if dice.random() < 0.4 else ""
    ranked = all(word.isascii() for word in split(query))
    return state(
        q=query,
        filters=filters,
        tagmode=dice.choice(("any", "all")),
        sort=dice.choice(("newest", "updated", "name", *["relevance"] * ranked)),
        page=dice.choice((1, 1, 1, 2, 5)),
        size=dice.choice((10, 30)),
        copies=dice.random() < 0.7,
    )


def any_query(dice: random.Random, reference: Reference) -> str:
    """One to three words, whole or begun, that some record says."""
    words = []
    for _ in range(dice.choice((1, 1, 2, 3))):
        field = dice.choice(("name", "tags", "description", "body"))
        known = sorted(dice.choice(reference.said)[field].words) or ["the"]
        word = dice.choice(known)
        words.append(word[: dice.randint(1, len(word))] if dice.random() < 0.5 else word.title())
    return " ".join(words)


def test_a_thousand_selections_agree_with_the_reference(reference: Reference, data: Path) -> None:
    """Counts, totals, rows and their order, copies, and what to drop."""
    dice = random.Random(11)
    states = [any_state(dice, reference) for _ in range(SELECTIONS)]
    facets, _, *answered = node.answers(
        data, [("open", {}), ("titles", None), *(("select", each) for each in states)]
    )
    places = {each["key"]: [value["id"] for value in each["values"]] for each in facets["facets"]}
    assert {facet: set(known) for facet, known in places.items()} == reference.known
    empty = 0
    for asked, answer in zip(states, answered, strict=True):
        wanted = reference.select(asked)
        counts = {
            facet: {value: count for value, count in zip(places[facet], found, strict=True) if count}
            for facet, found in answer["counts"].items()
        }
        drop = [(each["facet"], each["value"], each["total"]) for each in answer["drop"]]
        assert [each[2] for each in drop] == sorted((each[2] for each in drop), reverse=True)
        assert {
            **{key: answer[key] for key in ("total", "matches", "rows")},
            "counts": counts,
            "drop": sorted(drop, key=str),
        } == {**wanted, "drop": sorted(wanted["drop"], key=str)}, asked
        assert answer["corrected"] == {}, asked
        empty += not wanted["total"]
    assert 50 < empty < SELECTIONS / 2, "both kinds of answer are looked at"


def test_the_values_of_a_facet_come_most_used_first(reference: Reference, data: Path) -> None:
    [answer] = node.answers(data, [("open", {})])
    assert answer["size"] == SIZE
    assert [(each["key"], each["multiple"]) for each in answer["facets"]] == [
        ("type", False),
        ("source", False),
        ("trust", False),
        ("tags", True),
        ("collection", True),
        ("group", True),
        ("updated", True),
    ]
    for facet in answer["facets"]:
        held = [value for each in reference.values[facet["key"]] for value in each]
        totals = [value["total"] for value in facet["values"]]
        assert totals == [held.count(value["id"]) for value in facet["values"]]
        assert totals == sorted(totals, reverse=True)
    names = {facet["key"]: facet["values"][0]["name"] for facet in answer["facets"]}
    assert names["type"] == "Skills"
    assert names["source"].endswith("/things")
    tag = next(each for each in answer["facets"] if each["key"] == "tags")["values"][0]
    shown = reference.made.edition.tags[tag["id"]]
    assert (tag["name"], tag["color"]) == (shown["name"], shown["color"])


def test_nothing_is_missed_by_the_beginning_of_a_word(reference: Reference, data: Path) -> None:
    """Of any field, from one letter on; and nothing else is found."""
    dice = random.Random(5)
    words = sorted({word for said in reference.said for field in said.values() for word in field.words})
    asked = sorted({word[:1] for word in words}) + sorted({word[:2] for word in words})[::9]
    asked += [word[: dice.randint(1, len(word))] for word in dice.sample(words, 300)]
    answers = node.answers(data, [("open", {}), *(("select", state(q=each, size=SIZE)) for each in asked)])
    for query, answer in zip(asked, answers[1:], strict=True):
        wanted = {place for place, rank in enumerate(reference.ranks(query)) if rank}
        assert {row["index"] for row in answer["rows"]} == wanted, query


def test_any_part_of_a_chinese_japanese_or_korean_text_finds_it(reference: Reference, data: Path) -> None:
    runs = [word for each in FOREIGN for word in split(each) if is_cjk(word)]
    asked = sorted(
        {
            run[start:stop]
            for run in runs
            for start in range(len(run))
            for stop in range(start + 1, len(run) + 1)
        }
    )
    answers = node.answers(data, [("open", {}), *(("select", state(q=each, size=SIZE)) for each in asked)])
    for query, answer in zip(asked, answers[1:], strict=True):
        wanted = {place for place, rank in enumerate(reference.ranks(query)) if rank}
        assert {row["index"] for row in answer["rows"]} == wanted, query
        assert answer["words"] == split(query)
        assert answer["total"]


@pytest.mark.parametrize(
    ("typed", "used"),
    [
        ("pyhton", "python"),
        ("pythn", "python"),
        ("pythonn", "python"),
        ("rython", "python"),
        ("kubernets", "kubernetes"),
        ("kuberntse", "kubernetes"),
        ("comand", "command"),
        ("kuberm", "kubern"),
    ],
)
def test_a_misspelt_word_is_taken_for_the_likely_one(
    reference: Reference, data: Path, typed: str, used: str
) -> None:
    typo, right = node.answers(
        data, [("open", {}), ("select", state(q=f"{typed} the")), ("select", state(q=f"{used} the"))]
    )[1:]
    assert typo["corrected"] == {typed: used}
    assert typo["words"] == [used, "the"]
    assert {**typo, "corrected": {}} == right
    assert typo["total"] > 0


def test_nothing_like_a_word_is_nothing(data: Path) -> None:
    answers = node.answers(
        data,
        [
            ("open", {}),
            *(("select", state(q=each)) for each in ("xqzzyvvw", "zq", "9999999", "onlyinthefrontmatter")),
        ],
    )
    for answer in answers[1:]:
        assert (answer["total"], answer["corrected"], answer["drop"][0]["facet"]) == (0, {}, "q")
        assert answer["drop"][0]["total"] == SIZE


def test_a_query_of_no_words_asks_for_nothing(data: Path) -> None:
    every, signs = node.answers(data, [("open", {}), ("select", state()), ("select", state(q=" … !"))])[1:]
    assert signs == every


def test_operators_are_filters(reference: Reference, data: Path) -> None:
    tag = sorted(reference.known["tags"])[0]
    same = [
        (state(q=f"the type:skill TAG:{tag}"), state(q="the", filters={"type": ["skill"], "tags": [tag]})),
        (state(q="source:owner-1"), state(filters={"source": ["owner-1"]})),
        (
            state(q="trust:official", filters={"trust": ["basic"]}),
            state(filters={"trust": ["basic", "official"]}),
        ),
        (state(q="type:nothing"), state(q="type nothing")),
    ]
    jobs = [("select", each) for pair in same for each in pair]
    answers = node.answers(data, [("open", {}), *jobs])[1:]
    for one, other in zip(answers[::2], answers[1::2], strict=True):
        assert {**one, "drop": []} == {**other, "drop": []}


def test_what_is_named_so_comes_before_what_is_tagged_described_or_written_so(
    reference: Reference, data: Path
) -> None:
    word = VOCABULARY[61]  # which is in names, tags, descriptions and texts
    answer = node.answers(data, [("open", {}), ("select", state(q=word, sort="relevance", size=SIZE))])[1]
    fields = ("name", "slug", "tags", "description", "body")
    first = [
        min(fields.index(field) for field in fields if reference.said[row["index"]][field].begins(word))
        for row in answer["rows"]
    ]
    ranks = [max(0, place - 1) for place in first]
    assert ranks == sorted(ranks)
    assert len(set(ranks)) == 4


def test_rows_are_there_before_their_cards(reference: Reference, data: Path) -> None:
    """A row has its id and name from the titles, and what a list shows from its card."""
    asked = state(size=40)
    _, bare, titles, named, cards = node.answers(
        data,
        [("open", {}), ("select", asked), ("titles", None), ("select", asked), ("cards", list(range(SIZE)))],
    )
    assert all(row["id"] is None and row["title"] is None for row in bare["rows"])
    assert [row["index"] for row in bare["rows"]] == [row["index"] for row in named["rows"]]
    wanted = [{"id": each["id"], "title": each["name"]} for each in reference.records]
    assert titles == wanted
    edition = reference.made.edition
    for card, each in zip(cards, reference.records, strict=True):
        place = reference.records.index(each)
        assert card == {
            "id": each["id"],
            "type": each["type"],
            "name": each["name"],
            "text": card["text"],
            "source": each["source"] or "",
            "repository": edition.repository_names.get(each["source"] or "", ""),
            "trust": each["trust_level"] or "",
            "tags": [
                {key: edition.tags[tag][key] for key in ("id", "name", "color")} for tag in each["tags"]
            ],
            "date": each["created_at"][:10],
            "deprecated": bool(each["deprecated"]),
            "copies": reference.same.count(reference.same[place]),
        }
        assert card["text"] in edition.rows[each["id"]].unescape()


def test_only_the_first_rows_are_known_by_title(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many there are, the titles are as small; what stands further down waits for its card."""
    monkeypatch.setattr(cards, "TITLED", 20)
    data = node.write(catalog.made(50).edition, tmp_path)
    asked = state(size=50)
    jobs: list[tuple[str, Any]] = [("open", {}), ("titles", None), ("select", asked)]
    _, titles, before, told, after = node.answers(data, [*jobs, ("cards", [49]), ("select", asked)])
    assert len(titles) == 20
    assert [row["id"] is not None for row in before["rows"]] == [place < 20 for place in range(50)]
    assert {"id": after["rows"][49]["id"], "title": after["rows"][49]["title"]} == {
        "id": told[0]["id"],
        "title": told[0]["name"],
    }


def test_cards_and_words_are_fetched_once(data: Path) -> None:
    jobs: list[tuple[str, Any]] = [
        ("open", {}), ("cards", [1, 2, 31, 40]), ("bytes", None), ("cards", [0, 30, 39]), ("bytes", None),
        ("select", state(q="python")), ("bytes", None), ("select", state(q="python")), ("bytes", None),
    ]  # fmt: skip
    answers = node.answers(data, jobs)
    assert answers[0]["bytes"] < answers[2] == answers[4] < answers[6] == answers[8]


def test_without_anything_to_fetch_the_answer_is_there_at_once(data: Path) -> None:
    wanted = state(filters={"type": ["skill"]})
    query, by_name = state(q="python"), state(sort="name")
    jobs = [
        ("open", {}), ("facetsOnly", wanted), ("select", wanted),
        ("facetsOnly", query), ("select", query), ("facetsOnly", query),
        ("facetsOnly", by_name), ("select", by_name), ("facetsOnly", by_name),
    ]  # fmt: skip
    _, now, later, *rest = node.answers(data, jobs)
    assert now == later
    for before, found, after in (rest[:3], rest[3:]):
        assert before is None
        assert after == found


def test_copies_are_one_row_and_known_to_one_another(reference: Reference, data: Path) -> None:
    place = next(i for i, key in enumerate(reference.same) if reference.same.count(key) > 1)
    wanted = [i for i, key in enumerate(reference.same) if key == reference.same[place]]
    answers = node.answers(
        data,
        [
            ("open", {}),
            ("copies", place),
            ("select", state(copies=True, size=SIZE)),
            ("select", state(size=SIZE)),
        ],
    )
    assert answers[1] == wanted
    assert next(row for row in answers[2]["rows"] if row["index"] == place)["copies"] == len(wanted)
    assert (
        answers[2]["total"] == len(set(reference.same)) < answers[2]["matches"] == answers[3]["total"] == SIZE
    )
    assert all(row["copies"] == 1 for row in answers[3]["rows"])


def test_the_day_from_which_changes_count_can_be_given(reference: Reference, data: Path) -> None:
    answers = node.answers(data, [("open", {"today": "2027-01-15"})])
    totals = {value["id"]: value["total"] for value in answers[0]["facets"][-1]["values"]}
    assert totals["30d"] == totals["90d"] == 0 < totals["1y"]


@pytest.mark.parametrize("size", [0, 1, 33])
def test_small_catalogs_are_searched_too(size: int, tmp_path: Path) -> None:
    made: Made = catalog.made(size)
    jobs: list[tuple[str, Any]] = [("open", {}), ("titles", None), ("cards", list(range(size)))]
    jobs += [
        ("select", state(q=query, sort=sort))
        for query in ("", "the", "z")
        for sort in ("name", "relevance", "updated")
    ]
    first, titles, cards, *answers = node.answers(node.write(made.edition, tmp_path), jobs)
    assert (first["size"], len(titles), len(cards)) == (size, size, size)
    assert [each["total"] for each in answers[:3]] == [size] * 3
