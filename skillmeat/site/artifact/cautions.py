"""What to know of an artifact before an agent follows it: what it runs, what it may do, what it hides.

Facts, no verdict. They are read from the list of files, from the main file, and from the files that a plugin
declares its hooks and servers in; other files are not opened, but for the first bytes of those whose name
does not say whether they are programs.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from skillmeat.errors import SkillmeatError
from skillmeat.frontmatter import FrontMatter
from skillmeat.frontmatter.values import Value
from skillmeat.model import ArtifactType
from skillmeat.text import one_line, plural, shorten, spell, unseen
from skillmeat.tree import PROGRAM, SUBMODULE, SYMLINK, Content, TreeEntry

MOST_SHOWN: Final = 8
MOST_OPENED: Final = 20
MAX_JSON: Final = 512 * 1024
MAX_LENGTH: Final = 300

_SCRIPTS = (
    "applescript awk bash bat cmd command csh fish js cjs mjs ksh lua mts php pl pm ps1 psm1 py pyw rb scpt"
)
_SHELLS_AND_BINARIES = "sh tcl ts vbs wsf zsh bin com dll dylib elf exe jar pyz so wasm"
PROGRAMS: Final = frozenset(f"{_SCRIPTS} {_SHELLS_AND_BINARIES}".split())
"""The endings of files that are run: scripts and binaries."""


@dataclass(frozen=True, slots=True)
class Caution:
    """One thing to know. ``items`` are shown as code, ``more`` counts those left out.

    ``serious`` marks what hides something from the reader or takes a safeguard away.
    """

    title: str
    about: str = ""
    items: tuple[str, ...] = ()
    more: int = 0
    serious: bool = False


def cautions(
    kind: ArtifactType,
    content: Content,
    text: str,
    head: FrontMatter,
    server: str = "",
    run: Sequence[str] = (),
) -> list[Caution]:
    """What there is to know, most serious first. ``text`` is the main file as it was written, ``head`` its
    front matter read; ``server`` names the one server of an ``.mcp.json`` that the artifact is; ``run`` are
    its ``programs``.
    """
    found = [
        *_hidden(text),
        *_permissions(kind, head),
        *_called(kind, head),
        *_declared(kind, content, text, head, server),
        *_programs(run),
        *_links(content.files),
    ]
    return sorted(found, key=lambda caution: not caution.serious)


# ------------------------------------------------------------ what is hidden

_TAGS: Final = range(0xE0000, 0xE0080)
_REORDERING: Final = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def _hidden(text: str) -> Iterator[Caution]:
    runs = [run for run in unseen(text.removeprefix("\ufeff")) if run.group() != "\r"]
    if runs:
        kinds = Counter(_sort(character) for run in runs for character in run.group() if character != "\r")
        count = sum(kinds.values())
        lines = dict.fromkeys(text.count("\n", 0, run.start()) + 1 for run in runs)
        where = [f"line {line}" for line in lines]
        what = ", ".join(f"{number} {name}" for name, number in sorted(kinds.items()))
        yield Caution(
            f"{plural(count, 'character')} that cannot be seen",
            f"An agent reads what people do not see: {what}. “As written” shows each of them.",
            tuple(where[:MOST_SHOWN]),
            max(0, len(where) - MOST_SHOWN),
            serious=True,
        )
    messages = [said for run in runs if (said := smuggled(run.group()))]
    if messages:
        yield Caution(
            "A message in invisible letters",
            "Tag characters spell words that only a machine reads:",
            tuple(_line(each) for each in messages[:MOST_SHOWN]),
            max(0, len(messages) - MOST_SHOWN),
            serious=True,
        )
    comments = text.count("<!--")
    if comments:
        yield Caution(
            plural(comments, "HTML comment"),
            "Left out of the text as it is shown, and read by an agent. “As written” shows them.",
        )


def smuggled(run: str) -> str:
    """What a run of tag characters spells."""
    return "".join(chr(ord(each) - 0xE0000) for each in run if ord(each) in _TAGS and ord(each) > 0xE001F)


def _sort(character: str) -> str:
    if ord(character) in _TAGS:
        return "tag"
    if character in _REORDERING:
        return "reordering"
    return "zero-width" if character in "\u200b\u2060\ufeff" else f"control ({spell(character)})"


# -------------------------------------------------------------- front matter

_UNGUARDED: Final = {
    "bypassPermissions": "It asks for no permission at all.",
    "dontAsk": "What is not allowed beforehand is refused without asking.",
    "acceptEdits": "It edits files without asking.",
    "auto": "It decides by itself what to ask about.",
}


def _permissions(kind: ArtifactType, head: FrontMatter) -> Iterator[Caution]:
    if kind in (ArtifactType.SKILL, ArtifactType.COMMAND):
        allowed = words(head.values.get("allowed-tools"))
        if allowed:
            yield _listed(
                "Tools it may use without asking",
                "“allowed-tools” gives leave beforehand; it takes none away:",
                allowed,
                serious=any(each in ("*", "Bash", "Bash(*)", "Bash(*:*)", "Bash(:*)") for each in allowed),
            )
    elif kind is ArtifactType.AGENT:
        tools = words(head.values.get("tools"))
        if tools:
            yield _listed("Tools it has", "“tools” names all that it may use:", tools)
        elif head.values:
            yield Caution("Tools it has", "It names none, so it has every tool of the agent that calls it.")
        mode = head.text("permissionMode")
        if mode in _UNGUARDED:
            yield Caution(f"Permission mode {mode}", _UNGUARDED[mode], serious=mode == "bypassPermissions")


_DYNAMIC = re.compile(r"(?<![^\s(*>-])!`([^`\n]+)`")


def _called(kind: ArtifactType, head: FrontMatter) -> Iterator[Caution]:
    """Commands in the text itself, which Claude Code replaces by what they print."""
    if kind in (ArtifactType.SKILL, ArtifactType.COMMAND):
        commands = list(dict.fromkeys(_DYNAMIC.findall(head.body))) if "!`" in head.body else []
        if commands:
            about = "Before it reads the text, Claude Code runs:"
            yield _listed(plural(len(commands), "command") + " that run when it is called", about, commands)


def words(value: Value | None) -> list[str]:
    """A list of tools, as front matter has it: a list, or one text with commas or blanks between them."""
    if isinstance(value, str):
        return [each for each in re.findall(r"[^\s,(]+(?:\([^)]*\)?)?", value) if each]
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else []


# ------------------------------------------------------- hooks and servers


def _declared(
    kind: ArtifactType, content: Content, text: str, head: FrontMatter, server: str
) -> Iterator[Caution]:
    """What is run at events, and the servers that are started: from JSON files and from front matter."""
    hooks: list[str] = []
    servers: list[str] = []
    if kind is ArtifactType.HOOK:
        hooks += _hooks(_json(text))
    elif kind is ArtifactType.MCP:
        servers += _servers(_json(text), server)
    elif kind is ArtifactType.PLUGIN:
        manifest = read_json(content, ".claude-plugin/plugin.json")
        own = manifest if isinstance(manifest, dict) else {}
        hooks += [*_hooks(read_json(content, "hooks/hooks.json")), *_hooks(own.get("hooks"))]
        servers += [*_servers(read_json(content, ".mcp.json")), *_servers(own.get("mcpServers"))]
    else:
        hooks += _hooks(head.values.get("hooks"))
        servers += _servers(head.values.get("mcpServers")) if kind is ArtifactType.AGENT else []
    if hooks := list(dict.fromkeys(hooks)):
        yield _listed(plural(len(hooks), "hook"), "When something happens, this runs by itself:", hooks)
    if servers := list(dict.fromkeys(servers)):
        about = "Started or called with your rights when an agent starts:"
        yield _listed(plural(len(servers), "MCP server"), about, servers)


def _hooks(value: Any) -> Iterator[str]:
    """``{"hooks": {Event: [{"matcher", "hooks": [handler]}]}}``, or only what is under “hooks”."""
    events = value.get("hooks", value) if isinstance(value, Mapping) else {}
    for event, groups in events.items() if isinstance(events, Mapping) else ():
        for group in groups if isinstance(groups, list) else ():
            if isinstance(group, Mapping) and isinstance(group.get("hooks"), list):
                matcher = group.get("matcher")
                narrow = isinstance(matcher, str) and matcher not in ("", "*")
                when = f"{event} ({matcher})" if narrow else event
                yield from (f"{when}: {_handled(each)}" for each in group["hooks"])


def _handled(handler: Any) -> str:
    handler = handler if isinstance(handler, Mapping) else {}
    command = handler.get("command")
    if isinstance(command, str):
        return " ".join([command, *_strings(handler.get("args"))])
    for key in ("url", "prompt"):
        if isinstance(handler.get(key), str):
            return f"{handler.get('type', key)} {handler[key]}"
    if isinstance(handler.get("tool"), str):
        return f"{handler.get('server', '')} {handler['tool']}".strip()
    return str(handler.get("type", "?"))


def _servers(value: Any, only: str = "") -> Iterator[str]:
    """``{"mcpServers": {name: server}}``, or only what is under “mcpServers”."""
    servers = value.get("mcpServers", value) if isinstance(value, Mapping) else {}
    for name, server in servers.items() if isinstance(servers, Mapping) else ():
        if isinstance(server, Mapping) and only in ("", name):
            if isinstance(server.get("command"), str):
                said = " ".join([server["command"], *_strings(server.get("args"))])
            else:
                said = server["url"] if isinstance(server.get("url"), str) else "?"
            environment = server.get("env")
            needs = ", ".join(environment) if isinstance(environment, Mapping) else ""
            yield f"{name}: {said}" + (f" (takes {needs})" if needs else "")


def _strings(value: Any) -> list[str]:
    values = value if isinstance(value, list) else []
    return [str(each) for each in values if isinstance(each, str | int | float)]


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def read_json(content: Content, name: str) -> Any:
    """A JSON file of an artifact; None when there is none that can be read."""
    entry = next((each for each in content.files if each.path == name), None)
    if entry is None or not entry.is_file or entry.size is None or entry.size > MAX_JSON:
        return None
    try:
        return json.loads(content.read(name))
    except (SkillmeatError, OSError, ValueError, RecursionError):
        return None


# -------------------------------------------------------------------- files


def _programs(found: Sequence[str]) -> Iterator[Caution]:
    if found:
        about = "An agent that follows the text may run:"
        yield _listed(plural(len(found), "script or program", "scripts and programs"), about, found)


def programs(files: Sequence[TreeEntry], content: Content) -> list[str]:
    """The files that can be run: by their mode, their ending, or a first line that begins with ``#!``."""
    found = []
    opened = 0
    for entry in files:
        name = entry.path.rpartition("/")[2]
        stem, dot, ending = name.rpartition(".")
        if entry.mode == PROGRAM or (stem and dot and ending.lower() in PROGRAMS and entry.is_file):
            found.append(entry.path)
        elif not dot and not name.isupper() and 0 < (entry.size or 0) <= MAX_JSON and opened < MOST_OPENED:
            opened += 1
            found += [entry.path] if _has_shebang(content, entry.path) else []
    return found


def _has_shebang(content: Content, path: str) -> bool:
    try:
        return content.read(path).startswith(b"#!")
    except (SkillmeatError, OSError):
        return False


def _links(files: Sequence[TreeEntry]) -> Iterator[Caution]:
    for mode, name, about in (
        (SYMLINK, "symbolic link", "Not followed:"),
        (SUBMODULE, "submodule", "Content of another repository, not looked at:"),
    ):
        found = [each.path for each in files if each.mode == mode]
        if found:
            yield _listed(plural(len(found), name), about, found)


def _listed(title: str, about: str, items: Sequence[str], *, serious: bool = False) -> Caution:
    shown = tuple(_line(each) for each in items[:MOST_SHOWN])
    return Caution(title, about, shown, max(0, len(items) - MOST_SHOWN), serious)


def _line(text: str) -> str:
    return shorten(one_line(" ".join(text.split())), MAX_LENGTH)
