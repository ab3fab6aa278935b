"""How to get an artifact: only commands that work with what the catalog knows of it.

Every value in a command is quoted for a shell, since names and paths are other people's.
"""

from __future__ import annotations

import json
import re
import shlex
from dataclasses import dataclass
from typing import Any, Final

from skillmeat.errors import SkillmeatError
from skillmeat.model import ArtifactType, Source
from skillmeat.site.hosting import Hosted, Repository, repository
from skillmeat.text import block, hidden
from skillmeat.tree import Content
from skillmeat.views import Json


@dataclass(frozen=True, slots=True)
class Way:
    """One way to get an artifact: what it is called, what to copy, and what to know before."""

    title: str
    text: str
    note: str = ""


_DEFAULT_REFS: Final = ("HEAD", "main", "master")
_PLACES: Final = {ArtifactType.COMMAND: ".claude/commands", ArtifactType.AGENT: ".claude/agents"}
_SKILL_FOLDER: Final = re.compile(
    r"(skills|\.(agents|claude|codex|cursor|github|opencode)/skills)(/[^/]+){1,3}"
)
_PLAIN: Final = re.compile(r"[A-Za-z0-9_][\w .-]*", re.ASCII)
_PLAIN_PATH: Final = re.compile(r"[A-Za-z0-9_.][\w ./-]*", re.ASCII)
_COMMIT: Final = re.compile(r"[0-9a-f]{40}([0-9a-f]{24})?")
_MARKET: Final = ".claude-plugin/marketplace.json"
_MAX_JSON: Final = 512 * 1024


@dataclass(frozen=True, slots=True)
class Subject:
    """An artifact and what the commands need to know of it.

    ``path`` is where it is in its repository, ``hosted`` that repository at the pinned commit where its
    host is known. ``name`` is what the artifact itself says it is called, or empty. ``under_skill`` says
    that the repository's root is a skill, and so the only one that ``npx skills`` sees.
    """

    artifact: Json
    source: Source | None
    hosted: Hosted | None
    path: str
    content: Content | None
    name: str
    under_skill: bool

    @property
    def kind(self) -> ArtifactType:
        """What kind of artifact it is."""
        return ArtifactType(self.artifact["type"])

    @property
    def home(self) -> Repository | None:
        """Its repository, on a known host."""
        if self.source:
            return repository(self.source.url)
        return self.hosted.repository if self.hosted else None


def ways(subject: Subject) -> list[Way]:
    """The ways to get an artifact, best first."""
    if subject.artifact["source"] and not subject.source:
        return []
    if subject.kind is ArtifactType.SKILL:
        found = [_skills(subject), _git(subject, subject.path)]
    elif subject.kind is ArtifactType.PLUGIN:
        found = [_marketplace(subject), _git(subject, subject.path)]
    else:
        server = _server(subject) if subject.kind is ArtifactType.MCP else None
        found = [server, _download(subject) or _git(subject, _parent(subject.path))]
    return [way for way in found if way]


def _skills(subject: Subject) -> Way | None:
    """``npx skills``: by name where it finds the skill by itself, by folder where it might not."""
    home, path, name = subject.home, subject.path, subject.name
    if not home or not home.on_github or not subject.artifact["path"]:
        return None
    ref = subject.source.ref if subject.source else subject.hosted.revision if subject.hosted else "HEAD"
    if _COMMIT.fullmatch(ref):
        return None  # it clones a branch or a tag, never a commit
    at = "" if ref in _DEFAULT_REFS else f"#{ref}"
    words = ["npx", "skills", "add", f"{home.name}{at}" if at else home.web]
    if path != "." and not subject.under_skill and _SKILL_FOLDER.fullmatch(path) and _PLAIN.fullmatch(name):
        words += ["--skill", name]
    elif path != "." and _PLAIN_PATH.fullmatch(path):
        words[-1] = f"{home.name}/{path}{at}"
    elif path != ".":
        return None
    note = "Installs what the repository holds now, which may be newer than what is shown here."
    return Way("With npx skills", shlex.join(words), note)


