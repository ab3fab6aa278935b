"""What ``npx skills add ADDRESS`` finds below an address of the site (FORMATS.md 3).

``.well-known/agent-skills/index.json`` (discovery 0.2.0) names skills and the archives they are in. There is
one for each scope and one for each skill, so that a page's own address installs what the page shows, as does
a former one. An archive is stored once, at ``skill/<slug>/<slug>.zip``, whatever number of indexes lead to
it; skills with the same files share it. Clients keep the index's name as the folder's, drop executable bits,
write ``SKILL.md`` without a byte order mark and may hide a skill whose metadata says ``internal: true``.

``.well-known/skills/index.json`` (0.1.0) is for clients of before 2026. It takes single files below each
index, on the site's own origin, where a browser might run them: so only skills of Markdown are in it, and
files that no browser takes for a script. It is left out where it would multiply more than ``TWIN_*`` allow.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain
from typing import Final

from skillmeat import frontmatter
from skillmeat.errors import SkillmeatError
from skillmeat.model import Artifact
from skillmeat.site import addresses, marks
from skillmeat.site.archives import MAIN, against_files, against_head, archive
from skillmeat.site.edition import Edition
from skillmeat.site.output import LeftOut, Made, Output, Planned, as_json, digest
from skillmeat.site.scopes import Scope, scopes
from skillmeat.sources.hashing import content_hash
from skillmeat.text import plural, shorten
from skillmeat.tree import Content

INDEX: Final = ".well-known/agent-skills/index.json"
TWIN: Final = ".well-known/skills/"
SCHEMA: Final = "https://schemas.agentskills.io/discovery/0.2.0/schema.json"

TWIN_FILES: Final = 1_000
"""The most files of one index of version 0.1: a client fetches all of them at once."""

TWIN_FILES_IN_ALL: Final = 10_000
TWIN_BYTES_IN_ALL: Final = 32 << 20

_NAME: Final = re.compile(r"(?=.{1,64}\Z)[a-z0-9]+(-[a-z0-9]+)*")
_MOST_DESCRIPTION: Final = 1024
_PLAIN_PATH: Final = re.compile(r"(?!.*\.\.)(?:[\w.@+ -]+/)*[\w.@+ -]+\.md", re.ASCII)
_NEVER_A_SCRIPT: Final = re.compile(rb"---[ \t]*\r?\n|#{1,6}[ \t]")


@dataclass(frozen=True, slots=True)
class Offer:
    """A skill that can be installed: by what name, and from which archive.

    ``plain`` are its files when version 0.1 can give them, ``size`` their bytes.
    """

    id: str
    name: str
    description: str
    archive: str
    digest: str
    plain: Sequence[str]
    size: int


def skills(edition: Edition) -> Made:
    """``…/.well-known/agent-skills/index.json`` and ``…/.well-known/skills/``, with the archives."""
    offers: dict[str, Offer] = {}
    stored: dict[str, str] = {}
    names = _names(edition)
    own, locked = edition.once(marks.own), edition.once(marks.locked)
    with edition.kept.values("skills") as kept:
        for artifact_id in sorted(edition.of_type["skill"]):
            record = edition.catalog.artifacts[artifact_id]
            key = f"{own[artifact_id]} {locked.get(record.source or '', '')}"
            now: dict[str, bytes] = {}
            found = kept.get(artifact_id, key, partial(_found, edition, record, now))
            if found is None:
                continue  # its page says so
            address = f"{addresses.artifact(artifact_id)}{record.slug}.zip"
            if isinstance(found, str):
                yield LeftOut(address, found)
                continue
            about, sha, plain, size = found
            if sha not in stored:
                stored[sha] = address
                yield Planned(address, sha, partial(_zip, edition, record, now, address))
            offers[artifact_id] = Offer(artifact_id, names[artifact_id], about, stored[sha], sha, plain, size)
            yield _index(addresses.artifact(artifact_id), [offers[artifact_id]])
    for former, present in sorted(edition.catalog.former["artifact"].items()):
        if present in offers and former not in edition.artifacts:
            yield _index(addresses.artifact(former), [offers[present]])
    for scope in scopes(edition):
        yield _index(scope.address, _offered(scope, offers))
    yield from _twins(edition, offers)


def offering(edition: Edition) -> frozenset[str]:
    """The addresses of the scopes in which there is a skill to install; as few skills are read as show it."""
    own, locked = edition.once(marks.own), edition.once(marks.locked)
    known: dict[str, bool] = {}
    with edition.kept.values("offering") as kept:

        def is_offered(artifact_id: str) -> bool:
            if artifact_id not in known:
                record = edition.catalog.artifacts[artifact_id]
                key = f"{own[artifact_id]} {locked.get(record.source or '', '')}"
                known[artifact_id] = kept.get(artifact_id, key, partial(_is_offered, edition, record))
            return known[artifact_id]

        skills = {*edition.of_type["skill"]}
        return frozenset(
            scope.address
            for scope in scopes(edition)
            if any(is_offered(each) for each in scope.artifacts if each in skills)
        )


def _is_offered(edition: Edition, record: Artifact) -> bool:
    content = edition.contents(record)
    if content is None:
        return False
    try:
        return bool(_read(edition, record, content))
    except _Fault:
        return False


Found = tuple[str, str, Sequence[str], int]
"""Of a skill that is offered: its description, its archive's SHA-256, and ``plain`` and ``size``."""


