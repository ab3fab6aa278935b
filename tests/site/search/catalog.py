"""A catalog to search in: independent facets, words as common and as rare as in English, copies."""

from __future__ import annotations

import hashlib
import random
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate, product
from typing import Final

from skillmeat.catalog import Catalog
from skillmeat.history import Dated, Dates
from skillmeat.model import (
    Artifact,
    Collection,
    Lock,
    LockedArtifact,
    LockedSource,
    Settings,
    Site,
    Source,
    Tag,
    kind_of,
)
from skillmeat.site import templates
from skillmeat.site.edition import Edition
from skillmeat.tree import FILE, Content, TreeEntry
from skillmeat.views import Views

TYPES: Final = ("skill", "skill", "skill", "command", "command", "agent", "hook", "mcp", "plugin")
LEVELS: Final = ("official", "verified", "basic", "untrusted")
LAST: Final = date(2026, 6, 1)

COMMON: Final = str.split(
    "the to and a of in for is with this that use when file code it on or be as from data test you run "
    "each not python github kubernetes review project command output error check api build read write "
    "search document"
)
FOREIGN: Final = str.split(
    "机器学习教程 代码审查 文件 日本語の文書 プログラミング テスト コードレビュー 한국어문서 코드검토를 "
    "테스트 naïve Café Straße Łódź façade Ærø ПРИВЕТ Ёлка ΟΔΟΣ हिन्दी ﬁle Ｗｉｄｅ 𠮷野家 İstanbul"
)
_STARTS: Final = str.split("b br c ch cl d dr f g gr h k l m n p pl qu r s st t tr v w z")
_ENDS: Final = str.split("a al an ar e el en er ent i in ing ion is o on or ous u ur y")


def _vocabulary(size: int) -> list[str]:
    dice = random.Random("vocabulary")
    syllables = ["".join(pair) for pair in product(_STARTS, _ENDS)]
    made = dict.fromkeys(COMMON)
    while len(made) < size:
        made["".join(dice.choices(syllables, k=dice.choice((1, 2, 2, 3, 3, 4))))] = None
    return list(made)


VOCABULARY: Final = _vocabulary(40_000)
WEIGHTS: Final = list(accumulate(1 / (rank + 2) for rank in range(len(VOCABULARY))))


@dataclass(frozen=True)
class Made:
    """A catalog, and the texts of its artifacts."""

    edition: Edition
    bodies: Mapping[str, str]


