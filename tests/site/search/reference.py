"""What search must answer, worked out from the records alone, one by one. Shares nothing with the builder."""

from __future__ import annotations

import unicodedata
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property
from typing import Any

from tests.site.search.catalog import Made

State = Mapping[str, Any]
PERIODS = {"1y": 365, "90d": 90, "30d": 30}
SPECIAL = {"ß": "ss", "æ": "ae", "ø": "o", "ł": "l", "ς": "σ", "ı": "i"}
CJK = ("CJK UNIFIED", "HIRAGANA LETTER", "KATAKANA LETTER", "HANGUL SYLLABLE", "KATAKANA-HIRAGANA PROLONGED")


def folded(text: str) -> str:
    """A text without case and accents, a character at a time."""
    made = []
    for character in unicodedata.normalize("NFKD", text).lower():
        if not 0x300 <= ord(character) <= 0x36F:
            made.append(SPECIAL.get(character, character))
    return unicodedata.normalize("NFC", "".join(made))


@cache
def kind(character: str) -> str:
    """``word``, ``cjk`` or nothing."""
    if unicodedata.name(character, "").startswith(CJK):
        return "cjk"
    return "word" if unicodedata.category(character)[0] in "LNM" else ""


def split(text: str) -> list[str]:
    """The words of a text."""
    found, before = [""], ""
    for character in folded(text):
        now = kind(character)
        if now != before:
            found.append("")
        found[-1] += character if now else ""
        before = now
    return [word for word in found if word]


def is_cjk(word: str) -> bool:
    return kind(word[0]) == "cjk"


@dataclass(frozen=True)
class Said:
    """The words that a field of a record holds."""

    words: frozenset[str]

    @cached_property
    def _sorted(self) -> list[str]:
        return sorted(self.words)

    def whole(self, word: str) -> bool:
        """Whether it is there as it is."""
        return word in self.words

    def begins(self, word: str) -> bool:
        """Whether a word begins so; of CJK, whether it is anywhere."""
        if is_cjk(word):
            return any(word in each for each in self.words)
        place = bisect_left(self._sorted, word)
        return place < len(self._sorted) and self._sorted[place].startswith(word)


