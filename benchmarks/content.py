"""Synthetic entries of a catalog: the same number of them is the same entries, whoever they are laid out for.

An entry has one of six types, three tags of 200 (half of the picks lean to the first ones), one collection of
50, one source of N/100, and a Markdown text of about 2 KB; a tenth of the entries are local.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import product
from typing import Final

TYPES: Final = ("skill", "agent", "command", "hook", "mcp", "plugin")
TRUST: Final = ("official", "verified", "basic", "untrusted")
_STARTS: Final = ("ba", "do", "fe", "gi", "ku", "lam", "men", "nor", "pi", "ros")
_ENDS: Final = ("bit", "cor", "dan", "flo", "gra", "hub", "ink", "jot", "lop", "mar")
WORDS: Final = ["".join(pair) for pair in (*product(_STARTS, _STARTS), *product(_STARTS[:5], _ENDS))]
_TAGS: Final = [f"{one}-{other}" for one, other in product(WORDS[:20], WORDS[50:60])]
_COLLECTIONS: Final = [f"{WORDS[number]}-kit" for number in range(50)]
_CODE: Final = (
    (
        "bash",
        "set -euo pipefail\n{0} --input ./{1} | jq '.{2}[]'\nif [ -f {1}.toml ]; then\n  {0} check {1}\nfi",
    ),
    (
        "python",
        "from {0} import {2}\n\n\ndef {1}(path: str) -> list[str]:\n    return [row for row in {2}(path)]",
    ),
    (
        "json",
        '{{\n  "name": "{0}",\n  "{1}": {{"enabled": true, "limit": 25}},\n  "{2}": ["read", "write"]\n}}',
    ),
    ("yaml", "{0}:\n  - name: {1}\n    run: {2} --check\n  - name: {2}\n    timeout: 30"),
)


@dataclass(frozen=True, slots=True)
class Entry:
    """An artifact, as every program that is measured is given it. ``source`` is empty for a local one."""

    number: int
    type: str
    slug: str
    name: str
    description: str
    tags: Sequence[str]
    collection: str
    source: str
    trust: str
    created: datetime
    version: str
    text: str
    requires: str

    @property
    def id(self) -> str:
        """The artifact's id in a store."""
        return f"{self.type}/{self.slug}"

    @property
    def file(self) -> str:
        """Where its text stands, in its source or in the store's own repository."""
        return f"{self.type}s/{self.slug}/{'SKILL' if self.type == 'skill' else 'README'}.md"


def sources(number_of_entries: int) -> list[str]:
    """The ids of the sources of a store."""
    return [f"{WORDS[number % 150]}-{number:03d}" for number in range(max(1, number_of_entries // 100))]


def tags(number_of_entries: int) -> list[str]:
    """The ids of the tags of a store: 200, but fewer where there is little to tag."""
    return _TAGS[: max(10, number_of_entries // 5)]


def collections(number_of_entries: int) -> list[str]:
    """The ids of the collections of a store: 50, but fewer where there is little to collect."""
    return _COLLECTIONS[: max(2, number_of_entries // 20)]


def trust(source: str) -> str:
    """The trust level of a source; empty for no source."""
    return TRUST[int(source[-3:]) % 4] if source else ""


def entries(count: int, seed: int = 1) -> Iterator[Entry]:
    """The entries of a catalog of that size."""
    dice = random.Random(f"{seed}:{count}")
    all_tags, all_collections, all_sources = tags(count), collections(count), sources(count)
    earlier: list[str] = []
    for number in range(count):
        words = dice.sample(WORDS, 3)
        carried: set[str] = set()
        while len(carried) < 3:
            lean = int(dice.paretovariate(0.6)) - 1 if dice.random() < 0.5 else dice.randrange(200)
            carried.add(all_tags[lean % len(all_tags)])
        name = " ".join(words).title()
        source = dice.choice(all_sources) if dice.random() < 0.9 else ""
        entry = Entry(
            number=number,
            type=dice.choice(TYPES),
            slug=f"{'-'.join(words)}-{number:06d}",
            name=name,
            description=_sentence(dice, 10, 18, plain=True),
            tags=sorted(carried),
            collection=dice.choice(all_collections),
            source=source,
            trust=trust(source),
            created=datetime(
                dice.randint(2020, 2025), dice.randint(1, 12), dice.randint(1, 28), 9, 30, tzinfo=UTC
            ),
            version=f"{dice.randint(0, 4)}.{dice.randint(0, 20)}.{dice.randint(0, 9)}",
            text=_text(dice, name),
            requires=dice.choice(earlier) if number % 10 == 9 else "",
        )
        earlier.append(entry.id)
        yield entry


def _sentence(dice: random.Random, least: int = 7, most: int = 16, *, plain: bool = False) -> str:
    words = dice.choices(WORDS, k=dice.randint(least, most))
    place, kind = dice.randrange(len(words)), dice.random()
    word = words[place]
    if not plain and kind < 0.42:
        forms = (f"`{word}`", f"**{word}**", f"*{word}*", f"[{word}](https://example.org/{word}/)")
        words[place] = forms[int(kind * 10) % 4]
    return f"{' '.join(words).capitalize() if plain else ' '.join(words)}."


def _paragraph(dice: random.Random, sentences: int) -> str:
    return " ".join(_sentence(dice) for _ in range(sentences))


def _text(dice: random.Random, title: str) -> str:
    language, code = dice.choice(_CODE)
    lines = [f"# {title}", "", _paragraph(dice, 3), "", "## When to use", ""]
    lines += [f"- {_sentence(dice, 5, 10)}" for _ in range(dice.randint(3, 5))]
    lines += ["", "## Usage", "", _paragraph(dice, 2), ""]
    lines += [f"```{language}", code.format(*dice.sample(WORDS, 3)), "```", "", "## Options", ""]
    lines += ["| Option | Default | Meaning |", "| --- | --- | --- |"]
    lines += [
        f"| `--{dice.choice(WORDS)}` | {dice.choice(WORDS)} | {' '.join(dice.choices(WORDS, k=6))} |"
        for _ in range(dice.randint(3, 5))
    ]
    lines += ["", "## Notes", "", *(f"{place}. {_sentence(dice, 5, 10)}" for place in range(1, 4)), ""]
    lines += [f"> {_sentence(dice)}", ""] if dice.random() < 0.3 else []
    while sum(map(len, lines)) + len(lines) < 1900:
        lines += [_paragraph(dice, 2), ""]
    return "\n".join(lines).rstrip("\n") + "\n"
