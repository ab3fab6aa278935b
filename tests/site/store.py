"""A small store that has one of everything the site shows."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, TypeVar

from skillmeat.catalog import Catalog
from skillmeat.history import Commit, Dated, Dates, Deed, Log, Touched
from skillmeat.model import (
    Artifact,
    Collection,
    Lock,
    LockedArtifact,
    LockedSource,
    Record,
    Settings,
    Site,
    Source,
    Tag,
    kind_of,
)
from skillmeat.tree import FILE, PROGRAM, Content, TreeEntry

R = TypeVar("R", bound=Record)
COMMIT = "0123456789abcdef0123456789abcdef01234567"


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def by_id(*records: R) -> dict[str, R]:
    return {record.id: record for record in records}


def found(kind: str, name: str, path: str, **more: Any) -> LockedArtifact:
    return LockedArtifact.model_validate(
        {
            "type": kind,
            "name": name,
            "path": path,
            "hash": f"sha256:{digest(path)}",
            "tree": digest(path)[:40],
            **more,
        }
    )


SITE = Site(
    title="Test catalog",
    url="https://catalog.example/base/",
    description="Everything the tests need.",
    edit_url="https://github.com/acme/catalog/edit/main",
    page_size=3,
)

TAGS = by_id(
    Tag(id="pdf", name="PDF", color="#c0392b", description="Pages that print.", aliases=("portable",)),
    Tag(id="web", name="Web & <more>"),
    Tag(id="unused", name="Unused"),
)

ARTIFACTS = by_id(
    Artifact(
        id="skill/pdf-tools",
        name="PDF tools",
        description="Reads & writes <PDF>.",
        source="acme-skills",
        path="skills/pdf",
        version="1.2.0",
        license="Apache-2.0",
        homepage="https://acme.example/pdf",
        tags=("pdf", "web"),
        aliases=("pdf",),
        associations=(
            {"artifact": "agent/reviewer", "relationship_type": "requires"},
            {
                "artifact": "skill/nested",
                "relationship_type": "related",
                "pinned_version_hash": f"sha256:{digest('old')}",
            },
        ),
    ),
    Artifact(id="skill/nested", name="Nested", source="acme-skills", path="plugins/x/skills/nested"),
    Artifact(id="skill/local", name="Local", path="skills/local", tags=("web",), deprecated="Use PDF tools."),
    Artifact(id="command/ship", name="Ship", source="acme-skills", path="commands/ship it.md"),
    Artifact(id="agent/reviewer", name="Reviewer", source="acme-skills", path="agents/reviewer.md"),
    Artifact(id="hook/guard", name="Guard", source="acme-skills", path="hooks/hooks.json"),
    Artifact(id="mcp/docs", name="Docs server", source="acme-skills", path=".mcp.json#docs"),
    Artifact(
        id="plugin/kit",
        name="Kit",
        source="acme-kit",
        path=".",
        associations=(
            {"artifact": "skill/pdf-tools", "relationship_type": "contains"},
            {"artifact": "command/ship", "relationship_type": "contains"},
        ),
    ),
    Artifact(id="agent/elsewhere", name="Elsewhere", source="own-host", path="agents/e.md"),
    Artifact(id="skill/unfetched", name="Unfetched", source="own-host", path="skills/unfetched"),
)

COLLECTIONS = by_id(
    Collection(
        id="starter",
        name="Starter",
        description="Begin here.",
        artifacts=(
            "skill/local",
            {"artifact": "skill/pdf-tools", "note": "The one to read first."},
            "plugin/kit",
        ),
        groups=(
            {"slug": "main", "name": "Main", "description": "The core.", "artifacts": ("skill/pdf-tools",)},
            {"slug": "later", "name": "Later", "artifacts": ()},
        ),
    ),
    Collection(id="flat", name="Flat", artifacts=("agent/reviewer",)),
    Collection(id="empty", name="Empty"),
)

SOURCES = by_id(
    Source(
        id="acme-skills",
        name="Acme skills",
        url="https://github.com/acme/skills",
        ref="main",
        trust_level="official",
        tags=("vendor",),
        import_repo_readme=True,
        exclude=({"path": "skills/old", "reason": "superseded"},),
    ),
    Source(
        id="acme-kit",
        name="Acme kit",
        url="https://github.com/acme/kit.git",
        ref="v2",
        trust_level="verified",
    ),
    Source(id="own-host", name="Own host", url="ssh://git@git.example/team/agents.git"),
    Source(id="idle", name="Idle", url="https://gitlab.com/acme/idle"),
)

LOCK = Lock(
    source=(
        LockedSource(
            id="acme-kit",
            url="https://github.com/acme/kit.git",
            ref="v2",
            commit=COMMIT,
            artifact=(found("plugin", "kit", "."),),
        ),
        LockedSource(
            id="acme-skills",
            url="https://github.com/acme/skills",
            ref="main",
            import_repo_readme=True,
            commit=COMMIT,
            exclude=({"path": "skills/old"},),
            repo_description="Skills of Acme.",
            readme_hash=f"sha256:{digest('readme')}",
            artifact=(
                found("agent", "reviewer", "agents/reviewer.md"),
                found("command", "ship it", "commands/ship it.md"),
                found("hook", "hooks", "hooks/hooks.json"),
                found("mcp", "docs", ".mcp.json#docs"),
                found("skill", "nested", "plugins/x/skills/nested"),
                found("skill", "other", "skills/other", problems=("no-description",)),
                found("skill", "pdf", "skills/pdf"),
            ),
        ),
        LockedSource(
            id="own-host",
            url="ssh://git@git.example/team/agents.git",
            ref="HEAD",
            commit=COMMIT,
            artifact=(found("agent", "e", "agents/e.md"), found("skill", "unfetched", "skills/unfetched")),
        ),
    )
)

READMES = {"acme-skills": "# Acme skills\n\nSee [the guide](docs/guide.md) and ![a picture](docs/a.png).\n"}

SKILL = b"""---
name: pdf
description: x
---
# PDF tools

