"""A catalog of which everything can be installed that can be, and the repository that holds it."""

from __future__ import annotations

import hashlib
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from skillmeat.catalog import Catalog
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
)
from skillmeat.sources.hashing import content_hash
from skillmeat.tree import FILE, PROGRAM, SUBMODULE, SYMLINK, Content, TreeEntry
from tests.site.store import by_id

COMMIT = "0123456789abcdef0123456789abcdef01234567"
URL = "https://github.com/acme/skills"


def head(name: str, description: str = "Does it.") -> bytes:
    return f"---\nname: {name}\ndescription: {description}\n---\n\n# {name}\n".encode()


FILES: Mapping[str, bytes] = {
    "skills/pdf/SKILL.md": b"---\r\nname: pdf\r\ndescription: Reads pages.\r\n---\r\n\r\nRun it.\r\n",
    "skills/pdf/scripts/run.sh": b"#!/bin/sh\necho pages\n",
    "skills/pdf/references/\u00fcbersicht \u2013 \u65e5\u672c.md": "Über 日本.\n".encode(),
    "skills/pdf/assets/all bytes.bin": bytes(range(256)) * 64,
    "skills/pdf/assets/index.html": b"<script>alert(1)</script>",
    "skills/pdf/assets/empty.txt": b"",
    "skills/pdf/.hidden/deep/er/still/here.json": b"{}",
    "skills/notes/SKILL.md": head("notes"),
    "other/notes/SKILL.md": head("notes", "Other notes."),
    "skills/guide/SKILL.md": head("guide-by-name"),
    "skills/guide/references/more.md": b"# More\n\nWords.\n",
    "skills/guide/references/even more.md": b"---\ntitle: x\n---\nWords.\n",
    "skills/crew/SKILL.md": head("crew"),
    "skills/crew/agents/helper.md": head("helper"),
    "skills/polyglot/SKILL.md": head("polyglot"),
    "skills/polyglot/notes.md": b"alert(1) // [x](y)\n",
    "skills/linked/SKILL.md": head("linked"),
    "skills/linked/link.md": b"SKILL.md",
    "skills/nested/SKILL.md": head("nested"),
    "skills/nested/module": b"",
    "skills/huge/SKILL.md": head("huge"),
    "skills/huge/big.bin": b"x",
    "skills/changed/SKILL.md": head("changed"),
    "skills/silent/SKILL.md": b"---\nname: silent\n---\nWords.\n",
    "skills/number/SKILL.md": head("123"),
    "skills/headless/SKILL.md": b"# Words\n",
    "skills/latin/SKILL.md": head("latin") + b"caf\xe9\n",
    "skills/colon/SKILL.md": head("colon", "Two: colons: here"),
    "skills/odd/SKILL.md": head("odd"),
    "skills/odd/back\\slash.md": b"# x\n",
    "commands/ship.md": b"---\ndescription: Ships.\n---\nShip it.\n",
    "commands/other.md": b"---\ndescription: Another.\n---\nDo it.\n",
    "agents/rev.md": head("rev"),
    "packs/one/.claude-plugin/plugin.json": b'{"name": "one", "version": "1.0.0"}\n',
    "packs/one/lead.md": head("lead"),
    "root.md": head("root"),
    "plugins/tools/.claude-plugin/plugin.json": b'{"name": "tools", "version": "2.0.0"}\n',
    "plugins/tools/skills/inner/SKILL.md": head("inner"),
    "plugins/bare/README.md": b"# Bare\n",
    "hooks/hooks.json": b'{"hooks": {}}\n',
    ".mcp.json": b'{"mcpServers": {"docs": {"type": "http", "url": "https://mcp.example"}}}\n',
}
MODES = {
    "skills/pdf/scripts/run.sh": PROGRAM,
    "skills/linked/link.md": SYMLINK,
    "skills/nested/module": SUBMODULE,
}
LOCAL = {"kept/house/SKILL.md": head("house"), "kept/house/run.py": b"print(1)\n"}

SKILLS = {
    "pdf-tools": "skills/pdf",
    "notes-kit": "skills/notes",
    "other-notes": "other/notes",
    "guide": "skills/guide",
    "crew": "skills/crew",
    "polyglot": "skills/polyglot",
    "linked": "skills/linked",
    "nested": "skills/nested",
    "huge": "skills/huge",
    "changed": "skills/changed",
    "silent": "skills/silent",
    "number": "skills/number",
    "headless": "skills/headless",
    "latin": "skills/latin",
    "colon": "skills/colon",
    "odd": "skills/odd",
}
OTHERS = {
    "command/ship": "commands/ship.md",
    "command/other": "commands/other.md",
    "agent/rev": "agents/rev.md",
    "agent/lead": "packs/one/lead.md",
    "agent/root": "root.md",
    "plugin/one": "packs/one",
    "plugin/tools": "plugins/tools",
    "plugin/bare": "plugins/bare",
    "hook/guard": "hooks/hooks.json",
    "mcp/docs": ".mcp.json#docs",
}
PLACES = {**{f"skill/{slug}": path for slug, path in SKILLS.items()}, **OTHERS}

