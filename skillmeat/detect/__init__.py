"""What a source holds: a tree of paths becomes artifacts found, each with the reason.

Everything is read from a commit's tree; no symbolic link is followed and no submodule entered. The rules
R0 to R8 that the modules name are those by which the project's corpus of real repositories was counted:

* R0: nothing below ``node_modules`` or ``.git`` counts, nor what has a folder of tests or fixtures above
  its own folder. A skill's own folder is where its ``SKILL.md`` stands, a plugin's the one that holds
  ``.claude-plugin/``, a command's or agent's the one that holds ``commands/`` or ``agents/``; that of
  hooks and servers is the folder of their file.
* R1 skills · R3 plugins · R4, R5 marketplaces and where plugins live · R6 commands · R7 agents · R8 hooks
  and MCP servers: see the module of each.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from skillmeat.detect import agent, command, hook, marketplace, mcp, plugin, skill
from skillmeat.detect.found import Found, Key, PassedOver
from skillmeat.detect.layout import Layout
from skillmeat.detect.overlooked import overlooked
from skillmeat.detect.paths import is_text, meant
from skillmeat.detect.problems import PROBLEMS
from skillmeat.model import ArtifactType
from skillmeat.text import fold, one_line
from skillmeat.tree import ReadBlob, TreeEntry

__all__ = ["DETECTORS", "PROBLEMS", "Detection", "Found", "Key", "PassedOver", "detect", "file_of"]

Detector = Callable[[Layout], Iterator[Found | PassedOver]]

DETECTORS: tuple[tuple[ArtifactType, Detector], ...] = (
    (ArtifactType.SKILL, skill.find),
    (ArtifactType.COMMAND, command.find),
    (ArtifactType.AGENT, agent.find),
    (ArtifactType.HOOK, hook.find),
    (ArtifactType.MCP, mcp.find),
    (ArtifactType.PLUGIN, plugin.find),
)


@dataclass(frozen=True, slots=True)
class Detection:
    """``found`` is sorted by type and path, which together occur once; ``passed`` by path."""

    found: tuple[Found, ...]
    passed: tuple[PassedOver, ...]


def detect(
    entries: Sequence[TreeEntry],
    read: ReadBlob,
    *,
    root: str | None = None,
    exclude: Sequence[str] = (),
    repository: str = "",
) -> Detection:
    """The artifacts in a tree.

    ``entries`` is the whole tree, also where ``root`` narrows what is looked at. ``exclude`` are paths to
    leave out with everything below them; ``.mcp.json#server`` leaves out one server. ``repository`` names
    what stands in the root and says no name. Whatever the files hold, and whatever ``SkillmeatError``
    ``read`` raises, costs at most the entry concerned.
    """
    layout = Layout(
        entries, read, root=meant(root or ""), exclude=tuple(map(meant, exclude)), repository=repository
    )
    roots, unread = marketplace.survey(layout)
    layout = replace(layout, roots=roots)
    results = [result for _, find in DETECTORS for result in find(layout)]
    found = sorted((each for each in results if isinstance(each, Found)), key=lambda each: each.key)
    mentioned = [*plugin.unlisted(layout, found), *overlooked(layout), *unread]
    passed = {each.path: each for each in mentioned}
    passed |= {each.path: each for each in results if isinstance(each, PassedOver)}
    return Detection(tuple(_related(found)), tuple(sorted(map(_writable, passed.values()))))


def file_of(kind: ArtifactType, path: str) -> str:
    """The file that an entry of this type and path was read from."""
    if kind is ArtifactType.MCP:
        return mcp.file_of(path)
    folder = "" if path == "." else f"{path}/"
    return {
        ArtifactType.SKILL: f"{folder}{skill.FILE}",
        ArtifactType.PLUGIN: f"{folder}{'/'.join(marketplace.PLUGIN)}",
    }.get(kind, path)


def _writable(passed: PassedOver) -> PassedOver:
    """The same with foreign paths in the reason made visible, and a path that is not UTF-8 too."""
    path = passed.path if is_text(passed.path) else one_line(passed.path)
    return PassedOver(path, one_line(passed.reason))


def _related(found: Sequence[Found]) -> Iterator[Found]:
    """The entries with what only the others tell: whether a name is taken, what a plugin contains."""
    names = Counter((each.type, fold(each.name)) for each in found)
    contents = plugin.contents(found)
    for each in found:
        taken = {"duplicate-name"} if names[each.type, fold(each.name)] > 1 else set()
        components = contents.get(each.path, ()) if each.type is ArtifactType.PLUGIN else ()
        yield replace(each, problems=tuple(sorted({*each.problems, *taken})), components=components)
