"""Records of every kind, and edits of them, for Hypothesis."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from hypothesis import strategies as st

from skillmeat.manifest import plain
from skillmeat.model import (
    Artifact,
    ArtifactType,
    Collection,
    Part,
    Record,
    RelationshipType,
    Settings,
    Source,
    Tag,
    TrustLevel,
)

SLUGS = ["a", "b", "pdf", "documents", "ocr-tools", "x1", "long-name-of-a-thing"]
ARTIFACTS = [f"{kind}/{slug}" for kind in ("skill", "mcp") for slug in SLUGS[:5]]
WORDS = st.sampled_from(
    [
        "PDF",
        "it's",
        'a "b"',
        "back\\slash",
        "# no comment",
        "[x]",
        "é ü",
        "日本",
        "a = 1",
        "{",
        "'''",
        '"""',
        "''",
    ]
)


names = st.lists(WORDS, min_size=1, max_size=3).map(" ".join)
texts = st.lists(st.lists(WORDS, max_size=3).map(" ".join), min_size=1, max_size=4).map("\n".join)
hashes = st.sampled_from("0a").map(lambda digit: f"sha256:{digit * 64}")
moments = st.builds(
    datetime,
    st.just(2026),
    st.integers(1, 12),
    st.integers(1, 28),
    st.integers(0, 23),
    microsecond=st.sampled_from([0, 120000]),
    tzinfo=st.sampled_from([UTC, timezone(timedelta(hours=2)), timezone(timedelta(hours=-3, minutes=-30))]),
)


def unique(values: list[str], most: int = 6) -> st.SearchStrategy[tuple[str, ...]]:
    """Some of them, each once, in any order."""
    return st.lists(st.sampled_from(values), unique=True, max_size=most).map(tuple)


def tables(
    key: str, ids: list[str], most: int = 4, **fields: st.SearchStrategy[Any]
) -> st.SearchStrategy[Any]:
    """Tables of which no two have one id."""
    table = st.fixed_dictionaries(
        {
            key: st.sampled_from(ids),
            **{name: each for name, each in fields.items() if not name.endswith("_")},
        },
        optional={name[:-1]: each for name, each in fields.items() if name.endswith("_")},
    )
    return st.lists(table, unique_by=lambda each: each[key], max_size=most).map(tuple)


FIELDS: dict[type[Part], dict[str, st.SearchStrategy[Any]]] = {
    Tag: {
        "name": names,
        "color": st.sampled_from(["#808080", "#c0392b", "#FFF000"]),
        "description": st.none() | texts,
        "aliases": unique(SLUGS),
        "created_at": st.none() | moments,
    },
    Artifact: {
        "name": names,
        "description": st.none() | texts,
        "source": st.none() | st.sampled_from(SLUGS),
        "version": st.none() | names,
        "tags": unique(SLUGS),
        "aliases": unique(SLUGS, 2),
        "deprecated": st.none() | names,
        "created_at": st.none() | moments,
        "associations": tables(
            "artifact",
            ARTIFACTS,
            relationship_type=st.sampled_from(RelationshipType),
            pinned_version_hash_=hashes,
        ),
    },
    Collection: {
        "name": names,
        "description": st.none() | texts,
        "artifacts": tables("artifact", ARTIFACTS, 6, note_=names),
        "groups": tables("slug", SLUGS, name=names, description_=texts, artifacts_=unique(ARTIFACTS, 4)),
    },
    Source: {
        "name": names,
        "url": st.sampled_from(["https://example.org/a/b", "git@example.org:a/b"]),
        "ref": st.sampled_from(["HEAD", "main", "v1"]),
        "trust_level": st.sampled_from(TrustLevel),
        "tags": unique(["A", "b_c", "official"]),
        "import_repo_readme": st.booleans(),
        "exclude": tables("path", ["a", "b/c", "skills/old"], reason_=names),
    },
    Settings: {
        "site": st.fixed_dictionaries(
            {},
            optional={
                "title": names,
                "url": st.sampled_from(["https://example.org/", "http://localhost:8000"]),
                "description": texts,
                "page_size": st.integers(1, 1000),
                "images": st.sampled_from(["none", "source", "https"]),
            },
        ),
        "sources": st.fixed_dictionaries({}, optional={"allow_file": st.booleans()}),
    },
}


def new(part: type[Part], fields: dict[str, Any]) -> Record | Settings:
    """A record of a class with some id."""
    if part is Settings:
        return Settings.model_validate(fields)
    record_id = f"{ArtifactType.SKILL}/x" if part is Artifact else "x"
    return part.model_validate({"id": record_id, **fields})  # type: ignore[return-value]


@st.composite
def records(draw: st.DrawFn) -> Record | Settings:
    """A valid record of any kind, or settings."""
    part = draw(st.sampled_from(list(FIELDS)))
    return new(part, {name: draw(values) for name, values in FIELDS[part].items()})


@st.composite
def edited(draw: st.DrawFn, before: Record | Settings) -> Record | Settings:
    """``before`` with one to three keys changed: little things mostly, as commands do, or at random."""
    fields: dict[str, Any] = {name: getattr(before, name) for name in FIELDS[type(before)]}
    strategies = FIELDS[type(before)]
    for name in draw(st.lists(st.sampled_from(list(fields)), min_size=1, max_size=3, unique=True)):
        fresh = draw(strategies[name])
        if isinstance(fresh, tuple):
            fields[name] = draw(_rearranged(_plain_items(fields[name]), list(fresh)))
        else:
            fields[name] = fresh
    return new(type(before), fields)


def _plain_items(items: tuple[Any, ...]) -> list[Any]:
    return [plain(item) if isinstance(item, Part) else item for item in items]


def _name(item: Any) -> Any:
    return next(iter(item.values())) if isinstance(item, dict) else item


@st.composite
def _rearranged(draw: st.DrawFn, old: list[Any], fresh: list[Any]) -> tuple[Any, ...]:
    """A list with items changed inside, taken out, put in anywhere, shuffled, or one of them moved."""
    old = [
        {"artifact": item} if isinstance(item, str) and fresh and isinstance(fresh[0], dict) else item
        for item in old
    ]
    now = [
        next((each for each in fresh if _name(each) == _name(item) and draw(st.booleans())), item)
        for item in old
    ]
    now = [item for item in now if draw(st.integers(0, 4))]
    present = [_name(item) for item in now]
    for item in fresh:
        if _name(item) not in present and draw(st.booleans()):
            now.insert(draw(st.integers(0, len(now))), item)
    order = draw(st.sampled_from(["kept", "kept", "moved", "shuffled"]))
    if order == "shuffled":
        now = draw(st.permutations(now))
    elif order == "moved" and now:
        item = now.pop(draw(st.integers(0, len(now) - 1)))
        now.insert(draw(st.integers(0, len(now))), item)
    return tuple(now)