See [the notes](references/notes.md) and [above](../../README.md). ![Pages](pages.png)

## Steps

Run `scripts/split.sh`. <script>alert(1)</script><!-- do not show -->
"""

FILES: Mapping[str, Mapping[str, bytes]] = {
    "skill/pdf-tools": {
        "SKILL.md": SKILL,
        "references/notes.md": b"x" * 4100,
        "scripts/split.sh": b"#!/bin/sh\n",
    },
    "skill/nested": {"SKILL.md": b"# Nested\n\nText.\n"},
    "skill/local": {"SKILL.md": b"Text with [a link](b.md).\n"},
    "command/ship": {"ship it.md": b"---\ndescription: x\n---\nShip it.\n"},
    "agent/reviewer": {"reviewer.md": b"Review.\n"},
    "hook/guard": {"hooks.json": b'{"hooks": {"Stop": []}}\n'},
    "mcp/docs": {".mcp.json": b'{"mcpServers": {"docs": {"url": "https://mcp.example"}, "b": {}}}\n'},
    "plugin/kit": {
        ".claude-plugin/marketplace.json": json.dumps(
            {"name": "acme", "plugins": [{"name": "kit"}]}
        ).encode(),
        "README.md": b"# Kit\n\nA kit.\n",
    },
    "agent/elsewhere": {"e.md": b"See [this](x.md). ![y](y.png)\n"},
}


def contents(artifact: Artifact) -> Content | None:
    files = FILES.get(artifact.id)
    if files is None:
        return None
    entries = tuple(
        TreeEntry(path, PROGRAM if path.endswith(".sh") else FILE, digest(path)[:40], len(data))
        for path, data in sorted(files.items())
    )
    main = next((path for path in ("SKILL.md", "README.md", *files) if path in files), "")
    return Content(entries, files.__getitem__, main)


def catalog(**changes: Any) -> Catalog:
    values: dict[str, Any] = {
        "settings": Settings(site=SITE),
        "tags": TAGS,
        "artifacts": ARTIFACTS,
        "collections": COLLECTIONS,
        "sources": SOURCES,
        "lock": LOCK,
        "readmes": READMES,
    }
    return Catalog(**{**values, **changes})


def dates() -> Dates:
    """Every record was made on a day of its own, and changed a month later; one of them nobody committed."""
    every: list[Record] = [*TAGS.values(), *ARTIFACTS.values(), *COLLECTIONS.values(), *SOURCES.values()]
    return Dates(
        {
            kind_of(record).path(record.id): Dated(
                datetime(2026, 1, 1 + place, 10, tzinfo=UTC), datetime(2026, 2, 1 + place, 10, tzinfo=UTC)
            )
            for place, record in enumerate(every)
            if record.id != "skill/unfetched"
        }
    )


def touched(deed: Deed, path: str, before: str = "", now: str | None = None) -> Touched:
    whole = "manifests/{}.toml".format
    gone = deed is Deed.REMOVED
    return Touched(
        deed, whole(path), before and whole(before), "" if gone else whole(path) if now is None else now
    )


def log() -> Log:
    """Two commits on one day and one on the day before, which added more than a page shows at once."""
    moments = (datetime(2026, 3, 2, hour, 30, tzinfo=UTC) for hour in (16, 9))
    newest = (
        touched(Deed.RENAMED, "artifacts/skill/pdf-tools", "artifacts/skill/pdf"),
        touched(Deed.REMOVED, "tags/old-tag"),
        touched(Deed.CHANGED, "collections/starter"),
        Touched(Deed.CHANGED, "manifests/skillmeat.lock", "", "manifests/skillmeat.lock"),
    )
    settings = Touched(Deed.CHANGED, "manifests/skillmeat.toml", "", "manifests/skillmeat.toml")
    first = (
        *(touched(Deed.ADDED, f"artifacts/{each}") for each in ARTIFACTS if each != "skill/pdf-tools"),
        touched(Deed.ADDED, "artifacts/skill/pdf", now="manifests/artifacts/skill/pdf-tools.toml"),
        *(touched(Deed.ADDED, f"artifacts/skill/gone-{number}", now="") for number in range(250)),
    )
    return Log(
        (
            Commit("c" * 40, next(moments), "Rename & <tidy>", newest),
            Commit("b" * 40, next(moments), "Say what the site is", (settings,)),
            Commit("a" * 40, datetime(2026, 3, 1, 12, tzinfo=UTC), "Begin", first),
        ),
        "The clone is shallow.",
    )
