"""Hooks: a file ``hooks/hooks.json`` at any depth (R8; FORMATS.md 1.6)."""

from __future__ import annotations

from collections.abc import Iterator

from skillmeat.detect.found import Found, PassedOver, line, name, paragraph
from skillmeat.detect.jsonfile import load
from skillmeat.detect.layout import Layout
from skillmeat.detect.paths import basename, parent
from skillmeat.detect.problems import of_path
from skillmeat.model import ArtifactType
from skillmeat.tree import TreeEntry

EVENTS = frozenset(
    [
        "PreToolUse",
        "PostToolUse",
        "PostToolUseFailure",
        "PostToolBatch",
        "Notification",
        "UserPromptSubmit",
        "UserPromptExpansion",
        "SessionStart",
        "SessionEnd",
        "Stop",
        "StopFailure",
        "SubagentStart",
        "SubagentStop",
        "PreCompact",
        "PostCompact",
        "PermissionRequest",
        "PermissionDenied",
        "Setup",
        "TeammateIdle",
        "TaskCreated",
        "TaskCompleted",
        "Elicitation",
        "ElicitationResult",
        "ConfigChange",
        "WorktreeCreate",
        "WorktreeRemove",
        "InstructionsLoaded",
        "CwdChanged",
        "FileChanged",
    ]
)


def find(layout: Layout) -> Iterator[Found | PassedOver]:
    """Every ``hooks/hooks.json``; one elsewhere is only mentioned."""
    for entry in layout.named("hooks.json"):
        folder = parent(entry.path)
        if basename(folder) != "hooks":
            yield PassedOver(entry.path, "not in a folder named hooks")
            continue
        reason = layout.against(entry, folder)
        yield PassedOver(entry.path, reason) if reason else _hook(entry, layout)


def _hook(entry: TreeEntry, layout: Layout) -> Found:
    """Its name is that of the folder above ``hooks/``, which is the plugin's or the repository's."""
    file = load(entry, layout.read)
    problems = {*file.problems, *of_path(entry.path)}
    hooks = file.table.get("hooks")
    events = list(hooks) if isinstance(hooks, dict) else []
    if not events and not file.problems:
        problems.add("no-hooks")
    if not EVENTS.issuperset(events):
        problems.add("unknown-event")
    runs = f"Runs on {', '.join(events)}." if events else ""
    return Found(
        ArtifactType.HOOK,
        name=name(layout.folder_name(parent(parent(entry.path))), "hooks"),
        path=entry.path,
        reason="a hooks.json in a folder named hooks",
        description=paragraph(file.table.get("description")) or line(runs),
        problems=tuple(sorted(problems)),
        file=entry.path,
    )
