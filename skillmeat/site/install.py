"""How to get an artifact: only commands that work with what the catalog knows of it.

Every value in a command is quoted for a shell, since names and paths are other people's.
"""

from __future__ import annotations

import json
import re
import shlex
from dataclasses import dataclass
from typing import Final

from skillmeat.model import ArtifactType, Source
from skillmeat.site.artifact.cautions import read_json
from skillmeat.site.hosting import Hosted, Repository, repository
from skillmeat.text import block, hidden, one_line
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
_SKILL_PLACES: Final = {
    "Claude Code": (".claude/skills", ""),
    "Other agents": (
        ".agents/skills",
        " Codex, Cursor, Gemini CLI, Copilot and OpenCode look there.",
    ),
}
"""Where agents look for skills in a project (FORMATS.md 4.2)."""
_SKILL_FOLDER: Final = re.compile(
    r"(skills|\.(agents|claude|codex|cursor|github|opencode)/skills)(/[^/]+){1,3}"
)
_PLAIN: Final = re.compile(r"[A-Za-z0-9_][\w .-]*", re.ASCII)
_PLAIN_PATH: Final = re.compile(r"[A-Za-z0-9_.][\w ./-]*", re.ASCII)
_SLUG: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_COMMIT: Final = re.compile(r"[0-9a-f]{40}([0-9a-f]{24})?")
_MARKET: Final = ".claude-plugin/marketplace.json"


@dataclass(frozen=True, slots=True)
class Subject:
    """An artifact and what the commands need to know of it.

    ``path`` is where it is in its repository, ``hosted`` that repository at the pinned commit where its
    host is known. ``name`` is what the artifact itself says it is called, or empty. ``under_skill`` says
    that the repository's root is a skill, and so the only one that ``npx skills`` sees. ``own`` is the
    address below which this site offers it to ``npx skills``; ``plugin`` is what it is called
    (``name@marketplace``) in the site's own ``market``. They are empty where it is not offered.
    """

    artifact: Json
    source: Source | None
    hosted: Hosted | None
    path: str
    content: Content | None
    name: str
    under_skill: bool
    own: str = ""
    plugin: str = ""
    market: str = ""

    @property
    def kind(self) -> ArtifactType:
        """What kind of artifact it is."""
        return ArtifactType(self.artifact["type"])

    @property
    def meant(self) -> str:
        """What a pin stands for on the page, which shows content only where that is on this machine."""
        return "shown here" if self.content else "pinned here"

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
        found = [
            _own(subject),
            _skills(subject),
            _plugin(subject),
            *(_placed(subject, agent) for agent in _SKILL_PLACES),
        ]
    elif subject.kind is ArtifactType.PLUGIN:
        found = [_plugin(subject), _marketplace(subject), _git(subject, subject.path)]
    else:
        servers = _server(subject) if subject.kind is ArtifactType.MCP else []
        found = [*servers, _download(subject) or _git(subject, _parent(subject.path)), _plugin(subject)]
    return [way for way in found if way]


def why_none(subject: Subject) -> str:
    """Why ``ways`` finds none, as what follows “because”."""
    artifact = subject.artifact
    if not artifact["path"]:
        return "this entry names no path in its source" if artifact["source"] else _NOWHERE
    if artifact["source"]:
        if not subject.source:
            return "its source is not in this catalog"
        return _NO_WORDS if artifact["commit"] else "it is not in the lock of its source yet"
    if not subject.content:
        return f"there is nothing at {one_line(artifact['path'])} in this repository"
    if not subject.hosted:
        return "the repository of this catalog is not known: set “edit_url” under [site] in skillmeat.toml"
    return _NO_WORDS


_NOWHERE: Final = "this entry names no source and no path"
_NO_WORDS: Final = "its path cannot stand in one"


def _own(subject: Subject) -> Way | None:
    """``npx skills`` with what this site offers: the pinned content."""
    if not subject.own:
        return None
    note = "Asks in which agents to install exactly what is shown here."
    return Way("npx skills", shlex.join(["npx", "skills", "add", subject.own]), note)


def _plugin(subject: Subject) -> Way | None:
    """Claude Code's own commands, with the marketplace of this site."""
    if not subject.plugin or not subject.market:
        return None
    text = f"/plugin marketplace add {subject.market}\n/plugin install {subject.plugin}"
    pinned = f"Exactly what is {subject.meant}, f" if subject.artifact["commit"] else "F"
    return Way("Claude Code plugin", text, f"{pinned}rom the marketplace of this catalog.")


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
    note = (
        f"Not pinned: installs what the repository holds now, which may differ from what is {subject.meant}."
    )
    return Way("npx skills, newest", shlex.join(words), note)


