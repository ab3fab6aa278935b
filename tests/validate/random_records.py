"""Random records from few words, so that names, slugs and paths meet often, and random changes of them."""

from __future__ import annotations

from random import Random
from typing import Any

from skillmeat.model import (
    Collection,
    Kind,
    Lock,
    LockedArtifact,
    LockedSource,
    Record,
    Source,
)

SLUGS = ("pdf", "pdf-tools", "pdf-tool", "pdftools", "web-apps", "webapp", "canvas-kit", "canvas-kits", "con")
NAMES = ("PDF", "pdf", "PDF tools", "Pdf Tools", "Web apps", "Webapp", "Canvas kit", "Canvas kits", "Ｐdf")
TYPES = ("skill", "agent")
SOURCES = ("acme", "beta")
PATHS = ("skills/pdf", "skills/web", "skills/old/a", "mcp.json#a", ".")
URLS = ("https://example.org/a/b", "file:///srv/a")
FOLDERS = ("skills/old", "skills/pdf", "skills")
OID = "0" * 40
HASH = f"sha256:{'0' * 64}"


def record_id(random: Random, kind: Kind) -> str:
    """An id that a record of a kind may have."""
    if kind.noun == "source":
        return random.choice(SOURCES)
    slug = random.choice(SLUGS)
    return f"{random.choice(TYPES)}/{slug}" if kind.depth == 2 else slug


def record(random: Random, kind: Kind, id_: str) -> Record:
    """A record with this id."""
    values = {key: value(random, kind, key) for key in kind.keys}
    return kind.record.model_validate({**values, "id": id_})


def edited(random: Random, kind: Kind, before: Record) -> Record:
    """The record with another value of one key."""
    key = random.choice(kind.keys)
    return before.but(**{key: value(random, kind, key)})


def value(random: Random, kind: Kind, key: str) -> Any:
    """A value of a key."""
    if kind.record is Collection and key == "artifacts":
        return [
            {"artifact": each, **({"note": "Why."} if random.random() < 0.3 else {})} for each in _ids(random)
        ]
    if kind.record is Source and key == "tags":
        return _some(random, ("one", "two"))
    made: dict[str, Any] = {
        "name": random.choice(NAMES),
        "color": random.choice(("#808080", "#ff0000")),
        "description": random.choice((None, "PDF", "What it is for.", " ")),
        "aliases": _some(random, SLUGS),
        "created_at": random.choice((None, "2024-01-01T00:00:00Z")),
        "source": random.choice((None, *SOURCES, *SOURCES)),
        "path": random.choice((None, *PATHS)),
        "version": random.choice((None, "1.0")),
        "license": random.choice((None, "MIT")),
        "homepage": random.choice((None, "https://example.org/")),
        "tags": _some(random, SLUGS),
        "deprecated": random.choice((None, None, "Gone.")),
        "associations": [
            {"artifact": each, "relationship_type": random.choice(("contains", "requires", "replaces"))}
            for each in _ids(random, most=2)
        ],
        "groups": [
            {"slug": random.choice(SLUGS), "name": random.choice(NAMES), "artifacts": _ids(random)}
            for _ in range(random.randrange(3))
        ],
        "url": random.choice(URLS),
        "ref": random.choice(("main", "main", "main", "HEAD")),
        "root": random.choice((None, None, None, "skills")),
        "trust_level": random.choice(("untrusted", "official")),
        "import_repo_description": random.random() < 0.5,
        "import_repo_readme": random.random() < 0.5,
        "exclude": [{"path": each} for each in _some(random, FOLDERS, most=1)],
    }
    return made[key]


def lock(random: Random) -> Lock:
    """A lock of some sources."""
    return Lock(source=tuple(_locked(random, each) for each in SOURCES if random.random() < 0.8))


def _locked(random: Random, source: str) -> LockedSource:
    exclude = [{"path": each} for each in _some(random, FOLDERS)]
    return LockedSource.model_validate(
        {
            "id": source,
            "url": URLS[0],
            "ref": "main",
            "commit": OID,
            "artifact": [
                LockedArtifact(type=kind, name="a", path=path, hash=HASH, tree=OID)
                for kind in TYPES
                for path in _some(random, PATHS, most=4)
            ],
            "root": random.choice((None, None, "skills")),
            "exclude": exclude,
        }
    )


def _some(random: Random, words: tuple[str, ...], most: int = 3) -> list[str]:
    return [random.choice(words) for _ in range(random.randint(0, most))]


def _ids(random: Random, most: int = 3) -> list[str]:
    return [f"{random.choice(TYPES)}/{random.choice(SLUGS)}" for _ in range(random.randint(0, most))]