def _found(edition: Edition, record: Artifact, now: dict[str, bytes]) -> Found | str | None:
    """What there is to offer of a skill, or why nothing is; None where its content is not here.

    The archive is left in ``now``.
    """
    content = edition.contents(record)
    if content is None:
        return None
    try:
        files = _read(edition, record, content)
    except _Fault as fault:
        return str(fault)
    now[record.id] = data = archive(content, files)
    plain = _is_plain(files)
    return (
        _description(record, files[MAIN]),
        hashlib.sha256(data).hexdigest(),
        sorted(files) if plain else (),
        sum(map(len, files.values())) if plain else 0,
    )


def _zip(edition: Edition, record: Artifact, now: Mapping[str, bytes], address: str) -> Iterator[Output]:
    content = edition.contents(record)
    if record.id in now:
        yield Output(address, now[record.id])
    elif content is not None:
        yield Output(address, archive(content, _read(edition, record, content)))


# ------------------------------------------------------------------ content


class _Fault(Exception):
    """Why a skill is not offered, as a sentence."""


def _read(edition: Edition, record: Artifact, content: Content) -> Mapping[str, bytes]:
    """The files of a skill, when clients can install them and they are what the lock says."""
    reason = against_files(content)
    if reason:
        raise _Fault(reason)
    try:
        files = {each.path: content.read(each.path) for each in content.files}
    except (SkillmeatError, OSError):
        raise _Fault("One of its files cannot be read.") from None
    reason = against_head(files[MAIN])
    if reason:
        raise _Fault(reason)
    if record.source:
        entry = edition.catalog.entry(record)
        sums = (
            (each.mode, hashlib.sha256(files[each.path]).hexdigest(), each.path) for each in content.files
        )
        if entry is None or content_hash(sums) != entry.hash:
            raise _Fault("Its content is not what the lock says.")
    return files


def _description(record: Artifact, main: bytes) -> str:
    """The catalog's words or else the skill's own; a client counts UTF-16 units."""
    text = " ".join((record.description or "").split() or frontmatter.parse(main).text("description").split())
    limit = _MOST_DESCRIPTION
    while len(shorten(text, limit).encode("utf-16-le")) > 2 * _MOST_DESCRIPTION:
        limit -= 64
    return shorten(text, limit)


