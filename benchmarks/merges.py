"""Pairs of edits made at once, merged by Git's lines and by what manifests mean.

Every edit is a few changes of the kind that commands and people make, each with what has to hold once it is
made. A merge is clean but wrong when it cannot be read, when one of those things does not hold, or when it
says something that neither side says or drops something that both left alone. The same seed makes the
same pairs.
"""

from __future__ import annotations

import subprocess
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import tomli

from skillmeat import lock, manifest
from skillmeat.manifest.editing import edit
from skillmeat.manifest.matching import identity
from skillmeat.merging import merge
from skillmeat.model import Artifact, Collection, Lock, Record, Source, Tag

Data = dict[str, Any]
Holds = Callable[[Data], bool]
SEED = 5
WORDS = ("pdf", "web", "data", "test", "docs", "image", "audio", "search", "mail", "chart", "code", "law")
MEMBERS = [f"skill/{word}" for word in WORDS]


@dataclass(frozen=True, slots=True)
class Pair:
    """A file, two edits of it, and what has to hold of their merge."""

    kind: str
    path: str
    base: bytes
    ours: bytes
    theirs: bytes
    holds: tuple[Holds, ...]


def pairs(count: int, seed: int = SEED) -> Iterator[Pair]:
    """So many pairs, of every kind in turn."""
    random = Random(seed)
    kinds = (_tag, _artifact, _collection, _source, _lock)
    for number in range(count):
        kind, path, data, changes = kinds[number % len(kinds)](random)
        base = _text(path, data, None)
        sides, holding = [], []
        for side in "ot":
            changed = deepcopy(data)
            wanted = [
                random.choice(changes)(random, changed, f"{side}{number}")
                for _ in range(random.choice([1, 1, 2]))
            ]
            holding += [each for each in wanted if each(changed) and not each(data)]  # one may undo another
            sides.append(_text(path, changed, (data, base)))
        yield Pair(kind, path, base, sides[0], sides[1], tuple(holding))


def measured(count: int) -> str:
    """The table: how many of the pairs conflict, and how many are clean and wrong, by kind and merge."""
    found: dict[str, Counter[str]] = {}
    for pair in pairs(count):
        of_kind = found.setdefault(pair.kind, Counter())
        by_git, clean = _by_git(pair)
        outcome = merge(pair.path, pair.base, pair.ours, pair.theirs)
        of_kind["pairs"] += 1
        of_kind["git conflicts"] += not clean
        of_kind["git wrong"] += clean and not is_right(pair, by_git)
        of_kind["our conflicts"] += not outcome.clean
        of_kind["our wrong"] += outcome.clean and not is_right(pair, outcome.content)
    columns = ("pairs", "git conflicts", "our conflicts", "git wrong", "our wrong")
    total = sum(found.values(), Counter())
    lines = [f"\nmerge: {count:,} random pairs of edits, seed {SEED}"]
    lines.append(
        f"  {'':12}{'pairs':>7}{'Git conflicts':>15}{'skillmeat conflicts':>21}"
        f"{'Git clean, wrong':>18}{'skillmeat clean, wrong':>24}"
    )
    for name, counts in (*found.items(), ("all", total)):
        widths = (7, 15, 21, 18, 24)
        cells = "".join(f"{counts[each]:>{width}}" for each, width in zip(columns, widths, strict=True))
        lines.append(f"  {name:12}{cells}")
    share = [100 * total[each] / max(total["pairs"], 1) for each in ("git conflicts", "our conflicts")]
    lines.append(
        f"  Of all pairs {share[0]:.1f} % conflict under plain Git, {share[1]:.1f} % under skillmeat."
    )
    return "\n".join(lines)


def is_right(pair: Pair, content: bytes) -> bool:
    """Whether a clean merge can be read and says what it has to, and nothing else."""
    try:
        base, ours, theirs, found = (
            tomli.loads(each.decode()) for each in (pair.base, pair.ours, pair.theirs, content)
        )
    except tomli.TOMLDecodeError:
        return False
    b, o, t, f = ({repr(each) for each in _leaves(data)} for data in (base, ours, theirs, found))
    return f <= o | t and (b & o & t) <= f and all(each(found) for each in pair.holds)


