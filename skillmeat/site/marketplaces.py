"""``marketplace.json``, from which Claude Code installs (FORMATS.md 2): one for each scope.

People add it by its address, so no source in it is relative: each names a repository and the commit that is
locked. A skill, command or agent becomes a plugin of its own that takes one folder and declares one part of
it (``strict: false``). Claude Code also takes whatever a plugin holds at the usual places, so the folder is
the nearest one that holds nothing there. What an update is follows from the commit, so no version is given.
"""

from __future__ import annotations

import hashlib
import re
from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache, partial
from typing import Final
from urllib.parse import urlsplit

from pydantic_core import to_json

from skillmeat.model import Artifact, ArtifactType, LockedSource, Site
from skillmeat.site import marks
from skillmeat.site.edition import Edition
from skillmeat.site.output import LeftOut, Made, Output, Planned, as_json, digest
from skillmeat.site.scopes import Scope, scopes
from skillmeat.site.wellknown import distinct
from skillmeat.text import one_line, shorten
from skillmeat.tree import Content
from skillmeat.views import Json

FILE: Final = "marketplace.json"

RESERVED: Final = frozenset(
    (
        "agent-skills",
        "builtin",
        "cargo",
        "financial-services-plugins",
        "first-party-plugins",
        "gh",
        "github",
        "healthcare",
        "inline",
        "knowledge-work-plugins",
        "life-sciences",
        "npm",
        "org",
        "org-provisioned",
        "pip",
        "skills-dir",
        "synced",
        "unknown",
        "uv",
    )
)
"""Names of marketplaces that Claude Code keeps for itself; those with its makers' names are all avoided."""

_MAKERS: Final = re.compile(r"claude|anthropic")
_MOST_NAME: Final = 100
_PLUGIN_NAME: Final = re.compile(
    r"(?!(claude|anthropics?|cc-plugin)(-|\Z))(?=.{1,64}\Z)[a-z0-9]+(-[a-z0-9]+)*"
)
_COMMIT: Final = re.compile(r"[0-9a-f]{40}")
_KEYS: Final = {
    ArtifactType.SKILL: "skills",
    ArtifactType.COMMAND: "commands",
    ArtifactType.AGENT: "agents",
}
_MANIFEST: Final = ".claude-plugin/plugin.json"
_TAKEN: Final = re.compile(
    r"(agents|commands|output-styles)/.*\.md|skills/.*/SKILL\.md|(hooks|bin|themes|monitors)/.*"
    r"|\.mcp\.json(#.*)?|\.lsp\.json|settings\.json|\.claude-plugin/plugin\.json",
    re.DOTALL,
)
"""What Claude Code takes of a plugin's folder unasked (FORMATS.md 2.6)."""


def plugins(edition: Edition) -> Made:
    """``…/marketplace.json``"""
    keys, names = edition.once(_keys), edition.once(plugin_names)
    named = {each: f"{keys[each]} {name}" for each, name in names.items()}
    for scope in scopes(edition):
        head = (scope.key, scope.title, scope.description)
        key = digest(head, [named.get(each) for each in scope.artifacts])
        yield Planned(f"{scope.address}{FILE}", key, partial(_output, edition, scope))
    for artifact_id, reason in edition.once(_reasons).items():
        if reason:
            yield LeftOut(f"{FILE}#{artifact_id}", reason)


def _output(edition: Edition, scope: Scope) -> Iterator[Output]:
    entries = edition.once(_entries)
    head = as_json(_marketplace(edition.catalog.settings.site, scope)).removesuffix(b"}\n")
    plugins = ",".join([entries[each] for each in scope.artifacts if each in entries])
    yield Output(f"{scope.address}{FILE}", b"".join([head, b',"plugins":[', plugins.encode(), b"]}\n"]))


def plugin_names(edition: Edition) -> Mapping[str, str]:
    """By artifact that the site's marketplace offers: what to install, as ``name@marketplace``."""
    market = name(edition.catalog.settings.site)
    return {each: f"{plugin}@{market}" for each, plugin in edition.once(_names).items()}


def _keys(edition: Edition) -> Mapping[str, str]:
    """By artifact, in the order of their ids: of all that its entry is made of."""
    own, locked = edition.once(marks.own), edition.once(marks.locked)
    artifacts = edition.artifacts
    return {each: f"{own[each]} {locked.get(artifacts[each]['source'] or '', '')}" for each in sorted(own)}


