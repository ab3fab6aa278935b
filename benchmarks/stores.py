"""Writes a store of synthetic entries, with skillmeat's own records, and JSON schemas for its files.

``python -m benchmarks.stores FOLDER N [--fetched]``: a process of its own, so that the one that measures
stays small (``measure.Sample`` says why). Makes ``FOLDER/store``; ``--fetched`` also makes the sources'
repositories and has ``skillmeat fetch`` bring what they hold into ``FOLDER/cache``, without any network.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.content import Entry, collections, entries, sources, tags, trust
from skillmeat import lock, manifest
from skillmeat.model import (
    KINDS,
    Artifact,
    ArtifactType,
    Association,
    Collection,
    Group,
    Lock,
    LockedArtifact,
    LockedSource,
    Member,
    Part,
    Record,
    RelationshipType,
    Settings,
    Site,
    Source,
    Tag,
    TrustLevel,
    kind_of,
)

_HOST = "https://github.com/example/"  # Git is told to look for it in a folder
_LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def write(folder: Path, count: int, *, fetched: bool) -> None:
    """A store of ``count`` artifacts, committed, with everything they name."""
    store = folder / "store"
    found = list(entries(count))
    by_source: dict[str, list[Entry]] = defaultdict(list)
    for entry in found:
        by_source[entry.source].append(entry)
    locked = []
    for source in sources(count):
        held = by_source[source]
        commit = _repository(folder / "repositories" / source, held) if fetched else _digest(source)[:40]
        locked.append(_locked(source, commit, held))
    records = [
        *map(_tag, tags(count)),
        *map(_artifact, found),
        *_collections(found, count),
        *map(_source, sources(count)),
    ]
    site = Site(title="Catalog", url="https://example.org/", description="A catalog of synthetic entries.")
    files = {kind_of(record).path(record.id): manifest.render(record) for record in records}
    files |= {entry.file: entry.text for entry in by_source[""]}
    files["manifests/skillmeat.toml"] = manifest.render(Settings(site=site))
    files["manifests/skillmeat.lock"] = lock.render(Lock(source=tuple(locked)))
    for path, text in [*files.items(), *_schemas()]:
        file = store / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    _git(store, "init", "--quiet")
    _git(store, "add", "--all")
    _git(store, "commit", "--quiet", "--message", "Add everything")
    if fetched:
        _fetch(folder)


# ------------------------------------------------------------------ records


def _tag(name: str) -> Record:
    return Tag(
        id=name,
        name=name.replace("-", " ").title(),
        color=f"#{_digest(name)[:6]}",
        description=f"All about {name}.",
        created_at=_LONG_AGO,
    )


def _artifact(entry: Entry) -> Record:
    link = {"artifact": entry.requires, "relationship_type": RelationshipType.REQUIRES}
    return Artifact(
        id=entry.id,
        name=entry.name,
        description=entry.description,
        source=entry.source or None,
        path=entry.file.rpartition("/")[0],
        version=entry.version,
        license="MIT",
        tags=tuple(entry.tags),
        created_at=entry.created,
        associations=(Association.model_validate(link),) if entry.requires else (),
    )


def _collections(found: Iterable[Entry], count: int) -> Iterator[Record]:
    held: dict[str, list[str]] = defaultdict(list)
    for entry in found:
        held[entry.collection].append(entry.id)
    for name in collections(count):
        ids = held[name]
        yield Collection(
            id=name,
            name=name.replace("-", " ").title(),
            description="What belongs together.",
            created_at=_LONG_AGO,
            artifacts=tuple(
                Member(artifact=each, note="Start here." if each == ids[0] else None) for each in ids
            ),
            groups=tuple(
                Group(slug=group, name=group.title(), artifacts=tuple(ids[start::8]))
                for start, group in enumerate(("first", "second", "third"))
            ),
        )


def _source(name: str) -> Record:
    return Source(
        id=name,
        name=name.replace("-", " ").title(),
        url=_HOST + name,
        ref="main",
        trust_level=TrustLevel(trust(name)),
        created_at=_LONG_AGO,
    )


def _locked(source: str, commit: str, held: Sequence[Entry]) -> LockedSource:
    return LockedSource(
        id=source,
        url=_HOST + source,
        ref="main",
        commit=commit,
        artifact=tuple(
            LockedArtifact(
                type=ArtifactType(entry.type),
                name=entry.slug,
                path=entry.file.rpartition("/")[0],
                hash=f"sha256:{_digest(entry.text)}",
                tree=_digest(entry.text)[:40],
            )
            for entry in held
        ),
    )


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


# --------------------------------------------------------------------- Git


def _repository(folder: Path, held: Sequence[Entry]) -> str:
    """A bare repository with the texts of a source's entries; gives its only commit."""
    folder.mkdir(parents=True)
    _git(folder, "init", "--quiet", "--bare", "--initial-branch=main")
    who = b"Nobody <nobody@example.org> 1700000000 +0000"
    stream = [b"commit refs/heads/main\ncommitter " + who + b"\ndata 4\nAll.\n"]
    for path, text in [("README.md", f"# {folder.name}\n"), *((each.file, each.text) for each in held)]:
        stream.append(f"M 100644 inline {path}\ndata {len(text.encode())}\n{text}\n".encode())
    _git(folder, "fast-import", "--quiet", standard_input=b"".join(stream))
    _git(folder, "config", "uploadpack.allowFilter", "true")
    return _git(folder, "rev-parse", "main").strip()