def _marketplace(subject: Subject) -> Way | None:
    """Claude Code's own commands, where the plugin's repository is a marketplace that lists it."""
    home = subject.home
    if not home or not home.on_github or subject.path != "." or not subject.content:
        return None
    market = _read_json(subject.content, _MARKET)
    if not isinstance(market, dict) or not isinstance(market.get("plugins"), list):
        return None
    listed = [each.get("name") for each in market["plugins"] if isinstance(each, dict)]
    name = market.get("name")
    if subject.name not in listed or not isinstance(name, str):
        return None
    if not _PLAIN.fullmatch(subject.name) or not _PLAIN.fullmatch(name):
        return None
    text = f"/plugin marketplace add {home.name}\n/plugin install {subject.name}@{name}"
    return Way("In Claude Code", text, "Installs what the repository holds now.")


def _server(subject: Subject) -> Way | None:
    """The block of one MCP server, to copy into a project's own ``.mcp.json``."""
    name, content = str(subject.artifact["path"] or "").partition("#")[2], subject.content
    found = _read_json(content, content.main or content.files[0].path) if content and content.files else None
    servers = found.get("mcpServers", found) if isinstance(found, dict) else None
    if not name or not isinstance(servers, dict) or name not in servers:
        return None
    text = json.dumps({"mcpServers": {name: servers[name]}}, indent=2, ensure_ascii=False)
    note = "Add this to the “mcpServers” of your project’s .mcp.json, with your own values where it asks."
    return Way("In .mcp.json", block(text), note)


def _download(subject: Subject) -> Way | None:
    """A file by its address, for what is one file: a command or an agent straight to where it belongs."""
    hosted, path = subject.hosted, subject.path
    name = path.rpartition("/")[2]
    if not hosted or not subject.artifact["path"] or name.startswith("-"):
        return None
    folder = _PLACES.get(subject.kind)
    words = ["curl", "-fsSL", "-o", name]
    if folder:
        words = ["curl", "-fsSL", "--create-dirs", "-o", f"{folder}/{name}"]
    if hosted.branch:
        note = f"From the branch {hosted.revision}."
    else:
        note = f"Exactly what is shown here, from commit {hosted.revision[:10]}."
    if subject.kind is ArtifactType.HOOK:
        note += " Merge its “hooks” into .claude/settings.json; it may call other files of its folder."
    elif subject.kind is ArtifactType.MCP:
        note += " Copy the server’s block into your project’s .mcp.json."
        words = ["curl", "-fsSL", "-o", f"{subject.artifact['slug']}.mcp.json"]  # not over theirs
    return Way("With curl", shlex.join([*words, hosted.raw(path)]), note)


def _git(subject: Subject, folder: str) -> Way | None:
    """A clone that takes only the folder, at the pinned commit."""
    source, hosted, into = subject.source, subject.hosted, subject.artifact["slug"]
    url = source.url if source else hosted.repository.web if hosted else ""
    commit = subject.artifact["commit"] or ("" if source or not hosted else hosted.revision)
    if not url or not commit or hidden(folder) or folder.startswith("-"):
        return None
    lines = [["git", "clone", "--no-checkout", url, into]]
    where = f"The files are then in {into}"
    if folder != ".":
        lines[0][2:2] = ["--filter=blob:none", "--sparse"]
        lines.append(["git", "-C", into, "sparse-checkout", "set", folder])
        where += f"/{folder}"
    pinned = bool(subject.artifact["commit"])
    lines.append(["git", "-C", into, "checkout", *(["--detach"] if pinned else []), commit])
    note = f"{where}, exactly as shown here." if pinned else f"{where}."
    return Way("With git", "\n".join(shlex.join(words) for words in lines), note)


def _parent(path: str) -> str:
    return path.rpartition("/")[0] or "."


def _read_json(content: Content, name: str) -> Any:
    entry = next((each for each in content.files if each.path == name), None)
    if entry is None or not entry.is_file or (entry.size or 0) > _MAX_JSON:
        return None
    try:
        return json.loads(content.read(name))
    except (SkillmeatError, OSError, ValueError, RecursionError):
        return None
