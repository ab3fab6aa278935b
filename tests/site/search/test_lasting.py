"""The index of a second build is that of a first one, whatever came, went, changed or moved."""

from __future__ import annotations

import random
from array import array
from pathlib import Path

import pytest

from skillmeat.site.search import lasting as lasting_module
from skillmeat.site.search import postings
from skillmeat.site.search.impacts import whole as whole_word
from skillmeat.site.search.lasting import Lasting, Lists, dumped, loaded

WORDS = ["amber", "am", "ambit", "brick", "cedar", "ce", "c", "délta", "日本", "\U00020000"]
IMPACTS = (0, 2, 4, 6, 8, 9, 10)
Said = dict[str, dict[str, int]]
"""By record, in order: its terms and impacts."""


def whole(said: Said) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for number, impacts in enumerate(said.values()):
        for term, impact in impacts.items():
            found.setdefault(term, []).append(number << 4 | impact)
    return found


def begun(said: Said, prefix: str) -> list[int]:
    places = []
    for number, impacts in enumerate(said.values()):
        found = [
            whole_word(impact) if term == prefix else impact
            for term, impact in impacts.items()
            if term.startswith(prefix)
        ]
        if found:
            places.append(number << 4 | max(found))
    return places


def first(said: Said, prefixes: list[str]) -> Lasting:
    terms = {term: array("I", places) for term, places in whole(said).items()}
    begins = {prefix: array("I", begun(said, prefix)) for prefix in prefixes}
    kept = Lasting({each: repr(said[each]) for each in said}, Lists(terms), Lists(begins))
    for lists in (kept.terms, kept.prefixes):
        lists.sizes = {
            name: len(postings._encoded(places)) for name, places in lists.places.items() if places
        }
    return kept


def sized(kept: Lasting) -> None:
    """The sizes that are known are those of what is written."""
    for lists in (kept.terms, kept.prefixes):
        for name, places in lists.places.items():
            if name in lists.sizes:
                assert lists.sizes[name] == (len(postings._encoded(places)) if places else 0)


def random_record(chance: random.Random) -> dict[str, int]:
    return {word: chance.choice(IMPACTS) for word in chance.sample(WORDS, chance.randrange(5))}


@pytest.mark.parametrize("few", [0, 2, 16])
@pytest.mark.parametrize("seed", range(20))
def test_it_is_brought_to_what_would_be_made_anew(
    seed: int, few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lasting_module, "FEW", few)
    chance = random.Random(seed)
    said = {f"r{number}": random_record(chance) for number in range(30)}
    prefixes = ["a", "c", "d", "x"]
    kept = first(said, prefixes)
    for step in range(10):
        for _ in range(chance.randrange(4)):
            what, record = chance.randrange(4), chance.choice(list(said))
            if what == 0:
                del said[record]
            elif what == 1:
                items = list(said.items())
                items.insert(
                    chance.randrange(len(items)), (f"new{seed}-{step}-{len(items)}", random_record(chance))
                )
                said = dict(items)
            else:
                said[record] = random_record(chance)
        kept = loaded(dumped(kept))
        assert kept.update({each: repr(said[each]) for each in said}, said.__getitem__)
        assert {term: list(places) for term, places in kept.terms.places.items()} == whole(said)
        sized(kept)
        for prefix in prefixes:
            assert list(kept.prefixes.places[prefix]) == begun(said, prefix)


def test_only_what_changed_is_asked_for() -> None:
    said = {f"r{number}": {"amber": 1, f"w{number}": 2} for number in range(10)}
    kept, asked = first(said, ["a"]), []
    said["r3"] = {"amber": 1, "cedar": 4}

    def impacts(record: str) -> dict[str, int]:
        asked.append(record)
        return said[record]

    assert kept.update({each: repr(said[each]) for each in said}, impacts)
    assert asked == ["r3"]


@pytest.mark.parametrize("how", ["another order", "most changed", "nothing known"])
def test_it_says_when_all_is_to_be_made_anew(how: str) -> None:
    said = {f"r{number}": {"amber": IMPACTS[number % 7]} for number in range(6)}
    kept = Lasting() if how == "nothing known" else first(said, [])
    if how == "another order":
        said = dict(reversed(said.items()))
    if how == "most changed":
        said |= {f"r{number}": {"cedar": 1} for number in range(4)}
    before = dumped(kept)
    assert not kept.update({each: repr(said[each]) for each in said}, said.__getitem__)
    assert dumped(kept) == before


def test_what_cannot_be_written_is_not_kept(tmp_path: Path) -> None:
    assert dumped(Lasting(terms=Lists({"\ud800": array("I", [1])}))) == b""
    assert loaded(b"") == loaded(None) == Lasting()