def _leaves(data: Any, way: tuple[str, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if isinstance(data, dict):
        for name, value in data.items():
            yield from _leaves(value, (*way, name))
    elif isinstance(data, list):
        for item in data:
            here = (
                (*way, str(item.get("id") or item.get("type", "") + item.get("path", "") or identity(item)))
                if isinstance(item, dict)
                else (*way, str(item))
            )
            yield here
            yield from _leaves(item, here) if isinstance(item, dict) else ()
    else:
        yield (*way, data)


def _by_git(pair: Pair) -> tuple[bytes, bool]:
    with tempfile.TemporaryDirectory() as folder:
        files = [Path(folder, name) for name in ("ours", "base", "theirs")]
        for file, content in zip(files, (pair.ours, pair.base, pair.theirs), strict=True):
            file.write_bytes(content)
        command = ["git", "merge-file", "--quiet", "--stdout", *map(str, files)]
        done = subprocess.run(command, capture_output=True, check=False)
    return done.stdout, done.returncode == 0


# -------------------------------------------------------------------- files


def _record(path: str, data: Data) -> Record:
    classes = {"tags": Tag, "artifacts": Artifact, "collections": Collection, "sources": Source}
    of_class: type[Record] = classes[path.split("/")[1]]
    name = path.removesuffix(".toml").split("/", 2)[2]
    return of_class.model_validate({"id": name, **data})


def _text(path: str, data: Data, before: tuple[Data, bytes] | None) -> bytes:
    """A file as commands write it: made anew, or edited."""
    if path.endswith(".lock"):
        return lock.render(Lock.model_validate(data)).encode()
    if before is None:
        return manifest.render(_record(path, data)).encode()
    return edit(before[1].decode(), _record(path, before[0]), _record(path, data)).encode()


# ------------------------------------------------------------------ changes

Change = Callable[[Random, Data, str], Holds]
Drawn = tuple[str, str, Data, tuple[Change, ...]]


def _set(key: str, *values: str) -> Change:
    def change(random: Random, data: Data, mark: str) -> Holds:
        value = random.choice(values) if values else f"Said by {mark}."
        data[key] = value
        return lambda found: found.get(key) == value

    return change


def _add(key: str, values: tuple[str, ...] | list[str]) -> Change:
    def change(random: Random, data: Data, _: str) -> Holds:
        free = [each for each in values if each not in map(identity, data.get(key, []))]
        value = random.choice(free or list(values))
        if free:
            place = random.choice([len(data.get(key, [])), random.randint(0, len(data.get(key, [])))])
            data.setdefault(key, []).insert(place, value)
        return lambda found: value in map(identity, found.get(key, []))

    return change


def _remove(key: str) -> Change:
    def change(random: Random, data: Data, _: str) -> Holds:
        if not data.get(key):
            return lambda _: True
        gone = identity(data[key].pop(random.randrange(len(data[key]))))
        for group in data.get("groups", []) if key == "artifacts" else []:
            group["artifacts"] = [each for each in group["artifacts"] if each != gone]
        return lambda found: gone not in map(identity, found.get(key, []))

    return change


def _move(key: str) -> Change:
    def change(random: Random, data: Data, _: str) -> Holds:
        items = data[key]
        if len(items) < 2:
            return lambda _: True
        names = list(map(identity, items))
        item = items.pop(random.randrange(len(items)))
        items.insert(random.randint(0, len(items)), item)
        moved, now = identity(item), list(map(identity, items))
        passed = [
            each
            for each in now
            if (names.index(each) < names.index(moved)) != (now.index(each) < now.index(moved))
        ]

        def holds(found: Data) -> bool:
            order = list(map(identity, found.get(key, [])))
            there = [each for each in passed if each in order and moved in order and each != moved]
            return all(
                (order.index(each) < order.index(moved)) == (now.index(each) < now.index(moved))
                for each in there
            )

        return holds

    return change


def _annotate(random: Random, data: Data, mark: str) -> Holds:
    place = random.randrange(len(data["artifacts"])) if data["artifacts"] else 0
    if not data["artifacts"]:
        return lambda _: True
    name = identity(data["artifacts"][place])
    data["artifacts"][place] = note = {"artifact": name, "note": f"Noted by {mark}."}
    return lambda found: note in found.get("artifacts", [])


def _associate(random: Random, data: Data, _: str) -> Holds:
    free = [each for each in MEMBERS if each not in map(identity, data["associations"])]
    link = {"artifact": random.choice(free), "relationship_type": random.choice(["requires", "related"])}
    data["associations"].append(link)
    return lambda found: link["artifact"] in map(identity, found.get("associations", []))


def _pin(random: Random, data: Data, mark: str) -> Holds:
    if not data["associations"]:
        return lambda _: True
    link = random.choice(data["associations"])
    link["pinned_version_hash"] = pin = f"sha256:{sum(map(ord, mark)):064x}"
    name = link["artifact"]
    return lambda found: any(
        (each["artifact"], each.get("pinned_version_hash")) == (name, pin)
        for each in found.get("associations", [])
    )


def _group(random: Random, data: Data, mark: str) -> Holds:
    slug = f"g{mark}"
    held = random.sample([identity(each) for each in data["artifacts"]], min(2, len(data["artifacts"])))
    data["groups"].append({"slug": slug, "name": slug.title(), "artifacts": held})
    return lambda found: any(
        each["slug"] == slug and set(each.get("artifacts", [])) == set(held)
        for each in found.get("groups", [])
    )


def _describe_group(random: Random, data: Data, mark: str) -> Holds:
    if not data["groups"]:
        return lambda _: True
    group = random.choice(data["groups"])
    group["description"] = said = f"Described by {mark}."
    slug = group["slug"]
    return lambda found: any(
        (each["slug"], each.get("description")) == (slug, said) for each in found.get("groups", [])
    )


def _exclude(random: Random, data: Data, _: str) -> Holds:
    path = f"skills/{random.choice(WORDS)}"
    if path not in map(identity, data["exclude"]):
        data["exclude"].append({"path": path, "reason": "superseded"})
    return lambda found: path in map(identity, found.get("exclude", []))


def _locked(random: Random, name: str) -> Data:
    digits = f"{random.getrandbits(160):040x}"
    artifacts = [
        {
            "type": "skill",
            "name": word,
            "path": f"skills/{word}",
            "hash": f"sha256:{word.encode().hex() + digits:0<64.64}",
        }
        | {"tree": f"{word.encode().hex() + digits:.40}"}
        for word in sorted(WORDS[:4])
    ]
    return {
        "id": name,
        "url": f"https://example.org/{name}",
        "ref": "main",
        "commit": digits,
        "artifact": artifacts,
    }


def _lock_again(random: Random, data: Data, _: str) -> Holds:
    place = random.randrange(len(data["source"]))
    name = data["source"][place]["id"]
    data["source"][place] = fresh = _locked(random, name)
    return lambda found: all(each == fresh for each in found.get("source", []) if each["id"] == name)


def _lock_new(random: Random, data: Data, mark: str) -> Holds:
    data["source"].append(fresh := _locked(random, f"{random.choice(WORDS)}-{mark}"))
    return lambda found: fresh in found.get("source", [])


def _unlock(random: Random, data: Data, _: str) -> Holds:
    if len(data["source"]) < 2:
        return lambda _: True
    gone = data["source"].pop(random.randrange(len(data["source"])))["id"]
    return lambda found: gone not in [each["id"] for each in found.get("source", [])]


# -------------------------------------------------------------------- kinds


def _tag(random: Random) -> Drawn:
    data = {"name": "Documents", "color": "#c0392b", "description": "All that is read."}
    data["aliases"] = random.sample(WORDS[:6], 2)
    changes = (_set("color", "#111111", "#222222"), _set("description"), _add("aliases", WORDS), _set("name"))
    return "tag", "manifests/tags/documents.toml", data, changes


def _artifact(random: Random) -> Drawn:
    links = [{"artifact": each, "relationship_type": "related"} for each in random.sample(MEMBERS[:6], 3)]
    data = {
        "name": "Tools",
        "description": "Does much.",
        "tags": random.sample(WORDS, 3),
        "associations": links,
    }
    changes = (
        *(_add("tags", WORDS), _add("tags", WORDS), _remove("tags"), _set("description")),
        *(_set("license", "MIT", "Apache-2.0"), _set("version"), _set("deprecated")),
        *(_associate, _pin, _remove("associations")),
    )
    return "artifact", "manifests/artifacts/skill/tools.toml", data, changes


def _collection(random: Random) -> Drawn:
    members: list[Any] = random.sample(MEMBERS, 6)
    groups = [
        {"slug": name, "name": name.title(), "description": "Some.", "artifacts": random.sample(members, 2)}
        for name in ("first", "second")
    ]
    members[0] = {"artifact": members[0], "note": "Start here."}
    data = {"name": "Starter", "description": "To begin with.", "artifacts": members, "groups": groups}
    changes = (
        *(_add("artifacts", MEMBERS), _add("artifacts", MEMBERS), _remove("artifacts"), _move("artifacts")),
        *(_annotate, _group, _describe_group, _move("groups"), _set("description")),
    )
    return "collection", "manifests/collections/starter.toml", data, changes


def _source(random: Random) -> Drawn:
    data = {"name": "Acme", "url": "https://example.org/acme", "ref": "main", "trust_level": "basic"}
    data |= {"tags": random.sample(WORDS, 2), "exclude": [{"path": "skills/old", "reason": "superseded"}]}
    changes = (
        *(_set("ref", "main", "next", "v2"), _set("trust_level", "verified", "official")),
        *(_add("tags", WORDS), _remove("tags"), _exclude, _remove("exclude")),
    )
    return "source", "manifests/sources/acme.toml", data, changes


def _lock(random: Random) -> Drawn:
    data = {"source": [_locked(random, word) for word in WORDS[:6]]}
    return "lock", "manifests/skillmeat.lock", data, (_lock_again, _lock_again, _lock_new, _unlock)