@dataclass(frozen=True)
class Reference:
    """A catalog, asked slowly."""

    made: Made

    @cached_property
    def records(self) -> list[dict[str, Any]]:
        """Newest first, then by id."""
        every = sorted(self.made.edition.artifacts.values(), key=lambda each: each["id"])
        return sorted(every, key=lambda each: each["created_at"] or "", reverse=True)

    @cached_property
    def same(self) -> list[object]:
        """By record: what it shares with its copies."""
        found: list[object] = []
        for place, each in enumerate(self.records):
            if each["hash"]:
                found.append((each["type"], each["hash"]))
            elif each["description"]:
                found.append((each["type"], each["name"].casefold(), each["description"]))
            else:
                found.append(place)
        return found

    @cached_property
    def days(self) -> list[int]:
        """When each last changed."""
        return [
            date.fromisoformat((each["updated_at"] or each["created_at"])[:10]).toordinal()
            for each in self.records
        ]

    @cached_property
    def values(self) -> dict[str, list[list[str]]]:
        """By facet and record: its values."""
        newest = max(self.days)
        return {
            "type": [[each["type"]] for each in self.records],
            "source": [[each["source"]] if each["source"] else [] for each in self.records],
            "trust": [[each["trust_level"]] if each["trust_level"] else [] for each in self.records],
            "tags": [each["tags"] for each in self.records],
            "collection": [each["collections"] for each in self.records],
            "group": [each["groups"] for each in self.records],
            "updated": [[key for key, most in PERIODS.items() if newest - day <= most] for day in self.days],
        }

    @cached_property
    def known(self) -> dict[str, set[str]]:
        """By facet: the values that there are."""
        return {facet: {value for each in held for value in each} for facet, held in self.values.items()}

    # --------------------------------------------------------------- answers

    def select(self, state: State) -> dict[str, Any]:
        """The result that the engine must give."""
        filters = {
            facet: [value for value in dict.fromkeys(state["filters"].get(facet, ())) if value in known]
            for facet, known in self.known.items()
        }
        ranks = self.ranks(state["q"])
        found = self._matching(filters, state, ranks)
        order = self._ordered(found, state, ranks)
        rows: dict[object, list[int]] = defaultdict(list)
        for place in order:
            rows[self._row(place, state)].append(place)
        first = (state["page"] - 1) * state["size"]
        shown = list(rows.values())[first : first + state["size"]]
        return {
            "total": len(rows),
            "matches": len(found),
            "rows": [
                {
                    "index": row[0],
                    "id": self.records[row[0]]["id"],
                    "title": self.records[row[0]]["name"],
                    "copies": len(row),
                }
                for row in shown
            ],
            "counts": {facet: self._counts(facet, filters, state, ranks) for facet in filters},
            "drop": [] if rows else self._drop(filters, state, ranks),
        }

    def _counts(
        self, facet: str, filters: Mapping[str, list[str]], state: State, ranks: Sequence[int]
    ) -> Counter[str]:
        others = dict(filters)
        if not (facet == "tags" and state["tagmode"] == "all"):
            others[facet] = []
        held = self.values[facet]
        pairs = {
            (value, self._row(place, state))
            for place in self._matching(others, state, ranks)
            for value in held[place]
        }
        return Counter(value for value, _ in pairs)

    def _drop(
        self, filters: Mapping[str, list[str]], state: State, ranks: Sequence[int]
    ) -> list[tuple[str, str | None, int]]:
        attempts: list[tuple[str, str | None, int]] = []
        for facet, values in filters.items():
            if len(values) > 1 and not (facet == "tags" and state["tagmode"] == "all"):
                attempts.append((facet, None, self._total({**filters, facet: []}, state, ranks)))
                continue
            for gone in values:
                rest = [each for each in values if each != gone]
                attempts.append((facet, gone, self._total({**filters, facet: rest}, state, ranks)))
        if state["q"]:
            attempts.append(("q", state["q"], self._total(filters, state, [1] * len(self.records))))
        return [attempt for attempt in attempts if attempt[2]]

    def _total(self, filters: Mapping[str, list[str]], state: State, ranks: Sequence[int]) -> int:
        return len({self._row(place, state) for place in self._matching(filters, state, ranks)})

    def _row(self, place: int, state: State) -> object:
        return self.same[place] if state["copies"] else place

    def _matching(self, filters: Mapping[str, list[str]], state: State, ranks: Sequence[int]) -> list[int]:
        found = [place for place, rank in enumerate(ranks) if rank]
        for facet, wanted in filters.items():
            if wanted:
                enough: Callable[[Collection[str]], bool] = set(wanted).intersection
                if facet == "tags" and state["tagmode"] == "all":
                    enough = set(wanted).issubset
                found = [place for place in found if enough(self.values[facet][place])]
        return found

    def _ordered(self, found: list[int], state: State, ranks: Sequence[int]) -> list[int]:
        match state["sort"]:
            case "name":
                return sorted(found, key=lambda place: folded(self.records[place]["name"]))
            case "updated":
                return sorted(found, key=lambda place: -self.days[place])
            case "relevance":
                return sorted(found, key=lambda place: -ranks[place])
        return found

    # ----------------------------------------------------------------- words

    @cached_property
    def said(self) -> list[dict[str, Said]]:
        """By record and field: its words. The first 24 letters count, and no long code of a body does."""
        tags = self.made.edition.tags
        found = []
        for each in self.records:
            texts = {
                "name": each["name"],
                "slug": each["slug"],
                "tags": " ".join(f"{tag} {tags[tag]['name']}" for tag in each["tags"]),
                "description": each["description"] or "",
                "body": self.made.bodies[each["id"]],
            }
            words = {
                field: [word if is_cjk(word) else word[:24] for word in split(text)]
                for field, text in texts.items()
            }
            words["body"] = [
                word if is_cjk(word) else word[:24]
                for word in split(texts["body"])
                if is_cjk(word) or len(word) <= 24 or not any("0" <= letter <= "9" for letter in word)
            ]
            counted = Counter(words["body"])
            said = {field: Said(frozenset(held)) for field, held in words.items()}
            said["often"] = Said(frozenset(word for word, count in counted.items() if count >= 3))
            found.append(said)
        return found

    def ranks(self, query: str) -> list[int]:
        """By record: 0 when a word of the query is not there, else what its words are worth together."""
        wanted = list(dict.fromkeys(word if is_cjk(word) else word[:24] for word in split(query)))
        if not wanted:
            return [1] * len(self.records)
        each = [[self._worth(said, word) for word in wanted] for said in self.said]
        return [sum(worths) if all(worths) else 0 for worths in each]

    def _worth(self, said: Mapping[str, Said], word: str) -> int:
        if is_cjk(word):
            return 1 if any(field.begins(word) for field in said.values()) else 0
        names = len(said["name"].words)
        name = 6 if names == 1 else 5 if names <= 3 else 4
        places = {"name": name, "slug": 4, "tags": 3, "description": 2, "often": 1, "body": 0}
        whole, part = (3, 5, 11, 22, 44, 48, 52), (2, 4, 8, 16, 32, 36, 40)
        worth = 0
        for field, place in places.items():
            # A word in the name counts there alone, for how much the name says, and so on down.
            if said[field].begins(word):
                worth = max(worth, part[place])
            if said[field].whole(word):
                worth = max(worth, whole[place])
        return worth