def _fetch(folder: Path) -> None:
    """Bring the sources into a cache below ``folder``, through the command that everybody uses for it."""
    rewritten = f'[url "{(folder / "repositories").as_uri()}/"]\n\tinsteadOf = {_HOST}\n'
    (folder / "gitconfig").write_text(rewritten, encoding="utf-8")
    settings = {"GIT_CONFIG_GLOBAL": str(folder / "gitconfig"), "SKILLMEAT_CACHE": str(folder / "cache")}
    command = [sys.executable, "-m", "skillmeat", "-C", str(folder / "store"), "--quiet", "fetch"]
    subprocess.run(command, check=True, env={**os.environ, **settings})


def _git(folder: Path, *arguments: str, standard_input: bytes | None = None) -> str:
    """Run Git with nobody's configuration and an author of its own."""
    settings = ("user.name=Nobody", "user.email=nobody@example.org", "commit.gpgSign=false", "gc.auto=0")
    options = [word for setting in settings for word in ("-c", setting)]
    moment = "1700000000 +0000"
    plain = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    dated = {"GIT_AUTHOR_DATE": moment, "GIT_COMMITTER_DATE": moment}
    command = ["git", *options, *arguments]
    environment = {**os.environ, **plain, **dated}
    done = subprocess.run(
        command, cwd=folder, input=standard_input, env=environment, check=True, stdout=subprocess.PIPE
    )
    return done.stdout.decode()


# ----------------------------------------------------------------- schemas


def _schemas() -> Iterator[tuple[str, str]]:
    """What a linter needs to check the same files: a JSON schema for each kind, and Tombi's settings."""
    kinds: dict[str, tuple[type[Part], str]] = {
        **{kind.plural: (kind.record, f"manifests/{kind.plural}/**/*.toml") for kind in KINDS},
        "settings": (Settings, "manifests/skillmeat.toml"),
        "lock": (Lock, "manifests/skillmeat.lock"),
    }
    rows = []
    for name, (record, where) in kinds.items():
        schema = _without_patterns(_without_id(record.model_json_schema()))
        yield f"schemas/{name}.json", json.dumps(schema)
        rows.append(f'[[schemas]]\npath = "schemas/{name}.json"\ninclude = ["{where}"]\n')
    included = '[files]\ninclude = ["manifests/**/*.toml", "manifests/skillmeat.lock"]\n'
    yield "tombi.toml", "\n".join(["[schema]\nenabled = true\ncatalog = { paths = [] }\n", included, *rows])


def _without_id(schema: Mapping[str, Any]) -> dict[str, Any]:
    """A record's schema as one of its file, where the id is no key."""
    properties = {name: each for name, each in schema["properties"].items() if name != "id"}
    required = [name for name in schema.get("required", ()) if name != "id"]
    if "Member" in schema.get("$defs", {}):  # in the file a member may be its id alone
        items = properties["artifacts"]["items"]
        properties["artifacts"] = {"type": "array", "items": {"anyOf": [{"type": "string"}, items]}}
    return {**schema, "properties": properties, "required": required}


def _without_patterns(schema: Any) -> Any:
    """A schema without regular expressions, which cost a linter more than all the rest."""
    if isinstance(schema, list):
        return [_without_patterns(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        key: _without_patterns(value)
        for key, value in schema.items()
        if key != "pattern" or not isinstance(value, str)
    }


if __name__ == "__main__":
    write(Path(sys.argv[1]).resolve(), int(sys.argv[2]), fetched="--fetched" in sys.argv[3:])