def _reasons(edition: Edition) -> Mapping[str, str | None]:
    """By artifact, in the order of their ids: why it has no entry, None where it has one."""

    def reason(artifact_id: str) -> str | None:
        made = edition.once(_made)(artifact_id)
        return made if isinstance(made, str) else None

    with edition.kept.values("plugins") as kept:
        return {each: kept.get(each, key, partial(reason, each)) for each, key in edition.once(_keys).items()}


def _entries(edition: Edition) -> Mapping[str, str]:
    """The entries by artifact, as JSON. They are kept apart from what tells which there are, which all builds
    ask, a line each: the artifact's id, its key, and the entry without its name."""
    keys, names, made = edition.once(_keys), edition.once(_names), edition.once(_made)
    kept = (edition.kept.read("entries") or b"").decode().split("\n")
    was = {line.rpartition("\t")[0]: line for line in kept}
    lines = [was.get(f"{each}\t{keys[each]}") or _line(each, keys[each], made(each)) for each in names]
    if lines != kept:
        edition.kept.write("entries", "\n".join(lines).encode())
    entries = (line.rpartition("\t")[2] for line in lines)
    return {
        each: f'{{"name":"{plugin}",{entry[1:]}'
        for (each, plugin), entry in zip(names.items(), entries, strict=True)
    }


def _line(artifact_id: str, key: str, entry: Json | str) -> str:
    return f"{artifact_id}\t{key}\t{to_json(entry).decode()}"


def _made(edition: Edition) -> Callable[[str], Json | str]:
    """Gives the entry of an artifact without its name, or why there is none; makes it once."""
    places = {each.id: _Places(each) for each in edition.catalog.lock.source}
    artifacts = edition.catalog.artifacts
    return cache(lambda artifact_id: _entry(edition, artifacts[artifact_id], places))


def _marketplace(site: Site, scope: Scope) -> Json:
    """All but the plugins, which come last."""
    return {
        "name": name(site, scope.key),
        "description": " ".join(scope.description.split()) or scope.title,
        "owner": {"name": site.title, **({"url": site.url} if site.url else {})},
    }


# -------------------------------------------------------------------- names


def name(site: Site, key: str = "") -> str:
    """What a scope's marketplace is called: the site's title, or its host, and the scope's key."""
    root = next(
        filter(_is_free, (_slug(site.title), _slug(urlsplit(site.url or "").netloc))), "skill-catalog"
    )
    whole = f"{root}.{key}" if key else root
    if len(whole) > _MOST_NAME or _MAKERS.search(whole):
        return f"{root}.{hashlib.sha256(key.encode()).hexdigest()[:12]}"
    return whole


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower())[:40].strip("-")


def _is_free(name: str) -> bool:
    return bool(name) and name not in RESERVED and not _MAKERS.search(name)


def _names(edition: Edition) -> Mapping[str, str]:
    """By artifact that has an entry: the name of its plugin, the same in every marketplace.

    What it calls itself, else its slug, else ``<type>--<slug>``, which is nobody else's.
    """
    wanted = {}
    for artifact_id, reason in edition.once(_reasons).items():
        if reason is not None:
            continue
        record = edition.catalog.artifacts[artifact_id]
        entry = edition.catalog.entry(record)
        free = filter(_is_plugin_name, (entry.name if entry else record.slug, record.slug))
        wanted[artifact_id] = [*free, f"{record.type}--{record.slug}"]
    return distinct(wanted)


@cache
def _is_plugin_name(name: str) -> bool:
    return _PLUGIN_NAME.fullmatch(name) is not None


# ------------------------------------------------------------------ entries