ARTIFACTS = by_id(
    *(
        Artifact(
            id=each,
            name=each.partition("/")[2].title(),
            source="acme",
            path=path,
            aliases=("pdf-kit", "crew") if each == "skill/pdf-tools" else (),
            tags=("documents",) if each in ("skill/pdf-tools", "skill/guide", "plugin/tools") else (),
        )
        for each, path in PLACES.items()
    ),
    Artifact(id="skill/house", name="House", path="kept/house", tags=("documents",), license="MIT"),
    Artifact(id="skill/away", name="Away", source="acme", path="skills/away"),
)

COLLECTIONS = by_id(
    Collection(
        id="starter",
        name="Starter",
        artifacts=("skill/pdf-tools", "command/ship", "skill/notes-kit", "skill/guide", "agent/rev"),
        groups=(
            {"slug": "first", "name": "First", "artifacts": ("agent/rev", "skill/guide")},
            {"slug": "none", "name": "None"},
        ),
    )
)


def content(artifact: Artifact) -> Content | None:
    """Its files, one of them too large and others not regular."""
    held, path = (FILES, artifact.path) if artifact.source else (LOCAL, artifact.path)
    base = (path or "").partition("#")[0]
    below = {name[len(base) + 1 :]: data for name, data in held.items() if name.startswith(f"{base}/")}
    files = below or ({base.rpartition("/")[2]: held[base]} if base in held else {})
    if not files:
        return None
    entries = tuple(
        TreeEntry(name, mode(base, name), "", None if name == "big.bin" else len(data))
        for name, data in sorted(files.items())
    )
    return Content(entries, files.__getitem__, next(name for name in ("SKILL.md", *files) if name in files))


def mode(base: str, name: str) -> str:
    return MODES.get(f"{base}/{name}", PROGRAM if name == "run.py" else FILE)


def locked(artifact: Artifact) -> LockedArtifact:
    """What the lock says of it, truly but for one."""
    here = content(artifact)
    sums = (
        [(each.mode, hashlib.sha256(here.read(each.path)).hexdigest(), each.path) for each in here.files]
        if here and artifact.slug != "changed"
        else []
    )
    name = {"pdf-tools": "pdf", "notes-kit": "notes", "other-notes": "notes", "guide": "guide-by-name"}
    return LockedArtifact.model_validate(
        {
            "type": artifact.type,
            "name": name.get(artifact.slug, artifact.slug),
            "path": artifact.path,
            "hash": content_hash(sums),
            "tree": "0" * 40,
        }
    )


def catalog(commit: str = COMMIT, **site: Any) -> Catalog:
    """The catalog, locked at a commit."""
    found = sorted(map(locked, (each for each in ARTIFACTS.values() if each.source)), key=_order)
    fields = {"title": "Acme skills", "edit_url": "https://github.com/acme/catalog/edit/main/store", **site}
    return Catalog(
        settings=Settings(site=Site.model_validate(fields)),
        tags=by_id(
            Tag(id="documents", name="Documents", aliases=("papers",)), Tag(id="unused", name="Unused")
        ),
        artifacts=ARTIFACTS,
        collections=COLLECTIONS,
        sources=by_id(Source(id="acme", name="Acme", url=URL, ref="main")),
        lock=Lock(
            source=(LockedSource(id="acme", url=URL, ref="main", commit=commit, artifact=tuple(found)),)
        ),
        readmes={},
    )


def _order(entry: LockedArtifact) -> tuple[str, str]:
    return str(entry.type), entry.path


def repository(folder: Path) -> str:
    """A repository that holds the files and has moved on since; gives the commit that did."""
    git("init", "-q", "-b", "main", str(folder))
    for path, data in FILES.items():
        if MODES.get(path) in (SYMLINK, SUBMODULE) or "\\" in path:
            continue
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
        file.chmod(0o755 if MODES.get(path) == PROGRAM else 0o644)
    git("-C", str(folder), "config", "core.autocrlf", "false")
    git("-C", str(folder), "add", ".")
    git("-C", str(folder), "commit", "-qm", "pinned")
    commit = git("-C", str(folder), "rev-parse", "HEAD")
    (folder / "skills/pdf/SKILL.md").write_bytes(head("pdf", "Newer."))
    (folder / "commands/ship.md").write_bytes(b"Newer.\n")
    git("-C", str(folder), "commit", "-qam", "newer")
    for option in ("uploadpack.allowFilter", "uploadpack.allowAnySHA1InWant"):
        git("-C", str(folder), "config", option, "true")
    return commit


def git(*words: str) -> str:
    done = subprocess.run(["git", *words], check=True, capture_output=True, text=True)
    return done.stdout.strip()
