"""``skills-lock.json``, the project lock of the ``skills`` command (``npx skills``).

Version 1, as its source (1.7.4) writes it and runs showed (FORMATS.md 3.7): it names a skill's repository,
ref and path and a hash of another kind than ours; it does not name a commit.
"""

from __future__ import annotations

from typing import Any

from skillmeat.foreign.addresses import address, inner
from skillmeat.foreign.found import MOST, Found, FoundArtifact, Origin, Remainder, table, text
from skillmeat.text import one_line, shorten

NAMES = ("skills-lock.json",)

_HOSTS = {"github": "github.com", "gitlab": "gitlab.com", "git": ""}
_OTHERS = {
    "local": "it came from a folder of some machine",
    "well-known": "it came from a web site, not from a Git repository",
    "node_modules": "it came from a package, not from a Git repository",
}
_KNOWN = {
    **dict.fromkeys(("source", "sourceUrl", "ref", "sourceType", "skillPath"), ""),
    "computedHash": "“skillmeat lock” computes a hash of its own",
}


def fits(data: dict[str, Any]) -> bool:
    """Whether a table looks like a project lock."""
    return isinstance(data.get("skills"), dict) and "version" in data


def read(data: dict[str, Any], beside: dict[str, Any]) -> Found | str:
    """The skills of a project lock, or that it is of a version that is not known."""
    if data.get("version") != "1":  # numbers are read as text
        return f"it has version {shorten(one_line(str(data.get('version'))), 20)}; only version 1 is known"
    left = Remainder()
    left.keys(data, "", {"version", "skills"})
    artifacts = []
    for index, (name, entry) in enumerate(data["skills"].items()):
        if index == MOST:
            left.add("skills", f"only the first {MOST:,} are read")
            break
        where = f"skills.{name}"
        origin = _origin(table(entry))
        if isinstance(origin, str):
            left.add(where, origin)
            continue
        left.keys(entry, "skills[]", _KNOWN)
        artifacts.append(FoundArtifact(where, "skill", name, name, origin))
    return Found("skills-lock", artifacts=tuple(artifacts), left=left.all)


def _origin(entry: dict[str, Any]) -> Origin | str:
    kind = text(entry.get("sourceType"))
    if kind not in _HOSTS:
        return _OTHERS.get(kind, "there is no such kind of source")
    url = text(entry.get("sourceUrl")) or text(entry.get("source"))
    if not url:
        return "it has no address"
    path = text(entry.get("skillPath"))
    if not path:
        return "it does not say where in the repository it is"
    folder = inner(path.removesuffix("SKILL.md"))
    return Origin(address(url, _HOSTS[kind] or "github.com"), text(entry.get("ref")) or None, folder)