def _marketplace(subject: Subject) -> Way | None:
    """Claude Code's own commands, where the plugin's repository is a marketplace that lists it."""
    home = subject.home
    if not home or not home.on_github or subject.path != "." or not subject.content:
        return None
    market = read_json(subject.content, _MARKET)
    if not isinstance(market, dict) or not isinstance(market.get("plugins"), list):
        return None
    listed = [each.get("name") for each in market["plugins"] if isinstance(each, dict)]
    name = market.get("name")
    if subject.name not in listed or not isinstance(name, str):
        return None
    if not _PLAIN.fullmatch(subject.name) or not _PLAIN.fullmatch(name):
        return None
    text = f"/plugin marketplace add {home.name}\n/plugin install {subject.name}@{name}"
    return Way("Claude Code", text, "From the marketplace in the repository itself: what it holds now.")


def _server(subject: Subject) -> list[Way]:
    """One MCP server: Claude Code's own command, and the block for a project's own ``.mcp.json``."""
    name, content = str(subject.artifact["path"] or "").partition("#")[2], subject.content
    found = read_json(content, content.main or content.files[0].path) if content and content.files else None
    servers = found.get("mcpServers", found) if isinstance(found, dict) else None
    server = servers.get(name) if isinstance(servers, dict) else None
    if not name or not isinstance(server, dict):
        return []
    text = json.dumps({"mcpServers": {name: server}}, indent=2, ensure_ascii=False)
    ways = [
        Way(".mcp.json", block(text), f"Add this to the “mcpServers” of your project’s .mcp.json{_YOURS}")
    ]
    compact = json.dumps(server, ensure_ascii=True)
    if _PLAIN.fullmatch(name) and (
        isinstance(server.get("command"), str) or server.get("type") in _TRANSPORTS
    ):
        words = ["claude", "mcp", "add-json", "--scope", "project", name, compact]
        ways.insert(
            0, Way("Claude Code", shlex.join(words), f"Writes it into your project’s .mcp.json{_YOURS}")
        )
    return ways


_YOURS: Final = ", with your own values where it asks."
_TRANSPORTS: Final = ("stdio", "http", "sse")


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
        note = f"Exactly what is {subject.meant}, from commit {hosted.revision[:10]}."
    if subject.kind is ArtifactType.HOOK:
        note += " Merge its “hooks” into .claude/settings.json; it may call other files of its folder."
    elif subject.kind is ArtifactType.MCP:
        note += " Copy the server’s block into your project’s .mcp.json."
        words = ["curl", "-fsSL", "-o", f"{subject.artifact['slug']}.mcp.json"]  # not over theirs
    return Way("curl", shlex.join([*words, hosted.raw(path)]), note)


def _git(subject: Subject, folder: str, into: str = "") -> Way | None:
    """A clone that takes only the folder, at the pinned commit."""
    source, hosted, into = subject.source, subject.hosted, into or subject.artifact["slug"]
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
    note = f"{where}, exactly as {subject.meant}." if pinned else f"{where}."
    return Way("git", "\n".join(shlex.join(words) for words in lines), note)


def _placed(subject: Subject, agent: str) -> Way | None:
    """A skill copied to where an agent looks for it, at the pinned commit."""
    place, more = _SKILL_PLACES[agent]
    name = subject.name if _SLUG.fullmatch(subject.name) else subject.artifact["slug"]
    path, target = subject.path, f"{place}/{name}"
    if path == ".":
        way = _git(subject, path, target)
        return Way(agent, way.text, f"Into {target} of your project.{more}") if way else None
    into = f"{name}-source"
    way = _git(subject, path, into)
    if way is None:
        return None
    lines = [["mkdir", "-p", place], ["cp", "-R", f"{into}/{path}", target]]
    text = "\n".join([way.text, *map(shlex.join, lines)])
    exactly = f"exactly as {subject.meant}" if subject.artifact["commit"] else "as it is now"
    return Way(agent, text, f"Into {target} of your project, {exactly}.{more} {into} can go afterwards.")


def _parent(path: str) -> str:
    return path.rpartition("/")[0] or "."