def _entry(edition: Edition, record: Artifact, places: Mapping[str, _Places]) -> Json | str:
    """The entry of an artifact without its name, or why there is none; nothing where its page says why."""
    if record.type not in (*_KEYS, ArtifactType.PLUGIN):
        return "Claude Code installs it only with the plugin that it belongs to."
    content = edition.contents(record)
    if content is None or record.path is None:
        return ""
    if record.type is ArtifactType.PLUGIN:
        if not any(each.path == _MANIFEST for each in content.files):
            return f"It has no {_MANIFEST}."
        folder, parts = record.path, {}
    else:
        beside = places.get(record.source or "")
        clean = (each for each in _folders(record) if not _takes_more(record, each, content, beside))
        found = next(clean, None)
        if found is None:
            return "Claude Code would take other things beside it as well."
        folder, parts = found, {"strict": False, _KEYS[record.type]: [_below(record.path, found)]}
    source = _source(edition, record, folder)
    if isinstance(source, str):
        return source
    artifact = edition.artifacts[record.id]
    return {
        "displayName": one_line(record.name),
        "description": shorten(" ".join((record.description or record.name).split()), 1024),
        "source": source,
        **parts,
        "category": str(record.type),
        **({"tags": [chip["name"] for chip in edition.chips(artifact)]} if record.tags else {}),
        **({"homepage": record.homepage} if record.homepage else {}),
        **({"license": record.license} if record.license else {}),
        "metadata": {"skillmeat": {"id": record.id, "hash": artifact["hash"]}},
    }


def _source(edition: Edition, record: Artifact, folder: str) -> Json | str:
    """Where Claude Code clones from: the locked commit, or the branch that holds the store."""
    artifact = edition.artifacts[record.id]
    locked = edition.catalog.locked.get(record.source or "")
    if locked:
        if not artifact["commit"] or not _COMMIT.fullmatch(artifact["commit"]):
            return "Claude Code cannot pin its commit."
        if urlsplit(locked.url).scheme == "file":
            return "Its source is a folder of one machine."
        url, at = locked.url, {"sha": artifact["commit"]}
    else:
        hosted, whole = edition.where({**artifact, "path": folder})
        if hosted is None or record.source:
            return "Its repository is not known: set “edit_url” under [site] in skillmeat.toml."
        url, folder, at = hosted.repository.web, whole.removesuffix("/."), {"ref": hosted.revision}
    if folder == ".":
        return {"source": "url", "url": url, **at}
    return {"source": "git-subdir", "url": url, "path": folder, **at}


# ------------------------------------------------------------------ folders


def _folders(record: Artifact) -> Iterator[str]:
    """The folders that hold an artifact, the nearest first; of a skill, its own."""
    path = record.path or "."
    if record.type is not ArtifactType.SKILL:
        path = path.rpartition("/")[0] or "."
    while path != ".":
        yield path
        path = path.rpartition("/")[0] or "."
    yield "."


def _takes_more(record: Artifact, folder: str, content: Content, places: _Places | None) -> bool:
    """Whether Claude Code would take of this folder what is no part of the artifact."""
    own = _below(record.path or ".", folder)[2:]
    if record.type is ArtifactType.SKILL:
        base = f"{own}/" if own else ""
        if any(_TAKEN.fullmatch(base + each.path) for each in content.files):
            return True
    elif record.source is None and folder == ".":
        return True  # what else the store holds is not known here
    return places is not None and any(path != own for path in places.taken(folder))


class _Places:
    """What was found in a source, as files."""

    def __init__(self, locked: LockedSource) -> None:
        ends = {ArtifactType.SKILL: "/SKILL.md", ArtifactType.PLUGIN: f"/{_MANIFEST}"}
        paths = (each.path + ends.get(each.type, "") for each in locked.artifact)
        self._paths = sorted(path.removeprefix("./") for path in paths)
        self._taken: dict[str, Sequence[str]] = {}

    def taken(self, folder: str) -> Sequence[str]:
        """What Claude Code takes of a folder unasked, as paths from there."""
        if folder not in self._taken:
            prefix = "" if folder == "." else f"{folder}/"
            start = bisect_left(self._paths, prefix)
            stop = bisect_left(self._paths, f"{folder}0") if prefix else None  # "0" comes right after "/"
            inside = (path.removeprefix(prefix) for path in self._paths[start:stop])
            self._taken[folder] = [path for path in inside if _TAKEN.fullmatch(path)]
        return self._taken[folder]


def _below(path: str, folder: str) -> str:
    """A path as a plugin writes it: ``./skills/pdf``; ``./`` for the folder itself."""
    if path == folder:
        return "./"
    return "./" + (path if folder == "." else path.removeprefix(f"{folder}/"))
