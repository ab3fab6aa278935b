"""Lays out the same entries for Hugo, with templates (``layouts/``) for the pages that skillmeat makes.

``python -m benchmarks.hugo FOLDER N STORE`` writes the site's sources to ``FOLDER/hugo``; STORE is the
fetched store of the same N entries, for what only Git and the lock know (commits, content hashes).

Equal are the pages, their addresses and their parts: the head with all its links, header and footer, lists of
20 or 50 rows with filters, pills and numbered pages; on an artifact's page the commands for every client, the
facts, the relations listed and drawn twice, the text laid out and as it was written, tags, similar entries,
history. ``likeness`` counts the words that both have.

Not equal, and less work for Hugo: links are absolute, so that a row or a header is made once and kept; facts
of Git and the lock, sizes, and counts by type stand in the front matter, ready to print; Markdown is neither
sanitised nor are its headings and links rewritten; nothing looks for invisible characters, comments or what
an artifact runs, so the caution is a fixed sentence; the drawing takes every letter to be as wide.

Similar entries are not the same ones: Hugo's own ``Related`` ranks the pages that share a tag of at most a
hundred, and finds none for a few artifacts; skillmeat also looks at collections and sources, and everywhere
only at the nearest. There is a line for Hugo without them. Hugo marks up code in more detail.

Hugo is run as its manual says for a build: no server, minifying, fingerprints, or cleaning up; into a folder
that never was, as skillmeat is. The pages alone have neither ``raw.txt`` beside them nor a link to it on
either side, no JSON, search index, feeds, redirects or sitemap; a table says what skillmeat writes in all.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
import sys
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from benchmarks import content
from benchmarks.content import Entry
from benchmarks.measure import ROOT

LAYOUTS: Final = Path(__file__).with_name("layouts")

_SETTINGS: Final = """
baseURL = "https://example.org/"
title = "Catalog"
disableKinds = ["RSS", "sitemap", "robotsTXT", "404"]
[pagination]
disableAliases = true
[params]
similar = true
[taxonomies]
tag = "tags"
trust = "trust"
collection = "collections"
source = "sources"
[related]
includeNewer = true
threshold = 10
[[related.indices]]
name = "tags"
weight = 100
cardinalityThreshold = %d
[markup.highlight]
codeFences = true
noClasses = false
[markup.goldmark.extensions.typographer]
disable = true
[markup.goldmark.renderer]
unsafe = true
"""

_RARE: Final = 100
"""How many artifacts may have a tag for Hugo to find similar ones by it: it ranks all that have it, so that
common tags would cost it more than all the rest of a page."""

_ICON: Final = re.compile(r"\[icon ([^\]]+)\]")
_SVG: Final = (
    r'<svg class="icon" aria-hidden="true" focusable="false">'
    r'<use href="/assets/icons.svg?v=90105de9#\1"/></svg>'
)
_COPY: Final = '<button class="copy" type="button">[icon copy]<span class="copy-label">Copy</span></button>'

_TYPES: Final = {
    "skill": ("Skill", "Skills", "Instructions that an agent reads when a task calls for them."),
    "command": ("Command", "Commands", "Prompts that people start by name."),
    "agent": ("Agent", "Agents", "Assistants for one kind of job, called by another agent."),
    "hook": ("Hook", "Hooks", "Programs that run when an agent does something."),
    "mcp": ("MCP server", "MCP servers", "Servers that give an agent tools and data."),
    "plugin": ("Plugin", "Plugins", "Several artifacts that are installed as one."),
}
_TRUST: Final = {
    "official": "From the people who make the thing it is for.",
    "verified": "The curators have looked at it.",
    "basic": "Trusted to a degree.",
    "untrusted": "Listed, and nobody vouches for it.",
}
_GROUPS: Final = ("first", "second", "third")
_LISTS: Final = {
    "": ("Catalog", "A catalog of synthetic entries."),
    "tags": ("Tags", "Every tag of the catalog."),
    "collections": ("Collections", "Artifacts that belong together, in an order somebody chose."),
    "sources": ("Sources", "Where the artifacts come from."),
}


def template(text: str) -> str:
    """A layout as Hugo is given it: ``[icon NAME]`` and ``[copy]``, the button, are written out.

    A partial for each would be called two dozen times a page, which costs Hugo more than all its text.
    """
    return _ICON.sub(_SVG, text.replace("[copy]", _COPY))


def layouts() -> dict[str, str]:
    """The templates by their names below ``layouts/``."""
    found = sorted(LAYOUTS.rglob("*.html"))
    return {
        file.relative_to(LAYOUTS).as_posix(): template(file.read_text(encoding="utf-8")) for file in found
    }


def version() -> str:
    """Changes with whatever a site's sources are made from, so that no other version's are used again."""
    files = (Path(__file__), Path(content.__file__))
    texts = [*(file.read_text(encoding="utf-8") for file in files), *layouts().values()]
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()[:8]


def write(folder: Path, count: int, store: Path) -> None:
    """The sources of a Hugo site with ``count`` artifacts, of which ``store`` has the lock."""
    site = folder / "hugo"
    shutil.copytree(ROOT / "site_templates/assets", site / "static/assets", dirs_exist_ok=True)
    rare = max(1, 100 * _RARE // count)
    files = {"hugo.toml": _SETTINGS % rare, **{f"layouts/{name}": text for name, text in layouts().items()}}
    for path, text in (*files.items(), *_content(Known.of(count, store))):
        file = site / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")


@dataclass(frozen=True)
class Known:
    """The entries of a store, and what Git and the lock know of them.

    ``commits`` are by source, ``hashes`` by type and name; ``head`` is the store's only commit, made at
    ``moment``.
    """

    entries: Sequence[Entry]
    commits: dict[str, str]
    hashes: dict[str, str]
    head: str
    moment: datetime

    @staticmethod
    def of(count: int, store: Path) -> Known:
        """What there is to know of a store of ``count`` entries."""
        lock = tomllib.loads((store / "manifests/skillmeat.lock").read_text(encoding="utf-8"))
        command = ["git", "-C", str(store), "log", "-1", "--format=%H %ct"]
        head, seconds = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
        return Known(
            list(content.entries(count)),
            {source["id"]: source["commit"] for source in lock["source"]},
            {
                f"{each['type']}/{each['name']}": each["hash"]
                for source in lock["source"]
                for each in source["artifact"]
            },
            head,
            datetime.fromtimestamp(int(seconds), UTC),
        )


# ------------------------------------------------------------------ content


def _content(known: Known) -> Iterator[tuple[str, str]]:
    """Everything below ``content/``, with front matter in JSON, which Hugo reads fastest."""
    count, found = len(known.entries), known.entries
    by_type = Counter(entry.type for entry in found)
    most = [_TYPES[kind][0] for kind, _ in by_type.most_common(3)]
    words = [name if name.startswith("MCP") else name.lower() for name in most]
    heading = f"Find the right {', '.join(words[:-1])} or {words[-1]}"
    for name, (title, about) in _LISTS.items():
        json_of_all = {"json": f"api/v1/{name or 'artifacts'}.json"}
        more = {"heading": heading, "paged": True} if not name else {}
        yield _page(f"{name}/_index".lstrip("/"), title=title, description=about, **json_of_all, **more)
    yield _page("trust/_index", title="Trust", build={"render": "never"})
    yield _page("entries/_index", title="Entries", build={"render": "never", "list": "never"})
    for place, (kind, (one, many, about)) in enumerate(_TYPES.items()):
        yield _page(
            f"{kind}/_index",
            title=many,
            description=about,
            weight=place + 1,
            one=one,
            shown="tree" if kind in ("skill", "plugin") else "blob",
            feed=f"{kind}/feed.xml",
            paged=True,
        )
    for level, about in _TRUST.items():
        yield _page(
            f"trust/{level}/_index",
            title=f"{level.title()} sources",
            short=level.title(),
            heading=f"From {level} sources",
            description=about,
            paged=True,
        )
    for tag in content.tags(count):
        color = f"#{hashlib.sha256(tag.encode()).hexdigest()[:6]}"
        yield _term(f"tags/{tag}", description=f"All about {tag}.", color=color, paged=True)
    yield from _sources(known)
    yield from _collections(known)


def _sources(known: Known) -> Iterator[tuple[str, str]]:
    held: dict[str, list[Entry]] = defaultdict(list)
    for entry in known.entries:
        held[entry.source].append(entry)
    for source, commit in known.commits.items():
        level, found = content.trust(source), Counter(entry.type for entry in held[source])
        most = max(found.values(), default=1)
        yield _term(
            f"sources/{source}",
            description=f"What the catalog takes from {_named(source)}.",
            short=f"example/{source}",
            home=f"https://github.com/example/{source}",
            raw=f"https://raw.githubusercontent.com/example/{source}/{commit}/",
            commit=commit,
            level=level,
            level_name=level.title(),
            meaning=_TRUST[level],
            counts=[
                {
                    "type": kind,
                    "name": many,
                    "count": found[kind],
                    "share": round(100 * found[kind] / most, 1),
                }
                for kind, (_, many, _) in _TYPES.items()
                if found[kind]
            ],
            paged=True,
        )
        yield _page(
            f"entries/{source}",
            title=f"Found in {_named(source)}",
            description=f"Everything that was found in {_named(source)}, and what of it is in the catalog.",
            url=f"/sources/{source}/entries/",
            source=source,
            json=f"api/v1/sources/{source}/entries.json",
            build={"list": "never"},
        )


def _collections(known: Known) -> Iterator[tuple[str, str]]:
    """The collections, and the artifacts in the order and the groups that they have there."""
    held: dict[str, list[Entry]] = defaultdict(list)
    for entry in known.entries:
        held[entry.collection].append(entry)
    for collection in content.collections(len(known.entries)):
        members = held[collection]
        groups = [
            {"slug": slug, "name": slug.title(), "count": len(members[start::8])}
            for start, slug in enumerate(_GROUPS)
        ]
        about, moment = "What belongs together.", known.moment.isoformat()
        yield _term(f"collections/{collection}", description=about, date=moment, groups=groups)
        for place, entry in enumerate(members):
            yield _artifact(entry, known, place)


def _artifact(entry: Entry, known: Known, place: int) -> tuple[str, str]:
    """An artifact; ``place`` is its own among those of its collection."""
    size = len(entry.text.encode())
    path, _, file = entry.file.rpartition("/")
    commit = {
        "subject": "Add everything",
        "id": known.head[:7],
        "at": known.moment.isoformat(),
        "day": known.moment.date().isoformat(),
    }
    values = {
        "title": entry.name,
        "description": entry.description,
        "date": entry.created.isoformat(),
        "lastmod": known.moment.isoformat(),
        "slug": entry.slug,
        "id": entry.id,
        "tags": list(entry.tags),
        "collections": [entry.collection],
        "collections_weight": place + 1,
        "group": _GROUPS[place % 8] if place % 8 < len(_GROUPS) else "",
        "sources": [entry.source] if entry.source else [],
        "trust": [entry.trust] if entry.trust else [],
        "path": path,
        "file": file,
        "version": entry.version,
        "license": "MIT",
        "size": f"{size / 1000:.1f} KB",
        "requires": [entry.requires] if entry.requires else [],
        "commits": [commit],
        "json": f"api/v1/artifacts/{entry.id}.json",
    }
    if entry.source:
        values |= {"repository": f"example/{entry.source}", "hash": known.hashes[entry.id]}
    if not place:
        values["note"] = "Start here."
    name, text = _page(entry.id, **values)
    return name, f"{text}{entry.text}"


def _term(name: str, **values: Any) -> tuple[str, str]:
    links = {"json": f"api/v1/{name}.json", "feed": f"{name}/feed.xml"}
    return _page(f"{name}/_index", title=_named(name.partition("/")[2]), **links, **values)


def _page(name: str, **values: Any) -> tuple[str, str]:
    return f"content/{name}.md", f"{json.dumps(values, indent=1, ensure_ascii=False)}\n\n"


def _named(slug: str) -> str:
    return slug.replace("-", " ").title()


if __name__ == "__main__":
    write(Path(sys.argv[1]).resolve(), int(sys.argv[2]), Path(sys.argv[3]).resolve())