def made(size: int, seed: int = 1, body_words: int = 60) -> Made:
    """That many artifacts; the same ones each time."""
    dice = random.Random(f"{seed}:{size}")
    sources = [f"owner-{number}" for number in range(max(2, size // 100))]
    tags = [f"{VOCABULARY[60 + number]}-{number}" for number in range(200)]
    held: dict[str, list[str]] = defaultdict(list)
    entries: dict[str, list[LockedArtifact]] = defaultdict(list)
    artifacts: dict[str, Artifact] = {}
    bodies: dict[str, str] = {}
    dates: dict[str, Dated] = {}
    for number in range(size):
        kind = dice.choice(TYPES)
        name = " ".join(_words(dice, dice.randint(1, 4))).title()
        slug = (
            f"{'-'.join(word for word in name.lower().split() if word.isascii()) or 'word'}"[:50].rstrip("-")
            + f"-{number}"
        )
        text, description = " ".join(_words(dice, body_words)), " ".join(_words(dice, dice.randint(6, 20)))
        if dice.random() < 0.1:
            name = f"{name} {dice.choice(FOREIGN)}"
        if dice.random() < 0.1:
            text += (
                f" {dice.choice(FOREIGN)}, {dice.choice(FOREIGN)}! {hashlib.md5(text.encode()).hexdigest()}"
            )
        artifact = Artifact(
            id=f"{kind}/{slug}",
            name=slug if dice.random() < 0.2 else name,
            description=description if dice.random() < 0.95 else None,
            source=dice.choice(sources) if dice.random() < 0.9 else None,
            path=f"things/{slug}",
            tags=tuple(
                sorted({tags[min(int(dice.paretovariate(0.5)), 199)] for _ in range(dice.randint(0, 5))})
            ),
            created_at=datetime(2021, 1, 1, tzinfo=UTC) + timedelta(hours=dice.randrange(40_000)),
            deprecated="Gone." if dice.random() < 0.02 else None,
        )
        if artifacts and dice.random() < 0.08:
            like = dice.choice(list(artifacts.values())[-6:])
            text, artifact = (
                bodies[like.id],
                artifact.but(
                    id=f"{dice.choice((like.type, kind))}/{slug}",
                    name=like.name,
                    description=like.description,
                ),
            )
        artifacts[artifact.id] = artifact
        bodies[artifact.id] = text
        for _ in range(dice.choice((0, 1, 1, 2))):
            held[f"kit-{dice.randrange(50)}"].append(artifact.id)
        if artifact.source and dice.random() < 0.9:
            entries[artifact.source].append(_entry(artifact, text))
        if dice.random() < 0.95:
            day = LAST - timedelta(days=int(dice.paretovariate(0.4)) % 2000)
            when = datetime(day.year, day.month, day.day, dice.randrange(24), tzinfo=UTC)
            dates[kind_of(artifact).path(artifact.id)] = Dated(when, when)
    catalog = Catalog(
        settings=Settings(site=Site(title="Catalog", url="https://catalog.example/")),
        tags={each: Tag(id=each, name=each.title().replace("-", " "), color=_color(each)) for each in tags},
        artifacts=artifacts,
        collections={each: _collection(each, list(dict.fromkeys(ids))) for each, ids in held.items()},
        sources={each: _source(each, place) for place, each in enumerate(sources)},
        lock=Lock(source=tuple(_locked(each, tuple(entries[each])) for each in sources)),
    )
    return Made(edition(catalog, Dates(dates), bodies), bodies)


def edition(catalog: Catalog, dates: Dates, bodies: Mapping[str, str]) -> Edition:
    """One build of it."""
    shown = {"title": "Catalog", "description": "", "url": "", "style": "", "logo": "", "foot": ""}
    return Edition(catalog, Views(catalog, dates), _contents(bodies), templates.load(None, shown))


def _contents(bodies: Mapping[str, str]) -> Callable[[Artifact], Content | None]:
    def contents(artifact: Artifact) -> Content | None:
        data = f"---\nname: onlyinthefrontmatter\n---\n{bodies.get(artifact.id, '')}\n".encode()
        return Content((TreeEntry("SKILL.md", FILE, "0" * 40, len(data)),), lambda _: data, "SKILL.md")

    return contents


def _words(dice: random.Random, count: int) -> list[str]:
    return dice.choices(VOCABULARY, cum_weights=WEIGHTS, k=count)


def _color(tag: str) -> str:
    return f"#{hashlib.md5(tag.encode()).hexdigest()[:6]}"


def _entry(artifact: Artifact, text: str) -> LockedArtifact:
    digest = hashlib.sha256(text.encode()).hexdigest()
    return LockedArtifact(
        type=artifact.type,
        name=artifact.slug,
        path=artifact.path or "",
        hash=f"sha256:{digest}",
        tree=digest[:40],
    )


def _source(name: str, place: int) -> Source:
    return Source(id=name, name=name, url=f"https://github.com/{name}/things", trust_level=LEVELS[place % 4])


def _locked(source: str, entries: tuple[LockedArtifact, ...]) -> LockedSource:
    url = f"https://github.com/{source}/things"
    return LockedSource(id=source, url=url, ref="HEAD", commit="0" * 40, artifact=entries)


def _collection(name: str, ids: list[str]) -> Collection:
    groups = [
        {"slug": slug, "name": slug.title(), "artifacts": tuple(ids[start::5])}
        for start, slug in enumerate(("first", "second"))
    ]
    return Collection(id=name, name=name.title(), artifacts=tuple(ids), groups=tuple(groups))