def _names(edition: Edition) -> Mapping[str, str]:
    """By skill: the name in its front matter where that is a name and no other skill's, else its slug.

    A skill has the same name in every index.
    """
    own: dict[str, str] = {}
    for artifact_id in edition.of_type["skill"]:
        record = edition.catalog.artifacts[artifact_id]
        entry = edition.catalog.entry(record)
        own[artifact_id] = entry.name if entry else "" if record.source else _local_name(edition, record)
    return distinct(
        {
            artifact_id: [*([name] if _NAME.fullmatch(name) else []), artifact_id.partition("/")[2]]
            for artifact_id, name in own.items()
        }
    )


def _local_name(edition: Edition, record: Artifact) -> str:
    content = edition.contents(record)
    if content is None or content.main != MAIN:
        return ""
    try:
        return frontmatter.parse(content.read(MAIN)).text("name")
    except (SkillmeatError, OSError):
        return ""


def distinct(wanted: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """For each the first of its names that no other wants at all, else its last, which is its alone.

    What one is called does not depend on their order.
    """
    wants = Counter(chain.from_iterable(map(dict.fromkeys, wanted.values())))
    return {
        each: next((name for name in names if wants[name] == 1), names[-1]) for each, names in wanted.items()
    }


# ------------------------------------------------------------------ indexes


def _offered(scope: Scope, offers: Mapping[str, Offer]) -> list[Offer]:
    return [offers[each] for each in scope.artifacts if each in offers]


def _index(address: str, offered: Iterable[Offer]) -> Output:
    """Version 0.2.0; its links are relative, so that the site may stand below any path."""
    up = addresses.to_root(address + INDEX)
    entries = [
        {
            "name": offer.name,
            "type": "archive",
            "description": offer.description,
            "url": up + offer.archive,
            "digest": f"sha256:{offer.digest}",
            "x-skillmeat": offer.id,
        }
        for offer in offered
    ]
    return Output(address + INDEX, as_json({"$schema": SCHEMA, "skills": entries}))


def _twins(edition: Edition, offers: Mapping[str, Offer]) -> Made:
    """Version 0.1.0 of each scope, as long as there is room for it."""
    hidden = sum(not offer.plain for offer in offers.values())
    if hidden:
        reason = "offered as archives only, since a browser might run files of theirs"
        yield LeftOut(f"{TWIN}index.json", f"{plural(hidden, 'skill is', 'skills are')} {reason}.")
    files = size = 0
    for scope in scopes(edition):
        offered = [offer for offer in _offered(scope, offers) if offer.plain]
        more = sum(len(offer.plain) for offer in offered)
        bytes_more = sum(offer.size for offer in offered)
        too_many = files + more > TWIN_FILES_IN_ALL or size + bytes_more > TWIN_BYTES_IN_ALL
        if more > TWIN_FILES or too_many:
            reason = "It would hold too many copies of files; present clients do not need it."
            yield LeftOut(f"{scope.address}{TWIN}index.json", reason)
            continue
        files, size = files + more, size + bytes_more
        key = digest([(offer.name, offer.description, offer.digest, offer.plain) for offer in offered])
        yield Planned(f"{scope.address}{TWIN}", key, partial(_twin, edition, scope.address, offered))


def _twin(edition: Edition, address: str, offered: Sequence[Offer]) -> Iterator[Output]:
    entries = [
        {"name": offer.name, "description": offer.description, "files": list(offer.plain)}
        for offer in offered
    ]
    yield Output(f"{address}{TWIN}index.json", as_json({"skills": entries}))
    for offer in offered:
        content = edition.contents(edition.catalog.artifacts[offer.id])
        for path in offer.plain if content else ():
            yield Output(f"{address}{TWIN}{offer.name}/{path}", content.read(path))  # type: ignore[union-attr]


def _is_plain(files: Mapping[str, bytes]) -> bool:
    """Whether version 0.1 takes the names, and no browser takes what is in the files for a script.

    Three hyphens at the head of a line, or a number sign and a blank, begin no script in any language of
    the web, whatever follows.
    """
    return all(_PLAIN_PATH.fullmatch(path) and _NEVER_A_SCRIPT.match(data) for path, data in files.items())
